// Which columns a model's answers rest on: how much worse it gets when the values of one column are shuffled among the rows,
// so that they say nothing any more (Breiman 2001; Fisher, Rudin, Dominici 2019).
//
//   importance of a column = metric of the rows as they are - mean over the repeats of the metric with it shuffled
//
//   const Importance found = permutation_importance(pipeline, samples.held_back);
//   found.columns[0].column, found.columns[0].mean, found.rows, found.repeats
//
// (or the other way round where less is better). Take rows that were not trained on. Of columns that say the same none may
// seem to matter, since the model reads it in the other. Of a series a column is shuffled over time.
//
// Time is bounded by rows, repeats and operations, not by a clock: the same rows and options give the same numbers.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/core/rng.hpp>
#include <weir/data/preparing/preprocessor.hpp>
#include <weir/data/tables/table.hpp>
#include <weir/models/any_model.hpp>
#include <weir/pipeline/assessor.hpp>
#include <weir/pipeline/pipeline.hpp>
#include <weir/train/metrics.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

struct ImportanceOptions {
  std::string metric{};  ///< empty: "roc_auc" of two classes, "balanced_accuracy" of more, "mae" of numbers
  std::size_t rows = 2'000;  ///< at most, chosen at random; of a series the first ones
  std::size_t repeats = 3;   ///< at most; shufflings of a column
  double operations =
      1e10;  ///< at most, of the net and around it, about; fewer rows or repeats are taken to keep it
  std::uint64_t seed = 0;
};

struct ColumnImportance {
  std::string column{};
  double mean = 0.0;
  double deviation = 0.0;  ///< of the repeats
};

struct Importance {
  std::string metric{};
  double baseline = std::nan("");  ///< its value for the rows as they are
  std::size_t rows = 0, repeats = 0;
  std::vector<ColumnImportance> columns{};  ///< the most important first; empty when it cannot be told
  std::string why_none{};                   ///< then: the reason
};

namespace detail {

[[nodiscard]] inline std::string importance_metric(const PipelineSettings& model) {
  if (model.task == Task::regress) return "mae";
  return model.labels.classes.size() == 2 ? "roc_auc" : "balanced_accuracy";
}

[[nodiscard]] inline AnyMetric metric_called(std::string_view kind) {
  for (const AnyMetric& metric : builtin_metrics()) {
    if (metric.text.kind == kind) return metric;
  }
  fail(ErrorKind::config, "permutation_importance: no metric is called '" + std::string(kind) + "'");
}

/// The columns that reach the net.
[[nodiscard]] inline std::vector<std::string> read_columns(const Preprocessor& preprocess) {
  std::vector<std::string> names;
  const auto take = [&](const auto& plan, auto...) {
    if (plan.features() > 0) names.push_back(plan.name);
  };
  preprocess.each_column(take, take);
  return names;
}

/// Rows and repeats that keep to the operations; too few of them are none.
inline void plan_importance(Importance& plan, const ImportanceOptions& options, std::size_t columns,
                            Index flops) {
  constexpr std::size_t least_rows = 100;
  constexpr double around = 2e4;  // of a row: encoding, verdict
  const double row = static_cast<double>(flops) + around;
  const auto rows_for = [&](std::size_t repeats) {
    return options.operations / (row * static_cast<double>(columns * repeats + 1));
  };
  while (plan.repeats > 1 && rows_for(plan.repeats) < static_cast<double>(plan.rows)) --plan.repeats;
  const double affordable = std::floor(rows_for(plan.repeats));
  if (affordable < static_cast<double>(plan.rows)) plan.rows = static_cast<std::size_t>(affordable);
  if (plan.rows < std::min(least_rows, options.rows) && affordable < static_cast<double>(least_rows))
    plan.why_none = "so many columns and so large a net would take too long";
}

/// In ascending order.
[[nodiscard]] inline std::vector<std::size_t> some_rows(std::size_t of, std::size_t count, bool first_ones,
                                                        Rng& rng) {
  std::vector<std::size_t> rows(of);
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  if (!first_ones && count < of) shuffle(std::span(rows), rng);
  rows.resize(std::min(of, count));
  std::sort(rows.begin(), rows.end());
  return rows;
}

}  // namespace detail

/// Rows with the pipeline's columns and its label column; rows without a known label are left out. ConfigError when options
/// make no sense or the metric is unknown.
template <class Net>
[[nodiscard]] Importance permutation_importance(const Pipeline<Net>& pipeline, const Table& table,
                                                const ImportanceOptions& options = {}) {
  if (options.rows == 0 || options.repeats == 0 || !(options.operations > 0.0)) {
    fail(ErrorKind::config, "permutation_importance: rows, repeats and operations must be above 0");
  }
  Importance result;
  result.metric = options.metric.empty() ? detail::importance_metric(pipeline) : options.metric;
  const AnyMetric metric = detail::metric_called(result.metric);
  result.rows = std::min(options.rows, table.rows());
  result.repeats = options.repeats;
  const std::vector<std::string> columns = detail::read_columns(pipeline.preprocess);
  if (columns.empty()) result.why_none = "samples that come ready-made have no columns";
  if (table.rows() == 0 && result.why_none.empty()) result.why_none = "there are no rows";
  if (result.why_none.empty())
    detail::plan_importance(result, options, columns.size(), pipeline.net.flops(pipeline.input));
  if (!result.why_none.empty()) return result;

  Rng rng(options.seed);
  const bool series = pipeline.samples.kind == SampleKind::window;
  const Table rows = table.take(detail::some_rows(table.rows(), result.rows, series, rng));
  const auto measured = [&](const Table& shuffled) {
    Assessor<Net> assessor(pipeline, {.ignore_unknown = true, .metrics = {metric}});
    assessor.add(shuffled, rows);
    return assessor.finish().value(result.metric);
  };
  result.baseline = measured(rows);
  if (!std::isfinite(result.baseline)) {
    result.why_none = "the metric is not defined for these rows: " + result.metric;
    return result;
  }
  std::vector<std::size_t> order(rows.rows());
  std::iota(order.begin(), order.end(), std::size_t{0});
  for (const std::string& column : columns) {
    ColumnImportance one{column};
    double squares = 0.0;
    for (std::size_t repeat = 0; repeat < result.repeats; ++repeat) {
      Table shuffled = rows;
      shuffle(std::span(order), rng);
      shuffled.reorder(shuffled.index_of(column), order);
      const double change = measured(shuffled) - result.baseline;
      const double worse = metric.text.less_is_better ? change : -change;
      one.mean += worse / static_cast<double>(result.repeats);
      squares += worse * worse / static_cast<double>(result.repeats);
    }
    one.deviation = std::sqrt(std::max(0.0, squares - one.mean * one.mean));
    result.columns.push_back(std::move(one));
  }
  std::stable_sort(result.columns.begin(), result.columns.end(),
                   [](const ColumnImportance& a, const ColumnImportance& b) { return a.mean > b.mean; });
  return result;
}

#if defined(WEIR_COMPILED)
extern template Importance permutation_importance<AnyModel<float>>(const Pipeline<AnyModel<float>>&,
                                                                   const Table&, const ImportanceOptions&);
#endif

}  // namespace weir::inline WEIR_ABI
