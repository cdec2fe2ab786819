// How one packet changes the counters of its flow.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/traffic/flow/flow_record.hpp>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

namespace weir::inline WEIR_ABI {
namespace detail {

[[nodiscard]] inline std::uint32_t read_be(std::span<const std::byte> bytes, std::size_t at,
                                           std::size_t size) noexcept {
  std::uint32_t value = 0;
  for (std::size_t i = at; i < at + size; ++i)
    value = (value << 8) | std::to_integer<std::uint32_t>(bytes[i]);
  return value;
}

[[nodiscard]] inline bool has_tcp(const Packet& p) noexcept {
  return p.protocol == ip_protocol::tcp && p.has_l4 && !p.later_fragment;
}

/// What a packet and its second copy have in common, and nothing else has within `window_ns`: IPv4's
/// identification and the layer-4 checksum. Without them (value 0) a packet is never taken for a copy.
struct PacketPrint {
  std::uint32_t value = 0;
  std::int64_t window_ns = 0;
};

[[nodiscard]] inline PacketPrint print_of(const Packet& p) noexcept {
  const std::uint32_t id = p.ip_version == 4 && p.ip.size() >= 8 ? read_be(p.ip, 4, 4) : 0;
  const bool tcp = has_tcp(p);
  std::uint32_t checksum = 0;
  if (!p.later_fragment && p.has_l4) {
    const std::size_t at = tcp ? 16 : p.protocol == ip_protocol::udp ? 6 : 2;
    const bool known = tcp || p.protocol == ip_protocol::udp || p.protocol == ip_protocol::icmp ||
                       p.protocol == ip_protocol::icmpv6;
    if (known && p.l4.size() >= at + 2) checksum = read_be(p.l4, at, 2);
  }
  const bool numbered = (id >> 16) != 0;
  const bool bare_ack =
      tcp && p.payload_length == 0 && (p.tcp_flags & (tcp_flag::syn | tcp_flag::fin | tcp_flag::rst)) == 0;
  if (!numbered && (checksum == 0 || bare_ack)) return {};
  std::uint64_t mix = (std::uint64_t{id} << 32) ^ (std::uint64_t{checksum} << 16) ^ p.ip_length;
  mix = (mix ^ p.tcp_seq) * 0x9E3779B97F4A7C15ULL;
  mix = (mix ^ (mix >> 29) ^ p.tcp_ack ^ (std::uint64_t{p.tcp_flags} << 40)) * 0xBF58476D1CE4E5B9ULL;
  constexpr std::int64_t ms = 1'000'000;
  return {static_cast<std::uint32_t>(mix >> 32) | 1U, numbered ? 100 * ms : ms};
}

/// A 16-bit counter that stays at its end.
inline void raise(std::uint16_t& counter) noexcept {
  if (counter < std::numeric_limits<std::uint16_t>::max()) ++counter;
}

/// Is a 32-bit counter half full? Then the record ends, so that none overflows.
[[nodiscard]] inline bool counters_full(const FlowBase& flow) noexcept {
  const std::uint32_t all =
      flow.sides[0].packets | flow.sides[1].packets | flow.sides[0].header_bytes | flow.sides[1].header_bytes;
  return (all >> 31) != 0;
}

inline void count_first_of_side(FlowBase& flow, unsigned s, const Packet& p) noexcept {
  flow.sides[s].first_window = p.tcp_window;
  flow.sides[s].tos = p.tos;
  if (s == 0 || flow.sides[0].packets == 0) flow.tunnel_id = p.tunnel_id;
}

inline void count_flags(FlowBase& flow, std::uint8_t flags) noexcept {
  for (unsigned left = flags; left != 0; left &= left - 1) {
    ++flow.flag_counts[static_cast<std::size_t>(std::countr_zero(left))];
  }
}

/// A TCP segment; with `follow` its place in the connection.
[[gnu::noinline]] inline void count_segment(FlowBase& flow, FlowPacket& q, TcpMoment moment,
                                            bool follow) noexcept {
  const Packet& p = q.packet;
  FlowSide& side = flow.sides[q.side];
  if (follow) {
    bool closed = flow.closed;
    q.segment = follow_tcp(flow.tcp_end(q.side), flow.tcp_end(1 - q.side), p, moment, closed);
    flow.closed = closed;
    if (q.duplicate) q.segment.retransmission = false;
    side.retransmissions += q.segment.retransmission ? 1 : 0;
    side.reordered += q.segment.reordered;
  }
  if (p.tcp_mss != 0 && !q.segment.stray && (p.tcp_flags & tcp_flag::syn) != 0) side.mss = p.tcp_mss;
}

/// Counts a packet. With `follow` the TCP connection is followed as well.
[[nodiscard]] inline FlowPacket count_packet(FlowBase& flow, const Packet& p, unsigned s, std::int64_t time,
                                             bool follow, bool drop_duplicates) noexcept {
  FlowSide& side = flow.sides[s];
  const bool first = flow.sides[0].packets + flow.sides[1].packets == 0;
  const std::int64_t end = flow.end_ns();
  FlowPacket q{.packet = p,
               .side = s,
               .time_ns = time,
               .gap_ns = first ? -1 : std::max<std::int64_t>(0, time - end),
               .side_gap_ns = side.packets == 0 ? -1 : std::max<std::int64_t>(0, time - side.last_ns),
               .payload = p.payload_length};
  const PacketPrint print = print_of(p);
  q.duplicate = print.value != 0 && side.packets > 0 && print.value == side.fingerprint &&
                time - side.last_ns <= print.window_ns && side.last_ns - time <= print.window_ns;
  flow.duplicates += q.duplicate ? 1 : 0;
  if (q.duplicate && drop_duplicates) return q;
  side.fingerprint = print.value;
  const TcpMoment moment{.earlier = !first && time < flow.start_ns, .late = !first && time < end};

  if (first) {
    flow.start_ns = time;
    flow.capture = p.capture;
    flow.icmp_type = p.icmp_type;
    flow.icmp_code = p.icmp_code;
  } else {
    flow.start_ns = std::min(flow.start_ns, time);
  }
  if (side.packets == 0) {
    count_first_of_side(flow, s, p);
    side.last_ns = time;
  } else {
    side.last_ns = std::max(side.last_ns, time);
  }
  ++side.packets;
  side.bytes += p.wire_length;
  side.ip_bytes += p.ip_length;
  side.payload_bytes += q.payload;
  side.header_bytes += p.later_fragment ? 0U : p.l4_header_length;
  side.min_ttl = std::min(side.min_ttl, p.ttl);
  side.max_ttl = std::max(side.max_ttl, p.ttl);
  if (p.fragment) raise(flow.fragments);
  if (!has_tcp(p)) return q;

  count_flags(flow, p.tcp_flags);
  side.flags |= p.tcp_flags;
  if (follow && goes_on(side.tcp, flow.sides[1 - s].tcp, p)) {
    go_on(side.tcp, p);
  } else {
    count_segment(flow, q, moment, follow);
  }
  return q;
}

}  // namespace detail
}  // namespace weir::inline WEIR_ABI
