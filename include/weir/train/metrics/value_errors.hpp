// Errors of numbers, summed up one after the other: e = v - t, v the answer and t the truth.
#pragma once

#include <weir/core/abi.hpp>

#include <cmath>
#include <cstdint>

namespace weir::inline WEIR_ABI {

class ValueErrors {
 public:
  void add(double truth, double value) {
    const double error = value - truth;
    ++rows_;
    absolute_ += std::fabs(error);
    relative_ += std::fabs(error / truth);
    squares_ += error * error;
    // Welford's update, so that a large mean does not eat the variance.
    const double before = truth - truth_mean_;
    truth_mean_ += before / static_cast<double>(rows_);
    truth_squares_ += before * (truth - truth_mean_);
  }

  [[nodiscard]] std::int64_t rows() const noexcept { return rows_; }
  /// Means over the rows; NaN without one.
  [[nodiscard]] double mean_square() const { return squares_ / static_cast<double>(rows_); }
  [[nodiscard]] double mean_absolute() const { return absolute_ / static_cast<double>(rows_); }
  /// Of abs(e / t): infinite or NaN where a truth is 0.
  [[nodiscard]] double mean_relative() const { return relative_ / static_cast<double>(rows_); }
  /// Mean square of the truth's deviations from its mean.
  [[nodiscard]] double variance_of_truth() const { return truth_squares_ / static_cast<double>(rows_); }

 private:
  std::int64_t rows_ = 0;
  double absolute_ = 0.0, relative_ = 0.0, squares_ = 0.0;
  double truth_mean_ = 0.0;
  double truth_squares_ = 0.0;  // of the deviations from the mean
};

}  // namespace weir::inline WEIR_ABI
