// The page of a model: well-formed whatever its names are, and with the numbers of the assessment.
#include "report/well_formed.hpp"

#include <weir/core/rng.hpp>
#include <weir/data/formats/csv.hpp>
#include <weir/data/preparing/preprocess.hpp>
#include <weir/layers/dense/dense.hpp>
#include <weir/models/sequential.hpp>
#include <weir/pipeline/assessor.hpp>
#include <weir/pipeline/model_report.hpp>
#include <weir/pipeline/permutation_importance.hpp>
#include <weir/pipeline/table_samples.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <string>
#include <tuple>
#include <vector>

using namespace weir;
using report_test::WellFormed;

namespace {

using Plane = Pipeline<Sequential<Dense<float, 2, 1>>>;

const std::string evil = "</td><script>alert(1)</script>\x02\xFF";

/// 300 rows of two numbers; the label follows from the sign of the second.
Table rows() {
  Table table(Schema{
      {{evil, ColumnKind::numeric}, {"b", ColumnKind::numeric}, {"label", ColumnKind::categorical}}, {}});
  Rng rng(2);
  for (int i = 0; i < 300; ++i) {
    const double numbers[] = {rng.normal(), rng.normal()};
    const std::string_view label = numbers[1] + 0.3 * rng.normal() > 0.0 ? std::string_view(evil) : "benign";
    table.append_row(numbers, std::span(&label, 1));
  }
  return table;
}

Plane plane(const PipelineSettings& settings) {
  Plane model{settings, {}};
  std::get<0>(model.net.layers).weight.data()[1] = 3.0F;
  return model;
}

History history() {
  History result;
  for (Index epoch = 1; epoch <= 4; ++epoch) {
    EpochReport& one = result.epochs.emplace_back();
    one.epoch = epoch;
    one.loss = 1.0 / static_cast<double>(epoch);
    one.validation_loss = 1.1 / static_cast<double>(epoch);
    one.learning_rate = 0.001;
  }
  return result;
}

std::string value_of(double number) { return "<data value=\"" + charts::exact(number) + "\">"; }

}  // namespace

TEST_CASE("model report: well-formed, and the numbers are those of the assessment") {
  const Samples samples = make_samples(rows(), {.label = "label", .benign = {"benign"}, .validation = 0.5});
  Plane model = plane(samples.settings);
  model.record = {{"data", evil}, {"seed", "7"}};
  const Assessment result = assess(model, samples);
  const Importance importance = permutation_importance(model, samples.held_back);
  const History epochs = history();
  ModelReport report{evil, model};
  report.training.emplace(TrainingReport{samples, epochs, 4});
  report.judged.push_back({"Rows held back", result, {evil}, importance});
  report.judged.push_back({"Other rows", result});
  const std::string html = to_html(report);

  const WellFormed found(html);
  CHECK(found.complaint() == "");
  CHECK(found.count("script") == 0);
  CHECK(found.count("svg") == 3 + 2 * 5 + 1);  // classes and epochs; twice five of results; columns
  CHECK(html.size() < 200'000);
  CHECK(html.find(value_of(result.value("roc_auc"))) != std::string::npos);
  CHECK(html.find(value_of(result.value("f1"))) != std::string::npos);
  CHECK(html.find(value_of(importance.columns[0].mean)) != std::string::npos);
  CHECK(html.find(value_of(epochs.epochs[2].validation_loss)) != std::string::npos);
  for (const Ranking::Step& step : result.curves[0].steps)
    CHECK(html.find(value_of(step.score)) != std::string::npos);
  CHECK(html == to_html(report));
}

TEST_CASE("model report: twenty classes keep the matrix and lose the curves") {
  Assessment result;
  for (int k = 0; k < 20; ++k) result.classes.push_back(evil + std::to_string(k));
  result.confusion = ConfusionMatrix(20);
  for (Index k = 0; k < 20; ++k) result.confusion.add(k, (k + 1) % 20);
  result.rows = 20;
  result.curves.resize(20);
  PipelineSettings settings;
  settings.labels.classes = result.classes;
  const std::string html = to_html({"m", settings, {}, {{"Rows", result}}});
  const WellFormed found(html);
  CHECK(found.complaint() == "");
  CHECK(found.count("svg") == 1);
  CHECK(html.find("The most frequent mistakes") != std::string::npos);
  CHECK(html.find("A classifier of 20 classes") != std::string::npos);
}

TEST_CASE("model report: a forecast's values, errors and the naive forecast") {
  Assessment result;
  result.task = Task::regress;
  result.forecast = true;
  ValueErrors errors, naive;
  for (int i = 0; i < 50; ++i) {
    const ValuePair pair{10.0 + i, 10.5 + i, 9.0 + i};
    errors.add(pair.truth, pair.value);
    naive.add(pair.truth, pair.naive);
    result.values.add(pair);
    result.latest.push_back(pair);
  }
  result.rows = 50;
  result.measures.add(errors);
  result.naive.add(naive);
  PipelineSettings settings;
  settings.task = Task::regress;
  settings.samples.kind = SampleKind::window;
  settings.labels.column = "bits";
  const std::string html = to_html({"m", settings, {}, {{"Rows", result}}});
  const WellFormed found(html);
  CHECK(found.complaint() == "");
  CHECK(found.count("svg") == 3);
  CHECK(html.find("A forecast of 'bits', 1 step ahead") != std::string::npos);
  CHECK(html.find(value_of(result.naive.value("rmse"))) != std::string::npos);
}

TEST_CASE("model report: of rows without a label nothing is drawn") {
  Assessment result;
  result.classes = {"a", "b"};
  result.confusion = ConfusionMatrix(2);
  result.unlabelled = 5;
  PipelineSettings settings;
  settings.labels.classes = result.classes;
  const std::string html = to_html({"m", settings, {}, {{"Rows", result}}});
  CHECK(WellFormed(html).complaint() == "");
  CHECK(html.find("Left out: 5 rows without a label") != std::string::npos);
  CHECK(html.find("<svg") == std::string::npos);
}

TEST_CASE("model report: errors are binned about 0, outliers in the outermost bins") {
  std::vector<ValuePair> pairs;
  for (int i = -50; i <= 50; ++i) pairs.push_back({0.0, 0.1 * i});
  pairs.push_back({0.0, 1e9});
  const Histogram found = residuals_of(pairs);
  CHECK(found.edges.front() == -found.edges.back());
  CHECK(found.edges.back() < 6.0);
  CHECK(found.counts[0].back() >= 1);
}
