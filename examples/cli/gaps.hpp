// How many cells of a table were missing or infinite, and what a model reads in their place, in words.
#pragma once

#include <weir/data/preprocessor.hpp>
#include <weir/data/table_gaps.hpp>

#include <string>

namespace cli {

/// What stands in for a value of the column that is missing: "0.25", "unknown", "the row is left out".
[[nodiscard]] std::string stand_in_text(const weir::NumericPlan& plan);
[[nodiscard]] std::string stand_in_text(const weir::CategoricalPlan& plan);
[[nodiscard]] std::string stand_in_text(const weir::Preprocessor& preprocess, const std::string& column);

/// "12 missing and 4 infinite of 4000 cells: 'Flow Byts/s' 16 (read as 394.8), 'proto' 2 (unknown)"; empty
/// when there are none.
[[nodiscard]] std::string gaps_text(const weir::GapCount& count, const weir::Preprocessor& preprocess);

}  // namespace cli
