#include <doctest/doctest.h>
#include <weir/train/metrics.hpp>

#include <cmath>
#include <golden/metrics.hpp>
#include <vector>

using weir::ConfusionMatrix;
using weir::Label;

namespace {
ConfusionMatrix golden_matrix() {
  ConfusionMatrix matrix(4);
  for (std::size_t i = 0; i < golden::truth.size(); ++i) matrix.add(golden::truth[i], golden::guess[i]);
  return matrix;
}
}  // namespace

TEST_CASE("Classification metrics agree with scikit-learn") {
  using Average = ConfusionMatrix::Average;
  const ConfusionMatrix matrix = golden_matrix();
  CHECK(matrix.accuracy() == doctest::Approx(golden::accuracy).epsilon(1e-12));
  CHECK(matrix.balanced_accuracy() == doctest::Approx(golden::balanced_accuracy).epsilon(1e-12));
  CHECK(matrix.mcc() == doctest::Approx(golden::mcc).epsilon(1e-12));
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
  const std::vector<Label> labels(golden::labels.begin(), golden::labels.end());
  CHECK(weir::roc_auc(std::span<const float>(golden::scores), labels) ==
        doctest::Approx(golden::roc_auc).epsilon(1e-12));
  CHECK(weir::pr_auc(std::span<const float>(golden::scores), labels) ==
        doctest::Approx(golden::pr_auc).epsilon(1e-12));
  std::vector<double> values(golden::scores.begin(), golden::scores.end());
  CHECK(weir::quantile(values, 0.9) == doctest::Approx(golden::quantile_90).epsilon(1e-6));
}

TEST_CASE("Metrics without cases are zero or NaN, never a trap") {
  ConfusionMatrix empty(2);
  CHECK(empty.accuracy() == 0.0);
  CHECK(empty.mcc() == 0.0);
  CHECK(empty.f1(ConfusionMatrix::Average::macro) == 0.0);
  ConfusionMatrix one_class(2);
  one_class.add(0, 0);
  CHECK(one_class.false_positive_rate(1) == 0.0);
  CHECK(one_class.mcc() == 0.0);
  const std::vector<float> scores{0.1F, 0.2F};
  const std::vector<Label> negatives{0, 0};
  CHECK(std::isnan(weir::roc_auc(std::span<const float>(scores), negatives)));
  CHECK(std::isnan(weir::pr_auc(std::span<const float>(scores), negatives)));
  CHECK_THROWS_AS(empty.add(2, 0), weir::DataError);
}

TEST_CASE("False positive rate of a binary matrix by hand") {
  ConfusionMatrix matrix(2);
  for (int i = 0; i < 90; ++i) matrix.add(0, i < 9 ? 1 : 0);
  for (int i = 0; i < 10; ++i) matrix.add(1, i < 8 ? 1 : 0);
  CHECK(matrix.false_positive_rate(1) == doctest::Approx(0.1));
  CHECK(matrix.recall(1) == doctest::Approx(0.8));
  CHECK(matrix.precision(1) == doctest::Approx(8.0 / 17.0));
}
