// Whether a pipeline's settings mean something: asked before a file is written and when it is read. Each
// point is one that would make a program that runs the pipeline misbehave (docs/model_format.md lists them).
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/batch.hpp>
#include <weir/core/error.hpp>
#include <weir/pipeline/pipeline.hpp>
#include <weir/pipeline/sample_rule.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace weir::inline WEIR_ABI::detail {

/// Classes that the outputs can name; 0: none.
[[nodiscard]] inline Index classes_of(Task task, Shape output) noexcept {
  if (task == Task::regress) return 0;
  return task == Task::anomaly || output.size() == 1 ? 2 : output.size();
}

/// Why the labels cannot name what the outputs say; empty if they can.
[[nodiscard]] std::string labels_complaint(const LabelRule& labels, Index wanted);

/// Why a record does not give what samples are made of; empty if it does.
[[nodiscard]] inline std::string samples_complaint(const PipelineSettings& settings) {
  if (settings.samples.kind == SampleKind::window && settings.task != Task::regress) {
    return "weir.samples: windows are for forecasts, task regress";
  }
  return sample_complaint(settings.samples, settings.input, settings.preprocess);
}

/// The first point in which the settings make no sense for a net that gives `output`; empty if there is none.
[[nodiscard]] std::string settings_complaint(const PipelineSettings& settings, Shape output);

#if WEIR_BODIES

WEIR_BODY std::string labels_complaint(const LabelRule& labels, Index wanted) {
  const auto count = static_cast<Index>(labels.classes.size());
  if (count != wanted) {
    return "weir.labels: the number of classes, " + std::to_string(count) +
           ", is not the one that the task and the net's outputs name, " + std::to_string(wanted);
  }
  std::vector<std::string_view> names(labels.classes.begin(), labels.classes.end());
  std::sort(names.begin(), names.end());
  if (!names.empty() && names.front().empty()) return "weir.labels: a class has no name";
  if (const auto twin = std::adjacent_find(names.begin(), names.end()); twin != names.end()) {
    return "weir.labels: there are two classes " + in_quotes(*twin);
  }
  const auto known = [&](std::string_view name) {
    return std::binary_search(names.begin(), names.end(), name);
  };
  for (const auto& [label, name] : labels.map) {
    if (!known(name)) return "weir.labels: 'map' names " + in_quotes(name) + ", which is no class";
  }
  if (!labels.otherwise.empty() && !known(labels.otherwise)) {
    return "weir.labels: 'otherwise' names " + in_quotes(labels.otherwise) + ", which is no class";
  }
  return {};
}

WEIR_BODY std::string settings_complaint(const PipelineSettings& settings, Shape output) {
  const auto misfit = [&](const char* what) {
    return "the net gives " + output.str() + " values, which does not fit " + what;
  };
  if (settings.task == Task::anomaly && output != settings.input) return misfit("an autoencoder");
  if (settings.task == Task::regress && output.size() != 1) return misfit("a regression");
  const bool unnamed = settings.task == Task::anomaly && settings.labels.classes.empty();  // benign, anomaly
  const std::string labels =
      unnamed ? "" : labels_complaint(settings.labels, classes_of(settings.task, output));
  if (!labels.empty()) return labels;
  if (!std::isfinite(settings.threshold)) return "weir.threshold is not finite";
  if (!std::isfinite(settings.target.mean)) return "weir.target_mean is not finite";
  if (!(settings.target.deviation > 0.0) || !std::isfinite(settings.target.deviation)) {
    return "weir.target_deviation is not above 0 and finite";
  }
  return samples_complaint(settings);
}

#endif

}  // namespace weir::inline WEIR_ABI::detail
