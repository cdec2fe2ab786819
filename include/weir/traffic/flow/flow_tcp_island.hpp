// When the numbers of a side that lie apart from its frontier are believed, and what the acknowledgements of
// the other side are worth (flow_tcp_side.hpp).
#pragma once

#include <weir/core/abi.hpp>
#include <weir/traffic/flow/flow_tcp_holes.hpp>
#include <weir/traffic/flow/flow_tcp_side.hpp>

#include <cstdint>

namespace weir::inline WEIR_ABI {
namespace detail {

/// The frontier goes to the end of the island. Inside the window the numbers between were passed over;
/// outside nobody can say how many there were, and the side's numbers go on from the island as if there were
/// none. What came before the island and was never acknowledged was not the connection's; neither does
/// anything lie between the island and a number that the other side alone has named.
[[gnu::noinline]] inline void believe_island(TcpEnd me, TcpEnd peer) noexcept {
  const std::int32_t gap = sequence_difference(me.apart->island_begin, me->next);
  if (me->island_syn) {
    me->isn = me.apart->island_begin;
    me->syn = true;
    me->wscale = 14;  // its option was not kept: no window is larger than with this one
    drop_holes(me);
  } else if (gap > 0 && gap <= window_for(me, peer) && !nothing_seen(me)) {
    add_hole(me, peer, me->next, me.apart->island_begin);
  } else if (gap != 0) {
    const bool known = (peer->acks && !nothing_seen(me)) || !peer->seen;
    me->isn = known ? me->isn + (me.apart->island_begin - me->next) : me.apart->island_begin - 1;
    fill_holes(me, peer, me->next - greatest_window, me->next);  // those before it are of other numbers now
    peer->acks = false;
  }
  if (me->island_syn) peer->acks = false;
  me->fin = me->island_fin;
  me->finished = me->finished || me->island_fin;
  me->next = me.apart->island_end;
  me->island = false;
  me->astray = false;
  me->late = 0;
}

/// Whether an acknowledgement covers numbers of the side's island, or numbers close behind it, which the
/// capture may have lost.
[[nodiscard]] inline bool acks_island(TcpConstEnd side, std::uint32_t ack) noexcept {
  return side->island && sequence_difference(ack, side.apart->island_begin) > 0 &&
         sequence_difference(ack, side.apart->island_end) <= (side->island_syn ? 0 : least_window);
}

/// How far the side's numbers go, for a count at the end. Where the other side was not seen, nobody could
/// confirm the island: it counts when nothing came before it since.
[[nodiscard]] inline std::uint32_t stream_end(TcpConstEnd me, TcpConstEnd peer) noexcept {
  const std::int32_t gap = sequence_difference(me.apart->island_begin, me->next);
  const bool likely =
      me->island && !me->island_syn && !peer->seen && me->late == 0 && gap > 0 && gap <= least_window;
  return likely ? me.apart->island_end : me->next;
}

/// Takes the acknowledgement `ack` of side `me`. One of numbers that `peer` is not known to have sent waits
/// until it has, so that none is believed for its own sake.
inline void note_ack(TcpEnd me, TcpEnd peer, std::uint32_t ack) noexcept {
  if (peer->seen) {
    const bool confirms = acks_island(peer, ack);
    if (confirms) believe_island(peer, me);
    const bool before_all = sequence_difference(peer->isn, ack) >= (peer->syn ? 0 : least_window);
    if (before_all || sequence_difference(ack, peer->next) > 0) {
      me->acks_ahead = true;
      me.apart->ahead = ack;
      if (!confirms) return;
      ack = peer->next;
    }
    if (sequence_difference(peer->next, ack) > greatest_window) return;
  } else if (me->acks && sequence_difference(ack, me->acked) > greatest_window) {
    return;
  }
  if (me->acks && sequence_difference(ack, me->acked) <= 0) return;
  me->acks = true;
  me->acked = ack;
}

/// The frontier of `me` has moved, or it has an island: does an acknowledgement of the other side fit now?
[[gnu::noinline]] inline void settle_waiting_acks(TcpEnd me, TcpEnd peer) noexcept {
  const bool reached = sequence_difference(peer.apart->ahead, me->next) <= 0;
  if (!reached && !acks_island(me, peer.apart->ahead)) return;
  peer->acks_ahead = false;
  note_ack(peer, me, peer.apart->ahead);
}
inline void settle_acks(TcpEnd me, TcpEnd peer) noexcept {
  if (peer->acks_ahead) settle_waiting_acks(me, peer);
}

/// The first segment of a side. What the other side acknowledged before is held against it.
[[gnu::noinline]] inline void begin_side(TcpEnd me, TcpEnd peer, std::uint32_t begin, std::uint32_t end,
                                         bool syn) noexcept {
  me->seen = true;
  me->syn = syn;
  me->isn = syn ? begin : begin - 1;
  me->next = end;
  if (!peer->acks) return;
  const std::int32_t behind = sequence_difference(me->next, peer->acked);
  if (behind >= 0 && behind <= greatest_window) return;
  peer->acks = false;
  peer->acks_ahead = true;
  peer.apart->ahead = peer->acked;
}

}  // namespace detail
}  // namespace weir::inline WEIR_ABI
