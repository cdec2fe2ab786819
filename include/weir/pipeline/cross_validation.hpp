// What cross_validate() (cross_validate.hpp) is told and what it finds: how models that never saw a row judge it.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/batch.hpp>
#include <weir/core/error.hpp>
#include <weir/core/field_check.hpp>
#include <weir/core/near_names.hpp>
#include <weir/core/option_bounds.hpp>
#include <weir/core/option_words.hpp>
#include <weir/core/plain_text.hpp>
#include <weir/pipeline/assessment.hpp>
#include <weir/pipeline/sample_options.hpp>
#include <weir/train/metrics.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

struct CrossValidationOptions {
  Index folds = 5;  ///< each row is held out once; 0: a share of the rows is held out (`validation`)
  bool leave_group_out = false;                        ///< a fold for each group instead, such as each host
  Index repeat = 1;                                    ///< with so many seeds
  std::vector<AnyMetric> metrics = builtin_metrics();  ///< what is measured

  template <class Visitor, class Options>
  static void fields(Visitor& visit, Options& o) {
    visit.group("Cross-validation");
    visit("folds", o.folds, ZeroOr{2, 1'000},
          "parts of the rows, each of which is judged by a model of the others");
    visit("leave_group_out", o.leave_group_out, "a part for each group, such as each host");
    visit("repeat", o.repeat, IntegerRange{1, 1'000},
          "seeds of parts and training; figures are means over all");
  }
};

/// Throws ConfigError when options exclude each other.
inline void check_options(const SampleOptions& samples, const CrossValidationOptions& folds) {
  checked_fields("cross-validation", folds);
  const auto is = [&](const char* member) { return option_word(samples.words, member); };
  if (folds.leave_group_out && samples.group.empty())
    fail(ErrorKind::config, is("leave_group_out") + " needs " + is("group") + ": the column of the groups");
  if (folds.folds == 0 && !folds.leave_group_out && samples.validation == 0.0)
    fail(ErrorKind::config, is("repeat") + " without " + is("folds") +
                                " needs rows to judge by: " + is("validation") + " above 0");
}

/// One model and the rows that it did not learn from.
struct FoldResult {
  std::string name{};      ///< "2", or the group that is held out
  std::uint64_t seed = 0;  ///< of parts and training
  std::size_t rows_trained = 0;
  std::vector<std::string> unlearned{};  ///< classes without a row to learn from
  Assessment held_out{};
};

/// A metric over the folds. Where it is not defined (NaN), and as a metric of one class where a fold lacks rows of either
/// of two, a fold does not count.
struct MetricSummary {
  MetricText metric{};
  std::size_t folds = 0;  ///< that count
  double mean = std::nan("");
  double deviation = std::nan("");  ///< of a sample; NaN for a single fold
  double lowest = std::nan(""), highest = std::nan("");
};

struct CrossValidation {
  std::string parts{};  ///< what was held out, in words: "5 parts by groups of 'src_ip'"
  std::size_t seeds = 1;
  std::vector<FoldResult> folds{};         ///< of all seeds
  std::vector<MetricSummary> summaries{};  ///< of all metrics that fit the task
  Assessment pooled{};                     ///< the confusions of all folds in one, and the metrics of it
  std::vector<std::string> notes{};        ///< what one should know of table and folds, a sentence each

  /// Over the folds, of the metric of this name. ConfigError when nothing of this name was measured.
  [[nodiscard]] const MetricSummary& summary(std::string_view metric) const;
};

namespace detail {

[[nodiscard]] inline bool counts_in(const Measure& measure, const Assessment& fold) {
  if (std::isnan(measure.value)) return false;
  if (measure.metric.as<AnyMetric::OfClass>() == nullptr || !fold.two_classes()) return true;
  return fold.confusion.support(0) > 0 && fold.confusion.support(1) > 0;
}

/// Of the values of a metric in the folds.
[[nodiscard]] inline MetricSummary summary_of(const MetricText& metric, const std::vector<double>& values) {
  MetricSummary result{.metric = metric, .folds = values.size()};
  if (values.empty()) return result;
  const auto n = static_cast<double>(values.size());
  double sum = 0.0, squares = 0.0;
  for (const double value : values) sum += value;
  result.mean = sum / n;
  for (const double value : values) squares += (value - result.mean) * (value - result.mean);
  if (values.size() > 1) result.deviation = std::sqrt(squares / (n - 1.0));
  result.lowest = *std::min_element(values.begin(), values.end());
  result.highest = *std::max_element(values.begin(), values.end());
  return result;
}

/// The metrics of a line: those with a column of their own, or, of numbers, those with a line in reports.
[[nodiscard]] inline std::string fold_heading(const MetricText& metric, Task task) {
  return std::string(task == Task::regress ? metric.title : metric.heading);
}

/// Classes that a model could not learn, and figures that rest on few folds.
[[nodiscard]] std::vector<std::string> notes_on_folds(const CrossValidation& result);

/// Fills in what follows from the folds.
void summarise(CrossValidation& result, const std::vector<AnyMetric>& metrics);

}  // namespace detail

#if WEIR_BODIES

WEIR_BODY const MetricSummary& CrossValidation::summary(std::string_view metric) const {
  std::vector<std::string> names;
  for (const MetricSummary& summary : summaries) {
    if (summary.metric.kind == metric) return summary;
    names.emplace_back(summary.metric.kind);
  }
  fail(ErrorKind::config,
       "no metric " + detail::in_quotes(metric) + " was measured" + near_names(metric, names, names.size()));
}

WEIR_BODY std::vector<std::string> detail::notes_on_folds(const CrossValidation& result) {
  std::vector<std::string> notes, unlearned;
  std::size_t parts = 0;
  for (const FoldResult& fold : result.folds) {
    parts += fold.unlearned.empty() ? 0U : 1U;
    for (const std::string& name : fold.unlearned) {
      if (std::find(unlearned.begin(), unlearned.end(), name) == unlearned.end()) unlearned.push_back(name);
    }
  }
  const std::string of_all = " of " + count_text(result.folds.size(), "part");
  if (parts > 0)
    notes.push_back("in " + std::to_string(parts) + of_all + " there was no row to learn from of " +
                    name_list(unlearned));
  for (const MetricSummary& summary : result.summaries) {
    const bool shown = !fold_heading(summary.metric, result.pooled.task).empty();
    if (!shown || summary.folds == result.folds.size()) continue;
    notes.push_back("'" + std::string(summary.metric.kind) +
                    "' and its like need rows of more than one class, and verdicts for them: " +
                    std::to_string(summary.folds) + of_all + (summary.folds == 1 ? " has" : " have") +
                    " them; the figures of all rows say more");
    break;
  }
  return notes;
}

WEIR_BODY void detail::summarise(CrossValidation& result, const std::vector<AnyMetric>& metrics) {
  Assessment& pooled = result.pooled;
  const Assessment& first = result.folds.front().held_out;
  pooled.task = first.task;
  pooled.classes = first.classes;
  pooled.threshold = std::nan("");  // each model has its own
  pooled.confusion = ConfusionMatrix(static_cast<Index>(first.classes.size()));
  for (const FoldResult& fold : result.folds) {
    const Assessment& part = fold.held_out;
    pooled.rows += part.rows;
    pooled.unusable += part.unusable;
    pooled.unlabelled += part.unlabelled;
    for (Index t = 0; t < part.confusion.classes(); ++t) {
      for (Index p = 0; p < part.confusion.classes(); ++p)
        pooled.confusion.add(t, p, part.confusion.count(t, p));
    }
  }
  pooled.measures = Measures(metrics);
  if (pooled.task != Task::regress) pooled.measures.add(pooled.confusion);
  for (const Measure& measure : first.measures) {
    std::vector<double> values;
    for (const FoldResult& fold : result.folds) {
      const Measure* const of_fold = fold.held_out.measures.find(measure.metric.text.kind);
      if (of_fold != nullptr && counts_in(*of_fold, fold.held_out)) values.push_back(of_fold->value);
    }
    result.summaries.push_back(summary_of(measure.metric.text, values));
  }
  result.notes = notes_on_folds(result);
}

#endif

}  // namespace weir::inline WEIR_ABI
