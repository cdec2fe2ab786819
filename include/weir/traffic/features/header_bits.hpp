// Profile `header_bits`, version 1: the headers of the first n packets (FlowFeatureOptions::header_packets)
// bit by bit, as nPrint lays them out (Holland, Schmitt, Feamster, Mittal: "New directions in automated
// traffic analysis", CCS 2021). A packet has 1,408 columns, each 1, 0, or -1 and not valid where there is no
// such bit:
//
//   bits of a packet   header, its first bit on the wire first
//      1 ...  480      IPv4, with options
//    481 ...  800      IPv6, without extension headers
//    801 ... 1280      TCP, with options
//   1281 ... 1344      UDP
//   1345 ... 1408      ICMP or ICMPv6: type, code, checksum, rest of header
//
// Column header_bit_k is bit (k - 1) % 1408 + 1 of packet (k - 1) / 1408 + 1; so a row is a sequence of n
// steps of 1,408 channels. Bits that FlowFeatureOptions::mask leaves out are -1, too; the values of a masked
// option are, its kind and length are not. A capture's snap length may cut headers: the rest is -1.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/traffic/flow/feature_mask.hpp>
#include <weir/traffic/flow/flow_columns.hpp>
#include <weir/traffic/flow/flow_record.hpp>
#include <weir/traffic/packet/packet.hpp>
#include <weir/traffic/parse/transport.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace weir::inline WEIR_ABI {

struct HeaderBits {
  static constexpr std::string_view name = "header_bits";
  static constexpr int version = 1;

  static constexpr std::size_t ipv4 = 0, ipv6 = 480, tcp = 800, udp = 1'280, icmp = 1'344;  ///< first bits
  static constexpr std::size_t bits = 1'408;                                                ///< a packet
  using PacketBits = std::array<std::int8_t, bits>;

  /// A packet's headers as they were captured.
  struct Headers {
    static constexpr std::size_t most = 60;  ///< bytes of an IPv4 or TCP header
    std::uint8_t ip_version = 0, protocol = 0, ip_size = 0, l4_size = 0;
    std::array<std::byte, most> ip{}, l4{};
  };
  static_assert(sizeof(Headers) == 124);

  struct State {
    void add(const FlowBase&, const FlowPacket& p, std::span<std::byte> memory) noexcept {
      if ((packets + std::size_t{1}) * sizeof(Headers) > memory.size()) return;
      const Headers headers = headers_of(p.packet);
      std::memcpy(memory.data() + packets++ * sizeof headers, &headers, sizeof headers);
    }
    std::uint32_t packets = 0;
  };
  static std::size_t memory_bytes(const FlowFeatureOptions& o) noexcept {
    return o.header_packets * sizeof(Headers);
  }

  [[nodiscard]] static Headers headers_of(const Packet& p) noexcept {
    Headers h{.ip_version = p.ip_version, .protocol = p.protocol};
    // The header's own length: Packet::ip_header_length counts authentication headers, too.
    const bool v4 = p.ip_version == 4 && !p.ip.empty();
    const std::size_t ip = v4                  ? 4 * (std::to_integer<std::size_t>(p.ip[0]) & 15U)
                           : p.ip_version == 6 ? 40
                                               : 0;
    const std::size_t l4 = p.has_l4 ? p.l4_header_length : 0;
    h.ip_size = take(h.ip, p.ip, ip);
    h.l4_size = take(h.l4, p.l4, l4);
    return h;
  }

  /// The bits of one packet's headers.
  [[nodiscard]] static PacketBits expand(const Headers& h, const FeatureMask& mask) noexcept {
    PacketBits out;
    out.fill(-1);
    write(out, h.ip_version == 4 ? ipv4 : ipv6, std::span(h.ip).first(h.ip_size),
          h.ip_version == 4 ? 60 : 40);
    const std::span<const std::byte> l4 = std::span(h.l4).first(h.l4_size);
    switch (h.protocol) {
      case ip_protocol::tcp: write(out, tcp, l4, 60); break;
      case ip_protocol::udp: write(out, udp, l4, 8); break;
      case ip_protocol::icmp:
      case ip_protocol::icmpv6: write(out, icmp, l4, 8); break;
      default: break;
    }
    leave_out(out, mask);
    if (h.protocol == ip_protocol::tcp) leave_out_options(out, l4, mask);
    const bool message = h.protocol == ip_protocol::icmp || h.protocol == ip_protocol::icmpv6;
    if (mask.addresses && message && !l4.empty()) {
      const auto byte = [&](std::size_t at) {
        return at < l4.size() ? std::to_integer<std::uint8_t>(l4[at]) : std::uint8_t{0};
      };
      const std::uint32_t plain = detail::plain_icmp_bits(h.ip_version, byte(0), byte(1));
      for (std::size_t bit = 0; bit < 32; ++bit) {
        if ((plain >> (31 - bit) & 1) == 0) blank(out, icmp + 32 + bit, 1);
      }
    }
    return out;
  }

  template <class View, class Out>
  static void describe(const View& view, Out& out) {
    const std::span<const std::byte> memory = view.template memory<HeaderBits>();
    const std::size_t held = view.template state<HeaderBits>().packets;
    for (std::size_t i = 0; i < view.features().header_packets; ++i) {
      Headers headers;
      if (i < held) std::memcpy(&headers, memory.data() + i * sizeof headers, sizeof headers);
      const PacketBits packet = expand(headers, view.features().mask);
      for (std::size_t bit = 0; bit < bits; ++bit) {
        out.number({"header_bit_", i * bits + bit + 1}, "", int{packet[bit]}, packet[bit] >= 0);
      }
    }
  }

 private:
  static std::uint8_t take(std::array<std::byte, Headers::most>& to, std::span<const std::byte> from,
                           std::size_t size) noexcept {
    const std::size_t n = std::min({size, from.size(), to.size()});
    std::copy_n(from.begin(), n, to.begin());
    return static_cast<std::uint8_t>(n);
  }
  static void write(PacketBits& out, std::size_t first, std::span<const std::byte> header,
                    std::size_t most) noexcept {
    const std::size_t size = std::min(header.size(), most);
    for (std::size_t bit = 0; bit < 8 * size; ++bit) {
      out[first + bit] =
          static_cast<std::int8_t>(std::to_integer<unsigned>(header[bit / 8]) >> (7 - bit % 8) & 1U);
    }
  }
  static void blank(PacketBits& out, std::size_t first, std::size_t count) noexcept {
    std::fill_n(out.begin() + static_cast<std::ptrdiff_t>(first), count, std::int8_t{-1});
  }
  static void leave_out(PacketBits& out, const FeatureMask& mask) noexcept {
    if (mask.addresses) {
      blank(out, ipv4 + 96, 64);
      blank(out, ipv6 + 64, 256);
    }
    if (mask.ports) {
      blank(out, tcp, 32);
      blank(out, udp, 32);
    }
    if (mask.checksums) {
      blank(out, ipv4 + 80, 16);
      blank(out, tcp + 128, 16);
      blank(out, udp + 48, 16);
      blank(out, icmp + 16, 16);
    }
    if (mask.ip_id) {
      blank(out, ipv4 + 32, 16);
      blank(out, ipv6 + 12, 20);
    }
    if (mask.sequence) blank(out, tcp + 32, 64);
    if (mask.options) blank(out, ipv4 + 160, 320);
  }
  /// Segment size, window scale, SACK and its blocks, which are sequence numbers.
  [[nodiscard]] static bool is_plain_option(std::size_t kind, std::size_t size) noexcept {
    return (kind == 2 && size == 4) || (kind == 3 && size == 3) || (kind == 4 && size == 2) || kind == 5;
  }
  /// Their values, not kind and length; all behind the last one, and from where they make no sense.
  static void leave_out_options(PacketBits& out, std::span<const std::byte> header,
                                const FeatureMask& mask) noexcept {
    const auto u8 = [&](std::size_t at) { return std::to_integer<std::size_t>(header[at]); };
    std::size_t at = 20;
    while (at < header.size() && u8(at) != 0) {
      if (u8(at) == 1) {  // no operation
        ++at;
        continue;
      }
      const std::size_t left = header.size() - at;
      const std::size_t size = left < 2 ? 0 : u8(at + 1);
      const bool stamps = u8(at) == 8 && size == 10;  // RFC 7323
      const bool hidden = stamps ? mask.timestamps : mask.options && !is_plain_option(u8(at), size);
      if (size < 2 || (size > left && !stamps)) break;
      if (hidden) blank(out, tcp + 8 * (at + 2), 8 * (std::min(size, left) - 2));
      at += size;
    }
    if (at < header.size() && u8(at) == 0) ++at;
    if (mask.options && at < header.size()) blank(out, tcp + 8 * at, 8 * (header.size() - at));
  }
};

}  // namespace weir::inline WEIR_ABI
