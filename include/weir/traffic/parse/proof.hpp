// Payloads that no header announces: behind an MPLS label (RFC 3032) and in a GTP-U session (3GPP TS 29.281)
// stands an IP packet or an Ethernet frame, and behind a label there may be a control word between (RFC
// 4385). The first four bits do not tell: MAC addresses begin with 4 and 6, too, and without a control word
// with 0.
//
// So a reading has to prove itself, and nothing is said unless exactly one does:
//
//   IPv4       header and total length fit into what was on the wire, and the header's checksum is right
//   IPv6       the payload ends where the bytes do (4 more may be a frame's check sequence), and next header,
//              hop limit and both addresses are such as occur
//   Ethernet   its type leads to ARP, to such an IPv4 packet, or to an IPv6 packet that fits
//
// A wrong checksum proves nothing, also one that a network card was to fill in. Where the capture was cut
// before a reading could be refuted, nothing is said either: more bytes never tell something else.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/traffic/packet/packet.hpp>
#include <weir/traffic/parse/byte_slice.hpp>
#include <weir/traffic/parse/ip.hpp>

#include <cstddef>
#include <cstdint>

namespace weir::inline WEIR_ABI {
namespace detail {

/// `open`: too little was captured to tell.
enum class Proof : std::uint8_t { refuted, open, given };

[[nodiscard]] inline bool has_right_checksum(const ByteSlice& header, std::uint32_t size) noexcept {
  std::uint32_t sum = 0;
  for (std::uint32_t at = 0; at < size; at += 2) sum += header.u16(at);
  while (sum > 0xFFFF) sum = (sum & 0xFFFF) + (sum >> 16);
  return sum == 0xFFFF;
}

[[nodiscard]] inline Proof prove_ipv4(const ByteSlice& s) noexcept {
  if (s.wire() < 20 || (s.has(1) && (s.u8(0) < 0x45 || s.u8(0) > 0x4F))) return Proof::refuted;
  if (!s.has(20)) return Proof::open;
  const std::uint32_t header = (s.u8(0) & 15U) * 4;
  const std::uint32_t claimed = s.u16(2);
  if (claimed < header || claimed > s.wire()) return Proof::refuted;
  if (!s.has(header)) return Proof::open;
  return has_right_checksum(s, header) ? Proof::given : Proof::refuted;
}

/// Numbers that stand in an IPv6 header's next field: extension headers and the protocols in use.
[[nodiscard]] inline bool is_plausible_next(std::uint8_t protocol) noexcept {
  if (is_extension(6, protocol)) return true;
  switch (protocol) {
    case ip_protocol::ipip:
    case ip_protocol::tcp:
    case ip_protocol::udp:
    case ip_protocol::ipv6:
    case ip_protocol::gre:
    case ip_protocol::icmpv6:
    case ip_protocol::sctp:
    case 46:   // RSVP
    case 50:   // ESP
    case 59:   // nothing
    case 89:   // OSPF
    case 103:  // PIM
    case 112:  // VRRP
    case 115:  // L2TP
    case 136:  // UDP-Lite
    case 137:  // MPLS
    case 143:  // Ethernet
      return true;
    default: return false;
  }
}

/// Loopback and translated (0), global (2000::/3), local (FC00::/7, FE80::/10), multicast (a destination
/// only).
[[nodiscard]] inline bool is_plausible_ipv6(std::uint8_t first, bool destination) noexcept {
  return first == 0 || first >> 5 == 1 || (first >= 0xFC && first <= 0xFE) || (destination && first == 0xFF);
}

/// `announced`: a type says that it is IPv6.
[[nodiscard]] inline Proof prove_ipv6(const ByteSlice& s, bool announced) noexcept {
  if (s.wire() < 40 || (s.has(1) && s.u8(0) >> 4 != 6)) return Proof::refuted;
  if (!s.has(40)) return Proof::open;
  const std::uint32_t payload = s.u16(4);
  const std::uint8_t next = s.u8(6);
  const bool whole = payload != 0 || next == 59;
  if (!whole || 40 + payload > s.wire() || !is_plausible_next(next) || s.u8(7) == 0) return Proof::refuted;
  if (announced) return Proof::given;
  const bool exact = s.wire() - (40 + payload) <= 4;
  const bool addresses = is_plausible_ipv6(s.u8(8), false) && is_plausible_ipv6(s.u8(24), true);
  return exact && addresses ? Proof::given : Proof::refuted;
}

[[nodiscard]] inline Proof prove_ip(const ByteSlice& s, bool announced) noexcept {
  if (!s.has(1)) return Proof::open;
  return s.u8(0) >> 4 == 6 ? prove_ipv6(s, announced) : prove_ipv4(s);
}

[[nodiscard]] inline bool is_vlan_tag(std::uint16_t type) noexcept {
  return type == 0x8100 || type == 0x88A8 || type == 0x9100 || type == 0x9200;
}

/// Whether a frame of this type, at `at`, may carry addresses that we know of.
[[nodiscard]] inline bool leads_on(const ByteSlice& s, std::uint32_t at) noexcept {
  const std::uint16_t type = s.u16(at);
  if (is_vlan_tag(type)) return true;
  switch (type) {
    case 0x0800:
    case 0x0806:
    case 0x86DD:
    case 0x8847:
    case 0x8848:
    case 0x8864: return true;
    default: break;
  }
  if (type >= 0x0600) return false;
  return !s.has(at + 5) || s.u16(at + 2) == 0x0606 || (s.u16(at + 2) == 0xAAAA && s.u8(at + 4) == 3);
}

}  // namespace detail
}  // namespace weir::inline WEIR_ABI
