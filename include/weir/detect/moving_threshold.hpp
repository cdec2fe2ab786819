// A threshold that keeps its rate of alarms while traffic changes:
//
//   alarm:     ln t <- ln t + step (1 - rate), unless t has come to most * floor
//   no alarm:  ln t <- max(ln t - step rate, ln floor)
//
// A step of stochastic descent on the quantile's loss for each score (Gibbs, Candes, NeurIPS 2021; on the
// logarithm of the threshold, between bounds). Whatever the scores are, in whatever order: while they
// stay below `most` times the floor, n of them raise at most
//
//   rate n + ln(most) / step + 1
//
// alarms, for each alarm lifts the threshold by what 1 / rate quiet scores take back. So a busy hour that was
// not seen before, or numbers that grow with time, cost a few alarms and not one for each packet. What is
// louder than `most` times the floor always raises an alarm, whatever came before it. The price: after an
// event that is not so loud the threshold is high for up to ln(most) / (step rate) scores, and what is
// quieter passes.
#pragma once

#include <weir/core/abi.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace weir::inline WEIR_ABI {

class MovingThreshold {
 public:
  MovingThreshold() = default;  ///< above every score
  /// It moves between `threshold` and `most` times that. `step` 0 keeps it where it is, and so does a
  /// threshold that is not above 0.
  MovingThreshold(double threshold, double rate, double step, double most = 100.0) noexcept
      : level_(threshold), floor_(threshold), ceiling_(threshold) {
    if (!(threshold > 0.0 && step > 0.0 && most > 1.0)) return;
    ceiling_ = std::min(most * threshold, std::numeric_limits<double>::max());
    after_alarm_ = std::exp(step * (1.0 - rate));
    after_quiet_ = std::exp(-step * rate);
  }

  [[nodiscard]] double threshold() const noexcept { return std::min(level_, ceiling_); }
  /// Where it began, and never falls below.
  [[nodiscard]] double floor() const noexcept { return floor_; }
  [[nodiscard]] bool known() const noexcept { return std::isfinite(floor_); }
  [[nodiscard]] bool moves() const noexcept { return ceiling_ > floor_; }

  /// Whether this score raises an alarm: it is above the threshold, which then moves.
  bool operator()(double score) noexcept {
    const bool alarm = !(score <= threshold());
    if (!moves()) return alarm;
    if (!alarm) {
      level_ = std::max(floor_, level_ * after_quiet_);
    } else if (level_ < ceiling_) {
      level_ *= after_alarm_;
    }
    return alarm;
  }

  /// What a threshold with the same bounds has to resume at to go on as this one does.
  [[nodiscard]] double level() const noexcept { return level_; }
  void resume_at(double level) noexcept {
    if (moves()) level_ = std::clamp(level, floor_, ceiling_ * after_alarm_);
  }

 private:
  double level_ = std::numeric_limits<double>::infinity();  ///< above the ceiling by one step at most
  double floor_ = std::numeric_limits<double>::infinity();
  double ceiling_ = std::numeric_limits<double>::infinity();
  double after_alarm_ = 1.0;
  double after_quiet_ = 1.0;
};

}  // namespace weir::inline WEIR_ABI
