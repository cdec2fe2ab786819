// Profile `payload`, version 1: the first n payload bytes (FlowFeatureOptions::payload_bytes, such as 784 or
// 1500) of both directions in the order of arrival, as columns payload_1 ... payload_n of 0 ... 255; behind
// the last byte 0 and not valid. What a capture cut off is skipped; retransmitted and duplicate packets are
// left out, and stray ones, whose numbers are not the connection's. With FlowFeatureOptions::mask.tls the
// secrets of TLS hellos are zeros (tls_mask.hpp).
#pragma once

#include <weir/core/abi.hpp>
#include <weir/traffic/features/tls_mask.hpp>
#include <weir/traffic/flow/flow_columns.hpp>
#include <weir/traffic/flow/flow_record.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace weir::inline WEIR_ABI {

struct PayloadBytes {
  static constexpr std::string_view name = "payload";
  static constexpr int version = 1;

  struct State {
    void add(const FlowBase&, const FlowPacket& p, std::span<std::byte> memory) noexcept {
      if (size >= p.features->payload_bytes || p.duplicate || p.segment.retransmission || p.segment.stray) {
        return;
      }
      const std::size_t bytes = std::min(p.features->payload_bytes - size, p.packet.payload.size());
      if (bytes == 0) return;
      std::memcpy(memory.data() + size, p.packet.payload.data(), bytes);
      size += static_cast<std::uint32_t>(bytes);
      if (p.features->mask.tls) mask_tls(memory.first(size));
    }
    std::uint32_t size = 0;
  };
  static std::size_t memory_bytes(const FlowFeatureOptions& o) noexcept { return o.payload_bytes; }

  template <class View>
  [[nodiscard]] static std::span<const std::byte> bytes(const View& view) noexcept {
    return view.template memory<PayloadBytes>().first(view.template state<PayloadBytes>().size);
  }

  template <class View, class Out>
  static void describe(const View& view, Out& out) {
    const std::span<const std::byte> held = bytes(view);
    for (std::size_t i = 0; i < view.features().payload_bytes; ++i) {
      const bool there = i < held.size();
      out.number({"payload_", i + 1}, "", there ? std::to_integer<unsigned>(held[i]) : 0U, there);
    }
  }
};

}  // namespace weir::inline WEIR_ABI
