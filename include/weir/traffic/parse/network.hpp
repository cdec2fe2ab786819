// Between link and network layer: Ethernet, VLAN tags (802.1Q, 802.1ad), 802.2 LLC and SNAP, MPLS (RFC 3032),
// PPPoE (RFC 2516), PPP (RFC 1661), ARP (RFC 826).
//
// These headers nest without end. `depth` counts how often one of them has led to another.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/traffic/packet/packet.hpp>
#include <weir/traffic/parse/byte_slice.hpp>
#include <weir/traffic/parse/ip.hpp>
#include <weir/traffic/parse/proof.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace weir::inline WEIR_ABI {
namespace detail {

inline constexpr int max_depth = 8;
inline constexpr int max_vlan_tags = 8;
inline constexpr int max_mpls_labels = 16;

inline void parse_ether_type(Packet& p, std::uint16_t type, ByteSlice s, int depth) noexcept;

inline bool parse_ethernet(Packet& p, const ByteSlice& s, int depth) noexcept {
  if (!s.has(14) || depth > max_depth) return false;
  s.copy(0, 6, p.dst_mac.data());
  s.copy(6, 6, p.src_mac.data());
  parse_ether_type(p, s.u16(12), s.behind(14), depth);
  return true;
}

/// Protocol addresses of IPv4 and hardware addresses of any length.
inline void parse_arp(Packet& p, const ByteSlice& s) noexcept {
  if (!s.has(8) || s.u16(2) != 0x0800 || s.u8(5) != 4) return;
  const std::size_t hardware = s.u8(4);
  if (!s.has(16 + 2 * hardware)) return;
  s.copy(8 + hardware, 4, p.src.data());
  s.copy(12 + 2 * hardware, 4, p.dst.data());
}

/// Tags, labels and headers of the greatest length that can stand before an IP header ends.
inline constexpr std::uint32_t most_before_proof = 256;

/// Reads the frame into `trial`, a copy of the packet as it is without it.
[[nodiscard]] inline Proof prove_frame(Packet& trial, const ByteSlice& s, int depth) noexcept {
  if (s.wire() < 14 || (s.has(14) && !leads_on(s, 12))) return Proof::refuted;
  if (!s.has(14)) return Proof::open;
  parse_ethernet(trial, s, depth);
  if (trial.ip_version != 0) return prove_ip(ByteSlice(trial.ip, trial.ip_length), true);
  const bool arp = trial.ether_type == 0x0806 && (trial.src != IpAddress{} || trial.dst != IpAddress{});
  if (arp) return Proof::given;
  return s.has(std::min(s.wire(), most_before_proof)) ? Proof::refuted : Proof::open;
}

/// Where the bytes come from.
enum class Carrier : std::uint8_t { label, session };

/// A guess within a guess is looked into once more, and no further: their number doubles each time.
inline constexpr int depth_of_guess = 4;

/// What it turned out to be.
enum class Reading : std::uint8_t { none, ip, frame, frame_behind_word };

/// Out of line: it is rare, and its copies of the packet would be on the stack of every frame.
[[gnu::noinline]] inline Reading parse_guess(Packet& p, const ByteSlice& s, Carrier carrier,
                                             int depth) noexcept {
  const Proof ip = prove_ip(s, false);
  Packet frame = p;
  if (carrier == Carrier::session) {  // tags of its own
    frame.vlan = {};
    frame.vlan_count = 0;
  }
  const Proof at_once = prove_frame(frame, s, depth + depth_of_guess);
  Packet later = p;
  Proof behind_word = Proof::refuted;
  if (carrier == Carrier::label && s.has(1) && s.u8(0) >> 4 == 0) {
    behind_word = prove_frame(later, s.behind(4), depth + depth_of_guess);
  }
  int given = 0;
  for (const Proof proof : {ip, at_once, behind_word}) {
    if (proof == Proof::open) return Reading::none;
    given += proof == Proof::given ? 1 : 0;
  }
  if (given != 1) return Reading::none;
  if (ip == Proof::given) {
    parse_ip(p, s);
    return Reading::ip;
  }
  p = at_once == Proof::given ? frame : later;
  return at_once == Proof::given ? Reading::frame : Reading::frame_behind_word;
}

/// What the labels carry is not said, unless the last is an explicit null: 0 for IPv4, 2 for IPv6.
inline void parse_mpls(Packet& p, ByteSlice s, int depth) noexcept {
  for (int i = 0; i < max_mpls_labels && s.has(4); ++i) {
    const std::uint32_t label = s.u32(0) >> 12;
    const bool last = (s.u8(2) & 1) != 0;
    s = s.behind(4);
    if (!last) continue;
    if (label == 0) {
      parse_ipv4(p, s);
    } else if (label == 2) {
      parse_ipv6(p, s);
    } else {
      parse_guess(p, s, Carrier::label, depth);
    }
    return;
  }
}

inline void parse_ppp_protocol(Packet& p, std::uint16_t protocol, const ByteSlice& s, int depth) noexcept {
  switch (protocol) {
    case 0x0021: parse_ipv4(p, s); break;
    case 0x0057: parse_ipv6(p, s); break;
    case 0x0281:
    case 0x0283: parse_mpls(p, s, depth); break;
    default: break;
  }
}

/// With address and control bytes or without; the protocol may be compressed to one byte, which is odd.
inline bool parse_ppp(Packet& p, ByteSlice s, int depth) noexcept {
  if (s.has(2) && s.u16(0) == 0xFF03) s = s.behind(2);
  if (s.has(1) && (s.u8(0) & 1) != 0) {
    parse_ppp_protocol(p, s.u8(0), s.behind(1), depth);
    return true;
  }
  if (!s.has(2)) return false;
  parse_ppp_protocol(p, s.u16(0), s.behind(2), depth);
  return true;
}

inline bool parse_pppoe(Packet& p, const ByteSlice& s, int depth) noexcept {
  if (!s.has(8) || s.u16(0) != 0x1100) return false;  // version 1, type 1, session data
  parse_ppp_protocol(p, s.u16(6), s.limited(6U + s.u16(4)).behind(8), depth);
  return true;
}

/// A header of 10 bytes before an Ethernet frame, with or without its checksum (RFC 2684, 5.2).
[[nodiscard]] inline bool is_bridged(const ByteSlice& s) noexcept {
  return s.has(10) && s.u32(0) == 0xAAAA0300U && s.u16(4) == 0x80C2 && (s.u16(6) == 1 || s.u16(6) == 7);
}

inline void parse_llc(Packet& p, const ByteSlice& s, int depth) noexcept {
  if (!s.has(3) || depth > max_depth) return;
  if (s.u16(0) == 0x0606) {  // IP has a service access point of its own
    parse_ipv4(p, s.behind(3));
    return;
  }
  const bool snap = s.has(8) && s.u16(0) == 0xAAAA && s.u8(2) == 3;
  if (!snap) return;
  const std::uint32_t organisation = s.u32(2) & 0xFFFFFF;
  if (is_bridged(s)) {
    parse_ethernet(p, s.behind(10), depth + 1);
    return;
  }
  const bool encapsulated = organisation == 0 || organisation == 0x0000F8;  // RFC 1042, 802.1H
  if (encapsulated && s.u16(6) >= 0x0600) parse_ether_type(p, s.u16(6), s.behind(8), depth + 1);
}

inline void parse_ether_type(Packet& p, std::uint16_t type, ByteSlice s, int depth) noexcept {
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
