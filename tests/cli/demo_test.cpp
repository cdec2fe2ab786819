#include "cli/program.hpp"

#include <algorithm>

using namespace cli_test;

TEST_CASE("the demo goes from packets to alerts with hosts in them and leaves its files") {
  if (!built()) return;
  const std::string out = folder() / "demo";
  const Outcome outcome = weir_well({"demo", "--out", out});
  for (const char* part : {"$ weir synth", "$ weir flows", "$ weir train", "$ weir evaluate", "$ weir watch",
                           "NSL-KDD: not found", "The program is", "Try next"}) {
    INFO(part);
    CHECK(outcome.out.find(part) != std::string::npos);
  }
  for (const char* name :
       {"office.pcap", "office.rules", "office.csv", "branch.csv", "ids.weir", "ids.json", "alerts.jsonl"}) {
    INFO(name);
    CHECK(fs::exists(fs::path(out) / name));
  }

  const Json measured = Json::parse(read_file((fs::path(out) / "ids.json").string()));
  CHECK(measured.at("rows") == 5000);
  CHECK(measured.at("accuracy") > 0.92);
  CHECK(measured.at("roc_auc") > 0.92);
  CHECK(measured.at("fpr") < 0.02);

  // The alerts are those of the measure: the same flows, the same model, the same threshold.
  const std::vector<std::string> alerts = lines_of(read_file((fs::path(out) / "alerts.jsonl").string()));
  const Json& confusion = measured.at("confusion");
  CHECK(alerts.size() == confusion[0][1].get<std::size_t>() + confusion[1][1].get<std::size_t>());
  const Json first = Json::parse(alerts.at(0));
  CHECK(outcome.out.find(" " + std::to_string(alerts.size()) + " alerts") != std::string::npos);
  const auto told = [&](const char* end) {
    return outcome.out.find(first.at(end).get<std::string>()) != std::string::npos;
  };
  CHECK((told("src_ip") || told("dest_ip")));
}

TEST_CASE("what the demo prints fits into 80 columns") {
  if (!built()) return;
  for (const std::string& line : lines_of(weir_well({"demo", "--out", folder() / "d"}).out)) {
    const bool path =
        line.find(folder() / "d") != std::string::npos || line.find(program()) != std::string::npos;
    INFO(line);
    CHECK((path || line.size() <= 80));
  }
}

TEST_CASE("demo --json gives the figures and nothing else") {
  if (!built()) return;
  const Json json = weir_well({"demo", "--json", "--out", folder() / "demo_json"}).json();
  CHECK(json.at("ids").at("rows") == 5000);
  CHECK(json.at("alerts").at("alerts") > 100);
  CHECK(json.at("alerts").at("right") <= json.at("alerts").at("alerts"));
  CHECK(json.at("nsl_kdd").is_null());
  for (const Json& file : json.at("files")) {
    INFO(file);
    CHECK(fs::exists(file.get<std::string>()));
  }
}
