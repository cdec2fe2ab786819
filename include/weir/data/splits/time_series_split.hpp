// Every fold is judged by rows that are later than all it learns from, as a model is in use. Of n rows in the order of
// their times and k folds, fold i (from 0) holds out the t rows from n - (k - i) t on, t = n / (k + 1), and learns from
// all before, but for a gap:
//
//   k = 3      learn  judge
//              learn  learn  judge
//              learn  learn  learn  judge
//
// Those of scikit-learn's TimeSeriesSplit, index by index.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/data/splits/folds.hpp>

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

struct TimeSeriesOptions {
  std::size_t folds = 5;
  std::size_t held_out = 0;      ///< rows that judge; 0: rows / (folds + 1)
  std::size_t gap = 0;           ///< rows before them that are not learned from
  std::size_t max_training = 0;  ///< the latest so many rows are learned from; 0: all
};

/// `order` has the rows from the earliest to the latest, as time_order() gives them. ConfigError when there are too few
/// rows for the folds.
[[nodiscard]] Folds time_series_split(std::span<const std::size_t> order,
                                      const TimeSeriesOptions& options = {});
/// Of rows that stand in the order of their times.
[[nodiscard]] Folds time_series_split(std::size_t rows, const TimeSeriesOptions& options = {});

#if WEIR_BODIES

WEIR_BODY Folds time_series_split(std::span<const std::size_t> order, const TimeSeriesOptions& options) {
  const std::size_t rows = order.size(), folds = options.folds;
  const std::size_t held_out = options.held_out > 0 ? options.held_out : rows / (folds + 1);
  const bool fits = folds >= 2 && held_out > 0 && held_out < rows / folds + 1 &&
                    options.gap < rows - std::min(rows, held_out * folds);
  if (!fits) {
    fail(ErrorKind::config, "a split by time needs 2 or more folds and rows before the first; " +
                                std::to_string(rows) + " rows are too few for " + std::to_string(folds) +
                                " folds of " + std::to_string(held_out) + " rows and a gap of " +
                                std::to_string(options.gap));
  }
  std::vector<std::size_t> place(rows);
  for (std::size_t i = 0; i < rows; ++i) place[order[i]] = i;
  std::vector<Folds::Places> places;
  for (std::size_t first = rows - folds * held_out; first < rows; first += held_out) {
    const std::size_t end = first - options.gap;
    const std::size_t most = options.max_training > 0 ? options.max_training : end;
    places.push_back({{end - std::min(most, end), end}, {first, first + held_out}});
  }
  return {std::move(place), std::move(places)};
}

WEIR_BODY Folds time_series_split(std::size_t rows, const TimeSeriesOptions& options) {
  std::vector<std::size_t> order(rows);
  std::iota(order.begin(), order.end(), std::size_t{0});
  return time_series_split(order, options);
}

#endif

}  // namespace weir::inline WEIR_ABI
