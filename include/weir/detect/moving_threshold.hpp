// A threshold that keeps its rate of alarms while traffic changes:
//
//   alarm:     ln t <- ln t + step (1 - rate)
//   no alarm:  ln t <- max(ln t - step rate, ln floor)
//
// A step of stochastic descent on the quantile's loss for each score (Gibbs, Candes, NeurIPS 2021; on the
// logarithm of the threshold, and never below the one it began with). Whatever the scores are, in whatever
// order: when they stay below M times the floor, n of them raise at most
//
//   rate n + ln(M) / step + 1
//
// alarms, for each alarm lifts the threshold by what 1 / rate quiet scores take back. So a busy hour that was
// not seen before, or numbers that grow with time, cost a few alarms and not one for each packet. The price:
// after a loud event the threshold is high for a while, and what is quieter passes. A burst that lifts it M
// times is forgotten after ln(M) / (step rate) scores.
#pragma once

#include <weir/core/abi.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace weir::inline WEIR_ABI {

class MovingThreshold {
 public:
  MovingThreshold() = default;  ///< above every score
  /// `step` 0 keeps it where it is, and so does a threshold that is not above 0.
  MovingThreshold(double threshold, double rate, double step) noexcept
      : threshold_(threshold), floor_(threshold), moves_(threshold > 0.0 && step > 0.0) {
    if (!moves_) return;
    after_alarm_ = std::exp(step * (1.0 - rate));
    after_quiet_ = std::exp(-step * rate);
  }

  [[nodiscard]] double threshold() const noexcept { return threshold_; }
  /// Where it began, and never falls below.
  [[nodiscard]] double floor() const noexcept { return floor_; }
  [[nodiscard]] bool known() const noexcept { return std::isfinite(threshold_); }

  /// Whether this score raises an alarm: it is above the threshold, which then moves.
  bool operator()(double score) noexcept {
    const bool alarm = !(score <= threshold_);
    if (moves_) {
      threshold_ *= alarm ? after_alarm_ : after_quiet_;
      threshold_ = std::clamp(threshold_, floor_, std::numeric_limits<double>::max());
    }
    return alarm;
  }

  [[nodiscard]] bool moves() const noexcept { return moves_; }
  /// Puts it where an earlier one had come to.
  void resume_at(double threshold) noexcept { threshold_ = std::max(threshold, floor_); }

 private:
  double threshold_ = std::numeric_limits<double>::infinity();
  double floor_ = std::numeric_limits<double>::infinity();
  double after_alarm_ = 1.0;
  double after_quiet_ = 1.0;
  bool moves_ = false;
};

}  // namespace weir::inline WEIR_ABI
