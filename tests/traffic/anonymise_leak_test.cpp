// No original address, and nothing else that is to be hidden, is left in any kind of frame, whole or cut at
// any byte: addresses stand in headers, in options, in what is quoted and in what is carried.
#include <weir/core/rng.hpp>
#include <weir/traffic/anonymise/anonymise_frame.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <span>
#include <string>
#include <vector>

#include <traffic/packet_bytes.hpp>

using namespace weir;
using namespace packet_bytes;

namespace {

constexpr AnonymiseKey key{3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3,
                           2, 3, 8, 4, 6, 2, 6, 4, 3, 3, 8, 3, 2, 7, 9, 5};

// Everything secret has one of these beginnings. Of an address three bytes are already too much.
const std::vector<Bytes> secrets{bytes_of({198, 18, 77}), bytes_of({0x20, 0x01, 0x0D, 0xB8, 0xC0, 0xDE}),
                                 bytes_of({0x0C, 0x77, 0x88}), bytes_of({0xDE, 0xAD, 0xBE}),
                                 text("S3cr").bytes};
const Bytes v4 = bytes_of({198, 18, 77, 9});
const Bytes v6 = [] {
  Bytes out;
  put(out, ip("2001:db8:c0de:1::9"));
  return out;
}();
const Bytes mac = bytes_of({0x0C, 0x77, 0x88, 1, 2, 3});
const Bytes number = bytes_of({0xDE, 0xAD, 0xBE, 0xEF});

Bytes all(std::initializer_list<Bytes> parts) {
  Bytes out;
  for (const Bytes& part : parts) put(out, part);
  return out;
}

const Ipv4 four{.src = "198.18.77.1", .dst = "198.18.77.2", .id = 0xDEAD};
const Ipv6 six{.src = "2001:db8:c0de::1", .dst = "2001:db8:c0de::2", .flow_label = 0xEADBE};
Layer framed(const Layer& inner) {
  return ethernet({.src = {0x0C, 0x77, 0x88, 0, 0, 1}, .dst = {0x0C, 0x77, 0x88, 0, 0, 2}}, inner);
}
Layer secret_text() { return text("S3cr3t of a host"); }
Layer plain() { return ipv4(four, udp({}, secret_text())); }

Layer tcp_with(const Bytes& options) { return tcp({.seq = 1, .ack = 2, .options = options}, secret_text()); }
/// An IPv6 extension header whose contents are all secret.
Layer secret_extension(std::uint8_t kind, const Layer& next, const Bytes& contents) {
  Bytes out = bytes_of({next.protocol, 0});
  put(out, contents);
  out.resize((out.size() + 7) / 8 * 8);
  out[1] = static_cast<std::byte>(out.size() / 8 - 1);
  put(out, next.bytes);
  return {std::move(out), kind};
}
Layer secret_route(std::uint8_t type, const Layer& next) {
  return secret_extension(43, next, all({bytes_of({type, 1, 0, 0, 0, 0}), v6, v6}));
}
Layer secret_authentication(const Layer& next) {
  Layer out = authentication(next);
  for (const std::size_t at : {4U, 8U, 12U, 16U, 20U})
    std::copy(number.begin(), number.end(), out.bytes.begin() + static_cast<std::ptrdiff_t>(at));
  return out;
}
Layer stamped(std::size_t size, Layer frame) {  // a capturing machine's own header, all but its first bytes
  for (std::size_t at = 2; at + 4 <= size; at += 4)
    std::copy(number.begin(), number.end(), frame.bytes.begin() + static_cast<std::ptrdiff_t>(at));
  return frame;
}
Layer cooked_tunnel() {
  Layer frame = linux_cooked(plain());
  patch16(frame.bytes, 4, 4);  // the link's address is an IPv4 address
  std::copy(v4.begin(), v4.end(), frame.bytes.begin() + 6);
  return frame;
}
Layer secret_wifi() {
  Layer frame = wifi(plain());
  for (const std::size_t at : {4U, 10U, 16U})
    std::copy(mac.begin(), mac.end(), frame.bytes.begin() + static_cast<std::ptrdiff_t>(at));
  return frame;
}
Layer secret_radiotap() {
  Layer frame = radiotap(secret_wifi());
  std::copy(number.begin(), number.end(), frame.bytes.begin() + 8);
  return frame;
}
Layer secret_nflog(std::uint8_t family) {
  Bytes out = bytes_of({family, 0, 0, 5});
  constexpr bool little = std::endian::native == std::endian::little;
  put_attribute(out, 1, joined(bytes_of({8, 0}), number), little);
  put_attribute(out, 8, all({bytes_of({0, 6, 0, 0}), mac, bytes_of({0, 0})}), little);
  put_attribute(out, 10, text("S3cret rule").bytes, little);
  put_attribute(out, 11, number, little);
  put_attribute(out, 9, plain().bytes, little);
  put_attribute(out, 10, text("S3cret again").bytes, little);
  return raw(std::move(out));
}

/// Two fields full of secrets, of which the second is not a multiple of four bytes, and part of one behind.
Layer secret_ppi(std::uint32_t link, const Layer& frame, bool aligned) {
  Bytes fields = bytes_of({2, 0, 8, 0});
  put(fields, joined(number, v4));
  put(fields, bytes_of({0x32, 0x75, 6, 0}));
  put(fields, mac);
  if (aligned) put(fields, bytes_of({0, 0}));
  put(fields, bytes_of({5, 0, 200, 0}));
  put(fields, number);
  Layer out = ppi(link, raw(joined(fields, frame.bytes)));
  out.bytes[1] = std::byte{aligned};
  out.bytes[2] = static_cast<std::byte>(8 + fields.size());
  return out;
}
/// The kind of device says what follows.
Layer cooked_device(std::uint16_t device, const Layer& frame) {
  Layer out = linux_cooked(frame);
  patch16(out.bytes, 2, device);
  return out;
}

struct Sample {
  std::string name;
  int link;
  Layer frame;
};

void add_options(std::vector<Sample>& out) {
  const std::vector<std::pair<std::string, Bytes>> options{
      {"multipath", all({bytes_of({1, 30, 8, 0x34, 7}), v4, option_window_scale(7)})},
      {"multipath of IPv6", all({bytes_of({30, 20, 0x34, 7}), v6, option_mss(1460)})},
      {"multipath behind others",
       all({option_mss(1460), option_sack_permitted(), bytes_of({30, 10, 0x34, 7}), v4, bytes_of({1, 1})})},
      {"unknown", all({bytes_of({253, 12}), v4, number, bytes_of({0, 0}), option_mss(1400)})},
      {"cookie", all({bytes_of({34, 10}), text("S3cr3t..").bytes})},
      {"digest", all({bytes_of({19, 18}), text("S3cr3t..S3cr3t..").bytes})},
      {"time stamps", all({option_nop(), option_nop(), option_timestamps(0xDEADBEEF, 0xDEADBEEF)})},
      {"behind the end", all({bytes_of({0, 1, 1, 1}), v4, number})},
      {"length 0", all({bytes_of({8, 0}), v4, number})},
      {"length beyond", all({bytes_of({2, 40}), v4, number})},
      {"wrong length", all({bytes_of({2, 6}), v4, bytes_of({3, 6}), v4})}};
  for (const auto& [name, bytes] : options) {
    out.push_back({"TCP option: " + name, 1, framed(ipv4(four, tcp_with(bytes)))});
    out.push_back({"TCP option, IPv6: " + name, 1, framed(ipv6(six, tcp_with(bytes)))});
  }
  Ipv4 route = four;
  route.options =
      all({bytes_of({7, 11, 12}), v4, v4, bytes_of({131, 7, 4}), v4, bytes_of({68, 12, 5, 1}), v4, number});
  out.push_back({"IPv4 options", 1, framed(ipv4(route, tcp_with(option_mss(9))))});
  out.push_back(
      {"IPv4 options and authentication", 1, framed(ipv4(route, secret_authentication(tcp_with({}))))});
}

void add_extensions(std::vector<Sample>& out) {
  const Layer end = tcp_with(option_timestamps(0xDEADBEEF, 1));
  const Bytes home = all({bytes_of({1, 2, 0, 0, 201, 16}), v6});
  for (const std::uint8_t kind :
       {std::uint8_t{0}, std::uint8_t{60}, std::uint8_t{135}, std::uint8_t{139}, std::uint8_t{140}}) {
    const Bytes contents = kind < 135 ? home : all({bytes_of({5, 0}), number, v6, text("S3cr3t").bytes});
    out.push_back(
        {"extension " + std::to_string(kind), 1, framed(ipv6(six, secret_extension(kind, end, contents)))});
    Bytes longer = contents;
    for (int i = 0; i < 20; ++i) put(longer, all({v6, number}));
    out.push_back({"long extension " + std::to_string(kind), 1,
                   framed(ipv6(six, secret_extension(kind, end, longer)))});
  }
  for (const std::uint8_t type :
       {std::uint8_t{0}, std::uint8_t{2}, std::uint8_t{3}, std::uint8_t{4}, std::uint8_t{99}}) {
    out.push_back({"route " + std::to_string(type), 1, framed(ipv6(six, secret_route(type, end)))});
  }
  out.push_back({"authentication", 1, framed(ipv6(six, secret_authentication(end)))});
  out.push_back(
      {"all of them", 1,
       framed(ipv6(six, secret_extension(
                            0, secret_route(0, fragment({.id = 0xDEADBEEF}, secret_extension(60, end, home))),
                            home)))});
  out.push_back({"atomic fragment", 1, framed(ipv6(six, fragment({.id = 0xDEADBEEF, .more = false}, end)))});
  for (const Layer& piece : ipv6_fragments(six, udp({}, raw(all({v6, v4, v6, v4, v6, v4}))), 24, 0xDEADBEEF))
    out.push_back({"IPv6 fragment", 1, framed(piece)});
  for (const Layer& piece : ipv4_fragments(four, udp({}, raw(all({v6, v4, v6, v4, v6, v4}))), 24))
    out.push_back({"IPv4 fragment", 1, framed(piece)});
}

void add_messages(std::vector<Sample>& out) {
  const Layer quoted = ipv4(four, tcp_with({}));
  for (unsigned type = 0; type < 48; ++type) {
    Layer message = icmp({.type = static_cast<std::uint8_t>(type)}, raw(all({quoted.bytes, v4})));
    const bool tells = type == 5 || type == 9 || type == 10 || type > 18;
    if (tells) std::copy(v4.begin(), v4.end(), message.bytes.begin() + 4);
    out.push_back({"ICMP " + std::to_string(type), 1, framed(ipv4(four, message))});
  }
  for (unsigned type = 0; type < 256; ++type) {
    Layer message =
        icmpv6({.type = static_cast<std::uint8_t>(type)}, raw(all({v6, bytes_of({1, 1}), mac, v6, mac})));
    if (type == 0 || (type > 4 && type < 128) || type > 150)
      std::copy(v4.begin(), v4.end(), message.bytes.begin() + 4);
    out.push_back({"ICMPv6 " + std::to_string(type), 1, framed(ipv6(six, message))});
  }
  const Bytes dns = all({bytes_of({1, 2, 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0}), text("S3cr3t").bytes, v4, v6});
  const Bytes dhcp = all({bytes_of({2, 1, 6, 0, 1, 2, 3, 4, 0, 0, 0, 0}), v4, v4, v4, v4, mac});
  out.push_back({"DNS", 1, framed(ipv4(four, udp({.dst_port = 53}, raw(dns))))});
  out.push_back({"DHCP", 1, framed(ipv4(four, udp({.src_port = 67, .dst_port = 68}, raw(dhcp))))});
  out.push_back(
      {"SIP", 1, framed(ipv4(four, udp({.dst_port = 5060}, text("INVITE sip:S3cr3t@198.18.77.1"))))});
  out.push_back(
      {"SCTP", 1, framed(ipv4(four, sctp({}, raw(all({bytes_of({1, 0, 0, 20, 0, 5, 0, 8}), v4})))))});
  out.push_back({"ESP", 1, framed(ipv4(four, raw(all({number, v4}), 50)))});
  Layer asks = arp({.src = "198.18.77.1", .dst = "198.18.77.2"});
  std::copy(mac.begin(), mac.end(), asks.bytes.begin() + 8);
  std::copy(mac.begin(), mac.end(), asks.bytes.begin() + 18);
  out.push_back({"ARP", 1, framed(padded(asks))});
  asks.bytes[2] = std::byte{9};  // of another network protocol
  out.push_back({"ARP of something else", 1, framed(asks)});
  out.push_back({"LLDP", 1, framed(raw(all({mac, v4, v6}), 253, 0x88CC))});
  out.push_back({"802.3", 1, framed(raw(all({bytes_of({0x42, 0x42, 3}), mac, v4}), 253, 40))});
}

void add_carriers(std::vector<Sample>& out) {
  const Layer inner = framed(plain());
  const auto tagged = joined(bytes_of({0, 0, 0, 1}), inner.bytes);
  out.push_back({"GRE", 1, framed(ipv4(four, gre({}, plain())))});
  out.push_back({"IP in IP", 1, framed(ipv4(four, plain()))});
  out.push_back({"IP in IPv6", 1, framed(ipv6(six, plain()))});
  for (const unsigned port : {1701U, 2152U, 3544U, 4341U, 4754U, 4789U, 4790U, 5247U, 6081U, 6635U, 8472U}) {
    out.push_back({"UDP tunnel", 1,
                   framed(ipv4(four, udp({.dst_port = static_cast<std::uint16_t>(port)}, vxlan(5, inner))))});
  }
  out.push_back({"GTP-U", 1, framed(ipv4(four, udp({.dst_port = 2152}, gtp_u(7, plain()))))});
  out.push_back({"MPLS", 1, framed(mpls({16, 17}, plain()))});
  out.push_back({"pseudo-wire", 1, framed(mpls({16}, raw(inner.bytes)))});
  out.push_back({"pseudo-wire with control word", 1, framed(mpls({16}, raw(tagged)))});
  out.push_back({"pseudo-wire in PPP", 9,
                 raw(joined(bytes_of({0xFF, 3, 2, 0x81}), mpls({16}, raw(inner.bytes)).bytes))});
  out.push_back({"pseudo-wire in Linux cooked", 113, linux_cooked(mpls({16}, raw(tagged)))});
  out.push_back({"pseudo-wire in wifi", 105, wifi(mpls({16}, raw(inner.bytes)))});
  Layer session = pppoe(0xDEAD, plain());
  session.bytes[1] = std::byte{0};
  out.push_back({"PPPoE", 1, framed(session)});
  out.push_back({"tags", 1, framed(vlan(1, vlan(2, vlan(3, plain()))))});
  out.push_back({"SNAP", 1, framed(snap(plain()))});
}

void add_links(std::vector<Sample>& out) {
  Layer cooked = linux_cooked(plain());
  std::copy(mac.begin(), mac.end(), cooked.bytes.begin() + 6);
  Layer cooked2 = linux_cooked2(plain());
  std::copy(mac.begin(), mac.end(), cooked2.bytes.begin() + 12);
  out.insert(out.end(),
             {{"cooked", 113, cooked},
              {"cooked 2", 276, cooked2},
              {"cooked tunnel", 113, cooked_tunnel()},
              {"null", 0, null_link(2, true, plain())},
              {"loop", 108, null_link(2, false, plain())},
              {"raw", 12, plain()},
              {"IPv4", 228, plain()},
              {"PPP", 9, ppp(plain())},
              {"PPP, short", 9, ppp(plain(), false)},
              {"pppd", 166, ppp_pppd(plain())},
              {"PPP with direction", 204, ppp_with_direction(plain())},
              {"HDLC", 104, cisco_hdlc(plain())},
              {"ATM", 100, atm_llc(plain())},
              {"wifi", 105, secret_wifi()},
              {"radiotap", 127, secret_radiotap()},
              {"radiotap with an ether type of its own", 127, radiotap(wifi(arp({.src = "198.18.77.1"})))},
              {"PPI", 192, ppi(105, secret_wifi())},
              {"PPI with fields", 192, secret_ppi(105, secret_wifi(), false)},
              {"PPI with aligned fields", 192, secret_ppi(1, framed(plain()), true)},
              {"PPI of radiotap", 192, secret_ppi(127, secret_radiotap(), false)},
              {"PPI of Linux cooked", 192, secret_ppi(113, cooked, false)},
              {"PPI of labels", 192, secret_ppi(1, framed(mpls({16}, raw(framed(plain()).bytes))), false)},
              {"PPI of a firewall", 192, secret_ppi(117, stamped(64, pflog(2, plain())), true)},
              {"PPI of PPI", 192, secret_ppi(192, secret_ppi(1, framed(plain()), false), false)},
              {"cooked radiotap", 113, cooked_device(803, secret_radiotap())},
              {"enc", 109, stamped(0, enc(2, plain()))},
              {"pflog", 117, stamped(64, pflog(2, plain()))},
              {"ipnet", 226, stamped(24, ipnet(2, plain()))},
              {"nflog", 239, secret_nflog(2)},
              {"nflog of a bridge", 239, secret_nflog(7)},
              {"CAN", 227, plain()},
              {"private", 147, framed(plain())}});
}

std::vector<Sample> samples() {
  std::vector<Sample> out;
  add_options(out);
  add_extensions(out);
  add_messages(out);
  add_carriers(out);
  add_links(out);
  return out;
}

/// The secret that is still there, or nothing.
std::string leak(std::span<const std::byte> bytes) {
  for (std::size_t i = 0; i < secrets.size(); ++i) {
    const auto found = std::search(bytes.begin(), bytes.end(), secrets[i].begin(), secrets[i].end());
    if (found != bytes.end())
      return "secret " + std::to_string(i) + " at byte " + std::to_string(found - bytes.begin());
  }
  return {};
}

Bytes anonymised(Anonymiser& hide, const Sample& sample, std::size_t captured) {
  Bytes bytes(sample.frame.bytes.begin(), sample.frame.bytes.begin() + static_cast<std::ptrdiff_t>(captured));
  bytes.shrink_to_fit();
  const auto wire = static_cast<std::uint32_t>(sample.frame.bytes.size());
  const std::size_t stays = anonymise_frame(hide, bytes, sample.link, wire);
  REQUIRE(stays <= captured);
  bytes.resize(stays);
  return bytes;
}
Packet read(const Sample& sample, std::span<const std::byte> bytes) {
  Packet p;
  parse_packet(p, sample.link, bytes, static_cast<std::uint32_t>(sample.frame.bytes.size()), 0);
  return p;
}

}  // namespace

TEST_CASE("nothing that is to be hidden is left, of any kind of frame, cut at any byte") {
  Anonymiser hide(key);
  for (const Sample& sample : samples()) {
    CAPTURE(sample.name);
    REQUIRE_FALSE(leak(sample.frame.bytes).empty());
    for (std::size_t captured = 0; captured <= sample.frame.bytes.size(); ++captured) {
      const std::string left = leak(anonymised(hide, sample, captured));
      if (left.empty()) continue;
      CAPTURE(captured);
      CHECK(left == "");
      break;
    }
  }
}

TEST_CASE("what is left is still the same packet") {
  Anonymiser hide(key);
  for (const Sample& sample : samples()) {
    CAPTURE(sample.name);
    const Packet before = read(sample, sample.frame.bytes);
    const Bytes bytes = anonymised(hide, sample, sample.frame.bytes.size());
    const Packet after = read(sample, bytes);
    if (after.ip_version == 0) {
      CHECK(before.ip_version == 0);
      continue;
    }
    CHECK(after.ip_version == before.ip_version);
    CHECK(after.src == hide.address(before.src, before.ip_version));
    CHECK(after.dst == hide.address(before.dst, before.ip_version));
    CHECK(after.protocol == before.protocol);
    CHECK(after.src_port == before.src_port);
    CHECK(after.dst_port == before.dst_port);
    CHECK(after.ip_length == before.ip_length);
    CHECK(after.ip_header_length == before.ip_header_length);
    CHECK(after.has_l4 == before.has_l4);
    CHECK(after.payload_length == before.payload_length);
    CHECK(after.fragment == before.fragment);
    CHECK(after.tcp_seq == before.tcp_seq);
    CHECK(after.tcp_flags == before.tcp_flags);
    CHECK(after.ttl == before.ttl);
    if (after.ip_version != 4) continue;
    const std::size_t header = 4 * (std::to_integer<std::size_t>(after.ip[0]) & 15U);
    CHECK(internet_checksum(after.ip.first(header)) == 0);
  }
}

TEST_CASE("what stays on request stays, and no more") {
  const Sample stamps{
      "", 1, framed(ipv4(four, tcp_with(joined(option_timestamps(0xDEADBEEF, 7), option_mss(1460)))))};
  const Sample label{"", 1, framed(ipv6(six, tcp_with(option_timestamps(0xDEADBEEF, 7))))};
  Anonymiser hide(key), keep_stamps(key, {.keep_tcp_timestamps = true}), keep_id(key, {.keep_ip_id = true}),
      keep_label(key, {.keep_flow_label = true});
  const auto read_by = [](Anonymiser& by, const Sample& sample) {
    static Bytes bytes;
    bytes = anonymised(by, sample, sample.frame.bytes.size());
    return read(sample, bytes);
  };
  const Packet plain_packet = read_by(hide, stamps);
  CHECK(plain_packet.tcp_timestamps);
  CHECK(plain_packet.tcp_ts_value == 0);
  CHECK(plain_packet.tcp_ts_echo == 0);
  CHECK(plain_packet.tcp_mss == 1460);
  CHECK(read_by(keep_stamps, stamps).tcp_ts_value == 0xDEADBEEF);
  CHECK(read_by(keep_id, stamps).tcp_ts_value == 0);
  const auto id_of = [&](Anonymiser& by) {
    const Packet p = read_by(by, stamps);
    return std::to_integer<unsigned>(p.ip[4]) << 8 | std::to_integer<unsigned>(p.ip[5]);
  };
  CHECK(id_of(hide) == 0);
  CHECK(id_of(keep_id) == 0xDEAD);
  CHECK(id_of(keep_label) == 0);
  const auto label_of = [&](Anonymiser& by) {
    const Packet p = read_by(by, label);
    return (std::to_integer<unsigned>(p.ip[1]) & 15U) << 16 | std::to_integer<unsigned>(p.ip[2]) << 8 |
           std::to_integer<unsigned>(p.ip[3]);
  };
  CHECK(label_of(hide) == 0);
  CHECK(label_of(keep_label) == 0xEADBE);
  Packet p = read(stamps, stamps.frame.bytes);
  keep_stamps.hide(p);
  CHECK(p.tcp_ts_value == 0xDEADBEEF);
  hide.hide(p);
  CHECK(p.tcp_ts_value == 0);
}

TEST_CASE("a checksum that was not filled in does not tell the addresses") {
  Anonymiser hide(key);
  Sample sample{"", 1, framed(ipv4(four, tcp_with({})))};
  patch16(sample.frame.bytes, 14 + 10, 0);
  patch16(sample.frame.bytes, 14 + 20 + 16, 0);
  const Bytes left = anonymised(hide, sample, sample.frame.bytes.size());
  for (const std::size_t at : {14U + 10U, 14U + 20U + 16U}) {
    CHECK(left[at] == std::byte{0});
    CHECK(left[at + 1] == std::byte{0});
  }
}

TEST_CASE("what tells tunnels apart is no digest of their open addresses") {
  Anonymiser hide(key);
  const Layer frame = framed(ipv4(four, gre({}, ipv4({}, udp({})))));
  Packet open;
  REQUIRE(parse_packet(open, link_type::ethernet, frame.bytes, 0, 0, {.decapsulate = true}));
  REQUIRE(open.tunnel_ends != 0);
  Packet hidden = open, again = open;
  hide.hide(hidden);
  hide.hide(again);
  CHECK(hidden.tunnel_ends != open.tunnel_ends);
  CHECK(hidden.tunnel_ends != 0);
  CHECK(hidden.tunnel_ends == again.tunnel_ends);
}

TEST_CASE("the pieces of a datagram still belong together, and those of two do not") {
  Anonymiser hide(key);
  Ipv4 other = four;
  other.id = 0xDEAE;
  std::vector<std::uint32_t> ids4, ids6;
  for (const Ipv4& header : {four, other}) {
    for (const Layer& piece : ipv4_fragments(header, udp({}, filler(60)), 24)) {
      const Sample sample{"", 1, framed(piece)};
      Packet p = read(sample, sample.frame.bytes);
      ids4.push_back(read(sample, anonymised(hide, sample, sample.frame.bytes.size())).fragment_id);
      hide.hide(p);
      CHECK(p.fragment_id == ids4.back());
    }
  }
  for (const std::uint32_t id : {0xDEADBEEFU, 0xDEADBEF0U}) {
    for (const Layer& piece : ipv6_fragments(six, udp({}, filler(60)), 24, id)) {
      const Sample sample{"", 1, framed(piece)};
      ids6.push_back(read(sample, anonymised(hide, sample, sample.frame.bytes.size())).fragment_id);
    }
  }
  for (const std::vector<std::uint32_t>& ids : {ids4, ids6}) {
    REQUIRE(ids.size() == 6);
    CHECK(ids[0] == ids[1]);
    CHECK(ids[1] == ids[2]);
    CHECK(ids[3] == ids[5]);
    CHECK(ids[2] != ids[3]);
  }
}

TEST_CASE("damaged headers leave nothing either") {
  Anonymiser hide(key, {.ports = true});
  Rng rng(7);
  const std::vector<Sample> all_of_them = samples();
  // Lengths, kinds and versions that lie, anywhere but in what is secret itself.
  for (int i = 0; i < 40'000; ++i) {
    Sample sample = all_of_them[rng.below(all_of_them.size())];
    Bytes& bytes = sample.frame.bytes;
    const Packet before = read(sample, bytes);
    const std::size_t headers =
        before.ip_version == 0 ? 14 : static_cast<std::size_t>(before.l4.data() - before.frame.data());
    bytes[rng.below(std::min(bytes.size(), headers + 24))] = static_cast<std::byte>(rng.below(256));
    const Packet damaged = read(sample, bytes);
    const Bytes left = anonymised(hide, sample, 1 + rng.below(bytes.size()));
    // What a header now is, its fields may say: only addresses are looked for, and not in TCP's numbers.
    const bool numbers = damaged.protocol == ip_protocol::tcp || damaged.protocol == ip_protocol::sctp;
    if (damaged.ip_version == 0 || numbers) continue;
    const auto found = std::search(left.begin(), left.end(), secrets[0].begin(), secrets[0].end());
    if (found == left.end()) continue;
    const std::size_t at = static_cast<std::size_t>(found - left.begin());
    CAPTURE(sample.name);
    CAPTURE(at);
    CHECK(at >= headers);  // ports of what is now UDP, identifiers of what is now ICMP
  }
}
