// Link layers, by the numbers of libpcap (tcpdump.org/linktypes.html): both those that stand in files and
// those that libpcap makes of them, where they differ.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/traffic/packet.hpp>
#include <weir/traffic/parse/ip.hpp>
#include <weir/traffic/parse/network.hpp>
#include <weir/traffic/parse/slice.hpp>
#include <weir/traffic/parse/wireless.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace weir::inline WEIR_ABI {

namespace link_type {
inline constexpr int null = 0, ethernet = 1, ppp = 9, raw = 12, raw_bsd = 14, ppp_hdlc = 50, ppp_ether = 51,
                     raw_file = 101, cisco_hdlc = 104, wifi = 105, loop = 108, linux_cooked = 113,
                     radiotap = 127, ppi = 192, ipv4 = 228, ipv6 = 229, linux_cooked2 = 276;
}

namespace detail {

/// The address family in the byte order of the machine that captured, which shows by its size. IPv6 has
/// another number on each system: Linux 10, NetBSD 24, FreeBSD 28, macOS 30.
inline bool parse_null(Packet& p, const Slice& s) noexcept {
  if (!s.has(4)) return false;
  const std::uint32_t family = std::min(s.u32(0), s.u32_little(0));
  const bool ip6 = family == 10 || family == 24 || family == 28 || family == 30;
  if (family == 2) parse_ipv4(p, s.behind(4));
  if (ip6) parse_ipv6(p, s.behind(4));
  return true;
}

/// Types of Linux; of the small numbers only 4 tells what follows.
inline void parse_linux_type(Packet& p, std::uint16_t type, const Slice& s, int depth) noexcept {
  if (type == 4) return parse_llc(p, s, depth);
  if (type >= 0x0600) parse_ether_type(p, type, s, depth);
}

inline bool parse_linux_cooked(Packet& p, const Slice& s, int depth) noexcept {
  if (!s.has(16)) return false;
  if (s.u16(4) == 6) s.copy(6, 6, p.src_mac.data());
  parse_linux_type(p, s.u16(14), s.behind(16), depth);
  return true;
}

inline bool parse_linux_cooked2(Packet& p, const Slice& s, int depth) noexcept {
  if (!s.has(20)) return false;
  if (s.u8(11) == 6) s.copy(12, 6, p.src_mac.data());
  parse_linux_type(p, s.u16(0), s.behind(20), depth);
  return true;
}

/// Cisco's framing of serial lines, or PPP: the first byte tells them apart.
inline bool parse_serial(Packet& p, const Slice& s, int depth) noexcept {
  if (!s.has(4)) return false;
  if (s.u8(0) != 0x0F && s.u8(0) != 0x8F) return parse_ppp(p, s, depth);
  if (s.u16(2) >= 0x0600) parse_ether_type(p, s.u16(2), s.behind(4), depth);
  return true;
}

inline bool parse_link(Packet& p, int type, const Slice& s, int depth) noexcept;

/// The fields between its fixed part and the frame are passed over.
inline bool parse_ppi(Packet& p, const Slice& s, int depth) noexcept {
  if (!s.has(8) || s.u8(0) != 0) return false;
  const std::uint16_t length = s.u16_little(2);
  const std::uint32_t type = s.u32_little(4);
  if (length < 8 || !s.has(length) || type > 0xFFFF) return false;
  return parse_link(p, static_cast<int>(type), s.behind(length), depth + 1);
}

/// False: the type is not known, or there is not the whole link header.
inline bool parse_link(Packet& p, int type, const Slice& s, int depth) noexcept {
  if (type == link_type::ethernet) return parse_ethernet(p, s, depth);
  if (depth > max_depth) return false;
  switch (type) {
    case link_type::null:
    case link_type::loop: return parse_null(p, s);
    case link_type::ppp: return parse_ppp(p, s, depth);
    case link_type::raw:
    case link_type::raw_bsd:
    case link_type::raw_file: parse_ip(p, s); return true;
    case link_type::ppp_hdlc:
    case link_type::cisco_hdlc: return parse_serial(p, s, depth);
    case link_type::ppp_ether: return parse_pppoe(p, s, depth);
    case link_type::wifi: return parse_wifi(p, s, false, depth);
    case link_type::linux_cooked: return parse_linux_cooked(p, s, depth);
    case link_type::radiotap: return parse_radiotap(p, s, depth);
    case link_type::ppi: return parse_ppi(p, s, depth);
    case link_type::ipv4: parse_ipv4(p, s); return true;
    case link_type::ipv6: parse_ipv6(p, s); return true;
    case link_type::linux_cooked2: return parse_linux_cooked2(p, s, depth);
    default: return false;
  }
}

}  // namespace detail
}  // namespace weir::inline WEIR_ABI
