// What stands in for a number that is missing or infinite.
//
// mean, median, the most frequent number (of equally frequent ones the smallest), or a constant. All are
// found on the training rows; a column without any number there gets the constant.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/data/preparing/moments.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace weir::inline WEIR_ABI {

enum class Impute : std::uint8_t { mean, median, most_frequent, constant };
[[nodiscard]] constexpr std::array<std::string_view, 4> names_of(Impute) {
  return {"mean", "median", "most_frequent", "constant"};
}

namespace detail {

[[nodiscard]] inline double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) return *middle;
  const double below = *std::max_element(values.begin(), middle);
  return below / 2 + *middle / 2;  // the sum could overflow
}

[[nodiscard]] inline double most_frequent(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  double best = values.front();
  std::ptrdiff_t longest = 0;
  for (auto first = values.begin(); first != values.end();) {
    const auto last = std::upper_bound(first, values.end(), *first);
    if (last - first > longest) {
      longest = last - first;
      best = *first;
    }
    first = last;
  }
  return best;
}

}  // namespace detail

/// The stand-in, from the finite numbers of a column.
[[nodiscard]] inline double fit_impute(Impute impute, double constant, const std::vector<double>& numbers) {
  if (numbers.empty()) return constant;
  switch (impute) {
    case Impute::mean: return moments(numbers).mean;
    case Impute::median: return detail::median(numbers);
    case Impute::most_frequent: return detail::most_frequent(numbers);
    case Impute::constant: return constant;
  }
  return constant;
}

}  // namespace weir::inline WEIR_ABI
