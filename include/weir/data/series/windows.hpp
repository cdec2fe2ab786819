// Windows over a time series: from evenly spaced steps to samples that a net can learn from.
//
//   channels x steps, column by column; a sample of target step t sees the `window` steps up to t - horizon:
//
//     ... [ t-horizon-window+1 ... t-horizon ] ... t            x = these steps, channels x window
//
//   const SeriesSplit split = split_series(steps, 2.0 / 3, options);
//   const auto scalers = fit_series(columns, split.training.last, Scaling::log_standard);
//   const Matrix<float> series = make_series(columns, scalers);
//   const WindowSamples training = windows(series, split.training, options);
//
// Steps are divided in time: training samples see and aim at steps before the boundary only, test samples aim
// at steps behind it. Their windows may reach back over it, because a forecaster knows the past; with a gap
// they may not. Scaling is fitted to the training steps.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/batch.hpp>
#include <weir/core/error.hpp>
#include <weir/core/tensor.hpp>
#include <weir/data/preparing/scale.hpp>
#include <weir/data/text/finite.hpp>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <iterator>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

struct WindowOptions {
  Index window = 24;      ///< steps that a sample sees
  Index horizon = 1;      ///< steps from the last of them to the target
  Index stride = 1;       ///< steps from one target to the next
  Index target = 0;       ///< channel to forecast
  bool relative = false;  ///< the target is its difference from the last step that the sample sees

  /// Steps before the first that can be a target.
  [[nodiscard]] constexpr Index reach() const noexcept { return window + horizon - 1; }
};

/// Steps [first, last) whose values may be targets, and the first step that their samples may see.
struct StepRange {
  Index first = 0;
  Index last = 0;
  Index seen_from = 0;
  friend bool operator==(const StepRange&, const StepRange&) = default;
};

struct SeriesSplit {
  StepRange training;
  StepRange test;
};

namespace detail {

void check_windows(Index channels, const WindowOptions& options);

/// Targets of a range: the first that has a whole window before it, then every `stride` steps.
[[nodiscard]] inline std::vector<Index> target_steps(const StepRange& range, const WindowOptions& options) {
  std::vector<Index> steps;
  const Index first = std::max(range.first, range.seen_from + options.reach());
  for (Index step = first; step < range.last; step += options.stride) steps.push_back(step);
  return steps;
}

/// For each step how many steps up to it, itself included, miss no value in a row.
[[nodiscard]] std::vector<Index> steps_since_missing(const Matrix<float>& series);

#if WEIR_BODIES

WEIR_BODY void check_windows(Index channels, const WindowOptions& options) {
  if (options.window < 1 || options.horizon < 1 || options.stride < 1) {
    fail(ErrorKind::config, "windows: window, horizon and stride must be positive");
  }
  if (options.target < 0 || options.target >= channels) {
    fail(ErrorKind::config, "windows: there is no channel " + std::to_string(options.target));
  }
}

WEIR_BODY std::vector<Index> steps_since_missing(const Matrix<float>& series) {
  const Index channels = series.extents()[0];
  std::vector<Index> result;
  Index whole = 0;
  for (Index step = 0; step < series.extents()[1]; ++step) {
    const std::span<const float> values(series.data() + step * channels, static_cast<std::size_t>(channels));
    const bool fine = std::all_of(values.begin(), values.end(),
                                  [](float value) { return is_finite(static_cast<double>(value)); });
    whole = fine ? whole + 1 : 0;
    result.push_back(whole);
  }
  return result;
}

#endif

}  // namespace detail

/// The first `share` of the steps for training, the others for the test. With `gap`, test samples see no
/// training step either. Throws ConfigError when a part would be empty.
[[nodiscard]] SeriesSplit split_series(Index steps, double share, const WindowOptions& options,
                                       bool gap = false);

/// Samples in order of time.
struct WindowSamples {
  Matrix<float> x;           ///< (channels * window) x samples
  Matrix<float> targets;     ///< 1 x samples
  Shape shape;               ///< of one sample: channels, window
  std::vector<Index> steps;  ///< the target of each sample
};

/// The window of the sample whose target is `step`: channels x window numbers, without a copy.
[[nodiscard]] inline std::span<const float> window_of(const Matrix<float>& series, Index step,
                                                      const WindowOptions& options) noexcept {
  assert(step >= options.reach());
  const Index channels = series.extents()[0];
  return {series.data() + (step - options.reach()) * channels,
          static_cast<std::size_t>(channels * options.window)};
}

/// All samples whose targets are in the range. A sample with a value that is missing (not finite), in its
/// window or as its target, is left out: forecasts are neither made from nor measured by made-up values.
[[nodiscard]] WindowSamples windows(const Matrix<float>& series, const StepRange& range,
                                    const WindowOptions& options);

/// A scaler for each column, fitted to its first `training` values; those that are missing do not count.
[[nodiscard]] std::vector<Scaler> fit_series(std::span<const std::vector<double>> columns, Index training,
                                             Scaling scaling);

/// Scaled columns of equal length as channels x steps; what is missing stays NaN.
[[nodiscard]] Matrix<float> make_series(std::span<const std::vector<double>> columns,
                                        std::span<const Scaler> scalers);

#if WEIR_BODIES

WEIR_BODY SeriesSplit split_series(Index steps, double share, const WindowOptions& options, bool gap) {
  if (!(share > 0.0 && share < 1.0)) fail(ErrorKind::config, "windows: the share is not between 0 and 1");
  const auto boundary = static_cast<Index>(std::llround(share * static_cast<double>(steps)));
  const SeriesSplit split{{0, boundary, 0}, {boundary, steps, gap ? boundary : 0}};
  for (const StepRange& range : {split.training, split.test}) {
    if (detail::target_steps(range, options).empty()) {
      fail(ErrorKind::config,
           "windows: " + std::to_string(steps) + " steps are too few for two parts with windows of " +
               std::to_string(options.window) + " steps and a horizon of " + std::to_string(options.horizon));
    }
  }
  return split;
}

WEIR_BODY WindowSamples windows(const Matrix<float>& series, const StepRange& range,
                                const WindowOptions& options) {
  const Index channels = series.extents()[0];
  detail::check_windows(channels, options);
  if (range.seen_from < 0 || range.first < 0 || range.last > series.extents()[1]) {
    fail(ErrorKind::shape, "windows: the range leaves the series");
  }
  const std::vector<Index> since = detail::steps_since_missing(series);
  WindowSamples samples;
  samples.shape = {channels, options.window};
  for (const Index step : detail::target_steps(range, options)) {
    const bool seen = since[static_cast<std::size_t>(step - options.horizon)] >= options.window;
    if (seen && is_finite(static_cast<double>(series(options.target, step)))) samples.steps.push_back(step);
  }
  const auto count = static_cast<Index>(samples.steps.size());
  samples.x = Matrix<float>(samples.shape.size(), count);
  samples.targets = Matrix<float>(Index{1}, count);
  for (Index i = 0; i < count; ++i) {
    const Index step = samples.steps[static_cast<std::size_t>(i)];
    const std::span<const float> seen = window_of(series, step, options);
    std::copy(seen.begin(), seen.end(), samples.x.data() + i * samples.shape.size());
    const float base = options.relative ? series(options.target, step - options.horizon) : 0.0F;
    samples.targets[i] = series(options.target, step) - base;
  }
  return samples;
}

WEIR_BODY std::vector<Scaler> fit_series(std::span<const std::vector<double>> columns, Index training,
                                         Scaling scaling) {
  std::vector<Scaler> scalers;
  for (const std::vector<double>& column : columns) {
    const std::size_t count = std::min(static_cast<std::size_t>(training), column.size());
    std::vector<double> known;
    std::copy_if(column.begin(), column.begin() + static_cast<std::ptrdiff_t>(count),
                 std::back_inserter(known), [](double value) { return is_finite(value); });
    if (known.empty()) fail(ErrorKind::data, "windows: a channel has no number in its training part");
    scalers.push_back(fit_scaler(scaling, std::move(known)));
  }
  return scalers;
}

WEIR_BODY Matrix<float> make_series(std::span<const std::vector<double>> columns,
                                    std::span<const Scaler> scalers) {
  if (columns.empty() || columns.size() != scalers.size()) {
    fail(ErrorKind::shape, "windows: a series needs a scaler for each of its channels");
  }
  Matrix<float> series(columns.size(), columns[0].size());
  for (std::size_t c = 0; c < columns.size(); ++c) {
    const std::vector<double>& column = columns[c];
    if (column.size() != columns[0].size()) fail(ErrorKind::shape, "windows: channels differ in length");
    for (std::size_t step = 0; step < column.size(); ++step) {
      const double value = is_finite(column[step]) ? scalers[c](column[step]) : missing_number;
      series.data()[step * columns.size() + c] = static_cast<float>(value);
    }
  }
  return series;
}

#endif

}  // namespace weir::inline WEIR_ABI
