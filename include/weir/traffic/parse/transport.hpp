// Layer 4: TCP (RFC 9293) with its options, UDP (RFC 768), ICMP (RFC 792, 4443), SCTP (RFC 9260). Ports are
// taken from four captured bytes on; the rest of a header only when its fixed part was captured and it fits
// into its IP packet.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/traffic/packet/packet.hpp>
#include <weir/traffic/parse/byte_slice.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace weir::inline WEIR_ABI {
namespace detail {

/// The header is `header` bytes long; what follows it in `l4` is payload.
inline void set_payload(Packet& p, const ByteSlice& l4, std::uint32_t header) noexcept {
  const ByteSlice payload = l4.behind(header);
  p.has_l4 = true;
  p.l4_header_length = static_cast<std::uint16_t>(header);
  p.payload_length = payload.wire();
  p.payload = payload.bytes();
}

inline void parse_tcp_option(Packet& p, const ByteSlice& options, std::size_t at,
                             std::size_t length) noexcept {
  switch (options.u8(at)) {
    case 2:
      if (length == 4) p.tcp_mss = options.u16(at + 2);
      break;
    case 3:
      if (length == 3) p.tcp_wscale = options.u8(at + 2);
      break;
    case 4:
      if (length == 2) p.tcp_sack_permitted = true;
      break;
    case 5:
      if (length > 2 && (length - 2) % 8 == 0)
        p.tcp_sack_blocks = static_cast<std::uint8_t>((length - 2) / 8);
      break;
    case 8:
      if (length != 10) break;
      p.tcp_timestamps = true;
      p.tcp_ts_value = options.u32(at + 2);
      p.tcp_ts_echo = options.u32(at + 6);
      break;
    default: break;
  }
}

/// RFC 9293, 7323 (window scale, time stamps), 2018 (SACK). Ends at the first option that makes no sense.
inline void parse_tcp_options(Packet& p, const ByteSlice& options) noexcept {
  constexpr std::uint32_t alone = 0x0101080A;  // no-op, no-op, time stamps: what most segments carry
  if (options.wire() == 12 && options.has(12) && options.u32(0) == alone) {
    return parse_tcp_option(p, options, 2, options.u8(3));
  }
  std::size_t at = 0;
  while (options.has(at + 1)) {
    const std::uint8_t kind = options.u8(at);
    if (kind == 0) return;
    if (kind == 1) {
      ++at;
      continue;
    }
    if (!options.has(at + 2)) return;
    const std::size_t length = options.u8(at + 1);
    if (length < 2 || !options.has(at + length)) return;
    parse_tcp_option(p, options, at, length);
    at += length;
  }
}

inline void parse_ports(Packet& p, const ByteSlice& l4) noexcept {
  p.src_port = l4.u16(0);
  p.dst_port = l4.u16(2);
}

inline void parse_tcp(Packet& p, const ByteSlice& l4) noexcept {
  if (!l4.has(4)) return;
  parse_ports(p, l4);
  if (!l4.has(20)) return;
  const std::uint32_t header = (l4.u8(12) >> 4) * 4U;
  if (header < 20 || header > l4.wire()) return;
  p.tcp_seq = l4.u32(4);
  p.tcp_ack = l4.u32(8);
  p.tcp_flags = l4.u8(13);
  p.tcp_window = l4.u16(14);
  set_payload(p, l4, header);
  if (header > 20) parse_tcp_options(p, l4.limited(header).behind(20));
}

/// Length 0 is what segmentation offload leaves; more than the IP packet holds is a first fragment's.
inline void parse_udp(Packet& p, const ByteSlice& l4) noexcept {
  if (!l4.has(4)) return;
  parse_ports(p, l4);
  if (!l4.has(8)) return;
  const std::uint32_t length = l4.u16(4);
  if (length == 0) return set_payload(p, l4, 8);
  if (length >= 8) set_payload(p, l4.limited(length), 8);
}

inline void parse_sctp(Packet& p, const ByteSlice& l4) noexcept {
  if (!l4.has(4)) return;
  parse_ports(p, l4);
  if (l4.has(12)) set_payload(p, l4, 12);
}

/// Echo, and in IPv4 also time stamp, information and address mask: questions and answers with an identifier.
[[nodiscard]] inline bool icmp_has_id(std::uint8_t ip_version, std::uint8_t type) noexcept {
  if (ip_version == 6) return type == 128 || type == 129;
  return type == 0 || type == 8 || (type >= 13 && type <= 18);
}

/// The bits of the word behind the checksum that are a number of no one: identifier, unit size, pointer. The
/// others are unused, or an address, and may hold anything (RFC 792, 950, 1191, 2710, 3810, 4443, 4861).
[[nodiscard]] inline std::uint32_t plain_icmp_bits(std::uint8_t ip_version, std::uint8_t type,
                                                   std::uint8_t code) noexcept {
  constexpr std::uint32_t all = 0xFFFF'FFFF, first_byte = 0xFF00'0000, first_word = 0xFFFF'0000,
                          last_word = 0xFFFF;
  if (ip_version == 4) {
    if (type == 3 && code == 4) return last_word;  // the size that fits
    if (type == 12) return first_byte;             // where the fault is
    return type == 0 || type == 8 || (type >= 13 && type <= 18) ? all : 0;
  }
  switch (type) {
    case 2:    // the size that fits
    case 4:    // where the fault is
    case 128:  // echo
    case 129:
    case 134: return all;          // a router's hop limit, flags and lifetime
    case 130: return first_word;   // how long an answer may take
    case 136: return 0xE000'0000;  // flags
    case 143: return last_word;    // count of records
    default: return 0;
  }
}

inline void parse_icmp(Packet& p, const ByteSlice& l4) noexcept {
  if (!l4.has(2)) return;
  p.icmp_type = l4.u8(0);
  p.icmp_code = l4.u8(1);
  if (!l4.has(8)) return;
  if (icmp_has_id(p.ip_version, p.icmp_type)) p.icmp_id = l4.u16(4);
  set_payload(p, l4, 8);
}

/// Needs ip_version and protocol.
inline void parse_transport(Packet& p, const ByteSlice& l4) noexcept {
  switch (p.protocol) {
    case ip_protocol::tcp: return parse_tcp(p, l4);
    case ip_protocol::udp: return parse_udp(p, l4);
    case ip_protocol::sctp: return parse_sctp(p, l4);
    case ip_protocol::icmp:
      if (p.ip_version == 4) return parse_icmp(p, l4);
      break;
    case ip_protocol::icmpv6:
      if (p.ip_version == 6) return parse_icmp(p, l4);
      break;
    default: break;
  }
  p.payload_length = l4.wire();
  p.payload = l4.bytes();
}

}  // namespace detail
}  // namespace weir::inline WEIR_ABI
