// What a flow keeps of each side of a TCP connection: how far its sequence numbers (RFC 9293, 3.4) are known,
// and what lies apart from them until something else confirms it.
//
//        isn                     next                island_begin      island_end
//   ------|==========[ hole )=====|...................|=================|------->   modulo 2^32
//         the connection's numbers                     seen, not yet believed
//
// The frontier `next` moves only with a segment that begins where the one before ended. One that begins
// farther on may be a real one behind a loss, or a stray one that anybody on the path sent; so may what an
// overlapping one has beyond the frontier. It becomes the island. The island is believed when the other side
// acknowledges it, when the frontier reaches it, or when three segments in a row went on with it, a bare
// acknowledgement with its last number among them.
#pragma once

#include <weir/core/abi.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace weir::inline WEIR_ABI {

/// Numbers [begin, end) that were not seen, although later ones were.
struct TcpHole {
  std::uint32_t begin = 0, end = 0;
};

/// What every segment of a side asks for.
struct TcpSide {
  std::uint32_t isn = 0;        ///< of its SYN; without one, the number before the first one seen
  std::uint32_t next = 0;       ///< behind what is known to be the connection's
  std::uint32_t acked = 0;      ///< its highest acknowledgement of what the other side is known to have sent
  std::uint16_t window = 0;     ///< the largest that it advertised, as sent
  std::uint8_t wscale = 255;    ///< 255: not given
  std::uint8_t late = 0;        ///< segments that came while the island was there; up to 255
  std::uint8_t island_run = 0;  ///< segments that the island is made of; up to 3
  bool syn : 1 = false;         ///< `isn` is that of a SYN
  bool seen : 1 = false;
  bool acks : 1 = false;
  bool fin : 1 = false;       ///< its last number is that of a FIN: `next` stands behind it
  bool finished : 1 = false;  ///< it sent a FIN, whether the number fits or not
  bool crowded : 1 = false;   ///< a hole found no place, and not all was acknowledged since
  bool island : 1 = false;
  bool island_syn : 1 = false;
  bool island_fin : 1 = false;
  bool acks_ahead : 1 = false;
  bool astray : 1 = false;           ///< its latest segment lay outside the window
  bool reset : 1 = false;            ///< its RST ended the connection
  bool revived : 1 = false;          ///< and it went on sending in order
  std::uint8_t holes : 4 = 0;        ///< by place, its own two and then the other side's: its hole is there
  std::uint8_t holes_acked : 4 = 0;  ///< and the other side acknowledged it
};
static_assert(sizeof(TcpSide) == 20);

/// Nothing of the side waits to be believed, missed or undone. Its bits are compared all at once, because
/// every packet asks.
[[nodiscard]] inline bool calm(const TcpSide& side) noexcept {
  constexpr std::size_t at = 16;
  std::uint32_t waiting = 0, quiet = 0, bits = 0;
  TcpSide mask;
  std::memcpy(&quiet, reinterpret_cast<const std::byte*>(&mask) + at, sizeof quiet);
  mask.seen = mask.fin = mask.crowded = mask.island = mask.acks_ahead = mask.astray = mask.reset =
      mask.revived = true;
  mask.holes = 15;
  std::memcpy(&waiting, reinterpret_cast<const std::byte*>(&mask) + at, sizeof waiting);
  waiting ^= quiet;
  mask = {};
  mask.seen = true;
  std::memcpy(&quiet, reinterpret_cast<const std::byte*>(&mask) + at, sizeof quiet);
  std::memcpy(&bits, reinterpret_cast<const std::byte*>(&side) + at, sizeof bits);
  return (bits & waiting) == (quiet & waiting);
}

/// What is asked for only when something is amiss; it is kept apart, so that a packet in order does not wait
/// for that memory.
struct TcpApart {
  std::uint32_t ahead = 0;                         ///< its latest acknowledgement beyond `acked`
  std::uint32_t island_begin = 0, island_end = 0;  ///< numbers that are not believed yet
  std::array<TcpHole, 2> places{};                 ///< of holes, of either side (flow_tcp_holes.hpp)
};

/// One side of a connection, where a flow keeps it.
struct TcpEnd {
  TcpSide* side;
  TcpApart* apart;

  TcpSide* operator->() const noexcept { return side; }
};
struct TcpConstEnd {
  const TcpSide* side;
  const TcpApart* apart;

  TcpConstEnd(const TcpSide* its, const TcpApart* far) noexcept : side(its), apart(far) {}
  TcpConstEnd(TcpEnd end) noexcept : side(end.side), apart(end.apart) {}
  const TcpSide* operator->() const noexcept { return side; }
};

namespace detail {

/// a - b modulo 2^32, signed.
[[nodiscard]] inline std::int32_t sequence_difference(std::uint32_t a, std::uint32_t b) noexcept {
  return static_cast<std::int32_t>(a - b);
}

/// No window is larger (RFC 7323, 2.3).
inline constexpr std::int32_t greatest_window = std::int32_t{1} << 30;
/// What is in flight may be more than the latest window says, since packets are seen before they arrive.
inline constexpr std::int32_t least_window = 65'535;
/// How far a SYN may lie behind its connection's other segments and still be a late packet of it.
inline constexpr std::int32_t late_syn_reach = 65'535;
/// How far from the island a segment may begin before it and still be taken for a part of it.
inline constexpr std::int32_t island_reach = 16'384;
/// So many segments in a row are believed without an acknowledgement.
inline constexpr std::uint8_t convincing_run = 3;

/// The frontier stands where the other side says, and no number in order was seen.
[[nodiscard]] inline bool nothing_seen(TcpConstEnd me) noexcept {
  return !me->syn && me->next == me->isn + 1;
}

/// How far from the frontier of the side `me` its segments may lie: the window of `peer`, with the scale of
/// the handshake. When the handshake was not seen, the greatest scale there is; when the other side was not
/// seen, the greatest window. Where the other side has acknowledged nothing, or nothing was seen that goes on
/// at what it expects, the frontier itself may be a stray one's: few numbers are held to be near it.
[[nodiscard]] inline std::int32_t window_for(TcpConstEnd me, TcpConstEnd peer) noexcept {
  if (!peer->seen) return greatest_window;
  if (!peer->acks || nothing_seen(me)) return least_window;
  unsigned shift = 14;
  if (me->syn && peer->syn)
    shift = me->wscale == 255 || peer->wscale == 255 ? 0U : std::min<unsigned>(peer->wscale, 14);
  const std::int64_t window = std::int64_t{peer->window} << shift;
  return static_cast<std::int32_t>(std::clamp<std::int64_t>(window, least_window, greatest_window));
}

/// Whether a SYN with this number came late to a connection whose numbers are known from `first` on.
/// `earlier`: by its time stamp it is older than all that was seen, so the rest may have gone on by a window.
[[nodiscard]] inline bool late_syn(std::uint32_t first, std::uint32_t seq, bool earlier) noexcept {
  const std::int32_t behind = sequence_difference(first, seq + 1);
  return behind >= 0 && behind <= (earlier ? greatest_window : late_syn_reach);
}

}  // namespace detail
}  // namespace weir::inline WEIR_ABI
