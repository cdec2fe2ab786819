#include "cli/program.hpp"

#include <weir/core/rng.hpp>
#include <weir/losses/make_loss.hpp>
#include <weir/optimizers/builtin_optimizers.hpp>

#include <cmath>
#include <filesystem>
#include <string>
#include <vector>

using namespace cli_test;

namespace {

/// Trains on train_csv() with a few epochs; the file it wrote.
std::string trained(const std::string& name, std::vector<std::string> more) {
  const std::string path = folder() / name;
  std::vector<std::string> arguments{"train", train_csv(), "--label", "label", "--epochs",
                                     "3",     "--quiet",   "--model", path};
  arguments.insert(arguments.end(), more.begin(), more.end());
  weir_well(arguments);
  return path;
}

}  // namespace

TEST_CASE("train reports what it did, and the held-back rows are not trained on") {
  if (!built()) return;
  const Json json =
      weir_well({"train", train_csv(), "--label", "label", "--benign", "benign", "--epochs", "6",
                 "--validation", "0.2", "--test", test_csv(), "--model", folder() / "a.weir", "--json"})
          .json();
  CHECK(json.at("task") == "classify");
  CHECK(json.at("classes") == Json{"benign", "attack"});
  CHECK(json.at("rows_trained") == 4800);
  CHECK(json.at("rows_held_back") == 1200);
  CHECK(json.at("validation").at("rows") == 1200);
  CHECK(json.at("test").at("rows") == 5000);
  CHECK(json.at("epochs").size() == 6);
  CHECK(json.at("epochs")[5].at("loss") < json.at("epochs")[0].at("loss"));
  CHECK(json.at("test").at("accuracy") > 0.9);  // all benign: 0.88
  CHECK(json.at("test").at("roc_auc") > 0.88);
}

TEST_CASE("what cannot be told costs the words, not the model") {
  if (!built()) return;
  const std::string model = folder() / "untold.weir";
  const std::string command =
      program() + " train " + train_csv() + " --label label --epochs 1 --model " + model;
  const Outcome full = run_program("/bin/sh", {"-c", command + " > /dev/full"});
  CHECK(full.code != 0);
  CHECK(full.err.find("cannot write to standard output") != std::string::npos);
  CHECK(full.err.find("; the model is saved") != std::string::npos);
  weir_well({"inspect", model});
  std::filesystem::remove(model);
  run_program("/bin/sh", {"-c", command + " | head -n 1"});  // goes before the training ends
  weir_well({"inspect", model});
}

TEST_CASE("flags that exclude each other, and labels that leave nothing to tell apart, are refused") {
  if (!built()) return;
  const auto refused = [](std::vector<std::string> more) {
    std::vector<std::string> arguments{"train", train_csv(), "--label", "label"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const Outcome outcome = run_weir(arguments);
    CHECK(outcome.code != 0);
    return outcome.err;
  };
  const std::string model = folder() / "none.weir";
  CHECK(refused({"--benign", "*", "--model", model}).find("nothing to tell apart") != std::string::npos);
  CHECK(refused({"--find-lr", "--log", folder() / "x.csv"}).find("--log excludes --find-lr") !=
        std::string::npos);
  CHECK(refused({"--group", "service", "--folds", "2", "--leave-group-out"}).find("excludes") !=
        std::string::npos);
}

TEST_CASE("the model file has the same bits with one and two threads, and from run to run") {
  if (!built()) return;
  const std::vector<std::string> both{
      "--benign", "benign", "--layers", "dense:32,relu,dropout:0.2,dense:16,relu", "--batch-size", "256"};
  auto with = [&](std::vector<std::string> more) {
    more.insert(more.end(), both.begin(), both.end());
    return more;
  };
  const std::string one = read_file(trained("one.weir", with({"--threads", "1"})));
  const std::string two = read_file(trained("two.weir", with({"--threads", "2"})));
  const std::string seed = read_file(trained("seed.weir", with({"--seed", "7"})));
  CHECK(one.size() > 1000);
  CHECK(one == two);
  CHECK(one == read_file(trained("again.weir", with({}))));
  CHECK(one != seed);
}

TEST_CASE("every label is a class where nothing else is asked for, ordinary traffic first") {
  if (!built()) return;
  const std::string path =
      trained("many.weir", {"--class-weights", "balanced", "--optimizer", "adamw", "--weight-decay", "0.01",
                            "--label-smoothing", "0.05", "--schedule", "step", "--clip-norm", "5"});
  const Json json = weir_well({"evaluate", path, test_csv(), "--json"}).json();
  REQUIRE(json.at("classes").size() == 9);
  CHECK(json.at("classes")[0] == "benign");
  CHECK(json.at("per_class").at("recall").size() == 9);
  CHECK(json.at("per_class").at("roc_auc").size() == 9);
  CHECK(json.at("confusion").size() == 9);
  CHECK(json.at("alarms").at("recall") > 0.5);
}

TEST_CASE("--positive makes a class of the labels it names") {
  if (!built()) return;
  const std::string path = trained("positive.weir", {"--positive", "syn_flood,vertical_scan"});
  const Json json = weir_well({"evaluate", path, test_csv(), "--json"}).json();
  CHECK(json.at("classes") == Json{"negative", "positive"});
  const std::string test = read_file(test_csv());
  std::int64_t positives = 0;
  for (const std::string& line : lines_of(test)) {
    positives += line.ends_with(",syn_flood") || line.ends_with(",vertical_scan") ? 1 : 0;
  }
  CHECK(json.at("per_class").at("support")[1] == positives);
}

TEST_CASE("an anomaly model learns from benign rows only and keeps its alarm rate on held-back ones") {
  if (!built()) return;
  const std::string path = folder() / "anomaly.weir";
  const Json json =
      weir_well({"train", train_csv(), "--label", "label", "--benign", "benign", "--task", "anomaly",
                 "--alarm-rate", "0.1", "--validation", "0.25", "--epochs", "5", "--layers",
                 "dense:32,relu,dense:8,relu,dense:32,relu", "--model", path, "--json"})
          .json();
  const Json& counts = json.at("validation").at("per_class").at("support");
  CHECK(json.at("rows_held_back") == counts[0]);
  CHECK(json.at("rows_trained").get<int>() + counts[0].get<int>() + counts[1].get<int>() == 6000);
  CHECK(json.at("validation").at("fpr").get<double>() == doctest::Approx(0.1).epsilon(0.03));
  const Json test = weir_well({"evaluate", path, test_csv(), "--json"}).json();
  CHECK(test.at("classes") == Json{"benign", "anomaly"});
  CHECK(test.at("roc_auc") > 0.7);
  // What was attacks while training does not matter: the same benign rows give the same net.
  std::string benign;
  for (const std::string& line : lines_of(read_file(train_csv()))) {
    if (line.ends_with("label") || line.ends_with("benign")) benign += line + "\n";
  }
  benign += lines_of(read_file(train_csv()))[1];
  benign.replace(benign.rfind("benign"), 6, "attack");
  const Json other = weir_well({"train", write_file("benign.csv", benign), "--label", "label", "--benign",
                                "benign", "--task", "anomaly", "--alarm-rate", "0.1", "--validation", "0.25",
                                "--epochs", "5", "--layers", "dense:32,relu,dense:8,relu,dense:32,relu",
                                "--model", folder() / "other.weir", "--json"})
                         .json();
  CHECK(other.at("epochs") == json.at("epochs"));
}

TEST_CASE("a regression gives its target's units back") {
  if (!built()) return;
  const std::string path = folder() / "bytes.weir";
  weir_well({"train", train_csv(), "--label", "fwd_payload", "--task", "regress", "--drop", "label",
             "--epochs", "8", "--scaling", "standard", "--model", path, "--quiet"});
  const Json json = weir_well({"evaluate", path, test_csv(), "--json"}).json();
  CHECK(json.at("rows") == 5000);
  CHECK(json.at("r2") > 0.5);
  CHECK(json.at("mae") > 0.0);
  CHECK(json.at("mse").get<double>() == doctest::Approx(std::pow(json.at("rmse").get<double>(), 2)));
  const auto lines = lines_of(weir_well({"predict", path, test_csv()}).out);
  CHECK(lines[0] == "row,value");
  CHECK(lines.size() == 5001);
}

TEST_CASE("every loss and optimizer trains, by its name alone or with options") {
  if (!built()) return;
  const std::string help = weir_well({"train", "--help"}).out;
  CHECK(help.find("classify: binary_crossentropy, categorical_crossentropy") != std::string::npos);
  CHECK(help.find("regress, anomaly: mse") != std::string::npos);
  const auto record_has = [](const std::string& path, const std::string& text) {
    return weir_well({"inspect", path}).out.find(text) != std::string::npos;
  };
  const std::vector<std::string> two{"--benign", "benign", "--quick"};
  for (const std::string& kind : weir::kind_names(weir::BuiltinOptimizers{})) {
    CAPTURE(kind);
    std::vector<std::string> more = two;
    more.insert(more.end(), {"--optimizer", kind + ":weight_decay=0.001"});
    CHECK(record_has(trained("kind.weir", more), kind + ":weight_decay=0.001"));
  }
  for (const std::string& kind : weir::kind_names(weir::BuiltinLosses{})) {
    CAPTURE(kind);
    const bool numbers = weir::make_loss(kind).takes() == weir::Takes::values;
    const std::string path = folder() / "kind.weir";
    std::vector<std::string> arguments{"train",    train_csv(), "--loss",  kind,
                                       "--epochs", "2",         "--model", path};
    const std::vector<std::string> more =
        numbers ? std::vector<std::string>{"--label", "fwd_payload", "--task", "regress", "--drop", "label"}
                : std::vector<std::string>{"--label", "label", "--benign", "benign"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    weir_well(arguments);
    CHECK(record_has(path, kind));
  }
}

TEST_CASE("a CSV log has a line an epoch; early stopping stops") {
  if (!built()) return;
  const std::string log = folder() / "log.csv";
  weir_well({"train", train_csv(), "--label", "label", "--benign", "benign", "--epochs", "40", "--patience",
             "2", "--lr", "0.05", "--schedule", "constant", "--log", log, "--model", folder() / "b.weir",
             "--quiet"});
  const auto lines = lines_of(read_file(log));
  CHECK(lines[0].rfind("epoch,loss,validation_loss", 0) == 0);
  CHECK(lines.size() > 3);
  CHECK(lines.size() < 41);
}

TEST_CASE("rows without a label, and with values missing, are counted or filled in") {
  if (!built()) return;
  std::string text = "bytes,proto,label\n";
  for (int i = 0; i < 60; ++i) {
    text += (i % 7 == 0 ? std::string() : std::to_string(i * 10)) + "," + (i % 2 == 0 ? "tcp" : "") + "," +
            (i < 30 ? "good" : "bad") + "\n";
  }
  const std::string table = write_file("holes.csv", text + "5,tcp,\n");
  const Json json = weir_well({"train", table, "--label", "label", "--epochs", "2", "--model",
                               folder() / "holes.weir", "--json"})
                        .json();
  CHECK(json.at("rows_trained").get<int>() + json.at("rows_held_back").get<int>() == 60);
  const Outcome skipped = weir_well({"train", table, "--label", "label", "--missing", "skip", "--epochs", "2",
                                     "--model", folder() / "skip.weir", "--json"});
  CHECK(skipped.json().at("rows_trained") < 30);
  const Outcome predicted = cli_test::run_weir({"predict", folder() / "skip.weir", table});
  CHECK(predicted.code == 0);
  CHECK(predicted.err.find("'bytes' 9 (the row is left out)") != std::string::npos);
  const auto lines = lines_of(predicted.out);
  CHECK(lines.size() == 62);
  CHECK(lines[1] == "1,,,,");  // nothing can be said of a row without bytes
}

TEST_CASE("NSL-KDD's layout: five classes, and rows to judge without label and difficulty") {
  if (!built()) return;
  std::string labelled, bare;
  const char* names[] = {"normal", "neptune", "satan", "guess_passwd", "rootkit"};
  for (int i = 0; i < 200; ++i) {
    std::string row = std::to_string(i % 9) + ",tcp," + (i % 3 == 0 ? "http" : "ftp") + ",SF";
    for (int k = 4; k < 41; ++k) row += "," + std::to_string((i * (k + 1)) % (k + 3));
    bare += row + "\n";
    labelled += row + "," + names[i % 5] + ",20\n";
  }
  const std::string table = write_file("nsl.txt", labelled);
  const std::string path = folder() / "nsl.weir";
  weir_well(
      {"train", table, "--format", "nsl-kdd", "--classes", "5", "--epochs", "2", "--model", path, "--quiet"});
  const Json json = weir_well({"evaluate", path, table, "--json"}).json();
  CHECK(json.at("classes") == Json{"normal", "DoS", "Probe", "R2L", "U2R"});
  CHECK(json.at("rows") == 200);
  CHECK(weir_well({"predict", path, write_file("bare.txt", bare)}).out ==
        weir_well({"predict", path, table}).out);
}

namespace {

/// Rows of two columns: ordinary ones around 0, attacks around 2.
std::string two_clouds(const std::string& name, int ordinary, int attacks, std::uint64_t seed) {
  weir::Rng rng(seed);
  std::string text = "a,b,label\n";
  for (int i = 0; i < ordinary + attacks; ++i) {
    const bool attack = i >= ordinary;
    for (int k = 0; k < 2; ++k) text += std::to_string(rng.normal() + (attack ? 2.0 : 0.0)) + ",";
    text += attack ? "bad\n" : "fine\n";
  }
  return write_file(name, text);
}

}  // namespace

TEST_CASE(
    "--alarm-rate holds on fresh ordinary rows, with few attacks and with many, for both kinds of model") {
  if (!built()) return;
  // A threshold by n rows is exceeded at a rate of variance p (1 - p) / n, m fresh rows add p (1 - p) / m:
  // the bound is three of the deviations that come of both. Seeds 1 to 4, fixed.
  constexpr double rate = 0.05;
  constexpr int fresh = 4'000;
  const std::string test = two_clouds("clouds_test.csv", fresh, 1'000, 9);
  for (const bool majority : {false, true}) {
    for (const std::uint64_t seed : {1U, 2U}) {
      const int ordinary = majority ? 1'000 : 3'000, attacks = majority ? 4'000 : 300;
      const std::string table = two_clouds("clouds.csv", ordinary, attacks, seed);
      for (const std::string task : {"classify", "anomaly"}) {
        CAPTURE(majority);
        CAPTURE(seed);
        CAPTURE(task);
        const std::string path = folder() / "clouds.weir";
        const Json json =
            weir_well({"train", table,          "--label", "label",        "--benign", "fine",    "--task",
                       task,    "--alarm-rate", "0.05",    "--validation", "0.4",      "--quick", "--lr",
                       "0.01",  "--epochs",     "8",       "--model",      path,       "--json"})
                .json();
        const int held = ordinary * 4 / 10;
        const Json& report = json.at("alarm_rate");
        CHECK(report.at("ordinary_rows") == held);
        CHECK(report.at("false_alarms") == static_cast<int>((held + 1) * rate + 1e-9) - 1);
        const Json result = weir_well({"evaluate", path, test, "--json"}).json();
        const double fpr = result.at("fpr").get<double>();
        const double bound = 3.0 * std::sqrt(rate * (1.0 - rate) * (1.0 / held + 1.0 / fresh));
        MESSAGE("false alarms " << fpr << ", bound " << rate << " +- " << bound << "; attacks found "
                                << result.at("recall"));
        CHECK(std::fabs(fpr - rate) < bound);
        // Two clouds at a distance of 2.83 deviations: the best test of 5 % finds 88 %.
        if (task == "classify") CHECK(result.at("recall") > 0.75);
      }
    }
  }
}

TEST_CASE("a rate that the held-back rows cannot tell is refused before training, with the mend") {
  if (!built()) return;
  const std::string table = two_clouds("clouds_few.csv", 400, 400, 1);
  const std::string never = folder() / "never.weir";
  const auto refuse = [&](const std::vector<std::string>& more, const std::string& why) {
    std::vector<std::string> arguments{"train", table, "--label", "label", "--model", never};
    arguments.insert(arguments.end(), more.begin(), more.end());
    refused(arguments, why);
  };
  refuse({"--benign", "fine", "--alarm-rate", "0.01"}, "takes 99 held-back rows of 'benign'");
  refuse({"--benign", "fine", "--alarm-rate", "0.01"}, "there are 40: --alarm-rate 0.0244 or more");
  refuse({"--benign", "fine", "--alarm-rate", "0.01"}, "--validation 0.25");
  refuse({"--benign", "fine", "--task", "anomaly", "--alarm-rate", "0.001"}, "takes 999 held-back rows");
  refuse({"--alarm-rate", "0.01", "--validation", "0"}, "--validation");
  for (const std::string rate : {"0", "1", "-1", "nan"})
    refuse({"--alarm-rate", rate}, "is not a number from");
  refused({"train", train_csv(), "--label", "label", "--alarm-rate", "0.05", "--model", never},
          "is for two classes, here are 9");
  CHECK_FALSE(fs::exists(never));
  // The default of an anomaly model gives way instead.
  const std::string few = two_clouds("clouds_fewer.csv", 100, 20, 2);
  const Json json = weir_well({"train", few, "--label", "label", "--benign", "fine", "--task", "anomaly",
                               "--quick", "--model", folder() / "few.weir", "--json"})
                        .json();
  CHECK(json.at("alarm_rate").at("asked").get<double>() == doctest::Approx(1.0 / 11.0));
}

TEST_CASE("what was chosen is told, and what was given wins") {
  if (!built()) return;
  const std::string table = two_clouds("clouds_chosen.csv", 150, 150, 1), path = folder() / "chosen.weir";
  const auto chosen = [&](const std::vector<std::string>& more) {
    std::vector<std::string> arguments{"train", table, "--label", "label", "--model", path, "--json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return weir_well(arguments).json().at("chosen").get<std::string>();
  };
  const std::string all = chosen({});
  CHECK(all.find(
            "dense:64,relu,dropout:0.1,dense:64,relu,dropout:0.1,dense:32,relu; 400 epochs of 9 steps") == 0);
  CHECK(all.find("adamw at 0.002") != std::string::npos);
  CHECK(chosen({"--epochs", "3"}).find("; 3 epochs of 9 steps") != std::string::npos);
  CHECK(chosen({"--epochs", "3", "--layers", "dense:4,relu"}).empty());
  CHECK(chosen({"--quick"})
            .find("dense:64,relu,dense:32,relu; 20 epochs of 3 steps, 128 rows each, adam at 0.001") == 0);
  CHECK(weir_well({"train", table, "--label", "label", "--epochs", "2", "--model", path})
            .out.find("chosen: ") != std::string::npos);
}
