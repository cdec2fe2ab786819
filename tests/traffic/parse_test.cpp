// Packets from bytes: every link and header type against frames whose fields are known; every frame cut at
// every byte; lies about lengths; nesting without end; tunnels; quoted flows; fragments.
#include <weir/traffic/parse.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <limits>
#include <memory>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <vector>

#include <traffic/packet_bytes.hpp>
#include <weir/traffic/parse/fragments.hpp>

using namespace weir;
using namespace packet_bytes;

namespace {

constexpr std::int64_t now = 1'700'000'000'123'456'789;

std::uint32_t size_of(const Bytes& bytes) { return static_cast<std::uint32_t>(bytes.size()); }

/// A view of the bytes in an allocation that ends where they end, so that a sanitizer sees every read beyond.
class Exact {
 public:
  explicit Exact(std::span<const std::byte> bytes) : size_(bytes.size()), data_(new std::byte[size_ + 1]) {
    std::copy(bytes.begin(), bytes.end(), data_.get() + 1);
  }
  [[nodiscard]] std::span<const std::byte> span() const { return {data_.get() + 1, size_}; }

 private:
  std::size_t size_;
  std::unique_ptr<std::byte[]> data_;
};

/// The packet's views stay valid: its bytes are kept to the end of the program.
Packet parsed(int link, const Layer& frame, const ParseOptions& options = {}) {
  static std::deque<Bytes> kept;
  const Bytes& bytes = kept.emplace_back(frame.bytes);
  Packet p;
  CHECK(parse_packet(p, link, bytes, size_of(bytes), now, options));
  return p;
}
Packet on_ethernet(const Layer& inner, const ParseOptions& options = {}) {
  return parsed(link_type::ethernet, ethernet({}, inner), options);
}

Layer ping() { return ipv4({}, icmp({.id = 77, .sequence = 1}, text("abc"))); }
Layer query() { return ipv4({}, udp({}, text("hello"))); }

void check_query(const Packet& p) {
  CHECK(p.ip_version == 4);
  CHECK(p.protocol == ip_protocol::udp);
  CHECK(p.src == ip("10.0.0.1"));
  CHECK(p.dst == ip("10.0.0.2"));
  CHECK(p.src_port == 49152);
  CHECK(p.dst_port == 53);
  CHECK(p.has_l4);
  CHECK(p.ip_length == 33);
  CHECK(p.ip_header_length == 20);
  CHECK(p.l4_header_length == 8);
  CHECK(p.payload_length == 5);
  CHECK(p.payload.size() == 5);
  CHECK(p.payload[0] == std::byte{'h'});
}

Layer tcp_with_options() {
  Bytes options = option_mss(1460);
  for (const Bytes& more : {option_sack_permitted(), option_timestamps(0x01020304, 0x05060708), option_nop(),
                            option_window_scale(7)}) {
    put(options, more);
  }
  return tcp({.src_port = 1000,
              .dst_port = 443,
              .seq = 0xFFFF'FFF0,
              .ack = 9,
              .flags = 0xC2,
              .window = 512,
              .options = options},
             text("data"));
}

struct Sample {
  const char* name;
  int link;
  Layer frame;
};

/// One of each kind, for the tests that cut and damage.
std::vector<Sample> samples() {
  const Layer six =
      ipv6({}, extension(0, extension(60, routing(fragment({.more = true}, udp({}, filler(40)))))));
  const Layer inner = ethernet({}, query());
  return {{"tcp", link_type::ethernet, ethernet({}, ipv4({}, tcp_with_options()))},
          {"udp", link_type::ethernet, ethernet({}, query())},
          {"icmp", link_type::ethernet, ethernet({}, ping())},
          {"icmp error", link_type::ethernet, ethernet({}, ipv4({}, icmp({.type = 3, .code = 3}, query())))},
          {"sctp", link_type::ethernet, ethernet({}, ipv4({}, sctp({}, filler(16))))},
          {"options", link_type::ethernet,
           ethernet({}, ipv4({.options = bytes_of({7, 7, 4, 0, 0, 0, 0})}, udp({}, text("x"))))},
          {"ipv6", link_type::ethernet, ethernet({}, six)},
          {"ah", link_type::ethernet, ethernet({}, ipv6({}, authentication(tcp_with_options())))},
          {"icmpv6", link_type::ethernet, ethernet({}, ipv6({}, icmpv6({.type = 128, .id = 5}, text("y"))))},
          {"arp", link_type::ethernet, ethernet({}, arp({}))},
          {"qinq", link_type::ethernet, ethernet({}, vlan(100, vlan(200, query()), 0x88A8))},
          {"mpls", link_type::ethernet, ethernet({}, mpls({16, 17}, query()))},
          {"pppoe", link_type::ethernet, ethernet({}, pppoe(9, query()))},
          {"snap", link_type::ethernet, ethernet({}, snap(query()))},
          {"gre", link_type::ethernet, ethernet({}, ipv4({}, gre({true, true, true, 5}, query())))},
          {"vxlan", link_type::ethernet, ethernet({}, ipv4({}, udp({.dst_port = 4789}, vxlan(42, inner))))},
          {"gtp-u", link_type::ethernet,
           ethernet({}, ipv4({}, udp({.dst_port = 2152}, gtp_u(9, query(), true))))},
          {"cooked", link_type::linux_cooked, linux_cooked(query())},
          {"cooked 2", link_type::linux_cooked2, linux_cooked2(query())},
          {"null", link_type::null, null_link(2, true, query())},
          {"raw", link_type::raw, query()},
          {"ppp", link_type::ppp, ppp(query())},
          {"hdlc", link_type::cisco_hdlc, cisco_hdlc(query())},
          {"wifi", link_type::wifi, wifi(query())},
          {"radiotap", link_type::radiotap, radiotap(wifi(query()))},
          {"ppi", link_type::ppi, ppi(105, wifi(query()))},
          {"pppd", link_type::ppp_pppd, ppp_pppd(query())},
          {"ppp with direction", link_type::ppp_with_direction, ppp_with_direction(query())},
          {"atm", link_type::atm_llc_file, atm_llc(query())},
          {"enc", link_type::enc, enc(2, query())},
          {"pflog", link_type::pflog, pflog(2, query())},
          {"ipnet", link_type::ipnet, ipnet(2, query())},
          {"nflog", link_type::nflog, nflog(2, query())},
          {"pseudo-wire", link_type::ethernet, ethernet({}, mpls({16}, raw(inner.bytes)))},
          {"pseudo-wire with control word", link_type::ethernet,
           ethernet({}, mpls({16}, raw(joined(Bytes(4), inner.bytes))))},
          {"mpls with ipv6", link_type::ethernet, ethernet({}, mpls({16}, ipv6({}, udp({}, text("x")))))}};
}

bool within(std::span<const std::byte> part, std::span<const std::byte> whole) {
  return part.empty() ||
         (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

/// A field of a cut frame is missing, or it is what the whole frame says.
template <class T>
bool missing_or(const T& cut, const T& whole, const T& missing = {}) {
  return cut == whole || cut == missing;
}

void check_cut(const Packet& cut, const Packet& whole) {
  CHECK(cut.wire_length == whole.wire_length);
  CHECK(cut.time_ns == whole.time_ns);
  CHECK(missing_or(cut.src_mac, whole.src_mac));
  CHECK(cut.vlan_count <= whole.vlan_count);
  CHECK(missing_or(cut.ip_version, whole.ip_version));
  CHECK(missing_or(cut.src, whole.src));
  CHECK(missing_or(cut.dst, whole.dst));
  CHECK(missing_or(cut.ttl, whole.ttl));
  CHECK(missing_or(cut.ip_length, whole.ip_length));
  CHECK(cut.ip_header_length <= whole.ip_header_length);
  CHECK(missing_or(cut.fragment, whole.fragment));
  CHECK(missing_or(cut.src_port, whole.src_port));
  CHECK(missing_or(cut.dst_port, whole.dst_port));
  CHECK(missing_or(cut.icmp_type, whole.icmp_type));
  CHECK(missing_or(cut.icmp_id, whole.icmp_id));
  CHECK(missing_or(cut.tcp_flags, whole.tcp_flags));
  CHECK(missing_or(cut.tcp_seq, whole.tcp_seq));
  CHECK(missing_or(cut.tcp_mss, whole.tcp_mss));
  CHECK(missing_or(cut.tcp_wscale, whole.tcp_wscale, std::uint8_t{255}));
  CHECK(missing_or(cut.tcp_ts_value, whole.tcp_ts_value));
  if (cut.has_l4) {
    CHECK(cut.protocol == whole.protocol);
    CHECK(cut.l4_header_length == whole.l4_header_length);
    CHECK(cut.payload_length == whole.payload_length);
  }
  for (const auto part : {cut.ip, cut.l4, cut.payload}) CHECK(within(part, cut.frame));
}

}  // namespace

TEST_CASE("parse: TCP with all its options") {
  const Layer frame =
      ethernet({}, ipv4({.ttl = 57, .tos = 0xB8, .id = 3, .dont_fragment = true}, tcp_with_options()));
  const Packet p = parsed(link_type::ethernet, frame);
  CHECK(p.time_ns == now);
  CHECK(p.wire_length == 14 + 20 + 40 + 4);
  CHECK(p.captured_length == p.wire_length);
  CHECK(p.link_type == link_type::ethernet);
  CHECK(p.ether_type == 0x0800);
  CHECK(p.src_mac == MacAddress{2, 0, 0, 0, 0, 1});
  CHECK(p.dst_mac == MacAddress{2, 0, 0, 0, 0, 2});
  CHECK(p.ip_version == 4);
  CHECK(p.protocol == ip_protocol::tcp);
  CHECK(p.ttl == 57);
  CHECK(p.tos == 0xB8);
  CHECK_FALSE(p.fragment);
  CHECK(p.ip_length == 64);
  CHECK(p.ip_header_length == 20);
  CHECK(p.src_port == 1000);
  CHECK(p.dst_port == 443);
  CHECK(p.tcp_seq == 0xFFFF'FFF0);
  CHECK(p.tcp_ack == 9);
  CHECK(p.tcp_flags == (tcp_flag::syn | tcp_flag::ece | tcp_flag::cwr));
  CHECK(p.tcp_window == 512);
  CHECK(p.l4_header_length == 40);
  CHECK(p.tcp_mss == 1460);
  CHECK(p.tcp_sack_permitted);
  CHECK(p.tcp_timestamps);
  CHECK(p.tcp_ts_value == 0x01020304);
  CHECK(p.tcp_ts_echo == 0x05060708);
  CHECK(p.tcp_wscale == 7);
  CHECK(p.payload_length == 4);
  CHECK(p.ip.size() == 64);
  CHECK(p.l4.size() == 44);
  CHECK(p.payload.size() == 4);
  CHECK(p.frame.size() == p.captured_length);
}

TEST_CASE("parse: TCP options: time stamps alone, SACK blocks, none, nonsense") {
  const Bytes stamps = joined(joined(option_nop(), option_nop()), option_timestamps(5, 6));
  Packet p = on_ethernet(ipv4({}, tcp({.options = stamps}, text("a"))));
  CHECK(p.tcp_timestamps);
  CHECK(p.tcp_ts_value == 5);
  CHECK(p.tcp_ts_echo == 6);
  p = on_ethernet(ipv4({}, tcp({.options = joined(stamps, option_sack(1, 2))})));
  CHECK(p.tcp_ts_value == 5);
  CHECK(p.tcp_sack_blocks == 1);
  p = on_ethernet(ipv4({}, tcp({})));
  CHECK(p.tcp_mss == 0);
  CHECK(p.tcp_wscale == 255);
  CHECK_FALSE(p.tcp_timestamps);
  // a length of 0 would never end, one of 40 reaches beyond the header; an MSS of the wrong length is none
  for (const Bytes& bad :
       {bytes_of({9, 0, 1, 1}), bytes_of({9, 40, 1, 1}), bytes_of({2, 3, 5, 0}), bytes_of({9})}) {
    p = on_ethernet(ipv4({}, tcp({.options = joined(bad, option_mss(9))}, text("abc"))));
    CHECK(p.has_l4);
    CHECK(p.payload_length == 3);
    CHECK_FALSE(p.tcp_mss == 5);
  }
}

TEST_CASE("parse: UDP, ICMP, SCTP and protocols without ports") {
  check_query(on_ethernet(query()));
  Packet p = on_ethernet(ping());
  CHECK(p.protocol == ip_protocol::icmp);
  CHECK(p.icmp_type == 8);
  CHECK(p.icmp_id == 77);
  CHECK(p.l4_header_length == 8);
  CHECK(p.payload_length == 3);
  CHECK(p.src_port == 0);
  p = on_ethernet(ipv6({}, icmpv6({.type = 135, .id = 1}, filler(20))));
  CHECK(p.icmp_type == 135);
  CHECK(p.icmp_id == 0);  // neighbour solicitations have none
  CHECK(p.payload_length == 20);
  p = on_ethernet(ipv4({}, sctp({.src_port = 5, .dst_port = 6}, filler(16))));
  CHECK(p.src_port == 5);
  CHECK(p.dst_port == 6);
  CHECK(p.l4_header_length == 12);
  CHECK(p.payload_length == 16);
  p = on_ethernet(ipv4({}, raw(filler(30).bytes, 50)));  // ESP
  CHECK(p.protocol == 50);
  CHECK_FALSE(p.has_l4);
  CHECK(p.payload_length == 30);
  p = on_ethernet(ipv4({}, raw(filler(30).bytes, ip_protocol::icmpv6)));  // of the other family
  CHECK_FALSE(p.has_l4);
}

TEST_CASE("parse: IPv4 options belong to the header") {
  const Packet p = on_ethernet(ipv4({.options = bytes_of({7, 7, 4, 0, 0, 0, 0})}, udp({}, text("hello"))));
  CHECK(p.ip_header_length == 28);
  CHECK(p.ip_length == 41);
  CHECK(p.payload_length == 5);
  CHECK(p.dst_port == 53);
}

TEST_CASE("parse: IPv6 and its extension headers") {
  Packet p =
      on_ethernet(ipv6({.hop_limit = 3, .traffic_class = 0xE0, .flow_label = 0xFFFFF}, tcp_with_options()));
  CHECK(p.ip_version == 6);
  CHECK(p.ether_type == 0x86DD);
  CHECK(p.src == ip("2001:db8::1"));
  CHECK(p.dst == ip("2001:db8::2"));
  CHECK(p.ttl == 3);
  CHECK(p.tos == 0xE0);
  CHECK(p.ip_length == 84);
  CHECK(p.ip_header_length == 40);
  CHECK(p.payload_length == 4);

  p = on_ethernet(ipv6({}, extension(0, extension(60, routing(extension(135, udp({}, text("hello")))), 16))));
  CHECK(p.protocol == ip_protocol::udp);
  CHECK(p.ip_header_length == 40 + 8 + 16 + 24 + 8);
  CHECK(p.ip_length == p.ip_header_length + 13U);
  CHECK(p.payload_length == 5);

  p = on_ethernet(ipv6({}, authentication(tcp({}, text("xy")))));
  CHECK(p.protocol == ip_protocol::tcp);
  CHECK(p.ip_header_length == 64);
  CHECK(p.payload_length == 2);
  p = on_ethernet(ipv4({}, authentication(tcp({}, text("xy")))));
  CHECK(p.protocol == ip_protocol::tcp);
  CHECK(p.ip_header_length == 44);

  p = on_ethernet(ipv6({}, extension(0, raw({}, 59))));  // nothing behind it
  CHECK(p.protocol == 59);
  CHECK(p.payload_length == 0);
  p = on_ethernet(ipv6({}, extension(135, raw({}, 59))));  // the mobility header is what the packet is for
  CHECK(p.protocol == 135);
  CHECK(p.ip_header_length == 40);
  CHECK(p.payload_length == 8);
}

TEST_CASE("parse: fragments of IPv4 and IPv6") {
  const std::vector<Layer> four = ipv4_fragments({.id = 0xABCD}, udp({}, filler(100)), 48);
  REQUIRE(four.size() == 3);
  Packet p = on_ethernet(four[0]);
  CHECK(p.fragment);
  CHECK_FALSE(p.later_fragment);
  CHECK(p.fragment_id == 0xABCD);
  CHECK(p.dst_port == 53);
  CHECK(p.payload_length == 40);
  p = on_ethernet(four[2]);
  CHECK(p.later_fragment);
  CHECK(p.fragment_id == 0xABCD);
  CHECK(p.dst_port == 0);
  CHECK_FALSE(p.has_l4);
  CHECK(p.payload_length == 12);

  const std::vector<Layer> six = ipv6_fragments({}, tcp({}, filler(100)), 64, 0x12345678);
  p = on_ethernet(six[0]);
  CHECK(p.fragment);
  CHECK(p.fragment_id == 0x12345678);
  CHECK(p.protocol == ip_protocol::tcp);
  CHECK(p.dst_port == 80);
  CHECK(p.ip_header_length == 48);
  CHECK(p.payload_length == 44);
  p = on_ethernet(six[1]);
  CHECK(p.later_fragment);
  CHECK(p.protocol == ip_protocol::tcp);
  CHECK(p.payload_length == 56);
  p = on_ethernet(ipv6({}, fragment({.offset = 0, .more = false}, udp({}, text("hello")))));
  CHECK_FALSE(p.fragment);
  CHECK(p.payload_length == 5);
}

TEST_CASE("parse: ARP") {
  const Packet p = on_ethernet(arp({.src = "192.168.1.9", .dst = "192.168.1.1"}));
  CHECK(p.ip_version == 0);
  CHECK(p.ether_type == 0x0806);
  CHECK(p.src == ip("192.168.1.9"));
  CHECK(p.dst == ip("192.168.1.1"));
}

TEST_CASE("parse: VLAN, MPLS, PPPoE, 802.2") {
  Packet p = on_ethernet(vlan(100, vlan(200, query(), 0x8100), 0x88A8));
  check_query(p);
  CHECK(p.vlan_count == 2);
  CHECK(p.vlan == std::array<std::uint16_t, 2>{100, 200});
  CHECK(p.ether_type == 0x0800);
  p = on_ethernet(vlan(1, vlan(2, vlan(3, query(), 0x9100), 0x9100), 0x9100));
  check_query(p);
  CHECK(p.vlan_count == 2);
  CHECK(p.vlan == std::array<std::uint16_t, 2>{1, 2});
  check_query(on_ethernet(mpls({16}, query())));
  check_query(on_ethernet(vlan(5, mpls({16, 17, 18}, query()))));
  check_query(on_ethernet(mpls({16}, raw(joined(Bytes(4), ethernet({}, query()).bytes)))));  // a pseudo-wire
  check_query(on_ethernet(pppoe(9, query())));
  CHECK(on_ethernet(pppoe(9, ipv6({}, udp({}, text("hello"))))).payload_length == 5);
  CHECK(on_ethernet(pppoe(9, raw(bytes_of({1, 1, 0, 4})))).ip_version == 0);
  p = on_ethernet(snap(query()));
  check_query(p);
  CHECK(p.ether_type == 0x0800);
  check_query(on_ethernet(raw(joined(bytes_of({6, 6, 3}), query().bytes), 0, 36)));  // IP's own access point
  p = on_ethernet(raw(bytes_of({0x42, 0x42, 3, 0, 0, 0, 0, 0}), 0, 8));              // spanning tree
  CHECK(p.ip_version == 0);
  CHECK(p.ether_type == 0);
}

TEST_CASE("parse: every link type") {
  check_query(parsed(link_type::linux_cooked, linux_cooked(query())));
  check_query(parsed(link_type::linux_cooked2, linux_cooked2(query())));
  CHECK(parsed(link_type::linux_cooked, linux_cooked(query())).src_mac == MacAddress{2, 0, 0, 0, 0, 1});
  CHECK(parsed(link_type::linux_cooked2, linux_cooked2(query())).src_mac == MacAddress{2, 0, 0, 0, 0, 1});
  for (const int type : {link_type::raw, link_type::raw_bsd, link_type::raw_file}) {
    check_query(parsed(type, query()));
    CHECK(parsed(type, ipv6({}, udp({}))).ip_version == 6);
  }
  check_query(parsed(link_type::ipv4, query()));
  CHECK(parsed(link_type::ipv6, ipv6({}, udp({}))).ip_version == 6);
  CHECK(parsed(link_type::ipv4, ipv6({}, udp({}))).ip_version == 0);
  for (const bool little : {true, false}) {
    check_query(parsed(link_type::null, null_link(2, little, query())));
    for (const std::uint32_t family : {10U, 24U, 28U, 30U}) {
      CHECK(parsed(link_type::null, null_link(family, little, ipv6({}, udp({})))).ip_version == 6);
    }
    CHECK(parsed(link_type::null, null_link(7, little, query())).ip_version == 0);
  }
  check_query(parsed(link_type::loop, null_link(2, false, query())));
  for (const bool hdlc : {true, false}) {
    check_query(parsed(link_type::ppp, ppp(query(), hdlc)));
  }
  check_query(parsed(link_type::ppp, raw(joined(bytes_of({0x21}), query().bytes))));
  check_query(parsed(link_type::ppp_hdlc, ppp(query())));
  check_query(parsed(link_type::ppp_ether, pppoe(1, query())));
  check_query(parsed(link_type::cisco_hdlc, cisco_hdlc(query())));
  check_query(parsed(link_type::ppi, ppi(1, ethernet({}, query()))));
}

TEST_CASE("parse: 802.11 and radiotap") {
  for (const bool qos : {true, false}) {
    const Packet p = parsed(link_type::wifi, wifi(query(), qos));
    check_query(p);
    CHECK(p.src_mac == MacAddress{2, 0, 0, 0, 0, 1});
    CHECK(p.dst_mac == MacAddress{2, 0, 0, 0, 0, 2});
    check_query(parsed(link_type::radiotap, radiotap(wifi(query(), qos))));
  }
  check_query(parsed(link_type::ppi, ppi(105, wifi(query()))));
  Layer padded_header = wifi(query());  // 26 bytes of header, padded to 28
  padded_header.bytes.insert(padded_header.bytes.begin() + 26, 2, std::byte{0});
  check_query(parsed(link_type::radiotap, radiotap(padded_header, 0x20)));
  Layer checked = wifi(query());  // with a frame check sequence, which is no payload
  put32(checked.bytes, 0xDEADBEEF);
  check_query(parsed(link_type::radiotap, radiotap(checked, 0x10)));
  Layer from_point = wifi(query());
  from_point.bytes[1] = std::byte{2};
  const Packet p = parsed(link_type::wifi, from_point);
  check_query(p);
  CHECK(p.dst_mac == MacAddress{2, 0, 0, 0, 0, 9});
  CHECK(p.src_mac == MacAddress{2, 0, 0, 0, 0, 2});
  Layer encrypted = wifi(query());
  encrypted.bytes[1] = std::byte{0x41};
  CHECK(parsed(link_type::wifi, encrypted).ip_version == 0);
  CHECK(parsed(link_type::wifi, raw(bytes_of({0x80, 0, 0, 0}))).ip_version == 0);  // a beacon
}

TEST_CASE("parse: what is not known is said, time and lengths are there all the same") {
  Packet p;
  const Bytes bytes = filler(40).bytes;
  for (const int type : {-1, 2, 147, 65'535}) {
    CHECK_FALSE(parse_packet(p, type, bytes, 90, now));
    CHECK(p.wire_length == 90);
    CHECK(p.captured_length == 40);
    CHECK(p.time_ns == now);
    CHECK(p.link_type == type);
    CHECK(p.frame.size() == 40);
    CHECK(p.ip_version == 0);
    CHECK_FALSE(parse_packet(type, bytes, 90, now).has_value());
  }
  CHECK_FALSE(parse_packet(p, link_type::ethernet, std::span(bytes).first(13), 90, now));
  CHECK_FALSE(parse_packet(p, link_type::ethernet, {}, 0, now));
  CHECK(parse_packet(link_type::ethernet, ethernet({}, query()).bytes, 47, now).value().dst_port == 53);
}

TEST_CASE("parse: neither padding nor snap length nor offload changes a length") {
  Packet p = parsed(link_type::ethernet, padded(ethernet({}, query())));
  check_query(p);
  CHECK(p.wire_length == 60);
  CHECK(p.ip.size() == 33);

  const Layer large = ethernet({}, ipv4({}, tcp({}, filler(1000))));
  for (const std::size_t snap : {54U, 60U, 200U, 1053U}) {
    REQUIRE(parse_packet(p, link_type::ethernet, std::span(large.bytes).first(snap), 1054, now));
    CHECK(p.captured_length == snap);
    CHECK(p.wire_length == 1054);
    CHECK(p.ip_length == 1040);
    CHECK(p.payload_length == 1000);
    CHECK(p.payload.size() == snap - 54);
  }
  // segments that the network card cuts later: larger than the length fields can say
  p = on_ethernet(ipv4({.total_length = 0}, tcp({}, filler(70'000))));
  CHECK(p.ip_length == 70'040);
  CHECK(p.payload_length == 70'000);
  p = on_ethernet(ipv6({.payload_length = 0}, tcp({}, filler(70'000))));
  CHECK(p.payload_length == 70'000);
  // a record that claims fewer bytes on the wire than it holds
  const Layer small = ethernet({}, query());
  REQUIRE(parse_packet(p, link_type::ethernet, small.bytes, 3, now));
  check_query(p);
  CHECK(p.wire_length == 47);
}

TEST_CASE("parse: headers that lie") {
  // more than was on the wire: the wire is believed
  Packet p = on_ethernet(ipv4({.total_length = 60'000}, udp({}, text("hello"))));
  CHECK(p.ip_length == 33);
  CHECK(p.payload_length == 5);
  p = on_ethernet(ipv6({.payload_length = 60'000}, udp({}, text("hello"))));
  CHECK(p.payload_length == 5);
  // less than its own header
  CHECK(on_ethernet(ipv4({.total_length = 19}, udp({}, text("hello")))).ip_version == 0);
  // cuts the transport header
  p = on_ethernet(ipv4({.total_length = 26}, udp({}, text("hello"))));
  CHECK(p.ip_version == 4);
  CHECK(p.dst_port == 53);
  CHECK_FALSE(p.has_l4);
  CHECK(p.payload_length == 0);

  Layer bad = ethernet({}, query());
  bad.bytes[14] = std::byte{0x44};  // 16 bytes of header
  CHECK(parsed(link_type::ethernet, bad).ip_version == 0);
  bad.bytes[14] = std::byte{0x65};  // IPv6 under IPv4's number
  CHECK(parsed(link_type::ethernet, bad).ip_version == 0);
  bad = ethernet({}, ipv4({}, tcp({}, text("hello"))));
  for (const unsigned offset : {0x00U, 0x40U, 0xF0U}) {  // headers of 0, 16 and 60 bytes
    bad.bytes[14 + 20 + 12] = static_cast<std::byte>(offset);
    p = parsed(link_type::ethernet, bad);
    CHECK_FALSE(p.has_l4);
    CHECK(p.dst_port == 80);
    CHECK(p.payload_length == 0);
  }
  bad = ethernet({}, query());
  patch16(bad.bytes, 14 + 20 + 4, 7);  // a datagram shorter than its header
  CHECK_FALSE(parsed(link_type::ethernet, bad).has_l4);
  patch16(bad.bytes, 14 + 20 + 4, 11);  // and one that leaves bytes over
  CHECK(parsed(link_type::ethernet, bad).payload_length == 3);
  CHECK(parsed(link_type::ethernet, bad).payload.size() == 3);
}

// ------------------------------------------------------------------------------ payloads that are guessed

namespace {

Layer behind_label(const Bytes& bytes) { return ethernet({}, mpls({16}, raw(bytes))); }
Layer in_session(const Bytes& bytes, bool extension = false) {
  return ethernet({}, ipv4({.src = "172.16.0.1"}, udp({.dst_port = 2152}, gtp_u(9, raw(bytes), extension))));
}
const ParseOptions inside{.decapsulate = true};

}  // namespace

TEST_CASE("parse: a frame behind an MPLS label, whatever its MAC addresses look like") {
  for (unsigned high = 0; high < 256; ++high) {
    CAPTURE(high);
    for (const unsigned low : {0x00U, 0x01U, 0x45U, 0x60U, 0xFFU}) {
      const auto first = static_cast<std::uint8_t>(high);
      const auto second = static_cast<std::uint8_t>(low);
      const Layer frame =
          ethernet({.src = {first, second, 0, 0x44, 0x55, 0x66}, .dst = {first, second, 0, 0x11, 0x22, 0x33}},
                   query());
      for (const Bytes& bytes : {frame.bytes, joined(bytes_of({0, 0, 0, 7}), frame.bytes)}) {
        const Packet p = parsed(link_type::ethernet, behind_label(bytes));
        check_query(p);
        CHECK(p.dst_mac == MacAddress{first, second, 0, 0x11, 0x22, 0x33});
      }
      const Packet p = parsed(link_type::ethernet, in_session(frame.bytes), inside);
      check_query(p);
      CHECK(p.tunnel_id == 9);
      check_query(parsed(link_type::ethernet, in_session(frame.bytes, true), inside));
    }
  }
  // tags in it, and what is no IP
  const MacAddress four{0x45, 0, 0, 0x28, 0, 1};
  check_query(
      parsed(link_type::ethernet, behind_label(ethernet({.dst = four}, vlan(3, vlan(4, query()))).bytes)));
  const Packet asked = parsed(link_type::ethernet, behind_label(ethernet({.dst = four}, arp({})).bytes));
  CHECK(asked.ether_type == 0x0806);
  CHECK(asked.dst == ip("10.0.0.2"));
  const Packet other = parsed(link_type::ethernet, behind_label(ethernet({.dst = four}, filler(80)).bytes));
  CHECK(other.ip_version == 0);
  CHECK(other.dst_mac == MacAddress{2, 0, 0, 0, 0, 2});  // the outer frame's
}

TEST_CASE("parse: MAC addresses made to look like an IP header never give other addresses") {
  std::mt19937_64 random(5);
  for (int i = 0; i < 20'000; ++i) {
    const Layer inner = i % 3 == 0 ? query() : i % 3 == 1 ? ipv6({}, udp({}, text("abc"))) : filler(40);
    Layer frame = ethernet({}, inner);
    const auto byte = [&] { return std::byte{static_cast<std::uint8_t>(random())}; };
    for (std::size_t at = 0; at < 12; ++at) frame.bytes[at] = byte();
    // lengths that fit, a protocol that occurs
    const bool six = i % 2 == 0;
    frame.bytes[0] = six ? std::byte{0x60} : std::byte{0x45};
    patch16(frame.bytes, six ? 4 : 2, frame.bytes.size() - (six ? 40 : 0));
    if (six) frame.bytes[6] = std::byte{17};
    const Packet p = parsed(link_type::ethernet, behind_label(frame.bytes));
    if (p.ip_version == 0) continue;
    REQUIRE(i % 3 != 2);
    REQUIRE(p.src == (i % 3 == 0 ? ip("10.0.0.1") : ip("2001:db8::1")));
  }
}

TEST_CASE("parse: IP behind a label or in a session has to prove itself") {
  for (const auto& carry :
       {+[](const Bytes& b) { return behind_label(b); }, +[](const Bytes& b) { return in_session(b); }}) {
    const auto read = [&](const Bytes& bytes) { return parsed(link_type::ethernet, carry(bytes), inside); };
    const auto is_read = [&](const Bytes& bytes) {
      const Packet p = read(bytes);
      return p.ip_version != 0 && p.src != ip("172.16.0.1");
    };
    const Bytes good = query().bytes;
    check_query(read(good));
    for (std::size_t at = 0; at < 20; ++at) {  // any damage to the header is seen
      Bytes bad = good;
      bad[at] ^= std::byte{0x04};
      CHECK_FALSE(is_read(bad));
    }
    CHECK_FALSE(is_read(ipv4({.total_length = 60}, udp({}, text("hello"))).bytes));
    CHECK_FALSE(is_read(ipv4({.total_length = 0}, udp({}, text("hello"))).bytes));
    CHECK(is_read(ipv4({.options = bytes_of({7, 7, 4, 0, 0, 0, 0})}, udp({}, text("hello"))).bytes));
    // addresses that are numbers of Ethernet types
    for (const char* src : {"8.0.0.1", "8.6.1.1", "129.0.1.1", "134.221.4.4", "136.71.0.9", "136.100.5.5",
                            "5.9.1.1", "5.170.170.3"}) {
      CAPTURE(src);
      const Packet p = read(ipv4({.src = src}, udp({}, filler(300))).bytes);
      CHECK(p.src == ip(src));
      CHECK(p.dst_port == 53);
    }
    const Layer six = ipv6({}, udp({}, text("hello")));
    CHECK(read(six.bytes).src == ip("2001:db8::1"));
    CHECK(is_read(ipv6({.src = "fe80::1", .dst = "ff02::1"}, icmpv6({.type = 135}, filler(20))).bytes));
    Bytes longer = six.bytes;
    longer.resize(longer.size() + 4);  // a frame check sequence
    CHECK(is_read(longer));
    longer.resize(longer.size() + 1);
    CHECK_FALSE(is_read(longer));
    CHECK_FALSE(is_read(ipv6({.payload_length = 14}, udp({}, text("hello"))).bytes));
    CHECK_FALSE(is_read(ipv6({.src = "5000::1"}, udp({}, text("hello"))).bytes));
    CHECK_FALSE(is_read(ipv6({.hop_limit = 0}, udp({}, text("hello"))).bytes));
    CHECK_FALSE(is_read(ipv6({}, raw(filler(9).bytes, 200)).bytes));
  }
}

TEST_CASE("parse: explicit null labels say which IP it is") {
  Bytes wrong = query().bytes;
  wrong[10] ^= std::byte{1};  // no proof is needed
  check_query(on_ethernet(mpls({0}, raw(wrong))));
  CHECK(on_ethernet(mpls({2}, raw(wrong))).ip_version == 0);
  CHECK(on_ethernet(mpls({2}, ipv6({.src = "5000::1"}, udp({})))).ip_version == 6);
  CHECK(on_ethernet(mpls({0}, ipv6({}, udp({})))).ip_version == 0);
}

TEST_CASE("parse: two readings that prove themselves are none") {
  // A frame whose first 20 bytes are an IPv4 header with a right checksum: both addresses cannot be told
  // apart.
  Bytes both = ethernet({}, ipv4({}, udp({}, filler(60)))).bytes;
  const Bytes fake = ipv4({.src = "8.0.69.0", .total_length = 40}, raw({})).bytes;
  std::copy(fake.begin(), fake.begin() + 12, both.begin());
  patch16(both, 10, 0);
  patch16(both, 10, internet_checksum(std::span(both).first(20)));
  REQUIRE(both[12] == std::byte{8});
  CHECK(parsed(link_type::ethernet, behind_label(both)).ip_version == 0);
  for (std::size_t captured = 0; captured <= both.size() + 18; ++captured) {  // nor a cut one
    const Layer frame = behind_label(both);
    Packet p;
    parse_packet(p, link_type::ethernet, std::span(frame.bytes).first(captured), size_of(frame.bytes), now);
    CHECK(p.ip_version == 0);
  }
}

TEST_CASE("parse: what VXLAN says of its contents, what a tunnel's number says, devices of Linux") {
  Layer next = vxlan(5, query());
  next.bytes[0] = std::byte{0x0C};
  next.bytes[3] = std::byte{1};
  const auto carried = [&] {
    return on_ethernet(ipv4({.src = "172.16.0.1"}, udp({.dst_port = 4789}, next)), inside);
  };
  check_query(carried());
  next.bytes[3] = std::byte{2};
  CHECK(carried().src == ip("172.16.0.1"));
  next.bytes[3] = std::byte{4};
  CHECK(carried().src == ip("172.16.0.1"));
  CHECK(on_ethernet(ipv4({.src = "172.16.0.1"}, raw(query().bytes, 41)), inside).src == ip("172.16.0.1"));
  Bytes lying = in_session(query().bytes).bytes;
  patch16(lying, 14 + 20 + 8 + 2, 500);  // longer than the datagram
  CHECK(parsed(link_type::ethernet, raw(lying), inside).src == ip("172.16.0.1"));

  Layer cooked = linux_cooked(raw(radiotap(wifi(query())).bytes, 253, 0x0800));
  patch16(cooked.bytes, 2, 803);
  check_query(parsed(link_type::linux_cooked, cooked));
  for (const unsigned device : {770U, 824U}) {
    Layer frame = linux_cooked(query());
    patch16(frame.bytes, 2, device);
    CHECK(parsed(link_type::linux_cooked, frame).ip_version == 0);
    frame = linux_cooked2(query());
    patch16(frame.bytes, 8, device);
    CHECK(parsed(link_type::linux_cooked2, frame).ip_version == 0);
  }
}

TEST_CASE("parse: links of firewalls, of PPP with a direction, of ATM") {
  check_query(parsed(link_type::ppp_pppd, ppp_pppd(query())));
  check_query(parsed(link_type::ppp_pppd, ppp(query())));
  check_query(parsed(link_type::ppp_with_direction, ppp_with_direction(query())));
  check_query(parsed(link_type::ppp_with_direction, ppp_with_direction(query(), false)));
  check_query(parsed(link_type::atm_llc_file, atm_llc(query())));
  check_query(parsed(link_type::atm_llc, atm_llc(query())));
  for (const unsigned frame : {7U, 1U}) {  // bridged Ethernet
    const Bytes header = bytes_of({0xAA, 0xAA, 3, 0, 0x80, 0xC2, 0, frame, 0, 0});
    check_query(parsed(link_type::atm_llc_file, raw(joined(header, ethernet({}, query()).bytes))));
  }
  const Layer six = ipv6({}, udp({}, text("hello")));
  check_query(parsed(link_type::nflog, nflog(2, query())));
  CHECK(parsed(link_type::nflog, nflog(10, six)).payload_length == 5);
  CHECK(parsed(link_type::nflog, nflog(7, query())).ip_version == 0);  // a bridge
  constexpr bool little = std::endian::native == std::endian::little;
  for (const std::uint8_t family : {std::uint8_t{7}, std::uint8_t{5}}) {  // a bridge, an interface
    check_query(parsed(link_type::nflog, nflog(family, query(), little, 0x0800)));
    CHECK(parsed(link_type::nflog, nflog(family, six, little, 0x86DD)).payload_length == 5);
  }
  check_query(parsed(link_type::nflog, nflog(2, query(), little, 0x0800)));
  CHECK(parsed(link_type::nflog, nflog(7, text("lldp"), little, 0x88CC)).ether_type == 0x88CC);
  CHECK(parsed(link_type::nflog, raw(bytes_of({2, 0, 0, 5}))).ip_version == 0);
  CHECK_FALSE(parse_packet(link_type::nflog, bytes_of({2, 1, 0, 5, 9, 0, 9, 0}), 0, now).has_value());
  Bytes endless = bytes_of({2, 0, 0, 5});
  for (int i = 0; i < 1000; ++i) put_attribute(endless, 1, {}, true);
  CHECK(parsed(link_type::nflog, raw(endless)).ip_version == 0);
  for (const auto& [family, packet] : {std::pair{2U, query()}, {24U, six}, {28U, six}, {30U, six}}) {
    const auto number = static_cast<std::uint8_t>(family);
    CAPTURE(number);
    CHECK(parsed(link_type::pflog, pflog(number, packet)).payload_length == 5);
    CHECK(parsed(link_type::enc, enc(family, packet)).payload_length == 5);
  }
  check_query(parsed(link_type::ipnet, ipnet(2, query())));
  CHECK(parsed(link_type::ipnet, ipnet(26, six)).payload_length == 5);
  CHECK_FALSE(parse_packet(link_type::pflog, bytes_of({44, 2, 0, 0}), 0, now).has_value());
}

TEST_CASE("parse: the list of known links is the list of those that are read") {
  for (int type = 0; type < 400; ++type) {
    CAPTURE(type);
    bool read = false;  // by one frame or another
    for (const Sample& s : samples()) {
      read = read || parse_packet(type, s.frame.bytes, size_of(s.frame.bytes), now).has_value();
    }
    read = read || parse_packet(type, pppoe(9, query()).bytes, 0, now).has_value();
    CHECK(link_type::is_known(type) == read);
  }
}

TEST_CASE("parse: nesting ends") {
  Layer tags = query();
  for (int i = 0; i < 200; ++i) tags = vlan(7, tags);
  CHECK(on_ethernet(tags).ip_version == 0);
  Layer wires = query();
  for (int i = 0; i < 200; ++i) wires = mpls({16}, raw(joined(Bytes(4), ethernet({}, wires).bytes)));
  CHECK(on_ethernet(wires).ip_version == 0);
  Layer headers = udp({});
  for (int i = 0; i < 200; ++i) headers = extension(60, headers);
  CHECK(on_ethernet(ipv6({}, headers)).protocol == 60);
  Layer information = ethernet({}, query());
  for (int i = 0; i < 200; ++i) information = ppi(192, information);
  CHECK_FALSE(parse_packet(192, information.bytes, size_of(information.bytes), now).has_value());
  Layer tunnels = query();
  for (int i = 0; i < 200; ++i) tunnels = ipv4({.src = "9.9.9.9"}, tunnels);
  CHECK(on_ethernet(tunnels, {.decapsulate = true}).src == ip("9.9.9.9"));
}

TEST_CASE("parse: tunnels: the outer packet, or the inner one on request") {
  const Layer inner_frame = ethernet({.src = {9, 9, 9, 9, 9, 9}}, vlan(30, query()));
  struct Case {
    const char* name;
    Layer packet;
    std::uint8_t outer_protocol;
    std::uint32_t tunnel_id;
  };
  const Ipv4 outer{.src = "172.16.0.1", .dst = "172.16.0.2"};
  const std::vector<Case> cases{
      {"ip in ip", ipv4(outer, query()), 4, 0},
      {"ip in ip6", ipv6({}, query()), 4, 0},
      {"gre", ipv4(outer, gre({}, query())), 47, 0},
      {"gre with all", ipv4(outer, gre({true, true, true, 0xCAFE}, query())), 47, 0xCAFE},
      {"gre over ip6", ipv6({}, gre({.has_key = true, .key = 3}, query())), 47, 3},
      {"gre with frame", ipv4(outer, gre({}, inner_frame)), 47, 0},
      {"gre with mpls", ipv4(outer, gre({}, mpls({20}, query()))), 47, 0},
      {"pptp",
       ipv4(outer, raw(joined(bytes_of({0x30, 0x81, 0x88, 0x0B, 0, 9, 0, 5, 0, 0, 0, 1, 0, 0, 0, 2}),
                              ppp(query()).bytes),
                       47)),
       47, 5},
      {"vxlan", ipv4(outer, udp({.dst_port = 4789}, vxlan(0xABCDEF, inner_frame))), 17, 0xABCDEF},
      {"vxlan over ip6", ipv6({}, udp({.dst_port = 4789}, vxlan(1, inner_frame))), 17, 1},
      {"gtp", ipv4(outer, udp({.dst_port = 2152}, gtp_u(0xDEADBEEF, query()))), 17, 0xDEADBEEF},
      {"gtp 5g", ipv4(outer, udp({.dst_port = 2152}, gtp_u(7, query(), true))), 17, 7},
      {"twice", ipv4(outer, gre({.has_key = true, .key = 8}, ipv4(outer, query()))), 47, 8}};
  for (const Case& c : cases) {
    CAPTURE(c.name);
    const Packet plain = on_ethernet(vlan(10, c.packet));
    CHECK(plain.protocol == c.outer_protocol);
    CHECK(plain.src == (plain.ip_version == 4 ? ip("172.16.0.1") : ip("2001:db8::1")));
    CHECK(plain.tunnel_id == 0);
    const Packet inner = on_ethernet(vlan(10, c.packet), {.decapsulate = true});
    check_query(inner);
    CHECK(inner.tunnel_id == c.tunnel_id);
    CHECK(inner.time_ns == now);
    CHECK(inner.wire_length == plain.wire_length);
    CHECK(within(inner.payload, inner.frame));
    const bool framed = inner.src_mac == MacAddress{9, 9, 9, 9, 9, 9};
    CHECK(inner.vlan_count == 1);
    CHECK(inner.vlan[0] == (framed ? 30 : 10));
  }
  // other ports on request; what is inside but no packet stays closed
  const Layer odd = ipv4(outer, udp({.dst_port = 8472}, vxlan(5, inner_frame)));
  CHECK(on_ethernet(odd, {.decapsulate = true}).tunnel_id == 0);
  CHECK(on_ethernet(odd, {.decapsulate = true, .vxlan_port = 8472}).tunnel_id == 5);
  const Layer noise = ipv4(outer, udp({.dst_port = 4789}, filler(60)));
  CHECK(on_ethernet(noise, {.decapsulate = true}).dst_port == 4789);
  const Layer piece = ipv4_fragments(outer, gre({}, ipv4({}, udp({}, filler(100)))), 48).front();
  CHECK(on_ethernet(piece, {.decapsulate = true}).protocol == 47);
}

TEST_CASE("parse: ICMP errors quote a flow") {
  const Layer lost =
      ipv4({.src = "10.9.9.9", .dst = "8.8.8.8"}, tcp({.src_port = 5, .dst_port = 6}, filler(99)));
  Layer start = raw(Bytes(lost.bytes.begin(), lost.bytes.begin() + 28));  // its header and eight bytes
  for (const unsigned type : {3U, 4U, 5U, 11U, 12U}) {
    const Packet p = on_ethernet(ipv4({}, icmp({.type = static_cast<std::uint8_t>(type)}, start)));
    CHECK(is_icmp_error(p));
    const std::optional<QuotedFlow> flow = quoted_flow(p);
    REQUIRE(flow.has_value());
    CHECK(flow->ip_version == 4);
    CHECK(flow->protocol == ip_protocol::tcp);
    CHECK(flow->src == ip("10.9.9.9"));
    CHECK(flow->dst == ip("8.8.8.8"));
    CHECK(flow->src_port == 5);
    CHECK(flow->dst_port == 6);
  }
  const Layer lost6 = ipv6({.src = "2001:db8::9"}, udp({.src_port = 7}, filler(9)));
  const Packet six = on_ethernet(ipv6({}, icmpv6({.type = 1}, lost6)));
  REQUIRE(quoted_flow(six).has_value());
  CHECK(quoted_flow(six)->src == ip("2001:db8::9"));
  CHECK(quoted_flow(six)->src_port == 7);
  CHECK_FALSE(quoted_flow(on_ethernet(ping())).has_value());
  CHECK_FALSE(quoted_flow(on_ethernet(query())).has_value());
  start.bytes.resize(19);
  CHECK_FALSE(quoted_flow(on_ethernet(ipv4({}, icmp({.type = 3}, start)))).has_value());
}

TEST_CASE("parse: every frame, cut at every byte, says less but nothing else") {
  for (const Sample& sample : samples()) {
    CAPTURE(sample.name);
    const Bytes& bytes = sample.frame.bytes;
    const Packet whole = parsed(sample.link, sample.frame);
    bool complete = false;
    for (std::size_t n = 0; n <= bytes.size(); ++n) {
      CAPTURE(n);
      const Exact cut{std::span(bytes).first(n)};
      Packet p;
      static_cast<void>(parse_packet(p, sample.link, cut.span(), size_of(bytes), now));
      check_cut(p, whole);
      CHECK(p.has_l4 >= complete);  // what was once there stays
      complete = p.has_l4;
      const std::optional<QuotedFlow> flow = quoted_flow(p);
      if (flow) CHECK(flow->src == quoted_flow(whole)->src);
      static_cast<void>(parse_packet(p, sample.link, cut.span(), size_of(bytes), now, {.decapsulate = true}));
      for (const auto part : {p.ip, p.l4, p.payload}) CHECK(within(part, cut.span()));
    }
    CHECK(complete == whole.has_l4);
  }
}

TEST_CASE("parse: damaged frames are read within their bounds, under every link type") {
  std::mt19937 random(1);
  for (const Sample& sample : samples()) {
    for (int round = 0; round < 400; ++round) {
      Bytes bytes = sample.frame.bytes;
      for (int i = 0; i < 4; ++i) bytes[random() % bytes.size()] = static_cast<std::byte>(random() & 0xFF);
      bytes.resize(1 + random() % bytes.size());
      const Exact frame{bytes};
      const int link = round % 4 == 0 ? static_cast<int>(random() % 300) : sample.link;
      const auto wire = size_of(bytes) + random() % 2'000;
      for (const bool decapsulate : {false, true}) {
        Packet p;
        static_cast<void>(parse_packet(p, link, frame.span(), static_cast<std::uint32_t>(wire), now,
                                       {.decapsulate = decapsulate}));
        for (const auto part : {p.ip, p.l4, p.payload}) CHECK(within(part, frame.span()));
        CHECK(p.ip_length <= p.wire_length);
        CHECK(p.payload_length + p.l4_header_length + p.ip_header_length <= p.wire_length);
        CHECK(p.payload.size() <= p.payload_length);
        static_cast<void>(quoted_flow(p));
      }
    }
  }
}

// --- Fragments

namespace {

struct Stream {
  FragmentTable table;
  std::vector<Packet> out{};

  explicit Stream(const FragmentOptions& options = {}) : table(options) {}
  void push(const Layer& packet, std::int64_t time_ns = now) {
    Packet p;
    const Layer frame = ethernet({}, packet);
    REQUIRE(parse_packet(p, link_type::ethernet, frame.bytes, size_of(frame.bytes), time_ns));
    table.push(p, [&](const Packet& x) { out.push_back(x); });
  }
  void flush() {
    table.flush([&](const Packet& x) { out.push_back(x); });
  }
};

}  // namespace

TEST_CASE("fragments: later ones get the ports of their first, in any order") {
  const std::vector<std::vector<Layer>> datagrams{
      ipv4_fragments({.id = 7}, udp({.src_port = 11, .dst_port = 22}, filler(4'000)), 1'480),
      ipv6_fragments({}, udp({.src_port = 11, .dst_port = 22}, filler(4'000)), 1'448)};
  for (const std::vector<Layer>& pieces : datagrams) {
    REQUIRE(pieces.size() == 3);
    std::array<std::size_t, 3> order{0, 1, 2};
    do {
      Stream s;
      for (const std::size_t i : order) s.push(pieces[i]);
      REQUIRE(s.out.size() == 3);
      std::uint32_t payload = 0;
      for (const Packet& p : s.out) {
        CHECK(p.protocol == ip_protocol::udp);
        CHECK(p.src_port == 11);
        CHECK(p.dst_port == 22);
        payload += p.payload_length;
      }
      CHECK(payload == 4'000);
    } while (std::next_permutation(order.begin(), order.end()));
  }
}

TEST_CASE("fragments: an IPv6 datagram whose ports stand behind more headers") {
  Stream s;
  const Layer first = extension(60, udp({.src_port = 11, .dst_port = 22}, filler(40)));
  s.push(ipv6({}, fragment({.id = 9, .offset = 0, .more = true}, first)));
  s.push(ipv6({}, fragment({.id = 9, .offset = 56, .more = false}, raw(filler(8).bytes, 60))));
  REQUIRE(s.out.size() == 2);
  CHECK(s.out[1].later_fragment);
  CHECK(s.out[1].protocol == ip_protocol::udp);
  CHECK(s.out[1].dst_port == 22);
}

TEST_CASE("fragments: identification, protocol and addresses keep datagrams apart") {
  const auto pieces = [](const Ipv4& h, std::uint16_t port) {
    return ipv4_fragments(h, udp({.src_port = port}, filler(100)), 64);
  };
  const std::vector<std::vector<Layer>> all{pieces({.id = 1}, 1), pieces({.id = 2}, 2),
                                            pieces({.src = "10.0.0.3", .id = 1}, 3),
                                            pieces({.dst = "10.0.0.3", .id = 1}, 4)};
  Stream s;
  for (const auto& datagram : all) s.push(datagram[0]);
  for (const auto& datagram : all) s.push(datagram[1]);
  REQUIRE(s.out.size() == 8);
  for (std::size_t i = 0; i < 4; ++i) CHECK(s.out[4 + i].src_port == i + 1);
  s.push(ipv4({.id = 1, .fragment_offset = 64}, raw(filler(8).bytes, ip_protocol::tcp)));
  CHECK(s.out.size() == 8);  // of another protocol: it waits for its first
  s.flush();
  REQUIRE(s.out.size() == 9);
  CHECK(s.out[8].src_port == 0);
}

TEST_CASE("fragments: forgotten after their time, whichever way the clock jumps") {
  const std::vector<Layer> pieces = ipv4_fragments({.id = 1}, udp({.src_port = 9}, filler(100)), 64);
  for (const std::int64_t jump : {std::int64_t{31'000'000'000}, std::int64_t{-31'000'000'000}}) {
    Stream s;
    s.push(pieces[0]);
    s.push(pieces[1], now + jump);
    s.flush();
    REQUIRE(s.out.size() == 2);
    CHECK(s.out[1].src_port == 0);
  }
  Stream early;  // a later fragment without a first goes on when its time is over
  early.push(pieces[1]);
  CHECK(early.out.empty());
  early.push(ipv4_fragments({.id = 5}, udp({}, filler(100)), 64)[0], now + 31'000'000'000);
  REQUIRE(early.out.size() == 2);
  CHECK(early.out[0].later_fragment);
  CHECK(early.out[0].src_port == 0);
  CHECK(early.out[0].payload_length == 44);
  CHECK(early.out[0].payload.empty());
  Stream ends;
  for (const std::int64_t t :
       {std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()}) {
    ends.push(pieces[1], t);
  }
  ends.flush();
  CHECK(ends.out.size() == 2);
}

TEST_CASE("fragments: no packet is lost and no memory grows under a flood") {
  Stream s({.datagrams = 16, .held = 4});
  std::mt19937 random(2);
  std::size_t pushed = 0;
  for (int i = 0; i < 5'000; ++i) {
    const auto id = static_cast<std::uint16_t>(random() & 0xFF);
    const std::vector<Layer> pieces = ipv4_fragments({.id = id}, udp({.src_port = id}, filler(100)), 64);
    s.push(pieces[random() % 2], now + i);
    CHECK(s.out.size() + 4 >= ++pushed);
  }
  s.flush();
  REQUIRE(s.out.size() == pushed);
  std::size_t known = 0;
  for (const Packet& p : s.out) {
    CHECK(missing_or(p.src_port, static_cast<std::uint16_t>(p.fragment_id)));
    known += p.later_fragment && p.src_port != 0 ? 1 : 0;
  }
  CHECK(known > 50);
}

TEST_CASE("fragments: a table that holds nothing back still gives ports in order") {
  Stream s({.held = 0});
  const std::vector<Layer> pieces = ipv4_fragments({.id = 1}, udp({.src_port = 9}, filler(100)), 64);
  s.push(pieces[1]);
  s.push(pieces[0]);
  s.push(pieces[1]);
  REQUIRE(s.out.size() == 3);
  CHECK(s.out[0].src_port == 0);
  CHECK(s.out[2].src_port == 9);
}
