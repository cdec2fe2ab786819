// Ridge regression and the autoregressive forecast.
#include "samples.hpp"

#include <doctest/doctest.h>
#include <weir/core/error.hpp>
#include <weir/eigen/autoregression.hpp>
#include <weir/eigen/ridge.hpp>

#include "golden/eigen.hpp"

#include <array>
#include <cmath>
#include <span>
#include <vector>

using namespace weir;
using weir_test::golden_samples;
using weir_test::golden_series;
using weir_test::golden_targets;

namespace {

void check_model(const Ridge& model, const std::array<double, 10>& coefficients,
                 const std::array<double, 2>& intercept) {
  REQUIRE(model.coefficients().rows() == 5);
  REQUIRE(model.coefficients().cols() == 2);
  for (Index k = 0; k < 2; ++k) {
    CHECK(model.intercept()(k) == doctest::Approx(intercept[static_cast<std::size_t>(k)]));
    for (Index j = 0; j < 5; ++j)
      CHECK(model.coefficients()(j, k) == doctest::Approx(coefficients[static_cast<std::size_t>(5 * k + j)]));
  }
}

}  // namespace

TEST_CASE("Ridge is scikit-learn's, and numpy's least squares without a penalty") {
  const auto x = golden_samples();
  const auto y = golden_targets();
  check_model(Ridge::fit(x, y, 2.5), golden::ridge_coefficients, golden::ridge_intercept);
  check_model(Ridge::fit(x, y, 0.0), golden::least_squares_coefficients, golden::least_squares_intercept);
  const Eigen::MatrixXd columns = x.transpose();
  check_model(Ridge::fit(columns, y, 2.5), golden::ridge_coefficients, golden::ridge_intercept);
}

TEST_CASE("Predictions come in the order of the samples, one target from a vector") {
  const auto x = golden_samples();
  const Eigen::VectorXd y = golden_targets().col(0);
  const auto model = Ridge::fit(x, y, 2.5);
  const auto rows = model.predict(x);
  CHECK(rows.rows() == 40);
  CHECK(rows.cols() == 1);
  CHECK(rows(3, 0) == doctest::Approx(x.row(3).dot(model.coefficients().col(0)) + model.intercept()(0)));
  CHECK(model.predict(Eigen::MatrixXd(x.transpose())).isApprox(rows.transpose(), 1e-12));
  CHECK(Ridge::fit(x, y.transpose(), 2.5).intercept()(0) == model.intercept()(0));
}

TEST_CASE("Features that follow from one another have a shortest answer") {
  Eigen::MatrixXd x(2, 10);
  for (Index i = 0; i < 10; ++i) x(0, i) = x(1, i) = static_cast<double>(i * i % 7);
  const Eigen::VectorXd y = 4.0 * x.row(0).transpose().array() + 1.0;
  const auto model = Ridge::fit(x, y, 0.0);
  CHECK(model.coefficients()(0, 0) == doctest::Approx(2.0));
  CHECK(model.coefficients()(1, 0) == doctest::Approx(2.0));
  CHECK(model.intercept()(0) == doctest::Approx(1.0));
}

TEST_CASE("What cannot be fitted is refused") {
  const auto x = golden_samples();
  const Eigen::VectorXd y = golden_targets().col(0);
  CHECK_THROWS_AS(static_cast<void>(Ridge::fit(x, y, -1.0)), ConfigError);
  CHECK_THROWS_AS(static_cast<void>(Ridge::fit(x, y.head(39))), ShapeError);
  CHECK_THROWS_AS(static_cast<void>(Ridge::fit(x, y).predict(x.leftCols(4))), ShapeError);
  Eigen::VectorXd wrong = y;
  wrong(4) = std::nan("");
  CHECK_THROWS_AS(static_cast<void>(Ridge::fit(x, wrong)), DataError);
}

TEST_CASE("The autoregression and its forecasts two steps ahead are numpy's") {
  const std::vector<double> series = golden_series();
  const auto model = Autoregression::fit(std::span(series).first(50), {.order = 3});
  CHECK(model.constant() == doctest::Approx(golden::ar[0]));
  for (std::size_t k = 0; k < 3; ++k) CHECK(model.coefficients()[k] == doctest::Approx(golden::ar[k + 1]));
  const std::vector<double> forecasts = model.forecast(series, 50, 2);
  REQUIRE(forecasts.size() == 10);
  for (std::size_t t = 0; t < 10; ++t) CHECK(forecasts[t] == doctest::Approx(golden::ar_two_ahead[t]));
}

TEST_CASE("A series that obeys its law is forecast exactly, from its beginning on") {
  std::vector<double> series{1.0, 2.0};
  while (series.size() < 40)
    series.push_back(0.5 + 0.9 * series[series.size() - 1] - 0.4 * series[series.size() - 2]);
  const auto model = Autoregression::fit(std::span(series).first(20), {.order = 2});
  CHECK(model.coefficients()[0] == doctest::Approx(0.9));
  CHECK(model.coefficients()[1] == doctest::Approx(-0.4));
  for (const std::size_t horizon : {std::size_t{1}, std::size_t{5}}) {
    const std::size_t first = 1 + horizon;
    const std::vector<double> forecasts = model.forecast(series, first, horizon);
    REQUIRE(forecasts.size() == series.size() - first);
    for (std::size_t i = 0; i < forecasts.size(); ++i)
      CHECK(forecasts[i] == doctest::Approx(series[first + i]));
    CHECK_THROWS_AS(static_cast<void>(model.forecast(series, first - 1, horizon)), ConfigError);
  }
  CHECK_THROWS_AS(static_cast<void>(Autoregression::fit(series, {.order = 0})), ConfigError);
  CHECK_THROWS_AS(static_cast<void>(Autoregression::fit(series, {.order = 40})), ConfigError);
}
