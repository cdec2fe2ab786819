// What a report says of its own worth.
#include "cli/program.hpp"

using namespace cli_test;

namespace {

/// Of the table: benign rows, then `attacks` of one attack and one row of another.
std::string table(const std::string& name, int benign, int attacks) {
  std::string text = "a,b,label\n";
  for (int i = 0; i < benign; ++i) text += std::to_string(i % 17) + "," + std::to_string(i % 5) + ",benign\n";
  for (int i = 0; i < attacks; ++i) text += std::to_string(90 + i) + ",9,dos\n";
  return write_file(name, text + "50,7,worm\n");
}

Json notes_of(const std::vector<std::string>& arguments) {
  std::vector<std::string> all = arguments;
  all.push_back("--json");
  return weir_well(all).json().at("notes");
}

bool one_says(const Json& notes, const std::string& text) {
  for (const Json& note : notes) {
    if (note.get<std::string>().find(text) != std::string::npos) return true;
  }
  return false;
}

}  // namespace

TEST_CASE("hints: few held-back rows, and classes that cannot be judged") {
  if (!built()) return;
  const std::string model = folder() / "few.weir";
  const std::vector<std::string> arguments{
      "train", table("few.csv", 60, 20), "--label", "label", "--epochs", "1", "--model", model};
  const Json notes = notes_of(arguments);
  CHECK(one_says(notes, "only 8 rows are held back"));
  CHECK(one_says(notes, "'worm'"));
  const std::string report = weir_well(arguments).out;
  CHECK(report.find("  note: only 8 rows are held back") != std::string::npos);

  std::vector<std::string> enough{"train",  train_csv(), "--label", "label",   "--benign",
                                  "benign", "--epochs",  "1",       "--model", model};
  CHECK(notes_of(enough).empty());
  CHECK(weir_well(enough).out.find("note:") == std::string::npos);
}

TEST_CASE("hints: a model that is judged by the table it was trained on") {
  if (!built()) return;
  const std::string copy = write_file("copy.csv", read_file(train_csv()));
  for (const std::string& same : {train_csv(), copy}) {
    CHECK(one_says(notes_of({"evaluate", model(), same}), "was trained on this file"));
    CHECK(weir_well({"evaluate", model(), same}).out.find("note: the model was trained on this file") !=
          std::string::npos);
  }
  CHECK(notes_of({"evaluate", model(), test_csv()}).empty());
  CHECK(weir_well({"evaluate", model(), test_csv()}).out.find("note:") == std::string::npos);
  CHECK(one_says(notes_of({"train", train_csv(), "--label", "label", "--benign", "benign", "--epochs", "1",
                           "--model", folder() / "again.weir", "--test", copy}),
                 "was trained on this file"));
}

TEST_CASE("hints: numbers that are names may be a label") {
  if (!built()) return;
  std::string text = "a,app\n";
  for (int i = 0; i < 600; ++i) text += std::to_string(i % 40) + "," + std::to_string(i % 300) + "\n";
  const std::string path = write_file("apps.csv", text);
  const std::vector<std::string> arguments{
      "train", path, "--label", "app", "--epochs", "1", "--model", folder() / "apps.weir", "--quiet"};
  refused(arguments, "--categorical app");
  std::vector<std::string> meant = arguments;
  meant.insert(meant.end(), {"--categorical", "app"});
  CHECK(cli_test::run_weir(meant).code == 0);
}

TEST_CASE("hints: a training that runs away names the mend and saves nothing") {
  if (!built()) return;
  const std::string model = folder() / "away.weir";
  const std::vector<std::string> arguments{"train", train_csv(), "--label", "fwd_payload", "--drop",
                                           "label", "--task",    "regress", "--optimizer", "sgd",
                                           "--lr",  "1000",      "--model", model,         "--quiet"};
  refused(arguments, "--lr");
  refused(arguments, "--clip-norm");
  CHECK_FALSE(fs::exists(model));
}
