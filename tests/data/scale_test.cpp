#include <weir/data/preparing/scale.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include <weir/data/preparing/impute.hpp>

using namespace weir;

namespace {
// tests/golden/data_golden.py prints the expected numbers below. A missing value is replaced by the
// median, 2.
const std::vector<double> known{3, -1, 0, 1500, 7.5, 7.5, 2, -40, 0.25};
const std::vector<double> filled{3, -1, 0, 1500, 2, 7.5, 7.5, 2, -40, 0.25};

void check_scaling(Scaling scaling, const std::vector<double>& numbers, const std::vector<double>& expected) {
  const Scaler scaler = fit_scaler(scaling, numbers);
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    CAPTURE(i);
    CHECK(std::abs(scaler(numbers[i]) - expected[i]) < 1e-13);
  }
}
}  // namespace

TEST_CASE("imputing: as scikit-learn's SimpleImputer") {
  CHECK(fit_impute(Impute::mean, 9, known) == doctest::Approx(164.36111111111111).epsilon(1e-15));
  CHECK(fit_impute(Impute::median, 9, known) == 2);
  CHECK(fit_impute(Impute::most_frequent, 9, known) == 7.5);
  CHECK(fit_impute(Impute::constant, 9, known) == 9);
  CHECK(fit_impute(Impute::median, 9, {1, 2, 3, 10}) == 2.5);
  CHECK(fit_impute(Impute::most_frequent, 9, {5, 1, 5, 1}) == 1);
  CHECK(fit_impute(Impute::mean, 9, {}) == 9);
  CHECK(fit_impute(Impute::median, 9, {1.5e308, 1.5e308}) == 1.5e308);
}

TEST_CASE("scaling: as scikit-learn's scalers") {
  check_scaling(Scaling::standard, filled,
                {-0.32191865446740797, -0.3307915200513503, -0.32857330365536475, 2.9987512903230122,
                 -0.32413687086339354, -0.31193668068547287, -0.31193668068547287, -0.32413687086339354,
                 -0.4173019594947881, -0.32801874955636834});
  check_scaling(
      Scaling::min_max, filled,
      {0.027922077922077924, 0.025324675324675326, 0.025974025974025976, 1.0, 0.027272727272727275,
       0.030844155844155847, 0.030844155844155847, 0.027272727272727275, 0.0, 0.026136363636363638});
  check_scaling(Scaling::log_standard, filled,
                {0.1090445280292873, -0.6813117164847329, -0.4178596349800595, 2.3620098699739698,
                 -0.0002979650582184438, 0.3955388771156754, 0.3955388771156754, -0.0002979650582184438,
                 -1.8293178623662294, -0.3330470082871499});
  check_scaling(Scaling::log_min_max, filled,
                {0.4624697743006714, 0.27390035310851607, 0.3367568268392345, 1.0, 0.4363819806299877,
                 0.5308238538148558, 0.5308238538148558, 0.4363819806299877, 0.0, 0.3569920916787023});
  check_scaling(Scaling::rank, known, {0.625, 0.125, 0.25, 1.0, 0.8125, 0.8125, 0.5, 0.0, 0.375});
  CHECK(fit_scaler(Scaling::none, filled)(-3.25) == -3.25);
}

TEST_CASE("scaling: by hand") {
  const Scaler standard = fit_scaler(Scaling::standard, {2, 4, 4, 4, 5, 5, 7, 9});  // mean 5, deviation 2
  CHECK(standard.shift == 5);
  CHECK(standard.scale == 2);
  CHECK(standard(10) == 2.5);
  const Scaler range = fit_scaler(Scaling::min_max, {-1, 3});
  CHECK(range(-1) == 0);
  CHECK(range(3) == 1);
  CHECK(range(5) == 1.5);
  CHECK(signed_log(0) == 0);
  CHECK(signed_log(std::exp(1) - 1) == doctest::Approx(1));
  CHECK(signed_log(-std::exp(1) + 1) == doctest::Approx(-1));
}

TEST_CASE("scaling: ranks between landmarks and outside") {
  const Scaler rank = fit_scaler(Scaling::rank, {0, 10, 20});
  CHECK(rank(-5) == 0);
  CHECK(rank(5) == 0.25);
  CHECK(rank(10) == 0.5);
  CHECK(rank(20) == 1);
  CHECK(rank(1e300) == 1);
  const Scaler zeros = fit_scaler(Scaling::rank, {0, 0, 0, 1});
  CHECK(zeros(0) == 0);
  CHECK(zeros(1) == 1);
  CHECK(zeros(0.5) == doctest::Approx(2.5 / 3));
  std::vector<double> many;
  for (int i = 0; i <= 10'000; ++i) many.push_back(i);
  const Scaler fine = fit_scaler(Scaling::rank, many);
  CHECK(fine.landmarks.size() == 256);
  CHECK(fine(2'500) == doctest::Approx(0.25));
}

TEST_CASE("scaling: equal numbers have the scale 1") {
  CHECK(fit_scaler(Scaling::standard, {7, 7})(7) == 0);
  CHECK(fit_scaler(Scaling::min_max, {7})(8) == 1);
  CHECK(fit_scaler(Scaling::rank, {7})(7) == 0);
}

TEST_CASE("moments: huge, tiny and cancelling numbers") {
  const Moments huge = moments(std::array{1e308, -1e308, 1.7e308, 1e308});
  CHECK(huge.mean == doctest::Approx(6.75e307));
  CHECK(std::isfinite(huge.deviation));
  const Moments tiny = moments(std::array{5e-324, 1.5e-323});
  CHECK(tiny.mean == 1e-323);
  const Moments cancelling = moments(std::array{1e16, 1.0, -1e16, 1.0});
  CHECK(cancelling.mean == 0.5);
  const Moments offset = moments(std::array{1e9 + 1, 1e9 + 2, 1e9 + 3});
  CHECK(offset.deviation == doctest::Approx(std::sqrt(2.0 / 3)).epsilon(1e-14));
  CHECK(moments(std::span<const double>{}).deviation == 0);
  CHECK(moments(std::array{0.0, 0.0}).mean == 0);
}

TEST_CASE("scaling: fitted numbers are finite, whatever the training numbers") {
  const double most = std::numeric_limits<double>::max();
  for (const Scaling scaling :
       {Scaling::standard, Scaling::min_max, Scaling::log_standard, Scaling::log_min_max, Scaling::rank}) {
    const Scaler scaler = fit_scaler(scaling, {most, -most, 0, 5e-324});
    CHECK(std::isfinite(scaler.shift));
    CHECK(std::isfinite(scaler.scale));
    CHECK(scaler.scale > 0);
    for (const double x : {most, -most, 0.0, 5e-324}) CHECK_FALSE(std::isnan(scaler(x)));
  }
}
