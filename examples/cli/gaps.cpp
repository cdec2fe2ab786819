#include "gaps.hpp"

#include "report.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace cli {

std::string stand_in_text(const weir::NumericPlan& plan) {
  if (!plan.used) return "not used";
  return plan.on_missing == weir::OnMissing::impute ? number(plan.stand_in) : "the row is left out";
}

std::string stand_in_text(const weir::CategoricalPlan& plan) {
  return plan.on_missing == weir::OnMissing::impute ? "unknown" : "the row is left out";
}

std::string stand_in_text(const weir::Preprocessor& preprocess, const std::string& column) {
  std::string text;
  const auto take = [&](const auto& plan, auto...) {
    if (plan.name == column) text = stand_in_text(plan);
  };
  preprocess.each_column(take, take);
  return text;
}

std::string gaps_text(const weir::GapCount& count, const weir::Preprocessor& preprocess) {
  const std::vector<weir::ColumnGaps>& gaps = count.gaps();
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
         count_of(static_cast<std::int64_t>(count.cells()), "cell") +
         ", and what is read for them: " + columns;
}

}  // namespace cli
