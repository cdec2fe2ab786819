// Rewrites captured frames in place, so that nothing is left in them of what anonymise.hpp hides:
//
//   const std::size_t length = anonymise_frame(anonymiser, frame, link_type::ethernet, wire_length);
//   write(frame.first(length), wire_length, anonymiser.time(time_ns));
//
//   rewritten   MAC addresses of Ethernet, Linux cooked and 802.11 headers, addresses of ARP, IPv4 and IPv6
//               headers, addresses in IPv6 routing headers and ICMP redirects, ports when asked for,
//               identifications of fragments (the same for the pieces of a datagram)
//   zero        identifications of whole IPv4 packets, IPv6 flow labels, TCP time stamps; security parameter
//               index, sequence number and check value of authentication headers; PPPoE sessions; what 802.11
//               captures, PPI and firewall logs say besides the packet; bits of ICMP headers that mean
//               nothing
//   emptied     IPv4 options and all TCP options but segment size, window scale and SACK (no-operation), IPv6
//               hop-by-hop and destination options (padding), mobility headers
//   checksums   of IP, TCP, UDP, ICMP and ICMPv6 are brought up to date from the differences (RFC 1624), so
//               right ones stay right and wrong ones wrong; one of 0, which a network card was to fill
//               in, stays 0; SCTP's becomes 0 when its ports change
//   cut off     the payload beyond `payload_bytes`; all of it where it quotes or carries other packets: ICMP,
//               fragments but the first, tunnels, protocols that are not known; what is behind the link
//               header when that is neither ARP nor IP; the whole frame when its link type is not known
//   stays       lengths, hop limit, traffic class, TCP's sequence numbers, flags, window and urgent pointer,
//               ICMP's type, code and identifier, SCTP's tag, VLAN tags, MPLS labels
//
// The wire length is the caller's to keep. A kept payload may tell anything: keep none if in doubt. A
// checksum is still that of the whole payload, so it tells 16 bits of what was cut off.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/traffic/anonymise.hpp>
#include <weir/traffic/anonymise/anonymise_link.hpp>
#include <weir/traffic/anonymise/anonymise_packet.hpp>
#include <weir/traffic/packet/packet.hpp>
#include <weir/traffic/parse.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

namespace weir::inline WEIR_ABI {

/// Rewrites the captured bytes of a frame. Returns how many of them stay, from the front. Any bytes may be
/// given.
[[nodiscard]] inline std::size_t anonymise_frame(Anonymiser& anonymiser, std::span<std::byte> frame,
                                                 int link_type, std::uint32_t wire_length) {
  using Carries = detail::LinkRewriter::Carries;
  Packet packet;
  if (!parse_packet(packet, link_type, frame, wire_length, 0)) return 0;
  detail::LinkRewriter link(anonymiser, frame, packet.wire_length);
  link.run(link_type);
  detail::PacketRewriter rewriter(anonymiser, packet);
  const std::size_t at = link.at();
  std::size_t stays = link.stays();
  if (packet.ip_version != 0) {
    const bool found = link.carries() == Carries::ip && packet.ip.data() == frame.data() + at;
    stays = found ? at + rewriter.rewrite_ip(frame.subspan(at, packet.ip.size())) : 0;
  } else if (link.carries() == Carries::arp) {
    stays = at + rewriter.rewrite_arp(frame.subspan(at));
  }
  return std::min(stays, frame.size());
}

}  // namespace weir::inline WEIR_ABI
