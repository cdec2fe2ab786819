#include "cli/program.hpp"

#include <weir/train/metrics.hpp>

using namespace cli_test;

namespace {
/// Those that an evaluation of two classes has.
std::vector<weir::AnyMetric> metrics_of_classes() {
  std::vector<weir::AnyMetric> metrics = weir::builtin_metrics();
  std::erase_if(metrics,
                [](const weir::AnyMetric& m) { return m.as<weir::AnyMetric::OfValues>() != nullptr; });
  return metrics;
}
}  // namespace

TEST_CASE("evaluate --json holds what machines rely on") {
  if (!built()) return;
  const Json json = weir_well({"evaluate", model(), test_csv(), "--json"}).json();
  for (const char* name : {"rows", "classes", "accuracy", "balanced_accuracy", "macro_f1", "precision",
                           "recall", "f1", "fpr", "roc_auc", "pr_auc", "mcc", "confusion"}) {
    INFO(name);
    CHECK(json.contains(name));
  }
  for (const weir::AnyMetric& metric : metrics_of_classes()) {
    INFO(metric.text.kind);
    CHECK(json.contains(std::string(metric.text.kind)));
  }
  const auto& c = json.at("confusion");
  const double tn = c[0][0], fp = c[0][1], fn = c[1][0], tp = c[1][1];
  CHECK(tn + fp + fn + tp == 5000);
  CHECK(json.at("accuracy").get<double>() == doctest::Approx((tp + tn) / 5000));
  CHECK(json.at("precision").get<double>() == doctest::Approx(tp / (tp + fp)));
  CHECK(json.at("recall").get<double>() == doctest::Approx(tp / (tp + fn)));
  CHECK(json.at("fpr").get<double>() == doctest::Approx(fp / (fp + tn)));
  CHECK(json.at("f1").get<double>() == doctest::Approx(2 * tp / (2 * tp + fp + fn)));
}

TEST_CASE("evaluate's text shows counts and rates") {
  if (!built()) return;
  const std::string text = weir_well({"evaluate", model(), test_csv()}).out;
  for (const char* part : {"5000 rows", "true class", "false positive rate", "ROC-AUC", "macro F1", "MCC"}) {
    INFO(part);
    CHECK(text.find(part) != std::string::npos);
  }
  for (const weir::AnyMetric& metric : metrics_of_classes()) {
    INFO(metric.text.kind);
    CHECK(text.find(metric.text.title) != std::string::npos);
  }
  for (std::size_t at = text.find('.'); at != std::string::npos; at = text.find('.', at + 1)) {
    const std::size_t end = std::min(text.find_first_not_of("0123456789", at + 1), text.size());
    CHECK_MESSAGE(end - at <= 7, text.substr(at, end - at));  // more digits than anybody reads
  }
}

TEST_CASE("one class alone has no areas: null, not a number out of thin air") {
  if (!built()) return;
  std::string text;
  for (const std::string& line : lines_of(read_file(test_csv()))) {
    if (line.ends_with("label") || line.ends_with("benign")) text += line + "\n";
  }
  const Json json = weir_well({"evaluate", model(), write_file("calm.csv", text), "--json"}).json();
  CHECK(json.at("roc_auc").is_null());
  CHECK(json.at("accuracy") > 0.9);
}

TEST_CASE("labels that a model does not know are an error, or left out and counted") {
  if (!built()) return;
  const std::string path = folder() / "nine.weir";
  weir_well({"train", train_csv(), "--label", "label", "--epochs", "1", "--model", path, "--quiet"});
  std::string text = read_file(test_csv());
  const std::size_t at = text.rfind("benign");
  text.replace(at, 6, "worm");
  const std::string table = write_file("worm.csv", text);
  const Outcome refused = run_weir({"evaluate", path, table});
  CHECK(refused.code == 2);
  CHECK(refused.err.find("'worm'") != std::string::npos);
  const Json json = weir_well({"evaluate", path, table, "--ignore-unknown", "--json"}).json();
  CHECK(json.at("rows") == 4999);
  CHECK(json.at("rows_of_unknown_label") == 1);
  const std::string told =
      weir_well({"train", train_csv(), "--label", "label", "--epochs", "1", "--quick", "--test", table,
                 "--ignore-unknown", "--model", folder() / "nine_again.weir"})
          .out;
  CHECK(told.find("left out: 1 row with a label that the model does not know") != std::string::npos);
}

TEST_CASE("inspect shows columns, layers, sizes, record and probe") {
  if (!built()) return;
  const std::string text = weir_well({"inspect", model()}).out;
  for (const char* part :
       {"conn_state", "dense:64", "FLOPs", "benign, attack", "rows held back", "Probe: passed"}) {
    INFO(part);
    CHECK(text.find(part) != std::string::npos);
  }
  const Json json = weir_well({"inspect", model(), "--json"}).json();
  CHECK(json.at("task") == "classify");
  CHECK(json.at("schema").size() == 32);
  CHECK(json.at("schema")[0].at("kind") == "categorical");
  CHECK(json.at("layers").size() == 5);
  const auto features = json.at("features").get<int>();
  CHECK(json.at("parameters") == features * 64 + 64 + 64 * 32 + 32 + 32 + 1);
  CHECK(json.at("flops") == 2 * (features * 64 + 64 * 32 + 32));
  CHECK(json.at("probe").at("passed") == true);
  CHECK(json.at("probe").at("difference") == 0.0);
  CHECK(json.at("record").at("seed") == "0");
  CHECK(json.at("threshold") == 0.5);
}

TEST_CASE("a quick model of many connections knows another site, and judges a third without labels") {
  if (!built()) return;
  const std::string path = folder() / "sites.weir";
  weir_well({"train", synth("sites_train.csv", 60'000, 1), "--label", "label", "--benign", "benign",
             "--quick", "--model", path, "--quiet"});
  const Json measured = weir_well({"evaluate", path, synth("sites_test.csv", 20'000, 2), "--json"}).json();
  CHECK(measured.at("rows") == 20000);
  CHECK(measured.at("accuracy") > 0.955);
  CHECK(measured.at("roc_auc") > 0.96);

  std::string bare;
  for (const std::string& line : lines_of(read_file(synth("sites_new.csv", 5'000, 3)))) {
    bare += line.substr(0, line.rfind(',')) + "\n";
  }
  const std::string table = write_file("sites_bare.csv", bare);
  CHECK(bare.substr(0, bare.find('\n')).find("label") == std::string::npos);
  weir_well({"predict", path, table, "-o", folder() / "sites_verdicts.csv"});
  CHECK(lines_of(read_file(folder() / "sites_verdicts.csv")).size() == 5001);
}
