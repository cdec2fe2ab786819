// weir train: rows held back by group or time, and cross-validation with and without a model.
#include "cli/program.hpp"

#include <string>
#include <vector>

using namespace cli_test;

namespace {

/// Flows of twelve hosts as the profile core names them; an attack is told by its duration.
std::string flows() {
  std::string csv = "src_ip,start_ns,duration_ns,fwd_packets,bwd_packets,label\n";
  for (int i = 0; i < 600; ++i) {
    const bool attack = i % 4 == 0;
    csv += "10.0.0." + std::to_string(i / 5 % 12) + "," + std::to_string(1'000 * i) + "," +
           std::to_string((attack ? 900 : 100) + i % 37) + "," + std::to_string(i % 11) + "," +
           std::to_string(i % 7) + (attack ? ",scan\n" : ",benign\n");
  }
  return write_file("flows_of_hosts.csv", csv);
}

std::vector<std::string> train(const std::vector<std::string>& more) {
  std::vector<std::string> all{"train", flows(), "--label", "label", "--quick", "--json"};
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

void train_refuses(const std::vector<std::string>& more, const std::string& reason) {
  refused(train(more), reason);
}

}  // namespace

TEST_CASE("train warns of flows that chance divides, and not of groups and times") {
  if (!built()) return;
  const std::string model = folder() / "split.weir";
  const auto notes = [&](const std::vector<std::string>& more) {
    std::vector<std::string> all = train(more);
    all.insert(all.end(), {"--model", model});
    return weir_well(all).json().at("notes").dump();
  };
  const std::string warning = "figures on them flatter; --group src_ip or --time-split judges by";
  CHECK(notes({}).find(warning) != std::string::npos);
  CHECK(notes({"--group", "src_ip"}).find("flatter") == std::string::npos);
  CHECK(notes({"--time-split"}).find("flatter") == std::string::npos);
  CHECK(notes({"--folds", "2"}).find(warning) != std::string::npos);
}

TEST_CASE("train holds back whole groups, or the latest rows, and the model says so") {
  if (!built()) return;
  const std::string model = folder() / "group.weir";
  Json json = weir_well(train({"--group", "src_ip", "--validation", "0.25", "--model", model})).json();
  CHECK(json.at("held_back_by") == "src_ip");
  CHECK(json.at("rows_held_back") == 150);
  const Json told = weir_well({"inspect", model, "--json"}).json();
  CHECK(told.at("record").at("held back by") == "src_ip");
  for (const Json& column : told.at("schema")) CHECK(column.at("name") != "src_ip");
  json = weir_well(train({"--time-split", "--model", model})).json();
  CHECK(json.at("held_back_by") == "start_ns");
  CHECK(json.at("rows_held_back") == 60);
  CHECK(weir_well(
            {"train", flows(), "--label", "label", "--quick", "--time-column", "start_ns", "--model", model})
            .out.find("held back 60, the latest by 'start_ns'") != std::string::npos);
}

TEST_CASE("cross-validation without a model is a report") {
  if (!built()) return;
  const Json json = weir_well(train({"--group", "src_ip", "--folds", "4", "--repeat", "2"})).json();
  const Json& result = json.at("cross_validation");
  CHECK(result.at("parts") == "4 parts by groups of 'src_ip'");
  CHECK(result.at("seeds") == 2);
  REQUIRE(result.at("folds").size() == 8);
  for (const Json& fold : result.at("folds")) CHECK(fold.at("rows") == 150);
  CHECK(result.at("folds")[7].at("seed") == 1);
  CHECK(result.at("metrics").at("f1").at("folds") == 8);
  CHECK(result.at("metrics").at("accuracy").at("mean") > 0.9);
  CHECK(result.at("all_rows").at("rows") == 1200);
  CHECK_FALSE(json.contains("model"));
  std::vector<std::string> words{"train",   flows(), "--label", "label", "--quick", "--leave-group-out",
                                 "--group", "src_ip"};
  const std::string text = weir_well(words).out;
  CHECK(text.find("Cross-validation, 12 parts, one for each 'src_ip':") != std::string::npos);
  CHECK(text.find("10.0.0.11") != std::string::npos);
  CHECK(text.find("deviation") != std::string::npos);
  words.push_back("--quiet");
  CHECK(weir_well(words).out.empty());
}

TEST_CASE("cross-validation beside a model leaves the model as it is, for any number of threads") {
  if (!built()) return;
  const std::string alone = folder() / "alone.weir", beside = folder() / "beside.weir";
  weir_well(train({"--time-split", "--model", alone}));
  const Json one = weir_well(train({"--time-split", "--model", beside, "--folds", "3"})).json();
  CHECK(read_file(alone) == read_file(beside));
  CHECK(one.at("cross_validation").at("folds").size() == 3);
  CHECK(one.at("validation").at("rows") == 60);
  const Json two = weir_well(train({"--time-split", "--folds", "3", "--threads", "2"})).json();
  CHECK(one.at("cross_validation") == two.at("cross_validation"));
}

TEST_CASE("splits that do not serve are refused in one line") {
  if (!built()) return;
  train_refuses({"--folds", "1"}, "--folds");
  train_refuses({"--leave-group-out"}, "--leave-group-out needs --group");
  train_refuses({"--folds", "3", "--group", "src_ip", "--time-split"}, "exclude each other");
  train_refuses({"--folds", "3", "--group", "scr_ip"}, "did you mean 'src_ip'");
  train_refuses({"--folds", "13", "--group", "src_ip"}, "there are 12 for 13");
  train_refuses({"--folds", "3", "--test", flows()}, "--test needs --model");
  train_refuses({"--time-split", "--drop", "start_ns", "--folds", "2"}, "--time-column names it");
  train_refuses({}, "--model");
}
