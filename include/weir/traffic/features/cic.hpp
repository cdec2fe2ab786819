// Profile `cic`, version 1: CICFlowMeter's 84 columns with its errors corrected. "Length" is layer-4 payload,
// times are microseconds with their fraction, standard deviations those of a sample (n - 1).
//
//   Packet Length ...      payload of each packet, once a packet
//   Flow/Fwd/Bwd IAT ...   gaps between neighbouring packets, of the flow and within each direction
//   ... /s                 / duration; 0 and not valid at duration 0
//   Header Length          sum of the layer-4 headers
//   PSH, URG Flags         packets of that direction with the flag, all of them
//   Down/Up Ratio          backward packets / forward packets, not cut to an integer
//   Average Packet Size    mean payload; Segment Size Avg: of the direction
//   Bulk                   features/bulk.hpp: bytes / bulks, packets / bulks, bytes / duration in s
//   Subflow x              x / (gaps of more than 1 s + 1)
//   Init Win Bytes         TCP window of the direction's first packet
//   Fwd Act Data Pkts      forward packets with payload
//   Fwd Seg Size Min       least forward layer-4 header
//   Active, Idle           a gap of more than 5 s ends an active period and is an idle one; the last active
//                          period counts; periods of length 0 do not
//   Timestamp              of the first packet, UTC: "2017-07-05 14:03:59.000123"
//
// A value that is not defined (no packet of that direction, fewer than two for gaps) is 0 and not valid.
// Definitions: CICFlowMeter 98a5eba (BasicFlow.java); what was wrong there: docs/flow_features.md.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/traffic/features/bulk.hpp>
#include <weir/traffic/features/cic_columns.hpp>
#include <weir/traffic/features/flow_moments.hpp>
#include <weir/traffic/features/utc_time.hpp>
#include <weir/traffic/flow/flow_columns.hpp>
#include <weir/traffic/flow/flow_counting.hpp>
#include <weir/traffic/flow/flow_record.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>

namespace weir::inline WEIR_ABI {

struct CicFlow {
  static constexpr std::string_view name = "cic";
  static constexpr int version = 1;
  static constexpr auto known_by = detail::cic_known_by;
  static constexpr bool blank_missing = false;  ///< readers of CICFlowMeter's tables expect 0

  class State {
   public:
    void add(const FlowBase&, const FlowPacket& p, std::span<std::byte>) noexcept {
      length[p.side].add(p.payload);
      gaps.add_gap(p.gap_ns);
      side_gaps[p.side].add_gap(p.side_gap_ns);
      if (p.payload > 0) {
        bulk[p.side].add(p.time_ns, p.payload, bulk[1 - p.side].last_ns());
        fwd_data_packets += p.side == 0 ? 1 : 0;
      }
      if (p.side == 0) {
        least_header = std::min(least_header, p.packet.l4_header_length);
        if (detail::has_tcp(p.packet)) {
          fwd_psh += (p.packet.tcp_flags & tcp_flag::psh) != 0 ? 1 : 0;
          fwd_urg += (p.packet.tcp_flags & tcp_flag::urg) != 0 ? 1 : 0;
        }
      }
      follow_activity(p);
    }

    std::array<FlowMoments, 2> length{}, side_gaps{};
    FlowMoments gaps{}, active{}, idle{};
    std::array<BulkCounter, 2> bulk{};
    std::int64_t active_start_ns = 0, active_end_ns = 0;
    std::uint32_t pauses = 0;  ///< gaps of more than 1 s
    std::uint32_t fwd_psh = 0, fwd_urg = 0, fwd_data_packets = 0;
    std::uint16_t least_header = std::numeric_limits<std::uint16_t>::max();

   private:
    void follow_activity(const FlowPacket& p) noexcept {
      if (p.gap_ns < 0) {
        active_start_ns = active_end_ns = p.time_ns;
        return;
      }
      pauses += p.gap_ns > ns_per_s ? 1 : 0;
      if (p.gap_ns > 5 * ns_per_s) {
        if (active_end_ns > active_start_ns) {
          active.add(static_cast<std::uint64_t>(active_end_ns - active_start_ns));
        }
        idle.add(static_cast<std::uint64_t>(p.gap_ns));
        active_start_ns = p.time_ns;
      }
      active_end_ns = std::max(active_end_ns, p.time_ns);
    }
  };

  static std::size_t memory_bytes(const FlowFeatureOptions&) noexcept { return 0; }

  template <class View, class Out>
  static void describe(const View& view, Out& out) {
    const FlowBase& flow = *view;
    const std::string date = date_text(flow.start_ns);
    const detail::CicRow row = row_of(flow, view.template state<CicFlow>(), date);
    detail::describe_cic_head(row, out);
    detail::describe_cic_middle(row, out);
    detail::describe_cic_tail(row, "NeedManualLabel", out);
  }

 private:
  [[nodiscard]] static double us(double ns) noexcept { return ns / 1e3; }

  [[nodiscard]] static detail::CicStatistics statistics(const FlowMoments& m, double unit) noexcept {
    return {.mean = m.mean() / unit,
            .std = m.sample_std() / unit,
            .max = static_cast<double>(m.max()) / unit,
            .min = static_cast<double>(m.min()) / unit,
            .sum = static_cast<double>(m.sum()) / unit,
            .valid = m.count() > 0,
            .std_valid = m.count() > 1};
  }
  [[nodiscard]] static detail::CicValue ratio(double a, double b) noexcept {
    return {b > 0 ? a / b : 0.0, b > 0};
  }

  [[nodiscard]] static detail::CicSide side_of(const FlowBase& flow, const State& state, std::size_t s) {
    const FlowSide& side = flow.sides[s];
    const BulkCounter& bulk = state.bulk[s];
    const double seconds = static_cast<double>(flow.duration_ns()) / 1e9;
    const auto packets = static_cast<double>(side.packets);
    const auto bytes = static_cast<double>(side.payload_bytes);
    const double subflows = state.pauses + 1.0;
    return {
        .packets = side.packets,
        .bytes = side.payload_bytes,
        .header_bytes = side.header_bytes,
        .psh = s == 0 ? state.fwd_psh : flow.count(tcp_flag::psh) - state.fwd_psh,
        .urg = s == 0 ? state.fwd_urg : flow.count(tcp_flag::urg) - state.fwd_urg,
        .length = statistics(state.length[s], 1),
        .iat = statistics(state.side_gaps[s], 1e3),
        .packets_per_s = ratio(packets, seconds),
        .segment_size = ratio(bytes, packets),
        .bulk_bytes = ratio(static_cast<double>(bulk.bytes()), bulk.bulks()),
        .bulk_packets = ratio(bulk.packets(), bulk.bulks()),
        .bulk_rate = ratio(static_cast<double>(bulk.bytes()), static_cast<double>(bulk.duration_ns()) / 1e9),
        .subflow_packets = {packets / subflows},
        .subflow_bytes = {bytes / subflows},
        .first_window = {static_cast<double>(side.first_window), flow.tcp() && side.packets > 0}};
  }

  [[nodiscard]] static detail::CicRow row_of(const FlowBase& flow, const State& state,
                                             std::string_view date) {
    const FlowEnds ends{flow.key.ip_version, flow.address(0), flow.port(0),
                        flow.address(1),     flow.port(1),    flow.key.protocol};
    detail::CicRow row{.id = ends, .ends = ends, .timestamp = date};
    FlowMoments length = state.length[0];
    length.merge(state.length[1]);
    FlowMoments active = state.active;
    if (state.active_end_ns > state.active_start_ns) {
      active.add(static_cast<std::uint64_t>(state.active_end_ns - state.active_start_ns));
    }
    for (std::size_t s = 0; s < 2; ++s) row.sides[s] = side_of(flow, state, s);
    const double seconds = static_cast<double>(flow.duration_ns()) / 1e9;
    row.duration_us = us(static_cast<double>(flow.duration_ns()));
    row.bytes_per_s = ratio(static_cast<double>(length.sum()), seconds);
    row.packets_per_s = ratio(static_cast<double>(flow.packets()), seconds);
    row.iat = statistics(state.gaps, 1e3);
    row.length = statistics(length, 1);
    row.length_variance = {length.sample_variance(), length.count() > 1};
    for (std::size_t bit = 0; bit < 8; ++bit) row.flags[bit] = flow.flag_counts[bit];
    row.down_up = ratio(flow.sides[1].packets, flow.sides[0].packets);
    row.average_size = {length.mean(), length.count() > 0};
    row.fwd_data_packets = state.fwd_data_packets;
    const bool any = flow.sides[0].packets > 0;
    row.fwd_least_header = {any ? static_cast<double>(state.least_header) : 0.0, any};
    row.active = statistics(active, 1e3);
    row.idle = statistics(state.idle, 1e3);
    return row;
  }
};

}  // namespace weir::inline WEIR_ABI
