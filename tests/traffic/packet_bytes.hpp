// Frames for tests, written as they nest:
//
//   ethernet({}, ipv4({.src = "10.0.0.1"}, tcp({.flags = tcp_flag::syn}, text("hello")))).bytes
//
// Lengths, next-protocol fields and checksums are filled in, so a test names only what it is about. Whatever
// goes into the next layer is a Layer: its bytes, and the numbers by which other headers announce it.
#pragma once

#include <weir/traffic/packet/packet.hpp>

#include <arpa/inet.h>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace packet_bytes {

using Bytes = std::vector<std::byte>;

struct Layer {
  Bytes bytes{};
  std::uint8_t protocol = 253;        ///< behind an IP header; 253: for experiments (RFC 3692)
  std::uint16_t ether_type = 0x88B5;  ///< behind an Ethernet header; 0x88B5: for experiments (IEEE 802)
};

// --- Writing numbers

inline void put8(Bytes& out, std::uint64_t x) { out.push_back(static_cast<std::byte>(x & 0xFF)); }
inline void put16(Bytes& out, std::uint64_t x) {
  put8(out, x >> 8);
  put8(out, x);
}
inline void put24(Bytes& out, std::uint64_t x) {
  put8(out, x >> 16);
  put16(out, x);
}
inline void put32(Bytes& out, std::uint64_t x) {
  put16(out, x >> 16);
  put16(out, x);
}
inline void put16_little(Bytes& out, std::uint64_t x) {
  put8(out, x);
  put8(out, x >> 8);
}
inline void put32_little(Bytes& out, std::uint64_t x) {
  put16_little(out, x);
  put16_little(out, x >> 16);
}
inline void put(Bytes& out, std::span<const std::byte> more) {
  out.insert(out.end(), more.begin(), more.end());
}
inline void put(Bytes& out, std::span<const std::uint8_t> more) { put(out, std::as_bytes(more)); }
inline void patch16(Bytes& bytes, std::size_t at, std::uint64_t x) {
  bytes.at(at) = static_cast<std::byte>((x >> 8) & 0xFF);
  bytes.at(at + 1) = static_cast<std::byte>(x & 0xFF);
}

[[nodiscard]] inline Bytes bytes_of(std::initializer_list<unsigned> values) {
  Bytes out;
  for (const unsigned v : values) put8(out, v);
  return out;
}
[[nodiscard]] inline Bytes joined(const Bytes& a, const Bytes& b) {
  Bytes out = a;
  put(out, b);
  return out;
}

/// "10.0.0.1" or "2001:db8::1".
[[nodiscard]] inline weir::IpAddress ip(const std::string& name) {
  weir::IpAddress out{};
  const int family = name.find(':') == std::string::npos ? AF_INET : AF_INET6;
  if (inet_pton(family, name.c_str(), out.data()) != 1) throw std::invalid_argument("no address: " + name);
  return out;
}

inline void put_ipv4(Bytes& out, const std::string& name) {
  const weir::IpAddress address = ip(name);
  put(out, std::span(address).first(4));
}

/// The Internet checksum (RFC 1071) of `data`, begun with `sum`.
[[nodiscard]] inline std::uint16_t internet_checksum(std::span<const std::byte> data, std::uint64_t sum = 0) {
  for (std::size_t i = 0; i < data.size(); ++i) {
    sum += std::to_integer<std::uint64_t>(data[i]) << (i % 2 == 0 ? 8 : 0);
  }
  while (sum >> 16 != 0) sum = (sum & 0xFFFF) + (sum >> 16);
  return static_cast<std::uint16_t>(~sum & 0xFFFF);
}

// --- Payload

[[nodiscard]] inline Layer raw(Bytes bytes, std::uint8_t protocol = 253, std::uint16_t ether_type = 0x88B5) {
  return {std::move(bytes), protocol, ether_type};
}
[[nodiscard]] inline Layer text(std::string_view s) {
  Bytes out(s.size());
  if (!s.empty()) std::memcpy(out.data(), s.data(), s.size());
  return raw(std::move(out));
}
/// `n` bytes that differ from their neighbours.
[[nodiscard]] inline Layer filler(std::size_t n) {
  Bytes out;
  for (std::size_t i = 0; i < n; ++i) put8(out, 37 * i + 11);
  return raw(std::move(out));
}

// --- Layer 4

[[nodiscard]] inline Bytes option_mss(std::uint16_t mss) { return bytes_of({2, 4, mss / 256U, mss % 256U}); }
[[nodiscard]] inline Bytes option_window_scale(std::uint8_t shift) { return bytes_of({3, 3, shift}); }
[[nodiscard]] inline Bytes option_sack_permitted() { return bytes_of({4, 2}); }
[[nodiscard]] inline Bytes option_nop() { return bytes_of({1}); }
[[nodiscard]] inline Bytes option_timestamps(std::uint32_t value, std::uint32_t echo) {
  Bytes out = bytes_of({8, 10});
  put32(out, value);
  put32(out, echo);
  return out;
}
[[nodiscard]] inline Bytes option_sack(std::uint32_t left, std::uint32_t right) {
  Bytes out = bytes_of({5, 10});
  put32(out, left);
  put32(out, right);
  return out;
}

struct Tcp {
  std::uint16_t src_port = 49152, dst_port = 80;
  std::uint32_t seq = 0, ack = 0;
  std::uint8_t flags = weir::tcp_flag::ack;
  std::uint16_t window = 65535;
  Bytes options{};  ///< padded with "end of options" to a multiple of four
};

[[nodiscard]] inline Layer tcp(const Tcp& h, const Layer& payload = text("")) {
  Bytes options = h.options;
  while (options.size() % 4 != 0) put8(options, 0);
  Bytes out;
  put16(out, h.src_port);
  put16(out, h.dst_port);
  put32(out, h.seq);
  put32(out, h.ack);
  put8(out, (5 + options.size() / 4) << 4);
  put8(out, h.flags);
  put16(out, h.window);
  put32(out, 0);  // checksum (the IP layer's turn), urgent pointer
  put(out, options);
  put(out, payload.bytes);
  return {std::move(out), weir::ip_protocol::tcp};
}

struct Udp {
  std::uint16_t src_port = 49152, dst_port = 53;
};

[[nodiscard]] inline Layer udp(const Udp& h, const Layer& payload = text("")) {
  Bytes out;
  put16(out, h.src_port);
  put16(out, h.dst_port);
  put16(out, 8 + payload.bytes.size());
  put16(out, 0);
  put(out, payload.bytes);
  return {std::move(out), weir::ip_protocol::udp};
}

struct Sctp {
  std::uint16_t src_port = 49152, dst_port = 38412;
  std::uint32_t tag = 1;
};

[[nodiscard]] inline Layer sctp(const Sctp& h, const Layer& chunks = text("")) {
  Bytes out;
  put16(out, h.src_port);
  put16(out, h.dst_port);
  put32(out, h.tag);
  put32(out, 0);
  put(out, chunks.bytes);
  return {std::move(out), weir::ip_protocol::sctp};
}

struct Icmp {
  std::uint8_t type = 8, code = 0;
  std::uint16_t id = 0, sequence = 0;  ///< in an error message: the unused word behind the checksum
};

/// ICMP of IPv4; an error message quotes the bytes of an IP packet as its payload.
[[nodiscard]] inline Layer icmp(const Icmp& h, const Layer& payload = text("")) {
  Bytes out = bytes_of({h.type, h.code, 0, 0});
  put16(out, h.id);
  put16(out, h.sequence);
  put(out, payload.bytes);
  patch16(out, 2, internet_checksum(out));
  return {std::move(out), weir::ip_protocol::icmp};
}
[[nodiscard]] inline Layer icmpv6(const Icmp& h, const Layer& payload = text("")) {
  Layer out = icmp(h, payload);
  patch16(out.bytes, 2, 0);  // it covers the addresses, which come later
  out.protocol = weir::ip_protocol::icmpv6;
  return out;
}

/// Fills in the checksum that also covers the addresses. A fragment's upper layer is left alone.
inline void fill_checksum(Bytes& upper, std::uint8_t protocol, std::span<const std::byte> addresses) {
  const std::size_t at = protocol == weir::ip_protocol::tcp      ? 16
                         : protocol == weir::ip_protocol::udp    ? 6
                         : protocol == weir::ip_protocol::icmpv6 ? 2
                                                                 : 0;
  if (at == 0 || upper.size() < at + 2) return;
  patch16(upper, at, 0);
  const std::uint64_t pseudo = std::uint64_t{protocol} + upper.size() +
                               (~internet_checksum(addresses) & 0xFFFFU);  // the sum, not its complement
  const std::uint16_t sum = internet_checksum(upper, pseudo);
  patch16(upper, at, protocol == weir::ip_protocol::udp && sum == 0 ? 0xFFFF : sum);
}

// --- Layer 3

struct Ipv4 {
  std::string src = "10.0.0.1", dst = "10.0.0.2";
  std::uint8_t ttl = 64, tos = 0;
  std::uint16_t id = 0;
  bool dont_fragment = false, more_fragments = false;
  std::uint16_t fragment_offset = 0;  ///< bytes, a multiple of 8
  Bytes options{};                    ///< padded with "end of options" to a multiple of four
  int total_length = -1;              ///< what the header claims; -1: the truth
};

[[nodiscard]] inline Layer ipv4(const Ipv4& h, const Layer& upper) {
  Bytes options = h.options;
  while (options.size() % 4 != 0) put8(options, 0);
  const std::size_t header = 20 + options.size();
  const std::size_t total =
      h.total_length < 0 ? header + upper.bytes.size() : static_cast<std::size_t>(h.total_length);
  Bytes out;
  put8(out, 0x40 | (header / 4));
  put8(out, h.tos);
  put16(out, total);
  put16(out, h.id);
  put16(out, (h.dont_fragment ? 0x4000U : 0U) | (h.more_fragments ? 0x2000U : 0U) | (h.fragment_offset / 8U));
  put8(out, h.ttl);
  put8(out, upper.protocol);
  put16(out, 0);
  put_ipv4(out, h.src);
  put_ipv4(out, h.dst);
  put(out, options);
  patch16(out, 10, internet_checksum(out));
  Bytes inner = upper.bytes;
  if (!h.more_fragments && h.fragment_offset == 0) {
    fill_checksum(inner, upper.protocol, std::span(out).subspan(12, 8));
  }
  put(out, inner);
  return {std::move(out), weir::ip_protocol::ipip, 0x0800};
}

/// The packet in pieces: every one but the last carries `piece` bytes (a multiple of 8) of the upper layer.
[[nodiscard]] inline std::vector<Layer> ipv4_fragments(Ipv4 h, const Layer& upper, std::size_t piece) {
  Bytes whole = upper.bytes;
  Bytes addresses;
  put_ipv4(addresses, h.src);
  put_ipv4(addresses, h.dst);
  fill_checksum(whole, upper.protocol, addresses);
  std::vector<Layer> out;
  for (std::size_t at = 0; at < whole.size(); at += piece) {
    const std::size_t size = std::min(piece, whole.size() - at);
    h.fragment_offset = static_cast<std::uint16_t>(at);
    h.more_fragments = at + size < whole.size();
    const auto part = std::span(whole).subspan(at, size);
    out.push_back(ipv4(h, raw(Bytes(part.begin(), part.end()), upper.protocol)));
  }
  return out;
}

struct Ipv6 {
  std::string src = "2001:db8::1", dst = "2001:db8::2";
  std::uint8_t hop_limit = 64, traffic_class = 0;
  std::uint32_t flow_label = 0;
  int payload_length = -1;  ///< what the header claims; -1: the truth
};

/// `upper` may begin with extension headers. Its checksum is filled in when it does not.
[[nodiscard]] inline Layer ipv6(const Ipv6& h, const Layer& upper) {
  Bytes out;
  put32(out, 0x60000000U | (std::uint32_t{h.traffic_class} << 20) | h.flow_label);
  put16(out, h.payload_length < 0 ? upper.bytes.size() : static_cast<std::size_t>(h.payload_length));
  put8(out, upper.protocol);
  put8(out, h.hop_limit);
  put(out, ip(h.src));
  put(out, ip(h.dst));
  Bytes inner = upper.bytes;
  fill_checksum(inner, upper.protocol, std::span(out).subspan(8, 32));
  put(out, inner);
  return {std::move(out), weir::ip_protocol::ipv6, 0x86DD};
}

/// Hop-by-hop (0), destination (60), mobility (135): `octets` bytes in all, a multiple of 8.
[[nodiscard]] inline Layer extension(std::uint8_t kind, const Layer& next, std::size_t octets = 8) {
  Bytes out;
  put8(out, next.protocol);
  put8(out, octets / 8 - 1);
  put8(out, 1);  // PadN over the rest; in a mobility header a checksum of no meaning
  put8(out, octets - 4);
  out.resize(octets);
  put(out, next.bytes);
  return {std::move(out), kind};
}
[[nodiscard]] inline Layer routing(const Layer& next) {
  Bytes out = bytes_of({next.protocol, 2, 4, 0, 0, 0, 0, 0});  // segment routing, no segments left
  put(out, ip("2001:db8::99"));
  put(out, next.bytes);
  return {std::move(out), 43};
}
/// Authentication header (RFC 4302) with a check value of 12 bytes.
[[nodiscard]] inline Layer authentication(const Layer& next) {
  Bytes out = bytes_of({next.protocol, 4, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1});
  out.resize(24);
  put(out, next.bytes);
  return {std::move(out), 51};
}

struct Ipv6Fragment {
  std::uint32_t id = 1;
  std::uint16_t offset = 0;  ///< bytes, a multiple of 8
  bool more = true;
};
[[nodiscard]] inline Layer fragment(const Ipv6Fragment& h, const Layer& next) {
  Bytes out = bytes_of({next.protocol, 0});
  put16(out, h.offset | (h.more ? 1U : 0U));
  put32(out, h.id);
  put(out, next.bytes);
  return {std::move(out), 44};
}
[[nodiscard]] inline std::vector<Layer> ipv6_fragments(const Ipv6& h, const Layer& upper, std::size_t piece,
                                                       std::uint32_t id = 1) {
  Bytes whole = upper.bytes;
  Bytes addresses;
  put(addresses, ip(h.src));
  put(addresses, ip(h.dst));
  fill_checksum(whole, upper.protocol, addresses);
  std::vector<Layer> out;
  for (std::size_t at = 0; at < whole.size(); at += piece) {
    const std::size_t size = std::min(piece, whole.size() - at);
    const auto part = std::span(whole).subspan(at, size);
    out.push_back(ipv6(h, fragment({id, static_cast<std::uint16_t>(at), at + size < whole.size()},
                                   raw(Bytes(part.begin(), part.end()), upper.protocol))));
  }
  return out;
}

struct Arp {
  std::uint16_t operation = 1;
  std::string src = "10.0.0.1", dst = "10.0.0.2";
};
[[nodiscard]] inline Layer arp(const Arp& h) {
  Bytes out = bytes_of({0, 1, 8, 0, 6, 4});
  put16(out, h.operation);
  put(out, bytes_of({2, 0, 0, 0, 0, 1}));
  put_ipv4(out, h.src);
  put(out, bytes_of({0, 0, 0, 0, 0, 0}));
  put_ipv4(out, h.dst);
  return {std::move(out), 253, 0x0806};
}

// --- Tunnels. GRE goes into ipv4() or ipv6(); VXLAN and GTP-U go into udp().

struct Gre {
  bool checksum = false, has_key = false, sequence = false;
  std::uint32_t key = 0;
};
[[nodiscard]] inline Layer gre(const Gre& h, const Layer& inner) {
  Bytes out;
  put16(out, (h.checksum ? 0x8000U : 0U) | (h.has_key ? 0x2000U : 0U) | (h.sequence ? 0x1000U : 0U));
  put16(out, inner.ether_type);
  if (h.checksum) put32(out, 0);
  if (h.has_key) put32(out, h.key);
  if (h.sequence) put32(out, 7);
  put(out, inner.bytes);
  return {std::move(out), weir::ip_protocol::gre};
}
/// `inner` is a frame: ethernet(...).
[[nodiscard]] inline Layer vxlan(std::uint32_t vni, const Layer& inner) {
  Bytes out = bytes_of({8, 0, 0, 0});
  put24(out, vni);
  put8(out, 0);
  put(out, inner.bytes);
  return raw(std::move(out));
}
/// `inner` is an IP packet or a frame. With `extension`: a sequence number and a PDU session container (5G).
[[nodiscard]] inline Layer gtp_u(std::uint32_t teid, const Layer& inner, bool extension = false) {
  Bytes more = extension ? bytes_of({0, 7, 0, 0x85, 1, 0, 9, 0}) : Bytes{};
  Bytes out = bytes_of({extension ? 0x36U : 0x30U, 0xFF});
  put16(out, more.size() + inner.bytes.size());
  put32(out, teid);
  put(out, more);
  put(out, inner.bytes);
  return raw(std::move(out));
}

// --- Layer 2. What these return is a frame; ether_type 0x6558 lets GRE carry it.

struct Ethernet {
  weir::MacAddress src{2, 0, 0, 0, 0, 1}, dst{2, 0, 0, 0, 0, 2};
};
[[nodiscard]] inline Layer ethernet(const Ethernet& h, const Layer& inner) {
  Bytes out;
  put(out, h.dst);
  put(out, h.src);
  put16(out, inner.ether_type);
  put(out, inner.bytes);
  return {std::move(out), 143, 0x6558};
}
/// Goes into ethernet(); nest two of them for QinQ.
[[nodiscard]] inline Layer vlan(std::uint16_t id, const Layer& inner, std::uint16_t tpid = 0x8100) {
  Bytes out;
  put16(out, 0x6000U | id);  // priority 3
  put16(out, inner.ether_type);
  put(out, inner.bytes);
  return {std::move(out), 253, tpid};
}
[[nodiscard]] inline Layer mpls(std::initializer_list<std::uint32_t> labels, const Layer& inner) {
  Bytes out;
  std::size_t left = labels.size();
  for (const std::uint32_t label : labels) put32(out, (label << 12) | (--left == 0 ? 0x100U : 0U) | 64U);
  put(out, inner.bytes);
  return {std::move(out), 137, 0x8847};
}
/// The PPP protocol number of a layer.
[[nodiscard]] inline std::uint16_t ppp_protocol(const Layer& inner) {
  return inner.ether_type == 0x0800 ? 0x0021 : inner.ether_type == 0x86DD ? 0x0057 : 0xC021;
}
[[nodiscard]] inline Layer pppoe(std::uint16_t session, const Layer& inner) {
  Bytes out = bytes_of({0x11, 0});
  put16(out, session);
  put16(out, 2 + inner.bytes.size());
  put16(out, ppp_protocol(inner));
  put(out, inner.bytes);
  return {std::move(out), 253, 0x8864};
}
/// 802.2 LLC with a SNAP header.
[[nodiscard]] inline Layer snap(const Layer& inner) {
  Bytes out = bytes_of({0xAA, 0xAA, 3, 0, 0, 0});
  put16(out, inner.ether_type);
  put(out, inner.bytes);
  const auto length = static_cast<std::uint16_t>(out.size());
  return {std::move(out), 253, length};  // an 802.3 frame has its length where Ethernet has the type
}

// --- Other links

/// Linux "cooked" capture, version 1 (link type 113).
[[nodiscard]] inline Layer linux_cooked(const Layer& inner) {
  Bytes out = bytes_of({0, 4, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0});
  put16(out, inner.ether_type);
  put(out, inner.bytes);
  return raw(std::move(out));
}
/// Version 2 (276).
[[nodiscard]] inline Layer linux_cooked2(const Layer& inner) {
  Bytes out;
  put16(out, inner.ether_type);
  put(out, bytes_of({0, 0, 0, 0, 0, 2, 0, 1, 4, 6, 2, 0, 0, 0, 0, 1, 0, 0}));
  put(out, inner.bytes);
  return raw(std::move(out));
}
/// BSD loopback (0); `family` in the byte order of the machine that captured.
[[nodiscard]] inline Layer null_link(std::uint32_t family, bool little, const Layer& inner) {
  Bytes out;
  little ? put32_little(out, family) : put32(out, family);
  put(out, inner.bytes);
  return raw(std::move(out));
}
/// PPP (9), with the address and control bytes of HDLC or without them.
[[nodiscard]] inline Layer ppp(const Layer& inner, bool hdlc = true) {
  Bytes out = hdlc ? bytes_of({0xFF, 3}) : Bytes{};
  put16(out, ppp_protocol(inner));
  put(out, inner.bytes);
  return raw(std::move(out));
}
/// Cisco HDLC (104).
[[nodiscard]] inline Layer cisco_hdlc(const Layer& inner) {
  Bytes out = bytes_of({0x0F, 0});
  put16(out, inner.ether_type);
  put(out, inner.bytes);
  return raw(std::move(out));
}
/// An 802.11 data frame from a station to its access point (105), with or without QoS.
[[nodiscard]] inline Layer wifi(const Layer& inner, bool qos = true) {
  Bytes out = bytes_of({qos ? 0x88U : 0x08U, 0x01, 0, 0});
  put(out, bytes_of({2, 0, 0, 0, 0, 9}));  // the access point
  put(out, bytes_of({2, 0, 0, 0, 0, 1}));  // source
  put(out, bytes_of({2, 0, 0, 0, 0, 2}));  // destination
  put16(out, 0x1000);
  if (qos) put16(out, 0);
  put(out, snap(inner).bytes);
  return raw(std::move(out));
}
/// A radiotap header (127) with time stamp and flags in front of an 802.11 frame.
[[nodiscard]] inline Layer radiotap(const Layer& frame, std::uint8_t flags = 0) {
  Bytes out = bytes_of({0, 0, 17, 0, 3, 0, 0, 0});
  out.resize(16);
  put8(out, flags);
  put(out, frame.bytes);
  return raw(std::move(out));
}
/// PPP with the direction in the place of the address byte (166), or in front of all (204).
[[nodiscard]] inline Layer ppp_pppd(const Layer& inner) {
  Layer out = ppp(inner);
  out.bytes[0] = std::byte{1};
  return out;
}
[[nodiscard]] inline Layer ppp_with_direction(const Layer& inner, bool hdlc = true) {
  return raw(joined(bytes_of({0}), ppp(inner, hdlc).bytes));
}
/// RFC 1483 on ATM (100): LLC and SNAP.
[[nodiscard]] inline Layer atm_llc(const Layer& inner) { return raw(snap(inner).bytes); }
/// OpenBSD's IPsec interface (109) and packet filter log (117), Solaris' IP observability (226).
[[nodiscard]] inline Layer enc(std::uint32_t family, const Layer& inner) {
  return raw(joined(null_link(family, true, raw(filler(8).bytes)).bytes, inner.bytes));
}
[[nodiscard]] inline Layer pflog(std::uint8_t family, const Layer& inner) {
  Bytes out = bytes_of({61, family});
  out.resize(64, std::byte{0xA5});
  put(out, inner.bytes);
  return raw(std::move(out));
}
[[nodiscard]] inline Layer ipnet(std::uint8_t family, const Layer& inner) {
  Bytes out = bytes_of({2, family});
  out.resize(24, std::byte{0xA5});
  put(out, inner.bytes);
  return raw(std::move(out));
}
/// An attribute of the netfilter log, in the byte order of the machine or the file.
inline void put_attribute(Bytes& out, std::uint16_t type, const Bytes& value, bool little) {
  little ? put16_little(out, value.size() + 4) : put16(out, value.size() + 4);
  little ? put16_little(out, type) : put16(out, type);
  put(out, value);
  while (out.size() % 4 != 0) put8(out, 0);
}
/// Linux' netfilter log (239) with a prefix in front of the packet.
[[nodiscard]] inline Layer nflog(std::uint8_t family, const Layer& inner,
                                 bool little = std::endian::native == std::endian::little,
                                 unsigned ether_type = 0) {
  Bytes out = bytes_of({family, 0, 0, 5});
  if (ether_type > 0) put_attribute(out, 1, bytes_of({ether_type >> 8, ether_type & 0xFF, 3, 0}), little);
  put_attribute(out, 10, text("drop!").bytes, little);
  put_attribute(out, 9, inner.bytes, little);
  return raw(std::move(out));
}
/// A per-packet information header (192) without fields.
[[nodiscard]] inline Layer ppi(std::uint32_t link_type, const Layer& frame) {
  Bytes out = bytes_of({0, 0, 8, 0});
  put32_little(out, link_type);
  put(out, frame.bytes);
  return raw(std::move(out));
}

// --- What captures do to frames

/// Zeros up to the shortest Ethernet frame.
[[nodiscard]] inline Layer padded(Layer frame, std::size_t size = 60) {
  frame.bytes.resize(std::max(size, frame.bytes.size()));
  return frame;
}

}  // namespace packet_bytes
