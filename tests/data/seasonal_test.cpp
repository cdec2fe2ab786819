#include <weir/data/series/seasonal.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstdlib>
#include <string>
#include <vector>

#include <weir/core/rng.hpp>
#include <weir/data/formats/csv.hpp>

using namespace weir;

namespace {

/// Level and trend, two seasons of 4 and 12 steps, and noise, multiplied or added.
std::vector<double> made_up(std::size_t steps, Season season, double noise, bool second = true) {
  Rng rng(RngKey{7});
  std::vector<double> series;
  for (std::size_t t = 0; t < steps; ++t) {
    const double line = 100.0 + 0.25 * static_cast<double>(t);
    const double first = std::sin(1.5707963267948966 * static_cast<double>(t % 4));
    const double slow = second ? std::sin(0.5235987755982988 * static_cast<double>(t % 12)) : 0.0;
    const double random = noise * (rng.uniform() - 0.5);
    series.push_back(season == Season::additive
                         ? line + 20.0 * first + 10.0 * slow + random
                         : line * (1.0 + 0.2 * first) * (1.0 + 0.1 * slow) * (1.0 + random));
  }
  return series;
}

double mape_from(const std::vector<double>& series, std::size_t first, const std::vector<double>& forecasts) {
  return forecast_errors(std::span(series).subspan(first), forecasts).mape;
}

}  // namespace

TEST_CASE("naive and seasonal naive look back the right number of steps") {
  std::vector<double> series;
  for (int t = 0; t < 20; ++t) series.push_back(t);
  CHECK(naive_forecast(series, 18) == std::vector<double>{17, 18});
  CHECK(naive_forecast(series, 18, 3) == std::vector<double>{15, 16});
  CHECK(seasonal_naive_forecast(series, 18, 5) == std::vector<double>{13, 14});
  CHECK(seasonal_naive_forecast(series, 18, 5, 5) == std::vector<double>{13, 14});
  CHECK(seasonal_naive_forecast(series, 18, 5, 6) == std::vector<double>{8, 9});
  CHECK(naive_forecast(series, 20).empty());
  CHECK_THROWS_AS(static_cast<void>(naive_forecast(series, 2, 3)), ConfigError);
  CHECK_THROWS_AS(static_cast<void>(naive_forecast(series, 21)), ConfigError);
  CHECK_THROWS_AS(static_cast<void>(seasonal_naive_forecast(series, 4, 5)), ConfigError);
  CHECK_THROWS_AS(static_cast<void>(naive_forecast(series, 2, 0)), ConfigError);
}

TEST_CASE("errors by hand") {
  const std::vector<double> values{10, 20, 40}, forecasts{11, 18, 40};
  const ForecastErrors errors = forecast_errors(values, forecasts, 2.0);
  CHECK(errors.mape == doctest::Approx(100.0 * (0.1 + 0.1) / 3));
  CHECK(errors.smape == doctest::Approx(100.0 * (2.0 / 21 + 4.0 / 38) / 3));
  CHECK(errors.mase == doctest::Approx(1.0 / 2.0));
  CHECK(errors.rmse == doctest::Approx(std::sqrt(5.0 / 3)));
  CHECK(naive_error(std::vector<double>{1, 3, 2, 6}) == doctest::Approx(7.0 / 3));
  CHECK(naive_error(std::vector<double>{1, 3, 2, 6}, 2) == doctest::Approx(2.0));
  CHECK_THROWS_AS(static_cast<void>(forecast_errors(values, std::span(forecasts).first(2))), ShapeError);
  CHECK_THROWS_AS(static_cast<void>(naive_error(values, 3)), ConfigError);
}

TEST_CASE("Holt-Winters: a series without noise is forecast exactly (additive) or nearly so") {
  for (const Season season : {Season::additive, Season::multiplicative}) {
    const std::vector<double> series = made_up(200, season, 0.0, false);
    for (const double share : {0.0, 0.1, 0.7}) {
      HoltWinters model({.period = 4, .season = season}, {share, share, share, 0.0, 0.0});
      for (const std::size_t horizon : {std::size_t{1}, std::size_t{3}, std::size_t{9}}) {
        const std::vector<double> forecasts = model.forecast(series, 50, horizon);
        REQUIRE(forecasts.size() == 150);
        // Noise-free, but the multiplicative state is estimated from cycle means: near, not exact.
        const double tolerance = season == Season::additive ? 1e-9 : share == 0.0 ? 3.0 : 1.0;
        CHECK(mape_from(series, 50, forecasts) < tolerance);
      }
    }
  }
  const std::vector<double> flat_line(60, 5.0);
  CHECK(mape_from(flat_line, 20, HoltWinters({.period = 4}).forecast(flat_line, 20)) < 1e-12);
}

TEST_CASE("Holt-Winters: one step by hand") {
  // Two cycles of two steps: means 3 and 5, so trend 1 a step, level 1.5 before the first; the line at steps
  // 0 to 3 is 2.5, 3.5, 4.5, 5.5 and the seasons are the means of what is left over.
  const std::vector<double> series{2, 4, 4, 6, 7};
  const double alpha = 0.5, beta = 0.25, delta = 0.125;
  const HoltWinters model({.period = 2, .season = Season::additive}, {alpha, beta, delta, 0.0, 0.0});
  double level = 1.5, trend = 1.0, season[2] = {(2 - 2.5 + 4 - 4.5) / 2, (4 - 3.5 + 6 - 5.5) / 2};
  std::vector<double> expected;
  for (std::size_t t = 0; t < 4; ++t) {
    double& s = season[t % 2];
    const double next = alpha * (series[t] - s) + (1 - alpha) * (level + trend);
    trend = beta * (next - level) + (1 - beta) * trend;
    level = next;
    s = delta * (series[t] - level) + (1 - delta) * s;
    expected.push_back(level + trend + season[(t + 1) % 2]);
  }
  const std::vector<double> found = model.forecast(series, 1);
  REQUIRE(found.size() == 4);
  for (std::size_t i = 0; i < 4; ++i) CHECK(found[i] == doctest::Approx(expected[i]).epsilon(1e-12));
}

TEST_CASE("Holt-Winters: fitted parameters beat the usual ones and the naive forecasts") {
  for (const Season season : {Season::additive, Season::multiplicative}) {
    const std::vector<double> series = made_up(600, season, season == Season::additive ? 6.0 : 0.05);
    const std::vector<double> training(series.begin(), series.begin() + 400);
    const HoltWintersOptions one{.period = 4, .season = season};
    const HoltWintersOptions two{.period = 4, .second_period = 12, .season = season};
    const double single = mape_from(series, 400, HoltWinters::fit(training, one).forecast(series, 400));
    const HoltWinters both = HoltWinters::fit(training, two);
    const double fitted = mape_from(series, 400, both.forecast(series, 400));
    CHECK(fitted < mape_from(series, 400, HoltWinters(two).forecast(series, 400)));
    CHECK(fitted < 0.7 * single);
    CHECK(fitted < 0.5 * mape_from(series, 400, naive_forecast(series, 400)));
    CHECK(fitted < mape_from(series, 400, seasonal_naive_forecast(series, 400, 12)));
    // What comes after training has no say.
    CHECK(both.parameters() == HoltWinters::fit(training, two).parameters());
    for (const double p : both.parameters()) CHECK((p >= 0.0 && p <= 1.0));
    CHECK(both.parameters()[4] == 0.0);
  }
}

TEST_CASE("Holt-Winters: the correction takes up errors that follow one another") {
  std::vector<double> series = made_up(500, Season::additive, 0.0, false);
  Rng rng(RngKey{3});
  double error = 0.0;
  for (double& value : series) {
    error = 0.8 * error + 4.0 * (rng.uniform() - 0.5);
    value += error;
  }
  const std::span<const double> training = std::span(series).first(350);
  const HoltWinters plain = HoltWinters::fit(training, {.period = 4, .season = Season::additive});
  const HoltWinters corrected =
      HoltWinters::fit(training, {.period = 4, .season = Season::additive, .correct_last_error = true});
  CHECK(corrected.parameters()[4] > 0.4);
  CHECK(mape_from(series, 350, corrected.forecast(series, 350)) <
        mape_from(series, 350, plain.forecast(series, 350)));
}

TEST_CASE("Holt-Winters: what makes no sense is refused") {
  const std::vector<double> series = made_up(40, Season::additive, 1.0);
  CHECK_THROWS_AS(HoltWinters({.period = 1}), ConfigError);
  CHECK_THROWS_AS(HoltWinters({.period = 4, .second_period = 10}), ConfigError);
  CHECK_THROWS_AS(HoltWinters({.period = 4, .second_period = 4}), ConfigError);
  CHECK_THROWS_AS(static_cast<void>(HoltWinters::fit(series, {.period = 20})), ConfigError);
  CHECK_THROWS_AS(static_cast<void>(HoltWinters({.period = 4}).forecast(series, 41)), ConfigError);
  CHECK_THROWS_AS(static_cast<void>(HoltWinters({.period = 21}).forecast(series, 30)), ConfigError);
  std::vector<double> hole = series;
  hole[30] = missing_number;
  CHECK_THROWS_AS(static_cast<void>(HoltWinters::fit(hole, {.period = 4})), DataError);
  hole[30] = 0.0;
  CHECK_THROWS_AS(static_cast<void>(HoltWinters::fit(hole, {.period = 4})), DataError);
  CHECK_NOTHROW(static_cast<void>(HoltWinters::fit(hole, {.period = 4, .season = Season::additive})));
}

TEST_CASE("the naive errors of the ISP's traffic are those of its README") {
  const char* data = std::getenv("WEIR_DATA");
  if (data == nullptr) {
    MESSAGE("SKIPPED: WEIR_DATA not set");
    return;
  }
  const std::string folder = std::string(data) + "/isp-traffic-volume/";
  const auto naive = [&](const char* name) {
    const Table table = read_csv(folder + name, {.kinds = {{"time", ColumnKind::ignore}}});
    const auto bits = table.numbers("bits");
    const std::vector<double> series(bits.begin(), bits.end());
    const std::size_t first = series.size() - series.size() / 3;
    return mape_from(series, first, naive_forecast(series, first));
  };
  CHECK(naive("eu_5min.csv") == doctest::Approx(3.07).epsilon(0.002));
  CHECK(naive("eu_hourly.csv") == doctest::Approx(11.60).epsilon(0.001));
}
