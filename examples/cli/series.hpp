// A table as one time series: a row is a step, a column a channel. What is learned is the value of one column
// some steps ahead.
#pragma once

#include "commands.hpp"
#include "model.hpp"
#include "preparation.hpp"

#include <weir/data/finite.hpp>
#include <weir/data/table.hpp>

#include <cstddef>
#include <deque>
#include <vector>

namespace cli {

/// `table` holds all columns that are not dropped, the label among them.
void prepare_series(Preparation& prepared, weir::Table table, const TrainOptions& options,
                    const weir::PreprocessOptions& rules);

/// Sets forecasts beside the values that came, step by step.
class ForecastPairs {
 public:
  explicit ForecastPairs(weir::Index horizon) : horizon_(static_cast<std::size_t>(horizon)) {}

  struct Pair {
    bool usable = false;  ///< there is a forecast for this step
    double forecast = 0.0;
    double naive = 0.0;  ///< the last value that was known when the forecast was made; may be NaN
  };
  /// The next step: its value and the forecast made from it. Returns the forecast that was made for it.
  Pair add(double value, const weir::Verdict& verdict);

 private:
  std::size_t horizon_;
  double known_ = weir::missing_number;  // the last value that was there
  std::deque<Pair> open_;                // made, and not yet come to pass
};

}  // namespace cli
