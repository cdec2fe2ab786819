// Scaling of a number x to x' = (f(x) - shift) / scale, where f is the identity or the signed logarithm.
//
//   none          x
//   standard      mean 0, standard deviation 1 on the training rows
//   min_max       smallest 0, largest 1 on the training rows
//   log_...       the same after f(x) = sign(x) * log(1 + |x|): for counts and times, whose tails are long
//   rank          the share of training rows below x, between `landmarks` by interpolation: for any shape
#pragma once

#include <weir/core/abi.hpp>
#include <weir/data/moments.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace weir::inline WEIR_ABI {

enum class Scaling : std::uint8_t { none, standard, min_max, log_standard, log_min_max, rank };

[[nodiscard]] constexpr bool takes_log(Scaling scaling) noexcept {
  return scaling == Scaling::log_standard || scaling == Scaling::log_min_max;
}

[[nodiscard]] inline double signed_log(double x) noexcept {
  return std::copysign(std::log1p(std::abs(x)), x);
}

/// A fitted scaling; plain numbers.
struct Scaler {
  Scaling scaling = Scaling::none;
  double shift = 0;
  double scale = 1;
  std::vector<double> landmarks =
      {};  ///< rank only: equally frequent steps of the training numbers, ascending

  [[nodiscard]] double operator()(double x) const noexcept;
  friend bool operator==(const Scaler&, const Scaler&) = default;
};

namespace detail {

[[nodiscard]] inline double rank_among(std::span<const double> landmarks, double x) noexcept {
  if (x <= landmarks.front()) return 0;
  if (x >= landmarks.back()) return 1;
  const auto last = static_cast<double>(landmarks.size() - 1);
  const auto position = [&](auto place) { return static_cast<double>(place - landmarks.begin()); };
  const auto [lower, upper] = std::equal_range(landmarks.begin(), landmarks.end(), x);
  if (lower != upper) return (position(lower) + position(upper) - 1) / 2 / last;  // the middle of equal ones
  const double below = *(lower - 1);
  const double width = *lower - below;
  return (position(lower) - 1 + (x / width - below / width)) / last;
}

/// Landmarks at the quantiles i / (count - 1), between two numbers by interpolation.
[[nodiscard]] inline std::vector<double> quantiles(std::vector<double> numbers, std::size_t count) {
  std::sort(numbers.begin(), numbers.end());
  std::vector<double> result;
  for (std::size_t i = 0; i < count; ++i) {
    const double place =
        static_cast<double>(i) / static_cast<double>(count - 1) * static_cast<double>(numbers.size() - 1);
    const auto below = static_cast<std::size_t>(place);
    const double share = place - static_cast<double>(below);
    const double next = numbers[std::min(below + 1, numbers.size() - 1)];
    result.push_back(share == 0 ? numbers[below] : (1 - share) * numbers[below] + share * next);
  }
  std::sort(result.begin(), result.end());  // rounding must not put them out of order
  return result;
}

}  // namespace detail

inline double Scaler::operator()(double x) const noexcept {
  if (scaling == Scaling::rank) return detail::rank_among(landmarks, x);
  return ((takes_log(scaling) ? signed_log(x) : x) - shift) / scale;
}

/// Fits to finite numbers, at least one.
[[nodiscard]] inline Scaler fit_scaler(Scaling scaling, std::vector<double> numbers) {
  constexpr std::size_t most_landmarks = 256;
  if (scaling == Scaling::none) return {scaling};
  if (scaling == Scaling::rank) {
    const std::size_t count = std::clamp<std::size_t>(numbers.size(), 2, most_landmarks);
    return {.scaling = scaling, .landmarks = detail::quantiles(std::move(numbers), count)};
  }
  if (takes_log(scaling)) std::transform(numbers.begin(), numbers.end(), numbers.begin(), signed_log);
  const Moments m = moments(numbers);
  const bool standard = scaling == Scaling::standard || scaling == Scaling::log_standard;
  const double shift = standard ? m.mean : m.smallest;
  const double width = standard ? m.deviation : m.largest - m.smallest;
  const double scale = std::min(width, std::numeric_limits<double>::max());
  return {.scaling = scaling, .shift = shift, .scale = scale > 0 ? scale : 1};
}

}  // namespace weir::inline WEIR_ABI
