// Figures by hand, in one piece and in many.
#include <weir/data/formats/csv.hpp>
#include <weir/data/preparing/preprocess.hpp>
#include <weir/layers/dense/dense.hpp>
#include <weir/models/sequential.hpp>
#include <weir/pipeline/assessment_text.hpp>
#include <weir/pipeline/assessor.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <tuple>
#include <vector>

using namespace weir;

namespace {

using Line = Pipeline<Sequential<Dense<float, 1, 1>>>;

/// y = weight * x, as it stands in the table.
Line line(Task task, float weight) {
  Line pipeline{{.task = task, .input = Shape{1}}, {}};
  std::get<0>(pipeline.net.layers).weight.data()[0] = weight;
  pipeline.preprocess = Preprocessor::fit(training_rows(parse_csv("x\n1\n2\n")),
                                          {.numeric = {.scaling = Scaling::none, .drop_constant = false}});
  pipeline.labels.column = "label";
  return pipeline;
}

Table table_of(const std::string& csv, ColumnKind label) {
  return parse_csv(csv, {.kinds = {{"x", ColumnKind::numeric}, {"label", label}}});
}

}  // namespace

TEST_CASE("assessor: a regression's errors by hand") {
  const Line model = line(Task::regress, 2.0F);
  const Assessment result = assess(model, table_of("x,label\n1,2\n2,5\n3,5\n4,\n", ColumnKind::numeric));
  CHECK(result.rows == 3);
  CHECK(result.unlabelled == 1);
  CHECK(result.value("mae") == doctest::Approx(2.0 / 3));  // errors 0, -1, 1
  CHECK(result.value("mse") == doctest::Approx(2.0 / 3));
  CHECK(result.value("r2") == doctest::Approx(1.0 - 2.0 / 6.0));
}

TEST_CASE("assessor: classes, unknown labels and pieces") {
  Line model = line(Task::classify, 1.0F);  // class 1 where x is above 0
  model.labels.classes = {"benign", "attack"};
  const std::string csv = "x,label\n-1,benign\n1,attack\n2,benign\n-2,attack\n3,\n4, attack\n";
  const Table rows = table_of(csv, ColumnKind::categorical);
  const Assessment whole = assess(model, rows);
  CHECK(whole.rows == 5);
  CHECK(whole.unlabelled == 1);
  CHECK(whole.confusion.count(0, 0) == 1);
  CHECK(whole.confusion.count(0, 1) == 1);
  CHECK(whole.confusion.count(1, 0) == 1);
  CHECK(whole.confusion.count(1, 1) == 2);
  REQUIRE(whole.measures.find("roc_auc") != nullptr);
  CHECK(whole.measures.find("roc_auc")->of_classes.size() == 1);

  Assessor pieces(model);
  for (std::size_t row = 0; row < rows.rows(); ++row) pieces.add(rows.take(std::vector<std::size_t>{row}));
  CHECK(pieces.finish().confusion.accuracy() == whole.confusion.accuracy());
  CHECK(pieces.finish().value("roc_auc") == whole.value("roc_auc"));

  const Table odd = table_of("x,label\n-1,benign\n1,worm\n", ColumnKind::categorical);
  CHECK_THROWS_WITH_AS(
      static_cast<void>(assess(model, odd, {.source = "t.csv"})),
      "t.csv: row 2 (without the header line): label 'worm' of column 'label' is none of the "
      "model's classes ('benign', 'attack'); ignore_unknown leaves such rows out",
      DataError);
  CHECK(assess(model, odd, {.ignore_unknown = true}).unknown == 1);
}

TEST_CASE("assessor: labels spelt in another way than the model's are told") {
  Line model = line(Task::classify, 1.0F);
  model.labels = {"label", {"benign", "attack"}, {{"BENIGN", "benign"}, {"benign", "attack"}}, "attack"};
  const Assessment result =
      assess(model, table_of("x,label\n-1,Benign\n-1,BENIGN\n-1,Benign\n", ColumnKind::categorical));
  REQUIRE(result.mistaken.size() == 1);
  CHECK(result.mistaken[0].first == "Benign");
  CHECK(result.mistaken[0].second == "BENIGN");
}

TEST_CASE("assessor: labels that a map of labels does not name are told where they count as others") {
  Line model = line(Task::classify, 1.0F);
  model.labels = {"label", {"benign", "attack"}, {}, "attack", {{"Normal*", "benign"}, {"Bot*", "attack"}}};
  const Table rows =
      table_of("x,label\n-1,Normal-1\n1,Bot-2\n1, Bot-3\n1,worm\n1,attack\n", ColumnKind::categorical);
  const Assessment result = assess(model, rows);
  CHECK(result.unnamed == std::vector<std::string>{"worm"});
  const std::vector<std::string> notes = notes_on(model, result);
  CHECK(std::count(notes.begin(), notes.end(),
                   "labels that the map of labels does not name count as 'attack', such as 'worm'") == 1);
  model.labels.patterns = {{"Normal*", "benign"}};  // all others are meant to be attacks
  CHECK(assess(model, rows).unnamed.empty());
}

TEST_CASE("assessor: an answer that is not a number is refused, and forecasts are paired with what came") {
  const Line model = line(Task::regress, std::numeric_limits<float>::quiet_NaN());
  CHECK_THROWS_AS(static_cast<void>(assess(model, table_of("x,label\n1,2\n", ColumnKind::numeric))),
                  NumericError);
  ForecastPairs pairs(2);
  CHECK_FALSE(pairs.add(1.0, {.score = 10.0}).usable);
  CHECK_FALSE(pairs.add(missing_number, {.score = 20.0}).usable);
  const ForecastPairs::Pair third = pairs.add(3.0, {.usable = false});
  CHECK(third.usable);
  CHECK(third.forecast == 10.0);
  CHECK(third.naive == 1.0);
  CHECK(pairs.add(4.0, {}).naive == 1.0);  // the missing value was none to go by
}

TEST_CASE("assessor: what is drawn of two classes") {
  Line model = line(Task::classify, 1.0F);  // probability of class 1: 1 / (1 + exp(-x))
  model.labels.classes = {"benign", "attack"};
  const Assessment result =
      assess(model, table_of("x,label\n-9,benign\n9,attack\n9,benign\n-9,attack\n", ColumnKind::categorical));
  REQUIRE(result.curves.size() == 1);
  CHECK(result.curves[0].positives == 2.0);
  CHECK(result.curves[0].steps.size() == 2);
  CHECK(result.scores.counts[0].front() == 1);
  CHECK(result.scores.counts[0].back() == 1);
  CHECK(result.scores.counts[1].front() == 1);
  CHECK(result.calibration.rows() == 4);
  CHECK(result.calibration.expected_error() == doctest::Approx(0.5).epsilon(0.001));
  CHECK(result.sample.rows() == 0);
}

TEST_CASE("assessor: rows and values that are kept are few, and spread over all") {
  Line model = line(Task::regress, 2.0F);
  Assessor assessor(model, {.keep_rows = 10});
  for (int piece = 0; piece < 100; ++piece) {
    std::string csv = "x,label\n";
    for (int i = 0; i < 100; ++i) csv += std::to_string(100 * piece + i) + ",1\n";
    assessor.add(table_of(csv, ColumnKind::numeric));
  }
  const Assessment result = assessor.finish();
  CHECK(result.rows == 10'000);
  CHECK(result.values.seen() == 10'000);
  CHECK(result.values.items().size() <= 4'096);
  CHECK(result.values.items().back().value > 19'000.0);
  CHECK(result.sample.rows() >= 5);
  CHECK(result.sample.rows() <= 10);
  CHECK(result.sample.numbers("x").back() > 8'000.0);
  CHECK(result.latest.empty());  // no series
}

TEST_CASE("assessor: labels may stand in another table") {
  Line model = line(Task::classify, 1.0F);
  model.labels.classes = {"benign", "attack"};
  Assessor assessor(model);
  assessor.add(parse_csv("x\n5\n-5\n"), table_of("x,label\n0,benign\n0,benign\n", ColumnKind::categorical));
  CHECK(assessor.finish().confusion.count(0, 1) == 1);
  CHECK(assessor.finish().confusion.count(0, 0) == 1);
}
