// From scores of normal traffic to the score from which on there is an alarm.
//
//   quantile    the score of rank ceil((n + 1) (1 - rate)) of n; the largest where n is too small
//   log_normal  ln(score) is taken for normal with mean m and deviation s:  exp(m + s z),  P(Z > z) = rate
//   largest     factor times the largest score
//
// `rate` is the share of normal scores that may alarm. Among n + 1 scores of one law every rank of the last
// one is equally likely, so it exceeds the score of that rank with probability `rate` at most, whatever the
// law (Vovk, Gammerman, Shafer 2005; Papadopoulos and others 2002): n scores carry rates from 1 / (n + 1) on.
// It holds for scores that nothing was fitted to. The log-normal fit is how Kitsune-py turns errors into
// probabilities (example.py: norm.logsf of the logarithm); it looks beyond the scores it saw, and is wrong
// where they are not log-normal.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/core/quantile.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace weir::inline WEIR_ABI {

namespace detail {

/// ln P(Z > z) for a standard normal Z, also where P itself would be 0.
[[nodiscard]] inline double log_normal_tail(double z) noexcept {
  constexpr double half_root = 0.70710678118654752440;
  if (z < 30.0) return std::log(0.5 * std::erfc(z * half_root));
  // The asymptotic series (Abramowitz, Stegun 26.2.12); its error at 30 is below 1e-10.
  const double q = 1.0 / (z * z);
  return -0.5 * z * z - std::log(z) - 0.91893853320467274178 + std::log1p(-q * (1.0 - q * (3.0 - 15.0 * q)));
}

/// Throws NumericError on a NaN, which has no rank, or with `finite` on infinity.
inline void check_scores(std::span<const double> scores, bool finite) {
  for (std::size_t i = 0; i < scores.size(); ++i) {
    if (std::isnan(scores[i]) || (finite && std::isinf(scores[i]))) {
      fail(ErrorKind::numeric, "score " + std::to_string(i) + " of " + std::to_string(scores.size()) +
                                   " is NaN or infinite: no threshold can be told from it");
    }
  }
}

/// z with P(Z > z) = rate, 0 < rate < 1.
[[nodiscard]] inline double normal_tail_point(double rate) noexcept {
  const double target = std::log(rate);
  double low = -40.0, high = 40.0;
  for (int i = 0; i < 200 && low < high; ++i) {
    const double middle = low + 0.5 * (high - low);
    if (middle == low || middle == high) break;
    (log_normal_tail(middle) > target ? low : high) = middle;
  }
  return low;
}

}  // namespace detail

/// The log-normal law of positive scores.
struct LogNormal {
  double mean = 0.0, deviation = 0.0;  ///< of ln(score)

  /// By moments, over the scores above 0. DataError without any, NumericError when one is not finite.
  [[nodiscard]] static LogNormal fit(std::span<const double> scores) {
    detail::check_scores(scores, true);
    double sum = 0.0, count = 0.0;
    for (const double score : scores) {
      if (score > 0.0) sum += std::log(score), count += 1.0;
    }
    if (count == 0.0) fail(ErrorKind::data, "a log-normal law needs scores above 0");
    LogNormal law{sum / count, 0.0};
    for (const double score : scores) {
      if (score > 0.0) law.deviation += std::pow(std::log(score) - law.mean, 2);
    }
    law.deviation = std::sqrt(law.deviation / count);
    return law;
  }

  /// ln P(a normal score is larger); NaN for NaN.
  [[nodiscard]] double log_tail(double score) const noexcept {
    if (score <= 0.0) return 0.0;
    const double distance = std::log(score) - mean;
    if (deviation == 0.0) return distance > 0.0 ? -HUGE_VAL : 0.0;
    return detail::log_normal_tail(distance / deviation);
  }
  /// The score that normal ones exceed with probability `rate`, 0 < rate < 1.
  [[nodiscard]] double threshold(double rate) const noexcept {
    return std::exp(mean + deviation * detail::normal_tail_point(rate));
  }

  friend bool operator==(const LogNormal&, const LogNormal&) = default;
};

/// The q quantile, 0 <= q <= 1. DataError without scores, NumericError when one is NaN.
[[nodiscard]] inline double score_quantile(std::span<const double> scores, double q) {
  if (scores.empty()) fail(ErrorKind::data, "a quantile needs scores");
  if (!(q >= 0.0 && q <= 1.0)) fail(ErrorKind::config, "a quantile lies between 0 and 1");
  detail::check_scores(scores, false);
  std::vector<double> sorted(scores.begin(), scores.end());
  std::sort(sorted.begin(), sorted.end());
  return sorted_quantile(sorted, q);
}

/// How many normal scores a rate of false alarms needs, 0 < rate < 1: 99 for one in a hundred.
[[nodiscard]] inline std::size_t scores_needed(double rate) {
  if (!(rate > 0.0 && rate < 1.0)) {
    fail(ErrorKind::config, "the rate of false alarms must lie between 0 and 1");
  }
  return static_cast<std::size_t>(std::max(1.0, std::ceil(1.0 / rate - 1e-9) - 1.0));
}

/// The smallest of these normal scores that a further one exceeds with probability `rate` at most; the
/// largest of them when they are fewer than scores_needed(rate). DataError without scores, NumericError when
/// one is NaN or the answer is infinite.
[[nodiscard]] inline double exceeded_at_rate(std::span<const double> scores, double rate) {
  const bool enough = scores.size() >= scores_needed(rate);
  if (scores.empty()) fail(ErrorKind::data, "a threshold needs scores");
  detail::check_scores(scores, false);
  std::vector<double> sorted(scores.begin(), scores.end());
  const auto n = static_cast<double>(sorted.size());
  const auto above = enough ? static_cast<std::size_t>((n + 1.0) * rate + 1e-9) - 1 : std::size_t{0};
  const auto place = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() - 1 - above);
  std::nth_element(sorted.begin(), place, sorted.end());
  if (!std::isfinite(*place)) {
    fail(ErrorKind::numeric, "more normal scores are not finite than may raise an alarm");
  }
  return *place;
}

/// The same for a judge that raises an alarm from its threshold on, as a Scorer does. DataError also with
/// fewer scores than the rate needs.
[[nodiscard]] inline double alarm_threshold(std::span<const double> scores, double rate) {
  if (scores.size() < scores_needed(rate)) {
    fail(ErrorKind::data, "a rate of false alarms of " + std::to_string(rate) + " needs " +
                              std::to_string(scores_needed(rate)) + " normal scores; there are " +
                              std::to_string(scores.size()));
  }
  return std::nextafter(exceeded_at_rate(scores, rate), HUGE_VAL);
}

enum class ThresholdRule : std::uint8_t { log_normal, quantile, largest };

struct ThresholdOptions {
  ThresholdRule rule = ThresholdRule::quantile;
  double rate = 1e-4;   ///< log_normal, quantile
  double factor = 1.0;  ///< largest
  double step = 0.5;    ///< how fast a MovingThreshold follows; 0: it stays
  double most = 100.0;  ///< how far it moves: at most to so many times what it was set to
};

/// ConfigError when the options make no sense; DataError and NumericError when the scores do not serve.
[[nodiscard]] inline double score_threshold(std::span<const double> scores, const ThresholdOptions& options) {
  if (!(options.rate > 0.0 && options.rate < 1.0)) {
    fail(ErrorKind::config, "the rate of false alarms must lie between 0 and 1");
  }
  if (!(options.factor > 0.0 && std::isfinite(options.factor))) {
    fail(ErrorKind::config, "the factor of the largest score must be above 0");
  }
  switch (options.rule) {
    case ThresholdRule::log_normal: return LogNormal::fit(scores).threshold(options.rate);
    case ThresholdRule::quantile: return exceeded_at_rate(scores, options.rate);
    case ThresholdRule::largest: return options.factor * score_quantile(scores, 1.0);
  }
  fail(ErrorKind::config, "unknown rule for the threshold");
}

}  // namespace weir::inline WEIR_ABI
