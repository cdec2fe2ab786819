// What a flow has to know of a TCP connection: sequence numbers of each side, to see retransmitted and late
// segments, the end (both FINs acknowledged, or a RST that lies in the window), and whether a SYN begins
// another connection of the same ports. Sequence numbers are compared modulo 2^32 (RFC 9293, 3.4).
#pragma once

#include <weir/core/abi.hpp>
#include <weir/traffic/packet.hpp>

#include <algorithm>
#include <array>
#include <cstdint>

namespace weir::inline WEIR_ABI {

/// What a segment was to its side of the connection.
struct TcpSegment {
  bool retransmission = false;  ///< sequence numbers that were seen before
  bool reordered = false;       ///< fills a gap that a later segment had left
  bool gap = false;             ///< leaves a gap behind the segments before it
};

/// One side's sequence numbers.
struct TcpSide {
  std::uint32_t isn = 0;      ///< of its SYN; without one, the number before the first one seen
  std::uint32_t next = 0;     ///< behind the highest segment seen
  std::uint32_t acked = 0;    ///< highest acknowledgement that it sent
  std::uint32_t fin_end = 0;  ///< the acknowledgement that covers its FIN
  std::uint32_t hole_begin = 0, hole_end = 0;  ///< numbers passed over by a later segment
  std::uint16_t window = 0;                    ///< of its latest segment, as sent
  std::uint8_t wscale = 255;                   ///< 255: not given
  bool syn : 1 = false;
  bool seen : 1 = false;
  bool acks : 1 = false;
  bool fin : 1 = false;
  bool hole : 1 = false;
};
static_assert(sizeof(TcpSide) == 28);

namespace detail {

/// a - b modulo 2^32, signed.
[[nodiscard]] inline std::int32_t sequence_difference(std::uint32_t a, std::uint32_t b) noexcept {
  return static_cast<std::int32_t>(a - b);
}

/// How far a SYN may lie behind its connection's other segments and still be a late packet of it.
inline constexpr std::int32_t late_syn_reach = 65'535;

[[nodiscard]] inline bool late_syn(std::uint32_t seen, std::uint32_t expected) noexcept {
  const std::int32_t ahead = sequence_difference(seen, expected);
  return ahead >= 0 && ahead <= late_syn_reach;
}

/// Does the SYN `p` of side `me` begin another connection than the one that the sides tell of?
[[nodiscard]] inline bool begins_connection(const TcpSide& me, const TcpSide& peer, bool closed,
                                            const Packet& p) noexcept {
  if ((p.tcp_flags & tcp_flag::syn) == 0 || (p.tcp_flags & tcp_flag::rst) != 0) return false;
  const bool same_isn = me.syn && me.isn == p.tcp_seq;
  if ((p.tcp_flags & tcp_flag::ack) != 0) return closed && me.syn && !same_isn;
  if (closed || me.fin) return !same_isn;
  if (me.syn) return false;
  if (me.seen) return !late_syn(me.isn, p.tcp_seq);
  return peer.seen && peer.acks && !late_syn(peer.acked, p.tcp_seq + 1);
}

/// RFC 5961: a RST counts when it lies in the window of the side that receives it. The window is taken for at
/// least 65535 bytes, since the packets may have been seen before they reached the other side.
[[nodiscard]] inline bool reset_counts(const TcpSide& peer, const Packet& p) noexcept {
  if (!peer.acks) return true;
  const unsigned shift = std::min<unsigned>(peer.wscale == 255 ? 0 : peer.wscale, 14);
  const auto window = std::max<std::int64_t>(std::int64_t{peer.window} << shift, 65'535);
  const std::int64_t ahead = sequence_difference(p.tcp_seq, peer.acked);
  return ahead >= -1 && ahead <= window;
}

inline TcpSegment place_segment(TcpSide& me, const Packet& p, std::uint32_t length) noexcept {
  const std::uint32_t begin = p.tcp_seq;
  const std::uint32_t end = begin + length;
  TcpSegment segment;
  if (!me.seen) {
    me.seen = true;
    me.next = end;
    if (!me.syn) me.isn = begin - 1;
    return segment;
  }
  if (length == 0) return segment;
  const std::int32_t ahead = sequence_difference(begin, me.next);
  if (sequence_difference(end, me.next) > 0) {
    if (ahead > 0) {
      segment.gap = me.hole = true;
      me.hole_begin = me.next;
      me.hole_end = begin;
    }
    me.next = end;
    return segment;
  }
  segment.reordered = me.hole && sequence_difference(begin, me.hole_begin) >= 0 &&
                      sequence_difference(begin, me.hole_end) < 0;
  const bool keep_alive = ahead == -1 && p.payload_length <= 1 && length <= 1 &&
                          (p.tcp_flags & (tcp_flag::syn | tcp_flag::fin)) == 0;
  segment.retransmission = !segment.reordered && !keep_alive;
  if (segment.reordered && begin == me.hole_begin) {
    me.hole_begin = end;
    me.hole = sequence_difference(me.hole_end, end) > 0;
  }
  return segment;
}

/// Counts a segment of side `me`; `closed` becomes true when it ends the connection.
inline TcpSegment follow_tcp(TcpSide& me, const TcpSide& peer, const Packet& p, bool& closed) noexcept {
  const bool syn = (p.tcp_flags & tcp_flag::syn) != 0;
  const bool fin = (p.tcp_flags & tcp_flag::fin) != 0;
  if ((p.tcp_flags & tcp_flag::rst) != 0) {
    closed = closed || reset_counts(peer, p);
    return {};
  }
  if (syn && !me.syn) {
    me.syn = true;
    me.isn = p.tcp_seq;
    me.wscale = p.tcp_wscale;
  }
  const std::uint32_t length = p.payload_length + (syn ? 1U : 0U) + (fin ? 1U : 0U);
  const TcpSegment segment = place_segment(me, p, length);
  if (fin && !me.fin) {
    me.fin = true;
    me.fin_end = p.tcp_seq + length;
  }
  if ((p.tcp_flags & tcp_flag::ack) != 0 && (!me.acks || sequence_difference(p.tcp_ack, me.acked) > 0)) {
    me.acks = true;
    me.acked = p.tcp_ack;
  }
  me.window = p.tcp_window;
  closed = closed ||
           (me.fin && peer.fin && me.acks && peer.acks && sequence_difference(me.acked, peer.fin_end) >= 0 &&
            sequence_difference(peer.acked, me.fin_end) >= 0);
  return segment;
}

}  // namespace detail
}  // namespace weir::inline WEIR_ABI
