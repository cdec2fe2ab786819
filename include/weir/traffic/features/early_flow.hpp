// Profiles as they were after a flow's first n packets (FlowFeatureOptions::early_packets): what is known
// when a decision is due before the flow's end.
//
//   FlowTable<EarlyFlow<CoreFlow, PacketSequence>> table({.features = {.early_packets = 8}});
//
// The flow is still handed out at its end, with the columns of its beginning: `end_reason` is `open`,
// directions and counters are those of that moment. A flow of fewer packets is described as it ended. A table
// without it gives the same columns from the view that `add` returns with packet n.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/traffic/flow/flow_record.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <tuple>
#include <utility>

namespace weir::inline WEIR_ABI {

template <class... Profiles>
struct EarlyFlow {
  static constexpr std::string_view name = "early";
  static constexpr int version = 1;

  struct State {
    void add(const FlowBase& flow, const FlowPacket& p, std::span<std::byte> memory) noexcept {
      if (flow.packets() > p.features->early_packets) return;
      static_cast<FlowBase&>(record) = flow;
      add(p, memory, *p.features, std::index_sequence_for<Profiles...>());
    }
    FlowRecord<Profiles...> record{};

   private:
    template <std::size_t... I>
    void add(const FlowPacket& p, std::span<std::byte> memory, const FlowFeatureOptions& o,
             std::index_sequence<I...>) noexcept {
      const auto parts = shared_out(memory, o);
      (std::get<I>(record.states).add(record, p, parts[I]), ...);
    }
  };
  static std::size_t memory_bytes(const FlowFeatureOptions& o) noexcept {
    return (part_bytes<Profiles>(o) + ... + 0);
  }

  /// Calls use(view) with the flow as it was.
  template <class View, class Use>
  static void at_the_beginning(const View& view, Use&& use) {
    const FlowRecord<Profiles...>& kept = view.template state<EarlyFlow>().record;
    const auto parts = shared_out(view.template memory<EarlyFlow>(), view.features());
    FlowRecord<Profiles...> record = kept;
    if (view->packets() <= view.features().early_packets) static_cast<FlowBase&>(record) = *view;
    use(FlowView<Profiles...>(&record, parts, &view.features(), view.order_ns()));
  }
  template <class View, class Out>
  static void describe(const View& view, Out& out) {
    at_the_beginning(view, [&](const auto& early) { early.describe(out); });
  }

 private:
  template <class Profile>
  static std::size_t part_bytes(const FlowFeatureOptions& o) noexcept {
    return (Profile::memory_bytes(o) + 7) / 8 * 8;
  }
  /// The memory of each profile. A view has no const memory of its own, so constness is dropped for it here.
  template <class Byte>
  static std::array<std::span<std::byte>, sizeof...(Profiles)> shared_out(
      std::span<Byte> memory, const FlowFeatureOptions& o) noexcept {
    std::span<std::byte> rest(const_cast<std::byte*>(memory.data()), memory.size());
    const auto cut = [&](std::size_t used, std::size_t size) {
      const std::span<std::byte> part = rest.first(used);
      rest = rest.subspan(size);
      return part;
    };
    return {cut(Profiles::memory_bytes(o), part_bytes<Profiles>(o))...};
  }
};

}  // namespace weir::inline WEIR_ABI
