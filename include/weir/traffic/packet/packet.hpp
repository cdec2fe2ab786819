// One packet as the flow tools see it: header fields in host byte order and views of the bytes that were
// captured. Nothing is copied; the views live as long as the buffer that was parsed (parse.hpp).
#pragma once

#include <weir/core/abi.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace weir::inline WEIR_ABI {

/// An IPv4 (first 4 bytes, the others zero) or IPv6 address in network byte order; the packet's `ip_version`
/// says which.
using IpAddress = std::array<std::uint8_t, 16>;
using MacAddress = std::array<std::uint8_t, 6>;

/// TCP flags, as the bits of the header's byte 13 (RFC 9293, RFC 3168).
namespace tcp_flag {
inline constexpr std::uint8_t fin = 0x01, syn = 0x02, rst = 0x04, psh = 0x08, ack = 0x10, urg = 0x20,
                              ece = 0x40, cwr = 0x80;
}

/// IP protocol numbers (IANA).
namespace ip_protocol {
inline constexpr std::uint8_t icmp = 1, ipip = 4, tcp = 6, udp = 17, ipv6 = 41, gre = 47, icmpv6 = 58,
                              sctp = 132;
}

struct Packet {
  std::int64_t time_ns = 0;           ///< since 1970-01-01 UTC
  std::uint32_t wire_length = 0;      ///< bytes of the whole frame on the wire
  std::uint32_t captured_length = 0;  ///< bytes of it that were captured
  std::uint16_t capture = 0;        ///< of several captures that are read as one: which (capture/merged.hpp)
  int link_type = 0;                ///< libpcap's number of the link layer (parse/link.hpp)
  std::uint16_t ether_type = 0;     ///< of the innermost frame, behind VLAN tags; 0 where there is none
  MacAddress src_mac{}, dst_mac{};  ///< zero where the link has none
  /// VLAN identifiers, outermost first. A tag with VLAN 0 is none: it gives a priority only (802.1Q).
  std::array<std::uint16_t, 2> vlan{};
  std::uint8_t vlan_count = 0;
  /// Of the tunnel that was looked into, as this packet has it: VXLAN VNI, GTP TEID, GRE key or call; else 0.
  std::uint32_t tunnel_id = 0;
  std::uint32_t tunnel_network = 0;  ///< what both directions share of it: VXLAN VNI, NVGRE VSID; else 0
  /// Digest of the tunnels' outer addresses, the same both ways; 0: no tunnel.
  std::uint32_t tunnel_ends = 0;

  std::uint8_t ip_version = 0;  ///< 4, 6, or 0: not IP (or ARP, then src and dst are those of the ARP body)
  std::uint8_t protocol = 0;    ///< of the innermost header looked into, behind IPv6 extension headers
  std::uint8_t ttl = 0;         ///< IPv6: hop limit
  std::uint8_t tos = 0;         ///< IPv6: traffic class
  IpAddress src{}, dst{};
  std::uint32_t ip_length = 0;         ///< bytes of the IP packet with its header, at most what the wire had
  std::uint16_t ip_header_length = 0;  ///< with extension and authentication headers
  bool fragment = false;               ///< a fragment of a larger packet
  bool later_fragment = false;         ///< not the first one: it has no ports of its own
  bool held_back = false;              ///< a FragmentTable handed it on behind packets that are later than it
  std::uint32_t fragment_id = 0;

  std::uint16_t src_port = 0, dst_port = 0;  ///< TCP, UDP, SCTP; ICMP: type and code in `icmp_*` instead
  std::uint8_t icmp_type = 0, icmp_code = 0;
  std::uint16_t icmp_id = 0;
  bool has_l4 = false;                 ///< the layer-4 header made sense and its fixed part was captured
  std::uint16_t l4_header_length = 0;  ///< bytes
  /// Bytes of layer-4 payload on the wire, by the headers' lengths. Of a later fragment and of a protocol
  /// without ports all behind the IP headers; 0 where a TCP, UDP, SCTP or ICMP header is missing.
  std::uint32_t payload_length = 0;

  std::uint8_t tcp_flags = 0;
  std::uint16_t tcp_window = 0;
  std::uint32_t tcp_seq = 0, tcp_ack = 0;
  std::uint16_t tcp_mss = 0;      ///< option; 0: not given
  std::uint8_t tcp_wscale = 255;  ///< option; 255: not given
  bool tcp_sack_permitted = false;
  std::uint8_t tcp_sack_blocks = 0;  ///< option: blocks that the segment acknowledges
  bool tcp_timestamps = false;
  std::uint32_t tcp_ts_value = 0, tcp_ts_echo = 0;

  std::span<const std::byte> frame;    ///< captured bytes of the frame
  std::span<const std::byte> ip;       ///< captured bytes from the IP header on
  std::span<const std::byte> l4;       ///< captured bytes from the layer-4 header on
  std::span<const std::byte> payload;  ///< captured bytes of the layer-4 payload
};

}  // namespace weir::inline WEIR_ABI
