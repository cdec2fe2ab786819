// All that turns a record into a verdict, as one value: how records are encoded, the net, and what its
// outputs mean. `save` and `load` keep it in one file (io/); a Scorer runs it (scorer.hpp); `learn` makes one
// from a table (learn.hpp).
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/batch.hpp>
#include <weir/data/labels/label_rule.hpp>
#include <weir/data/preparing/preprocessor.hpp>
#include <weir/data/preparing/scaler.hpp>
#include <weir/detect/reconstruction.hpp>
#include <weir/detect/reference_statistics.hpp>
#include <weir/pipeline/sample_rule.hpp>
#include <weir/pipeline/task.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

/// A regression's target y is learned as (y - mean) / deviation; a forecast's after the scaling of its
/// column.
struct TargetScale {
  double mean = 0.0;
  double deviation = 1.0;
  friend bool operator==(const TargetScale&, const TargetScale&) = default;
};

/// Everything but the net.
struct PipelineSettings {
  Task task = Task::classify;
  Shape input{};                    ///< of one sample, as the net sees it
  Preprocessor preprocess{};        ///< from records to samples; without columns, samples come ready-made
  SampleRule samples{};             ///< what a record is to a sample
  LabelRule labels{};               ///< classes; an anomaly model has "benign" and "anomaly"
  double threshold = 0.5;           ///< from this score on, a record raises an alarm (two classes, anomaly)
  ReconstructionError errors{};     ///< anomaly
  TargetScale target{};             ///< regress
  ReferenceStatistics reference{};  ///< of the training, to notice drift by; may be empty
  std::vector<std::pair<std::string, std::string>> record{};  ///< how it was trained: for people to read

  [[nodiscard]] bool takes_records() const noexcept { return !preprocess.schema.columns.empty(); }
  /// Whether verdicts depend on the threshold: with two classes, and for anomalies.
  [[nodiscard]] bool has_threshold() const noexcept {
    return task == Task::anomaly || (task == Task::classify && labels.classes.size() == 2);
  }
  /// The number that a regression's output means; `last` is the last step of the sample.
  template <class T>
  [[nodiscard]] double value_of(T output, std::span<const T> last) const noexcept {
    double value = target.mean + target.deviation * static_cast<double>(output);
    if (samples.kind != SampleKind::window) return value;
    const auto channel = static_cast<std::size_t>(samples.target);
    if (samples.relative) value += static_cast<double>(last[channel]);
    return unscale(preprocess.numeric[channel].scaler, value);
  }
  friend bool operator==(const PipelineSettings&, const PipelineSettings&) = default;
};

template <class Net>
struct Pipeline : PipelineSettings {
  Net net;
};

}  // namespace weir::inline WEIR_ABI
