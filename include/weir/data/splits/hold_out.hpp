// Rows to hold out once, by group or by time: masks for split_by_mask().
//
//   Split parts = split_by_mask(flows, hold_out_groups(row_groups(flows, "src_ip"), row_groups(flows, "label")));
//   Split later = split_by_mask(flows, hold_out_latest(time_order(flows, "start_ns"), 0.2));
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/data/splits/group_folds.hpp>
#include <weir/data/splits/k_fold.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace weir::inline WEIR_ABI {

struct HoldOutOptions {
  double held_out = 0.2;  ///< about this share of the rows, in (0, 1)
  std::uint64_t seed = 0;
};

/// Whole groups, so that about the same share of every class is held out. Groups come in an order that the seed draws; one
/// is taken when that makes sum_c (h_c - share)^2 less, h_c being the held-out share of class c. At least one is taken and
/// one is left. ConfigError when there are fewer than two.
[[nodiscard]] std::vector<bool> hold_out_groups(std::span<const std::uint32_t> groups,
                                                std::span<const std::uint32_t> classes,
                                                const HoldOutOptions& options = {});

/// The latest rows. `order` as time_order() gives it. ConfigError when one part would be empty.
[[nodiscard]] std::vector<bool> hold_out_latest(std::span<const std::size_t> order, double share = 0.2);

namespace detail {

/// How far the held-out share of each class is from the share that was asked for.
class HeldOutShares {
 public:
  HeldOutShares(std::span<const std::uint32_t> classes, double share) : classes_(classes), share_(share) {
    for (const auto& rows : rows_by_number(classes)) all_.push_back(static_cast<double>(rows.size()));
    held_.resize(all_.size());
    added_.resize(all_.size());
  }

  /// What the sum of squares would grow by.
  [[nodiscard]] double growth(const std::vector<std::size_t>& rows) {
    for (const std::size_t row : rows) added_[classes_[row]] += 1.0;
    double sum = 0.0;
    for (const std::size_t row : rows) {
      double& added = added_[classes_[row]];
      if (added == 0.0) continue;  // a row of this class has been here
      const double all = all_[classes_[row]], held = held_[classes_[row]];
      sum += square((held + added) / all - share_) - square(held / all - share_);
      added = 0.0;
    }
    return sum;
  }
  void take(const std::vector<std::size_t>& rows) {
    for (const std::size_t row : rows) held_[classes_[row]] += 1.0;
  }

 private:
  [[nodiscard]] static double square(double x) noexcept { return x * x; }

  std::span<const std::uint32_t> classes_;
  double share_;
  std::vector<double> all_, held_, added_;  // by class
};

}  // namespace detail

#if WEIR_BODIES

WEIR_BODY std::vector<bool> hold_out_groups(std::span<const std::uint32_t> groups,
                                            std::span<const std::uint32_t> classes,
                                            const HoldOutOptions& options) {
  if (classes.size() != groups.size()) fail(ErrorKind::shape, "each row needs a class and a group");
  detail::RowLists order = detail::rows_by_group(groups);
  if (order.size() < 2 || !(options.held_out > 0 && options.held_out < 1)) {
    fail(ErrorKind::config, "a share of rows between 0 and 1 can be held out of two groups or more; there " +
                                std::string(order.size() == 1 ? "is " : "are ") +
                                std::to_string(order.size()));
  }
  detail::shuffle_groups(order, options.seed);
  detail::HeldOutShares shares(classes, options.held_out);
  std::vector<bool> mask(groups.size());
  std::size_t taken = 0;
  const auto take = [&](const std::vector<std::size_t>& rows) {
    shares.take(rows);
    for (const std::size_t row : rows) mask[row] = true;
    ++taken;
  };
  const std::vector<std::size_t>* nearest = nullptr;
  double least = std::numeric_limits<double>::infinity();
  for (const std::vector<std::size_t>& rows : order) {
    const double growth = shares.growth(rows);
    if (growth < least) {
      least = growth;
      nearest = &rows;
    }
    if (growth < 0.0 && taken + 1 < order.size()) take(rows);
  }
  if (taken == 0) take(*nearest);
  return mask;
}

WEIR_BODY std::vector<bool> hold_out_latest(std::span<const std::size_t> order, double share) {
  const auto rows = static_cast<double>(order.size());
  const auto held_out = static_cast<std::size_t>(share > 0.0 && share < 1.0 ? std::llround(share * rows) : 0);
  if (held_out == 0 || held_out >= order.size()) {
    fail(ErrorKind::config, "a share of " + std::to_string(order.size()) +
                                " rows to hold out must lie between 0 and 1 and leave rows in both parts");
  }
  std::vector<bool> mask(order.size());
  for (const std::size_t row : order.last(held_out)) mask[row] = true;
  return mask;
}

#endif

}  // namespace weir::inline WEIR_ABI
