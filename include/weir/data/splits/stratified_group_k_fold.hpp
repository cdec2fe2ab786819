// Folds that keep a group together and give each fold, as far as whole groups allow, the same share of every class.
//
//   Of each class c let s_c be the standard deviation, over the folds, of the share of its rows that a fold has. The
//   groups come one after the other, the one whose counts of classes differ most first, each into the fold that makes the
//   mean of s_c least; of folds that are equally good (by 1e-5), into the one with the fewest rows.
//
// In the order of the groups' numbers the folds are those of scikit-learn's StratifiedGroupKFold, index by index;
// shuffled, groups that differ equally come in an order that the seed draws.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/data/splits/folds.hpp>
#include <weir/data/splits/group_folds.hpp>
#include <weir/data/splits/k_fold.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

/// The class and the group of each row. ConfigError with fewer than two folds, with more than groups, and when every
/// class has fewer rows than there are folds.
[[nodiscard]] Folds stratified_group_k_fold(std::span<const std::uint32_t> classes,
                                            std::span<const std::uint32_t> groups,
                                            const KFoldOptions& options = {});

namespace detail {

using ClassCounts = std::vector<double>;

[[nodiscard]] inline double deviation_of(const ClassCounts& values) {
  const auto n = static_cast<double>(values.size());
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / n;
  double squares = 0.0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return std::sqrt(squares / n);
}

/// Folds that are being filled, by their counts of classes.
class BalancedFolds {
 public:
  BalancedFolds(std::size_t folds, ClassCounts all) : all_(std::move(all)) {
    counts_.assign(folds, ClassCounts(all_.size()));
  }

  /// Puts a group of such counts into the fold that suits it best, and says which.
  std::size_t take(const ClassCounts& group) {
    std::size_t best = 0;
    double least = std::numeric_limits<double>::infinity(), fewest = least;
    for (std::size_t fold = 0; fold < counts_.size(); ++fold) {
      const double unevenness = unevenness_with(fold, group);
      const double rows = std::accumulate(counts_[fold].begin(), counts_[fold].end(), 0.0);
      const bool equal = std::fabs(unevenness - least) <= 1e-8 + 1e-5 * least && least < 1e300;
      if (!(unevenness < least || (equal && rows < fewest))) continue;
      best = fold;
      least = unevenness;
      fewest = rows;
    }
    for (std::size_t k = 0; k < all_.size(); ++k) counts_[best][k] += group[k];
    return best;
  }

 private:
  /// The mean of s_c if the group were in that fold.
  [[nodiscard]] double unevenness_with(std::size_t fold, const ClassCounts& group) const {
    double sum = 0.0;
    ClassCounts shares(counts_.size());
    for (std::size_t k = 0; k < all_.size(); ++k) {
      for (std::size_t i = 0; i < shares.size(); ++i)
        shares[i] = (counts_[i][k] + (i == fold ? group[k] : 0.0)) / all_[k];
      sum += deviation_of(shares);
    }
    return sum / static_cast<double>(all_.size());
  }

  ClassCounts all_;  // rows of each class
  std::vector<ClassCounts> counts_;
};

}  // namespace detail

#if WEIR_BODIES

WEIR_BODY Folds stratified_group_k_fold(std::span<const std::uint32_t> classes,
                                        std::span<const std::uint32_t> groups, const KFoldOptions& options) {
  if (classes.size() != groups.size()) fail(ErrorKind::shape, "each row needs a class and a group");
  detail::RowLists rows = detail::rows_by_group(groups);
  detail::check_fold_count(options.folds, rows.size(), "a group");
  if (options.shuffle) detail::shuffle_groups(rows, options.seed);

  const detail::RowLists by_class = detail::rows_by_group(classes);
  std::vector<std::size_t> class_of_row(classes.size());
  detail::ClassCounts all;
  for (std::size_t k = 0; k < by_class.size(); ++k) {
    for (const std::size_t row : by_class[k]) class_of_row[row] = k;
    all.push_back(static_cast<double>(by_class[k].size()));
  }
  detail::check_fold_count(options.folds, static_cast<std::size_t>(*std::max_element(all.begin(), all.end())),
                           "a row of some class");

  const auto counts_of = [&](const std::vector<std::size_t>& of_group) {
    detail::ClassCounts counts(all.size());
    for (const std::size_t row : of_group) counts[class_of_row[row]] += 1.0;
    return counts;
  };
  std::vector<std::pair<double, std::size_t>> order;
  for (std::size_t g = 0; g < rows.size(); ++g)
    order.emplace_back(-detail::deviation_of(counts_of(rows[g])), g);
  std::sort(order.begin(), order.end());  // equal ones stay in order, by their numbers

  detail::BalancedFolds folds(options.folds, all);
  std::vector<std::size_t> part(groups.size());
  for (const auto& place : order) {
    const std::vector<std::size_t>& of_group = rows[place.second];
    const std::size_t fold = folds.take(counts_of(of_group));
    for (const std::size_t row : of_group) part[row] = fold;
  }
  return Folds::of_parts(std::move(part), options.folds);
}

#endif

}  // namespace weir::inline WEIR_ABI
