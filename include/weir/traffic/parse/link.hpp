// Link layers, by the numbers of libpcap (tcpdump.org/linktypes.html): both those that stand in files and
// those that libpcap makes of them, where they differ.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/traffic/packet/packet.hpp>
#include <weir/traffic/parse/byte_slice.hpp>
#include <weir/traffic/parse/ip.hpp>
#include <weir/traffic/parse/network.hpp>
#include <weir/traffic/parse/wireless.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace weir::inline WEIR_ABI {

namespace link_type {
inline constexpr int null = 0, ethernet = 1, ppp = 9, atm_llc = 11, raw = 12, raw_bsd = 14, ppp_hdlc = 50,
                     ppp_ether = 51, atm_llc_file = 100, raw_file = 101, cisco_hdlc = 104, wifi = 105,
                     loop = 108, enc = 109, linux_cooked = 113, pflog = 117, radiotap = 127, ppp_pppd = 166,
                     ppi = 192, ppp_with_direction = 204, ipnet = 226, ipv4 = 228, ipv6 = 229, nflog = 239,
                     linux_cooked2 = 276;

/// All of them; frames of others have only time and lengths.
inline constexpr std::array known{
    null,     ethernet,           ppp,   atm_llc, raw,  raw_bsd,      ppp_hdlc,     ppp_ether, atm_llc_file,
    raw_file, cisco_hdlc,         wifi,  loop,    enc,  linux_cooked, pflog,        radiotap,  ppp_pppd,
    ppi,      ppp_with_direction, ipnet, ipv4,    ipv6, nflog,        linux_cooked2};
[[nodiscard]] constexpr bool is_known(int type) noexcept {
  return std::find(known.begin(), known.end(), type) != known.end();
}
}

namespace detail {

inline constexpr std::uint32_t ipv4_family = 2;
/// Another one on each system: Linux, NetBSD and OpenBSD, Solaris, FreeBSD, macOS.
inline constexpr std::array<std::uint32_t, 5> ipv6_families{10, 24, 26, 28, 30};

[[nodiscard]] constexpr bool is_ipv6_family(std::uint32_t family) noexcept {
  return std::find(ipv6_families.begin(), ipv6_families.end(), family) != ipv6_families.end();
}
[[nodiscard]] constexpr bool is_ip_family(std::uint32_t family) noexcept {
  return family == ipv4_family || is_ipv6_family(family);
}

inline void parse_family(Packet& p, std::uint32_t family, const ByteSlice& s) noexcept {
  if (family == ipv4_family) parse_ipv4(p, s);
  if (is_ipv6_family(family)) parse_ipv6(p, s);
}

/// The address family in the byte order of the machine that captured, which shows by its size.
inline bool parse_null(Packet& p, const ByteSlice& s) noexcept {
  if (!s.has(4)) return false;
  parse_family(p, std::min(s.u32(0), s.u32_little(0)), s.behind(4));
  return true;
}

/// OpenBSD's IPsec interface: family as above, security parameter index, flags.
inline bool parse_enc(Packet& p, const ByteSlice& s) noexcept {
  if (!s.has(12)) return false;
  parse_family(p, std::min(s.u32(0), s.u32_little(0)), s.behind(12));
  return true;
}

/// OpenBSD's packet filter: its length, which is padded to a multiple of four, and the family come first.
inline bool parse_pflog(Packet& p, const ByteSlice& s) noexcept {
  if (!s.has(4) || s.u8(0) < 45) return false;
  const std::uint32_t header = (s.u8(0) + 3U) / 4 * 4;
  if (!s.has(header)) return false;
  parse_family(p, s.u8(1), s.behind(header));
  return true;
}

/// Solaris' IP observability: version, family, interfaces and zones.
inline bool parse_ipnet(Packet& p, const ByteSlice& s) noexcept {
  if (!s.has(24)) return false;
  parse_family(p, s.u8(1), s.behind(24));
  return true;
}

inline constexpr int max_nflog_attributes = 64;
inline constexpr std::uint16_t nflog_packet_header = 1;  // begins with the packet's EtherType
inline constexpr std::uint16_t nflog_payload = 9;

/// Where in a frame of the netfilter log the packet is; nowhere: attributes are broken, or none holds it.
struct NflogPacket {
  std::uint16_t protocol = 0;  ///< an EtherType; 0: not said
  std::uint32_t begin = 0;
  std::uint32_t end = 0;  ///< 0: nowhere
};

/// Lengths and types of attributes are in this machine's byte order, as libpcap and our own readers give them.
[[nodiscard]] inline NflogPacket nflog_packet(const ByteSlice& s) noexcept {
  NflogPacket found;
  std::uint32_t at = 4;
  for (int i = 0; i < max_nflog_attributes && s.has(at + 4); ++i) {
    const std::uint32_t length = s.u16_host(at);
    const std::uint16_t type = s.u16_host(at + 2);
    if (length < 4) break;
    if (type == nflog_packet_header && length >= 6 && s.has(at + 6)) found.protocol = s.u16(at + 4);
    if (type == nflog_payload) {
      found.begin = at + 4;
      found.end = at + length;
      break;
    }
    at += (length + 3) / 4 * 4;
  }
  return found;
}

/// Linux' netfilter log: family, version, resource, then attributes. Of bridges (7) and other families that
/// are not IP the packet's EtherType decides.
inline bool parse_nflog(Packet& p, const ByteSlice& s, int depth) noexcept {
  if (!s.has(4) || s.u8(1) != 0) return false;
  const NflogPacket found = nflog_packet(s);
  if (found.end == 0) return true;
  const ByteSlice packet = s.limited(found.end).behind(found.begin);
  if (is_ip_family(s.u8(0))) {
    parse_family(p, s.u8(0), packet);
  } else if (found.protocol >= 0x0600) {
    parse_ether_type(p, found.protocol, packet, depth);
  }
  return true;
}

/// Types of Linux; of the small numbers only 4 tells what follows.
inline void parse_linux_type(Packet& p, std::uint16_t type, const ByteSlice& s, int depth) noexcept {
  if (type == 4) return parse_llc(p, s, depth);
  if (type >= 0x0600) parse_ether_type(p, type, s, depth);
}

/// The kind of device (Linux' ARPHRD_ numbers) decides first: of some the type says nothing or something
/// else.
inline bool parse_linux_device(Packet& p, std::uint16_t device, std::uint16_t type, const ByteSlice& s,
                               int depth) noexcept {
  switch (device) {
    case 803: return parse_radiotap(p, s, depth);
    case 770:               // frame relay
    case 824: return true;  // netlink
    default: parse_linux_type(p, type, s, depth); return true;
  }
}

inline bool parse_linux_cooked(Packet& p, const ByteSlice& s, int depth) noexcept {
  if (!s.has(16)) return false;
  if (s.u16(4) == 6) s.copy(6, 6, p.src_mac.data());
  return parse_linux_device(p, s.u16(2), s.u16(14), s.behind(16), depth);
}

inline bool parse_linux_cooked2(Packet& p, const ByteSlice& s, int depth) noexcept {
  if (!s.has(20)) return false;
  if (s.u8(11) == 6) s.copy(12, 6, p.src_mac.data());
  return parse_linux_device(p, s.u16(8), s.u16(0), s.behind(20), depth);
}

/// Cisco's framing of serial lines, or PPP: the first byte tells them apart, 0x0F or 0x8F, or 0xFF.
inline bool parse_serial(Packet& p, const ByteSlice& s, int depth) noexcept {
  if (!s.has(4)) return false;
  if (s.u8(0) == 0xFF) return parse_ppp(p, s, depth);
  if (s.u8(0) != 0x0F && s.u8(0) != 0x8F) return true;
  if (s.u16(2) >= 0x0600) parse_ether_type(p, s.u16(2), s.behind(4), depth);
  return true;
}

/// pppd's has the direction in the place of the address byte, 0 or 1.
inline bool parse_pppd(Packet& p, const ByteSlice& s, int depth) noexcept {
  if (!s.has(2)) return false;
  return parse_ppp(p, s.u8(0) <= 1 && s.u8(1) == 3 ? s.behind(2) : s, depth);
}

inline bool parse_link(Packet& p, int type, const ByteSlice& s, int depth) noexcept;

/// The fields between its fixed part and the frame are passed over.
inline bool parse_ppi(Packet& p, const ByteSlice& s, int depth) noexcept {
  if (!s.has(8) || s.u8(0) != 0) return false;
  const std::uint16_t length = s.u16_little(2);
  const std::uint32_t type = s.u32_little(4);
  if (length < 8 || !s.has(length) || type > 0xFFFF) return false;
  return parse_link(p, static_cast<int>(type), s.behind(length), depth + 1);
}

/// False: the type is not known, or there is not the whole link header.
inline bool parse_link(Packet& p, int type, const ByteSlice& s, int depth) noexcept {
  if (type == link_type::ethernet) return parse_ethernet(p, s, depth);
  if (depth > max_depth) return false;
  switch (type) {
    case link_type::null:
    case link_type::loop: return parse_null(p, s);
    case link_type::ppp: return parse_ppp(p, s, depth);
    case link_type::ppp_pppd: return parse_pppd(p, s, depth);
    case link_type::ppp_with_direction: return s.has(1) && parse_ppp(p, s.behind(1), depth);
    case link_type::atm_llc:
    case link_type::atm_llc_file: parse_llc(p, s, depth); return s.has(3);
    case link_type::enc: return parse_enc(p, s);
    case link_type::pflog: return parse_pflog(p, s);
    case link_type::ipnet: return parse_ipnet(p, s);
    case link_type::nflog: return parse_nflog(p, s, depth);
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
