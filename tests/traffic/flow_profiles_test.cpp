// Profiles nfstream, cesnet, netflow, zeek, sequence and payload, worked out by hand; label rules.
#include "traffic/flow_packets.hpp"

#include <weir/core/rng.hpp>
#include <weir/traffic/features/flow_features.hpp>
#include <weir/traffic/flow/label_rules.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <set>
#include <string>
#include <vector>

namespace {

using namespace weir;          // NOLINT: a test
using namespace flow_packets;  // NOLINT
using namespace tcp_flag;      // NOLINT
using doctest::Approx;
using flow_packets::s;

TEST_CASE("nfstream, one connection") {
  Trace trace;
  reference_connection(trace, t0 + 600 * us);
  FlowOptions options;
  options.features.packets = 12;
  const std::vector<Row> rows = flows_of<NfstreamFlow>(trace.packets(), options);
  REQUIRE(rows.size() == 1);
  const Row& r = rows[0];
  CHECK(flow_columns<NfstreamFlow>().size() == 29 + 48 + 90);
  CHECK(r["expiration_id"] == -1);
  CHECK(r["bidirectional_first_seen_ms"] == t0 / ms);
  CHECK(r["bidirectional_last_seen_ms"] == t0 / ms + 2);
  CHECK(r["bidirectional_duration_ms"] == 2);
  CHECK(r["src2dst_duration_ms"] == 2);
  CHECK(r["dst2src_duration_ms"] == 1.6);
  CHECK(r["bidirectional_packets"] == 11);
  CHECK(r["src2dst_bytes"] == 6 * 54 + 100);
  CHECK(r["bidirectional_mean_ps"] == Approx((11 * 54 + 1'100) / 11.0));
  CHECK(r["src2dst_max_ps"] == 154);
  CHECK(r["dst2src_stddev_ps"] == Approx(std::sqrt((1e6 - 1e6 / 5) / 4)));
  CHECK(r["bidirectional_mean_piat_ms"] == Approx(0.2));
  CHECK(r["bidirectional_stddev_piat_ms"] == 0);
  CHECK(r["src2dst_min_piat_ms"] == Approx(0.2));
  CHECK(r["src2dst_max_piat_ms"] == Approx(0.6));
  CHECK(r["bidirectional_syn_packets"] == 2);
  CHECK(r["src2dst_syn_packets"] == 1);
  CHECK(r["dst2src_ack_packets"] == 5);
  CHECK(r["src2dst_psh_packets"] == 1);
  CHECK(r["bidirectional_fin_packets"] == 2);
  const std::vector<int> directions{0, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0, -1};
  for (std::size_t i = 0; i < directions.size(); ++i) {
    CHECK(r["splt_direction_" + std::to_string(i + 1)] == directions[i]);
  }
  CHECK(r["splt_ps_1"] == 54);
  CHECK(r["splt_ps_4"] == 154);
  CHECK(r["splt_ps_12"] == -1);
  CHECK(r["splt_piat_ms_1"] == 0);
  CHECK(r["splt_piat_ms_12"] == -1);
}

TEST_CASE("cesnet: sequence, histograms, bursts") {
  Trace trace;
  Connection c(trace);
  c.handshake(t0);
  // forward payload: 10 at 1 ms, 20 at 11 ms, 100 at 31 ms, 2,000 at 3,031 ms; backward: 500 at 2 s, 2.1
  // s, 2.2 s
  c.segment(t0 + 1 * ms, 0, ack | psh, 10);
  c.segment(t0 + 11 * ms, 0, ack | psh, 20);
  c.segment(t0 + 31 * ms, 0, ack | psh, 100);
  for (int i = 0; i < 3; ++i) c.segment(t0 + 2 * s + i * 100 * ms, 1, ack, 500);
  c.segment(t0 + 3'031 * ms, 0, ack | psh, 2'000);
  FlowOptions options;
  options.features.packets = 8;
  const Row r = flows_of<CesnetFlow>(trace.packets(), options)[0];
  const std::vector<int> sizes{10, 20, 100, 500, 500, 500, 2'000, 0};
  const std::vector<int> directions{1, 1, 1, -1, -1, -1, 1, 0};
  for (std::size_t i = 0; i < 8; ++i) {
    CHECK(r["ppi_size_" + std::to_string(i + 1)] == sizes[i]);
    CHECK(r["ppi_direction_" + std::to_string(i + 1)] == directions[i]);
    CHECK(r.valid.at("ppi_size_" + std::to_string(i + 1)) == (i < 7));
  }
  CHECK(r["ppi_gap_ms_1"] == 0);
  CHECK(r["ppi_gap_ms_2"] == 10);
  CHECK(r["ppi_gap_ms_4"] == 1'969);
  CHECK(r["ppi_flags_1"] == (ack | psh));
  const std::vector<int> src_sizes{1, 1, 0, 1, 0, 0, 0, 1};
  const std::vector<int> src_gaps{1, 1, 0, 0, 0, 0, 0, 1};
  const std::vector<int> dst_sizes{0, 0, 0, 0, 0, 3, 0, 0};
  const std::vector<int> dst_gaps{0, 0, 0, 2, 0, 0, 0, 0};
  for (std::size_t i = 0; i < 8; ++i) {
    CAPTURE(i);
    const std::string n = std::to_string(i + 1);
    CHECK(r["phist_src_size_" + n] == src_sizes[i]);
    CHECK(r["phist_src_gap_" + n] == src_gaps[i]);
    CHECK(r["phist_dst_size_" + n] == dst_sizes[i]);
    CHECK(r["phist_dst_gap_" + n] == dst_gaps[i]);
  }
  CHECK(r["burst_src_packets_1"] == 3);
  CHECK(r["burst_src_bytes_1"] == 130);
  CHECK(r["burst_src_start_ms_1"] == 1);
  CHECK(r["burst_src_stop_ms_1"] == 31);
  CHECK_FALSE(r.valid.at("burst_src_packets_2"));
  CHECK(r["burst_dst_packets_1"] == 3);
  CHECK(r["burst_dst_stop_ms_1"] == 2'200);

  options.features.empty_packets = true;
  const Row full = flows_of<CesnetFlow>(trace.packets(), options)[0];
  CHECK(full["ppi_size_1"] == 0);
  CHECK(full["ppi_direction_2"] == -1);
  CHECK(full["phist_src_size_1"] == 3);
}

TEST_CASE("cesnet: a single SYN has neither sequence nor histograms; more than 15 bursts are not kept") {
  Trace lone;
  Connection(lone).segment(t0, 0, syn);
  const Row r = flows_of<CesnetFlow>(lone.packets())[0];
  CHECK_FALSE(r.valid.at("phist_src_size_1"));
  CHECK_FALSE(r.valid.at("ppi_size_1"));
  Trace trace;
  Connection c(trace);
  for (int burst = 0; burst < 20; ++burst) {
    for (int i = 0; i < 3; ++i)
      c.segment(t0 + burst * 2 * s + i * ms, 0, ack, 1 + static_cast<std::size_t>(burst));
  }
  const Row many = flows_of<CesnetFlow>(trace.packets())[0];
  CHECK(many["burst_src_bytes_15"] == 45);
  CHECK(many.numbers.count("burst_src_bytes_16") == 0);
}

TEST_CASE("netflow: IPFIX names") {
  Trace trace;
  reference_connection(trace, t0);
  const Row r = flows_of<NetflowFlow>(trace.packets())[0];
  CHECK(r.text("sourceIPv4Address") == "10.0.0.1");
  CHECK(r.text("sourceIPv6Address").empty());
  CHECK(r["octetDeltaCount"] == 6 * 40 + 100);
  CHECK(r["reverseOctetDeltaCount"] == 5 * 40 + 1'000);
  CHECK(r["packetDeltaCount"] == 6);
  CHECK(r["tcpControlBits"] == (syn | ack | psh | fin));
  CHECK(r["flowEndReason"] == 3);
  CHECK(r["biflowDirection"] == 1);
  CHECK_FALSE(r.valid.at("icmpTypeCodeIPv4"));
}

// --- Zeek

struct ZeekCase {
  const char* name;
  const char* state;
  const char* history;
  std::function<void(Connection&)> play;
};

TEST_CASE("zeek: conn_state and history") {
  const std::vector<ZeekCase> cases{
      {"no reply", "S0", "S", [](Connection& c) { c.segment(t0, 0, syn); }},
      {"refused", "REJ", "Sr",
       [](Connection& c) {
         c.segment(t0, 0, syn);
         c.trace().add(t0 + ms, c.make(1, rst | ack, 0, 0, 0, c.next(0)));
       }},
      {"established", "S1", "ShADad",
       [](Connection& c) {
         c.handshake(t0);
         c.segment(t0 + ms, 0, ack | psh, 10);
         c.segment(t0 + 2 * ms, 1, ack);
         c.segment(t0 + 3 * ms, 1, ack | psh, 10);
       }},
      {"closed", "SF", "ShADadFf",
       [](Connection& c) {
         c.handshake(t0);
         c.segment(t0 + ms, 0, ack | psh, 10);
         c.segment(t0 + 2 * ms, 1, ack);
         c.segment(t0 + 3 * ms, 1, ack | psh, 10);
         c.close(t0 + 4 * ms);
       }},
      {"originator closed alone", "S2", "ShAF",
       [](Connection& c) {
         c.handshake(t0);
         c.segment(t0 + ms, 0, fin | ack);
       }},
      {"responder closed alone", "S3", "ShAf",
       [](Connection& c) {
         c.handshake(t0);
         c.segment(t0 + ms, 1, fin | ack);
       }},
      {"originator aborted", "RSTO", "ShADR",
       [](Connection& c) {
         c.handshake(t0);
         c.segment(t0 + ms, 0, ack | psh, 10);
         c.segment(t0 + 2 * ms, 0, rst);
       }},
      {"responder aborted", "RSTR", "ShADr",
       [](Connection& c) {
         c.handshake(t0);
         c.segment(t0 + ms, 0, ack | psh, 10);
         c.segment(t0 + 2 * ms, 1, rst);
       }},
      {"SYN then RST", "RSTOS0", "SR",
       [](Connection& c) {
         c.segment(t0, 0, syn);
         c.segment(t0 + ms, 0, rst);
       }},
      {"SYN then FIN", "SH", "SF",
       [](Connection& c) {
         c.segment(t0, 0, syn);
         c.segment(t0 + ms, 0, fin);
       }},
      {"SYN-ACK then RST", "RSTRH", "^hr",
       [](Connection& c) {
         c.segment(t0, 1, syn | ack);
         c.segment(t0 + ms, 1, rst);
       }},
      {"SYN-ACK then FIN", "SHR", "^hf",
       [](Connection& c) {
         c.segment(t0, 1, syn | ack);
         c.segment(t0 + ms, 1, fin);
       }},
      {"midstream", "OTH", "DadA",
       [](Connection& c) {
         c.segment(t0, 0, ack | psh, 10);
         c.segment(t0 + ms, 1, ack);
         c.segment(t0 + 2 * ms, 1, ack | psh, 10);
         c.segment(t0 + 3 * ms, 0, ack);
       }},
      {"zero window", "S1", "ShAw",
       [](Connection& c) {
         c.handshake(t0);
         c.segment(t0 + ms, 1, ack | psh, 5, 0);
       }},
      {"retransmission", "S1", "ShADT",
       [](Connection& c) {
         c.handshake(t0);
         c.segment(t0 + ms, 0, ack | psh, 10);
         c.trace().add(t0 + 300 * ms, c.make(0, ack | psh, 10, 1'111, c.next(0) - 10, c.next(1)));
       }},
      {"SYN+FIN", "SH", "Q", [](Connection& c) { c.segment(t0, 0, syn | fin); }},
  };
  for (const ZeekCase& z : cases) {
    CAPTURE(std::string(z.name));
    Trace trace;
    Connection c(trace);
    z.play(c);
    const std::vector<Row> rows = flows_of<ZeekFlow>(trace.packets());
    REQUIRE(rows.size() == 1);
    CHECK(rows[0].text("conn_state") == z.state);
    std::string history = z.history;
    if (std::string(z.name) == "zero window") history = "ShAdw";  // its packet carries payload
    CHECK(rows[0].text("history") == history);
  }
}

TEST_CASE("zeek: bytes by sequence numbers, gaps that were acknowledged") {
  Trace trace;
  Connection c(trace);
  c.handshake(t0);
  c.segment(t0 + ms, 0, ack | psh, 100);
  c.segment(t0 + 2 * ms, 0, ack | psh, 300);
  trace.packets().pop_back();  // lost before the capture
  c.segment(t0 + 3 * ms, 0, ack | psh, 50);
  c.segment(t0 + 4 * ms, 1, ack);
  c.close(t0 + 5 * ms);
  const Row r = flows_of<ZeekFlow>(trace.packets())[0];
  CHECK(r["orig_bytes"] == 450);
  CHECK(r["resp_bytes"] == 0);
  CHECK(r["missed_bytes"] == 300);
  CHECK(r["orig_pkts"] == 6);
  CHECK(r["orig_ip_bytes"] == 6 * 40 + 150);
  CHECK(r.text("history") == "ShADaGFf");
  CHECK(r.text("proto") == "tcp");
  CHECK(r["duration"] == Approx(0.0054));
}

TEST_CASE("zeek: UDP and ICMP") {
  Trace trace;
  trace.add(t0, datagram("10.0.0.1", 5'000, "10.0.0.2", 53, 20));
  CHECK(flows_of<ZeekFlow>(trace.packets())[0].text("conn_state") == "S0");
  CHECK_FALSE(flows_of<ZeekFlow>(trace.packets())[0].valid.at("orig_bytes"));
  trace.add(t0 + ms, datagram("10.0.0.2", 53, "10.0.0.1", 5'000, 30));
  trace.add(t0 + 2 * ms, datagram("10.0.0.2", 53, "10.0.0.1", 5'000, 30, 2));
  const Row r = flows_of<ZeekFlow>(trace.packets())[0];
  CHECK(r.text("conn_state") == "SF");
  CHECK(r.text("history") == "Dd");
  CHECK(r["resp_bytes"] == 60);
  Trace ping;
  ping.add(t0, ethernet({}, ipv4({}, icmp({.type = 8, .id = 7}, filler(56)))));
  const Row i = flows_of<ZeekFlow>(ping.packets())[0];
  CHECK(i["id.orig_p"] == 8);
  CHECK(i.text("conn_state") == "OTH");
  CHECK(i.text("proto") == "icmp");
}

// --- First packets, first bytes

TEST_CASE("sequence and payload: the first packets and bytes, together with another profile") {
  Trace trace;
  Connection c(trace);
  c.handshake(t0);
  c.segment(t0 + ms, 0, ack | psh, 4);
  trace.add(t0 + 2 * ms, c.make(0, ack | psh, 4, 1'111, c.next(0) - 4, c.next(1)));  // again
  c.segment(t0 + 3 * ms, 1, ack | psh, 100);
  FlowOptions options;
  options.features.packets = 5;
  options.features.payload_bytes = 10;
  const Row r = flows_of<CoreFlow, PacketSequence, PayloadBytes>(trace.packets(), options)[0];
  CHECK(r["fwd_packets"] == 4);
  CHECK(r["seq_size_4"] == 58);
  CHECK(r["seq_direction_2"] == -1);
  CHECK(r["seq_gap_ns_2"] == 200'000);
  CHECK(r["seq_flags_1"] == syn);
  CHECK(r.numbers.count("seq_size_6") == 0);
  for (std::size_t i = 0; i < 10; ++i) {  // filler(): 37 i + 11
    const std::size_t in_packet = i < 4 ? i : i - 4;
    CHECK(r["payload_" + std::to_string(i + 1)] == static_cast<double>((37 * in_packet + 11) % 256));
  }
}

TEST_CASE("payload behind a snap length is skipped, short payload is padded") {
  Trace trace;
  Connection c(trace);
  trace.add(t0, c.make(0, ack, 100, 1, 5'000, 1), 14 + 40 + 3);
  FlowOptions options;
  options.features.payload_bytes = 784;
  const Row r = flows_of<PayloadBytes>(trace.packets(), options)[0];
  CHECK(r.numbers.size() == 784);
  CHECK(r.valid.at("payload_3"));
  CHECK_FALSE(r.valid.at("payload_4"));
}

TEST_CASE("how many columns a profile has: docs/flow_features.md") {
  const FlowFeatureOptions ten{.packets = 10, .payload_bytes = 6};
  CHECK(flow_columns<CoreFlow>(ten).size() == 51);
  CHECK(flow_columns<CicFlow>(ten).size() == 84);
  CHECK(flow_columns<NfstreamFlow>(ten).size() == 77 + 3 * 10);
  CHECK(flow_columns<CesnetFlow>(ten).size() == 152 + 4 * 10);
  CHECK(flow_columns<NetflowFlow>(ten).size() == 25);
  CHECK(flow_columns<ZeekFlow>(ten).size() == 22);
  CHECK(flow_columns<PacketSequence>(ten).size() == 4 * 10);
  CHECK(flow_columns<PayloadBytes>(ten).size() == 6);
}

TEST_CASE("memory of sequences: 1.5 KiB a flow") {
  FlowTable<CoreFlow, PacketSequence> table({.max_flows = 100});
  CHECK(table.bytes_per_flow() + 32 <= 1'536);
}

TEST_CASE("all profiles at once, with jumps of the clock: every number is finite, no name occurs twice") {
  Rng rng(3);
  Trace trace;
  std::vector<Packet> packets;
  Connection c(trace);
  c.handshake(t0);
  for (int i = 0; i < 200; ++i)
    c.segment(t0 + ms + i * ms, i % 3 == 0 ? 1 : 0, ack | psh, rng.next32() % 1'400);
  trace.add(t0, datagram("10.0.0.7", 5'000, "10.0.0.2", 53, 20));
  for (int i = 0; i < 3'000; ++i) {
    Packet p = trace.packets()[rng.next32() % trace.packets().size()];
    p.time_ns = i % 4 == 0 ? static_cast<std::int64_t>(rng.next64()) : t0 + rng.next32() % (10 * s);
    p.tcp_flags = static_cast<std::uint8_t>(rng.next32());
    p.tcp_seq = rng.next32();
    packets.push_back(p);
  }
  std::size_t flows = 0;
  bool finite = true;
  const auto check = [&](const std::vector<Row>& rows) {
    for (const Row& r : rows) {
      ++flows;
      for (const auto& [name, value] : r.numbers) {
        finite = finite && std::isfinite(value);
        if (!std::isfinite(value)) MESSAGE(name);
        if (name.find("duration") != std::string::npos) CHECK(value >= 0);
      }
    }
  };
  check(flows_of<CicFlow, CesnetFlow, PacketSequence, PayloadBytes>(packets,
                                                                    {.features = {.payload_bytes = 64}}));
  check(flows_of<NfstreamFlow>(packets));
  check(flows_of<ZeekFlow>(packets));
  check(flows_of<NetflowFlow>(packets));
  CHECK(finite);
  CHECK(flows > 100);
}

// --- Labels

TEST_CASE("label rules: first that fits") {
  const FlowLabelRules rules =
      FlowLabelRules::try_parse(
          "# an experiment\n"
          "dos from=2023-11-14T22:13:00Z to=2023-11-14T22:14:00.5Z src=10.0.0.0/30 port=80 proto=tcp\n"
          "\n"
          "dns   dst_port=53 proto=17   # names\r\n"
          "v6 host=2001:db8::/32\n"
          "late from=1700001000.25\n"
          "benign")
          .value();
  CHECK(rules.rules().size() == 5);
  CHECK(rules.rules()[0].from_ns == t0 - 20 * s);
  CHECK(rules.rules()[0].to_ns == t0 + 40 * s + 500 * ms);
  CHECK(rules.rules()[3].from_ns == t0 + 1'000 * s + 250 * ms);
  FlowTable<CoreFlow> table(FlowOptions{.max_flows = 64});
  std::vector<std::string> labels;
  const auto keep = [&](const auto& flow) { labels.emplace_back(rules.label(*flow)); };
  const auto label_of = [&](std::int64_t time, const Layer& frame) {
    Trace trace;
    table.add(trace.add(time, frame), keep);
    table.flush(keep);
    return labels.back();
  };
  const auto web = [](const char* src) {
    return ethernet({}, ipv4({.src = src, .dst = "10.9.9.9"}, tcp({.flags = syn})));
  };
  CHECK(label_of(t0, web("10.0.0.3")) == "dos");
  CHECK(label_of(t0, web("10.0.0.4")) == "benign");
  CHECK(label_of(t0 + 41 * s, web("10.0.0.3")) == "benign");
  CHECK(label_of(t0, datagram("10.0.0.1", 5'000, "10.0.0.2", 53, 20)) == "dns");
  CHECK(label_of(t0, ethernet({}, ipv6({}, udp({.dst_port = 9})))) == "v6");
  CHECK(label_of(t0 + 1'001 * s, web("10.0.0.4")) == "late");
  CHECK(FlowLabelRules().label(FlowBase(), "none") == "none");
}

TEST_CASE("label rules: what cannot be read is refused with its line") {
  for (const char* bad : {"a src=10.0.0.256", "a src=10.0.0", "a port=5-2", "a port=70000",
                          "a from=yesterday", "a proto=quic", "a src", "a colour=red", "a host=::1/129",
                          "a host=1:2", "a from=2023-13-01T00:00:00Z", "a host=1:2:3:4:5:6:7:8:9",
                          "a host=12345::", "a vlan=-1", "a from=2023-11-14T22:13:00", "a host=::1:"}) {
    CAPTURE(std::string(bad));
    const auto result = FlowLabelRules::try_parse(std::string("ok\n") + bad);
    REQUIRE_FALSE(result.ok());
    CHECK(result.error().what.find("line 2") == 0);
  }
  CHECK(parse_prefix("2001:db8::1")->bits == 128);
  CHECK(parse_prefix("::")->address == IpAddress{});
  CHECK(address_text(parse_prefix("1:2:3:4:5:6:7:8")->address, 6) == "1:2:3:4:5:6:7:8");
}

}  // namespace
