// Looking for a net and a rate, flags from a file, and help.
#include "cli/program.hpp"

#include <algorithm>
#include <string>
#include <vector>

using namespace cli_test;

namespace {

bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("search ranks nets by the rows held back, and what it advises trains") {
  if (!built()) return;
  const std::vector<std::string> arguments{"search",       train_csv(), "--label",   "label",    "--benign",
                                           "benign",       "--trials",  "4",         "--epochs", "1",
                                           "--most-units", "16",        "--threads", "2"};
  const std::string text = weir_well(arguments).out;
  CHECK(holds(text, "4 trials in "));
  CHECK(holds(text, "macro_f1"));
  CHECK(holds(text, "weir train"));
  CHECK(holds(text, "parameters"));

  std::vector<std::string> for_machines = arguments;
  const std::string page = folder() / "search.html";
  for_machines.insert(for_machines.end(), {"--json", "--report", page});
  const Json json = weir_well(for_machines).json();
  REQUIRE(json.at("trials").size() == 4);
  const std::string html = read_file(page);
  for (const Json& trial : json.at("trials")) {
    const auto parameters = std::to_string(trial.at("parameters").get<int>());
    CHECK(holds(html, "<data value=\"" + parameters + "\">"));
  }
  CHECK(holds(html, "weir train"));
  CHECK(json.at("metric") == "macro_f1");
  CHECK(json.at("trials")[0].at("round") == 2);
  CHECK(json.at("trials")[0].at("epochs") == 3);
  CHECK(json.at("trials")[0].at("score") >= json.at("trials")[1].at("score"));
  std::vector<std::string> training{"train",
                                    train_csv(),
                                    "--label",
                                    "label",
                                    "--benign",
                                    "benign",
                                    "--epochs",
                                    "1",
                                    "--quiet",
                                    "--model",
                                    folder() / "found.weir"};
  const auto drawn = std::find_if(json.at("trials").begin(), json.at("trials").end(),
                                  [](const Json& trial) { return trial.at("trial") == 2; });
  const std::string flags = drawn->at("options");
  for (std::size_t at = 0; at < flags.size();) {
    const std::size_t end = std::min(flags.find(' ', at), flags.size());
    training.push_back(flags.substr(at, end - at));
    at = end + 1;
  }
  weir_well(training);
}

TEST_CASE("train --find-lr shows where the loss is lowest, and writes no model") {
  if (!built()) return;
  const std::vector<std::string> arguments{"train", train_csv(), "--label", "label", "--find-lr"};
  const std::string text = weir_well(arguments).out;
  CHECK(holds(text, "--lr "));
  CHECK(holds(text, "O"));
  std::vector<std::string> for_machines = arguments;
  for_machines.push_back("--json");
  const Json json = weir_well(for_machines).json();
  CHECK(json.at("learning_rates").size() == json.at("losses").size());
  CHECK(json.at("suggested") > 1e-5);
  CHECK(json.at("suggested") < 1.0);
}

TEST_CASE("a model says by which flags it was trained, and they train the same model again") {
  if (!built()) return;
  const std::string first = folder() / "first.weir", second = folder() / "second.weir";
  weir_well({"train", train_csv(), "--label", "label", "--benign", "benign", "--missing-values", "not known",
             "--layers", "dense:8,relu", "--epochs", "2", "--drop=duration_ms", "--quiet", "--model", first});
  const std::string flags = weir_well({"inspect", first, "--config"}).out;
  CHECK(holds(flags, "\n--layers dense:8,relu\n"));
  CHECK(holds(flags, "\n--missing-values 'not known'\n"));
  const std::string file = write_file("first.flags", flags);
  weir_well({"train", train_csv(), "--config", file, "--quiet", "--model", second});
  CHECK(read_file(first) == read_file(second));

  // What the line says itself counts.
  weir_well({"train", train_csv(), "--config=" + file, "--epochs", "1", "--quiet", "--model", second});
  CHECK(holds(weir_well({"inspect", second}).out, "1 of 1"));
}

TEST_CASE("a file of flags with a mistake is told by its name") {
  if (!built()) return;
  const auto complaint = [](const std::string& text) {
    const Outcome outcome = run_weir(
        {"train", train_csv(), "--config", write_file("wrong.flags", text), "--model", folder() / "x.weir"});
    CHECK(outcome.code == 2);
    CHECK(lines_of(outcome.err).size() == 1);
    return outcome.err;
  };
  CHECK(holds(complaint("label = label\n"), "wrong.flags: 'label' is no flag"));
  CHECK(holds(complaint("# all\n--label 'label\n"), "wrong.flags: line 2: a quote is not closed"));
  CHECK(holds(complaint("--label label --lables x"), "--lables"));
  CHECK(holds(complaint("--config other"), "cannot name another one"));
  CHECK(holds(complaint("--label 'no column'"), "there is no column 'no column'"));
}

TEST_CASE("help of a command, by either word, with examples") {
  if (!built()) return;
  CHECK(weir_well({"help"}).out == weir_well({"--help"}).out);
  CHECK(weir_well({"help", "train"}).out == weir_well({"train", "--help"}).out);
  for (const char* command :
       {"train", "search", "evaluate", "predict", "inspect", "flows", "synth", "watch"}) {
    CAPTURE(command);
    CHECK(holds(weir_well({"help", command}).out, std::string("Examples:\n  weir ") + command));
  }
  CHECK(run_weir({"help", "trian"}).code == 2);
}
