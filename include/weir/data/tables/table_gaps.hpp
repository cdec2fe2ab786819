// The cells of a table that hold nothing to learn from: missing ones, and infinite numbers.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/data/tables/table.hpp>
#include <weir/data/text/finite.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

struct ColumnGaps {
  std::string column;
  std::size_t missing = 0;
  std::size_t infinite = 0;

  [[nodiscard]] std::size_t cells() const noexcept { return missing + infinite; }
};

/// Of the columns that have any, in the order of the table.
[[nodiscard]] inline std::vector<ColumnGaps> gaps_of(const Table& table) {
  std::vector<ColumnGaps> result;
  for (std::size_t i = 0; i < table.columns(); ++i) {
    ColumnGaps gaps{table.schema().columns[i].name};
    if (table.numeric(i)) {
      for (const double number : table.numbers(i)) {
        gaps.missing += std::size_t{is_missing(number)};
        gaps.infinite += std::size_t{!is_finite(number) && !is_missing(number)};
      }
    } else {
      const auto codes = table.codes(i);
      gaps.missing = static_cast<std::size_t>(std::count(codes.begin(), codes.end(), missing_code));
    }
    if (gaps.cells() > 0) result.push_back(std::move(gaps));
  }
  return result;
}

/// Counts them over the pieces of a table.
class GapCount {
 public:
  void add(const Table& rows) {
    cells_ += rows.rows() * rows.columns();
    columns_ = rows.columns();
    for (ColumnGaps& more : gaps_of(rows)) {
      const auto same = [&more](const ColumnGaps& one) { return one.column == more.column; };
      const auto place = std::find_if(gaps_.begin(), gaps_.end(), same);
      if (place == gaps_.end()) {
        gaps_.push_back(std::move(more));
      } else {
        place->missing += more.missing;
        place->infinite += more.infinite;
      }
    }
  }

  [[nodiscard]] const std::vector<ColumnGaps>& gaps() const noexcept { return gaps_; }
  /// Columns that hold nothing in any row; of columns().
  [[nodiscard]] std::size_t empty_columns() const {
    const std::size_t rows = columns_ == 0 ? 0 : cells_ / columns_;
    return static_cast<std::size_t>(std::count_if(
        gaps_.begin(), gaps_.end(), [rows](const ColumnGaps& one) { return one.missing == rows; }));
  }
  [[nodiscard]] std::size_t columns() const noexcept { return columns_; }
  /// All cells that were looked at.
  [[nodiscard]] std::size_t cells() const noexcept { return cells_; }

 private:
  std::vector<ColumnGaps> gaps_{};
  std::size_t cells_ = 0;
  std::size_t columns_ = 0;
};

}  // namespace weir::inline WEIR_ABI
