// The test of Page and Hinkley: has the mean of a sequence of numbers changed? (Page, Biometrika 41, 1954;
// Hinkley, Biometrika 58, 1971; in the form of Mouss and others, 2004.)
//
//   mean_n = mean of x_1 ... x_n
//   up:    U_n = sum (x_i - mean_i - delta),  alarm when U_n - min U > lambda
//   down:  L_n = sum (x_i - mean_i + delta),  alarm when max L - L_n > lambda
//
// delta is the change that does not matter, lambda how much evidence an alarm takes: a shift by s is noticed
// after about lambda / (s - delta) numbers, and fewer false alarms cost later ones. After an alarm it starts
// anew. One number costs O(1), the state is six numbers. A NaN is left out, for it has no mean; infinity is a
// change by itself.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace weir::inline WEIR_ABI {

struct PageHinkleyOptions {
  double delta = 0.005;
  double lambda = 50.0;
  std::uint64_t warm_up = 30;  ///< numbers before the first alarm
};

enum class Drift : std::int8_t { down = -1, none = 0, up = 1 };

class PageHinkley {
 public:
  explicit PageHinkley(const PageHinkleyOptions& options = {}) : options_(options) {
    if (!(options.delta >= 0.0)) fail(ErrorKind::config, "PageHinkley: delta must not be negative");
    if (!(options.lambda > 0.0)) fail(ErrorKind::config, "PageHinkley: lambda must be above 0");
  }

  /// Takes in a number; says whether the mean has changed with it, and which way.
  Drift add(double x) noexcept {
    if (std::isnan(x)) return Drift::none;
    if (std::isinf(x)) {
      *this = PageHinkley(options_);
      return x > 0.0 ? Drift::up : Drift::down;
    }
    ++count_;
    mean_ += (x - mean_) / static_cast<double>(count_);
    up_ += x - mean_ - options_.delta;
    down_ += x - mean_ + options_.delta;
    lowest_ = std::min(lowest_, up_);
    highest_ = std::max(highest_, down_);
    if (count_ < options_.warm_up) return Drift::none;
    const bool rises = up_ - lowest_ > options_.lambda, falls = highest_ - down_ > options_.lambda;
    if (!rises && !falls) return Drift::none;
    *this = PageHinkley(options_);
    return rises ? Drift::up : Drift::down;
  }

  /// Numbers since the start or the last alarm, and their mean.
  [[nodiscard]] std::uint64_t count() const noexcept { return count_; }
  [[nodiscard]] double mean() const noexcept { return mean_; }

 private:
  PageHinkleyOptions options_;
  std::uint64_t count_ = 0;
  double mean_ = 0.0, up_ = 0.0, down_ = 0.0, lowest_ = 0.0, highest_ = 0.0;
};

}  // namespace weir::inline WEIR_ABI
