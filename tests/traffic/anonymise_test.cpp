#include <weir/core/rng.hpp>
#include <weir/traffic/anonymise.hpp>
#include <weir/traffic/anonymise/anonymise_frame.hpp>

#include <arpa/inet.h>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <initializer_list>
#include <set>
#include <string>
#include <utility>
#include <vector>

using namespace weir;

namespace {

using Frame = std::vector<std::byte>;

/// The key of the authors' sample trace.
constexpr AnonymiseKey sample_key{21,  34,  23,  141, 51,  164, 207, 128, 19, 10, 91, 22, 73, 144, 125, 16,
                                  216, 152, 143, 131, 121, 121, 101, 39,  98, 87, 76, 45, 42, 132, 34,  2};

AnonymiseKey key_of(std::string_view text) {
  AnonymiseKey key{};
  REQUIRE(text.size() == key.size());
  std::copy(text.begin(), text.end(), key.begin());
  return key;
}
IpAddress address(const std::string& text) {
  IpAddress result{};
  REQUIRE(inet_pton(text.find(':') == std::string::npos ? AF_INET : AF_INET6, text.c_str(), result.data()) ==
          1);
  return result;
}
std::uint8_t version_of(const std::string& text) { return text.find(':') == std::string::npos ? 4 : 6; }

struct Vector {
  const char *from, *to;
};
void check(const AnonymiseKey& key, std::initializer_list<Vector> vectors) {
  CryptoPan pan(key);
  for (const Vector& v : vectors) {
    CAPTURE(v.from);
    CHECK(pan.hide(address(v.from), version_of(v.from)) == address(v.to));
    CHECK(pan.restore(address(v.to), version_of(v.from)) == address(v.from));
  }
}

/// Bits that two addresses share from the front.
std::size_t shared(const IpAddress& a, const IpAddress& b) {
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] != b[i])
      return 8 * i + static_cast<std::size_t>(std::countl_zero(static_cast<std::uint8_t>(a[i] ^ b[i])));
  }
  return 128;
}

// ------------------------------------------------------------------------------------------- frames

void put(Frame& to, std::initializer_list<unsigned> bytes) {
  for (const unsigned b : bytes) to.push_back(static_cast<std::byte>(b));
}
void put(Frame& to, const IpAddress& a, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) to.push_back(static_cast<std::byte>(a[i]));
}
unsigned at(const Frame& f, std::size_t i) { return std::to_integer<unsigned>(f[i]); }
unsigned word(const Frame& f, std::size_t i) { return at(f, i) << 8 | at(f, i + 1); }
void set_word(Frame& f, std::size_t i, unsigned value) {
  f[i] = static_cast<std::byte>(value >> 8);
  f[i + 1] = static_cast<std::byte>(value);
}
/// One's complement sum of [from, to), over `start`.
unsigned ones(const Frame& f, std::size_t from, std::size_t to, unsigned start = 0) {
  unsigned long sum = start;
  for (std::size_t i = from; i < to; i += 2) sum += at(f, i) << 8 | (i + 1 < to ? at(f, i + 1) : 0);
  while (sum > 0xFFFF) sum = (sum & 0xFFFF) + (sum >> 16);
  return static_cast<unsigned>(sum);
}
/// Of the addresses in the IP header at `ip`.
unsigned pseudo(const Frame& f, std::size_t ip, bool six, unsigned protocol, std::size_t length) {
  return ones(f, ip + (six ? 8 : 12), ip + (six ? 40 : 20), protocol + static_cast<unsigned>(length));
}

struct Built {
  Frame frame;
  std::size_t ip = 14, l4 = 0, payload = 0;
};

constexpr std::initializer_list<unsigned> source_mac{0x00, 0x11, 0x22, 0x33, 0x44, 0x55};
constexpr std::initializer_list<unsigned> destination_mac{0x01, 0x00, 0x5e, 0x00, 0x00, 0xfb};

/// Ethernet, IP and `l4`, with right checksums; the checksum of layer 4 stands at `sum` in it.
Built packet(bool six, unsigned protocol, const Frame& l4, std::size_t sum, std::size_t header,
             const Frame& options = {}) {
  Built b;
  Frame& f = b.frame;
  put(f, destination_mac);
  put(f, source_mac);
  if (six) {
    put(f, {0x86, 0xDD, 0x60, 0, 0, 0, 0, static_cast<unsigned>(options.size() + l4.size()),
            options.empty() ? protocol : 60U, 64});
    put(f, address("2001:db8::17"), 16);
    put(f, address("2001:db8:1::53"), 16);
  } else {
    put(f, {0x08, 0x00, 0x45 + static_cast<unsigned>(options.size() / 4), 0, 0,
            static_cast<unsigned>(20 + options.size() + l4.size()), 1, 2, 0x40, 0, 64, protocol, 0, 0});
    put(f, address("192.0.2.17"), 4);
    put(f, address("198.51.100.53"), 4);
  }
  f.insert(f.end(), options.begin(), options.end());
  b.l4 = f.size();
  b.payload = b.l4 + header;
  f.insert(f.end(), l4.begin(), l4.end());
  if (!six) set_word(f, b.ip + 10, ~ones(f, b.ip, b.l4) & 0xFFFF);
  const unsigned start = protocol == 1 ? 0 : pseudo(f, b.ip, six, protocol, l4.size());
  set_word(f, b.l4 + sum, ~ones(f, b.l4, f.size(), start) & 0xFFFF);
  return b;
}
Built tcp(bool six, const Frame& options = {}) {
  Frame l4;
  put(l4, {0xC3, 0x50, 0x01, 0xBB, 0, 0, 0, 1, 0, 0, 0, 2, 0x50, 0x18, 0x10, 0, 0, 0, 0, 0});
  put(l4, {'s', 'e', 'c', 'r', 'e', 't', '!'});
  return packet(six, 6, l4, 16, 20, options);
}
Built udp(bool six, unsigned port = 53) {
  Frame l4;
  put(l4, {0xC3, 0x50, port >> 8, port & 255, 0, 13, 0, 0, 'q', 'u', 'e', 'r', 'y'});
  return packet(six, 17, l4, 6, 8);
}

std::size_t rewrite(Anonymiser& hide, Built& b, int link = link_type::ethernet) {
  return anonymise_frame(hide, b.frame, link, static_cast<std::uint32_t>(b.frame.size()));
}
bool contains(const Frame& f, std::size_t length, const IpAddress& a, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(a).first(size));
  return std::search(f.begin(), f.begin() + static_cast<std::ptrdiff_t>(length), bytes.begin(),
                     bytes.end()) != f.begin() + static_cast<std::ptrdiff_t>(length);
}

}  // namespace

TEST_CASE("Crypto-PAn: the published vectors of both families") {
  // IPv4: the sample trace of the authors' program.
  check(sample_key, {{"128.11.68.132", "135.242.180.132"},
                     {"129.118.74.4", "134.136.186.123"},
                     {"130.132.252.244", "133.68.164.234"},
                     {"141.223.7.43", "141.167.8.160"},
                     {"141.233.145.108", "141.129.237.235"},
                     {"152.163.225.39", "151.140.114.167"},
                     {"156.29.3.236", "147.225.12.42"},
                     {"165.247.96.84", "162.9.99.234"},
                     {"166.107.77.190", "160.132.178.185"},
                     {"192.102.249.13", "252.138.62.131"},
                     {"24.0.250.221", "100.15.198.226"},
                     {"38.15.67.68", "64.3.66.187"},
                     {"4.3.88.225", "124.60.155.63"},
                     {"63.14.55.111", "95.9.215.7"},
                     {"64.39.15.238", "0.219.7.41"}});
  // IPv6 with the same key: the Go implementation (Yawning/cryptopan) and the C# one (Sappan.CryptoPAn).
  check(sample_key, {{"::1", "78ff:f001:9fc0:20df:8380:b1f1:704:ed"},
                     {"::2", "78ff:f001:9fc0:20df:8380:b1f1:704:ef"},
                     {"::ffff", "78ff:f001:9fc0:20df:8380:b1f1:704:f838"},
                     {"2001:db8::1", "4401:2bc:603f:d91d:27f:ff8e:e6f1:dc1e"},
                     {"2001:db8::2", "4401:2bc:603f:d91d:27f:ff8e:e6f1:dc1c"}});
  // yacryptopan's README, and its tests.
  check(key_of("32-char-str-for-AES-key-and-pad."),
        {{"192.0.2.1", "192.0.125.244"}, {"2001:db8::1", "27fe:8bc7:fee:1e:1e1f:f0fe:f0e1:83fd"}});
  AnonymiseKey counting{};
  for (std::size_t i = 0; i < counting.size(); ++i) counting[i] = static_cast<std::uint8_t>(i);
  check(counting, {{"192.0.2.1", "2.90.93.17"}, {"2001:db8::1", "dd92:2c44:3fc0:ff1e:7ff9:c7f0:8180:7e00"}});
  const AnonymiseKey third{0x80, 0x09, 0xab, 0x3a, 0x60, 0x54, 0x35, 0xbe, 0xa0, 0xc3, 0x85,
                           0xbe, 0xa1, 0x84, 0x85, 0xd8, 0xb0, 0xa1, 0x10, 0x3d, 0x65, 0x90,
                           0xbd, 0xf4, 0x8c, 0x96, 0x8b, 0xe5, 0xde, 0x53, 0x83, 0x6e};
  check(third, {{"123.123.123.123", "117.8.135.123"},
                {"8.8.8.8", "55.21.62.136"},
                {"255.255.255.255", "240.15.248.0"},
                {"2a02:db8:85a3::8a2e:370:7344", "1482:f447:75b3:f1f9:fbdf:622e:34f:ff7b"},
                {"2a02:db8:85a3:8d3:1319:8a2e:370:7344", "1482:f447:75b3:f904:c1d9:ba2e:489:1346"},
                {"fc00::", "f33c:8ca3:ef0f:e019:e7ff:f1e3:f91f:f800"}});
}

TEST_CASE("Crypto-PAn: shared prefixes stay as long as they were, and it can be undone") {
  Rng rng(1);
  CryptoPan pan(sample_key);
  for (const std::uint8_t version : {std::uint8_t{4}, std::uint8_t{6}}) {
    const std::size_t bits = version == 4 ? 32 : 128;
    for (int i = 0; i < 300; ++i) {
      IpAddress a{};
      for (std::size_t k = 0; k < bits / 8; ++k) a[k] = static_cast<std::uint8_t>(rng.below(256));
      IpAddress b = a;  // alike up to a bit, and at random from there
      const auto differ = static_cast<std::size_t>(rng.below(bits));
      b[differ / 8] = static_cast<std::uint8_t>(b[differ / 8] ^ (0x80 >> (differ % 8)));
      for (std::size_t k = differ / 8 + 1; k < bits / 8; ++k)
        b[k] = static_cast<std::uint8_t>(rng.below(256));
      REQUIRE(shared(a, b) == differ);
      CHECK(shared(pan.hide(a, version), pan.hide(b, version)) == differ);
      CHECK(pan.restore(pan.hide(a, version), version) == a);
    }
  }
  // One to one: a whole /20.
  std::set<IpAddress> seen;
  for (unsigned i = 0; i < 4096; ++i) {
    seen.insert(pan.hide({10, 1, static_cast<std::uint8_t>(i >> 8), static_cast<std::uint8_t>(i)}, 4));
  }
  CHECK(seen.size() == 4096);
}

TEST_CASE("MAC addresses: hashed, the group bit stays, zero and broadcast too") {
  Anonymiser hide(sample_key), other(key_of("32-char-str-for-AES-key-and-pad."));
  const MacAddress card{0x00, 0x11, 0x22, 0x33, 0x44, 0x55}, group{0x01, 0x00, 0x5e, 0, 0, 0xfb};
  CHECK(hide.mac(card) != card);
  CHECK(hide.mac(card) == hide.mac(card));
  CHECK(hide.mac(card) != other.mac(card));
  CHECK((hide.mac(card)[0] & 3) == 2);
  CHECK((hide.mac(group)[0] & 3) == 3);
  CHECK(hide.mac({}) == MacAddress{});
  CHECK(hide.mac({255, 255, 255, 255, 255, 255}) == MacAddress{255, 255, 255, 255, 255, 255});
  CHECK(Anonymiser(sample_key, {.macs = false}).mac(card) == card);
}

TEST_CASE("ports: a permutation from the given one up") {
  const Anonymiser hide(sample_key, {.ports = true}), all(sample_key, {.ports = true, .keep_ports_below = 0});
  std::vector<bool> seen(65'536), seen_all(65'536);
  std::size_t same = 0;
  for (unsigned p = 0; p < 65'536; ++p) {
    const std::uint16_t port = hide.port(static_cast<std::uint16_t>(p));
    if (p < 1024) CHECK(port == p);
    seen[port] = true;
    seen_all[all.port(static_cast<std::uint16_t>(p))] = true;
    same += p >= 1024 && port == p ? 1U : 0U;
  }
  CHECK(std::find(seen.begin(), seen.end(), false) == seen.end());
  CHECK(std::find(seen_all.begin(), seen_all.end(), false) == seen_all.end());
  CHECK(same < 10);  // one is expected
  CHECK(Anonymiser(sample_key).port(40'000) == 40'000);
  CHECK_THROWS_AS(Anonymiser(sample_key, {.keep_ports_below = 65'537}), ConfigError);
}

TEST_CASE("a packet's fields") {
  Anonymiser hide(sample_key, {.ports = true, .time_shift_ns = -5});
  CryptoPan pan(sample_key);
  Built b = tcp(true);
  Packet p;
  REQUIRE(parse_packet(p, link_type::ethernet, b.frame, static_cast<std::uint32_t>(b.frame.size()), 1000));
  const Packet before = p;
  hide.hide(p);
  CHECK(p.time_ns == 995);
  CHECK(p.src == pan.hide(before.src, 6));
  CHECK(p.dst == pan.hide(before.dst, 6));
  CHECK(p.src_mac == hide.mac(before.src_mac));
  CHECK(p.src_port == hide.port(50'000));
  CHECK(p.dst_port == 443);
  CHECK(p.frame.empty());
  CHECK(p.payload.empty());
  CHECK(p.payload_length == before.payload_length);
  CHECK(hide.time(INT64_MIN) == INT64_MIN);
}

TEST_CASE("a frame is rewritten, its checksums stay right, its payload goes") {
  for (const bool six : {false, true}) {
    for (const bool is_tcp : {false, true}) {
      for (const std::uint32_t keep : {0U, 4U, 1000U}) {
        CAPTURE(six);
        CAPTURE(is_tcp);
        Anonymiser hide(sample_key, {.ports = true, .payload_bytes = keep});
        Built b = is_tcp ? tcp(six) : udp(six);
        const Built before = b;
        const std::size_t length = rewrite(hide, b);
        CHECK(length == std::min(before.frame.size(), before.payload + keep));
        CHECK(b.frame.size() == before.frame.size());
        const std::size_t size = six ? 16 : 4, from = b.ip + (six ? 8 : 12);
        for (const std::size_t which : {from, from + size}) {
          IpAddress old{}, now{};
          std::memcpy(old.data(), &before.frame[which], size);
          std::memcpy(now.data(), &b.frame[which], size);
          CHECK(now == hide.address(old, six ? 6 : 4));
          CHECK(now != old);
        }
        CHECK(word(b.frame, b.l4) == hide.port(50'000));
        CHECK(word(b.frame, b.l4) != 50'000);
        CHECK((at(b.frame, 0) & 3) == 3);
        CHECK((at(b.frame, 6) & 3) == 2);
        // The bytes that are to be cut are still there, so the checksums can be tried over all.
        if (!six) CHECK(ones(b.frame, b.ip, b.l4) == 0xFFFF);
        const std::size_t l4_size = b.frame.size() - b.l4;
        CHECK(ones(b.frame, b.l4, b.frame.size(), pseudo(b.frame, b.ip, six, is_tcp ? 6 : 17, l4_size)) ==
              0xFFFF);
      }
    }
  }
}

TEST_CASE("a wrong checksum stays wrong, none stays none, and UDP's never becomes none") {
  Anonymiser hide(sample_key);
  Built wrong = tcp(false);
  set_word(wrong.frame, wrong.l4 + 16, word(wrong.frame, wrong.l4 + 16) ^ 0x0100);
  rewrite(hide, wrong);
  CHECK(ones(wrong.frame, wrong.l4, wrong.frame.size(),
             pseudo(wrong.frame, wrong.ip, false, 6, wrong.frame.size() - wrong.l4)) != 0xFFFF);
  Built none = udp(false);
  set_word(none.frame, none.l4 + 6, 0);
  rewrite(hide, none);
  CHECK(word(none.frame, none.l4 + 6) == 0);
  // Every value that the checksum can have: one of them comes out as 0 and is written as 0xFFFF.
  int all_ones = 0;
  for (unsigned value = 1; value < 0x10000; ++value) {
    Built b = udp(false);
    set_word(b.frame, b.l4 + 6, value);
    rewrite(hide, b);
    REQUIRE(word(b.frame, b.l4 + 6) != 0);
    all_ones += word(b.frame, b.l4 + 6) == 0xFFFF ? 1 : 0;
  }
  CHECK(all_ones == 1);
}

TEST_CASE("addresses in options, routing headers and redirects") {
  Anonymiser hide(sample_key);
  const IpAddress hidden4 = address("203.0.113.99"), hidden6 = address("2001:db8:99::99");
  Frame record;  // record route, with an address in it
  put(record, {7, 7, 8});
  put(record, hidden4, 4);
  put(record, {0});
  Built b = tcp(false, record);
  std::size_t length = rewrite(hide, b);
  CHECK(length == b.payload);
  CHECK_FALSE(contains(b.frame, length, hidden4, 4));
  CHECK(ones(b.frame, b.ip, b.l4) == 0xFFFF);
  CHECK(ones(b.frame, b.l4, b.frame.size(), pseudo(b.frame, b.ip, false, 6, b.frame.size() - b.l4)) ==
        0xFFFF);

  for (const unsigned type : {60U, 43U}) {  // home address; routing header
    Frame extension;
    if (type == 60) {
      put(extension, {6, 2, 1, 2, 0, 0, 201, 16});
    } else {
      put(extension, {6, 2, 2, 1, 0, 0, 0, 0});
    }
    put(extension, hidden6, 16);
    Built c = tcp(true, extension);
    c.frame[c.ip + 6] = static_cast<std::byte>(type);
    length = rewrite(hide, c);
    CHECK(length == c.payload);
    CHECK_FALSE(contains(c.frame, length, hidden6, 16));
    if (type == 43) CHECK(contains(c.frame, length, hide.address(hidden6, 6), 16));
    Packet p;
    REQUIRE(parse_packet(p, link_type::ethernet, c.frame, static_cast<std::uint32_t>(c.frame.size()), 0));
    CHECK(p.protocol == 6);
    CHECK(p.has_l4);
  }

  Frame redirect;
  put(redirect, {5, 1, 0, 0});
  put(redirect, hidden4, 4);
  put(redirect, {0x45, 0, 0, 28});  // the packet that it quotes
  put(redirect, hidden4, 4);
  Built d = packet(false, 1, redirect, 2, 8);
  length = rewrite(hide, d);
  CHECK(length == d.l4 + 8);
  CHECK_FALSE(contains(d.frame, length, hidden4, 4));
  CHECK(contains(d.frame, length, hide.address(hidden4, 4), 4));
  CHECK(ones(d.frame, d.l4, d.frame.size()) == 0xFFFF);
}

TEST_CASE("multipath TCP's option with another address goes") {
  Anonymiser hide(sample_key);
  const IpAddress hidden = address("203.0.113.98");
  Frame l4;
  put(l4, {0xC3, 0x50, 0x01, 0xBB, 0, 0, 0, 1, 0, 0, 0, 2, 0x80, 0x10, 0x10, 0, 0, 0, 0, 0});
  put(l4, {1, 30, 8, 0x34, 7});
  put(l4, hidden, 4);
  put(l4, {3, 3, 7});  // window scale
  Built b = packet(false, 6, l4, 16, 32);
  const std::size_t length = rewrite(hide, b);
  CHECK(length == b.payload);
  CHECK_FALSE(contains(b.frame, length, hidden, 4));
  CHECK(ones(b.frame, b.l4, b.frame.size(), pseudo(b.frame, b.ip, false, 6, l4.size())) == 0xFFFF);
  Packet p;
  REQUIRE(parse_packet(p, link_type::ethernet, b.frame, static_cast<std::uint32_t>(b.frame.size()), 0));
  CHECK(p.tcp_wscale == 7);
}

TEST_CASE("ARP, VLAN tags, Linux cooked") {
  Anonymiser hide(sample_key);
  const IpAddress asks = address("192.0.2.1"), asked = address("192.0.2.2");
  for (const std::size_t tags : {0U, 1U, 5U}) {
    Built b;
    put(b.frame, destination_mac);
    put(b.frame, source_mac);
    for (std::size_t i = 0; i < tags; ++i) put(b.frame, {0x81, 0, 0, 7});
    put(b.frame, {0x08, 0x06, 0, 1, 8, 0, 6, 4, 0, 1});
    put(b.frame, source_mac);
    put(b.frame, asks, 4);
    put(b.frame, {0, 0, 0, 0, 0, 0});
    put(b.frame, asked, 4);
    put(b.frame, {'p', 'a', 'd'});
    const std::size_t length = rewrite(hide, b);
    CHECK(length == 14 + 4 * tags + 28);
    CHECK_FALSE(contains(b.frame, length, asks, 4));
    CHECK_FALSE(contains(b.frame, length, asked, 4));
    CHECK(contains(b.frame, length, hide.address(asks, 4), 4));
    // Sender in the Ethernet header and in the body are still the same card, the unknown one still unknown.
    CHECK(std::equal(b.frame.begin() + 6, b.frame.begin() + 12,
                     b.frame.begin() + static_cast<std::ptrdiff_t>(14 + 4 * tags + 8)));
    CHECK(at(b.frame, 14 + 4 * tags + 18) == 0);
  }
  Built ethernet = tcp(false), cooked;
  put(cooked.frame, {0, 0, 0, 1, 0, 6});
  put(cooked.frame, source_mac);
  put(cooked.frame, {0, 0, 8, 0});
  cooked.frame.insert(cooked.frame.end(), ethernet.frame.begin() + 14, ethernet.frame.end());
  CHECK(rewrite(hide, cooked, link_type::linux_cooked) == 16 + 40);
  rewrite(hide, ethernet);
  CHECK(std::equal(ethernet.frame.begin() + 14, ethernet.frame.end(), cooked.frame.begin() + 16));
  CHECK(std::equal(ethernet.frame.begin() + 6, ethernet.frame.begin() + 12, cooked.frame.begin() + 6));
}

TEST_CASE("what may carry other packets, and what is not known, is cut") {
  Anonymiser hide(sample_key, {.payload_bytes = 1000});
  Built vxlan = udp(false, 4789);
  CHECK(rewrite(hide, vxlan) == vxlan.payload);
  Built gre = packet(false, 47, Frame(40, std::byte{0x45}), 0, 0);
  CHECK(rewrite(hide, gre) == gre.l4);
  Built fragment = tcp(false);
  set_word(fragment.frame, fragment.ip + 6, 0x0010);
  CHECK(rewrite(hide, fragment) == fragment.l4);
  Built lldp = tcp(false);
  set_word(lldp.frame, 12, 0x88CC);
  CHECK(rewrite(hide, lldp) == 14);
  Built unknown = tcp(false);
  CHECK(rewrite(hide, unknown, 9999) == 0);
}

TEST_CASE("Ethernet over MPLS is rewritten as far as it proves itself") {
  Anonymiser hide(sample_key, {.payload_bytes = 1000});
  for (const std::size_t control : {0U, 4U}) {
    const Built inner = tcp(false);
    Built outer;
    put(outer.frame, {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x88, 0x47, 0, 0, 0x11, 64});
    const std::size_t begin = outer.frame.size() + control;
    if (control > 0) put(outer.frame, {0, 0, 0x12, 0x34});
    outer.frame.insert(outer.frame.end(), inner.frame.begin(), inner.frame.end());
    Built wrong = outer;
    set_word(wrong.frame, begin + 14 + 10, 0);  // the checksum

    CHECK(rewrite(hide, outer) == begin + inner.frame.size());
    CHECK(at(outer.frame, begin + 1) != 0);  // of another MAC address
    CHECK((at(outer.frame, begin) & 1) == 1);
    if (control > 0) CHECK(word(outer.frame, begin - 2) == 0);
    CHECK_FALSE(contains(outer.frame, outer.frame.size(), address("192.0.2.17"), 4));
    CHECK(contains(outer.frame, outer.frame.size(), hide.address(address("192.0.2.17"), 4), 4));
    const auto p = parse_packet(link_type::ethernet, outer.frame, 200, 0);
    REQUIRE(p);
    CHECK(p->src == hide.address(address("192.0.2.17"), 4));
    CHECK(p->dst_port == 443);

    CHECK(rewrite(hide, wrong) == 14);
  }
}

TEST_CASE("of the word of ICMP headers what has a meaning stays, and the rest is zero") {
  Anonymiser hide(sample_key);
  struct Kept {
    unsigned type, code;
    std::uint32_t bits;
  };
  const std::vector<Kept> four{
      {0, 0, 0xFFFFFFFF},  {3, 0, 0},           {3, 1, 0},           {3, 4, 0xFFFF},      {3, 13, 0},
      {4, 0, 0},           {8, 0, 0xFFFFFFFF},  {9, 0, 0},           {11, 0, 0},          {11, 1, 0},
      {12, 0, 0xFF000000}, {12, 1, 0xFF000000}, {13, 0, 0xFFFFFFFF}, {17, 0, 0xFFFFFFFF}, {40, 0, 0}};
  const std::vector<Kept> six{{1, 4, 0},          {2, 0, 0xFFFFFFFF},   {3, 0, 0},
                              {4, 1, 0xFFFFFFFF}, {128, 0, 0xFFFFFFFF}, {130, 0, 0xFFFF0000},
                              {131, 0, 0},        {133, 0, 0},          {134, 0, 0xFFFFFFFF},
                              {135, 0, 0},        {136, 0, 0xE0000000}, {137, 0, 0},
                              {143, 0, 0xFFFF},   {200, 0, 0}};
  for (const bool ipv6 : {false, true}) {
    for (const Kept& kept : ipv6 ? six : four) {
      CAPTURE(ipv6);
      CAPTURE(kept.type);
      CAPTURE(kept.code);
      Frame message;
      put(message, {kept.type, kept.code, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 'q', 'u', 'o', 't', 'e', 'd'});
      Built b = packet(ipv6, ipv6 ? 58 : 1, message, 2, 8);
      CHECK(rewrite(hide, b) == b.l4 + 8);
      CHECK((word(b.frame, b.l4 + 4) << 16 | word(b.frame, b.l4 + 6)) == kept.bits);
      const unsigned start = ipv6 ? pseudo(b.frame, b.ip, true, 58, message.size()) : 0;
      CHECK(ones(b.frame, b.l4, b.frame.size(), start) == 0xFFFF);
    }
  }
}

TEST_CASE("cut and random frames: never outside, never an address left") {
  Anonymiser hide(sample_key, {.ports = true});
  for (const bool six : {false, true}) {
    const Built whole = tcp(six);
    for (std::size_t size = 0; size <= whole.frame.size(); ++size) {
      Frame cut(whole.frame.begin(), whole.frame.begin() + static_cast<std::ptrdiff_t>(size));
      cut.shrink_to_fit();
      const std::size_t length =
          anonymise_frame(hide, cut, link_type::ethernet, static_cast<std::uint32_t>(whole.frame.size()));
      CHECK(length <= size);
      CHECK_FALSE(contains(cut, length, six ? address("2001:db8::17") : address("192.0.2.17"), six ? 16 : 4));
    }
  }
  Rng rng(9);
  for (int i = 0; i < 30'000; ++i) {
    Built b = i % 3 == 0 ? udp(i % 2 == 0) : tcp(i % 2 == 0);
    for (int k = 0; k < 6; ++k)
      b.frame[12 + rng.below(b.frame.size() - 12)] = static_cast<std::byte>(rng.below(256));
    b.frame.resize(1 + rng.below(b.frame.size()));
    b.frame.shrink_to_fit();
    constexpr std::array<int, 8> links{1, 1, 1, 113, 276, 105, 127, 12};
    const std::size_t length = rewrite(hide, b, links[rng.below(links.size())]);
    REQUIRE(length <= b.frame.size());
  }
}
