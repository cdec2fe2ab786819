// Profile `cic_compat`, version 1: what CICFlowMeter at 98a5eba writes, error for error, for models that were
// trained on its tables. Use it with `CicCompatFlow::table_options()`, which also makes the flow table follow its
// rules: IPv4 only; a flow ends 120 s after its first packet, at the first backward FIN, or at a RST; a
// second forward FIN is not counted; flows of one packet are not written (`keeps`). Time is cut to
// microseconds.
//
// Errors kept, beside those rules:
//   the first packet's payload is added twice to Packet Length ... and Average Packet Size
//   all bulks are the backward direction's, and no packet of the other direction ends one
//   Bwd Init Win Bytes is the last backward window; Fwd Act Data Pkts leaves out the first packet
//   Fwd/Bwd PSH and URG Flags look at the first packet only
//   Down/Up Ratio, bulk averages and subflows are cut to integers; subflows are divided by gaps, not gaps + 1
//   the last active period is not counted
//   Flow Bytes/s and Flow Packets/s are Infinity or NaN at duration 0 (in CSV; not valid elsewhere)
//   gaps can be negative when packets are out of order
//   Flow ID names first the end whose address is less, byte by byte, as signed bytes
//
// Not kept: the time zone (ours is UTC), and Java's spelling of numbers ("120.0").
#pragma once

#include <weir/core/abi.hpp>
#include <weir/traffic/features/cic_columns.hpp>
#include <weir/traffic/features/utc_time.hpp>
#include <weir/traffic/flow/flow_columns.hpp>
#include <weir/traffic/flow/flow_counting.hpp>
#include <weir/traffic/flow/flow_record.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>

namespace weir::inline WEIR_ABI {

namespace detail {

/// SummaryStatistics of Apache commons-math: running mean and second moment, sample standard deviation.
class RunningStatistics {
 public:
  void add(double x) noexcept {
    ++count_;
    const double deviation = x - mean_;
    const double share = deviation / count_;
    mean_ += share;
    second_ += (count_ - 1) * deviation * share;
    sum_ += x;
    min_ = count_ == 1 ? x : std::min(min_, x);
    max_ = count_ == 1 ? x : std::max(max_, x);
  }
  [[nodiscard]] double count() const noexcept { return count_; }
  [[nodiscard]] double sum() const noexcept { return sum_; }
  [[nodiscard]] double variance() const noexcept { return count_ < 2 ? 0.0 : second_ / (count_ - 1); }
  /// Zeros when there is nothing.
  [[nodiscard]] CicStatistics row() const noexcept {
    return {.mean = mean_, .std = std::sqrt(variance()), .max = max_, .min = min_, .sum = sum_};
  }

 private:
  double count_ = 0, mean_ = 0, second_ = 0, sum_ = 0, min_ = 0, max_ = 0;
};

}  // namespace detail

struct CicCompatFlow {
  static constexpr std::string_view name = "cic_compat";
  static constexpr int version = 1;
  static constexpr auto known_by = detail::cic_known_by;
  static constexpr bool blank_missing = false;  ///< readers of CICFlowMeter's tables expect 0

  /// The flow table's options, by which it follows CICFlowMeter's rules.
  [[nodiscard]] static FlowOptions table_options(FlowOptions options = {}) noexcept {
    options.lifecycle = FlowLifecycle::cic_compat;
    options.timeouts.active_ns = 120 * ns_per_s;
    options.vlan_in_key = false;
    options.lower_port_serves = false;
    options.drop_duplicates = false;
    return options;
  }

  class State {
   public:
    void add(const FlowBase& flow, const FlowPacket& p, std::span<std::byte>) noexcept {
      const std::int64_t t = p.time_ns / 1'000 - (p.time_ns % 1'000 < 0 ? 1 : 0);
      const bool first = flow.packets() == 1;
      const bool tcp = detail::has_tcp(p.packet);
      const std::uint32_t payload = known(flow) ? p.payload : 0;
      const std::uint32_t header = known(flow) ? p.packet.l4_header_length : 0;
      const std::uint8_t flags = tcp ? p.packet.tcp_flags : std::uint8_t{0};
      if (!first) follow_activity(p.side, flags, t);
      add_bulk(t, payload);
      follow_pauses(first, t);
      length.add(payload);
      if (first) length.add(payload);
      bytes[p.side] += payload;
      header_bytes[p.side] += header;
      side_length[p.side].add(payload);
      if (p.side == 0) {
        least_header = first ? header : std::min(least_header, header);
        fwd_data_packets += !first && payload > 0 ? 1 : 0;
        fwd_window = first ? window(p, tcp) : fwd_window;
      } else {
        bwd_window = window(p, tcp);
      }
      if (first) {
        start_us = active_start_us = active_end_us = t;
        first_from_b = flow.address(p.side) == flow.key.b;
        psh = static_cast<std::uint8_t>((flags & tcp_flag::psh) != 0 ? 1U << p.side : 0U);
        urg = static_cast<std::uint8_t>((flags & tcp_flag::urg) != 0 ? 1U << p.side : 0U);
      } else {
        gaps.add(static_cast<double>(t - last_us));
        if (side_length[p.side].count() > 1)
          side_gaps[p.side].add(static_cast<double>(t - side_last_us[p.side]));
      }
      last_us = side_last_us[p.side] = t;
    }

    std::array<detail::RunningStatistics, 2> side_length{}, side_gaps{};
    detail::RunningStatistics length{}, gaps{}, active{}, idle{};
    std::array<std::uint64_t, 2> bytes{}, header_bytes{};
    std::array<std::int64_t, 2> side_last_us{};
    std::int64_t start_us = 0, last_us = 0, active_start_us = 0, active_end_us = 0;
    std::int64_t bulk_start_us = 0, bulk_last_us = 0, bulk_duration_us = 0;
    std::int64_t bulks = 0, bulk_packets = 0, bulk_bytes = 0, run_packets = 0, run_bytes = 0;
    std::uint32_t pauses = 0, fwd_data_packets = 0, least_header = 0;
    std::uint16_t fwd_window = 0, bwd_window = 0;
    std::uint8_t psh = 0, urg = 0;  ///< of the first packet, by side
    bool first_from_b = false;

   private:
    /// It takes other protocols for packets of protocol 0 without lengths.
    [[nodiscard]] static bool known(const FlowBase& flow) noexcept { return flow.key.protocol != 0; }
    [[nodiscard]] static std::uint16_t window(const FlowPacket& p, bool tcp) noexcept {
      return tcp ? p.packet.tcp_window : std::uint16_t{0};
    }

    void update_activity(std::int64_t t) noexcept {
      if (t - active_end_us > 5'000'000) {
        if (active_end_us > active_start_us) active.add(static_cast<double>(active_end_us - active_start_us));
        idle.add(static_cast<double>(t - active_end_us));
        active_start_us = t;
      }
      active_end_us = t;
    }
    /// Not called for the packets that end a flow.
    void follow_activity(unsigned side, std::uint8_t flags, std::int64_t t) noexcept {
      const bool fin = (flags & tcp_flag::fin) != 0;
      if (fin ? side == 1 : (flags & tcp_flag::rst) != 0) return;
      update_activity(t);
    }
    void follow_pauses(bool first, std::int64_t t) noexcept {
      if (first) return;
      if (t - last_us <= 1'000'000) return;
      ++pauses;
      update_activity(t);
    }
    void add_bulk(std::int64_t t, std::uint32_t payload) noexcept {
      if (payload == 0) return;
      if (bulk_start_us == 0 || t - bulk_last_us > 1'000'000) {
        bulk_start_us = t;
        run_packets = 1;
        run_bytes = payload;
      } else {
        ++run_packets;
        run_bytes += payload;
        if (run_packets == 4) {
          ++bulks;
          bulk_packets += 4;
          bulk_bytes += run_bytes;
          bulk_duration_us += t - bulk_start_us;
        } else if (run_packets > 4) {
          ++bulk_packets;
          bulk_bytes += payload;
          bulk_duration_us += t - bulk_last_us;
        }
      }
      bulk_last_us = t;
    }
  };

  static std::size_t memory_bytes(const FlowFeatureOptions&) noexcept { return 0; }

  /// Whether the flow is written at all.
  template <class View>
  [[nodiscard]] static bool keeps(const View& view) noexcept {
    return view->packets() > 1;
  }

  template <class View, class Out>
  static void describe(const View& view, Out& out) {
    const FlowBase& flow = *view;
    const State& state = view.template state<CicCompatFlow>();
    const std::string date = cic_date_text(state.start_us * 1'000);
    const detail::CicRow row = row_of(flow, state, date);
    detail::describe_cic_head(row, out);
    detail::describe_cic_middle(row, out);
    detail::describe_cic_tail(row, "NeedManualLabel", out);
  }

 private:
  /// The end that its name of a flow puts first.
  [[nodiscard]] static bool source_first(const IpAddress& src, const IpAddress& dst) noexcept {
    for (std::size_t i = 0; i < 4; ++i) {
      if (src[i] != dst[i]) return static_cast<std::int8_t>(src[i]) < static_cast<std::int8_t>(dst[i]);
    }
    return true;
  }
  [[nodiscard]] static detail::CicValue cut(std::int64_t a, std::int64_t b) noexcept {
    return {b == 0 ? 0.0 : static_cast<double>(a / b)};
  }
  [[nodiscard]] static detail::CicValue rate(double a, std::int64_t us) noexcept {
    return {a / (static_cast<double>(us) / 1e6), us != 0};
  }

  [[nodiscard]] static detail::CicSide side_of(const State& state, std::size_t s) noexcept {
    const auto packets = static_cast<std::uint64_t>(state.side_length[s].count());
    const std::int64_t duration = state.last_us - state.start_us;
    detail::CicSide side{.packets = packets, .bytes = state.bytes[s], .header_bytes = state.header_bytes[s]};
    side.psh = (state.psh >> s) & 1U;
    side.urg = (state.urg >> s) & 1U;
    side.length = state.side_length[s].row();
    side.iat = state.side_gaps[s].row();
    side.packets_per_s = {duration > 0 ? static_cast<double>(packets) / (static_cast<double>(duration) / 1e6)
                                       : 0.0};
    side.segment_size = {packets == 0 ? 0.0 : state.side_length[s].sum() / static_cast<double>(packets)};
    side.subflow_packets = cut(static_cast<std::int64_t>(packets), state.pauses);
    side.subflow_bytes = cut(static_cast<std::int64_t>(state.bytes[s]), state.pauses);
    if (s == 1) {
      side.bulk_bytes = cut(state.bulk_bytes, state.bulks);
      side.bulk_packets = cut(state.bulk_packets, state.bulks);
      const double seconds = static_cast<double>(state.bulk_duration_us) / 1e6;
      side.bulk_rate = {seconds == 0 ? 0.0 : std::trunc(static_cast<double>(state.bulk_bytes) / seconds)};
    }
    side.first_window = {static_cast<double>(s == 0 ? state.fwd_window : state.bwd_window)};
    return side;
  }

  [[nodiscard]] static detail::CicRow row_of(const FlowBase& flow, const State& state,
                                             std::string_view date) {
    const FlowEnds ends{flow.key.ip_version, flow.address(0), flow.port(0),
                        flow.address(1),     flow.port(1),    flow.key.protocol};
    // The name is made from the first packet, whose sender need not be the flow's source.
    const std::size_t sender = state.first_from_b == flow.client_is_b ? 0 : 1;
    const bool straight = source_first(flow.address(static_cast<unsigned>(sender)),
                                       flow.address(static_cast<unsigned>(1 - sender)));
    const auto first = static_cast<unsigned>(straight ? sender : 1 - sender);
    const FlowEnds id{flow.key.ip_version,     flow.address(first),  flow.port(first),
                      flow.address(1 - first), flow.port(1 - first), flow.key.protocol};
    detail::CicRow row{.id = id, .ends = ends, .timestamp = date};
    for (std::size_t s = 0; s < 2; ++s) row.sides[s] = side_of(state, s);
    const std::int64_t duration = state.last_us - state.start_us;
    const double packets = state.side_length[0].count() + state.side_length[1].count();
    row.duration_us = static_cast<double>(duration);
    row.bytes_per_s = rate(static_cast<double>(state.bytes[0] + state.bytes[1]), duration);
    row.packets_per_s = rate(packets, duration);
    row.iat = state.gaps.row();
    row.length = state.length.row();
    row.length_variance = {state.length.variance()};
    for (std::size_t bit = 0; bit < 8; ++bit) row.flags[bit] = flow.flag_counts[bit];
    row.down_up = cut(static_cast<std::int64_t>(state.side_length[1].count()),
                      static_cast<std::int64_t>(state.side_length[0].count()));
    row.average_size = {packets == 0 ? 0.0 : state.length.sum() / packets};
    row.fwd_data_packets = state.fwd_data_packets;
    row.fwd_least_header = {static_cast<double>(state.least_header)};
    row.active = state.active.row();
    row.idle = state.idle.row();
    return row;
  }
};

}  // namespace weir::inline WEIR_ABI
