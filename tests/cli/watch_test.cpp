// weir watch and weir anonymise, on captures that are written here.
#include "cli/program.hpp"
#include "traffic/packet_bytes.hpp"

#include <weir/traffic/capture/writer.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

using namespace cli_test;
namespace pb = packet_bytes;

namespace {

constexpr std::int64_t second = 1'000'000'000;
constexpr std::int64_t start = 1'700'000'000 * second;  // 2023-11-14 22:13:20 UTC

class Capture {
 public:
  explicit Capture(const std::string& name)
      : path_(folder() / name), writer_(weir::CaptureWriter::create(path_, weir::link_type::ethernet)) {}
  void add(std::int64_t time, const pb::Layer& frame) {
    REQUIRE(writer_.write(
        {time, weir::link_type::ethernet, static_cast<std::uint32_t>(frame.bytes.size()), frame.bytes}));
  }
  std::string close() {
    REQUIRE(writer_.close().ok());
    return path_;
  }

 private:
  std::string path_;
  weir::CaptureWriter writer_;
};

pb::Layer datagram(const std::string& src, std::uint16_t src_port, const std::string& dst,
                   std::uint16_t dst_port, std::size_t payload) {
  return pb::ethernet({},
                      pb::ipv4({.src = src, .dst = dst},
                               pb::udp({.src_port = src_port, .dst_port = dst_port}, pb::filler(payload))));
}

/// A question of 30 to 45 bytes and its answer of 80 to 115, from one port each.
void add_exchange(Capture& capture, int i) {
  const std::string client = "10.0.0." + std::to_string(1 + i % 5);
  const auto port = static_cast<std::uint16_t>(20'000 + i);
  const auto size = static_cast<std::size_t>(i % 16);
  const std::int64_t time = start + i * (second / 10);
  capture.add(time, datagram(client, port, "10.0.1.53", 53, 30 + size));
  capture.add(time + 2'000'000, datagram("10.0.1.53", 53, client, port, 80 + (7 * size) % 36));
}

/// 400 exchanges in 40 seconds.
std::string ordinary() {
  const std::string path = folder() / "ordinary.pcap";
  if (fs::exists(path)) return path;
  Capture out("ordinary.pcap");
  for (int i = 0; i < 400; ++i) add_exchange(out, i);
  return out.close();
}
/// 50 large datagrams to one host, a second later.
std::string attack() {
  const std::string path = folder() / "attack.pcap";
  if (fs::exists(path)) return path;
  Capture out("attack.pcap");
  for (int i = 0; i < 50; ++i) {
    out.add(start + 41 * second + i * 1'000'000, datagram("203.0.113.9", 4'444, "10.0.0.77", 9'999, 1'400));
  }
  return out.close();
}

/// The flows of these captures; the attack's are labelled so.
std::string flows_of(const std::string& name, const std::vector<std::string>& captures) {
  const std::string path = folder() / name;
  if (fs::exists(path)) return path;
  std::vector<std::string> arguments{"flows"};
  arguments.insert(arguments.end(), captures.begin(), captures.end());
  const std::string rules = write_file("rules.txt", "attack src=203.0.113.9\nordinary\n");
  for (const std::string& one :
       {std::string("-o"), path, std::string("--labels"), rules, std::string("--quiet")}) {
    arguments.push_back(one);
  }
  weir_well(arguments);
  return path;
}
/// Trains on columns of profile core, one of them a number that is taken for a name.
std::string trained(const std::string& name, const std::string& csv, const std::vector<std::string>& more) {
  const std::string path = folder() / name;
  if (fs::exists(path)) return path;
  std::vector<std::string> arguments{"train",
                                     csv,
                                     "--model",
                                     path,
                                     "--quiet",
                                     "--epochs",
                                     "10",
                                     "--drop",
                                     "src_ip,dst_ip,src_port,start_ns,flow_id",
                                     "--categorical",
                                     "protocol"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  weir_well(arguments);
  return path;
}
std::string anomaly_model() {
  return trained("flow_anomaly.weir", flows_of("ordinary.csv", {ordinary()}),
                 {"--label", "label", "--benign", "ordinary", "--task", "anomaly"});
}
std::string class_model() {
  return trained("flow_classes.weir", flows_of("all.csv", {ordinary(), attack()}),
                 {"--label", "label", "--benign", "ordinary"});
}

/// Whether the program can read captures.
bool ready() {
  if (!built()) return false;
  const Outcome outcome = cli_test::run_weir({"watch", "--kitsune", "--read", folder() / "none.pcap"});
  if (outcome.err.find("built without") == std::string::npos) return true;
  MESSAGE("SKIPPED: the program weir is built without libpcap");
  return false;
}

}  // namespace

TEST_CASE("an anomaly model raises an alarm for the flow that is unlike the others") {
  if (!ready()) return;
  const Outcome outcome = weir_well({"watch", anomaly_model(), "--read", ordinary(), attack(), "--quiet"});
  const std::vector<Json> alerts = json_lines(outcome.out);
  const auto from_attacker = [](const Json& a) { return a.at("src_ip") == "203.0.113.9"; };
  REQUIRE(std::count_if(alerts.begin(), alerts.end(), from_attacker) == 1);
  CHECK(alerts.size() <= 100);  // of 401 flows; it has learned from few
  const Json alert = *std::find_if(alerts.begin(), alerts.end(), from_attacker);
  CHECK(alert.at("timestamp") == "2023-11-14T22:14:01.049000+0000");
  CHECK(alert.at("event_type") == "anomaly");
  CHECK(alert.at("src_port") == 4'444);
  CHECK(alert.at("dest_ip") == "10.0.0.77");
  CHECK(alert.at("dest_port") == 9'999);
  CHECK(alert.at("proto") == "UDP");
  CHECK(alert.at("flow").at("pkts_toserver") == 50);
  CHECK(alert.at("flow").at("pkts_toclient") == 0);
  CHECK(alert.at("flow").at("bytes_toserver") == 50 * (1'400 + 42));
  CHECK(alert.at("flow").at("start") == "2023-11-14T22:14:01.000000+0000");
  CHECK(alert.at("flow").at("reason") == "forced");
  CHECK(alert.at("score").get<double>() >= alert.at("threshold").get<double>());
  const Json& reasons = alert.at("reasons");
  REQUIRE(reasons.size() == 3);
  CHECK(reasons[0].at("error").get<double>() >= reasons[1].at("error").get<double>());
  CHECK(reasons[1].at("error").get<double>() >= reasons[2].at("error").get<double>());
  CHECK(reasons[0].at("error").get<double>() <= alert.at("score").get<double>());
}

TEST_CASE("a flow's score is that of its row in the table of weir flows") {
  if (!ready()) return;
  const std::string csv = flows_of("all.csv", {ordinary(), attack()});
  for (const std::string& model : {anomaly_model(), class_model()}) {
    const auto predicted =
        cli_test::run_weir({"predict", model, csv, "--json"});  // may tell of missing cells
    REQUIRE(predicted.code == 0);
    const auto rows = json_lines(predicted.out);
    // With this threshold every flow is an alarm.
    const auto alerts = json_lines(
        weir_well({"watch", model, "--threshold", "-1", "--read", ordinary(), attack(), "--quiet"}).out);
    REQUIRE(rows.size() == 401);
    REQUIRE(alerts.size() == rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) CHECK(alerts[i].at("score") == rows[i].at("score"));
  }
}

TEST_CASE("a classifier's alarm names the class; alarms go to a file") {
  if (!ready()) return;
  const std::string out = folder() / "alerts.jsonl";
  const Outcome outcome =
      cli_test::run_weir({"watch", class_model(), "--threshold", "0", "--read", attack(), "-o", out});
  CHECK(outcome.code == 0);
  CHECK(outcome.out.empty());
  CHECK(outcome.err.rfind("50 packets (0 not IP), 1 flows, 1 alarms; profile core", 0) == 0);
  const std::vector<Json> alerts = json_lines(read_file(out));
  REQUIRE(alerts.size() == 1);
  CHECK(alerts[0].at("event_type") == "alert");
  CHECK(alerts[0].at("label") == "attack");
  CHECK(alerts[0].at("threshold") == 0.0);
  CHECK(!alerts[0].contains("reasons"));
}

TEST_CASE("models that do not judge flows are refused") {
  if (!ready()) return;
  refused({"watch", model(), "--read", attack()}, "profile 'core' has no column");
  refused({"watch", class_model(), "--profile", "zeek", "--read", attack()}, "profile 'zeek' has no column");
  const std::string number = trained("flow_number.weir", flows_of("all.csv", {ordinary(), attack()}),
                                     {"--label", "fwd_bytes", "--task", "regress"});
  refused({"watch", number, "--read", attack()}, "raises no alarm");
  refused({"watch", attack(), "--read", attack()}, "attack.pcap");
}

TEST_CASE("watch refuses a wrong command line and wrong files") {
  if (!ready()) return;
  refused({"watch", "--read", attack()}, "needs a MODEL or --kitsune");
  refused({"watch", "--kitsune"}, "needs --read CAPTURE or --interface IF");
  refused({"watch", class_model(), "--kitsune", "--read", attack()}, "--kitsune");
  refused({"watch", class_model(), "--map", "9", "--read", attack()}, "--kitsune");
  refused({"watch", "--kitsune", "--profile", "core", "--read", attack()}, "MODEL");
  refused({"watch", "--kitsune", "--features", "99", "--read", attack()}, "100|115");
  refused({"watch", "--kitsune", "--read", folder() / "none.pcap"}, "none.pcap");
  refused({"watch", "--kitsune", "--read", write_file("text.pcap", "no capture at all, but text")},
          "text.pcap");
  refused({"watch", "--kitsune", "--read", attack(), "--filter", "tcp prot 80"}, "filter");
  refused({"watch", "--kitsune", "--read", attack(), "-o", "/nowhere/alerts"}, "/nowhere/alerts");
  refused({"watch", "--kitsune", "--read", attack(), "--state", attack()}, "attack.pcap");
  refused({"watch", "--kitsune", "--interface", "no-such-interface"}, "no-such-interface");
}

namespace {

/// Kitsune that has learned before the ordinary packets end.
std::vector<std::string> kitsune(const std::vector<std::string>& more) {
  std::vector<std::string> arguments{"watch", "--kitsune", "--map",       "100", "--train",
                                     "400",   "--quiet",   "--calibrate", "200"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

}  // namespace

TEST_CASE("Kitsune raises alarms for packets that are unlike those before") {
  if (!ready()) return;
  for (const std::string features : {"100", "115"}) {
    const auto alerts =
        json_lines(weir_well(kitsune({"--features", features, "--read", ordinary(), attack()})).out);
    std::size_t attacks = 0;
    for (const Json& alert : alerts) {
      if (alert.at("src_ip") == "203.0.113.9") ++attacks;
      CHECK(alert.at("event_type") == "anomaly");
      CHECK(alert.at("packet") > 700);
      CHECK(alert.at("score").get<double>() > alert.at("threshold").get<double>());
      CHECK(alert.at("reasons").size() == 3);
    }
    CHECK(attacks >= 40);
    CHECK(alerts.size() - attacks <= 10);  // of about 100 ordinary packets
  }
}

TEST_CASE(
    "Kitsune keeps the rate of false alarms on ordinary traffic, and says what its threshold rests on") {
  if (!ready()) return;
  // No bound of independent packets fits bursts; the threshold moves, and its own bound is rate n + 10.2.
  // Above three deviations of the binomial law would be too many all the same. Seeds fixed.
  for (const std::string seed : {"11", "12"}) {
    const std::string capture = folder() / ("benign" + seed + ".pcap");
    weir_well({"synth", "--connections", "2500", "--attack-share", "0", "--seed", seed, "--pcap", capture,
               "--quiet"});
    const Outcome outcome =
        cli_test::run_weir({"watch", "--kitsune", "--map", "2000", "--train", "15000", "--calibrate", "5000",
                            "--alarm-rate", "0.001", "--read", capture});
    CHECK(outcome.code == 0);
    const double judged = std::stod(outcome.err) - 22'001;
    REQUIRE(judged > 30'000);
    const auto alarms = static_cast<double>(lines_of(outcome.out).size());
    MESSAGE(judged << " packets judged, " << alarms << " alarms");
    CHECK(alarms <= 0.001 * judged + 3.0 * std::sqrt(0.001 * judged));
    CHECK(outcome.err.find("cannot tell") == std::string::npos);
  }
  const Outcome few = cli_test::run_weir(
      {"watch", "--kitsune", "--map", "100", "--train", "400", "--calibrate", "200", "--read", ordinary()});
  CHECK(few.err.find("200 packets to set it cannot tell one false alarm in 10000: --calibrate 9999") !=
        std::string::npos);
}

TEST_CASE("Kitsune goes on where it has stopped") {
  if (!ready()) return;
  const std::string state = folder() / "kitsune.state";
  const Outcome whole = weir_well(kitsune({"--read", ordinary(), attack()}));
  const Outcome earlier = weir_well(kitsune({"--state", state, "--read", ordinary()}));
  REQUIRE(fs::exists(state));
  const Outcome later = weir_well(kitsune({"--state", state, "--read", attack()}));
  CHECK(!later.out.empty());
  CHECK(earlier.out + later.out == whole.out);
  refused({"watch", "--kitsune", "--state", state, "--read", attack()}, "other options");
}

TEST_CASE("a capture that was cut is watched as far as it goes, and the exit code is 1") {
  if (!ready()) return;
  const std::string bytes = read_file(attack());
  const std::string cut = write_file("cut.pcap", bytes.substr(0, bytes.size() - 100));
  const Outcome outcome = cli_test::run_weir({"watch", anomaly_model(), "--read", cut, "--quiet"});
  CHECK(outcome.code == 1);
  CHECK(outcome.err.find("behind packet 49") != std::string::npos);
  CHECK(lines_of(outcome.err).size() == 1);
  const std::vector<Json> alerts = json_lines(outcome.out);
  REQUIRE(alerts.size() == 1);
  CHECK(alerts[0].at("flow").at("pkts_toserver") == 49);
}

// --- anonymise

namespace {

std::string key() { return write_file("key", std::string(63, '7').append("a\n")); }

/// The flows of a capture as JSON.
std::vector<Json> flows(const std::string& capture) {
  return json_lines(weir_well({"flows", capture, "--json", "--quiet"}).out);
}
std::string prefix(const Json& address) {
  const std::string text = address;
  return text.substr(0, text.rfind('.'));
}

bool anonymises() {
  if (!ready()) return false;
  const Outcome outcome =
      cli_test::run_weir({"anonymise", folder() / "none.pcap", folder() / "x", "--key", key()});
  if (outcome.err.find("built without") == std::string::npos) return true;
  MESSAGE("SKIPPED: the program weir is built without OpenSSL");
  return false;
}

}  // namespace

TEST_CASE("an anonymised capture has the same flows between other addresses, and no payload") {
  if (!anonymises()) return;
  const std::string hidden = folder() / "hidden.pcap";
  const Outcome outcome =
      weir_well({"anonymise", ordinary(), hidden, "--key", key(), "--shift", "-1000000000"});
  CHECK(outcome.out == hidden + ": 800 packets\n");
  CHECK(fs::file_size(hidden) == 24 + 800 * (16 + 42));
  const auto before = flows(ordinary()), after = flows(hidden);
  REQUIRE(before.size() == 400);
  REQUIRE(after.size() == before.size());
  for (std::size_t i = 0; i < before.size(); ++i) {
    const Json &x = before[i], &y = after[i];
    CHECK(x.at("src_ip") != y.at("src_ip"));
    CHECK((prefix(x.at("src_ip")) == prefix(before[0].at("src_ip"))) ==
          (prefix(y.at("src_ip")) == prefix(after[0].at("src_ip"))));
    CHECK(y.at("start_ns").get<std::int64_t>() == x.at("start_ns").get<std::int64_t>() - second);
    for (const char* same : {"src_port", "dst_port", "duration_ns", "fwd_bytes", "bwd_payload_bytes"}) {
      CHECK(x.at(same) == y.at(same));
    }
  }
  const std::string part = folder() / "part.pcap";
  weir_well({"anonymise", ordinary(), part, "--key", key(), "--payload", "8", "--quiet"});
  CHECK(fs::file_size(part) == 24 + 800 * (16 + 42 + 8));
}

TEST_CASE("anonymise refuses what it cannot do, and leaves no half of a capture") {
  if (!anonymises()) return;
  const std::string out = folder() / "never.pcap";
  refused({"anonymise", attack(), out}, "--key");
  refused({"anonymise", attack(), out, "--key", folder() / "no.key"}, "no.key");
  refused({"anonymise", attack(), out, "--key", write_file("short.key", "abc")}, "short.key: not a key");
  refused({"anonymise", attack(), out, "--key", write_file("odd.key", std::string(64, 'g'))}, "not a key");
  refused({"anonymise", folder() / "none.pcap", out, "--key", key()}, "none.pcap");
  refused({"anonymise", attack(), "/nowhere/out.pcap", "--key", key()}, "/nowhere/out.pcap");
  refused({"anonymise", attack(), attack(), "--key", key()}, "OUT is the same file as IN");
  CHECK(fs::file_size(attack()) == 24 + 50 * (16 + 1'442));
  refused({"anonymise", attack(), out, "--key", key(), "--shift", "-1800000000000000000"}, "1970");
  refused({"anonymise", attack(), out, "--key", key(), "--payload", "-1"}, "--payload");
  CHECK(!fs::exists(out));
  const std::string bytes = read_file(attack());
  const std::string cut = write_file("cut.pcap", bytes.substr(0, bytes.size() - 100));
  const Outcome outcome = cli_test::run_weir({"anonymise", cut, out, "--key", key(), "--quiet"});
  CHECK(outcome.code == 1);
  CHECK(fs::file_size(out) == 24 + 49 * (16 + 42));
}

TEST_CASE("watch: a table of flows is learned without what names hosts and moments, and it is said") {
  if (!ready()) return;
  const std::string csv = flows_of("all.csv", {ordinary(), attack()});
  const std::string model = folder() / "by_itself.weir";
  const Json report = Json::parse(weir_well({"train", csv, "--label", "label", "--benign", "ordinary",
                                             "--epochs", "2", "--model", model, "--json"})
                                      .out);
  const std::string notes = report["notes"].dump();
  CHECK(
      notes.find("'src_ip', 'src_port', 'dst_ip', 'start_ns', 'flow_id' of these flows name hosts or moments "
                 "and are left out; --keep-identities") != std::string::npos);
  const Json told = Json::parse(weir_well({"inspect", model, "--json"}).out);
  CHECK(told["record"]["flow profile"] == "core, version 1");
  for (const Json& column : told["schema"]) {
    CHECK(column["name"] != "src_ip");
    CHECK(column["name"] != "start_ns");
  }
  weir_well({"watch", model, "--read", attack(), "--quiet", "-o", folder() / "by_itself.json"});
  weir_well({"train", csv, "--label", "label", "--benign", "ordinary", "--epochs", "1", "--model", model,
             "--keep-identities", "--drop", "src_ip,dst_ip", "--quiet"});
  const Json kept = Json::parse(weir_well({"inspect", model, "--json"}).out);
  bool time = false;
  for (const Json& column : kept["schema"]) time = time || column["name"] == "start_ns";
  CHECK(time);
}
