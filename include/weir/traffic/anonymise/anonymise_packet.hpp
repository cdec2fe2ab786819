// An IP packet or an ARP message within a frame, rewritten. Of every header only what is understood as a
// whole stays; what was cut in the middle, and what may say anything, is emptied.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/traffic/anonymise.hpp>
#include <weir/traffic/anonymise/anonymise_bytes.hpp>
#include <weir/traffic/packet/packet.hpp>
#include <weir/traffic/parse.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace weir::inline WEIR_ABI {
namespace detail {

class PacketRewriter {
 public:
  PacketRewriter(Anonymiser& anonymiser, const Packet& packet) noexcept : hide_(anonymiser), p_(packet) {}

  /// Bytes of the IP packet to keep.
  [[nodiscard]] std::size_t rewrite_ip(Bytes ip) {
    ChecksumChange addresses;
    if (p_.ip_version == 4) {
      rewrite_ipv4(ip, addresses);
    } else {
      rewrite_ipv6(ip, addresses);
    }
    const std::size_t header = std::min<std::size_t>(p_.ip_header_length, ip.size());
    if (p_.later_fragment || p_.l4.empty()) return header;
    const auto at = static_cast<std::size_t>(p_.l4.data() - p_.ip.data());
    if (at < header || at > ip.size()) return header;
    return at + rewrite_layer4(ip.subspan(at, std::min(p_.l4.size(), ip.size() - at)), addresses);
  }

  /// Of hardware and protocol addresses as Ethernet and IPv4 have them; nothing of others stays.
  [[nodiscard]] std::size_t rewrite_arp(Bytes arp) {
    constexpr std::size_t size = 28;
    if (arp.size() < size || word_at(arp, 2) != 0x0800 || byte_at(arp, 4) != 6 || byte_at(arp, 5) != 4)
      return 0;
    ChecksumChange none;
    for (const std::size_t at : {std::size_t{8}, std::size_t{18}}) {
      MacAddress mac;
      std::memcpy(mac.data(), &arp[at], mac.size());
      mac = hide_.mac(mac);
      std::memcpy(&arp[at], mac.data(), mac.size());
      rewrite_address(arp.subspan(at + 6, 4), 4, none);
    }
    return size;
  }

 private:
  void rewrite_address(Bytes at, std::uint8_t version, ChecksumChange& change) {
    IpAddress address{};
    std::memcpy(address.data(), at.data(), at.size());
    address = hide_.address(address, version);
    change.write(at, std::span<const std::uint8_t>(address).first(at.size()));
  }
  static void clear(Bytes bytes, ChecksumChange& change) noexcept {
    constexpr std::array<std::uint8_t, 40> zeros{};
    change.write(bytes, zeros);
  }

  void rewrite_ipv4(Bytes ip, ChecksumChange& addresses) {
    ChecksumChange change;
    const std::size_t header = std::min<std::size_t>((byte_at(ip, 0) & 15U) * 4, ip.size());
    const bool filled = word_at(ip, 10) != 0 ||
                        has_right_checksum(ByteSlice(ip, 0), static_cast<std::uint32_t>(header / 4 * 4));
    if (!hide_.options().keep_ip_id) {
      const std::uint32_t id = p_.fragment ? hide_.fragment_id(word_at(ip, 4), 4) : 0;
      const std::array<std::uint8_t, 2> to{static_cast<std::uint8_t>(id >> 8),
                                           static_cast<std::uint8_t>(id & 0xFF)};
      change.write(ip.subspan(4, 2), to);
    }
    rewrite_address(ip.subspan(12, 4), 4, addresses);
    rewrite_address(ip.subspan(16, 4), 4, addresses);
    change.add(addresses);
    std::array<std::uint8_t, 40> no_operation;
    no_operation.fill(1);
    change.write(ip.subspan(20, header - 20), no_operation);
    if (filled) change.apply(ip, 10);
    rewrite_extensions(ip, header, byte_at(ip, 9));
  }
  void rewrite_ipv6(Bytes ip, ChecksumChange& addresses) {
    if (!hide_.options().keep_flow_label) {
      ip[1] &= std::byte{0xF0};
      put_word(ip, 2, 0);
    }
    rewrite_address(ip.subspan(8, 16), 6, addresses);
    rewrite_address(ip.subspan(24, 16), 6, addresses);
    rewrite_extensions(ip, 40, byte_at(ip, 6));
  }

  void rewrite_extensions(Bytes ip, std::size_t at, std::uint8_t type) {
    const std::size_t end = std::min<std::size_t>(p_.ip_header_length, ip.size());
    while (at + 8 <= end && is_extension(p_.ip_version, type)) {
      const std::size_t size = extension_length(type, byte_at(ip, at + 1));
      rewrite_extension(ip.subspan(at, std::min(size, end - at)), type);
      type = byte_at(ip, at);
      at += size;
    }
  }
  /// At least eight bytes of one. Type and length stay.
  void rewrite_extension(Bytes header, std::uint8_t type) {
    switch (type) {
      case 0:
      case 60: pad_options(header); break;
      case 43: rewrite_route(header); break;
      case 44: rewrite_fragment(header); break;
      default: detail::clear(header.subspan(4)); break;  // authentication, mobility and their like
    }
  }
  /// One PadN over all options; they may be too long for one, and then it is several.
  static void pad_options(Bytes header) noexcept {
    for (std::size_t at = 2; at < header.size();) {
      const Bytes option = header.subspan(at, std::min<std::size_t>(header.size() - at, 257));
      detail::clear(option);
      if (option.size() >= 2) {
        option[0] = std::byte{1};
        option[1] = static_cast<std::byte>(option.size() - 2);
      }
      at += option.size();
    }
  }
  /// Types 0, 2 and 4 hold whole addresses from byte 8 on, and type 4 the number of the last one and flags
  /// before (RFC 8754); what else stands there is reserved or a tag. Of other types nothing stays.
  void rewrite_route(Bytes header) {
    const std::uint8_t type = byte_at(header, 2);
    const bool whole = type == 0 || type == 2 || type == 4;
    ChecksumChange none;
    const std::size_t meant = type == 4 ? 6 : 4;
    detail::clear(header.subspan(meant, 8 - meant));
    std::size_t at = whole ? 8 : 4;
    for (; whole && at + 16 <= header.size(); at += 16) rewrite_address(header.subspan(at, 16), 6, none);
    detail::clear(rest(header, at));
  }
  void rewrite_fragment(Bytes header) {
    header[1] = std::byte{0};
    if (hide_.options().keep_ip_id) return;
    const std::uint32_t id = std::uint32_t{word_at(header, 4)} << 16 | word_at(header, 6);
    const std::uint32_t hidden = p_.fragment ? hide_.fragment_id(id, 6) : 0;
    put_word(header, 4, hidden >> 16);
    put_word(header, 6, hidden & 0xFFFF);
  }

  /// Of layer 4: its header, and of the payload what may stay.
  [[nodiscard]] std::size_t rewrite_layer4(Bytes l4, const ChecksumChange& addresses) {
    ChecksumChange change = addresses;
    const bool ports = Anonymiser::has_ports(p_.protocol) && l4.size() >= 4;
    if (ports) rewrite_ports(l4, change);
    switch (p_.protocol) {
      case ip_protocol::tcp:
        rewrite_tcp_options(l4, change);
        update(l4, 16, change, false);
        break;
      case ip_protocol::udp: update(l4, 6, change, true); break;
      case ip_protocol::icmpv6: rewrite_icmp(l4, change); break;
      case ip_protocol::icmp: rewrite_icmp(l4, {}); break;
      case ip_protocol::sctp:
        if (hide_.options().ports)
          detail::clear(rest(l4, 8).first(std::min<std::size_t>(4, rest(l4, 8).size())));
        break;
      default: break;
    }
    return kept(l4, ports);
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
  /// One of 0 stays: it was not filled in, and its change would tell the sum of the addresses. In UDP 0 means
  /// that there is none, so one that comes out as 0 is written as its other form.
  static void update(Bytes l4, std::size_t at, const ChecksumChange& change, bool udp) noexcept {
    if (l4.size() < at + 2 || word_at(l4, at) == 0) return;
    change.apply(l4, at);
    if (udp && word_at(l4, at) == 0) put_word(l4, at, 0xFFFF);
  }

  /// Segment size, window scale, SACK and its blocks, which are sequence numbers. Others may tell anything:
  /// other addresses of the host (multipath TCP, RFC 8684), cookies, digests.
  [[nodiscard]] static bool may_stay(std::size_t kind, std::size_t size) noexcept {
    switch (kind) {
      case 2: return size == 4;
      case 3: return size == 3;
      case 4: return size == 2;
      case 5: return size == 10 || size == 18 || size == 26 || size == 34;
      default: return false;
    }
  }
  /// No-operation in the place of what may not stay, and nothing from where they make no sense or were cut.
  void rewrite_tcp_options(Bytes l4, ChecksumChange& change) const {
    if (!p_.has_l4) return;
    const Bytes options = rest(l4, 20).first(std::min(l4.size(), std::size_t{p_.l4_header_length}) - 20);
    std::array<std::uint8_t, 40> to{};
    for (std::size_t at = 0; at < options.size() && byte_at(options, at) != 0;) {
      const std::size_t kind = byte_at(options, at);
      const std::size_t left = options.size() - at;
      const std::size_t size = kind == 1 ? 1 : left < 2 ? 0 : byte_at(options, at + 1);
      if (size == 0 || size > left || (kind != 1 && size < 2)) break;
      const auto out = to.begin() + static_cast<std::ptrdiff_t>(at);
      std::fill_n(out, size, std::uint8_t{1});
      const bool stamps = kind == 8 && size == 10;
      if (may_stay(kind, size) || (stamps && hide_.options().keep_tcp_timestamps)) {
        std::memcpy(&*out, &options[at], size);
      } else if (stamps) {
        constexpr std::array<std::uint8_t, 10> zero{8, 10};
        std::copy(zero.begin(), zero.end(), out);
      }
      at += size;
    }
    change.write(options, to);
  }

  /// The second word of the header; a redirect's is a gateway. What has no meaning there becomes 0.
  void rewrite_icmp(Bytes l4, ChecksumChange change) {
    const Bytes word = rest(l4, 4).first(std::min<std::size_t>(4, rest(l4, 4).size()));
    const bool redirect = p_.ip_version == 4 && byte_at(l4, 0) == 5;
    if (redirect && word.size() == 4) {
      rewrite_address(word, 4, change);
    } else if (word.size() == 4) {
      const std::uint32_t plain = plain_icmp_bits(p_.ip_version, byte_at(l4, 0), byte_at(l4, 1));
      std::array<std::uint8_t, 4> to{};
      for (std::size_t i = 0; i < to.size(); ++i)
        to[i] = static_cast<std::uint8_t>(byte_at(word, i) & (plain >> (24 - 8 * i)));
      change.write(word, to);
    } else {
      clear(word, change);  // a part of it
    }
    update(l4, 2, change, false);
  }

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
  [[nodiscard]] static bool tunnel(std::uint16_t port) noexcept {
    constexpr std::array<std::uint16_t, 16> ports{1701, 2123, 2152,        // L2TP, GTP
                                                  3544, 4341, 4342, 4500,  // Teredo, LISP, IPsec
                                                  4754, 4755, 4789, 4790,
                                                  8472, 6081,  // GRE, VXLAN and GENEVE
                                                  5246, 5247,  // CAPWAP
                                                  6635};       // MPLS
    return std::find(ports.begin(), ports.end(), port) != ports.end();
  }

  Anonymiser& hide_;
  const Packet& p_;
};

}  // namespace detail
}  // namespace weir::inline WEIR_ABI
