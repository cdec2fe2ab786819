// Folds for cross-validation: of each, which rows are learned from and which judge what was learned.
//
//   const Folds folds = stratified_k_fold(row_groups(flows, "label"), {.folds = 5});
//   for (std::size_t i = 0; i < folds.size(); ++i) {
//     const Split parts = split_by_fold(flows, folds[i]);
//     ...
//   }
//
// A fold's rows are listed when they are asked for, so that a thousand folds take no more memory than one.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/data/tables/split.hpp>
#include <weir/data/tables/table.hpp>

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

/// Both in the order of the table.
struct Fold {
  std::vector<std::size_t> training;
  std::vector<std::size_t> held_out;
};

/// Every row has a place, and a fold is two ranges of places.
class Folds {
 public:
  struct Range {
    std::size_t first = 0, last = 0;  ///< without the last
    [[nodiscard]] constexpr bool has(std::size_t place) const noexcept {
      return place >= first && place < last;
    }
  };
  struct Places {
    Range training;  ///< but for those held out
    Range held_out;
  };

  Folds(std::vector<std::size_t> place_of_row, std::vector<Places> folds)
      : place_of_row_(std::move(place_of_row)), folds_(std::move(folds)) {}

  /// Fold i holds out the rows of part i and learns from all others.
  [[nodiscard]] static Folds of_parts(std::vector<std::size_t> part_of_row, std::size_t parts) {
    std::vector<Places> folds;
    for (std::size_t part = 0; part < parts; ++part) folds.push_back({{0, parts}, {part, part + 1}});
    return {std::move(part_of_row), std::move(folds)};
  }

  [[nodiscard]] std::size_t size() const noexcept { return folds_.size(); }
  [[nodiscard]] std::size_t rows() const noexcept { return place_of_row_.size(); }

  [[nodiscard]] Fold operator[](std::size_t index) const {
    assert(index < folds_.size());
    const auto [training, held_out] = folds_[index];
    Fold fold;
    for (std::size_t row = 0; row < place_of_row_.size(); ++row) {
      const std::size_t place = place_of_row_[row];
      if (held_out.has(place)) {
        fold.held_out.push_back(row);
      } else if (training.has(place)) {
        fold.training.push_back(row);
      }
    }
    return fold;
  }

 private:
  std::vector<std::size_t> place_of_row_;
  std::vector<Places> folds_;
};

/// The two parts of a table. ConfigError when a row is in both.
[[nodiscard]] inline Split split_by_fold(const Table& table, const Fold& fold) {
  return split_by_rows(table, fold.training, fold.held_out);
}

}  // namespace weir::inline WEIR_ABI
