// Rows to learn from and rows to judge by.
//
// Whatever is fitted (a Preprocessor, a LabelRule) is fitted on TrainingRows, and those come only from a
// split or from training_rows(), which says aloud that the whole table is for training. HeldOutRows and Table
// do not convert to them, so test rows cannot leak into a fit by accident.
//
//   Split parts = split(flows, {.held_out = 0.2, .seed = 1, .stratify_by = "label"});
//   Preprocessor pre = Preprocessor::fit(parts.training, {.exclude = {"label"}});
//   Matrix<float> test = pre.transform(parts.held_out.table());
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/core/rng.hpp>
#include <weir/data/tables/strata.hpp>
#include <weir/data/tables/table.hpp>

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

struct Split;

/// Rows that may be learned from.
class TrainingRows {
 public:
  [[nodiscard]] const Table& table() const noexcept { return table_; }
  [[nodiscard]] std::size_t rows() const noexcept { return table_.rows(); }

 private:
  explicit TrainingRows(Table table) : table_(std::move(table)) {}
  friend TrainingRows training_rows(Table&& table);
  friend Split split_by_rows(const Table& table, std::span<const std::size_t> training,
                             std::span<const std::size_t> held_out);

  Table table_;
};

/// Rows that are for judging only.
class HeldOutRows {
 public:
  [[nodiscard]] const Table& table() const noexcept { return table_; }
  [[nodiscard]] std::size_t rows() const noexcept { return table_.rows(); }

 private:
  explicit HeldOutRows(Table table) : table_(std::move(table)) {}
  friend Split split_by_rows(const Table& table, std::span<const std::size_t> training,
                             std::span<const std::size_t> held_out);

  Table table_;
};

struct Split {
  TrainingRows training;
  HeldOutRows held_out;
};

/// All rows of a table for training; the rows to judge by are in another table.
[[nodiscard]] inline TrainingRows training_rows(Table&& table) { return TrainingRows(std::move(table)); }

/// The rows of these numbers; others are in neither part. ConfigError when one is in both.
[[nodiscard]] Split split_by_rows(const Table& table, std::span<const std::size_t> training,
                                  std::span<const std::size_t> held_out);

/// Holds out the rows whose bit is set. Both parts keep the order of the table.
[[nodiscard]] Split split_by_mask(const Table& table, const std::vector<bool>& held_out);

struct SplitOptions {
  double held_out = 0.2;  ///< share of the rows, in (0, 1)
  std::uint64_t seed = 0;
  std::string stratify_by = {};  ///< a categorical column: the share holds for each of its classes
};

namespace detail {

/// How many rows of each stratum are held out: the shares rounded so that the sum is right (largest
/// remainder), and no stratum without a row for training.
[[nodiscard]] inline std::vector<std::size_t> held_out_counts(const Strata& strata, std::size_t rows,
                                                              double share) {
  std::vector<std::size_t> counts;
  std::vector<std::pair<double, std::size_t>> remainders;
  std::size_t sum = 0;
  for (std::size_t i = 0; i < strata.size(); ++i) {
    const double exact = share * static_cast<double>(strata[i].rows.size());
    counts.push_back(static_cast<std::size_t>(exact));
    remainders.emplace_back(static_cast<double>(counts.back()) - exact, i);
    sum += counts.back();
  }
  std::sort(remainders.begin(), remainders.end());
  const auto wanted = static_cast<std::size_t>(std::llround(share * static_cast<double>(rows)));
  for (const auto& [negative_remainder, i] : remainders) {
    if (sum >= wanted) break;
    if (counts[i] + 1 >= strata[i].rows.size()) continue;
    ++counts[i];
    ++sum;
  }
  return counts;
}

}  // namespace detail

/// Whether split() leaves a row in either part.
[[nodiscard]] inline bool can_split(const Table& table, const SplitOptions& options) {
  const std::vector<std::size_t> counts =
      detail::held_out_counts(strata_of(table, options.stratify_by), table.rows(), options.held_out);
  const std::size_t sum = std::accumulate(counts.begin(), counts.end(), std::size_t{0});
  return sum > 0 && sum < table.rows();
}

/// Splits at random, by the seed alone; by group or time: data/splits/hold_out.hpp. Throws ConfigError when the share is
/// not in (0, 1) or leaves one part empty.
[[nodiscard]] Split split(const Table& table, const SplitOptions& options = {});

/// Holds out all rows of one group: an attack type, a host, a capture; "" are the rows where it is missing.
/// Throws DataError when there is no such row.
[[nodiscard]] Split leave_group_out(const Table& table, std::string_view column, std::string_view group);

#if WEIR_BODIES

WEIR_BODY Split split_by_rows(const Table& table, std::span<const std::size_t> training,
                              std::span<const std::size_t> held_out) {
  std::vector<bool> judged(table.rows());
  for (const std::size_t row : held_out) {
    if (row < judged.size()) judged[row] = true;  // take() refuses others
  }
  for (const std::size_t row : training) {
    if (row < judged.size() && judged[row]) {
      fail(ErrorKind::config, "row " + std::to_string(row) + " is to be learned from and to judge by");
    }
  }
  return {TrainingRows(table.take(training)), HeldOutRows(table.take(held_out))};
}

WEIR_BODY Split split_by_mask(const Table& table, const std::vector<bool>& held_out) {
  if (held_out.size() != table.rows()) {
    fail(ErrorKind::shape, "a mask of " + std::to_string(held_out.size()) + " bits does not fit " +
                               std::to_string(table.rows()) + " rows");
  }
  std::vector<std::size_t> training;
  std::vector<std::size_t> rest;
  for (std::size_t row = 0; row < held_out.size(); ++row) (held_out[row] ? rest : training).push_back(row);
  return split_by_rows(table, training, rest);
}

WEIR_BODY Split split(const Table& table, const SplitOptions& options) {
  if (!(options.held_out > 0 && options.held_out < 1)) {
    fail(ErrorKind::config, "the share of rows to hold out must lie between 0 and 1");
  }
  Strata strata = strata_of(table, options.stratify_by);
  const std::vector<std::size_t> counts = detail::held_out_counts(strata, table.rows(), options.held_out);
  std::vector<bool> mask(table.rows());
  std::size_t sum = 0;
  for (std::size_t i = 0; i < strata.size(); ++i) {
    Rng rng(RngKey{options.seed}.fork(i));
    shuffle(std::span(strata[i].rows), rng);
    for (std::size_t k = 0; k < counts[i]; ++k) mask[strata[i].rows[k]] = true;
    sum += counts[i];
  }
  if (sum == 0 || sum == table.rows()) {
    fail(ErrorKind::config, "a table of " + std::to_string(table.rows()) + " rows cannot be split like this");
  }
  return split_by_mask(table, mask);
}

WEIR_BODY Split leave_group_out(const Table& table, std::string_view column, std::string_view group) {
  const std::size_t index = table.index_of(column);
  const std::uint32_t code = table.dictionary(index).find(group);
  const auto codes = table.codes(index);
  const bool unknown = code == missing_code && !group.empty();
  std::vector<bool> mask(table.rows());
  for (std::size_t row = 0; row < mask.size(); ++row) mask[row] = codes[row] == code && !unknown;
  if (std::find(mask.begin(), mask.end(), true) == mask.end()) {
    fail(ErrorKind::data, "column '" + std::string(column) + "' has no group '" + std::string(group) + "'");
  }
  return split_by_mask(table, mask);
}

#endif

}  // namespace weir::inline WEIR_ABI
