// Count, sum, mean, standard deviations, least and greatest of whole numbers (bytes, nanoseconds), exactly:
// the sums of values and squares are integers, so the order does not matter, merging loses nothing, and equal
// values have a deviation of exactly 0.
//
//   variance = (n Σx² - (Σx)²) / (n (n - 1)) of a sample, / n² of a population
#pragma once

#include <weir/core/abi.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

namespace weir::inline WEIR_ABI {

class FlowMoments {
 public:
  void add(std::uint64_t x) noexcept {
    ++count_;
    sum_ += x;
    const Wide square = Wide{x} * x;
    const auto low = static_cast<std::uint64_t>(square);
    squares_low_ += low;
    squares_high_ += static_cast<std::uint64_t>(square >> 64) + (squares_low_ < low ? 1 : 0);
    min_ = std::min(min_, x);
    max_ = std::max(max_, x);
  }
  /// A gap between packets; -1, that of a first packet, is none.
  void add_gap(std::int64_t gap_ns) noexcept {
    if (gap_ns >= 0) add(static_cast<std::uint64_t>(gap_ns));
  }
  void merge(const FlowMoments& other) noexcept {
    count_ += other.count_;
    sum_ += other.sum_;
    squares_low_ += other.squares_low_;
    squares_high_ += other.squares_high_ + (squares_low_ < other.squares_low_ ? 1 : 0);
    min_ = std::min(min_, other.min_);
    max_ = std::max(max_, other.max_);
  }

  [[nodiscard]] std::uint64_t count() const noexcept { return count_; }
  [[nodiscard]] std::uint64_t sum() const noexcept { return sum_; }
  // Of no values: zeros.
  [[nodiscard]] std::uint64_t min() const noexcept { return count_ == 0 ? 0 : min_; }
  [[nodiscard]] std::uint64_t max() const noexcept { return max_; }
  [[nodiscard]] double mean() const noexcept {
    return count_ == 0 ? 0.0 : static_cast<double>(sum_) / static_cast<double>(count_);
  }
  /// Divided by n - 1; 0 of fewer than two values.
  [[nodiscard]] double sample_variance() const noexcept {
    if (count_ < 2) return 0.0;
    const auto n = static_cast<double>(count_);
    return spread() / (n * (n - 1));
  }
  [[nodiscard]] double sample_std() const noexcept { return std::sqrt(sample_variance()); }
  /// Divided by n.
  [[nodiscard]] double population_std() const noexcept {
    return count_ == 0 ? 0.0 : std::sqrt(spread()) / static_cast<double>(count_);
  }

 private:
  __extension__ typedef unsigned __int128 Wide;  // NOLINT: __extension__ keeps -Wpedantic quiet

  /// n Σx² - (Σx)².
  [[nodiscard]] double spread() const noexcept {
    if (count_ == 0 || min_ == max_) return 0.0;
    // Both terms fit into 128 bits: the second is not above the first.
    if (squares_high_ < std::numeric_limits<std::uint64_t>::max() / count_) {
      const Wide squares = (Wide{squares_high_} << 64) | squares_low_;
      return static_cast<double>(squares * count_ - Wide{sum_} * sum_);
    }
    const auto n = static_cast<double>(count_);
    const auto sum = static_cast<double>(sum_);
    const double squares = static_cast<double>(squares_high_) * 0x1p64 + static_cast<double>(squares_low_);
    return std::max(0.0, n * squares - sum * sum);
  }

  std::uint64_t count_ = 0;
  std::uint64_t sum_ = 0;
  std::uint64_t squares_high_ = 0, squares_low_ = 0;
  std::uint64_t min_ = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t max_ = 0;
};

}  // namespace weir::inline WEIR_ABI
