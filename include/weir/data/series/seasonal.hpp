// Forecasts of a seasonal series without learning a net: what every forecaster has to beat. And the errors by
// which forecasts are compared.
//
//   naive              y'(t) = y(t - h)
//   seasonal naive     y'(t) = y(t - m p), the smallest m with m p >= h
//   Holt-Winters       level, trend and season, each smoothed exponentially (Winters 1960), with up to two
//                      seasons and a correction for the last error (Taylor 2003). Multiplicative, at time t:
//
//     l = alpha y / (d w) + (1 - alpha)(l' + b')       d = delta y / (l w) + (1 - delta) d'
//     b = beta (l - l') + (1 - beta) b'                w = omega y / (l d') + (1 - omega) w'
//     y'(t + h) = (l + h b) d w + phi^h (y - its one-step forecast)
//
//                      where d and w are the seasons' factors a period back and ' marks the state before.
//                      Additive: subtraction for division, addition for multiplication.
//
//   HoltWinters model = HoltWinters::fit(training, {.period = 24, .second_period = 168});
//   std::vector<double> forecasts = model.forecast(series, first, horizon);
//
//   MAPE = 100/n sum |y' - y| / |y|      sMAPE = 100/n sum 2 |y' - y| / (|y'| + |y|)
//   RMSE = sqrt(1/n sum (y' - y)^2)      MASE = mean |y' - y| / mean |y(t) - y(t - p)| over training
//
// MASE: Hyndman, Koehler 2006.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/data/text/finite.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

namespace detail {

inline void check_forecast(bool fine) {
  if (!fine) fail(ErrorKind::config, "forecast: the series is too short for the horizon or the period");
}

}  // namespace detail

/// Forecasts of steps first, first + 1, ..., each made `horizon` steps earlier.
[[nodiscard]] inline std::vector<double> naive_forecast(std::span<const double> series, std::size_t first,
                                                        std::size_t horizon = 1) {
  detail::check_forecast(horizon > 0 && first >= horizon && first <= series.size());
  return {series.begin() + static_cast<std::ptrdiff_t>(first - horizon),
          series.end() - static_cast<std::ptrdiff_t>(horizon)};
}

[[nodiscard]] inline std::vector<double> seasonal_naive_forecast(std::span<const double> series,
                                                                 std::size_t first, std::size_t period,
                                                                 std::size_t horizon = 1) {
  detail::check_forecast(period > 0 && horizon > 0);
  return naive_forecast(series, first, (horizon + period - 1) / period * period);
}

enum class Season : unsigned char { additive, multiplicative };

struct HoltWintersOptions {
  std::size_t period = 24;
  std::size_t second_period = 0;  ///< a multiple of the first; 0: none
  Season season = Season::multiplicative;
  bool correct_last_error = false;  ///< fit phi as well
};

class HoltWinters {
 public:
  /// alpha, beta, delta and omega from 0 to 1, phi from -1 to 1.
  using Parameters = std::array<double, 5>;

  /// A model with given parameters. Throws ConfigError when the periods make no sense.
  explicit HoltWinters(const HoltWintersOptions& options, const Parameters& parameters = {0.3, 0.0, 0.3, 0.3})
      : options_(options), parameters_(parameters) {
    const bool whole = options.second_period == 0 || options.second_period % options.period == 0;
    if (options.period < 2 || !whole || options.second_period == options.period) {
      fail(ErrorKind::config,
           "Holt-Winters: a period is at least 2, the second one a larger multiple of the first");
    }
  }

  /// Parameters with the least squared one-step error on the series, relative to the values of a
  /// multiplicative one; found by the method of Nelder and Mead (1965). The series begins with the longest
  /// period, twice, from which the first state is taken.
  [[nodiscard]] static HoltWinters fit(std::span<const double> training, const HoltWintersOptions& options);

  [[nodiscard]] const Parameters& parameters() const noexcept { return parameters_; }

  /// Forecasts of steps first, first + 1, ..., each made `horizon` steps earlier from all that was known
  /// then.
  [[nodiscard]] std::vector<double> forecast(std::span<const double> series, std::size_t first,
                                             std::size_t horizon = 1) const {
    check(series);
    detail::check_forecast(horizon > 0 && series.size() >= needed() && first >= horizon &&
                           first <= series.size());
    State state = begin(series);
    std::vector<double> result;
    for (std::size_t t = 0; t + horizon < series.size(); ++t) {
      advance(state, series[t], t);
      if (t + horizon >= first) result.push_back(ahead(state, t, horizon));
    }
    return result;
  }

  /// Values that the first state is taken from.
  [[nodiscard]] std::size_t needed() const noexcept {
    return 2 * std::max(options_.period, options_.second_period);
  }

 private:
  struct State {
    double level = 0.0;
    double trend = 0.0;
    double error = 0.0;  ///< of the last one-step forecast, without its correction
    std::vector<double> season{};
    std::vector<double> second{};
  };

  [[nodiscard]] bool additive() const noexcept { return options_.season == Season::additive; }
  [[nodiscard]] double with(double a, double b) const noexcept { return additive() ? a + b : a * b; }
  [[nodiscard]] double without(double a, double b) const noexcept { return additive() ? a - b : a / b; }
  [[nodiscard]] static double mix(double share, double fresh, double old) noexcept {
    return share * fresh + (1.0 - share) * old;
  }
  /// The factor of the second season at step t; without one, what changes nothing.
  [[nodiscard]] double second_at(const State& state, std::size_t t) const noexcept {
    return state.second.empty() ? (additive() ? 0.0 : 1.0) : state.second[t % state.second.size()];
  }

  void check(std::span<const double> series) const {
    for (const double value : series) {
      if (!is_finite(value)) fail(ErrorKind::data, "Holt-Winters: a value is missing or not finite");
      if (!additive() && !(value > 0.0))
        fail(ErrorKind::data, "Holt-Winters: a multiplicative season needs values above 0");
    }
  }
  [[nodiscard]] State begin(std::span<const double> series) const;
  /// Takes in y, the value of step t.
  void advance(State& state, double y, std::size_t t) const noexcept {
    const auto& [alpha, beta, delta, omega, phi] = parameters_;
    static_cast<void>(phi);
    double& season = state.season[t % state.season.size()];
    const double both = with(season, second_at(state, t));
    state.error = y - with(state.level + state.trend, both);
    const double level = mix(alpha, without(y, both), state.level + state.trend);
    state.trend = mix(beta, level - state.level, state.trend);
    state.level = level;
    const double before = season;
    season = mix(delta, without(without(y, level), second_at(state, t)), season);
    if (state.second.empty()) return;
    double& second = state.second[t % state.second.size()];
    second = mix(omega, without(without(y, level), before), second);
  }
  [[nodiscard]] double ahead(const State& state, std::size_t t, std::size_t horizon) const noexcept {
    const std::size_t step = t + horizon;
    const auto h = static_cast<double>(horizon);
    const double season = with(state.season[step % state.season.size()], second_at(state, step));
    return with(state.level + h * state.trend, season) + std::pow(parameters_[4], h) * state.error;
  }
  /// The mean squared one-step error behind the values of the first state.
  [[nodiscard]] double cost(std::span<const double> series) const;

  HoltWintersOptions options_;
  Parameters parameters_;
};

/// A straight line through the means of the two first cycles, and what is left over in each phase.
inline HoltWinters::State HoltWinters::begin(std::span<const double> series) const {
  const std::size_t cycle = needed() / 2;
  const auto length = static_cast<double>(cycle);
  const auto mean_from = [&](std::size_t first) {
    return std::accumulate(&series[first], &series[first] + cycle, 0.0) / length;
  };
  State state;
  state.trend = (mean_from(cycle) - mean_from(0)) / length;
  state.level = mean_from(0) - state.trend * (length + 1.0) / 2.0;  // one step before the first
  const auto phases = [&](std::size_t period, const std::vector<double>& other) {
    std::vector<double> means(period);
    for (std::size_t t = 0; t < 2 * cycle; ++t) {
      const double line = state.level + state.trend * static_cast<double>(t + 1);
      const double rest = without(series[t], line);
      means[t % period] += (other.empty() ? rest : without(rest, other[t % other.size()])) *
                           static_cast<double>(period) / (2.0 * length);
    }
    return means;
  };
  state.season = phases(options_.period, {});
  if (options_.second_period > 0) state.second = phases(options_.second_period, state.season);
  return state;
}

inline double HoltWinters::cost(std::span<const double> series) const {
  State state = begin(series);
  double sum = 0.0;
  for (std::size_t t = 0; t < series.size(); ++t) {
    if (t >= needed()) {
      const double error = ahead(state, t - 1, 1) - series[t];
      sum += additive() ? error * error : error * error / (series[t] * series[t]);
    }
    advance(state, series[t], t);
  }
  return std::isfinite(sum) ? sum : std::numeric_limits<double>::max();
}

namespace detail {

/// A local minimum of a function near `start`, by the simplex method of Nelder and Mead (1965).
template <class Function>
[[nodiscard]] std::vector<double> nelder_mead(const Function& cost, const std::vector<double>& start,
                                              double size, int evaluations) {
  struct Corner {
    std::vector<double> at;
    double cost;
  };
  const std::size_t n = start.size();
  const auto corner = [&](std::vector<double> at) {
    --evaluations;
    const double value = cost(at);
    return Corner{std::move(at), value};
  };
  std::vector<Corner> simplex{corner(start)};
  for (std::size_t i = 0; i < n; ++i) {
    std::vector<double> at = start;
    at[i] += size;
    simplex.push_back(corner(std::move(at)));
  }
  const auto by_cost = [](const Corner& a, const Corner& b) { return a.cost < b.cost; };
  while (evaluations > 0) {
    std::sort(simplex.begin(), simplex.end(), by_cost);
    std::vector<double> centre(n);
    for (std::size_t k = 0; k < n; ++k) {
      for (std::size_t i = 0; i < n; ++i) centre[i] += simplex[k].at[i] / static_cast<double>(n);
    }
    Corner& worst = simplex.back();
    // The point on the line through the worst corner and the centre: -1 mirrors it, 0.5 moves it half way.
    const auto on_line = [&](double way) {
      std::vector<double> at(n);
      for (std::size_t i = 0; i < n; ++i) at[i] = centre[i] + way * (worst.at[i] - centre[i]);
      return corner(std::move(at));
    };
    Corner mirrored = on_line(-1.0);
    if (mirrored.cost < simplex.front().cost) {
      Corner further = on_line(-2.0);
      worst = further.cost < mirrored.cost ? std::move(further) : std::move(mirrored);
    } else if (mirrored.cost < simplex[n - 1].cost) {
      worst = std::move(mirrored);
    } else if (Corner inner = on_line(mirrored.cost < worst.cost ? -0.5 : 0.5);
               inner.cost < std::min(worst.cost, mirrored.cost)) {
      worst = std::move(inner);
    } else {
      for (std::size_t k = 1; k <= n; ++k) {
        std::vector<double> at = simplex[k].at;
        for (std::size_t i = 0; i < n; ++i) at[i] = (at[i] + simplex[0].at[i]) / 2.0;
        simplex[k] = corner(std::move(at));
      }
    }
  }
  return std::min_element(simplex.begin(), simplex.end(), by_cost)->at;
}

}  // namespace detail

inline HoltWinters HoltWinters::fit(std::span<const double> training, const HoltWintersOptions& options) {
  HoltWinters model(options);
  model.check(training);
  detail::check_forecast(training.size() > model.needed());
  // Searched on the whole line and folded into the open interval.
  const auto share = [](double x) { return 1.0 / (1.0 + std::exp(-x)); };
  const auto parameters = [&](const std::vector<double>& x) {
    Parameters p{share(x[0]), share(x[1]), share(x[2]), 0.0, 0.0};
    std::size_t next = 3;
    if (options.second_period > 0) p[3] = share(x[next++]);
    if (options.correct_last_error) p[4] = 2.0 * share(x[next]) - 1.0;
    return p;
  };
  const auto cost = [&](const std::vector<double>& x) {
    model.parameters_ = parameters(x);
    return model.cost(training);
  };
  // A level that follows slowly and one that follows at once lie in different valleys.
  constexpr int evaluations = 300;
  std::vector<double> best;
  for (const double alpha : {-3.0, 0.0, 2.0}) {
    std::vector<double> start{alpha, -5.0, -1.0};
    if (options.second_period > 0) start.push_back(-1.0);
    if (options.correct_last_error) start.push_back(0.0);
    const std::vector<double> found = detail::nelder_mead(cost, start, 1.0, evaluations);
    if (best.empty() || cost(found) < cost(best)) best = found;
  }
  model.parameters_ = parameters(best);
  return model;
}

/// How far forecasts are from what came.
struct ForecastErrors {
  double mape = 0.0;   ///< per cent of the value
  double smape = 0.0;  ///< per cent of the mean of value and forecast
  double mase = 0.0;   ///< in units of the (seasonal) naive forecast's error in training
  double rmse = 0.0;
};

/// Mean error of the seasonal naive forecast over a training series: the unit of MASE. With period 1 that of
/// the naive one.
[[nodiscard]] inline double naive_error(std::span<const double> training, std::size_t period = 1) {
  detail::check_forecast(period > 0 && training.size() > period);
  double sum = 0.0;
  for (std::size_t t = period; t < training.size(); ++t) sum += std::abs(training[t] - training[t - period]);
  return sum / static_cast<double>(training.size() - period);
}

/// Errors of forecasts of as many values. Percentages exist for values other than 0 only: else they are
/// infinite or NaN.
[[nodiscard]] inline ForecastErrors forecast_errors(std::span<const double> values,
                                                    std::span<const double> forecasts,
                                                    double naive_training_error = 1.0) {
  if (values.size() != forecasts.size() || values.empty()) {
    fail(ErrorKind::shape, "forecast errors: as many forecasts as values are needed, and at least one");
  }
  ForecastErrors sums;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double error = std::abs(forecasts[i] - values[i]);
    sums.mape += error / std::abs(values[i]);
    sums.smape += 2.0 * error / (std::abs(forecasts[i]) + std::abs(values[i]));
    sums.mase += error;
    sums.rmse += error * error;
  }
  const auto n = static_cast<double>(values.size());
  return {100.0 * sums.mape / n, 100.0 * sums.smape / n, sums.mase / n / naive_training_error,
          std::sqrt(sums.rmse / n)};
}

}  // namespace weir::inline WEIR_ABI
