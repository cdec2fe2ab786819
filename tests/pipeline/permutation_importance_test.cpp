// A column that decides, one that is noise, and what bounds the time.
#include <weir/core/rng.hpp>
#include <weir/data/formats/csv.hpp>
#include <weir/data/preparing/preprocess.hpp>
#include <weir/layers/dense/dense.hpp>
#include <weir/models/sequential.hpp>
#include <weir/pipeline/permutation_importance.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <span>
#include <string>
#include <tuple>
#include <vector>

using namespace weir;

namespace {

using Plane = Pipeline<Sequential<Dense<float, 3, 1>>>;

/// 400 rows: the label follows from the sign of "decides".
Table rows() {
  Rng rng(1);
  std::string csv = "noise,decides,hint,label\n";
  for (int i = 0; i < 400; ++i) {
    const double decides = rng.normal();
    csv += std::to_string(rng.normal()) + "," + std::to_string(decides) + "," +
           std::to_string(decides + 2.0 * rng.normal()) + "," + (decides > 0.0 ? "attack" : "benign") + "\n";
  }
  return parse_csv(csv);
}

/// Class 1 where weights . x is above 0.
Plane plane(const Table& table, std::vector<float> weights) {
  Plane pipeline{{.task = Task::classify, .input = Shape{3}}, {}};
  std::copy(weights.begin(), weights.end(), std::get<0>(pipeline.net.layers).weight.data());
  pipeline.preprocess =
      Preprocessor::fit(training_rows(table.drop({"label"})), {.numeric = {.scaling = Scaling::none}});
  pipeline.labels = {"label", {"benign", "attack"}, {}, {}};
  return pipeline;
}

}  // namespace

TEST_CASE("permutation importance: what the model reads matters, what it does not read does not") {
  const Table table = rows();
  const Importance found = permutation_importance(plane(table, {0.0F, 4.0F, 0.5F}), table);
  CHECK(found.metric == "roc_auc");
  CHECK(found.baseline > 0.95);
  CHECK(found.rows == 400);
  CHECK(found.repeats == 3);
  REQUIRE(found.columns.size() == 3);
  CHECK(found.columns[0].column == "decides");
  CHECK(found.columns[0].mean > 0.3);
  CHECK(found.columns[0].deviation > 0.0);
  CHECK(found.columns[0].deviation < 0.05);
  CHECK(found.columns[1].column == "hint");
  CHECK(found.columns[2].column == "noise");
  CHECK(found.columns[2].mean == 0.0);
}

TEST_CASE("permutation importance: the same options give the same numbers, another seed others") {
  const Table table = rows();
  const Plane model = plane(table, {0.0F, 4.0F, 0.5F});
  const auto first = [&](ImportanceOptions options) {
    options.rows = 200;
    return permutation_importance(model, table, options).columns[0].mean;
  };
  CHECK(first({}) == first({}));
  CHECK(first({}) != first({.seed = 1}));
}

TEST_CASE("permutation importance: any metric, also one of which less is better") {
  const Table table = rows();
  const Plane model = plane(table, {0.0F, 4.0F, 0.5F});
  const Importance accuracy = permutation_importance(model, table, {.metric = "accuracy"});
  CHECK(accuracy.columns[0].column == "decides");
  const Importance fpr = permutation_importance(model, table, {.metric = "fpr"});
  CHECK(fpr.columns[0].column == "decides");
  CHECK(fpr.columns[0].mean > 0.2);
  CHECK_THROWS_AS(static_cast<void>(permutation_importance(model, table, {.metric = "beauty"})), ConfigError);
  CHECK_THROWS_AS(static_cast<void>(permutation_importance(model, table, {.repeats = 0})), ConfigError);
}

TEST_CASE("permutation importance: operations bound repeats first, then rows, and then it is not told") {
  const Table table = rows();
  const Plane model = plane(table, {0.0F, 4.0F, 0.5F});
  const double row = 2e4 + static_cast<double>(model.net.flops(model.input));
  const auto with = [&](double operations) {
    return permutation_importance(model, table, {.operations = operations});
  };
  const Importance two = with(row * 400 * 7);
  CHECK(two.repeats == 2);
  CHECK(two.rows == 400);
  const Importance fewer = with(row * 150 * 4);
  CHECK(fewer.repeats == 1);
  CHECK(fewer.rows == 150);
  const Importance none = with(row * 50 * 4);
  CHECK(none.columns.empty());
  CHECK_FALSE(none.why_none.empty());
}

TEST_CASE("permutation importance: rows of one class alone are not ranked") {
  const Table table = rows();
  std::vector<std::size_t> benign;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    if (table.text("label", row) == "benign") benign.push_back(row);
  }
  const Importance found = permutation_importance(plane(table, {0.0F, 1.0F, 0.0F}), table.take(benign));
  CHECK(found.columns.empty());
  CHECK(found.why_none.find("roc_auc") != std::string::npos);
}

TEST_CASE("permutation importance: a number's model gets larger errors, its truth is not shuffled") {
  const Table numbers = parse_csv("a,b,y\n1,5,2\n2,1,4\n3,4,6\n4,2,8\n5,3,10\n6,0,12\n");
  Pipeline<Sequential<Dense<float, 2, 1>>> model{{.task = Task::regress, .input = Shape{2}}, {}};
  std::get<0>(model.net.layers).weight.data()[0] = 2.0F;
  model.preprocess =
      Preprocessor::fit(training_rows(numbers.drop({"y"})), {.numeric = {.scaling = Scaling::none}});
  model.labels.column = "y";
  const Importance found = permutation_importance(model, numbers);
  CHECK(found.metric == "mae");
  CHECK(found.baseline == doctest::Approx(0.0));
  CHECK(found.columns[0].column == "a");
  CHECK(found.columns[0].mean > 0.5);
  CHECK(found.columns[1].mean == doctest::Approx(0.0));
}
