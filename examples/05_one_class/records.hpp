// NSL-KDD's records as numbers.
#pragma once

#include <weir/core/tensor.hpp>
#include <weir/data/preparing/preprocess.hpp>
#include <weir/data/tables/split.hpp>
#include <weir/data/tables/table.hpp>

#include <cstddef>
#include <string>

namespace one_class {

/// `name`.txt or `name`.txt.gz in a folder; no rows when there is neither.
[[nodiscard]] weir::Table load(const std::string& folder, const std::string& name);

[[nodiscard]] bool is_normal(const weir::Table& table, std::size_t row);

/// Minimum and maximum of the normal rows become 0 and 1, after log(1 + x) where x exceeds 1; categories
/// become one-hot. Nothing is clipped: what training never saw may lie outside.
[[nodiscard]] weir::Preprocessor encoding_of(const weir::TrainingRows& normal);

}  // namespace one_class
