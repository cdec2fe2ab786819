// Fitting a Scaler (data/preparing/scaler.hpp) to the numbers of the training rows.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/quantile.hpp>
#include <weir/data/preparing/moments.hpp>
#include <weir/data/preparing/scaler.hpp>

#include <algorithm>
#include <cstddef>
#include <limits>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

namespace detail {

/// Landmarks at the quantiles i / (count - 1).
[[nodiscard]] inline std::vector<double> quantiles(std::vector<double> numbers, std::size_t count) {
  std::sort(numbers.begin(), numbers.end());
  std::vector<double> result;
  for (std::size_t i = 0; i < count; ++i) {
    result.push_back(sorted_quantile(numbers, static_cast<double>(i) / static_cast<double>(count - 1)));
  }
  std::sort(result.begin(), result.end());  // rounding must not put them out of order
  return result;
}

}  // namespace detail

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
