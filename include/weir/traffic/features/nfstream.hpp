// Profile `nfstream`, version 1: the core and statistical columns of nfstream 6.6 and its SPLT (the first n
// packets' direction, size and gap), by nfstream's names.
//
//   bytes, ps       wire length of the frame (accounting mode 0)
//   stddev          of a sample: n - 1 values
//   piat_ms         gaps in ms with their fraction, of the flow and within each direction
//   ..._seen_ms     whole ms since 1970; ..._duration_ms with its fraction
//   splt_...        -1 behind the last packet; direction 0 from the client, 1 from the server; gap 0 at the
//                   first packet. piat in whole ms, as in nfstream
//   expiration_id   0 idle, 1 active, -1 any other end
//   tunnel_id       that of the packets looked into (nfstream: a type)
//
// Corrected against nfstream 3ee4638: nanoseconds, ends by FIN and RST, fragments, the direction by SYN. Its
// nDPI and system columns are left out.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/traffic/features/flow_moments.hpp>
#include <weir/traffic/features/packet_marks.hpp>
#include <weir/traffic/flow/flow_columns.hpp>
#include <weir/traffic/flow/flow_counting.hpp>
#include <weir/traffic/flow/flow_record.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace weir::inline WEIR_ABI {

struct NfstreamFlow {
  static constexpr std::string_view name = "nfstream";
  static constexpr int version = 1;
  static constexpr std::array<std::string_view, 3> known_by{"bidirectional_duration_ms", "src2dst_packets",
                                                            "dst2src_packets"};
  static constexpr bool has_packet_columns = true;

  struct State {
    void add(const FlowBase& flow, const FlowPacket& p, std::span<std::byte> memory) noexcept {
      if (p.gap_ns < 0) {
        mac[p.side] = p.packet.src_mac;
        mac[1 - p.side] = p.packet.dst_mac;
      }
      if (flow.sides[p.side].packets == 1) first_ns[p.side] = p.time_ns;
      first_ns[p.side] = std::min(first_ns[p.side], p.time_ns);
      size[p.side].add(p.packet.wire_length);
      gaps.add_gap(p.gap_ns);
      side_gaps[p.side].add_gap(p.side_gap_ns);
      if (p.side == 0 && detail::has_tcp(p.packet)) {
        for (unsigned left = p.packet.tcp_flags; left != 0; left &= left - 1) {
          ++fwd_flags[static_cast<std::size_t>(std::countr_zero(left))];
        }
      }
      splt.add(memory, p, p.packet.wire_length);
    }

    std::array<FlowMoments, 2> size{}, side_gaps{};
    FlowMoments gaps{};
    std::array<std::int64_t, 2> first_ns{};
    std::array<std::uint32_t, 8> fwd_flags{};
    std::array<MacAddress, 2> mac{};
    PacketMarks splt{};
  };

  static std::size_t memory_bytes(const FlowFeatureOptions& o) noexcept {
    return o.packets * sizeof(PacketMark);
  }

  template <class View, class Out>
  static void describe(const View& view, Out& out) {
    const FlowBase& flow = *view;
    const State& state = view.template state<NfstreamFlow>();
    describe_ends(flow, state, out);
    describe_totals(flow, state, out);
    describe_statistics(state, out);
    describe_flags(flow, state, out);
    describe_splt(state.splt, view.template memory<NfstreamFlow>(), view.features().packets, out);
  }

 private:
  [[nodiscard]] static std::int64_t ms(std::int64_t ns) noexcept {
    return ns / 1'000'000 - (ns % 1'000'000 < 0 ? 1 : 0);
  }

  template <class Out>
  static void describe_ends(const FlowBase& flow, const State& state, Out& out) {
    out.number({"id", ColumnRole::identity}, "", flow.id);
    out.number("expiration_id", "", flow.end == FlowEnd::idle ? 0 : flow.end == FlowEnd::active ? 1 : -1);
    out.address("src_ip", flow.address(0), flow.key.ip_version);
    out.mac("src_mac", state.mac[0]);
    out.mac("src_oui", state.mac[0], 3);
    out.number({"src_port", ColumnRole::identity}, "", flow.port(0));
    out.address("dst_ip", flow.address(1), flow.key.ip_version);
    out.mac("dst_mac", state.mac[1]);
    out.mac("dst_oui", state.mac[1], 3);
    out.number("dst_port", "", flow.port(1));
    out.number("protocol", "", flow.key.protocol);
    out.number("ip_version", "", flow.key.ip_version);
    out.number("vlan_id", "", flow.key.vlan[0]);
    out.number("tunnel_id", "", flow.tunnel_id);
  }

  template <class Out>
  static void describe_totals(const FlowBase& flow, const State& state, Out& out) {
    out.number({"bidirectional_first_seen_ms", ColumnRole::time}, "ms", ms(flow.start_ns));
    out.number({"bidirectional_last_seen_ms", ColumnRole::time}, "ms", ms(flow.end_ns()));
    out.number("bidirectional_duration_ms", "ms", static_cast<double>(flow.duration_ns()) / 1e6);
    out.number("bidirectional_packets", "packets", flow.packets());
    out.number("bidirectional_bytes", "bytes", flow.sides[0].bytes + flow.sides[1].bytes);
    constexpr const char* names[2][5]{{"src2dst_first_seen_ms", "src2dst_last_seen_ms", "src2dst_duration_ms",
                                       "src2dst_packets", "src2dst_bytes"},
                                      {"dst2src_first_seen_ms", "dst2src_last_seen_ms", "dst2src_duration_ms",
                                       "dst2src_packets", "dst2src_bytes"}};
    for (std::size_t s = 0; s < 2; ++s) {
      const FlowSide& side = flow.sides[s];
      const bool any = side.packets > 0;
      out.number({names[s][0], ColumnRole::time}, "ms", any ? ms(state.first_ns[s]) : 0, any);
      out.number({names[s][1], ColumnRole::time}, "ms", any ? ms(side.last_ns) : 0, any);
      out.number(names[s][2], "ms", any ? static_cast<double>(side.last_ns - state.first_ns[s]) / 1e6 : 0.0,
                 any);
      out.number(names[s][3], "packets", side.packets);
      out.number(names[s][4], "bytes", side.bytes);
    }
  }

  template <class Out>
  static void put(Out& out, const char* const (&names)[4], std::string_view unit, const FlowMoments& m,
                  double scale) {
    const bool any = m.count() > 0;
    out.number(names[0], unit, static_cast<double>(m.min()) / scale, any);
    out.number(names[1], unit, m.mean() / scale, any);
    out.number(names[2], unit, m.sample_std() / scale, m.count() > 1);
    out.number(names[3], unit, static_cast<double>(m.max()) / scale, any);
  }

  template <class Out>
  static void describe_statistics(const State& state, Out& out) {
    FlowMoments both = state.size[0];
    both.merge(state.size[1]);
    put(out,
        {"bidirectional_min_ps", "bidirectional_mean_ps", "bidirectional_stddev_ps", "bidirectional_max_ps"},
        "bytes", both, 1);
    put(out, {"src2dst_min_ps", "src2dst_mean_ps", "src2dst_stddev_ps", "src2dst_max_ps"}, "bytes",
        state.size[0], 1);
    put(out, {"dst2src_min_ps", "dst2src_mean_ps", "dst2src_stddev_ps", "dst2src_max_ps"}, "bytes",
        state.size[1], 1);
    put(out,
        {"bidirectional_min_piat_ms", "bidirectional_mean_piat_ms", "bidirectional_stddev_piat_ms",
         "bidirectional_max_piat_ms"},
        "ms", state.gaps, 1e6);
    put(out, {"src2dst_min_piat_ms", "src2dst_mean_piat_ms", "src2dst_stddev_piat_ms", "src2dst_max_piat_ms"},
        "ms", state.side_gaps[0], 1e6);
    put(out, {"dst2src_min_piat_ms", "dst2src_mean_piat_ms", "dst2src_stddev_piat_ms", "dst2src_max_piat_ms"},
        "ms", state.side_gaps[1], 1e6);
  }

  template <class Out>
  static void describe_flags(const FlowBase& flow, const State& state, Out& out) {
    constexpr std::uint8_t order[8]{tcp_flag::syn, tcp_flag::cwr, tcp_flag::ece, tcp_flag::urg,
                                    tcp_flag::ack, tcp_flag::psh, tcp_flag::rst, tcp_flag::fin};
    constexpr const char* names[3][8]{
        {"bidirectional_syn_packets", "bidirectional_cwr_packets", "bidirectional_ece_packets",
         "bidirectional_urg_packets", "bidirectional_ack_packets", "bidirectional_psh_packets",
         "bidirectional_rst_packets", "bidirectional_fin_packets"},
        {"src2dst_syn_packets", "src2dst_cwr_packets", "src2dst_ece_packets", "src2dst_urg_packets",
         "src2dst_ack_packets", "src2dst_psh_packets", "src2dst_rst_packets", "src2dst_fin_packets"},
        {"dst2src_syn_packets", "dst2src_cwr_packets", "dst2src_ece_packets", "dst2src_urg_packets",
         "dst2src_ack_packets", "dst2src_psh_packets", "dst2src_rst_packets", "dst2src_fin_packets"}};
    for (std::size_t which = 0; which < 3; ++which) {
      for (std::size_t i = 0; i < 8; ++i) {
        const std::uint32_t all = flow.count(order[i]);
        const std::uint32_t fwd = state.fwd_flags[static_cast<std::size_t>(std::countr_zero(order[i]))];
        out.number(names[which][i], "packets", which == 0 ? all : which == 1 ? fwd : all - fwd);
      }
    }
  }

  template <class Out>
  static void describe_splt(const PacketMarks& splt, std::span<const std::byte> memory, std::size_t length,
                            Out& out) {
    for (std::size_t i = 0; i < length; ++i) {
      const bool there = i < splt.size();
      out.number({"splt_direction_", i + 1}, "", there ? int{PacketMarks::at(memory, i).side} : -1, there);
    }
    for (std::size_t i = 0; i < length; ++i) {
      const bool there = i < splt.size();
      out.number({"splt_ps_", i + 1}, "bytes",
                 there ? std::int64_t{PacketMarks::at(memory, i).length} : std::int64_t{-1}, there);
    }
    for (std::size_t i = 0; i < length; ++i) {
      const bool there = i < splt.size();
      out.number({"splt_piat_ms_", i + 1}, "ms", there ? ms(PacketMarks::gap_ns(memory, i)) : -1, there);
    }
  }
};

}  // namespace weir::inline WEIR_ABI
