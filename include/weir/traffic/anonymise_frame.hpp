// Rewrites captured frames in place, so that nothing is left in them of what anonymise.hpp hides:
//
//   const std::size_t length = anonymise_frame(anonymiser, frame, link_type::ethernet, wire_length);
//   write(frame.first(length), wire_length, anonymiser.time(time_ns));
//
//   rewritten   MAC addresses of Ethernet, Linux cooked and 802.11 headers, addresses of ARP, IPv4 and IPv6
//               headers, addresses in IPv6 routing headers and ICMP redirects, ports when asked for
//   emptied     IPv4 options and those of multipath TCP (no-operation), IPv6 hop-by-hop and destination
//   options
//               (padding), mobility headers
//   checksums   of IP, TCP, UDP, ICMP and ICMPv6 are brought up to date from the differences (RFC 1624), so
//               right ones stay right and wrong ones wrong; SCTP's becomes 0 when its ports change
//   cut off     the payload beyond `payload_bytes`; all of it where it quotes or carries other packets: ICMP,
//               fragments but the first, tunnels, protocols that are not known; what is behind the link
//               header when that is neither ARP nor IP; the whole frame when its link type is not known
//
// The wire length is the caller's to keep. A kept payload may tell anything: keep none if in doubt.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/traffic/anonymise.hpp>
#include <weir/traffic/packet.hpp>
#include <weir/traffic/parse.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace weir::inline WEIR_ABI {

namespace detail {

using Bytes = std::span<std::byte>;

[[nodiscard]] inline std::uint8_t byte_at(Bytes bytes, std::size_t at) noexcept {
  return std::to_integer<std::uint8_t>(bytes[at]);
}
[[nodiscard]] inline std::uint16_t word_at(Bytes bytes, std::size_t at) noexcept {
  return static_cast<std::uint16_t>(byte_at(bytes, at) << 8 | byte_at(bytes, at + 1));
}
inline void put_word(Bytes bytes, std::size_t at, std::uint32_t word) noexcept {
  bytes[at] = static_cast<std::byte>(word >> 8 & 0xFF);
  bytes[at + 1] = static_cast<std::byte>(word & 0xFF);
}

/// What changed bytes do to an Internet checksum: HC' = ~(~HC + sum of (~m + m')) (RFC 1624, eqn. 3). All
/// changes are of whole 16-bit words.
class ChecksumChange {
 public:
  void change(Bytes words, std::span<const std::uint8_t> to) noexcept {
    for (std::size_t i = 0; i < words.size(); i += 2) {
      sum_ += (~static_cast<std::uint32_t>(word_at(words, i)) & 0xFFFF) +
              (static_cast<std::uint32_t>(to[i]) << 8 | to[i + 1]);
    }
  }
  /// The same for bytes that are written at once.
  void write(Bytes words, std::span<const std::uint8_t> to) noexcept {
    change(words, to);
    std::memcpy(words.data(), to.data(), words.size());
  }
  void add(const ChecksumChange& other) noexcept { sum_ += other.sum_; }
  void apply(Bytes bytes, std::size_t at) const noexcept {
    std::uint64_t sum = sum_ + (~static_cast<std::uint32_t>(word_at(bytes, at)) & 0xFFFF);
    while (sum > 0xFFFF) sum = (sum & 0xFFFF) + (sum >> 16);
    put_word(bytes, at, static_cast<std::uint32_t>(~sum & 0xFFFF));
  }

 private:
  std::uint64_t sum_ = 0;
};

class FrameRewriter {
 public:
  FrameRewriter(Anonymiser& anonymiser, Bytes frame, const Packet& packet) noexcept
      : hide_(anonymiser), frame_(frame), p_(packet) {}

  [[nodiscard]] std::size_t run() {
    const std::size_t link = link_length();
    if (p_.ip_version != 0 && !carries_frames()) {
      const auto at = static_cast<std::size_t>(p_.ip.data() - p_.frame.data());
      if (!rewrite_link(at)) return 0;
      const Bytes ip = frame_.subspan(at, p_.ip.size());
      return at + (p_.ip_version == 4 ? rewrite_ipv4(ip) : rewrite_ipv6(ip));
    }
    if (link == 0 || !rewrite_link(link)) return 0;
    const bool arp = p_.ip_version == 0 && p_.ether_type == 0x0806;
    return arp ? link + rewrite_arp(frame_.subspan(link)) : link;
  }

 private:
  /// Bytes before what the link carries; 0 where there are none or they are not known.
  [[nodiscard]] std::size_t link_length() const noexcept {
    switch (p_.link_type) {
      case link_type::ethernet: return behind_tags(12, 14);
      case link_type::linux_cooked: return behind_tags(14, 16);
      case link_type::linux_cooked2: return behind_tags(0, 20);
      default: return 0;
    }
  }
  [[nodiscard]] std::size_t behind_tags(std::size_t type, std::size_t at) const noexcept {
    for (int i = 0; i < max_vlan_tags && is_vlan_tag(word_at(frame_, type)) && at + 4 <= frame_.size(); ++i) {
      type = at + 2;
      at += 4;
    }
    return at;
  }
  /// Whether there is an Ethernet frame within the Ethernet frame (over MPLS).
  [[nodiscard]] bool carries_frames() const noexcept {
    return p_.link_type == link_type::ethernet && (std::memcmp(frame_.data(), p_.dst_mac.data(), 6) != 0 ||
                                                   std::memcmp(&frame_[6], p_.src_mac.data(), 6) != 0);
  }
  void rewrite_mac(std::size_t at) {
    MacAddress mac;
    std::memcpy(mac.data(), &frame_[at], mac.size());
    mac = hide_.mac(mac);
    std::memcpy(&frame_[at], mac.data(), mac.size());
  }
  /// `length` is that of all before the packet. False when the link is not known well enough.
  [[nodiscard]] bool rewrite_link(std::size_t length) {
    switch (p_.link_type) {
      case link_type::ethernet:
        if (length < 14) return false;
        rewrite_mac(0);
        rewrite_mac(6);
        return true;
      case link_type::linux_cooked: return rewrite_cooked(6, word_at(frame_, 4));
      case link_type::linux_cooked2: return rewrite_cooked(12, byte_at(frame_, 11));
      case link_type::wifi: return rewrite_wifi(0, length);
      case link_type::radiotap:
        return length >= 4 &&
               rewrite_wifi(std::size_t{byte_at(frame_, 2)} | std::size_t{byte_at(frame_, 3)} << 8, length);
      case link_type::null:
      case link_type::loop:
      case link_type::raw:
      case link_type::raw_bsd:
      case link_type::raw_file:
      case link_type::ipv4:
      case link_type::ipv6:
      case link_type::ppp:
      case link_type::ppp_hdlc:
      case link_type::ppp_ether:
      case link_type::cisco_hdlc: return true;
      default: return false;
    }
  }
  /// Eight bytes are there for an address; of one that is not a MAC address nothing stays.
  bool rewrite_cooked(std::size_t at, std::size_t address_length) {
    if (address_length == 6) {
      rewrite_mac(at);
    } else if (hide_.options().macs) {
      std::fill_n(frame_.begin() + static_cast<std::ptrdiff_t>(at), 8, std::byte{0});
    }
    return true;
  }
  bool rewrite_wifi(std::size_t at, std::size_t length) {
    if (length < 24 || at > length - 24) return false;
    const bool data = (byte_at(frame_, at) & 0x0C) == 0x08;
    const bool fourth = (byte_at(frame_, at + 1) & 0x03) == 0x03;
    if (!data || (fourth && at + 30 > length)) return false;
    for (const std::size_t address : {std::size_t{4}, std::size_t{10}, std::size_t{16}})
      rewrite_mac(at + address);
    if (fourth) rewrite_mac(at + 24);
    return true;
  }

  [[nodiscard]] std::size_t rewrite_arp(Bytes arp) {
    constexpr std::size_t size = 28;
    if (arp.size() < size || byte_at(arp, 4) != 6 || byte_at(arp, 5) != 4) return 0;
    const auto at = static_cast<std::size_t>(arp.data() - frame_.data());
    ChecksumChange none;
    rewrite_mac(at + 8);
    rewrite_address(arp.subspan(14, 4), 4, none);
    rewrite_mac(at + 18);
    rewrite_address(arp.subspan(24, 4), 4, none);
    return size;
  }

  void rewrite_address(Bytes at, std::uint8_t version, ChecksumChange& change) {
    IpAddress address{};
    std::memcpy(address.data(), at.data(), at.size());
    address = hide_.address(address, version);
    change.write(at, std::span<const std::uint8_t>(address).first(at.size()));
  }

  [[nodiscard]] std::size_t rewrite_ipv4(Bytes ip) {
    ChecksumChange addresses, change;
    rewrite_address(ip.subspan(12, 4), 4, addresses);
    rewrite_address(ip.subspan(16, 4), 4, addresses);
    change.add(addresses);
    std::array<std::uint8_t, 40> no_operation;
    no_operation.fill(1);
    const std::size_t header = std::min<std::size_t>((byte_at(ip, 0) & 15U) * 4, ip.size());
    change.write(ip.subspan(20, (header - 20) / 2 * 2), no_operation);
    for (std::size_t odd = 20 + (header - 20) / 2 * 2; odd < header; ++odd)
      ip[odd] = std::byte{1};  // cut there
    change.apply(ip, 10);
    return rewrite_layer4(ip, addresses);
  }

  [[nodiscard]] std::size_t rewrite_ipv6(Bytes ip) {
    ChecksumChange addresses;
    rewrite_address(ip.subspan(8, 16), 6, addresses);
    rewrite_address(ip.subspan(24, 16), 6, addresses);
    const std::size_t end = std::min<std::size_t>(p_.ip_header_length, ip.size());
    std::uint8_t type = byte_at(ip, 6);
    for (std::size_t at = 40; at + 8 <= end && is_extension(6, type);) {
      const std::size_t size = extension_length(type, byte_at(ip, at + 1));
      const Bytes header = ip.subspan(at, std::min(size, end - at));
      if (type == 0 || type == 60) pad_options(header);
      if (type == 43) rewrite_route(header);
      if (type >= 135) std::fill(header.begin() + 4, header.end(), std::byte{0});  // mobility and their like
      type = byte_at(ip, at);
      at += size;
    }
    return rewrite_layer4(ip, addresses);
  }
  /// One PadN over all options; they may be too long for one, and then it is several.
  static void pad_options(Bytes header) noexcept {
    for (std::size_t at = 2; at < header.size();) {
      const std::size_t size = std::min<std::size_t>(header.size() - at, 257);
      std::fill_n(header.begin() + static_cast<std::ptrdiff_t>(at), size, std::byte{0});
      if (size >= 2) {
        header[at] = std::byte{1};
        header[at + 1] = static_cast<std::byte>(size - 2);
      }
      at += size;
    }
  }
  /// Types 0, 2 and 4 hold whole addresses from byte 8 on; of others nothing stays.
  void rewrite_route(Bytes header) {
    const std::uint8_t type = byte_at(header, 2);
    const bool whole = type == 0 || type == 2 || type == 4;
    ChecksumChange none;
    std::size_t at = whole ? 8 : 4;
    for (; whole && at + 16 <= header.size(); at += 16) rewrite_address(header.subspan(at, 16), 6, none);
    for (; at < header.size(); ++at) header[at] = std::byte{0};
  }

  /// Bytes of the IP packet to keep.
  [[nodiscard]] std::size_t rewrite_layer4(Bytes ip, const ChecksumChange& addresses) {
    const std::size_t header = std::min<std::size_t>(p_.ip_header_length, ip.size());
    if (p_.later_fragment || p_.l4.empty()) return header;
    const auto at = static_cast<std::size_t>(p_.l4.data() - p_.ip.data());
    if (at < header || at > ip.size()) return header;
    const Bytes l4 = ip.subspan(at, std::min(p_.l4.size(), ip.size() - at));
    ChecksumChange change = addresses;
    const bool ports = Anonymiser::has_ports(p_.protocol) && l4.size() >= 4;
    if (ports) rewrite_ports(l4, change);
    switch (p_.protocol) {
      case ip_protocol::tcp:
        rewrite_tcp_options(l4, change);
        update(l4, 16, change, false);
        break;
      case ip_protocol::udp: update(l4, 6, change, true); break;
      case ip_protocol::icmpv6: update(l4, 2, change, false); break;
      case ip_protocol::icmp: rewrite_redirect(l4); break;
      case ip_protocol::sctp:
        if (hide_.options().ports && l4.size() >= 12) std::fill_n(l4.begin() + 8, 4, std::byte{0});
        break;
      default: break;
    }
    return at + kept(l4, ports);
  }
  void rewrite_ports(Bytes l4, ChecksumChange& change) {
    std::array<std::uint8_t, 4> to;
    for (const std::size_t i : {std::size_t{0}, std::size_t{2}}) {
      const std::uint16_t port = hide_.port(word_at(l4, i));
      to[i] = static_cast<std::uint8_t>(port >> 8);
      to[i + 1] = static_cast<std::uint8_t>(port & 0xFF);
    }
    change.write(l4.first(4), to);
  }
  /// UDP: 0 means that there is no checksum, so one that comes out as 0 is written as its other form.
  static void update(Bytes l4, std::size_t at, const ChecksumChange& change, bool udp) noexcept {
    if (l4.size() < at + 2 || (udp && word_at(l4, at) == 0)) return;
    change.apply(l4, at);
    if (udp && word_at(l4, at) == 0) put_word(l4, at, 0xFFFF);
  }
  /// Multipath TCP (kind 30, RFC 8684) tells other addresses of the host: no-operation in its place.
  void rewrite_tcp_options(Bytes l4, ChecksumChange& change) const {
    if (!p_.has_l4 || l4.size() < p_.l4_header_length) return;
    const Bytes options = l4.subspan(20, p_.l4_header_length - std::size_t{20});
    std::array<std::uint8_t, 40> to{};
    std::memcpy(to.data(), options.data(), options.size());
    for (std::size_t at = 0; at < options.size() && to[at] != 0;) {
      const std::size_t left = options.size() - at;
      const std::size_t size = to[at] == 1 ? 1
                               : left < 2  ? left
                                           : std::clamp<std::size_t>(to[at + 1], 2, left);
      if (to[at] == 30) std::fill_n(to.begin() + static_cast<std::ptrdiff_t>(at), size, std::uint8_t{1});
      at += size;
    }
    change.write(options, to);
  }
  /// The gateway that an ICMP redirect names.
  void rewrite_redirect(Bytes l4) {
    if (l4.size() < 8 || byte_at(l4, 0) != 5) return;
    ChecksumChange change;
    rewrite_address(l4.subspan(4, 4), 4, change);
    change.apply(l4, 2);
  }

  /// Of layer 4: its header, and of the payload what may stay.
  [[nodiscard]] std::size_t kept(Bytes l4, bool ports) const noexcept {
    const bool icmp = p_.protocol == ip_protocol::icmp || p_.protocol == ip_protocol::icmpv6;
    if (!ports && !icmp) return 0;
    const std::size_t whole = icmp                              ? 8
                              : p_.protocol == ip_protocol::udp ? 8
                              : p_.protocol == ip_protocol::tcp ? 20
                                                                : 12;
    const std::size_t header = std::min<std::size_t>(p_.has_l4 ? p_.l4_header_length : whole, l4.size());
    const bool carries =
        icmp || (p_.protocol == ip_protocol::udp && (tunnel(p_.src_port) || tunnel(p_.dst_port)));
    return header + (carries ? 0 : std::min<std::size_t>(hide_.options().payload_bytes, p_.payload.size()));
  }
  /// VXLAN (two numbers), GENEVE, GTP-U, L2TP, Teredo.
  [[nodiscard]] static bool tunnel(std::uint16_t port) noexcept {
    return port == 4789 || port == 8472 || port == 6081 || port == 2152 || port == 1701 || port == 3544;
  }

  Anonymiser& hide_;
  Bytes frame_;
  const Packet& p_;
};

}  // namespace detail

/// Rewrites the captured bytes of a frame. Returns how many of them stay, from the front. Any bytes may be
/// given.
[[nodiscard]] inline std::size_t anonymise_frame(Anonymiser& anonymiser, std::span<std::byte> frame,
                                                 int link_type, std::uint32_t wire_length) {
  Packet packet;
  if (!parse_packet(packet, link_type, frame, wire_length, 0)) return 0;
  const std::size_t stays = detail::FrameRewriter(anonymiser, frame, packet).run();
  return std::min(stays, frame.size());
}

}  // namespace weir::inline WEIR_ABI
