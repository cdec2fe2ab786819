// Some rows of a table that comes in pieces: every k-th, k doubling as it grows, or of a series, which must not have holes,
// the first ones.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/data/tables/table.hpp>

#include <algorithm>
#include <cstddef>
#include <vector>

namespace weir::inline WEIR_ABI {

class ThinnedTable {
 public:
  /// Of at most `most` rows; 0 keeps none.
  explicit ThinnedTable(std::size_t most, bool first_ones = false) : most_(most), first_ones_(first_ones) {}

  void add(const Table& rows) {
    if (most_ == 0) return;
    if (table_.columns() == 0) table_ = Table(rows.schema());
    std::vector<std::size_t> chosen;
    for (std::size_t row = 0; row < rows.rows(); ++row, ++seen_) {
      if (seen_ % every_ != 0) continue;
      if (table_.rows() + chosen.size() < most_) {
        chosen.push_back(row);
      } else if (!first_ones_) {
        table_.append(rows.take(chosen));
        chosen.clear();
        halve();
        if (seen_ % every_ == 0) chosen.push_back(row);
      }
    }
    table_.append(rows.take(chosen));
  }

  [[nodiscard]] const Table& table() const noexcept { return table_; }

 private:
  void halve() {
    std::vector<std::size_t> kept;
    for (std::size_t row = 0; row < table_.rows(); row += 2) kept.push_back(row);
    table_ = table_.take(kept);
    every_ *= 2;
  }

  std::size_t most_;
  bool first_ones_;
  std::size_t every_ = 1;
  std::size_t seen_ = 0;
  Table table_{};
};

}  // namespace weir::inline WEIR_ABI
