// A cross-validation in words: a line for each fold, each metric over the folds, and the confusion of all of them.
//
//   std::fputs(to_text(result).c_str(), stdout);
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/plain_text.hpp>
#include <weir/pipeline/assessment_text.hpp>
#include <weir/pipeline/cross_validation.hpp>
#include <weir/train/metrics.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

namespace weir::inline WEIR_ABI {

[[nodiscard]] std::string to_text(const CrossValidation& result);

namespace detail {

[[nodiscard]] std::string fold_table(const CrossValidation& result);
[[nodiscard]] std::string summary_table(const CrossValidation& result);

#if WEIR_BODIES

WEIR_BODY std::string fold_table(const CrossValidation& result) {
  constexpr std::size_t most_lines = 40;
  const Task task = result.pooled.task;
  std::size_t width = 6;
  for (const FoldResult& fold : result.folds)
    width = std::max(width, std::min<std::size_t>(fold.name.size(), 32));
  const bool seeds = result.seeds > 1;
  std::string text = "  " + pad_right("part", width) + (seeds ? pad_left("seed", 8) : "") +
                     pad_left("learned", 10) + pad_left("judged", 10);
  for (const MetricSummary& summary : result.summaries) {
    const std::string heading = fold_heading(summary.metric, task);
    if (!heading.empty()) text += pad_left(heading, 12);
  }
  text += "\n";
  for (std::size_t i = 0; i < std::min(result.folds.size(), most_lines); ++i) {
    const FoldResult& fold = result.folds[i];
    text += "  " + pad_right(fold.name.empty() ? "(none)" : fold.name.substr(0, 32), width) +
            (seeds ? pad_left(std::to_string(fold.seed), 8) : "") +
            pad_left(std::to_string(fold.rows_trained), 10) +
            pad_left(std::to_string(fold.held_out.rows), 10);
    for (const Measure& measure : fold.held_out.measures) {
      if (fold_heading(measure.metric.text, task).empty()) continue;
      const bool counts = counts_in(measure, fold.held_out);
      text += pad_left(counts ? figure_text(measure.metric.text, measure.value) : "-", 12);
    }
    text += "\n";
  }
  if (result.folds.size() > most_lines)
    text += "  and " + std::to_string(result.folds.size() - most_lines) + " more\n";
  return text;
}

WEIR_BODY std::string summary_table(const CrossValidation& result) {
  const bool classes = result.pooled.task != Task::regress;
  std::string text = "  " + pad_right("", 20) + pad_left("mean", 12) + pad_left("deviation", 12) +
                     pad_left("lowest", 12) + pad_left("highest", 12) +
                     (classes ? pad_left("all rows", 12) : "") + "\n";
  for (const MetricSummary& summary : result.summaries) {
    const MetricText& metric = summary.metric;
    if (metric.title.empty()) continue;
    text += "  " + pad_right(std::string(metric.title), 20);
    for (const double value : {summary.mean, summary.deviation, summary.lowest, summary.highest})
      text += pad_left(figure_text(metric, value), 12);
    if (classes) {
      const Measure* const pooled = result.pooled.measures.find(metric.kind);
      text += pad_left(pooled == nullptr ? "-" : figure_text(metric, pooled->value), 12);
    }
    text += "\n";
  }
  return text;
}

#endif

}  // namespace detail

#if WEIR_BODIES

WEIR_BODY std::string to_text(const CrossValidation& result) {
  std::string text = detail::fold_table(result);
  if (result.folds.size() > 1) text += "\n" + detail::summary_table(result);
  if (result.pooled.task != Task::regress && result.pooled.classes.size() <= 10)
    text += "\n" + detail::confusion_text(result.pooled);
  return text;
}

#endif

}  // namespace weir::inline WEIR_ABI
