// Profiles cic and cic_compat: the reference connection, worked out by hand for both, and each error that
// cic_compat keeps and cic does not.
#include "traffic/flow_packets.hpp"

#include <weir/traffic/features/cic.hpp>
#include <weir/traffic/features/cic_compat.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

namespace {

using namespace weir;          // NOLINT: a test
using namespace flow_packets;  // NOLINT
using namespace tcp_flag;      // NOLINT
using doctest::Approx;
using flow_packets::s;

std::vector<Row> cic(const Trace& trace) { return flows_of<CicFlow>(trace.packets()); }

/// Only flows that the original writes.
std::vector<Row> compat(const std::vector<Packet>& packets) {
  FlowTable<CicCompatFlow> table(CicCompatFlow::table_options({.max_flows = 256}));
  std::vector<Row> rows;
  const auto keep = [&](const auto& flow) {
    if (CicCompatFlow::keeps(flow)) rows.push_back(row_of(flow));
  };
  for (const Packet& p : packets) table.add(p, keep);
  table.flush(keep);
  return rows;
}

TEST_CASE("the 84 columns in their order") {
  const auto columns = flow_columns<CicFlow>();
  REQUIRE(columns.size() == 84);
  CHECK(columns[0].name == "Flow ID");
  CHECK(columns[7].name == "Flow Duration");
  CHECK(columns[20].name == "Flow Bytes/s");
  CHECK(columns[36].name == "Fwd PSH Flags");
  CHECK(columns[56].name == "ECE Flag Count");
  CHECK(columns[61].name == "Fwd Bytes/Bulk Avg");
  CHECK(columns[71].name == "FWD Init Win Bytes");
  CHECK(columns[83].name == "Label");
  const auto others = flow_columns<CicCompatFlow>();
  REQUIRE(others.size() == 84);
  for (std::size_t i = 0; i < 84; ++i) CHECK(columns[i].name == others[i].name);
}

TEST_CASE("cic, one connection: every column") {
  Trace trace;
  reference_connection(trace, t0);
  const std::vector<Row> rows = cic(trace);
  REQUIRE(rows.size() == 1);
  const Row& r = rows[0];
  CHECK(r.text("Flow ID") == "10.0.0.1-10.0.0.2-40000-80-6");
  CHECK(r.text("Timestamp") == "2023-11-14 22:13:20.000000");
  CHECK(r.text("Label") == "NeedManualLabel");
  // forward payloads 0 0 100 0 0 0, backward 0 0 1000 0 0; gaps 200 us; forward at 0 400 600 1200 1400 2000
  // us, backward at 200 800 1000 1600 1800 us
  const double fwd_std = std::sqrt((100.0 * 100.0 - 100.0 * 100.0 / 6) / 5);
  const double bwd_std = std::sqrt((1e6 - 1e6 / 5) / 4);
  const double all_variance = (1e6 + 1e4 - 1'100.0 * 1'100.0 / 11) / 10;
  const std::vector<std::pair<const char*, double>> expected{{"Src Port", 40'000},
                                                             {"Dst Port", 80},
                                                             {"Protocol", 6},
                                                             {"Flow Duration", 2'000},
                                                             {"Total Fwd Packet", 6},
                                                             {"Total Bwd packets", 5},
                                                             {"Total Length of Fwd Packet", 100},
                                                             {"Total Length of Bwd Packet", 1'000},
                                                             {"Fwd Packet Length Max", 100},
                                                             {"Fwd Packet Length Min", 0},
                                                             {"Fwd Packet Length Mean", 100.0 / 6},
                                                             {"Fwd Packet Length Std", fwd_std},
                                                             {"Bwd Packet Length Max", 1'000},
                                                             {"Bwd Packet Length Min", 0},
                                                             {"Bwd Packet Length Mean", 200},
                                                             {"Bwd Packet Length Std", bwd_std},
                                                             {"Flow Bytes/s", 1'100 / 0.002},
                                                             {"Flow Packets/s", 11 / 0.002},
                                                             {"Flow IAT Mean", 200},
                                                             {"Flow IAT Std", 0},
                                                             {"Flow IAT Max", 200},
                                                             {"Flow IAT Min", 200},
                                                             {"Fwd IAT Total", 2'000},
                                                             {"Fwd IAT Mean", 400},
                                                             {"Fwd IAT Std", 200},
                                                             {"Fwd IAT Max", 600},
                                                             {"Fwd IAT Min", 200},
                                                             {"Bwd IAT Total", 1'600},
                                                             {"Bwd IAT Mean", 400},
                                                             {"Bwd IAT Max", 600},
                                                             {"Bwd IAT Min", 200},
                                                             {"Fwd PSH Flags", 1},
                                                             {"Bwd PSH Flags", 1},
                                                             {"Fwd URG Flags", 0},
                                                             {"Bwd URG Flags", 0},
                                                             {"Fwd Header Length", 120},
                                                             {"Bwd Header Length", 100},
                                                             {"Fwd Packets/s", 3'000},
                                                             {"Bwd Packets/s", 2'500},
                                                             {"Packet Length Min", 0},
                                                             {"Packet Length Max", 1'000},
                                                             {"Packet Length Mean", 100},
                                                             {"Packet Length Std", std::sqrt(all_variance)},
                                                             {"Packet Length Variance", all_variance},
                                                             {"FIN Flag Count", 2},
                                                             {"SYN Flag Count", 2},
                                                             {"RST Flag Count", 0},
                                                             {"PSH Flag Count", 2},
                                                             {"ACK Flag Count", 10},
                                                             {"URG Flag Count", 0},
                                                             {"CWR Flag Count", 0},
                                                             {"ECE Flag Count", 0},
                                                             {"Down/Up Ratio", 5.0 / 6},
                                                             {"Average Packet Size", 100},
                                                             {"Fwd Segment Size Avg", 100.0 / 6},
                                                             {"Bwd Segment Size Avg", 200},
                                                             {"Fwd Bytes/Bulk Avg", 0},
                                                             {"Fwd Packet/Bulk Avg", 0},
                                                             {"Fwd Bulk Rate Avg", 0},
                                                             {"Bwd Bytes/Bulk Avg", 0},
                                                             {"Bwd Packet/Bulk Avg", 0},
                                                             {"Bwd Bulk Rate Avg", 0},
                                                             {"Subflow Fwd Packets", 6},
                                                             {"Subflow Fwd Bytes", 100},
                                                             {"Subflow Bwd Packets", 5},
                                                             {"Subflow Bwd Bytes", 1'000},
                                                             {"FWD Init Win Bytes", 1'111},
                                                             {"Bwd Init Win Bytes", 5'000},
                                                             {"Fwd Act Data Pkts", 1},
                                                             {"Fwd Seg Size Min", 20},
                                                             {"Active Mean", 2'000},
                                                             {"Active Std", 0},
                                                             {"Active Max", 2'000},
                                                             {"Active Min", 2'000},
                                                             {"Idle Mean", 0},
                                                             {"Idle Std", 0},
                                                             {"Idle Max", 0},
                                                             {"Idle Min", 0}};
  CHECK(expected.size() + 1 == r.numbers.size());  // one gap below
  for (const auto& [column, value] : expected) {
    const std::string& name = column;  // clang 14 captures no structured binding
    CAPTURE(name);
    CHECK(r[name] == Approx(value).epsilon(1e-12));
  }
  CHECK(r["Bwd IAT Std"] ==
        Approx(std::sqrt((600.0 * 600 + 200 * 200 + 600 * 600 + 200 * 200 - 4 * 400.0 * 400) / 3)));
  CHECK_FALSE(r.valid.at("Idle Mean"));
  CHECK_FALSE(r.valid.at("Fwd Bulk Rate Avg"));
  CHECK(r.valid.at("Flow IAT Std"));
}

TEST_CASE("cic_compat, one connection: CICFlowMeter's flow ends at the backward FIN, with its errors") {
  Trace trace;
  reference_connection(trace, t0);
  const std::vector<Row> rows = compat(trace.packets());
  REQUIRE(rows.size() == 1);  // the last ACK makes a flow of one packet, which is not written
  const Row& r = rows[0];
  CHECK(r["Total Fwd Packet"] == 5);
  CHECK(r["Total Bwd packets"] == 5);
  CHECK(r["Flow Duration"] == 1'800);
  CHECK(r["Bwd Init Win Bytes"] == 2'222);
  CHECK(r["Average Packet Size"] == 110);
  CHECK(r["FIN Flag Count"] == 2);
  CHECK(r["Down/Up Ratio"] == 1);
  CHECK(r["Fwd PSH Flags"] == 0);
  CHECK(r["Subflow Fwd Packets"] == 0);
  CHECK(r["Active Mean"] == 0);
  CHECK(r["Packet Length Mean"] == Approx(1'100.0 / 11));  // 11 values from 10 packets
  CHECK(r.text("Timestamp") == "14/11/2023 10:13:20 PM");
  CHECK(r.text("Flow ID") == "10.0.0.1-10.0.0.2-40000-80-6");
}

TEST_CASE("cic_compat, the same ports again: the second flow begins with the old ACK") {
  Trace trace;
  reference_connection(trace, t0);
  reference_connection(trace, t0 + 5 * s, 77'000);
  const std::vector<Row> rows = compat(trace.packets());
  REQUIRE(rows.size() == 2);
  CHECK(rows[1]["Flow Duration"] == 4'999'800);
  CHECK(rows[1]["Total Fwd Packet"] == 6);
  CHECK(rows[1]["Total Bwd packets"] == 5);
}

TEST_CASE("cic_compat: 120 s of age end a flow, and the next keeps its direction") {
  Trace trace;
  for (int i = 0; i < 5; ++i) {
    const bool answer = i == 3;
    trace.add(t0 + i * 50 * s, answer ? datagram("10.0.0.2", 53, "10.0.0.1", 5'000, 30)
                                      : datagram("10.0.0.1", 5'000, "10.0.0.2", 53, 20));
  }
  const std::vector<Row> rows = compat(trace.packets());
  REQUIRE(rows.size() == 2);
  CHECK(rows[0]["Total Fwd Packet"] == 3);
  CHECK(rows[1].text("Src IP") == "10.0.0.1");
  CHECK(rows[1]["Total Fwd Packet"] == 1);
  CHECK(rows[1]["Total Bwd packets"] == 1);
  // no idle time-out: two packets 100 s apart are one flow there
  CHECK(rows[0]["Flow Duration"] == 100e6);
  CHECK(rows[0]["Idle Max"] == 50e6);
  CHECK(rows[0]["Subflow Fwd Packets"] == 1);  // 3 packets / 2 gaps, cut
  CHECK(rows[0]["Packet Length Mean"] == 20);
}

TEST_CASE("cic_compat: fragments, other protocols and duration 0") {
  Trace trace;
  for (const Layer& part :
       ipv4_fragments({.id = 77}, udp({.src_port = 5'000, .dst_port = 53}, filler(4'000)), 1'400)) {
    trace.add(t0, ethernet({}, part));
  }
  const std::vector<Row> rows = compat(trace.packets());
  REQUIRE(rows.size() == 1);  // the first fragment is alone in its flow
  CHECK(rows[0]["Src Port"] == 0);
  CHECK(rows[0]["Protocol"] == 0);
  CHECK(rows[0]["Total Fwd Packet"] == 2);
  CHECK(rows[0]["Total Length of Fwd Packet"] == 0);
  CHECK(std::isnan(rows[0]["Flow Bytes/s"]));
  CHECK(std::isinf(rows[0]["Flow Packets/s"]));
  CHECK_FALSE(rows[0].valid.at("Flow Packets/s"));
  CHECK(rows[0]["Fwd Packets/s"] == 0);
}

TEST_CASE("bulk: four payload packets of one direction; the other direction's payload ends it") {
  Trace trace;
  Connection c(trace);
  c.handshake(t0);
  for (int i = 0; i < 6; ++i) c.segment(t0 + ms + i * 10 * ms, 0, ack | psh, 100);
  c.segment(t0 + 100 * ms, 1, ack | psh, 50);
  for (int i = 0; i < 3; ++i) c.segment(t0 + 110 * ms + i * 10 * ms, 0, ack | psh, 100);
  for (int i = 0; i < 4; ++i) c.segment(t0 + 200 * ms + i * 10 * ms, 1, ack | psh, 1'000);
  const Row r = cic(trace)[0];
  // forward: one bulk of 6 packets (4 within 30 ms, 2 more of 10 ms each); the run of 3 is none
  CHECK(r["Fwd Bytes/Bulk Avg"] == 600);
  CHECK(r["Fwd Packet/Bulk Avg"] == 6);
  CHECK(r["Fwd Bulk Rate Avg"] == Approx(600 / 0.05));
  CHECK(r["Bwd Bytes/Bulk Avg"] == 4'000);
  CHECK(r["Bwd Packet/Bulk Avg"] == 4);
  CHECK(r["Bwd Bulk Rate Avg"] == Approx(4'000 / 0.03));
  // the original counts all 14 payload packets as one backward bulk
  const Row old = compat(trace.packets())[0];
  CHECK(old["Fwd Bytes/Bulk Avg"] == 0);
  CHECK(old["Bwd Packet/Bulk Avg"] == 14);
  CHECK(old["Bwd Bytes/Bulk Avg"] == 4'950);
}

TEST_CASE("a pause of more than 1 s ends a bulk") {
  Trace trace;
  Connection c(trace);
  for (int i = 0; i < 3; ++i) c.segment(t0 + i * ms, 0, ack, 10);
  for (int i = 0; i < 3; ++i) c.segment(t0 + 2 * s + i * ms, 0, ack, 10);
  const Row r = cic(trace)[0];
  CHECK(r["Fwd Packet/Bulk Avg"] == 0);
  CHECK(r["Subflow Fwd Packets"] == 3);
}

TEST_CASE("active and idle: the last period counts") {
  Trace trace;
  Connection c(trace);
  for (const std::int64_t at : {0 * s, 2 * s, 4 * s, 12 * s, 13 * s, 20 * s}) c.segment(t0 + at, 0, ack, 10);
  const Row r = cic(trace)[0];
  // active 0-4 and 12-13 s (the packet at 20 s alone lasts 0 s), idle 8 and 7 s
  CHECK(r["Active Mean"] == 2.5e6);
  CHECK(r["Active Std"] == Approx(std::sqrt(2 * 1.5 * 1.5) * 1e6));
  CHECK(r["Active Max"] == 4e6);
  CHECK(r["Active Min"] == 1e6);
  CHECK(r["Idle Mean"] == 7.5e6);
  CHECK(r["Idle Max"] == 8e6);
  CHECK(r["Idle Min"] == 7e6);
  CHECK(r["Subflow Fwd Packets"] == 6.0 / 5);  // gaps of 2, 2, 8 and 7 s; that of 1 s is none
}

TEST_CASE("one packet: every number is finite, rates are not valid") {
  Trace trace;
  trace.add(t0, datagram("10.0.0.1", 5'000, "10.0.0.2", 53, 20));
  const Row r = cic(trace)[0];
  for (const auto& [column, value] : r.numbers) {
    const std::string& name = column;  // clang 14 captures no structured binding
    CAPTURE(name);
    CHECK(std::isfinite(value));
  }
  for (const char* name : {"Flow Bytes/s", "Flow IAT Mean", "Bwd Packet Length Mean", "FWD Init Win Bytes",
                           "Active Mean", "Fwd Packet Length Std"}) {
    CAPTURE(name);
    CHECK_FALSE(r.valid.at(name));
    CHECK(r[name] == 0);
  }
  CHECK(r["Down/Up Ratio"] == 0);
  CHECK(r["Fwd Seg Size Min"] == 8);
}

TEST_CASE("moments of whole numbers: exact, mergeable, without overflow") {
  FlowMoments a;
  FlowMoments b;
  FlowMoments all;
  for (const std::uint64_t x : {3'000'000'001ULL, 3'000'000'002ULL, 3'000'000'003ULL}) {
    (x % 2 == 1 ? a : b).add(x);
    all.add(x);
  }
  a.merge(b);
  CHECK(a.sample_variance() == 1);
  CHECK(all.sample_variance() == 1);
  CHECK(all.population_std() == Approx(std::sqrt(2.0 / 3)));
  CHECK(a.mean() == 3'000'000'002.0);
  CHECK(a.min() == 3'000'000'001U);
  FlowMoments equal;
  for (int i = 0; i < 1'000; ++i) equal.add(123'456'789'012'345ULL);
  CHECK(equal.sample_std() == 0);
  FlowMoments huge;
  for (int i = 0; i < 4; ++i) huge.add(i % 2 == 0 ? 1ULL << 62 : 0);
  CHECK(huge.sample_std() == Approx(std::sqrt(4.0 / 3) * 0x1p61));
  CHECK(FlowMoments().mean() == 0);
  CHECK(FlowMoments().min() == 0);
}

TEST_CASE("dates") {
  CHECK(date_text(0) == "1970-01-01 00:00:00.000000");
  CHECK(date_text(-1) == "1969-12-31 23:59:59.999999");
  CHECK(date_text(951'782'400 * s) == "2000-02-29 00:00:00.000000");
  CHECK(cic_date_text(0) == "01/01/1970 12:00:00 AM");
  CHECK(cic_date_text(12 * 3'600 * s) == "01/01/1970 12:00:00 PM");
}

}  // namespace
