// How many cells of a table were missing or infinite, and what a pipeline reads in their place, in words.
//
//   gaps_text(samples.gaps, samples.settings.preprocess)
//   // "12 missing and 4 infinite of 4000 cells, and what is read for them: 'Flow Byts/s' 16 (394.8000)"
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/plain_text.hpp>
#include <weir/data/preparing/preprocessor.hpp>
#include <weir/data/tables/table_gaps.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace weir::inline WEIR_ABI {

/// What stands in for a value of the column that is missing: "0.25", "unknown", "the row is left out".
[[nodiscard]] inline std::string stand_in_text(const NumericPlan& plan) {
  if (!plan.used) return "not used";
  return plan.on_missing == OnMissing::impute ? number_text(plan.stand_in) : "the row is left out";
}

[[nodiscard]] inline std::string stand_in_text(const CategoricalPlan& plan) {
  return plan.on_missing == OnMissing::impute ? "unknown" : "the row is left out";
}

[[nodiscard]] inline std::string stand_in_text(const Preprocessor& preprocess, const std::string& column) {
  std::string text;
  const auto take = [&](const auto& plan, auto...) {
    if (plan.name == column) text = stand_in_text(plan);
  };
  preprocess.each_column(take, take);
  return text;
}

/// Empty when there are none.
[[nodiscard]] inline std::string gaps_text(const GapCount& count, const Preprocessor& preprocess) {
  const std::vector<ColumnGaps>& gaps = count.gaps();
  constexpr std::size_t most_columns = 12;
  if (gaps.empty()) return {};
  std::size_t missing = 0, infinite = 0;
  std::string columns;
  for (std::size_t i = 0; i < gaps.size(); ++i) {
    missing += gaps[i].missing;
    infinite += gaps[i].infinite;
    if (i >= most_columns) continue;
    columns += (i == 0 ? "'" : ", '") + gaps[i].column + "' " + std::to_string(gaps[i].cells()) + " (" +
               stand_in_text(preprocess, gaps[i].column) + ")";
  }
  if (gaps.size() > most_columns)
    columns += " and " + std::to_string(gaps.size() - most_columns) + " more columns";
  return std::to_string(missing) + " missing and " + std::to_string(infinite) + " infinite of " +
         count_text(count.cells(), "cell") + ", and what is read for them: " + columns;
}

/// Empty unless most columns of the model have no value in any row, as in a table of another kind.
[[nodiscard]] inline std::string foreign_table_text(const GapCount& count) {
  const std::size_t empty = count.empty_columns();
  if (2 * empty <= count.columns()) return {};
  return std::to_string(empty) + " of the model's " + std::to_string(count.columns()) +
         " columns have no value in any row: what is said of them rests on little, and the table may be of "
         "another kind "
         "than the one that was learned from";
}

}  // namespace weir::inline WEIR_ABI
