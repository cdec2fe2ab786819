// A numeric column as what a regression is to predict.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/data/tables/table.hpp>
#include <weir/data/text/finite.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace weir::inline WEIR_ABI {

/// The values of the column. Throws DataError where it is missing or infinite.
[[nodiscard]] inline std::vector<float> numeric_target(const Table& table, std::string_view column) {
  std::vector<float> result;
  result.reserve(table.rows());
  for (const double value : table.numbers(column)) {
    const auto number = static_cast<float>(value);
    if (!is_finite(static_cast<double>(number))) {
      fail(ErrorKind::data, table.place(result.size()) + ": the target '" + std::string(column) +
                                "' is missing or not finite");
    }
    result.push_back(number);
  }
  return result;
}

}  // namespace weir::inline WEIR_ABI
