#include <weir/data/series/windows.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <set>
#include <vector>

#include <weir/data/series/calendar.hpp>

using namespace weir;

namespace {

/// Channel c of step t is t + c / 10.
Matrix<float> ramp(Index channels, Index steps) {
  Matrix<float> series(channels, steps);
  for (Index t = 0; t < steps; ++t) {
    for (Index c = 0; c < channels; ++c) series(c, t) = static_cast<float>(t) + static_cast<float>(c) / 10.0F;
  }
  return series;
}

}  // namespace

TEST_CASE("windows: a sample sees the steps before its target, channels fastest") {
  const Matrix<float> series = ramp(2, 10);
  for (const Index horizon : {1, 3}) {
    for (const bool relative : {false, true}) {
      CAPTURE(horizon);
      const WindowOptions options{.window = 4, .horizon = horizon, .target = 1, .relative = relative};
      const WindowSamples samples = windows(series, {0, 10, 0}, options);
      CHECK(samples.shape == Shape{2, 4});
      REQUIRE(static_cast<Index>(samples.steps.size()) == 10 - options.reach());
      CHECK(samples.x.extents() == Extents{8, 10 - options.reach()});
      for (std::size_t i = 0; i < samples.steps.size(); ++i) {
        const Index step = samples.steps[i];
        const auto column = static_cast<Index>(i);
        CHECK(step == column + 3 + horizon);
        for (Index t = 0; t < 4; ++t) {
          for (Index c = 0; c < 2; ++c)
            CHECK(samples.x(t * 2 + c, column) == series(c, step - horizon - 3 + t));
        }
        const float base = relative ? series(1, step - horizon) : 0.0F;
        CHECK(samples.targets[column] == series(1, step) - base);
        CHECK(window_of(series, step, options)[7] == series(1, step - horizon));
      }
    }
  }
}

TEST_CASE("windows: training and test share no target, and training sees nothing of the test") {
  const Matrix<float> series = ramp(1, 101);
  for (const Index window : {1, 5, 12}) {
    for (const Index horizon : {1, 4}) {
      for (const Index stride : {1, 3}) {
        for (const bool gap : {false, true}) {
          const WindowOptions options{.window = window, .horizon = horizon, .stride = stride};
          const SeriesSplit split = split_series(101, 2.0 / 3.0, options, gap);
          CHECK(split.training.last == 67);
          const WindowSamples training = windows(series, split.training, options);
          const WindowSamples test = windows(series, split.test, options);
          std::set<float> training_values, test_targets;
          for (const float value : training.x.span()) training_values.insert(value);
          for (const float value : training.targets.span()) training_values.insert(value);
          for (const float value : test.targets.span()) test_targets.insert(value);
          CHECK(*training_values.rbegin() < 67.0F);
          CHECK(*test_targets.begin() == 67.0F + (gap ? static_cast<float>(options.reach()) : 0.0F));
          if (stride == 1) CHECK(*test_targets.rbegin() == 100.0F);
          if (gap) CHECK(test.x(0, 0) == 67.0F);
          for (std::size_t i = 1; i < test.steps.size(); ++i)
            CHECK(test.steps[i] - test.steps[i - 1] == stride);
        }
      }
    }
  }
}

TEST_CASE("windows: scaling knows the training part only, and is undone exactly") {
  std::vector<std::vector<double>> columns(2);
  for (int t = 0; t < 90; ++t) {
    columns[0].push_back(1e9 * (1.0 + 0.3 * std::sin(t)));
    columns[1].push_back(t < 60 ? t : 1e6);  // after training everything changes
  }
  columns[0][7] = std::numeric_limits<double>::quiet_NaN();
  for (const Scaling scaling : {Scaling::standard, Scaling::log_standard, Scaling::min_max, Scaling::none}) {
    const auto scalers = fit_series(columns, 60, scaling);
    auto changed = columns;
    for (std::size_t t = 60; t < 90; ++t) changed[0][t] = -5.0;
    CHECK(scalers == fit_series(changed, 60, scaling));
    for (const auto& column : columns) {
      const Scaler& scaler = scalers[&column == &columns[0] ? 0 : 1];
      for (const double value : column) {
        if (is_finite(value)) CHECK(unscale(scaler, scaler(value)) == doctest::Approx(value).epsilon(1e-9));
      }
    }
    CHECK(unscale(scalers[1], scalers[1](-17.5)) == doctest::Approx(-17.5));
  }
  const auto scalers = fit_series(columns, 60, Scaling::standard);
  const Matrix<float> series = make_series(columns, scalers);
  CHECK(series.extents() == Extents{2, 90});
  CHECK(series(1, 80) == doctest::Approx(scalers[1](1e6)));
  CHECK(std::isnan(series(0, 7)));
}

TEST_CASE("windows: samples with a missing value are left out, and only those") {
  Matrix<float> series = ramp(2, 20);
  series(1, 9) = std::numeric_limits<float>::quiet_NaN();
  const WindowOptions options{.window = 3, .horizon = 2};
  const WindowSamples samples = windows(series, {0, 20, 0}, options);
  // Step 9 is seen for targets 11, 12 and 13; the target itself is of channel 0, which is not missing.
  CHECK(samples.steps == std::vector<Index>{4, 5, 6, 7, 8, 9, 10, 14, 15, 16, 17, 18, 19});
  series(0, 15) = std::numeric_limits<float>::infinity();
  CHECK(windows(series, {0, 20, 0}, options).steps == std::vector<Index>{4, 5, 6, 7, 8, 9, 10, 14, 16});
}

TEST_CASE("windows: what makes no sense is refused") {
  const Matrix<float> series = ramp(2, 20);
  const auto refused = [&](const WindowOptions& options) {
    CHECK_THROWS_AS(static_cast<void>(windows(series, {0, 20, 0}, options)), ConfigError);
  };
  refused({.window = 0});
  refused({.horizon = 0});
  refused({.stride = 0});
  refused({.target = 2});
  refused({.target = -1});
  CHECK_THROWS_AS(static_cast<void>(windows(series, {0, 21, 0}, {.window = 2})), ShapeError);
  CHECK_THROWS_AS(static_cast<void>(split_series(20, 0.5, {.window = 10})), ConfigError);
  CHECK_NOTHROW(static_cast<void>(split_series(20, 0.5, {.window = 9})));
  CHECK_THROWS_AS(static_cast<void>(split_series(20, 0.5, {.window = 10}, true)), ConfigError);
  CHECK_THROWS_AS(static_cast<void>(split_series(20, 1.0, {.window = 2})), ConfigError);
  CHECK_THROWS_AS(static_cast<void>(split_series(20, std::nan(""), {.window = 2})), ConfigError);
  const std::vector<std::vector<double>> uneven{{1, 2}, {1}};
  CHECK_THROWS_AS(static_cast<void>(make_series(uneven, fit_series(uneven, 1, Scaling::none))), ShapeError);
  const std::vector<std::vector<double>> empty{{std::nan(""), 2}};
  CHECK_THROWS_AS(static_cast<void>(fit_series(empty, 1, Scaling::none)), DataError);
}

TEST_CASE("calendar: times are read, and nothing else") {
  CHECK(parse_time("1970-01-01") == 0);
  CHECK(parse_time("1970-01-02T00:00:07") == 86'407);
  CHECK(parse_time("2005-06-07 07:05") == 1'118'127'900);  // date -u -d '2005-06-07 07:05' +%s
  CHECK(parse_time("2004-02-29 23:59:59") == 1'078'099'199);
  CHECK(parse_time("1969-12-31 23:59:59") == -1);
  for (const char* text :
       {"", "1970", "1970-01", "1970-1-1", "2005-02-29", "2005-13-01", "2005-00-01", "2005-01-01 24:00",
        "2005-01-01 23:60", "2005-01-01 23:59:60", "2005-01-01 23:5", "2005-01-01x", "2005-01-01 23:59:59Z",
        "-2005-01-01", "2005-01-01 ", "1118127900"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_time(text));
  }
}

TEST_CASE("calendar: sine and cosine of day and week") {
  const std::int64_t monday = *parse_time("2005-06-06");
  const auto at = [&](std::int64_t seconds, std::array<double, 4> expected) {
    const auto found = calendar_of(monday + seconds);
    for (std::size_t i = 0; i < 4; ++i)
      CHECK(static_cast<double>(found[i]) == doctest::Approx(expected[i]).epsilon(1e-6));
  };
  const double seventh = 2.0 * 3.14159265358979323846 / 7.0;
  at(0, {0, 1, 0, 1});
  at(6 * 3'600, {1, 0, std::sin(seventh / 4), std::cos(seventh / 4)});
  at(86'400, {0, 1, std::sin(seventh), std::cos(seventh)});
  at(7 * 86'400, {0, 1, 0, 1});
  at(-86'400, {0, 1, std::sin(-seventh), std::cos(seventh)});
  CHECK(calendar_of(std::numeric_limits<std::int64_t>::min())[0] <= 1.0F);

  const Matrix<float> series = ramp(2, 3);
  const std::vector<std::int64_t> times{monday, monday + 3'600, monday + 7'200};
  const Matrix<float> more = with_calendar(series, times);
  CHECK(more.extents() == Extents{6, 3});
  for (Index t = 0; t < 3; ++t) {
    CHECK(more(1, t) == series(1, t));
    CHECK(more(3, t) == calendar_of(times[static_cast<std::size_t>(t)])[1]);
  }
  CHECK_THROWS_AS(static_cast<void>(with_calendar(series, std::span(times).first(2))), ShapeError);
}
