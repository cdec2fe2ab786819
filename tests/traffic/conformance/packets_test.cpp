// Conformance: headers, lengths, fragments, tunnels and time. Packets are written here, the truth beside them
// was worked out by hand (docs/flow_features.md has the matrix).
#include "traffic/flow_packets.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace {

using namespace weir;          // NOLINT: a test
using namespace flow_packets;  // NOLINT
using namespace tcp_flag;      // NOLINT
using flow_packets::s;

Layer plain_udp(std::size_t payload = 10) {
  return ipv4({}, udp({.src_port = 5'000, .dst_port = 53}, filler(payload)));
}

TEST_CASE("a single datagram: 1 flow of 1 packet, duration 0") {
  Trace trace;
  trace.add(t0, datagram("10.0.0.1", 5'000, "10.0.0.2", 53, 30));
  const std::vector<Row> rows = core_flows(trace.packets());
  REQUIRE(rows.size() == 1);
  CHECK(rows[0]["duration_ns"] == 0);
  CHECK(rows[0]["fwd_packets"] == 1);
  CHECK(rows[0]["bwd_packets"] == 0);
  CHECK(rows[0]["fwd_bytes"] == 14 + 20 + 8 + 30);
  CHECK(rows[0]["fwd_payload_bytes"] == 30);
  CHECK(rows[0]["fwd_header_bytes"] == 8);
  for (const auto& [name, value] : rows[0].numbers) CHECK(std::isfinite(value));
}

TEST_CASE("a datagram in 3 fragments: 1 flow, 3 packets, 4,110 wire bytes") {
  Trace trace;
  int i = 0;
  // 4,000 bytes of payload: 8 + 4,000 in pieces of 1,400, each with 14 + 20 bytes of headers
  for (const Layer& part :
       ipv4_fragments({.id = 77}, udp({.src_port = 5'000, .dst_port = 53}, filler(4'000)), 1'400)) {
    trace.add(t0 + i++ * 10 * us, ethernet({}, part));
  }
  const std::vector<Row> rows = core_flows(trace.packets());
  REQUIRE(rows.size() == 1);
  CHECK(rows[0]["fwd_packets"] == 3);
  CHECK(rows[0]["fwd_bytes"] == 4'110);
  CHECK(rows[0]["fwd_payload_bytes"] == 4'000);
  CHECK(rows[0]["fragments"] == 3);
  CHECK(rows[0]["src_port"] == 5'000);
  CHECK(rows[0]["dst_port"] == 53);
}

TEST_CASE("fragments of two datagrams with one identification belong to their own ends") {
  Trace trace;
  for (std::size_t piece = 0; piece < 2; ++piece) {
    for (const char* src : {"10.0.0.1", "10.0.0.3"}) {
      const auto parts = ipv4_fragments({.src = src, .id = 9}, udp({.src_port = 6'000}, filler(1'000)), 800);
      trace.add(t0 + static_cast<std::int64_t>(piece) * us, ethernet({}, parts[piece]));
    }
  }
  const std::vector<Row> rows = core_flows(trace.packets());
  REQUIRE(rows.size() == 2);
  CHECK(rows[0]["fwd_packets"] == 2);
  CHECK(rows[1]["fwd_packets"] == 2);
}

TEST_CASE("IPv6 fragments belong to their flow") {
  Trace trace;
  for (const Layer& part : ipv6_fragments({}, udp({.src_port = 5'000}, filler(3'000)), 1'200)) {
    trace.add(t0, ethernet({}, part));
  }
  const std::vector<Row> rows = core_flows(trace.packets());
  REQUIRE(rows.size() == 1);
  CHECK(rows[0]["fwd_packets"] == 3);
  CHECK(rows[0]["fwd_payload_bytes"] == 3'000);
}

TEST_CASE("idle 10 s with a 300-s flow first: 50 short flows end when they are due, not behind it") {
  FlowOptions options;
  options.timeouts.set_idle(10 * s);
  Trace trace;
  std::vector<std::pair<std::int64_t, Layer>> frames;
  for (int i = 0; i <= 300; ++i) {
    frames.emplace_back(t0 + i * s,
                        datagram("10.0.0.1", 5'000, "10.0.0.2", 53, 10, static_cast<std::uint16_t>(i + 1)));
  }
  for (int k = 0; k < 50; ++k) {
    frames.emplace_back(t0 + 1'500 * ms + k * s,
                        datagram("10.0.1." + std::to_string(k), 5'000, "10.0.0.2", 53, 10));
  }
  std::stable_sort(frames.begin(), frames.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  for (const auto& [time, frame] : frames) trace.add(time, frame);

  FlowTable<CoreFlow> table(options);
  std::vector<std::pair<std::string, std::int64_t>> ended;  // who, at which packet's time
  std::int64_t now = 0;
  const auto keep = [&](const auto& f) { ended.emplace_back(address_text(f->address(0), 4), now); };
  for (const Packet& p : trace.packets()) {
    now = p.time_ns;
    table.add(p, keep);
  }
  table.flush(keep);
  REQUIRE(ended.size() == 51);
  for (int k = 0; k < 50; ++k) {
    CAPTURE(k);
    const auto& [who, when] = ended[static_cast<std::size_t>(k)];
    CHECK(who == "10.0.1." + std::to_string(k));
    // due at 11.5 + k s; the long flow's next packet comes half a second later at the most
    CHECK(when >= t0 + 11'500 * ms + k * s);
    CHECK(when <= t0 + 12 * s + k * s);
  }
  CHECK(ended.back().first == "10.0.0.1");
}

TEST_CASE("quiet link: tick ends what is due, without a packet") {
  FlowTable<CoreFlow> table(FlowOptions{.max_flows = 16});
  int ended = 0;
  const auto count = [&](const auto&) { ++ended; };
  Trace trace;
  table.add(trace.add(t0, datagram("10.0.0.1", 5'000, "10.0.0.2", 53, 10)), count);
  table.tick(t0 + 119 * s, count);
  CHECK(ended == 0);
  table.tick(t0 + 120 * s, count);
  CHECK(ended == 1);
}

TEST_CASE("a pause longer than the idle time-out: 2 flows; a shorter one: 1") {
  for (const std::int64_t pause : {119 * s, 121 * s}) {
    Trace trace;
    trace.add(t0, datagram("10.0.0.1", 5'000, "10.0.0.2", 53, 10));
    trace.add(t0 + pause, datagram("10.0.0.2", 53, "10.0.0.1", 5'000, 10));
    const std::vector<Row> rows = core_flows(trace.packets());
    if (pause < 120 * s) {
      REQUIRE(rows.size() == 1);
      CHECK(rows[0]["bwd_packets"] == 1);
    } else {
      REQUIRE(rows.size() == 2);
      CHECK(rows[0].text("end_reason") == "idle");
      CHECK(rows[1].text("src_ip") == "10.0.0.2");
    }
  }
}

TEST_CASE("IPv6 with extension headers: the ports behind them, payload without them") {
  Trace trace;
  const Layer inner = udp({.src_port = 5'000, .dst_port = 53}, filler(25));
  trace.add(t0, ethernet({}, ipv6({}, extension(0, routing(extension(60, inner))))));
  trace.add(t0 + us, ethernet({}, ipv6({}, inner)));
  const std::vector<Row> rows = core_flows(trace.packets());
  REQUIRE(rows.size() == 1);
  CHECK(rows[0]["fwd_packets"] == 2);
  CHECK(rows[0]["protocol"] == 17);
  CHECK(rows[0]["fwd_payload_bytes"] == 50);
  CHECK(rows[0]["fwd_ip_bytes"] == (40 + 8 + 24 + 8 + 33) + (40 + 33));
  CHECK(rows[0].text("src_ip") == "2001:db8::1");
}

TEST_CASE("VLAN and QinQ tags are part of the key") {
  Trace trace;
  trace.add(t0, ethernet({}, plain_udp()));
  trace.add(t0, ethernet({}, vlan(7, plain_udp())));
  trace.add(t0, ethernet({}, vlan(100, vlan(7, plain_udp()), 0x88A8)));
  trace.add(t0, ethernet({}, vlan(7, plain_udp())));
  const std::vector<Row> rows = core_flows(trace.packets());
  REQUIRE(rows.size() == 3);
  CHECK_FALSE(rows[0].valid.at("vlan"));
  CHECK(rows[1]["vlan"] == 7);
  CHECK(rows[1]["fwd_packets"] == 2);
  CHECK(rows[1]["fwd_bytes"] == 2 * (14 + 4 + 20 + 8 + 10));
  CHECK(rows[2]["vlan"] == 100);
  CHECK(rows[2]["inner_vlan"] == 7);
  FlowOptions blind;
  blind.vlan_in_key = false;
  CHECK(core_flows(trace.packets(), blind).size() == 1);
}

TEST_CASE("MPLS: the packet behind the labels; its length is the wire's") {
  Trace trace;
  trace.add(t0, ethernet({}, mpls({16, 17}, plain_udp())));
  const std::vector<Row> rows = core_flows(trace.packets());
  REQUIRE(rows.size() == 1);
  CHECK(rows[0]["dst_port"] == 53);
  CHECK(rows[0]["fwd_bytes"] == 14 + 8 + 20 + 8 + 10);
  CHECK(rows[0]["fwd_ip_bytes"] == 38);
}

TEST_CASE("tunnels: the outer flow, or on request the inner one with the tunnel in its key") {
  struct Tunnel {
    const char* name;
    Layer frame;
    double outer_protocol, id;
  };
  const std::vector<Tunnel> tunnels{
      {"GRE", ethernet({}, ipv4({.src = "192.0.2.1"}, gre({.has_key = true, .key = 9}, plain_udp()))), 47, 9},
      {"VXLAN",
       ethernet({}, ipv4({.src = "192.0.2.1"},
                         udp({.src_port = 999, .dst_port = 4'789}, vxlan(42, ethernet({}, plain_udp()))))),
       17, 42},
      {"GTP-U",
       ethernet({}, ipv4({.src = "192.0.2.1"},
                         udp({.src_port = 2'152, .dst_port = 2'152}, gtp_u(77, plain_udp())))),
       17, 77},
  };
  for (const Tunnel& t : tunnels) {
    CAPTURE(t.name);
    Trace outer;
    outer.add(t0, t.frame);
    const std::vector<Row> without = core_flows(outer.packets());
    REQUIRE(without.size() == 1);
    CHECK(without[0].text("src_ip") == "192.0.2.1");
    CHECK(without[0]["protocol"] == t.outer_protocol);
    Trace inner;
    ParseOptions options;
    options.decapsulate = true;
    inner.add(t0, t.frame, SIZE_MAX, options);
    const std::vector<Row> with = core_flows(inner.packets());
    REQUIRE(with.size() == 1);
    CHECK(with[0].text("src_ip") == "10.0.0.1");
    CHECK(with[0]["dst_port"] == 53);
    CHECK(with[0]["tunnel_id"] == t.id);
    CHECK(with[0]["fwd_bytes"] == static_cast<double>(t.frame.bytes.size()));
  }
}

TEST_CASE("packets cut by the snap length count in full") {
  Trace trace;
  Connection c(trace);
  const Layer big = c.make(0, ack | psh, 1'000, 1'111, 5'000, 1);
  trace.add(t0, big, 54);
  trace.add(t0 + us, big, 60);
  trace.add(t0 + 2 * us, big);
  const std::vector<Row> rows = core_flows(trace.packets());
  REQUIRE(rows.size() == 1);
  CHECK(rows[0]["fwd_packets"] == 3);
  CHECK(rows[0]["fwd_bytes"] == 3 * 1'054);
  CHECK(rows[0]["fwd_payload_bytes"] == 3'000);
}

TEST_CASE("padding is on the wire but neither IP nor payload") {
  Trace trace;
  trace.add(t0, padded(ethernet({}, plain_udp(2))));
  const std::vector<Row> rows = core_flows(trace.packets());
  CHECK(rows[0]["fwd_bytes"] == 60);
  CHECK(rows[0]["fwd_ip_bytes"] == 30);
  CHECK(rows[0]["fwd_payload_bytes"] == 2);
}

TEST_CASE("IPv4 options do not count as payload") {
  Trace trace;
  trace.add(t0, ethernet({}, ipv4({.options = bytes_of({7, 7, 4, 0, 0, 0, 0})},
                                  udp({.src_port = 5'000, .dst_port = 53}, filler(9)))));
  const std::vector<Row> rows = core_flows(trace.packets());
  CHECK(rows[0]["fwd_payload_bytes"] == 9);
  CHECK(rows[0]["fwd_ip_bytes"] == 28 + 8 + 9);
}

TEST_CASE("SCTP has ports, and both directions meet") {
  Trace trace;
  trace.add(t0, ethernet({}, ipv4({}, sctp({.src_port = 3'000, .dst_port = 3'868}, filler(16)))));
  trace.add(t0 + us, ethernet({}, ipv4({.src = "10.0.0.2", .dst = "10.0.0.1"},
                                       sctp({.src_port = 3'868, .dst_port = 3'000}, filler(20)))));
  const std::vector<Row> rows = core_flows(trace.packets());
  REQUIRE(rows.size() == 1);
  CHECK(rows[0]["protocol"] == 132);
  CHECK(rows[0]["dst_port"] == 3'868);
  CHECK(rows[0]["fwd_payload_bytes"] == 16);
  CHECK(rows[0]["bwd_payload_bytes"] == 20);
  CHECK(rows[0]["fwd_header_bytes"] == 12);
}

TEST_CASE("ICMP echo: 1 flow of question and answer") {
  Trace trace;
  for (std::uint16_t i = 0; i < 3; ++i) {
    trace.add(t0 + i * s, ethernet({}, ipv4({.id = static_cast<std::uint16_t>(i + 1)},
                                            icmp({.type = 8, .id = 7, .sequence = i}, filler(56)))));
    trace.add(
        t0 + i * s + ms,
        ethernet({}, ipv4({.src = "10.0.0.2", .dst = "10.0.0.1", .id = static_cast<std::uint16_t>(i + 1)},
                          icmp({.type = 0, .id = 7, .sequence = i}, filler(56)))));
  }
  const std::vector<Row> rows = core_flows(trace.packets());
  REQUIRE(rows.size() == 1);
  CHECK(rows[0]["fwd_packets"] == 3);
  CHECK(rows[0]["bwd_packets"] == 3);
  CHECK(rows[0]["src_port"] == 0);
  CHECK(rows[0]["dst_port"] == 0);
  CHECK(rows[0]["icmp_type"] == 8);
  CHECK(rows[0]["fwd_payload_bytes"] == 3 * 56);
  CHECK(rows[0]["fwd_bytes"] == 3 * 98);
}

TEST_CASE("an ICMP error is a flow of its own, and the flow that it quotes knows of it") {
  for (const bool v6 : {false, true}) {
    CAPTURE(v6);
    Trace trace;
    const Layer question = udp({.src_port = 5'000, .dst_port = 53}, filler(30));
    const Layer quoted = v6 ? ipv6({}, question) : ipv4({}, question);
    trace.add(t0, ethernet({}, quoted));
    Layer quote = raw(Bytes(quoted.bytes.begin(), quoted.bytes.begin() + (v6 ? 48 : 28)));
    trace.add(t0 + ms, ethernet({}, v6 ? ipv6({.src = "2001:db8::99", .dst = "2001:db8::1"},
                                              icmpv6({.type = 1, .code = 4}, quote))
                                       : ipv4({.src = "10.0.0.99", .dst = "10.0.0.1"},
                                              icmp({.type = 3, .code = 3}, quote))));
    const std::vector<Row> rows = core_flows(trace.packets());
    REQUIRE(rows.size() == 2);
    CHECK(rows[0]["protocol"] == 17);
    CHECK(rows[0]["icmp_errors"] == 1);
    CHECK(rows[0]["fwd_packets"] == 1);
    CHECK(rows[0]["bwd_packets"] == 0);
    CHECK(rows[1]["icmp_type"] == (v6 ? 1 : 3));
    CHECK(rows[1]["icmp_errors"] == 0);
  }
}

TEST_CASE("nanoseconds are kept") {
  Trace trace;
  trace.add(t0 + 123'456'789, datagram("10.0.0.1", 5'000, "10.0.0.2", 53, 10));
  trace.add(t0 + 123'456'790, datagram("10.0.0.2", 53, "10.0.0.1", 5'000, 10));
  const std::vector<Row> rows = core_flows(trace.packets());
  CHECK(rows[0]["duration_ns"] == 1);
  std::string line;
  FlowTable<CoreFlow> table(FlowOptions{.max_flows = 4});
  table.add(trace.packets()[0], [](const auto&) {});
  table.flush([&](const auto& flow) {
    FlowText text;
    text.begin(line);
    flow.describe(text);
    text.end();
  });
  CHECK(line.find(",1700000000123456789,0,1,0,") != std::string::npos);
}

TEST_CASE("a clock that steps back: no negative duration; a small step stays in the flow") {
  Trace trace;
  trace.add(t0 + 5 * s, datagram("10.0.0.1", 5'000, "10.0.0.2", 53, 10));
  trace.add(t0 + 6 * s, datagram("10.0.0.1", 5'000, "10.0.0.2", 53, 10));
  trace.add(t0 + 4 * s, datagram("10.0.0.1", 5'000, "10.0.0.2", 53, 10));
  trace.add(t0 + 7 * s, datagram("10.0.0.1", 5'000, "10.0.0.2", 53, 10));
  trace.add(t0 - 3'600 * s, datagram("10.0.0.1", 5'000, "10.0.0.2", 53, 10));
  trace.add(t0 - 3'599 * s, datagram("10.0.0.1", 5'000, "10.0.0.2", 53, 10));
  const std::vector<Row> rows = core_flows(trace.packets());
  REQUIRE(rows.size() == 2);
  CHECK(rows[0]["fwd_packets"] == 4);
  CHECK(rows[0]["duration_ns"] == 3e9);
  CHECK(rows[0].text("end_reason") == "forced");
  CHECK(rows[1]["fwd_packets"] == 2);
  CHECK(rows[1]["duration_ns"] == 1e9);
}

TEST_CASE("frames without IP are no flows") {
  Trace trace;
  trace.add(t0, ethernet({}, arp({})));
  CHECK(core_flows(trace.packets()).empty());
}

}  // namespace
