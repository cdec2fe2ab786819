// A table as one time series: a row is a step, a column a channel. What is learned is the value of one column
// some steps ahead. Called by make_samples (table_samples.hpp) for SampleOptions::window.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/core/near_names.hpp>
#include <weir/data/preparing/moments.hpp>
#include <weir/data/preparing/preprocess.hpp>
#include <weir/data/series/windows.hpp>
#include <weir/data/tables/split.hpp>
#include <weir/data/tables/table.hpp>
#include <weir/data/text/finite.hpp>
#include <weir/pipeline/sample_options.hpp>
#include <weir/pipeline/samples.hpp>

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI::detail {

/// The error's beginning: the name of the table, if it has one.
[[nodiscard]] inline std::string in_source(const SampleOptions& options) {
  return options.source.empty() ? std::string() : options.source + ": ";
}

/// A regression learns (y - mean) / deviation.
[[nodiscard]] inline TargetScale target_scale(std::vector<double> values) {
  const Moments m = moments(std::move(values));
  return {m.mean, m.deviation > 0.0 ? m.deviation : 1.0};
}

inline void refuse_texts_in_series(const Table& table, const SampleOptions& options) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < table.columns(); ++i) {
    if (!table.numeric(i)) names.push_back(table.schema().columns[i].name);
  }
  if (names.empty()) return;
  fail(ErrorKind::data, in_source(options) + "a series is made of numbers, and " + name_list(names) +
                            " holds texts: " + option_word(options.words, "drop", names));
}

[[nodiscard]] inline Table steps_of(const Table& table, std::size_t first, std::size_t last) {
  std::vector<std::size_t> rows(last - first);
  std::iota(rows.begin(), rows.end(), first);
  return table.take(rows);
}

[[nodiscard]] inline Dataset<float> dataset_of(WindowSamples samples) {
  Dataset<float> data;
  data.x = std::move(samples.x);
  data.shape = samples.shape;
  data.targets = std::move(samples.targets);
  return data;
}

inline void scale_targets(Dataset<float>& data, const TargetScale& target) {
  for (float& value : data.targets.span()) {
    value = static_cast<float>((static_cast<double>(value) - target.mean) / target.deviation);
  }
}

/// The encoded steps, channels x steps; where the target is missing, it stays so: none is made up.
[[nodiscard]] inline Matrix<float> encoded_series(const Preprocessor& preprocess, const Table& table,
                                                  const SampleOptions& options, Index target,
                                                  std::size_t& unlabelled) {
  Matrix<float> series = preprocess.transform(table);
  const auto values = table.numbers(options.label);
  for (std::size_t step = 0; step < values.size(); ++step) {
    if (is_finite(values[step])) continue;
    series(target, static_cast<Index>(step)) = static_cast<float>(missing_number);
    ++unlabelled;
  }
  return series;
}

/// Samples of windows. `table` holds all columns that are not dropped, the label among them.
[[nodiscard]] inline Samples window_samples(Samples samples, const Table& table,
                                            const SampleOptions& options) {
  refuse_texts_in_series(table, options);
  samples.gaps.add(table);
  const auto steps = static_cast<Index>(table.rows());
  const WindowOptions rule{.window = options.window,
                           .horizon = options.horizon,
                           .target = static_cast<Index>(table.index_of(options.label)),
                           .relative = true};
  StepRange training{0, steps, 0}, validation{steps, steps, 0};
  if (options.validation > 0.0) {
    const SeriesSplit split = split_series(steps, 1.0 - options.validation, rule);
    training = split.training;
    validation = split.test;
  }
  const auto boundary = static_cast<std::size_t>(training.last);
  PipelineSettings& settings = samples.settings;
  settings.preprocess = Preprocessor::fit(training_rows(steps_of(table, 0, boundary)), encoding_of(options));
  const Matrix<float> series =
      encoded_series(settings.preprocess, table, options, rule.target, samples.unlabelled);
  samples.training = dataset_of(windows(series, training, rule));
  if (samples.training.rows() < 2) {
    fail(ErrorKind::data, in_source(options) + std::to_string(boundary) +
                              " steps to learn from give fewer than two windows of " +
                              std::to_string(rule.window) + " steps without a gap");
  }
  const std::span<const float> targets = samples.training.targets.span();
  settings.target = target_scale({targets.begin(), targets.end()});
  scale_targets(samples.training, settings.target);
  settings.input = samples.training.shape;
  settings.samples = {
      .kind = SampleKind::window, .horizon = rule.horizon, .target = rule.target, .relative = rule.relative};
  samples.rows = table.rows();
  if (options.validation == 0.0) return samples;
  samples.validation = dataset_of(windows(series, validation, rule));
  scale_targets(samples.validation, settings.target);
  samples.history = std::min(boundary, static_cast<std::size_t>(rule.reach()));
  samples.held_back = steps_of(table, boundary - samples.history, table.rows());
  return samples;
}

}  // namespace weir::inline WEIR_ABI::detail
