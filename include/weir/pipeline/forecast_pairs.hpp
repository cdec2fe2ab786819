// Forecasts beside the values that came, step by step, and beside the naive forecast: the last value known.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/batch.hpp>
#include <weir/data/text/finite.hpp>
#include <weir/pipeline/scorer.hpp>

#include <cstddef>
#include <deque>

namespace weir::inline WEIR_ABI {

class ForecastPairs {
 public:
  /// Of forecasts so many steps ahead.
  explicit ForecastPairs(Index horizon) : horizon_(static_cast<std::size_t>(horizon)) {}

  struct Pair {
    bool usable = false;  ///< there is a forecast for this step
    double forecast = 0.0;
    double naive = 0.0;  ///< the last value that was known when the forecast was made; may be NaN
  };

  /// The next step: its value and the forecast made from it. Returns the forecast that was made for it.
  Pair add(double value, const Verdict& verdict) {
    Pair due;
    if (open_.size() == horizon_) {
      due = open_.front();
      open_.pop_front();
    }
    if (is_finite(value)) known_ = value;
    open_.push_back({verdict.usable, verdict.score, known_});
    return due;
  }

 private:
  std::size_t horizon_;
  double known_ = missing_number;  // the last value that was there
  std::deque<Pair> open_{};        // made, and not yet come to pass
};

}  // namespace weir::inline WEIR_ABI
