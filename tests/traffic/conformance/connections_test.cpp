// Conformance: TCP connections, their ends and their directions. Packets are written here, the truth beside
// them was worked out by hand (docs/flow_features.md has the matrix).
#include "traffic/flow_packets.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace {

using namespace weir;          // NOLINT: a test
using namespace flow_packets;  // NOLINT
using namespace tcp_flag;      // NOLINT
using flow_packets::s;

TEST_CASE("one connection, 200 us apart: 1 flow, 6 forward, 5 backward, 2,000 us") {
  Trace trace;
  reference_connection(trace, t0);
  const std::vector<Row> rows = core_flows(trace.packets());
  REQUIRE(rows.size() == 1);
  const Row& r = rows[0];
  CHECK(r.text("src_ip") == "10.0.0.1");
  CHECK(r["src_port"] == 40'000);
  CHECK(r.text("dst_ip") == "10.0.0.2");
  CHECK(r["dst_port"] == 80);
  CHECK(r["protocol"] == 6);
  CHECK(r["start_ns"] == static_cast<double>(t0));
  CHECK(r["duration_ns"] == 2'000 * us);
  CHECK(r["fwd_packets"] == 6);
  CHECK(r["bwd_packets"] == 5);
  CHECK(r["fwd_payload_bytes"] == 100);
  CHECK(r["bwd_payload_bytes"] == 1'000);
  CHECK(r["fwd_bytes"] == 6 * 54 + 100);
  CHECK(r["bwd_bytes"] == 5 * 54 + 1'000);
  CHECK(r["fwd_ip_bytes"] == 6 * 40 + 100);
  CHECK(r["bwd_header_bytes"] == 5 * 20);
  CHECK(r["fin_count"] == 2);
  CHECK(r["syn_count"] == 2);
  CHECK(r["rst_count"] == 0);
  CHECK(r["psh_count"] == 2);
  CHECK(r["ack_count"] == 10);
  CHECK(r["fwd_first_window"] == 1'111);
  CHECK(r["bwd_first_window"] == 5'000);
  CHECK(r.text("end_reason") == "end_of_flow");
  CHECK(r.text("direction") == "syn");
  for (const char* none : {"fwd_retransmissions", "bwd_retransmissions", "fwd_reordered", "bwd_reordered",
                           "duplicate_packets", "fragments", "icmp_errors"}) {
    CHECK(r[none] == 0);
  }
}

TEST_CASE("the same ports again 5 s later: 2 flows of 11 packets") {
  Trace trace;
  reference_connection(trace, t0);
  reference_connection(trace, t0 + 5 * s, 77'000);
  const std::vector<Row> rows = core_flows(trace.packets());
  REQUIRE(rows.size() == 2);
  for (const Row& r : rows) {
    CHECK(r["fwd_packets"] == 6);
    CHECK(r["bwd_packets"] == 5);
    CHECK(r["duration_ns"] == 2'000 * us);
    CHECK(r.text("end_reason") == "end_of_flow");
  }
  CHECK(rows[1]["start_ns"] == static_cast<double>(t0 + 5 * s));
}

TEST_CASE("a new SYN inside the linger begins a new flow at once") {
  Trace trace;
  reference_connection(trace, t0);
  reference_connection(trace, t0 + 500 * ms, 77'000);
  const std::vector<Row> rows = core_flows(trace.packets());
  REQUIRE(rows.size() == 2);
  CHECK(rows[0]["fwd_packets"] + rows[0]["bwd_packets"] == 11);
  CHECK(rows[1]["fwd_packets"] + rows[1]["bwd_packets"] == 11);
}

TEST_CASE("trailing packets inside the linger belong to the closed connection, later ones do not") {
  Trace trace;
  Connection c(trace);
  c.handshake(t0);
  c.close(t0 + ms);
  c.segment(t0 + 1'500 * ms, 0, ack);
  c.segment(t0 + 5 * s, 0, ack);
  const std::vector<Row> rows = core_flows(trace.packets());
  REQUIRE(rows.size() == 2);
  CHECK(rows[0]["fwd_packets"] == 5);
  CHECK(rows[0].text("end_reason") == "end_of_flow");
  CHECK(rows[0].order_ns == t0 + 3'500 * ms);
  CHECK(rows[1]["fwd_packets"] == 1);
  CHECK(rows[1].text("direction") == "first_packet");
}

TEST_CASE("half-close is legal: the server goes on sending after the client's FIN") {
  Trace trace;
  Connection c(trace);
  c.handshake(t0);
  c.segment(t0 + s, 0, fin | ack);
  for (int i = 1; i <= 20; ++i) {
    c.segment(t0 + s + i * s, 1, ack | psh, 100);
    c.segment(t0 + s + i * s + ms, 0, ack);
  }
  c.segment(t0 + 30 * s, 1, fin | ack);
  c.segment(t0 + 30 * s + ms, 0, ack);
  const std::vector<Row> rows = core_flows(trace.packets());
  REQUIRE(rows.size() == 1);
  CHECK(rows[0]["bwd_payload_bytes"] == 2'000);
  CHECK(rows[0]["fwd_packets"] == 2 + 1 + 20 + 1);
  CHECK(rows[0]["bwd_packets"] == 1 + 20 + 1);
  CHECK(rows[0].text("end_reason") == "end_of_flow");
}

TEST_CASE("FINs that were never acknowledged end by the idle time-out") {
  Trace trace;
  Connection c(trace);
  c.handshake(t0);
  c.segment(t0 + ms, 0, fin | ack);
  c.segment(t0 + 200 * s, 0, ack);
  const std::vector<Row> rows = core_flows(trace.packets());
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].text("end_reason") == "idle");
}

TEST_CASE("simultaneous open: 1 flow, the first SYN is the client's") {
  Trace trace;
  Connection c(trace);
  c.segment(t0, 0, syn);
  c.segment(t0 + us, 1, syn);
  trace.add(t0 + 2 * us, c.make(0, syn | ack, 0, 1'111, c.next(0) - 1, c.next(1)));
  trace.add(t0 + 3 * us, c.make(1, syn | ack, 0, 1'111, c.next(1) - 1, c.next(0)));
  c.segment(t0 + ms, 0, ack | psh, 10);
  c.close(t0 + 2 * ms);
  const std::vector<Row> rows = core_flows(trace.packets());
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].text("src_ip") == "10.0.0.1");
  CHECK(rows[0]["syn_count"] == 4);
  CHECK(rows[0]["fwd_packets"] == 5);
  CHECK(rows[0]["bwd_packets"] == 3);
  CHECK(rows[0].text("end_reason") == "end_of_flow");
}

TEST_CASE("a RST in the window ends the connection; one outside does not") {
  for (const bool inside : {true, false}) {
    CAPTURE(inside);
    Trace trace;
    Connection c(trace);
    c.handshake(t0);
    c.segment(t0 + ms, 0, ack | psh, 100);
    c.segment(t0 + 2 * ms, 1, ack);
    trace.add(t0 + 3 * ms, c.make(0, rst, 0, 0, c.next(0) + (inside ? 0U : 500'000'000U), 0));
    trace.add(t0 + 10 * s, datagram("10.9.9.9", 1, "10.9.9.8", 2, 1));  // the clock goes on
    const std::vector<Row> rows = core_flows(trace.packets());
    REQUIRE(rows.size() == 2);
    CHECK(rows[0]["rst_count"] == 1);
    CHECK(rows[0]["fwd_packets"] == 4);
    CHECK(rows[0].text("end_reason") == (inside ? "end_of_flow" : "forced"));
  }
}

TEST_CASE("RST and then a new SYN: two flows") {
  Trace trace;
  Connection c(trace);
  c.segment(t0, 0, syn);
  trace.add(t0 + ms, c.make(1, rst | ack, 0, 0, 0, c.next(0)));
  Connection again(trace, {}, 555'000, 0);
  again.segment(t0 + 100 * ms, 0, syn);
  trace.add(t0 + 101 * ms, again.make(1, rst | ack, 0, 0, 0, again.next(0)));
  const std::vector<Row> rows = core_flows(trace.packets());
  REQUIRE(rows.size() == 2);
  for (const Row& r : rows) {
    CHECK(r["fwd_packets"] == 1);
    CHECK(r["bwd_packets"] == 1);
    CHECK(r["rst_count"] == 1);
    CHECK(r.text("end_reason") == "end_of_flow");
  }
}

TEST_CASE("a retransmitted SYN is no new connection") {
  Trace trace;
  Connection c(trace);
  trace.add(t0, c.make(0, syn, 0, 1'111, 1'000, 0));
  trace.add(t0 + s, c.make(0, syn, 0, 1'111, 1'000, 0));
  trace.add(t0 + 3 * s, c.make(0, syn, 0, 1'111, 1'000, 0));
  const std::vector<Row> rows = core_flows(trace.packets());
  REQUIRE(rows.size() == 1);
  CHECK(rows[0]["syn_count"] == 3);
  CHECK(rows[0]["fwd_retransmissions"] == 2);
  CHECK(rows[0]["duplicate_packets"] == 0);
}

TEST_CASE("SYN behind the client's own FIN: a new connection, although the server never closed") {
  Trace trace;
  Connection c(trace);
  c.handshake(t0);
  c.segment(t0 + ms, 0, fin | ack);
  Connection again(trace, {}, 900'000, 700'000);
  again.handshake(t0 + 10 * s);
  const std::vector<Row> rows = core_flows(trace.packets());
  REQUIRE(rows.size() == 2);
  CHECK(rows[0]["fwd_packets"] == 3);
  CHECK(rows[1]["fwd_packets"] == 2);
}

TEST_CASE("the capture begins with the SYN-ACK: its sender is the server") {
  Trace trace;
  Connection c(trace);
  c.handshake(t0);
  c.segment(t0 + ms, 0, ack | psh, 100);
  c.segment(t0 + 2 * ms, 1, ack | psh, 900);
  c.close(t0 + 3 * ms);
  std::vector<Packet> packets = trace.packets();
  packets.erase(packets.begin());
  const std::vector<Row> rows = core_flows(packets);
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].text("src_ip") == "10.0.0.1");
  CHECK(rows[0].text("direction") == "syn_ack");
  CHECK(rows[0]["fwd_payload_bytes"] == 100);
  CHECK(rows[0]["bwd_payload_bytes"] == 900);
}

TEST_CASE("SYN and SYN-ACK captured in the wrong order: 1 flow, the right client") {
  Trace trace;
  Connection c(trace);
  c.handshake(t0);
  c.close(t0 + ms);
  std::swap(trace.packets()[0], trace.packets()[1]);
  const std::vector<Row> rows = core_flows(trace.packets());
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].text("src_ip") == "10.0.0.1");
  CHECK(rows[0]["fwd_packets"] == 4);
}

TEST_CASE("without SYN: the first packet's sender is the client, or on request the higher port") {
  Trace trace;
  Connection c(trace);
  c.segment(t0, 1, ack | psh, 100);
  c.segment(t0 + ms, 0, ack);
  CHECK(core_flows(trace.packets())[0].text("src_ip") == "10.0.0.2");
  FlowOptions options;
  options.lower_port_serves = true;
  const std::vector<Row> rows = core_flows(trace.packets(), options);
  CHECK(rows[0].text("src_ip") == "10.0.0.1");
  CHECK(rows[0].text("direction") == "lower_port");
}

TEST_CASE("a packet captured twice is counted as a duplicate, a retransmission is not one") {
  Trace trace;
  Connection c(trace);
  c.handshake(t0);
  c.segment(t0 + ms, 0, ack | psh, 100);
  trace.packets().push_back(trace.packets().back());
  trace.packets().back().time_ns += 30 * us;
  trace.add(t0 + 300 * ms, c.make(0, ack | psh, 100, 1'111, c.next(0) - 100, c.next(1)));
  const std::vector<Row> rows = core_flows(trace.packets());
  REQUIRE(rows.size() == 1);
  CHECK(rows[0]["duplicate_packets"] == 1);
  CHECK(rows[0]["fwd_retransmissions"] == 1);
  CHECK(rows[0]["fwd_packets"] == 5);
  FlowOptions options;
  options.drop_duplicates = true;
  const std::vector<Row> dropped = core_flows(trace.packets(), options);
  CHECK(dropped[0]["fwd_packets"] == 4);
  CHECK(dropped[0]["fwd_payload_bytes"] == 200);
  CHECK(dropped[0]["duplicate_packets"] == 1);
}

TEST_CASE("reordered segments are tolerated and counted") {
  Trace trace;
  Connection c(trace);
  c.handshake(t0);
  for (int i = 0; i < 6; ++i) c.segment(t0 + ms + i * 100 * us, 0, ack, 100);
  c.close(t0 + 5 * ms);
  std::vector<Packet> packets = trace.packets();
  std::swap(packets[4], packets[5]);
  std::swap(packets[4].time_ns, packets[5].time_ns);
  const std::vector<Row> rows = core_flows(packets);
  REQUIRE(rows.size() == 1);
  CHECK(rows[0]["fwd_reordered"] == 1);
  CHECK(rows[0]["fwd_retransmissions"] == 0);
  CHECK(rows[0]["fwd_payload_bytes"] == 600);
  CHECK(rows[0].text("end_reason") == "end_of_flow");
}

TEST_CASE("a lost segment that is sent again fills its gap once") {
  Trace trace;
  Connection c(trace);
  c.handshake(t0);
  const std::uint32_t lost = c.next(0);
  c.segment(t0 + ms, 0, ack, 100);
  trace.packets().pop_back();
  c.segment(t0 + 2 * ms, 0, ack, 100);
  trace.add(t0 + 300 * ms, c.make(0, ack, 100, 1'111, lost, c.next(1)));
  trace.add(t0 + 600 * ms, c.make(0, ack, 100, 1'111, lost, c.next(1)));
  const std::vector<Row> rows = core_flows(trace.packets());
  CHECK(rows[0]["fwd_reordered"] == 1);
  CHECK(rows[0]["fwd_retransmissions"] == 1);
}

TEST_CASE("sequence numbers may wrap") {
  Trace trace;
  Connection c(trace, {}, 0xFFFF'FFF0U, 0xFFFF'FFFFU);
  c.handshake(t0);
  c.segment(t0 + ms, 0, ack | psh, 100);
  c.segment(t0 + 2 * ms, 1, ack | psh, 100);
  c.close(t0 + 3 * ms);
  const std::vector<Row> rows = core_flows(trace.packets());
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].text("end_reason") == "end_of_flow");
  CHECK(rows[0]["fwd_retransmissions"] == 0);
}

TEST_CASE("TCP options: MSS of both sides") {
  Trace trace;
  const auto with_mss = [&](bool client, std::uint16_t mss, std::uint8_t flags) {
    Tcp h{.src_port = 40'000, .dst_port = 80, .seq = 5, .ack = 6, .flags = flags, .options = option_mss(mss)};
    if (!client) std::swap(h.src_port, h.dst_port);
    Ipv4 ip4;
    if (!client) std::swap(ip4.src, ip4.dst);
    return ethernet({}, ipv4(ip4, tcp(h)));
  };
  trace.add(t0, with_mss(true, 1'460, syn));
  const Row early = core_flows(trace.packets())[0];
  CHECK_FALSE(early.valid.at("bwd_mss"));
  CHECK_FALSE(early.valid.at("bwd_first_window"));
  CHECK(early.valid.at("fwd_mss"));
  trace.add(t0 + us, with_mss(false, 1'400, syn | ack));
  const Row r = core_flows(trace.packets())[0];
  CHECK(r["fwd_mss"] == 1'460);
  CHECK(r["bwd_mss"] == 1'400);
}

}  // namespace
