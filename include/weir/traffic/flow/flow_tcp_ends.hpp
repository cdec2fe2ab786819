// Where a TCP connection begins and ends: does a SYN begin another connection of the same ports, and does a
// RST end this one (RFC 9293, RFC 5961)?
#pragma once

#include <weir/core/abi.hpp>
#include <weir/traffic/flow/flow_tcp_island.hpp>
#include <weir/traffic/flow/flow_tcp_side.hpp>
#include <weir/traffic/packet/packet.hpp>

#include <algorithm>
#include <cstdint>

namespace weir::inline WEIR_ABI {
namespace detail {

/// Whether an acknowledgement is one of the numbers that the side is known to have sent.
[[nodiscard]] inline bool acks_known(TcpConstEnd side, std::uint32_t ack) noexcept {
  const bool above = sequence_difference(ack, side->isn) > 0;
  return (side->seen && above && sequence_difference(ack, side->next) <= 0) || acks_island(side, ack);
}

/// What a flow says to a SYN of its key.
struct TcpHistory {
  bool closed = false;
  bool paused = false;  ///< nothing came for longer than a closed connection lingers
  bool earlier = false;
  bool of_server = false;  ///< the other side sent the flow's first SYN
};

/// Does the SYN `p` of side `me` begin another connection than the one that the sides tell of?
[[nodiscard, gnu::noinline]] inline bool begins_connection(TcpConstEnd me, TcpConstEnd peer,
                                                           const TcpHistory& history,
                                                           const Packet& p) noexcept {
  if ((p.tcp_flags & tcp_flag::syn) == 0 || (p.tcp_flags & tcp_flag::rst) != 0) return false;
  const bool same_isn = me->syn && me->isn == p.tcp_seq;
  if ((p.tcp_flags & tcp_flag::ack) != 0) {
    const bool answers_stray = peer->island && peer->island_syn && p.tcp_ack == peer.apart->island_end;
    if (me->syn && !same_isn && me->acks && peer->acks && answers_stray) return true;
    return history.closed && me->syn && !same_isn && !acks_known(peer, p.tcp_ack);
  }
  // Both ends are done: even the same numbers are another connection's. Some programs number nothing.
  if (history.paused && (history.closed || (me->finished && peer->finished))) return true;
  if (same_isn) return false;
  if (!me->syn && me->seen && late_syn(me->isn + 1, p.tcp_seq, history.earlier)) return false;
  if (!me->seen && peer->acks && late_syn(peer->acked, p.tcp_seq, history.earlier)) return false;
  if (history.earlier) return false;  // older than all of this connection: of one before it, read late
  if (history.closed || me->fin) return true;
  if (!me->syn) return me->seen || (peer->seen && peer->acks);
  // A SYN behind another one: of the same attempt, until the client has gone on behind the answer.
  const bool established = me->acks && (peer->acks || !peer->seen);
  // A server that opens a connection in one that is open is believed when it is answered.
  if (established && history.of_server && !history.paused) return false;
  return established || (history.paused && peer->seen);
}

/// RFC 5961: a RST counts when it lies in the window of the side that receives it. The window is taken for at
/// least 65535 bytes, since the packets may have been seen before they reached the other side. Of a SYN it
/// must acknowledge the number (RFC 9293, 3.10.7.3).
[[nodiscard, gnu::noinline]] inline bool reset_counts(TcpConstEnd me, TcpConstEnd peer,
                                                      const Packet& p) noexcept {
  if (me->seen && p.tcp_seq == me->next) return true;
  if (!peer->acks) {
    const bool answers = (p.tcp_flags & tcp_flag::ack) != 0;
    if (peer->syn && !me->seen) return answers && acks_known(peer, p.tcp_ack);
    const std::int64_t apart = sequence_difference(p.tcp_seq, me->next);
    return !me->seen || (apart >= -least_window && apart <= least_window);
  }
  const unsigned shift = std::min<unsigned>(peer->wscale == 255 ? 0 : peer->wscale, 14);
  const auto window = std::max<std::int64_t>(std::int64_t{peer->window} << shift, least_window);
  const std::int64_t ahead = sequence_difference(p.tcp_seq, peer->acked);
  return ahead >= -1 && ahead <= window;
}

}  // namespace detail
}  // namespace weir::inline WEIR_ABI
