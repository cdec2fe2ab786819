// Folds that keep a group (a host, a capture) together: no group is both learned from and judged by.
//
//   group_k_fold          each group is held out once, the largest first into the fold with the fewest rows so far
//                                                                                       scikit-learn GroupKFold
//   leave_one_group_out   a fold for each group, in the order of their numbers     scikit-learn LeaveOneGroupOut
//   group_shuffle_split   a share of the groups, drawn by the seed                scikit-learn GroupShuffleSplit
//
// Without shuffling the folds are scikit-learn's, index by index.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/core/rng.hpp>
#include <weir/data/splits/folds.hpp>
#include <weir/data/splits/k_fold.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

/// `groups` has the group of each row. Of groups of one size the one with the higher number comes first, or, shuffled,
/// the one that the seed draws first. ConfigError with fewer than two folds, or more than groups.
[[nodiscard]] Folds group_k_fold(std::span<const std::uint32_t> groups, const KFoldOptions& options = {});

/// ConfigError with fewer than two groups.
[[nodiscard]] Folds leave_one_group_out(std::span<const std::uint32_t> groups);

/// Holds out `share` of the groups, rounded up; another seed gives another split. ConfigError when the share is not in
/// (0, 1) or leaves one part empty.
[[nodiscard]] Fold group_shuffle_split(std::span<const std::uint32_t> groups, double share = 0.2,
                                       std::uint64_t seed = 0);

namespace detail {

/// The rows of each group that has any.
[[nodiscard]] inline RowLists rows_by_group(std::span<const std::uint32_t> groups) {
  RowLists rows = rows_by_number(groups);
  std::erase_if(rows, [](const auto& of_group) { return of_group.empty(); });
  return rows;
}

inline void shuffle_groups(RowLists& groups, std::uint64_t seed) {
  Rng rng(RngKey{seed}.fork(0));
  shuffle(std::span(groups), rng);
}

}  // namespace detail

#if WEIR_BODIES

WEIR_BODY Folds group_k_fold(std::span<const std::uint32_t> groups, const KFoldOptions& options) {
  detail::RowLists rows = detail::rows_by_group(groups);
  detail::check_fold_count(options.folds, rows.size(), "a group");
  if (options.shuffle) {
    detail::shuffle_groups(rows, options.seed);
  } else {
    std::reverse(rows.begin(), rows.end());
  }
  std::stable_sort(rows.begin(), rows.end(),
                   [](const auto& a, const auto& b) { return a.size() > b.size(); });
  std::vector<std::size_t> part(groups.size()), filled(options.folds);
  for (const std::vector<std::size_t>& of_group : rows) {
    const auto least = std::min_element(filled.begin(), filled.end());
    *least += of_group.size();
    for (const std::size_t row : of_group) part[row] = static_cast<std::size_t>(least - filled.begin());
  }
  return Folds::of_parts(std::move(part), options.folds);
}

WEIR_BODY Folds leave_one_group_out(std::span<const std::uint32_t> groups) {
  const detail::RowLists rows = detail::rows_by_group(groups);
  detail::check_fold_count(std::max<std::size_t>(rows.size(), 2), rows.size(), "a group");
  std::vector<std::size_t> part(groups.size());
  for (std::size_t group = 0; group < rows.size(); ++group) {
    for (const std::size_t row : rows[group]) part[row] = group;
  }
  return Folds::of_parts(std::move(part), rows.size());
}

WEIR_BODY Fold group_shuffle_split(std::span<const std::uint32_t> groups, double share, std::uint64_t seed) {
  detail::RowLists rows = detail::rows_by_group(groups);
  const double wanted = std::ceil(share * static_cast<double>(rows.size()));
  if (!(share > 0.0 && share < 1.0) || wanted >= static_cast<double>(rows.size())) {
    fail(ErrorKind::config, "the share of groups to hold out must lie between 0 and 1, and leave some of " +
                                std::to_string(rows.size()) + " groups to learn from");
  }
  detail::shuffle_groups(rows, seed);
  Fold fold;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    auto& to = static_cast<double>(i) < wanted ? fold.held_out : fold.training;
    to.insert(to.end(), rows[i].begin(), rows[i].end());
  }
  std::sort(fold.training.begin(), fold.training.end());
  std::sort(fold.held_out.begin(), fold.held_out.end());
  return fold;
}

#endif

}  // namespace weir::inline WEIR_ABI
