// Between link and network layer: Ethernet, VLAN tags (802.1Q, 802.1ad), 802.2 LLC and SNAP, MPLS (RFC 3032),
// PPPoE (RFC 2516), PPP (RFC 1661), ARP (RFC 826).
//
// These headers nest without end. `depth` counts how often one of them has led to another.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/traffic/packet.hpp>
#include <weir/traffic/parse/ip.hpp>
#include <weir/traffic/parse/slice.hpp>

#include <cstddef>
#include <cstdint>

namespace weir::inline WEIR_ABI {
namespace detail {

inline constexpr int max_depth = 8;
inline constexpr int max_vlan_tags = 8;
inline constexpr int max_mpls_labels = 16;

inline void parse_ether_type(Packet& p, std::uint16_t type, Slice s, int depth) noexcept;

inline bool parse_ethernet(Packet& p, const Slice& s, int depth) noexcept {
  if (!s.has(14) || depth > max_depth) return false;
  s.copy(0, 6, p.dst_mac.data());
  s.copy(6, 6, p.src_mac.data());
  parse_ether_type(p, s.u16(12), s.behind(14), depth);
  return true;
}

/// Protocol addresses of IPv4 and hardware addresses of any length.
inline void parse_arp(Packet& p, const Slice& s) noexcept {
  if (!s.has(8) || s.u16(2) != 0x0800 || s.u8(5) != 4) return;
  const std::size_t hardware = s.u8(4);
  if (!s.has(16 + 2 * hardware)) return;
  s.copy(8 + hardware, 4, p.src.data());
  s.copy(12 + 2 * hardware, 4, p.dst.data());
}

/// What the labels carry is not said: IP by its version, or a frame behind a control word (RFC 4385).
inline void parse_mpls(Packet& p, Slice s, int depth) noexcept {
  for (int i = 0; i < max_mpls_labels; ++i) {
    if (!s.has(4)) return;
    const bool last = (s.u8(2) & 1) != 0;
    s = s.behind(4);
    if (!last) continue;
    if (s.has(4) && s.u8(0) >> 4 == 0) {
      parse_ethernet(p, s.behind(4), depth + 1);
    } else {
      parse_ip(p, s);
    }
    return;
  }
}

inline void parse_ppp_protocol(Packet& p, std::uint16_t protocol, const Slice& s, int depth) noexcept {
  switch (protocol) {
    case 0x0021: parse_ipv4(p, s); break;
    case 0x0057: parse_ipv6(p, s); break;
    case 0x0281:
    case 0x0283: parse_mpls(p, s, depth); break;
    default: break;
  }
}

/// With address and control bytes or without; the protocol may be compressed to one byte, which is odd.
inline bool parse_ppp(Packet& p, Slice s, int depth) noexcept {
  if (s.has(2) && s.u16(0) == 0xFF03) s = s.behind(2);
  if (s.has(1) && (s.u8(0) & 1) != 0) {
    parse_ppp_protocol(p, s.u8(0), s.behind(1), depth);
    return true;
  }
  if (!s.has(2)) return false;
  parse_ppp_protocol(p, s.u16(0), s.behind(2), depth);
  return true;
}

inline bool parse_pppoe(Packet& p, const Slice& s, int depth) noexcept {
  if (!s.has(8) || s.u16(0) != 0x1100) return false;  // version 1, type 1, session data
  parse_ppp_protocol(p, s.u16(6), s.limited(6U + s.u16(4)).behind(8), depth);
  return true;
}

inline void parse_llc(Packet& p, const Slice& s, int depth) noexcept {
  if (!s.has(3) || depth > max_depth) return;
  if (s.u16(0) == 0x0606) {  // IP has a service access point of its own
    parse_ipv4(p, s.behind(3));
    return;
  }
  const bool snap = s.has(8) && s.u16(0) == 0xAAAA && s.u8(2) == 3;
  if (!snap) return;
  const std::uint32_t organisation = s.u32(2) & 0xFFFFFF;
  const bool encapsulated = organisation == 0 || organisation == 0x0000F8;  // RFC 1042, 802.1H
  if (encapsulated && s.u16(6) >= 0x0600) parse_ether_type(p, s.u16(6), s.behind(8), depth + 1);
}

[[nodiscard]] inline bool is_vlan_tag(std::uint16_t type) noexcept {
  return type == 0x8100 || type == 0x88A8 || type == 0x9100 || type == 0x9200;
}

inline void parse_ether_type(Packet& p, std::uint16_t type, Slice s, int depth) noexcept {
  for (int i = 0; i < max_vlan_tags && is_vlan_tag(type) && s.has(4); ++i) {
    const std::uint16_t id = s.u16(0) & 0x0FFF;
    if (id != 0 && p.vlan_count < p.vlan.size()) p.vlan[p.vlan_count++] = id;
    type = s.u16(2);
    s = s.behind(4);
  }
  p.ether_type = type < 0x0600 ? std::uint16_t{0} : type;  // a small one is the length of an 802.3 frame
  switch (type) {
    case 0x0800: parse_ipv4(p, s); break;
    case 0x86DD: parse_ipv6(p, s); break;
    case 0x0806: parse_arp(p, s); break;
    case 0x8847:
    case 0x8848: parse_mpls(p, s, depth); break;
    case 0x8864: parse_pppoe(p, s, depth); break;
    default:
      if (type < 0x0600) parse_llc(p, s.limited(type), depth);
      break;
  }
}

}  // namespace detail
}  // namespace weir::inline WEIR_ABI
