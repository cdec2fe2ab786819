// Header bits, masks and early columns, on packets made by hand.
#include "traffic/flow_packets.hpp"

#include <weir/traffic/features/flow_features.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

using namespace weir;
using namespace weir::tcp_flag;
using namespace flow_packets;

namespace {

using Bits = HeaderBits::PacketBits;

Bits bits_of(const Layer& frame, const FeatureMask& mask = {}, std::size_t captured = SIZE_MAX) {
  Trace trace;
  return HeaderBits::expand(HeaderBits::headers_of(trace.add(t0, frame, captured)), mask);
}

/// The number in these bits; -1 when one of them is not there.
std::int64_t number(const Bits& bits, std::size_t first, std::size_t count) {
  std::int64_t value = 0;
  for (std::size_t i = first; i < first + count; ++i) {
    if (bits[i] < 0) return -1;
    value = 2 * value + bits[i];
  }
  return value;
}
std::size_t there(const Bits& bits) {
  return static_cast<std::size_t>(std::count_if(bits.begin(), bits.end(), [](int bit) { return bit >= 0; }));
}

const Tcp syn_header{.src_port = 40'000,
                     .dst_port = 443,
                     .seq = 0xDEADBEEF,
                     .ack = 0x01020304,
                     .flags = syn,
                     .window = 0x1234,
                     .options = joined(option_mss(1'460), option_timestamps(0xAABBCCDD, 0x11223344))};
Layer syn_frame() {
  return ethernet({},
                  ipv4({.src = "10.1.2.3", .dst = "192.0.2.9", .ttl = 57, .id = 0xBEEF}, tcp(syn_header)));
}

constexpr std::size_t v4 = HeaderBits::ipv4, v6 = HeaderBits::ipv6, t = HeaderBits::tcp, u = HeaderBits::udp,
                      i = HeaderBits::icmp;

/// A ClientHello: 32 bytes of 0xA1 as random, 8 of 0xA2 as session id, the name "secret.example".
Bytes client_hello() {
  const std::string name = "secret.example";
  Bytes body = bytes_of({3, 3});
  body.insert(body.end(), 32, std::byte{0xA1});
  put8(body, 8);
  body.insert(body.end(), 8, std::byte{0xA2});
  put(body, bytes_of({0, 2, 0x13, 0x01, 1, 0}));            // a cipher suite, no compression
  Bytes extensions = bytes_of({0, 10, 0, 4, 0, 2, 0, 29});  // supported_groups
  put(extensions, bytes_of({0, 0}));
  put16(extensions, name.size() + 5);
  put16(extensions, name.size() + 3);
  put8(extensions, 0);
  put16(extensions, name.size());
  put(extensions, text(name).bytes);
  put(extensions, bytes_of({0, 23, 0, 0}));  // extended_main_secret
  put16(body, extensions.size());
  put(body, extensions);
  Bytes out = bytes_of({22, 3, 1});
  put16(out, body.size() + 4);
  put8(out, 1);
  put24(out, body.size());
  put(out, body);
  return out;
}
std::string letters(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
/// What must stay of the hello, and what must go.
void check_masked(std::span<const std::byte> masked, const Bytes& original) {
  const std::size_t random = 11, session = 44, name = original.size() - 4 - 14;
  std::size_t differing = 0;
  for (std::size_t k = 0; k < original.size(); ++k) {
    const bool secret =
        (k >= random && k < random + 32) || (k >= session && k < session + 8) || (k >= name && k < name + 14);
    if (masked[k] != (secret ? std::byte{0} : original[k])) ++differing;
  }
  CHECK(differing == 0);
}

}  // namespace

TEST_CASE("header bits of TCP over IPv4 stand where nPrint puts them") {
  const Bits b = bits_of(syn_frame());
  CHECK(number(b, v4, 4) == 4);
  CHECK(number(b, v4 + 4, 4) == 5);
  CHECK(number(b, v4 + 16, 16) == 20 + 20 + 4 + 12);  // total length
  CHECK(number(b, v4 + 32, 16) == 0xBEEF);
  CHECK(number(b, v4 + 64, 8) == 57);
  CHECK(number(b, v4 + 72, 8) == 6);
  CHECK(number(b, v4 + 96, 32) == 0x0A010203);
  CHECK(number(b, v4 + 128, 32) == 0xC0000209);
  CHECK(b[v4 + 160] == -1);  // no options
  CHECK(number(b, t, 16) == 40'000);
  CHECK(number(b, t + 16, 16) == 443);
  CHECK(number(b, t + 32, 32) == 0xDEADBEEF);
  CHECK(number(b, t + 64, 32) == 0x01020304);
  CHECK(number(b, t + 104, 8) == syn);
  CHECK(number(b, t + 112, 16) == 0x1234);
  CHECK(number(b, t + 160, 32) == 0x020405B4);       // MSS 1460
  CHECK(number(b, t + 192 + 16, 32) == 0xAABBCCDD);  // behind kind and length
  CHECK(there(b) == 8 * (20 + 20 + 4 + 12));         // the time stamps are padded to 12
}

TEST_CASE("header bits of the other protocols") {
  const Bits six = bits_of(ethernet({}, ipv6({.src = "2001:db8::1", .hop_limit = 9, .flow_label = 0x12345},
                                             udp({.src_port = 1, .dst_port = 53}, filler(4)))));
  CHECK(number(six, v6, 4) == 6);
  CHECK(number(six, v6 + 12, 20) == 0x12345);
  CHECK(number(six, v6 + 56, 8) == 9);
  CHECK(number(six, v6 + 64, 32) == 0x20010DB8);
  CHECK(number(six, u + 16, 16) == 53);
  CHECK(number(six, u + 32, 16) == 12);
  CHECK(there(six) == 320 + 64);
  const Bits ping = bits_of(ethernet({}, ipv4({}, icmp({.type = 8, .id = 7}, filler(56)))));
  CHECK(number(ping, i, 8) == 8);
  CHECK(number(ping, i + 32, 16) == 7);
  CHECK(there(ping) == 160 + 64);
  CHECK(there(bits_of(ethernet({}, ipv4({}, raw(filler(9).bytes))))) == 160);  // no header that is known
  CHECK(there(bits_of(syn_frame(), {}, 14 + 20 + 6)) == 160);  // less than a TCP header was captured
}

TEST_CASE("each mask leaves out its fields and no others") {
  const auto left_out = [](auto member) {
    FeatureMask mask;
    mask.*member = true;
    const Bits all = bits_of(syn_frame()), some = bits_of(syn_frame(), mask);
    std::vector<std::size_t> places;
    for (std::size_t k = 0; k < all.size(); ++k) {
      if (all[k] == some[k]) continue;
      CHECK(some[k] == -1);
      places.push_back(k);
    }
    return places;
  };
  const auto range = [](std::size_t first, std::size_t count) {
    std::vector<std::size_t> all(count);
    for (std::size_t k = 0; k < count; ++k) all[k] = first + k;
    return all;
  };
  const auto both = [](std::vector<std::size_t> a, const std::vector<std::size_t>& b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
  };
  CHECK(left_out(&FeatureMask::addresses) == range(v4 + 96, 64));
  CHECK(left_out(&FeatureMask::ports) == range(t, 32));
  CHECK(left_out(&FeatureMask::checksums) == both(range(v4 + 80, 16), range(t + 128, 16)));
  CHECK(left_out(&FeatureMask::ip_id) == range(v4 + 32, 16));
  CHECK(left_out(&FeatureMask::sequence) == range(t + 32, 64));
  CHECK(left_out(&FeatureMask::timestamps) == range(t + 192 + 16, 64));
  CHECK(left_out(&FeatureMask::tls).empty());
  CHECK(left_out(&FeatureMask::options) == range(t + 280, 8));  // what is behind the last of them

  const Bits udp_bits = bits_of(ethernet({}, ipv6({}, udp({}, filler(4)))), FeatureMask::all());
  CHECK(there(udp_bits) == 320 - 256 - 20 + 16);  // of UDP the length remains
  FeatureMask named;
  for (const char* name : {"addresses", "ports", "checksums", "ip_id", "sequence", "timestamps"}) {
    CHECK(named.set(name));
  }
  CHECK(named.set("tls"));
  CHECK(named.set("options"));
  CHECK(named == FeatureMask::all());
  FeatureMask all;
  CHECK(all.set("all"));
  CHECK(all == named);
  CHECK_FALSE(all.set("address"));
}

TEST_CASE("malformed TCP options end the search for time stamps") {
  Tcp h = syn_header;
  for (const Bytes& options :
       {bytes_of({8, 0, 1, 2}), bytes_of({8, 10, 1, 2}), bytes_of({3, 1, 8, 10}), bytes_of({1, 1, 1, 8})}) {
    h.options = options;
    const Bits b = bits_of(ethernet({}, ipv4({}, tcp(h))), FeatureMask{.timestamps = true});
    CHECK(there(b) <= 8 * 44);
    CHECK(there(b) >= 8 * 40);
  }
}

TEST_CASE("nothing of an address is left under the mask of identities, however headers are cut") {
  const auto spread = [](const Bits& bits, std::size_t at, std::uint32_t value) {
    for (std::size_t k = 0; k < 32; ++k) {
      if (bits[at + k] != static_cast<int>(value >> (31 - k) & 1U)) return false;
    }
    return true;
  };
  constexpr std::uint32_t secret = 0xC6124D09;  // 198.18.77.9
  const Bytes address = bytes_of({198, 18, 77, 9});
  const auto with = [&](Bytes head, const Bytes& tail = {}) { return joined(joined(head, address), tail); };
  const Ipv4 ends{.src = "198.18.77.9", .dst = "198.18.77.9", .options = with(bytes_of({7, 7, 8}))};
  std::vector<Layer> frames;
  for (const Bytes& options :
       {with(bytes_of({30, 8, 0x34, 7})), with(bytes_of({1, 253, 6}), option_mss(9)), with(bytes_of({34, 6})),
        with(bytes_of({0, 0, 0, 0})), with(bytes_of({2, 40, 0, 0})), with(bytes_of({9, 1})),
        with(bytes_of({8, 10}), address), with(bytes_of({2, 6}))}) {
    frames.push_back(ethernet({}, ipv4(ends, tcp({.options = options}))));
  }
  for (unsigned type = 0; type < 60; ++type) {
    if (detail::plain_icmp_bits(4, static_cast<std::uint8_t>(type), 0) != 0) continue;
    Layer message = icmp({.type = static_cast<std::uint8_t>(type)});
    std::copy(address.begin(), address.end(), message.bytes.begin() + 4);
    frames.push_back(ethernet({}, ipv4(ends, message)));
  }
  for (const Layer& frame : frames) {
    for (std::size_t captured = 34; captured <= frame.bytes.size(); ++captured) {
      const Bits open = bits_of(frame, {}, captured),
                 hidden = bits_of(frame, FeatureMask::identities(), captured);
      CHECK(spread(open, v4 + 96, secret));
      std::size_t found = 0;
      for (std::size_t at = 0; at + 32 <= hidden.size(); at += 8)
        found += spread(hidden, at, secret) ? 1U : 0U;
      CHECK(found == 0);
    }
  }
}

TEST_CASE("the profile has 1408 columns a packet, packet by packet, missing ones behind the last") {
  Trace trace;
  Connection c(trace);
  c.handshake(t0);
  FlowOptions options;
  options.features.header_packets = 4;
  options.features.mask.ports = true;
  const Row r = flows_of<HeaderBits>(trace.packets(), options)[0];
  CHECK(r.numbers.size() == 4 * HeaderBits::bits);
  const auto bit = [&](std::size_t packet, std::size_t at) {
    return r["header_bit_" + std::to_string(packet * HeaderBits::bits + at + 1)];
  };
  CHECK(bit(0, t + 110) == 1);  // SYN
  CHECK(bit(0, t + 107) == 0);  // ACK
  CHECK(bit(1, t + 107) == 1);
  CHECK(bit(2, t + 110) == 0);
  CHECK(bit(0, t) == -1);
  CHECK(bit(3, 0) == -1);
  CHECK(r.valid.at("header_bit_1"));
  CHECK_FALSE(r.valid.at("header_bit_" + std::to_string(3 * HeaderBits::bits + 1)));
}

TEST_CASE("a TLS hello loses random, session id and name, wherever it stands and however it is cut") {
  const Bytes hello = client_hello();
  Bytes bytes = hello;
  mask_tls(bytes);
  check_masked(bytes, hello);
  mask_tls(bytes);
  check_masked(bytes, hello);

  Bytes behind = text("220 ready\r\n").bytes;  // as behind a STARTTLS
  put(behind, hello);
  mask_tls(behind);
  CHECK(letters(std::span(behind).first(11)) == "220 ready\r\n");
  check_masked(std::span(behind).subspan(11), hello);

  for (std::size_t size = 0; size <= hello.size(); ++size) {
    Bytes cut(hello.begin(), hello.begin() + static_cast<std::ptrdiff_t>(size));
    mask_tls(cut);
    const std::string left = letters(cut);
    CHECK(left.find("secret") == std::string::npos);
    if (size >= 11) CHECK(left.find('\xA1') == std::string::npos);
  }
  Bytes data = bytes_of({23, 3, 3, 0, 40});  // application data is left alone
  put(data, filler(40).bytes);
  const Bytes before = data;
  mask_tls(data);
  CHECK(data == before);
}

TEST_CASE("lengths in a hello that lie do no harm") {
  const Bytes hello = client_hello();
  for (std::size_t at = 0; at < hello.size(); ++at) {
    for (const unsigned value : {0U, 1U, 0x7FU, 0xFFU}) {
      Bytes forged = hello;
      forged[at] = static_cast<std::byte>(value);
      mask_tls(forged);
      CHECK(forged.size() == hello.size());
    }
  }
}

TEST_CASE("payload columns mask a hello that comes in two segments") {
  const Bytes hello = client_hello();
  Trace trace;
  const auto send = [&](std::size_t first, std::size_t count, std::uint32_t seq, std::int64_t time) {
    const auto part = std::span(hello).subspan(first, count);
    trace.add(time,
              ethernet({}, ipv4({}, tcp({.seq = seq, .flags = ack | psh}, raw({part.begin(), part.end()})))));
  };
  const std::size_t half = hello.size() - 10;  // in the middle of the name
  send(0, half, 1'000, t0);
  send(half, hello.size() - half, static_cast<std::uint32_t>(1'000 + half), t0 + ms);
  FlowOptions options;
  options.features.payload_bytes = 200;
  const auto said = [&] {
    const Row r = flows_of<PayloadBytes>(trace.packets(), options)[0];
    Bytes bytes;
    for (std::size_t k = 0; k < hello.size(); ++k) {
      bytes.push_back(static_cast<std::byte>(r["payload_" + std::to_string(k + 1)]));
    }
    return bytes;
  };
  CHECK(said() == hello);
  options.features.mask.tls = true;
  check_masked(said(), hello);
}

TEST_CASE("early columns are those of a flow cut after n packets, whatever comes then") {
  Trace whole;
  reference_connection(whole, t0);
  for (std::size_t n = 1; n <= 12; ++n) {
    FlowOptions options;
    options.max_flows = 64;
    options.features.packets = 5;
    options.features.payload_bytes = 20;
    options.features.early_packets = n;
    const Row early =
        flows_of<EarlyFlow<CicFlow, CoreFlow, PacketSequence, PayloadBytes>>(whole.packets(), options)[0];
    std::vector<Packet> beginning = whole.packets();
    beginning.resize(std::min(n, beginning.size()));
    const Row cut = flows_of<CicFlow, CoreFlow, PacketSequence, PayloadBytes>(beginning, options)[0];
    CHECK(early.numbers == cut.numbers);
    CHECK(early.valid == cut.valid);
    for (const auto& [name, value] : cut.texts) {
      if (name == "end_reason") continue;
      CHECK(early.text(name) == value);
    }
    CHECK(early.text("end_reason") == (n < 11 ? "open" : "end_of_flow"));
  }
}

TEST_CASE("early columns are those of the view that the table hands out with packet n") {
  Trace trace;
  reference_connection(trace, t0);
  FlowOptions options;
  options.max_flows = 64;
  options.features.early_packets = 6;
  FlowTable<CoreFlow> table(options);
  Row seen;
  for (const Packet& p : trace.packets()) {
    const auto view = table.add(p, [](const auto&) {});
    if (view && view->packets() == 6) seen = row_of(view);
  }
  const Row early = flows_of<EarlyFlow<CoreFlow>>(trace.packets(), options)[0];
  CHECK(early.numbers == seen.numbers);
  CHECK(early.texts == seen.texts);
}
