// IEEE 802.11 data frames, and the radiotap and PPI headers that captures put in front of them (radiotap.org;
// PPI 1.0.10). Frames that are encrypted, that carry no data or that hold several packets stay closed.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/traffic/packet/packet.hpp>
#include <weir/traffic/parse/byte_slice.hpp>
#include <weir/traffic/parse/network.hpp>

#include <cstddef>
#include <cstdint>

namespace weir::inline WEIR_ABI {
namespace detail {

/// Which of the four addresses are source and destination depends on the way through the distribution system.
inline void parse_wifi_addresses(Packet& p, const ByteSlice& s, bool to_ds, bool from_ds) noexcept {
  const std::size_t dst = to_ds ? 16 : 4;
  const std::size_t src = !from_ds ? 10 : to_ds ? 24 : 16;
  s.copy(dst, 6, p.dst_mac.data());
  s.copy(src, 6, p.src_mac.data());
}

/// `aligned`: the header is padded to a multiple of four bytes.
inline bool parse_wifi(Packet& p, const ByteSlice& s, bool aligned, int depth) noexcept {
  if (!s.has(2)) return false;
  const std::uint8_t kind = s.u8(0);
  const std::uint8_t flags = s.u8(1);
  const bool data = (kind & 0x0F) == 0x08;                              // version 0, type 2
  if (!data || (kind & 0x40) != 0 || (flags & 0x40) != 0) return true;  // no data in it, or encrypted
  const bool to_ds = (flags & 1) != 0;
  const bool from_ds = (flags & 2) != 0;
  const bool qos = (kind & 0x80) != 0;
  const std::uint32_t addresses = to_ds && from_ds ? 30 : 24;
  std::uint32_t header = addresses + (qos ? 2U : 0U) + (qos && (flags & 0x80) != 0 ? 4U : 0U);
  if (!s.has(header)) return false;
  parse_wifi_addresses(p, s, to_ds, from_ds);
  if (qos && (s.u8(addresses) & 0x80) != 0) return true;  // several packets in one
  if (aligned) header = (header + 3) / 4 * 4;
  parse_llc(p, s.behind(header), depth);
  return true;
}

/// The byte with the flags stands behind the bitmaps (bit 31: one more follows) and the time stamp (bit 0).
[[nodiscard]] inline std::uint8_t radiotap_flags(const ByteSlice& header) noexcept {
  const std::uint32_t present = header.u32_little(4);
  std::uint32_t at = 4;
  while (header.has(at + 4) && (header.u32_little(at) & 0x80000000U) != 0) at += 4;
  at += 4;
  if ((present & 1) != 0) at = (at + 7) / 8 * 8 + 8;
  return (present & 2) != 0 && header.has(at + 1) ? header.u8(at) : std::uint8_t{0};
}

inline bool parse_radiotap(Packet& p, const ByteSlice& s, int depth) noexcept {
  if (!s.has(8) || s.u8(0) != 0) return false;
  const std::uint16_t length = s.u16_little(2);
  if (length < 8 || !s.has(length)) return false;
  const bool aligned = (radiotap_flags(s.limited(length)) & 0x20) != 0;
  return parse_wifi(p, s.behind(length), aligned, depth);
}

}  // namespace detail
}  // namespace weir::inline WEIR_ABI
