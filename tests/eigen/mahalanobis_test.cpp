#include "samples.hpp"

#include <doctest/doctest.h>
#include <weir/core/error.hpp>
#include <weir/core/rng.hpp>
#include <weir/eigen/mahalanobis.hpp>

#include "golden/eigen.hpp"

#include <cmath>
#include <limits>
#include <vector>

using namespace weir;
using weir_test::golden_samples;

namespace {

/// Correlated Gaussian samples, one a column.
Eigen::MatrixXd normal_samples(Index count, std::uint64_t seed) {
  Eigen::MatrixXd x(3, count);
  Rng rng(seed);
  for (Index i = 0; i < count; ++i) {
    const double a = rng.normal(), b = rng.normal(), c = rng.normal();
    x.col(i) << 5.0 + a, 100.0 * a + 10.0 * b, 0.01 * c;
  }
  return x;
}

}  // namespace

TEST_CASE("Scores are scikit-learn's with its shrinkage, and numpy's without") {
  const auto x = golden_samples();
  const auto shrunk = Mahalanobis::fit(x);
  CHECK(shrunk.shrinkage() == doctest::Approx(golden::ledoit_wolf_shrinkage[0]));
  const auto plain = Mahalanobis::fit(x, 0.0);
  const Eigen::MatrixXd columns = x.transpose();
  const std::vector<double> scores = shrunk.scores(columns);
  for (std::size_t i = 0; i < 3; ++i) {
    const auto row = static_cast<Index>(i);
    CHECK(scores[i] == doctest::Approx(golden::ledoit_wolf_scores[i]));
    CHECK(plain.score(x.row(row)) == doctest::Approx(golden::plain_scores[i]));
    CHECK(plain.score(columns.col(row)) == doctest::Approx(golden::plain_scores[i]));
  }
}

TEST_CASE("The mean score of what it was fitted to is the number of features") {
  const auto x = golden_samples();
  double sum = 0.0;
  for (const double score : Mahalanobis::fit(x, 0.0).scores(x)) sum += score;
  CHECK(sum / 40.0 == doctest::Approx(5.0));
}

TEST_CASE("It sees what no feature alone shows, and keeps its rate of false alarms") {
  auto detector = Mahalanobis::fit(normal_samples(2000, 1), 0.0);
  CHECK_FALSE(detector.alarm(1e300));  // no threshold yet
  detector.calibrate(normal_samples(1000, 2), 0.01);
  const std::vector<double> scores = detector.scores(normal_samples(20'000, 3));
  double alarms = 0.0;
  for (const double score : scores) alarms += detector.alarm(score) ? 1.0 : 0.0;
  CHECK(alarms / 20'000.0 < 0.016);
  CHECK(alarms / 20'000.0 > 0.005);
  const Eigen::Vector3d broken(6.0, -100.0, 0.0);  // each value is usual, their correlation is not
  CHECK(detector.alarm(detector.score(broken)));
  CHECK_FALSE(detector.alarm(detector.score(Eigen::Vector3d(6.0, 100.0, 0.0))));
  CHECK(detector.alarm(detector.score(Eigen::Vector3d(5.0, std::nan(""), 0.0))));
}

TEST_CASE("What tells no distance is refused") {
  Eigen::MatrixXd x(3, 50);
  x.topRows(2) = normal_samples(50, 1).topRows(2);
  x.row(2) = x.row(0) + x.row(1);
  CHECK_THROWS_WITH_AS(static_cast<void>(Mahalanobis::fit(x, 0.0)), doctest::Contains("singular"), DataError);
  CHECK(Mahalanobis::fit(x).score(x.col(0)) > 0.0);  // the default shrinks
  CHECK_THROWS_AS(static_cast<void>(Mahalanobis::fit(x, 1.5)), ConfigError);
  CHECK_THROWS_AS(static_cast<void>(Mahalanobis::fit(x, std::nan(""))), ConfigError);
  CHECK_THROWS_AS(static_cast<void>(Mahalanobis::fit(Eigen::MatrixXd::Ones(3, 9))), DataError);
  auto detector = Mahalanobis::fit(x);
  CHECK_THROWS_AS(static_cast<void>(detector.score(x.row(0))), ShapeError);
  CHECK_THROWS_AS(detector.calibrate(x, 0.01), DataError);  // 50 samples cannot tell one in a hundred
  x(1, 1) = std::numeric_limits<double>::infinity();
  CHECK_THROWS_AS(static_cast<void>(Mahalanobis::fit(x)), DataError);
}
