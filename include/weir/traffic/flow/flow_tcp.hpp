// Follows a TCP connection: retransmitted and late segments, the end (both FINs acknowledged, or a RST that
// lies in the window), and whether a SYN begins another connection of the same ports (RFC 9293, RFC 5961).
//
// No single segment is believed for its own sake, because anybody on the path can send one: its numbers must
// go on where the side's own stood, or the other side must acknowledge them (flow_tcp_side.hpp). What does
// not fit is `stray`: it is counted as a packet and changes nothing here.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/traffic/flow/flow_tcp_ends.hpp>
#include <weir/traffic/flow/flow_tcp_holes.hpp>
#include <weir/traffic/flow/flow_tcp_island.hpp>
#include <weir/traffic/flow/flow_tcp_side.hpp>
#include <weir/traffic/packet/packet.hpp>

#include <algorithm>
#include <cstdint>

namespace weir::inline WEIR_ABI {

/// What a segment was to its side of the connection.
struct TcpSegment {
  bool retransmission = false;  ///< sequence numbers that were seen before
  bool stray = false;           ///< its numbers are not the connection's, as far as is known
  /// Segments that have come late, as is known now: this one and those before it.
  std::uint16_t reordered = 0;
  std::uint32_t missed = 0;  ///< bytes of the other side that it acknowledges and that were not seen
};

/// When a packet comes, of a flow that has others.
struct TcpMoment {
  bool earlier = false;  ///< its time stamp is before all others
  bool late = false;     ///< it is before the latest
};

namespace detail {

/// Numbers that later ones were seen of: they fill a hole, or they are a second time there.
inline TcpSegment seen_or_late(TcpEnd me, TcpEnd peer, std::uint32_t begin, std::uint32_t end) noexcept {
  if (me->holes != 0 && fill_holes(me, peer, begin, end)) return {.reordered = 1};
  return {.retransmission = !me->crowded};
}

/// The frontier has moved on by a segment that begins at `begin`: is the island still apart from it?
[[gnu::noinline]] inline TcpSegment meet_island(TcpEnd me, TcpEnd peer, std::uint32_t begin) noexcept {
  const std::int32_t past = sequence_difference(me->next, me.apart->island_begin);
  if (me->island_syn) {
    me->island = past <= 0;
    return {};
  }
  if (past < 0) {
    me->late = static_cast<std::uint8_t>(std::min(me->late + 1, 255));
    return {};
  }
  if (past > 0) fill_holes(me, peer, begin, me->next);
  // Where the frontier comes to stand within the island, the rest of it is still to be confirmed.
  const bool meets = past == 0;
  const bool goes_on = sequence_difference(me.apart->island_end, me->next) > 0;
  const TcpSegment segment{.reordered = static_cast<std::uint16_t>(meets ? me->late + 1 : 0)};
  if (meets) {
    me->next = me.apart->island_end;
    me->fin = me->fin || me->island_fin;
  }
  me->island = goes_on && !meets;
  me.apart->island_begin = me->next;
  me->late = 0;
  return segment;
}

/// Numbers that go on at the frontier.
inline TcpSegment advance(TcpEnd me, TcpEnd peer, std::uint32_t begin, std::uint32_t end, bool fin,
                          bool late) noexcept {
  if (me->fin) {  // data in the place of the FIN says that the FIN was not the connection's
    const bool acknowledged = peer->acks && peer->acked == me->next;
    if (begin == me->next || acknowledged) return {.stray = true};
    me->fin = false;
  }
  me->next = end;
  me->fin = fin;
  me->astray = false;
  me->revived = me->reset && !late;
  const TcpSegment segment = me->island ? meet_island(me, peer, begin) : TcpSegment{};
  settle_acks(me, peer);
  return segment;
}

/// A segment that goes on with the island, or lies in it.
inline TcpSegment join_island(TcpEnd me, TcpEnd peer, std::uint32_t begin, std::uint32_t end, bool fin,
                              bool inside) noexcept {
  TcpSegment segment{.stray = !inside};
  if (sequence_difference(begin, me.apart->island_end) >= 0) {
    add_hole(me, peer, me.apart->island_end, begin);
  } else if (inside) {
    segment = seen_or_late(me, peer, begin, end);
  }
  if (sequence_difference(end, me.apart->island_end) <= 0) return segment;
  segment.retransmission = false;
  me.apart->island_end = end;
  me->island_fin = me->island_fin || fin;
  if (++me->island_run >= convincing_run) believe_island(me, peer);
  settle_acks(me, peer);
  return segment;
}

/// A segment that begins before the island belongs to it.
inline void extend_down(TcpEnd me, TcpEnd peer, std::uint32_t begin, std::uint32_t end, bool fin) noexcept {
  if (me->holes != 0) fill_holes(me, peer, begin, end);
  add_hole(me, peer, end, me.apart->island_begin);  // none where they touch
  me.apart->island_begin = begin;
  if (sequence_difference(end, me.apart->island_end) <= 0) return;
  me.apart->island_end = end;
  me->island_fin = fin;
}

inline void begin_island(TcpEnd me, TcpEnd peer, std::uint32_t begin, std::uint32_t end, bool fin,
                         bool syn) noexcept {
  me->island = true;
  me.apart->island_begin = begin;
  me.apart->island_end = end;
  me->island_run = 1;
  me->late = 0;
  me->island_syn = syn;
  me->island_fin = fin;
  settle_acks(me, peer);
}

/// Numbers apart from the frontier. `inside`: before it, and within the window.
[[gnu::noinline]] inline TcpSegment place_apart(TcpEnd me, TcpEnd peer, std::uint32_t begin,
                                                std::uint32_t end, bool fin, bool syn, bool inside,
                                                std::int32_t window) noexcept {
  if (me->fin && !syn) {  // behind a FIN nothing comes, unless the FIN was not the connection's
    if (peer->acks && peer->acked == me->next) return {.stray = true};
    inside = false;
  }
  const std::int32_t island_ahead = sequence_difference(me.apart->island_begin, me->next);
  const bool island_inside = me->island && !me->island_syn && island_ahead > 0 && island_ahead <= window;
  if (me->island && !syn) {
    const std::int32_t behind_begin = sequence_difference(begin, me.apart->island_begin);
    const std::int32_t behind_end = sequence_difference(begin, me.apart->island_end);
    const bool joins = me->island_syn ? behind_end == 0 : behind_begin >= 0 && behind_end <= window;
    if (joins) return join_island(me, peer, begin, end, fin, inside);
    if (inside && island_inside && sequence_difference(me.apart->island_begin, end) <= island_reach) {
      extend_down(me, peer, begin, end, fin);
      me->late = static_cast<std::uint8_t>(std::min(me->late + 1, 255));
      return {};
    }
  }
  const bool again = me->astray;
  me->astray = me->astray || !inside;
  if (island_inside && !inside && !again) return {.stray = true};
  if (me->island && syn && me->island_syn && begin == me.apart->island_begin) return {.stray = true};
  if (island_inside && inside && sequence_difference(begin, me.apart->island_begin) > 0) return {};
  if (me->island && me->holes != 0)
    fill_holes(me, peer, me.apart->island_begin, me.apart->island_end);  // it goes with its holes
  begin_island(me, peer, begin, end, fin, syn);
  // While only one side was seen, anything may be within the window.
  return {.stray = !inside || (!peer->seen && sequence_difference(begin, me->next) > least_window)};
}

/// Numbers before the frontier.
[[gnu::noinline]] inline TcpSegment place_old(TcpEnd me, TcpEnd peer, std::uint32_t begin, std::uint32_t end,
                                              bool fin, std::int32_t window) noexcept {
  if (begin + 1 == me->next && end == me->next && !fin) return {};  // a keep-alive
  const std::uint32_t first = me->isn + 1;
  if (sequence_difference(end, first) <= 0) {  // before all that was seen
    // What nobody acknowledged may have been the stray one.
    const bool far = me->syn || sequence_difference(first, end) > least_window;
    if (far && !peer->acks) return place_apart(me, peer, begin, end, fin, false, false, window);
    if (me->syn) return {.stray = true};
    if (end != first) return {};
    me->isn = begin - 1;
    return {.reordered = 1};
  }
  return seen_or_late(me, peer, begin, end);
}

/// A SYN-ACK of a side that has gone on: behind its own, or, where no SYN was captured, not just before its
/// first number.
[[nodiscard]] inline bool out_of_place(TcpConstEnd me, TcpConstEnd peer, std::uint32_t begin) noexcept {
  if (me->syn) return peer->acks && me->next != me->isn + 1;
  return !peer->syn && begin != me->isn;
}

/// A SYN, with or without an acknowledgement.
[[gnu::noinline]] inline TcpSegment place_syn(TcpEnd me, TcpEnd peer, const Packet& p, std::uint32_t end,
                                              bool fin, bool earlier) noexcept {
  const std::uint32_t begin = p.tcp_seq;
  const bool answer = (p.tcp_flags & tcp_flag::ack) != 0;
  if (answer && peer->syn && !acks_known(peer, p.tcp_ack)) return {.stray = true};
  if (!me->seen) {
    begin_side(me, peer, begin, end, true);
    me->wscale = p.tcp_wscale;
    me->fin = fin;
    settle_acks(me, peer);
    return {};
  }
  if (me->syn && me->isn == begin) return {.retransmission = true};
  if (answer && out_of_place(me, peer, begin)) return {.stray = true};
  if (me->syn || !late_syn(me->isn + 1, begin, earlier))
    return place_apart(me, peer, begin, end, fin, true, false, 0);
  const std::uint32_t first = me->isn + 1;
  add_hole(me, peer, end, first);
  me->syn = true;
  me->isn = begin;
  me->wscale = p.tcp_wscale;
  return {.reordered = 1};
}

/// A segment that does not begin at the frontier.
[[gnu::noinline]] inline TcpSegment place_away(TcpEnd me, TcpEnd peer, const Packet& p, std::uint32_t length,
                                               bool late) noexcept {
  const std::uint32_t begin = p.tcp_seq;
  const std::uint32_t end = begin + length;
  const bool fin = (p.tcp_flags & tcp_flag::fin) != 0;
  // The capture began with a keep-alive, which repeats the number before the next one (RFC 9293, 3.8.4).
  const bool probed = !me->syn && me->next == me->isn + 1 && begin == me->next + 1;
  if (probed && peer->acks_ahead && peer.apart->ahead == begin) {
    me->isn = me->next;
    me->next = begin;
    settle_acks(me, peer);
    return length == 0 ? TcpSegment{} : advance(me, peer, begin, end, fin, late);
  }
  const std::int32_t ahead = sequence_difference(begin, me->next);
  const std::int32_t window = window_for(me, peer);
  const bool near = ahead >= -window && ahead <= window;
  if (length == 0) {
    // The other side acknowledges just this number: the packets that led there were not captured.
    if (!near && peer->acks_ahead && peer.apart->ahead == begin) {
      me.apart->island_begin = me.apart->island_end = begin;
      me->island_syn = me->island_fin = false;
      believe_island(me, peer);
      settle_acks(me, peer);
      return {};
    }
    const bool ends_island = me->island && !me->island_syn && begin == me.apart->island_end;
    if (ends_island && ++me->island_run >= convincing_run) believe_island(me, peer);
    return {.stray = !near};
  }
  if (ahead > 0 || !near) return place_apart(me, peer, begin, end, fin, false, ahead > 0 && near, window);
  if (sequence_difference(end, me->next) > 0) {
    const std::uint32_t next = me->next;
    // What it carries beyond the frontier is believed as an island is, unless nobody can acknowledge it.
    if (peer->seen && !me->island && !me->fin) {
      const bool fills = me->holes != 0 && fill_holes(me, peer, begin, next);
      begin_island(me, peer, next, end, fin, false);
      return {.reordered = static_cast<std::uint16_t>(fills ? 1 : 0)};
    }
    TcpSegment segment = advance(me, peer, begin, end, fin, late);
    if (me->holes != 0 && !segment.stray && fill_holes(me, peer, begin, next)) ++segment.reordered;
    return segment;
  }
  return place_old(me, peer, begin, end, fin, window);
}

inline TcpSegment place_segment(TcpEnd me, TcpEnd peer, const Packet& p, std::uint32_t length,
                                TcpMoment moment) noexcept {
  const std::uint32_t begin = p.tcp_seq;
  const std::uint32_t end = begin + length;
  const bool fin = (p.tcp_flags & tcp_flag::fin) != 0;
  if ((p.tcp_flags & tcp_flag::syn) != 0) return place_syn(me, peer, p, end, fin, moment.earlier);
  if (!me->seen && peer->acks) {  // the capture began later; the other side says which number it expects
    begin_side(me, peer, peer->acked, peer->acked, false);
  } else if (!me->seen) {
    const bool unasked = peer->syn;  // the answer to a SYN is a SYN
    begin_side(me, peer, begin, end, false);
    me->fin = fin;
    settle_acks(me, peer);
    return {.stray = unasked};
  }
  const std::int32_t ahead = sequence_difference(begin, me->next);
  if (ahead == 0 && length == 0) return {};
  if (ahead == 0) return advance(me, peer, begin, end, fin, moment.late);
  return place_away(me, peer, p, length, moment.late);
}

/// Nearly every segment: the next one of a calm connection, which acknowledges what is known.
[[nodiscard]] inline bool goes_on(const TcpSide& me, const TcpSide& peer, const Packet& p) noexcept {
  constexpr std::uint8_t telling = tcp_flag::syn | tcp_flag::fin | tcp_flag::rst | tcp_flag::ack;
  return (p.tcp_flags & telling) == tcp_flag::ack && p.tcp_seq == me.next && calm(me) && calm(peer) &&
         me.acks && p.tcp_ack - me.acked <= peer.next - me.acked;
}
/// What such a segment changes; `follow_tcp` would do the same.
inline void go_on(TcpSide& me, const Packet& p) noexcept {
  me.next += p.payload_length;
  me.window = std::max(me.window, p.tcp_window);
  me.acked = p.tcp_ack;
}

/// Counts a segment of side `me`; `closed` becomes true when it ends the connection, and false again when the
/// sender of the RST that had ended it goes on and is answered: the RST was not its own.
inline TcpSegment follow_tcp(TcpEnd me, TcpEnd peer, const Packet& p, TcpMoment moment,
                             bool& closed) noexcept {
  const bool syn = (p.tcp_flags & tcp_flag::syn) != 0;
  const bool fin = (p.tcp_flags & tcp_flag::fin) != 0;
  if ((p.tcp_flags & tcp_flag::rst) != 0) {
    const bool counts = reset_counts(me, peer, p);
    me->reset = me->reset || (counts && !closed);
    closed = closed || counts;
    return {.stray = !counts};
  }
  const std::uint32_t length = p.payload_length + (syn ? 1U : 0U) + (fin ? 1U : 0U);
  TcpSegment segment = place_segment(me, peer, p, length, moment);
  // Numbers that stand still are no reason to overlook a FIN.
  const std::int32_t behind = sequence_difference(me->next, p.tcp_seq);
  me->finished = me->finished || (fin && (!segment.stray || (behind >= 0 && behind <= least_window)));
  if (segment.stray) return segment;
  me->window = std::max(me->window, p.tcp_window);
  if ((p.tcp_flags & tcp_flag::ack) == 0) return segment;
  note_ack(me, peer, p.tcp_ack);
  if (!me->acks) return segment;
  if (peer->holes != peer->holes_acked || peer->crowded) {
    segment.missed = acknowledge_holes(peer, me, me->acked);
  }
  if (peer->revived && me->acked == peer->next) {
    closed = peer->reset = peer->revived = false;
  }
  if (me->fin && peer->fin && peer->acks && me->acked == peer->next && peer->acked == me->next) {
    closed = true;
    me->reset = peer->reset = false;  // a RST that was followed by both FINs had ended nothing
  }
  return segment;
}

}  // namespace detail
}  // namespace weir::inline WEIR_ABI
