// What is inside of tunnels: IP in IP (RFC 2003, 4213), GRE (RFC 2784, 2890; PPTP's, RFC 2637), VXLAN
// (RFC 7348), NVGRE (RFC 7637), GTP-U (3GPP TS 29.281). A fragment of a tunnel's packet is not opened,
// because its rest could not be either.
//
// A VNI and a VSID name a network, for both directions. What a GRE key, a call, the last byte of an NVGRE key
// and a TEID name is the receiver's to choose, and differs between the directions.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/traffic/packet/packet.hpp>
#include <weir/traffic/parse/byte_slice.hpp>
#include <weir/traffic/parse/ip.hpp>
#include <weir/traffic/parse/network.hpp>

#include <cstdint>
#include <cstring>

namespace weir::inline WEIR_ABI {

struct ParseOptions {
  bool decapsulate = false;  ///< give the packet inside of tunnels, not the tunnel's own
  std::uint16_t vxlan_port = 4789;
  std::uint16_t gtp_u_port = 2152;
};

namespace detail {

inline constexpr int max_tunnels = 4;

/// A frame inside a tunnel has VLAN tags and addresses of its own.
inline bool parse_inner_frame(Packet& inner, const ByteSlice& s) noexcept {
  inner.vlan = {};
  inner.vlan_count = 0;
  return parse_ethernet(inner, s, 0);
}

inline bool parse_gre_payload(Packet& inner, std::uint16_t type, const ByteSlice& s) noexcept {
  if (type == 0x6558) return parse_inner_frame(inner, s);
  if (type == 0x880B) return parse_ppp(inner, s, 0);
  parse_ether_type(inner, type, s, 0);
  return true;
}

/// Version 0 with checksum, key and sequence number; version 1 with the call's number in the key's lower
/// half.
inline bool parse_gre(Packet& inner, const ByteSlice& s) noexcept {
  if (!s.has(4)) return false;
  const std::uint16_t flags = s.u16(0);
  const std::uint16_t version = flags & 7;
  if (version > 1 || (flags & 0x4000) != 0) return false;  // 0x4000: source routes, which RFC 2784 took out
  std::uint32_t at = (flags & 0x8000) != 0 ? 8 : 4;
  if ((flags & 0x2000) != 0) {
    if (!s.has(at + 4)) return false;
    inner.tunnel_id = version == 1 ? s.u16(at + 2) : s.u32(at);
    const bool nvgre = flags == 0x2000 && s.u16(2) == 0x6558;
    if (nvgre) inner.tunnel_network = inner.tunnel_id >> 8;
    at += 4;
  }
  if ((flags & 0x1000) != 0) at += 4;
  if (version == 1 && (flags & 0x0080) != 0) at += 4;
  return parse_gre_payload(inner, s.u16(2), s.behind(at));
}

/// Of the generic protocol extension, too (draft-ietf-nvo3-vxlan-gpe): with flag 0x04 a number says what is
/// inside.
inline bool parse_vxlan(Packet& inner, const ByteSlice& s) noexcept {
  if (!s.has(8) || (s.u8(0) & 0x08) == 0) return false;
  inner.tunnel_id = inner.tunnel_network = s.u32(4) >> 8;
  switch ((s.u8(0) & 0x04) != 0 ? s.u8(3) : 3) {
    case 1: return parse_ipv4(inner, s.behind(8));
    case 2: return parse_ipv6(inner, s.behind(8));
    case 3: return parse_inner_frame(inner, s.behind(8));
    default: return false;
  }
}

/// Extension headers: their length in units of four bytes first, the next one's type last. A session carries
/// IP or Ethernet, as was agreed when it was set up.
inline bool parse_gtp_u(Packet& inner, ByteSlice s) noexcept {
  if (!s.has(8) || (s.u8(0) & 0xF0) != 0x30 || s.u8(1) != 0xFF) return false;  // version 1, user data
  if (s.u16(2) > s.wire() - 8) return false;
  s = s.limited(8U + s.u16(2));
  inner.tunnel_id = s.u32(4);
  if ((s.u8(0) & 7) == 0) {
    parse_guess(inner, s.behind(8), Carrier::session, 0);
    return true;
  }
  if (!s.has(12)) return false;
  std::uint8_t next = (s.u8(0) & 4) != 0 ? s.u8(11) : std::uint8_t{0};
  std::uint32_t at = 12;
  for (int i = 0; next != 0 && i < max_extension_headers; ++i) {
    if (!s.has(at + 1)) return false;
    const std::uint32_t length = s.u8(at) * 4U;
    if (length == 0 || !s.has(at + length)) return false;
    next = s.u8(at + length - 1);
    at += length;
  }
  if (next != 0) return false;
  parse_guess(inner, s.behind(at), Carrier::session, 0);
  return true;
}

inline bool parse_udp_tunnel(Packet& inner, const Packet& outer, const ByteSlice& s,
                             const ParseOptions& o) noexcept {
  if (outer.dst_port == o.vxlan_port) return parse_vxlan(inner, s);
  return outer.dst_port == o.gtp_u_port && parse_gtp_u(inner, s);
}

/// A sum over both ends, so that it does not depend on who sent the packet.
[[nodiscard]] inline std::uint32_t digest_of_ends(const Packet& p) noexcept {
  std::uint64_t sum = 0;
  for (const IpAddress* address : {&p.src, &p.dst}) {
    std::uint64_t words[2];
    std::memcpy(words, address->data(), sizeof words);
    const std::uint64_t mixed = (words[0] ^ (words[1] * 0xBF58'476D'1CE4'E5B9)) * 0x9E37'79B9'7F4A'7C15;
    sum += mixed ^ (mixed >> 29);
  }
  return static_cast<std::uint32_t>(sum >> 32) | 1U;
}

/// Of the outer packet what the inner one shares.
[[nodiscard]] inline Packet link_part(const Packet& outer) noexcept {
  Packet inner;
  inner.time_ns = outer.time_ns;
  inner.link_type = outer.link_type;
  inner.wire_length = outer.wire_length;
  inner.captured_length = outer.captured_length;
  inner.ether_type = outer.ether_type;
  inner.src_mac = outer.src_mac;
  inner.dst_mac = outer.dst_mac;
  inner.vlan = outer.vlan;
  inner.vlan_count = outer.vlan_count;
  inner.tunnel_id = outer.tunnel_id;
  inner.tunnel_network = outer.tunnel_network;
  inner.tunnel_ends = outer.tunnel_ends + digest_of_ends(outer);
  inner.frame = outer.frame;
  return inner;
}

/// The protocol's number says which of the two it is.
inline bool parse_ip_in_ip(Packet& inner, const Packet& outer, const ByteSlice& s) noexcept {
  return outer.protocol == ip_protocol::ipip ? parse_ipv4(inner, s) : parse_ipv6(inner, s);
}

/// Puts the packet inside in the place of its tunnel's. False: there is none.
inline bool open_tunnel(Packet& p, const ParseOptions& o) noexcept {
  if (p.ip_version == 0 || p.fragment) return false;
  const bool udp = p.protocol == ip_protocol::udp && p.has_l4;
  const bool plain = p.protocol == ip_protocol::ipip || p.protocol == ip_protocol::ipv6;
  if (!udp && !plain && p.protocol != ip_protocol::gre) return false;
  const ByteSlice s(p.payload, p.payload_length);
  Packet inner = link_part(p);
  const bool open = udp     ? parse_udp_tunnel(inner, p, s, o)
                    : plain ? parse_ip_in_ip(inner, p, s)
                            : parse_gre(inner, s);
  if (!open || inner.ip_version == 0) return false;
  p = inner;
  return true;
}

inline void open_tunnels(Packet& p, const ParseOptions& o) noexcept {
  for (int i = 0; i < max_tunnels && open_tunnel(p, o); ++i) {
  }
}

}  // namespace detail
}  // namespace weir::inline WEIR_ABI
