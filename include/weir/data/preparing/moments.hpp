// Mean, standard deviation (of the population: divided by n) and range of finite numbers.
//
// Two passes, over numbers divided by a power of two near the largest, which is exact and keeps even 1e308
// from overflowing; each sum is kept in two doubles (Neumaier 1974), so that the order of rows hardly
// matters.
#pragma once

#include <weir/core/abi.hpp>

#include <algorithm>
#include <cmath>
#include <span>

namespace weir::inline WEIR_ABI {

struct Moments {
  double mean = 0;
  double deviation = 0;
  double smallest = 0;
  double largest = 0;
};

namespace detail {

class CompensatedSum {
 public:
  void add(double value) noexcept {
    const double sum = sum_ + value;
    rest_ += std::abs(sum_) >= std::abs(value) ? (sum_ - sum) + value : (value - sum) + sum_;
    sum_ = sum;
  }
  [[nodiscard]] double value() const noexcept { return sum_ + rest_; }

 private:
  double sum_ = 0;
  double rest_ = 0;
};

}  // namespace detail

/// Of no numbers at all: zeros.
[[nodiscard]] inline Moments moments(std::span<const double> numbers) noexcept {
  if (numbers.empty()) return {};
  const auto [smallest, largest] = std::minmax_element(numbers.begin(), numbers.end());
  const double magnitude = std::max(std::abs(*smallest), std::abs(*largest));
  if (magnitude == 0) return {};
  const int exponent = std::clamp(std::ilogb(magnitude), -1'000, 1'000);
  const double up = std::ldexp(1.0, exponent);
  const double down = std::ldexp(1.0, -exponent);
  const auto count = static_cast<double>(numbers.size());
  detail::CompensatedSum sum;
  for (const double number : numbers) sum.add(number * down);
  const double mean = sum.value() / count;
  detail::CompensatedSum squares;
  for (const double number : numbers) {
    const double distance = number * down - mean;
    squares.add(distance * distance);
  }
  return {mean * up, std::sqrt(squares.value() / count) * up, *smallest, *largest};
}

}  // namespace weir::inline WEIR_ABI
