// A new user's hour, from the documents alone: captures, labels, flows, a model that is cross-validated, searched for,
// stopped and gone on with, a page about it, verdicts with hosts, and alarms as traffic comes.
#include "cli/background.hpp"
#include "cli/program.hpp"

#include <csignal>
#include <string>
#include <vector>

using namespace cli_test;

namespace {

bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("from captures to alarms") {
  if (!built()) return;
  const std::string lab = folder() / "lab.pcap", rules = folder() / "lab.rules",
                    other = folder() / "other.pcap", other_rules = folder() / "other.rules",
                    table = folder() / "lab.csv", other_table = folder() / "other.csv",
                    model = folder() / "ids.weir";

  // README: "From packets".
  weir_well({"synth", "--connections", "3000", "--seed", "1", "--pcap", lab, "--labels", rules, "--quiet"});
  weir_well(
      {"synth", "--connections", "2000", "--seed", "2", "--pcap", other, "--labels", other_rules, "--quiet"});
  weir_well({"flows", lab, "--labels", rules, "-o", table, "--quiet"});
  weir_well({"flows", other, "--labels", other_rules, "-o", other_table, "--quiet"});
  const std::vector<std::string> learn{table, "--label", "label", "--benign", "benign", "--quick"};
  const auto train = [&](std::vector<std::string> more) {
    std::vector<std::string> all{"train"};
    all.insert(all.end(), learn.begin(), learn.end());
    all.insert(all.end(), more.begin(), more.end());
    return all;
  };

  SUBCASE("hosts and times stay out, and a random split of flows is warned of") {
    const Json told = weir_well(train({"--model", model, "--json"})).json();
    std::string notes;
    for (const Json& note : told.at("notes")) notes += note.get<std::string>() + "\n";
    CHECK(holds(notes, "src_ip"));
    CHECK(holds(notes, "--group"));
    CHECK(told.at("validation").at("roc_auc") > 0.9);
    CHECK(weir_well({"evaluate", model, other_table, "--json"}).json().at("roc_auc") > 0.8);
  }

  SUBCASE("parts by host, without a model") {
    const Json parts =
        weir_well(train({"--folds", "3", "--group", "src_ip", "--json"})).json().at("cross_validation");
    CHECK(parts.at("folds").size() == 3);
    CHECK(parts.at("metrics").at("roc_auc").at("mean") > 0.6);
  }

  SUBCASE("stopped, gone on with, and the same as never stopped; then a page, verdicts and alarms") {
    const std::string whole = folder() / "whole.weir", checkpoint = folder() / "ids.ckpt",
                      page = folder() / "ids.html";
    weir_well(train({"--epochs", "40", "--quiet", "--model", whole}));
    const std::vector<std::string> stopped = train({"--epochs", "40", "--quiet", "--model", model,
                                                    "--checkpoint", checkpoint, "--checkpoint-every", "0"});
    const pid_t training = start_weir(stopped);
    REQUIRE(comes_true([&] { return fs::exists(checkpoint); }));
    kill(training, SIGINT);
    CHECK(end_of(training) == SIGINT);
    weir_well(train({"--epochs", "40", "--quiet", "--model", model, "--resume", checkpoint}));
    CHECK(read_file(model) == read_file(whole));

    const Json judged = weir_well({"evaluate", model, other_table, "--report", page, "--json"}).json();
    CHECK(holds(read_file(page), "<svg"));
    CHECK_FALSE(holds(read_file(page), "<script"));
    CHECK(fs::file_size(page) < 1'000'000);
    CHECK(judged.at("roc_auc") > 0.8);

    const std::vector<std::string> lines = lines_of(
        run_weir({"predict", model, other_table, "--alerts", "--keep", "src_ip,dst_ip,dst_port"}).out);
    CHECK(lines.size() > 20);
    CHECK(holds(lines[0], "src_ip,dst_ip,dst_port"));

    const std::vector<std::string> alarms = lines_of(run_weir({"watch", model, "--read", other}).out);
    REQUIRE(alarms.size() > 20);
    const Json alarm = Json::parse(alarms[0]);
    CHECK(alarm.contains("src_ip"));
    CHECK(alarm.contains("timestamp"));

    // What made it is in the model.
    const std::string flags = write_file("ids.flags", weir_well({"inspect", model, "--config"}).out);
    weir_well({"train", table, "--config", flags, "--quiet", "--model", folder() / "again.weir"});
    CHECK(read_file(folder() / "again.weir") == read_file(whole));
  }
}
