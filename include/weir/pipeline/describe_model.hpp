// A model in words, as `weir inspect` prints it.
//
//   const auto pipeline = load_any("ids.weir");
//   std::fputs(describe_model(pipeline, summary(pipeline.net, pipeline.input)).c_str(), stdout);
//
//   What it reads
//     column    kind         features  treatment
//     bytes     numeric             1  log_standard; 12.5 if missing
//     proto     categorical         4  one-hot: 3 values or unknown
//
//   Net (5 features)
//     ...
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/plain_text.hpp>
#include <weir/data/preparing/gaps_text.hpp>
#include <weir/data/preparing/preprocessor.hpp>
#include <weir/models/summary.hpp>
#include <weir/pipeline/pipeline.hpp>
#include <weir/pipeline/sample_rule.hpp>

#include <algorithm>
#include <cstddef>
#include <string>

namespace weir::inline WEIR_ABI {

/// What it reads, its net, what it says and how it was trained, each under a heading.
[[nodiscard]] std::string describe_model(const PipelineSettings& model, const NetSummary& net);

/// What becomes of a column of numbers: "log_standard; 12.5 if missing".
[[nodiscard]] std::string treatment_text(const NumericPlan& plan);

/// What the net reads: "41 features", "windows of 24 steps x 3 channels, to forecast 'load' 1 step ahead".
[[nodiscard]] std::string input_text(const PipelineSettings& model);

namespace detail {

/// A table of the columns.
[[nodiscard]] std::string columns_text(const Preprocessor& preprocess);

/// Classes, threshold, statistics of its training.
[[nodiscard]] std::string verdicts_text(const PipelineSettings& model);

#if WEIR_BODIES

WEIR_BODY std::string columns_text(const Preprocessor& preprocess) {
  std::size_t width = 6;
  for (const Column& column : preprocess.schema.columns) width = std::max(width, column.name.size());
  width = std::min<std::size_t>(width, 40);
  std::string text = "  " + pad_right("column", width) + "  kind         features  treatment\n";
  const auto add = [&](const std::string& name, const char* kind, std::size_t features,
                       const std::string& how) {
    text += "  " + pad_right(name.substr(0, width), width) + "  " + pad_right(kind, 11) +
            pad_left(std::to_string(features), 10) + "  " + how + "\n";
  };
  preprocess.each_column([&](const NumericPlan& plan,
                             auto...) { add(plan.name, "numeric", plan.features(), treatment_text(plan)); },
                         [&](const CategoricalPlan& plan, auto...) {
                           add(plan.name, "categorical", plan.features(),
                               "one-hot: " + count_text(plan.categories.size(), "value") + " or unknown");
                         });
  return text;
}

WEIR_BODY std::string verdicts_text(const PipelineSettings& model) {
  std::string text, classes;
  for (const std::string& name : model.labels.classes) classes += (classes.empty() ? "" : ", ") + name;
  if (!model.labels.classes.empty()) text += "  classes      " + brief_list(classes) + "\n";
  if (!model.labels.column.empty()) text += "  label        " + model.labels.column + "\n";
  if (model.has_threshold()) text += "  alarm from   " + number_text(model.threshold) + "\n";
  if (!model.reference.empty())
    text += "  drift        statistics of its training are there: watch --drift\n";
  return text;
}

#endif

}  // namespace detail

#if WEIR_BODIES

WEIR_BODY std::string treatment_text(const NumericPlan& plan) {
  if (!plan.used) return "not used: constant in training";
  return std::string(name_of(plan.scaler.scaling)) + "; " + stand_in_text(plan) + " if missing";
}

WEIR_BODY std::string input_text(const PipelineSettings& model) {
  const SampleRule& rule = model.samples;
  const std::string steps =
      count_text(model.input.length, "step") + " x " + count_text(model.input.channels, "channel");
  switch (rule.kind) {
    case SampleKind::features: break;
    case SampleKind::sequence: return "sequences of up to " + steps;
    case SampleKind::image:
      return "images of " + std::to_string(rule.rows) + " x " + std::to_string(rule.columns) + " pixels, " +
             (rule.pixel_scale == 1.0 ? "codes from 0 to 255"
                                      : "each times " + number_text(rule.pixel_scale)) +
             ", as " + steps;
    case SampleKind::window:
      return "windows of " + steps + ", to forecast '" + model.labels.column + "' " +
             count_text(rule.horizon, "step") + " ahead";
  }
  return count_text(model.input.size(), "feature");
}

WEIR_BODY std::string describe_model(const PipelineSettings& model, const NetSummary& net) {
  std::string text;
  if (model.takes_records()) text += "What it reads\n" + detail::columns_text(model.preprocess) + "\n";
  text += "Net (" + input_text(model) + ")\n" + to_text(net) + "\n";
  text += "What it says\n" + detail::verdicts_text(model) + "\nHow it was trained\n";
  for (const auto& [name, value] : model.record)
    text += "  " + pad_right(name, 22) + " " + brief_list(value) + "\n";
  return text;
}

#endif

}  // namespace weir::inline WEIR_ABI
