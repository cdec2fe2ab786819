// Every row is held out once.
//
//   k_fold               the rows in k runs of n / k, the first n % k of them one longer         scikit-learn KFold
//   stratified_k_fold    the same share of every class in each fold                   scikit-learn StratifiedKFold
//
// In the order of the rows the folds are scikit-learn's, index by index. Shuffled they are ours: the seed alone decides,
// the same on every platform.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/core/rng.hpp>
#include <weir/data/splits/folds.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

struct KFoldOptions {
  std::size_t folds = 5;
  bool shuffle = false;  ///< which row of a class comes into which fold is drawn by the seed
  std::uint64_t seed = 0;
};

/// ConfigError with fewer than two folds, or more than rows.
[[nodiscard]] Folds k_fold(std::size_t rows, const KFoldOptions& options = {});

/// `classes` has the class of each row. ConfigError also when every class has fewer rows than there are folds.
[[nodiscard]] Folds stratified_k_fold(std::span<const std::uint32_t> classes,
                                      const KFoldOptions& options = {});

namespace detail {

inline void check_fold_count(std::size_t folds, std::size_t most, const char* of_what) {
  if (folds >= 2 && folds <= most) return;
  fail(ErrorKind::config, "cross-validation needs 2 or more folds and " + std::string(of_what) +
                              " for each; there are " + std::to_string(most) + " for " +
                              std::to_string(folds));
}

using RowLists = std::vector<std::vector<std::size_t>>;

/// The rows of each number.
[[nodiscard]] inline RowLists rows_by_number(std::span<const std::uint32_t> numbers) {
  RowLists rows(numbers.empty() ? 0 : *std::max_element(numbers.begin(), numbers.end()) + std::size_t{1});
  for (std::size_t row = 0; row < numbers.size(); ++row) rows[numbers[row]].push_back(row);
  return rows;
}

/// Rows of a class that stand at `begin` of all rows in the order of the classes: how many of them each fold gets, where
/// fold i has the places i, i + k, i + 2 k, ...
[[nodiscard]] inline std::vector<std::size_t> allotted(std::size_t begin, std::size_t rows,
                                                       std::size_t folds) {
  std::vector<std::size_t> counts(folds, rows / folds);
  for (std::size_t i = 0; i < rows % folds; ++i) ++counts[(begin + i) % folds];
  return counts;
}

#if WEIR_BODIES

/// In the order of the rows; a class comes where its first row does.
WEIR_BODY Folds ordered_folds(RowLists classes, std::size_t rows, std::size_t folds) {
  std::sort(classes.begin(), classes.end(), [](const auto& a, const auto& b) {
    constexpr auto none = std::numeric_limits<std::size_t>::max();
    return (a.empty() ? none : a[0]) < (b.empty() ? none : b[0]);
  });
  std::vector<std::size_t> part(rows);
  std::size_t begin = 0;
  for (const std::vector<std::size_t>& of_class : classes) {
    auto row = of_class.begin();
    const std::vector<std::size_t> counts = allotted(begin, of_class.size(), folds);
    for (std::size_t fold = 0; fold < folds; ++fold) {
      for (std::size_t i = 0; i < counts[fold]; ++i) part[*row++] = fold;
    }
    begin += of_class.size();
  }
  return Folds::of_parts(std::move(part), folds);
}

/// In an order of the seed, class by class in the order of their numbers.
WEIR_BODY Folds shuffled_folds(RowLists classes, std::size_t rows, const KFoldOptions& options) {
  Rng rng(RngKey{options.seed}.fork(0));
  std::vector<std::size_t> part(rows);
  std::size_t next = 0;  // runs on from class to class, so that the folds differ by one row at most
  for (std::vector<std::size_t>& of_class : classes) {
    shuffle(std::span(of_class), rng);
    for (const std::size_t row : of_class) part[row] = next++ % options.folds;
  }
  return Folds::of_parts(std::move(part), options.folds);
}

#endif

}  // namespace detail

#if WEIR_BODIES

WEIR_BODY Folds k_fold(std::size_t rows, const KFoldOptions& options) {
  detail::check_fold_count(options.folds, rows, "a row");
  const std::vector<std::uint32_t> one_class(rows, 0);
  return stratified_k_fold(one_class, options);
}

WEIR_BODY Folds stratified_k_fold(std::span<const std::uint32_t> classes, const KFoldOptions& options) {
  detail::RowLists rows = detail::rows_by_number(classes);
  std::size_t largest = 0;
  for (const auto& of_class : rows) largest = std::max(largest, of_class.size());
  detail::check_fold_count(options.folds, largest, "a row of some class");
  return options.shuffle ? detail::shuffled_folds(std::move(rows), classes.size(), options)
                         : detail::ordered_folds(std::move(rows), classes.size(), options.folds);
}

#endif

}  // namespace weir::inline WEIR_ABI
