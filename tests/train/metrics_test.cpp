#include <doctest/doctest.h>
#include <weir/train/metrics.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <golden/metrics.hpp>
#include <span>
#include <string_view>
#include <vector>

using weir::ConfusionMatrix;
using weir::Label;
using weir::Measures;
using weir::Ranking;

namespace {
ConfusionMatrix golden_matrix() {
  ConfusionMatrix matrix(4);
  for (std::size_t i = 0; i < golden::truth.size(); ++i) matrix.add(golden::truth[i], golden::guess[i]);
  return matrix;
}

const std::array probabilities{
    std::span<const double>(golden::probability_0), std::span<const double>(golden::probability_1),
    std::span<const double>(golden::probability_2), std::span<const double>(golden::probability_3)};

std::vector<Label> labels_of(int k) {
  std::vector<Label> labels;
  for (const int truth : golden::truth) labels.push_back(truth == k ? 1 : 0);
  return labels;
}

const std::vector<Label> two_labels(golden::labels.begin(), golden::labels.end());

Measures of_four() {
  Measures measures;
  measures.add(golden_matrix());
  for (std::size_t k = 0; k < 4; ++k) measures.add(Ranking(probabilities[k], labels_of(static_cast<int>(k))));
  return measures;
}

Measures of_two() {
  ConfusionMatrix matrix(2);
  for (std::size_t i = 0; i < two_labels.size(); ++i) matrix.add(two_labels[i], golden::verdicts[i]);
  Measures measures;
  measures.add(matrix);
  measures.add(Ranking(std::span<const float>(golden::scores), two_labels));
  return measures;
}

Measures of_values() {
  weir::ValueErrors errors;
  for (std::size_t i = 0; i < golden::values.size(); ++i) errors.add(golden::values[i], golden::answers[i]);
  Measures measures;
  measures.add(errors);
  return measures;
}

/// Each measure has a golden value, and each golden value a measure.
void check(const Measures& measures, std::span<const golden::Named> expected) {
  CHECK(std::distance(measures.begin(), measures.end()) == static_cast<std::ptrdiff_t>(expected.size()));
  for (const golden::Named& one : expected) {
    CAPTURE(one.kind);
    CHECK(measures.value(one.kind) == doctest::Approx(one.value).epsilon(1e-12));
  }
}

bool lists(std::span<const golden::Named> names, std::string_view kind) {
  return std::any_of(names.begin(), names.end(), [&](const golden::Named& n) { return n.kind == kind; });
}
}  // namespace

TEST_CASE("Every metric agrees with scikit-learn: of four classes, of two, of numbers") {
  check(of_four(), golden::of_four);
  check(of_two(), golden::of_two);
  check(of_values(), golden::of_values);
  for (const weir::AnyMetric& metric : weir::builtin_metrics()) {
    CAPTURE(metric.text.kind);
    CHECK((lists(golden::of_values, metric.text.kind) ||
           (lists(golden::of_two, metric.text.kind) && lists(golden::of_four, metric.text.kind))));
  }
}

TEST_CASE("Every metric says what it computes, and who computes the same") {
  std::vector<std::string_view> kinds;
  for (const weir::AnyMetric& metric : weir::builtin_metrics()) {
    CAPTURE(metric.text.kind);
    CHECK(std::count(kinds.begin(), kinds.end(), metric.text.kind) == 0);
    CHECK_FALSE(metric.text.formula.empty());
    CHECK_FALSE(metric.text.reference.empty());
    CHECK(metric.text.title.empty() == metric.text.meaning.empty());
    kinds.push_back(metric.text.kind);
  }
}

TEST_CASE("A metric of classes is that of class 1 of two, else the mean of the classes that occur") {
  const Measures two = of_two();
  CHECK(two.value("f1") == two.find("f1")->of_classes[1]);
  ConfusionMatrix absent(3);  // nothing is of class 2 or taken for it
  absent.add(0, 0);
  absent.add(0, 1);
  absent.add(1, 1);
  Measures measures;
  measures.add(absent);
  const std::vector<double>& recall = measures.find("recall")->of_classes;
  CHECK(recall[0] == 0.5);
  CHECK(recall[1] == 1.0);
  CHECK(std::isnan(recall[2]));
  CHECK(measures.value("recall") == 0.75);
  CHECK(measures.value("fpr") == 0.25);  // 0 and 0.5
  const std::vector<float> scores{0.1F, 0.9F, 0.5F};
  measures.add(Ranking(std::span<const float>(scores), std::vector<Label>{0, 1, 1}));
  measures.add(Ranking(std::span<const float>(scores), std::vector<Label>{0, 1, 0}));
  measures.add(Ranking(std::span<const float>(scores), std::vector<Label>{0, 0, 0}));
  CHECK(measures.value("roc_auc") == 1.0);
  CHECK(std::isnan(measures.find("roc_auc")->of_classes[2]));
}

TEST_CASE("A name that was not measured is refused with what there is") {
  CHECK_THROWS_WITH_AS(static_cast<void>(of_two().value("roc_acu")),
                       "no metric 'roc_acu' was measured; did you mean 'roc_auc'?", weir::ConfigError);
  CHECK_THROWS_AS(static_cast<void>(of_values().value("f1")), weir::ConfigError);
  CHECK(of_values().find("f1") == nullptr);
}

namespace {
/// Share of the positives above each threshold that lets no more than a tenth of the others pass.
struct RecallAtTenth {
  static constexpr std::string_view kind = "recall_at_tenth";
  double operator()(const Ranking& ranking) const {
    double best = 0.0;
    for (const Ranking::Step& step : ranking.steps()) {
      if (step.false_positives <= 0.1 * ranking.negatives()) best = step.true_positives;
    }
    return best / ranking.positives();
  }
};
}  // namespace

TEST_CASE("A metric of one's own is measured like all others") {
  std::vector<weir::AnyMetric> metrics = weir::builtin_metrics();
  metrics.emplace_back(RecallAtTenth{});
  Measures measures(metrics);
  std::vector<float> scores(20, 0.0F);
  std::vector<Label> labels(20, 0);
  for (std::size_t i = 0; i < 10; ++i) labels[i] = 1;
  for (std::size_t i = 0; i < 7; ++i) scores[i] = 2.0F;
  scores[19] = 1.0F;  // one of ten
  scores[18] = scores[7] = 0.5F;
  measures.add(Ranking(std::span<const float>(scores), labels));
  CHECK(measures.value("recall_at_tenth") == doctest::Approx(0.7));
  CHECK(measures.value("roc_auc") > 0.8);
}

TEST_CASE("Classification metrics agree with scikit-learn") {
  using Average = ConfusionMatrix::Average;
  const ConfusionMatrix matrix = golden_matrix();
  CHECK(matrix.accuracy() == doctest::Approx(golden::accuracy).epsilon(1e-12));
  CHECK(weir::metrics::BalancedAccuracy{}(matrix) ==
        doctest::Approx(golden::balanced_accuracy).epsilon(1e-12));
  CHECK(weir::metrics::MatthewsCorrelation{}(matrix) == doctest::Approx(golden::mcc).epsilon(1e-12));
  CHECK(matrix.precision(Average::macro) == doctest::Approx(golden::precision_macro).epsilon(1e-12));
  CHECK(matrix.recall(Average::macro) == doctest::Approx(golden::recall_macro).epsilon(1e-12));
  CHECK(matrix.f1(Average::macro) == doctest::Approx(golden::f1_macro).epsilon(1e-12));
  CHECK(matrix.precision(Average::micro) == doctest::Approx(golden::precision_micro).epsilon(1e-12));
  CHECK(matrix.f1(Average::micro) == doctest::Approx(golden::f1_micro).epsilon(1e-12));
  CHECK(matrix.precision(Average::weighted) == doctest::Approx(golden::precision_weighted).epsilon(1e-12));
  CHECK(matrix.recall(Average::weighted) == doctest::Approx(golden::recall_weighted).epsilon(1e-12));
  CHECK(matrix.f1(Average::weighted) == doctest::Approx(golden::f1_weighted).epsilon(1e-12));
  for (weir::Index k = 0; k < 4; ++k) {
    CAPTURE(k);
    const auto i = static_cast<std::size_t>(k);
    CHECK(matrix.precision(k) == doctest::Approx(golden::precision[i]).epsilon(1e-12));
    CHECK(matrix.recall(k) == doctest::Approx(golden::recall[i]).epsilon(1e-12));
    CHECK(matrix.f1(k) == doctest::Approx(golden::f1[i]).epsilon(1e-12));
  }
}

TEST_CASE("Areas and quantiles agree with scikit-learn and numpy, ties included") {
  CHECK(weir::roc_auc(std::span<const float>(golden::scores), two_labels) ==
        doctest::Approx(golden::roc_auc).epsilon(1e-12));
  CHECK(weir::pr_auc(std::span<const float>(golden::scores), two_labels) ==
        doctest::Approx(golden::pr_auc).epsilon(1e-12));
  std::vector<double> values(golden::scores.begin(), golden::scores.end());
  CHECK(weir::quantile(values, 0.9) == doctest::Approx(golden::quantile_90).epsilon(1e-6));
}

TEST_CASE("Metrics without cases are not defined, never a trap") {
  ConfusionMatrix empty(2);
  CHECK(std::isnan(empty.accuracy()));
  CHECK(std::isnan(weir::metrics::BalancedAccuracy{}(empty)));
  CHECK(weir::metrics::MatthewsCorrelation{}(empty) == 0.0);
  CHECK(std::isnan(empty.f1(ConfusionMatrix::Average::macro)));
  ConfusionMatrix one_class(2);
  one_class.add(0, 0);
  CHECK(std::isnan(one_class.recall(1)));
  CHECK(std::isnan(one_class.precision(1)));
  CHECK(std::isnan(one_class.false_positive_rate(0)));
  CHECK(one_class.false_positive_rate(1) == 0.0);
  CHECK(weir::metrics::MatthewsCorrelation{}(one_class) == 0.0);
  const std::vector<float> scores{0.1F, 0.2F};
  const std::vector<Label> negatives{0, 0};
  CHECK(std::isnan(weir::roc_auc(std::span<const float>(scores), negatives)));
  CHECK(std::isnan(weir::pr_auc(std::span<const float>(scores), negatives)));
  CHECK_THROWS_AS(empty.add(2, 0), weir::DataError);
}

TEST_CASE("A class that is never found does not raise the mean") {
  ConfusionMatrix matrix(3);
  matrix.add(0, 0);
  matrix.add(1, 0);  // nothing is taken for class 1
  matrix.add(2, 2);
  CHECK(std::isnan(matrix.precision(1)));
  CHECK(matrix.precision(ConfusionMatrix::Average::macro) == doctest::Approx(0.5));
  Measures measures;
  measures.add(matrix);
  CHECK(measures.value("precision") == doctest::Approx(0.5));
}

TEST_CASE("Cohen's kappa by hand") {
  ConfusionMatrix matrix(2);
  matrix.add(0, 0);
  CHECK(std::isnan(weir::metrics::CohenKappa{}(matrix)));  // nothing to agree on beyond chance
  for (int i = 0; i < 49; ++i) matrix.add(0, i < 29 ? 0 : 1);
  for (int i = 0; i < 50; ++i) matrix.add(1, i < 20 ? 0 : 1);
  CHECK(weir::metrics::CohenKappa{}(matrix) == doctest::Approx(0.2));  // 60 of 100 agree, 50 by chance
}

TEST_CASE("False positive rate of a binary matrix by hand") {
  ConfusionMatrix matrix(2);
  for (int i = 0; i < 90; ++i) matrix.add(0, i < 9 ? 1 : 0);
  for (int i = 0; i < 10; ++i) matrix.add(1, i < 8 ? 1 : 0);
  CHECK(matrix.false_positive_rate(1) == doctest::Approx(0.1));
  CHECK(matrix.recall(1) == doctest::Approx(0.8));
  CHECK(matrix.precision(1) == doctest::Approx(8.0 / 17.0));
}
