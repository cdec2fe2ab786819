// The holes of both sides of a TCP connection: numbers that were passed over, below the frontier or within
// the island. They are what the receiver's SACK blocks leave out (RFC 2018; a scoreboard, RFC 6675).
//
// A flow has four places for them, two in each side's record. Mostly only one side sends much, so a side
// takes the other's places when its own are taken. A hole that was acknowledged gives way to a new one. A
// hole that finds no place is not known: its bytes are never missed ones, and until the other side has
// acknowledged all that was sent, numbers that were seen before are not told from numbers that fill it, and
// count as neither.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/traffic/flow/flow_tcp_side.hpp>

#include <bit>
#include <cstdint>

namespace weir::inline WEIR_ABI {
namespace detail {

inline constexpr unsigned hole_places = 4;

/// A set of places as the other side counts them.
[[nodiscard]] inline unsigned across(unsigned places) noexcept {
  return ((places << 2) | (places >> 2)) & 15;
}

[[nodiscard]] inline TcpHole& hole_at(TcpEnd me, TcpEnd peer, unsigned place) noexcept {
  return place < 2 ? me.apart->places[place] : peer.apart->places[place - 2];
}

inline void drop_hole(TcpEnd me, unsigned place) noexcept {
  me->holes = static_cast<std::uint8_t>(me->holes & ~(1U << place)) & 15;
  me->holes_acked = static_cast<std::uint8_t>(me->holes_acked & ~(1U << place)) & 15;
}

inline void drop_holes(TcpEnd me) noexcept {
  me->holes = me->holes_acked = 0;
  me->crowded = false;
}

/// Remembers that [begin, end) of `me` was not seen.
[[gnu::noinline]] inline void add_hole(TcpEnd me, TcpEnd peer, std::uint32_t begin,
                                       std::uint32_t end) noexcept {
  if (sequence_difference(end, begin) <= 0) return;
  const unsigned taken = me->holes | across(peer->holes);
  const unsigned acked = me->holes_acked | across(peer->holes_acked);
  const unsigned usable = (~taken & 15) != 0 ? ~taken & 15 : acked;
  if (usable == 0) {
    me->crowded = true;
    return;
  }
  const auto place = static_cast<unsigned>(std::countr_zero(usable));
  drop_hole(me, place);
  drop_hole(peer, place ^ 2U);
  me->holes = static_cast<std::uint8_t>(me->holes | (1U << place)) & 15;
  hole_at(me, peer, place) = {begin, end};
}

/// [begin, end) of `me` has come: is any of it from a hole?
[[gnu::noinline]] inline bool fill_holes(TcpEnd me, TcpEnd peer, std::uint32_t begin,
                                         std::uint32_t end) noexcept {
  bool fills = false;
  for (unsigned left = me->holes; left != 0; left &= left - 1) {
    const auto place = static_cast<unsigned>(std::countr_zero(left));
    TcpHole& hole = hole_at(me, peer, place);
    if (sequence_difference(begin, hole.end) >= 0 || sequence_difference(end, hole.begin) <= 0) continue;
    fills = true;
    const bool from_begin = sequence_difference(begin, hole.begin) <= 0;
    const bool to_end = sequence_difference(end, hole.end) >= 0;
    const std::uint32_t hole_end = hole.end;
    const bool was_acked = (me->holes_acked >> place & 1U) != 0;
    if (from_begin && to_end) {
      drop_hole(me, place);
    } else if (from_begin) {
      hole.begin = end;
    } else {
      hole.end = begin;
      // Of an acknowledged hole the rest was counted already.
      if (!to_end && !was_acked) add_hole(me, peer, end, hole_end);
    }
  }
  return fills;
}

/// What `me` is now known to have sent up to `acked`: how many bytes of it were not seen?
[[gnu::noinline]] inline std::uint32_t acknowledge_holes(TcpEnd me, TcpEnd peer,
                                                         std::uint32_t acked) noexcept {
  std::uint32_t missed = 0;
  for (unsigned left = me->holes & ~me->holes_acked & 15U; left != 0; left &= left - 1) {
    const auto place = static_cast<unsigned>(std::countr_zero(left));
    const TcpHole& hole = hole_at(me, peer, place);
    if (sequence_difference(acked, hole.end) < 0) continue;
    me->holes_acked = static_cast<std::uint8_t>(me->holes_acked | (1U << place)) & 15;
    missed += hole.end - hole.begin;
  }
  if (acked == me->next && !me->island) me->crowded = false;
  return missed;
}

}  // namespace detail
}  // namespace weir::inline WEIR_ABI
