// Layer 3: IPv4 (RFC 791) with options and fragments, IPv6 (RFC 8200) with its extension headers, and the
// authentication header of both (RFC 4302).
//
// A packet is as long as its header says, but never longer than what is left of the frame on the wire; so
// Ethernet's padding is no payload, and a lying header adds nothing. Length 0 (segmentation offload,
// jumbograms) means all that is left.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/traffic/packet/packet.hpp>
#include <weir/traffic/parse/byte_slice.hpp>
#include <weir/traffic/parse/transport.hpp>

#include <cstdint>

namespace weir::inline WEIR_ABI {
namespace detail {

inline constexpr int max_extension_headers = 12;

[[nodiscard]] inline bool is_extension(std::uint8_t ip_version, std::uint8_t protocol) noexcept {
  if (protocol == 51) return true;  // authentication
  if (ip_version != 6) return false;
  switch (protocol) {
    case 0:    // hop-by-hop options
    case 43:   // routing
    case 44:   // fragment
    case 60:   // destination options
    case 135:  // mobility
    case 139:  // host identity
    case 140:  // shim6
      return true;
    default: return false;
  }
}

[[nodiscard]] inline std::uint32_t extension_length(std::uint8_t protocol, std::uint8_t field) noexcept {
  if (protocol == 44) return 8;
  return protocol == 51 ? (field + 2U) * 4 : (field + 1U) * 8;
}

/// Mobility, host identity and shim6 mostly carry nothing: then they are the innermost header themselves.
[[nodiscard]] inline bool is_innermost(std::uint8_t protocol, std::uint8_t next) noexcept {
  return protocol >= 135 && next == 59;
}

/// RFC 8200, 4.5. A lone "fragment" that is the whole packet is none (RFC 6946).
inline void parse_fragment_header(Packet& p, const ByteSlice& ip, std::uint32_t at) noexcept {
  const std::uint16_t field = ip.u16(at + 2);
  p.later_fragment = (field & 0xFFF8) != 0;
  p.fragment = p.later_fragment || (field & 1) != 0;
  if (p.fragment) p.fragment_id = ip.u32(at + 4);
}

/// Goes from the header behind the IP header, `p.protocol` at `at`, to layer 4.
inline void parse_behind_ip(Packet& p, const ByteSlice& ip, std::uint32_t at) noexcept {
  bool more = !p.later_fragment && is_extension(p.ip_version, p.protocol);
  for (int i = 0; more && i < max_extension_headers; ++i) {
    if (!ip.has(at + 8)) break;
    const std::uint8_t next = ip.u8(at);
    const std::uint32_t length = extension_length(p.protocol, ip.u8(at + 1));
    if (length > ip.wire() - at || is_innermost(p.protocol, next)) break;
    if (p.protocol == 44) parse_fragment_header(p, ip, at);
    p.protocol = next;
    at += length;
    more = !p.later_fragment && is_extension(p.ip_version, next);
  }
  const ByteSlice l4 = ip.behind(at);
  p.ip_header_length = static_cast<std::uint16_t>(at);
  p.ip_length = ip.wire();
  p.ip = ip.bytes();
  p.l4 = l4.bytes();
  if (!p.later_fragment) return parse_transport(p, l4);
  p.payload_length = l4.wire();
  p.payload = l4.bytes();
}

/// False, and nothing written, unless there is a whole header that makes sense.
inline bool parse_ipv4(Packet& p, const ByteSlice& s) noexcept {
  if (!s.has(20) || s.u8(0) >> 4 != 4) return false;
  const std::uint32_t header = (s.u8(0) & 15U) * 4;
  const std::uint32_t claimed = s.u16(2);
  const ByteSlice ip = claimed == 0 ? s : s.limited(claimed);
  if (header < 20 || header > ip.wire()) return false;
  const std::uint16_t fragment = s.u16(6);
  p.ip_version = 4;
  p.tos = s.u8(1);
  p.later_fragment = (fragment & 0x1FFF) != 0;
  p.fragment = (fragment & 0x3FFF) != 0;
  if (p.fragment) p.fragment_id = s.u16(4);
  p.ttl = s.u8(8);
  p.protocol = s.u8(9);
  s.copy(12, 4, p.src.data());
  s.copy(16, 4, p.dst.data());
  parse_behind_ip(p, ip, header);
  return true;
}

inline bool parse_ipv6(Packet& p, const ByteSlice& s) noexcept {
  if (!s.has(40) || s.u8(0) >> 4 != 6) return false;
  const std::uint32_t claimed = s.u16(4);
  const std::uint8_t next = s.u8(6);
  const bool offloaded = claimed == 0 && next != 59;  // 59: nothing follows, so 0 is the truth
  p.ip_version = 6;
  p.tos = static_cast<std::uint8_t>((s.u16(0) >> 4) & 0xFF);
  p.ttl = s.u8(7);
  p.protocol = next;
  s.copy(8, 16, p.src.data());
  s.copy(24, 16, p.dst.data());
  parse_behind_ip(p, offloaded ? s : s.limited(40 + claimed), 40);
  return true;
}

/// Either, by the version in the first byte.
inline bool parse_ip(Packet& p, const ByteSlice& s) noexcept {
  if (!s.has(1)) return false;
  return s.u8(0) >> 4 == 6 ? parse_ipv6(p, s) : parse_ipv4(p, s);
}

}  // namespace detail
}  // namespace weir::inline WEIR_ABI
