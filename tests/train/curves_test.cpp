// What rankings, probabilities and scores are drawn from, by hand.
#include <weir/core/rng.hpp>
#include <weir/train/metrics.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

using namespace weir;

TEST_CASE("ranking curve: of few rows all thresholds") {
  const std::vector<float> scores{0.9F, 0.8F, 0.8F, 0.1F};
  const std::vector<Label> labels{1, 0, 1, 0};
  const RankingCurve curve{Ranking(std::span<const float>(scores), labels)};
  REQUIRE(curve.steps.size() == 3);
  CHECK(curve.recall(curve.steps[0]) == 0.5);
  CHECK(curve.false_positive_rate(curve.steps[0]) == 0.0);
  CHECK(RankingCurve::precision(curve.steps[1]) == doctest::Approx(2.0 / 3.0));
  CHECK(curve.false_positive_rate(curve.steps[1]) == 0.5);
  CHECK(curve.recall(curve.steps[2]) == 1.0);
}

TEST_CASE("ranking curve: of many rows few thresholds, and hardly another area") {
  Rng rng(3);
  std::vector<float> scores;
  std::vector<Label> labels;
  for (int i = 0; i < 50'000; ++i) {
    labels.push_back(rng.chance(0.002) ? 1 : 0);
    scores.push_back(static_cast<float>(rng.normal() + 2.0 * labels.back()));
  }
  const Ranking ranking(std::span<const float>(scores), labels);
  const RankingCurve curve(ranking, 100);
  CHECK(curve.steps.size() <= 102);
  CHECK(curve.steps.size() > 50);
  double area = 0.0, x = 0.0, y = 0.0;
  for (const Ranking::Step& step : curve.steps) {
    area += (curve.false_positive_rate(step) - x) * (curve.recall(step) + y) / 2.0;
    x = curve.false_positive_rate(step);
    y = curve.recall(step);
  }
  CHECK(area == doctest::Approx(ranking.roc_auc()).epsilon(0.005));
  CHECK(x == 1.0);
  CHECK(y == 1.0);
}

TEST_CASE("ranking curve: one class alone has nothing to tell apart") {
  const std::vector<float> scores{0.2F, 0.1F};
  const std::vector<Label> labels{0, 0};
  const RankingCurve curve{Ranking(std::span<const float>(scores), labels)};
  CHECK_FALSE(curve.has_both());
  CHECK_FALSE(RankingCurve().has_both());
}

TEST_CASE("calibration: the expected error by hand") {
  Calibration calibration;
  CHECK(std::isnan(calibration.expected_error()));
  calibration.add(0.95, true);
  calibration.add(0.85, true);
  calibration.add(0.85, false);
  calibration.add(1.0, true);
  CHECK(calibration.rows() == 4);
  CHECK(calibration.all()[9].rows == 2);
  CHECK(calibration.all()[9].mean() == doctest::Approx(0.975));
  CHECK(calibration.all()[8].share() == 0.5);
  // 2/4 |1 - 0.975| + 2/4 |0.5 - 0.85|
  CHECK(calibration.expected_error() == doctest::Approx(0.5 * 0.025 + 0.5 * 0.35));
}

TEST_CASE("histogram: bins hold their lower edge, the last both") {
  Histogram histogram(even_bins(0.0, 4.0, 4), 2);
  for (const double value : {0.0, 0.5, 1.0, 4.0, 9.0, -1.0, std::nan("")}) histogram.add(0, value);
  histogram.add(1, 3.0);
  CHECK(histogram.counts[0] == std::vector<std::int64_t>{3, 1, 0, 2});
  CHECK(histogram.counts[1] == std::vector<std::int64_t>{0, 0, 0, 1});
  CHECK_FALSE(histogram.logarithmic());
}

TEST_CASE("histogram: positive values decades apart get bins of equal ratio") {
  const std::vector<float> values{0.01F, 1.0F, 100.0F};
  const std::vector<double> edges = bins_for(std::span<const float>(values), 4);
  REQUIRE(edges.size() == 5);
  CHECK(edges[1] == doctest::Approx(0.1));
  CHECK(edges[2] == doctest::Approx(1.0));
  CHECK(Histogram(edges, 1).logarithmic());
  const std::vector<double> close{-1.0, 1.0, HUGE_VAL};
  CHECK(bins_for(std::span<const double>(close), 2) == std::vector<double>{-1.0, 0.0, 1.0});
  const std::vector<double> same{3.0, 3.0};
  CHECK(bins_for(std::span<const double>(same), 2) == std::vector<double>{2.5, 3.0, 3.5});
  CHECK(bins_for(std::span<const double>(), 1) == std::vector<double>{-0.5, 0.5});
  const std::vector<double> zeros{0.0, 0.0, 5.0};
  CHECK(bins_for(std::span<const double>(zeros), 1) == std::vector<double>{0.0, 5.0});
}
