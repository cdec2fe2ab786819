#include "cli/program.hpp"

using namespace cli_test;

TEST_CASE("the demo goes the whole way and leaves its files") {
  if (!built()) return;
  const std::string out = folder() / "demo";
  const Outcome outcome = weir_well({"demo", "--out", out});
  for (const char* part :
       {"$ weir train", "$ weir evaluate", "$ weir predict", "NSL-KDD: not found", "The files are in"}) {
    INFO(part);
    CHECK(outcome.out.find(part) != std::string::npos);
  }
  for (const char* name : {"train.csv", "test.csv", "new.csv", "ids.weir", "ids.json", "verdicts.csv"}) {
    INFO(name);
    CHECK(fs::exists(fs::path(out) / name));
  }
  const Json measured = Json::parse(read_file((fs::path(out) / "ids.json").string()));
  CHECK(measured.at("rows") == 20000);
  CHECK(measured.at("accuracy") > 0.955);
  CHECK(measured.at("roc_auc") > 0.96);
  CHECK(lines_of(read_file((fs::path(out) / "new.csv").string()))[0].find("label") == std::string::npos);
  CHECK(lines_of(read_file((fs::path(out) / "verdicts.csv").string())).size() == 5001);
}
