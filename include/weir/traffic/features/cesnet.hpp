// Profile `cesnet`, version 1: what CESNET's models read, as ipfixprobe's plugins pstats, phists and bstats
// define it (f0f1688, with their stated rules where the code differs).
//
//   ppi_...       the first n packets (FlowFeatureOptions::packets, 30): payload bytes, direction (+1 from
//                 the client, -1 back), TCP flags, ms since the packet before in the list; padded with 0
//   phist_...     per direction 8 bins of payload bytes and of gaps in ms within the direction:
//                 0-15, 16-31, 32-63, 64-127, 128-255, 256-511, 512-1023, 1024 and more
//   burst_...     per direction up to 15 bursts: at least 3 payload packets with gaps of less than 1 s:
//                 packets, bytes, start and end in ms since the flow's start; padded with 0
//
// Packets without payload are left out of sequence and histograms, unless FlowFeatureOptions::empty_packets.
// A flow that is a single SYN has neither; one of at most 3 packets has no bursts: then they are not valid.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/traffic/features/packet_marks.hpp>
#include <weir/traffic/flow/flow_columns.hpp>
#include <weir/traffic/flow/flow_record.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace weir::inline WEIR_ABI {

struct CesnetFlow {
  static constexpr std::string_view name = "cesnet";
  static constexpr int version = 1;
  static constexpr std::array<std::string_view, 3> known_by{"phist_src_size_1", "phist_dst_size_1",
                                                            "burst_src_packets_1"};
  static constexpr bool has_packet_columns = true;
  static constexpr std::size_t bins = 8;
  static constexpr std::size_t bursts = 15;

  struct Burst {
    std::int64_t start_ns = 0, stop_ns = 0;
    std::uint64_t bytes = 0;
    std::uint32_t packets = 0;
    std::uint32_t unused = 0;
  };

  class State {
   public:
    void add(const FlowBase&, const FlowPacket& p, std::span<std::byte> memory) noexcept {
      if (p.payload > 0 || p.features->empty_packets) {
        marks.add(memory.subspan(burst_memory), p, p.payload);
        ++sizes[p.side][bin(p.payload)];
        if (any_[p.side]) {
          const std::int64_t gap = std::max<std::int64_t>(0, p.time_ns - last_ns_[p.side]);
          ++gaps[p.side][bin(static_cast<std::uint64_t>(gap) / 1'000'000)];
        }
        any_[p.side] = true;
        last_ns_[p.side] = p.time_ns;
      }
      if (p.payload > 0) add_burst(memory, p);
    }

    PacketMarks marks{};
    std::array<std::array<std::uint32_t, bins>, 2> sizes{}, gaps{};
    std::array<Burst, 2> run{};                 ///< may become the next burst
    std::array<std::uint8_t, 2> burst_count{};  ///< stored ones

   private:
    std::array<bool, 2> any_{};
    std::array<std::int64_t, 2> last_ns_{};

    [[nodiscard]] static std::size_t bin(std::uint64_t value) noexcept {
      const auto width = static_cast<std::size_t>(std::bit_width(value));
      return std::min<std::size_t>(width <= 4 ? 0 : width - 4, bins - 1);
    }
    void add_burst(std::span<std::byte> memory, const FlowPacket& p) noexcept {
      Burst& r = run[p.side];
      if (r.packets > 0 && p.time_ns - r.stop_ns < ns_per_s) {
        ++r.packets;
        r.bytes += p.payload;
        r.stop_ns = std::max(r.stop_ns, p.time_ns);
        return;
      }
      if (r.packets >= 3 && burst_count[p.side] < bursts) {
        store(memory, p.side, burst_count[p.side]++, r);
      }
      r = {p.time_ns, p.time_ns, p.payload, 1};
    }
    static void store(std::span<std::byte> memory, std::size_t side, std::size_t i, const Burst& b) noexcept {
      std::memcpy(memory.data() + (side * bursts + i) * sizeof b, &b, sizeof b);
    }
  };

  static constexpr std::size_t burst_memory = 2 * bursts * sizeof(Burst);
  static std::size_t memory_bytes(const FlowFeatureOptions& o) noexcept {
    return burst_memory + o.packets * sizeof(PacketMark);
  }

  template <class View, class Out>
  static void describe(const View& view, Out& out) {
    const FlowBase& flow = *view;
    const State& state = view.template state<CesnetFlow>();
    const std::span<const std::byte> memory = view.template memory<CesnetFlow>();
    const bool single_syn = flow.packets() == 1 && (flow.sides[0].flags & tcp_flag::syn) != 0;
    describe_ppi(state.marks, memory.subspan(burst_memory), view.features().packets, !single_syn, out);
    for (std::size_t side = 0; side < 2; ++side) describe_histograms(state, side, !single_syn, out);
    for (std::size_t side = 0; side < 2; ++side) {
      describe_bursts(flow, state, memory, side, flow.packets() > 3, out);
    }
  }

  /// A stored burst, the last run behind them if it is one; packets 0: there is none.
  [[nodiscard]] static Burst burst(const State& state, std::span<const std::byte> memory, std::size_t side,
                                   std::size_t i) noexcept {
    const std::size_t stored = state.burst_count[side];
    if (i == stored && state.run[side].packets >= 3) return state.run[side];
    Burst result;
    if (i < stored) std::memcpy(&result, memory.data() + (side * bursts + i) * sizeof result, sizeof result);
    return result;
  }

 private:
  template <class Out>
  static void describe_ppi(const PacketMarks& marks, std::span<const std::byte> memory, std::size_t length,
                           bool valid, Out& out) {
    const std::size_t held = valid ? marks.size() : 0;
    for (std::size_t i = 0; i < length; ++i) {
      out.number({"ppi_size_", i + 1}, "bytes", i < held ? PacketMarks::at(memory, i).length : 0U, i < held);
    }
    for (std::size_t i = 0; i < length; ++i) {
      const int direction = i >= held ? 0 : PacketMarks::at(memory, i).side == 0 ? 1 : -1;
      out.number({"ppi_direction_", i + 1}, "", direction, i < held);
    }
    for (std::size_t i = 0; i < length; ++i) {
      const double gap = i < held ? static_cast<double>(PacketMarks::gap_ns(memory, i)) / 1e6 : 0.0;
      out.number({"ppi_gap_ms_", i + 1}, "ms", gap, i < held);
    }
    for (std::size_t i = 0; i < length; ++i) {
      out.number({"ppi_flags_", i + 1}, "", i < held ? unsigned{PacketMarks::at(memory, i).flags} : 0U,
                 i < held);
    }
  }
  template <class Out>
  static void describe_histograms(const State& state, std::size_t side, bool valid, Out& out) {
    for (std::size_t i = 0; i < bins; ++i) {
      out.number({side == 0 ? "phist_src_size_" : "phist_dst_size_", i + 1}, "packets",
                 valid ? state.sizes[side][i] : 0U, valid);
    }
    for (std::size_t i = 0; i < bins; ++i) {
      out.number({side == 0 ? "phist_src_gap_" : "phist_dst_gap_", i + 1}, "gaps",
                 valid ? state.gaps[side][i] : 0U, valid);
    }
  }
  template <class Out>
  static void describe_bursts(const FlowBase& flow, const State& state, std::span<const std::byte> memory,
                              std::size_t side, bool valid, Out& out) {
    constexpr const char* names[2][4]{
        {"burst_src_packets_", "burst_src_bytes_", "burst_src_start_ms_", "burst_src_stop_ms_"},
        {"burst_dst_packets_", "burst_dst_bytes_", "burst_dst_start_ms_", "burst_dst_stop_ms_"}};
    const auto ms = [&](std::int64_t ns) { return static_cast<double>(ns - flow.start_ns) / 1e6; };
    for (std::size_t i = 0; i < bursts; ++i) {
      const Burst b = valid ? burst(state, memory, side, i) : Burst{};
      const bool there = b.packets > 0;
      out.number({names[side][0], i + 1}, "packets", b.packets, there);
      out.number({names[side][1], i + 1}, "bytes", b.bytes, there);
      out.number({names[side][2], i + 1}, "ms", there ? ms(b.start_ns) : 0.0, there);
      out.number({names[side][3], i + 1}, "ms", there ? ms(b.stop_ns) : 0.0, there);
    }
  }
};

}  // namespace weir::inline WEIR_ABI
