// Scaling of a number x to x' = (f(x) - shift) / scale, where f is the identity or the signed logarithm.
//
//   none          x
//   standard      mean 0, standard deviation 1 on the training rows
//   min_max       smallest 0, largest 1 on the training rows
//   log_...       the same after f(x) = sign(x) * log(1 + |x|): for counts and times, whose tails are long
//   rank          the share of training rows below x, between `landmarks` by interpolation: for any shape
#pragma once

#include <weir/core/abi.hpp>

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace weir::inline WEIR_ABI {

enum class Scaling : std::uint8_t { none, standard, min_max, log_standard, log_min_max, rank };
[[nodiscard]] constexpr std::array<std::string_view, 6> names_of(Scaling) {
  return {"none", "standard", "min_max", "log_standard", "log_min_max", "rank"};
}

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
  /// Rank only: equally frequent steps of the training numbers, ascending.
  std::vector<double> landmarks = {};

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

}  // namespace detail

inline double Scaler::operator()(double x) const noexcept {
  if (scaling == Scaling::rank) return detail::rank_among(landmarks, x);
  return ((takes_log(scaling) ? signed_log(x) : x) - shift) / scale;
}

/// The number that a scaler made `scaled` of; not for Scaling::rank, which loses it.
[[nodiscard]] inline double unscale(const Scaler& scaler, double scaled) noexcept {
  assert(scaler.scaling != Scaling::rank);
  const double x = scaled * scaler.scale + scaler.shift;
  return takes_log(scaler.scaling) ? std::copysign(std::expm1(std::abs(x)), x) : x;
}

}  // namespace weir::inline WEIR_ABI
