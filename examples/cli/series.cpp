#include "series.hpp"

#include "near_names.hpp"

#include <weir/core/error.hpp>
#include <weir/data/moments.hpp>
#include <weir/data/split.hpp>
#include <weir/data/windows.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <utility>

namespace cli {

namespace {

/// A series is made of numbers.
void refuse_texts(const weir::Table& table, const TrainOptions& options) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < table.columns(); ++i) {
    if (!table.numeric(i)) names.push_back(table.schema().columns[i].name);
  }
  if (names.empty()) return;
  std::string list;
  for (const std::string& name : names) list += (list.empty() ? "" : ",") + name;
  weir::fail(weir::ErrorKind::data, options.table + ": a series is made of numbers, and " + name_list(names) +
                                        " holds texts: --drop " + list);
}

[[nodiscard]] weir::Table steps_of(const weir::Table& table, std::size_t first, std::size_t last) {
  std::vector<std::size_t> rows(last - first);
  std::iota(rows.begin(), rows.end(), first);
  return table.take(rows);
}

[[nodiscard]] weir::Dataset<float> dataset(const weir::WindowSamples& samples) {
  weir::Dataset<float> data;
  data.x = samples.x;
  data.shape = samples.shape;
  data.targets = samples.targets;
  return data;
}

void scale(weir::Dataset<float>& data, const weir::TargetScale& target) {
  for (float& value : data.targets.span()) {
    value = static_cast<float>((static_cast<double>(value) - target.mean) / target.deviation);
  }
}

}  // namespace

void prepare_series(Preparation& prepared, weir::Table table, const TrainOptions& options,
                    const weir::PreprocessOptions& rules) {
  refuse_texts(table, options);
  const auto steps = static_cast<weir::Index>(table.rows());
  const weir::WindowOptions windows{.window = *options.window,
                                    .horizon = options.horizon,
                                    .target = static_cast<weir::Index>(table.index_of(options.label)),
                                    .relative = true};
  weir::StepRange training{0, steps, 0}, validation{steps, steps, 0};
  if (options.validation > 0.0) {
    const weir::SeriesSplit split = weir::split_series(steps, 1.0 - options.validation, windows);
    training = split.training;
    validation = split.test;
  }
  const auto boundary = static_cast<std::size_t>(training.last);
  prepared.preprocess = weir::Preprocessor::fit(weir::training_rows(steps_of(table, 0, boundary)), rules);

  weir::Matrix<float> series = prepared.preprocess.transform(table);
  const auto values = table.numbers(options.label);
  for (weir::Index step = 0; step < steps; ++step) {
    const bool there = weir::is_finite(values[static_cast<std::size_t>(step)]);
    if (there) continue;
    series(windows.target, step) = static_cast<float>(weir::missing_number);  // no target is made up
    ++prepared.unlabelled;
  }
  prepared.training = dataset(weir::windows(series, training, windows));
  if (prepared.training.rows() < 2) {
    weir::fail(weir::ErrorKind::data, options.table + ": " + std::to_string(boundary) +
                                          " steps to learn from give fewer than two windows of " +
                                          std::to_string(windows.window) + " steps without a gap");
  }
  const std::span<const float> targets = prepared.training.targets.span();
  const weir::Moments m = weir::moments(std::vector<double>(targets.begin(), targets.end()));
  prepared.target = {m.mean, m.deviation > 0.0 ? m.deviation : 1.0};
  scale(prepared.training, prepared.target);
  prepared.input = prepared.training.shape;
  prepared.samples = {.kind = weir::SampleKind::window,
                      .horizon = windows.horizon,
                      .target = windows.target,
                      .relative = windows.relative};
  prepared.rows = table.rows();
  if (options.validation == 0.0) return;
  prepared.validation = dataset(weir::windows(series, validation, windows));
  scale(prepared.validation, prepared.target);
  const auto reach = static_cast<std::size_t>(windows.reach());
  prepared.history = std::min(boundary, reach);
  prepared.held_back = steps_of(table, boundary - prepared.history, table.rows());
}

ForecastPairs::Pair ForecastPairs::add(double value, const weir::Verdict& verdict) {
  Pair due;
  if (open_.size() == horizon_) {
    due = open_.front();
    open_.pop_front();
  }
  if (weir::is_finite(value)) known_ = value;
  open_.push_back({verdict.usable, verdict.score, known_});
  return due;
}

}  // namespace cli
