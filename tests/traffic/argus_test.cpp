// Profile argus, worked out by hand: what argus 3.0.8 says of the same packets.
#include "traffic/flow_packets.hpp"

#include <weir/traffic/features/flow_features.hpp>
#include <weir/traffic/features/profiles.hpp>

#include <doctest/doctest.h>
#include <zlib.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace {

using namespace weir;          // NOLINT: a test
using namespace flow_packets;  // NOLINT
using namespace tcp_flag;      // NOLINT
using doctest::Approx;
using flow_packets::s;

Row argus(const Trace& trace) {
  const std::vector<Row> rows = flows_of<ArgusFlow>(trace.packets());
  REQUIRE(rows.size() == 1);
  return rows[0];
}

/// The texts of each column of CTU-13's table, without blanks around them.
std::map<std::string, std::set<std::string>> texts_of(const std::string& path) {
  const gzFile file = gzopen(path.c_str(), "r");
  REQUIRE(file != nullptr);
  std::map<std::string, std::set<std::string>> texts;
  std::vector<std::string> names;
  std::array<char, 512> line;
  while (gzgets(file, line.data(), static_cast<int>(line.size())) != nullptr) {
    const std::string text(line.data());
    std::vector<std::string> fields;
    for (std::size_t begin = 0; begin < text.size();) {
      const std::size_t end = text.find_first_of(",\n", begin);
      const std::size_t first = text.find_first_not_of(' ', begin);
      fields.push_back(text.substr(first, end - first));
      begin = end + 1;
    }
    if (names.empty()) {
      names = fields;
      continue;
    }
    for (std::size_t i = 0; i < fields.size(); ++i) texts[names[i]].insert(fields[i]);
  }
  gzclose(file);
  return texts;
}

Layer icmp_between(const std::string& src, const std::string& dst, const Icmp& header) {
  return ethernet({}, ipv4({.src = src, .dst = dst}, icmp(header, filler(56))));
}

}  // namespace

TEST_CASE("argus: a connection") {
  Trace trace;
  reference_connection(trace, t0 + 826'372 * us);
  const Row r = argus(trace);
  CHECK(r.text("StartTime") == "2023/11/14 22:13:20.826372");
  CHECK(r["Dur"] == Approx(0.002));
  CHECK(r.text("Proto") == "tcp");
  CHECK(r.text("SrcAddr") == "10.0.0.1");
  CHECK(r.text("Sport") == "40000");
  CHECK(r.text("Dir") == "->");
  CHECK(r.text("DstAddr") == "10.0.0.2");
  CHECK(r.text("Dport") == "80");
  CHECK(r.text("State") == "FSPA_FSPA");
  CHECK(r["sTos"] == 0);
  CHECK(r.valid.at("dTos"));
  CHECK(r["TotPkts"] == 11);
  CHECK(r["TotBytes"] == 11 * 54 + 1'100);
  CHECK(r["SrcBytes"] == 6 * 54 + 100);
}

TEST_CASE("argus: one packet has no duration, and nothing is said of who sent none") {
  Trace trace;
  Connection c(trace);
  c.segment(t0, 0, syn | ece | cwr);
  const Row r = argus(trace);
  CHECK(r["Dur"] == 0.0);
  CHECK(r.valid.at("Dur"));
  CHECK(r.text("State") == "SEC_");
  CHECK(r.text("Dir") == "->");
  CHECK(r.valid.at("sTos"));
  CHECK_FALSE(r.valid.at("dTos"));
  CHECK(r["SrcBytes"] == r["TotBytes"]);
}

TEST_CASE("argus: without a SYN it is not known who began") {
  Trace both;
  Connection b(both);
  b.segment(t0, 0, ack | psh, 10);
  b.segment(t0 + ms, 1, ack);
  CHECK(argus(both).text("Dir") == "<?>");
  CHECK(argus(both).text("State") == "PA_A");
  Trace one;
  Connection o(one);
  o.segment(t0, 0, fin | ack);
  CHECK(argus(one).text("Dir") == "?>");
  CHECK(argus(one).text("State") == "FA_");
  Trace refused;
  Connection r(refused);
  r.segment(t0, 0, syn);
  r.trace().add(t0 + ms, r.make(1, rst | ack, 0, 0, 0, r.next(0)));
  CHECK(argus(refused).text("State") == "S_RA");
}

TEST_CASE("argus: datagrams") {
  Trace trace;
  trace.add(t0, datagram("10.0.0.1", 5'000, "10.0.0.2", 53, 20));
  CHECK(argus(trace).text("Dir") == "->");
  CHECK(argus(trace).text("State") == "INT");
  trace.add(t0 + ms, datagram("10.0.0.2", 53, "10.0.0.1", 5'000, 30));
  const Row r = argus(trace);
  CHECK(r.text("Proto") == "udp");
  CHECK(r.text("Dir") == "<->");
  CHECK(r.text("State") == "CON");
  CHECK(r.text("Dport") == "53");
  CHECK(r["TotBytes"] == 62 + 72);
}

TEST_CASE("argus: ICMP has its type, code and identifier in place of ports") {
  Trace ping;
  ping.add(t0, icmp_between("10.0.0.1", "10.0.0.2", {.type = 8, .id = 0x7DA1}));
  ping.add(t0 + ms, icmp_between("10.0.0.2", "10.0.0.1", {.type = 0, .id = 0x7DA1}));
  const Row r = argus(ping);
  CHECK(r.text("Proto") == "icmp");
  CHECK(r.text("Sport") == "0x0008");
  CHECK(r.text("Dport") == "0xa17d");
  CHECK(r.text("Dir") == "<->");
  CHECK(r.text("State") == "ECO");

  Trace reply;  // nobody saw the request
  reply.add(t0, icmp_between("10.0.0.2", "10.0.0.1", {.type = 0, .id = 0x1234}));
  const Row lone = argus(reply);
  CHECK(lone.text("SrcAddr") == "10.0.0.1");
  CHECK(lone.text("DstAddr") == "10.0.0.2");
  CHECK(lone.text("Dir") == "<-");
  CHECK(lone.text("State") == "ECR");
  CHECK(lone.text("Dport") == "0x3412");
  CHECK(lone["SrcBytes"] == 0);
  CHECK(lone["TotBytes"] == 98);
  CHECK_FALSE(lone.valid.at("sTos"));
  CHECK(lone.valid.at("dTos"));

  const auto state = [](std::uint8_t type, std::uint8_t code) {
    Trace trace;
    trace.add(t0, icmp_between("10.0.0.1", "10.0.0.2", {.type = type, .code = code}));
    return argus(trace);
  };
  CHECK(state(3, 3).text("State") == "URP");
  CHECK(state(3, 3).text("Sport") == "0x0303");
  CHECK(state(3, 3).text("Dport").empty());
  CHECK(state(3, 13).text("State") == "URFIL");
  CHECK(state(3, 16).text("State") == "UR");
  CHECK(state(5, 1).text("State") == "RED");
  CHECK(state(11, 0).text("State") == "TXD");
  CHECK(state(45, 0).text("State") == "PTB");
  CHECK(state(46, 0).text("State") == "UNK");
  CHECK(state(255, 0).text("State") == "UNK");
}

TEST_CASE("argus: ICMPv6 and protocols without ports") {
  const auto state = [](std::uint8_t type, std::uint8_t code) {
    Trace trace;
    trace.add(t0, ethernet({}, ipv6({}, icmpv6({.type = type, .code = code}, filler(8)))));
    return argus(trace);
  };
  CHECK(state(135, 0).text("Proto") == "ipv6-icmp");
  CHECK(state(135, 0).text("State") == "NNS");
  CHECK(state(135, 0).text("Sport") == "135");
  CHECK(state(135, 0).text("Dport").empty());
  CHECK(state(1, 4).text("State") == "URP");
  CHECK(state(3, 1).text("State") == "TXR");
  CHECK(state(143, 0).text("State") == "MHR");
  CHECK(state(138, 0).text("State") == "UNK");
  CHECK(state(255, 0).text("State") == "UNK");

  Trace igmp;
  Layer report = filler(8);
  report.protocol = 2;
  igmp.add(t0, ethernet({}, ipv4({.dst = "224.0.0.1"}, report)));
  CHECK(argus(igmp).text("Proto") == "igmp");
  CHECK(argus(igmp).text("State") == "INT");
  CHECK(argus(igmp).text("Sport").empty());
}

TEST_CASE("argus: who and when, and its tables are known, those of CTU-13 too") {
  const std::vector<std::string> names{"StartTime", "Dur",     "Proto",    "SrcAddr",  "Sport",
                                       "Dir",       "DstAddr", "Dport",    "State",    "sTos",
                                       "dTos",      "TotPkts", "TotBytes", "SrcBytes", "Label"};
  const std::optional<TableProfile> known = profile_of_columns(names);
  REQUIRE(known.has_value());
  CHECK(known->text == "argus, version 1");
  CHECK(known->columns.size() == 14);
  for (std::size_t i = 0; i < known->columns.size(); ++i) CHECK(known->columns[i].name == names[i]);
  for (const char* who : {"SrcAddr", "Sport", "DstAddr"}) CHECK(known->role_of(who) == ColumnRole::identity);
  CHECK(known->role_of("StartTime") == ColumnRole::time);
  CHECK(known->role_of("Dport") == ColumnRole::feature);
}

TEST_CASE("argus: texts are spelt as in CTU-13") {
  const char* data = std::getenv("WEIR_DATA");
  const std::string path =
      std::string(data == nullptr ? "" : data) + "/ctu-13/capture20110818-2.binetflow.gz";
  if (!std::filesystem::exists(path)) {
    MESSAGE("SKIPPED: WEIR_DATA does not name a folder that holds ctu-13");
    return;
  }
  const auto known = texts_of(path);
  Trace closed, scanned, answered, lone, ping, asked;
  reference_connection(closed, t0);
  Connection(scanned).segment(t0, 0, syn);
  lone.add(t0, datagram("10.0.0.1", 5'000, "10.0.0.2", 53, 20));
  answered.add(t0, datagram("10.0.0.1", 5'000, "10.0.0.2", 53, 20));
  answered.add(t0 + ms, datagram("10.0.0.2", 53, "10.0.0.1", 5'000, 30));
  ping.add(t0, icmp_between("10.0.0.1", "10.0.0.2", {.type = 8, .id = 0x7DA1}));
  asked.add(t0, ethernet({}, ipv6({}, icmpv6({.type = 135}, filler(8)))));
  for (const Trace* trace : {&closed, &scanned, &lone, &answered, &ping, &asked}) {
    const Row r = argus(*trace);
    for (const char* column : {"Proto", "Dir", "State"}) {
      CAPTURE(r.text(column));
      CHECK(known.at(column).count(r.text(column)) == 1);
    }
  }
  CHECK(known.at("Sport").count(argus(ping).text("Sport")) == 1);
  CHECK(known.at("Dport").count(argus(ping).text("Dport")) == 1);
  CHECK(known.at("StartTime").begin()->size() == argus(closed).text("StartTime").size());
}
