// Population stability index: how far numbers have moved from those of training.
//
//   PSI = sum over bins of (a_b - e_b) ln(a_b / e_b)
//
// e_b and a_b are the shares of the training's and of today's numbers in bin b; it is the symmetric
// Kullback-Leibler divergence of Jeffreys (Siddiqi, "Credit risk scorecards", 2006). Bins are cut at
// quantiles of the training's numbers, equal ones fall together, and half a number is added to each bin, so
// that none is empty. NaN has no rank: the training's numbers have none, and today's, as soon as there are
// any, have a bin of their own, in which nothing was expected. The usual reading: below 0.1 no shift, above
// 0.25 a large one. With n numbers today and the same law the expected value is about (bins - 1) / n: ask for
// enough of them.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

class PopulationStability {
 public:
  /// From the training's numbers. DataError when one of them is NaN or there are none.
  [[nodiscard]] static PopulationStability fit(std::span<const double> training, std::size_t bins = 10) {
    if (training.empty()) fail(ErrorKind::data, "a stability index needs numbers of the training");
    if (bins < 2) fail(ErrorKind::config, "a stability index needs at least two bins");
    std::vector<double> sorted(training.begin(), training.end());
    for (const double x : sorted) {
      if (std::isnan(x)) fail(ErrorKind::data, "a stability index cannot be made from NaN");
    }
    std::sort(sorted.begin(), sorted.end());
    PopulationStability result;
    for (std::size_t b = 1; b < bins; ++b) {
      const double cut = sorted[b * sorted.size() / bins];
      if (cut > sorted.front() && (result.cuts_.empty() || cut > result.cuts_.back())) {
        result.cuts_.push_back(cut);
      }
    }
    result.expected_.assign(result.cuts_.size() + 1, 0);
    result.actual_ = result.expected_;
    for (const double x : sorted) ++result.expected_[result.bin_of(x)];
    return result;
  }

  /// From what `cuts` and `expected` gave: cuts rise, and there is one more count. ConfigError otherwise.
  [[nodiscard]] static PopulationStability restore(std::vector<double> cuts,
                                                   std::vector<std::uint64_t> expected) {
    bool good = expected.size() == cuts.size() + 1;
    for (std::size_t b = 0; good && b < cuts.size(); ++b)
      good = b == 0 ? cuts[0] == cuts[0] : cuts[b - 1] < cuts[b];
    if (!good) fail(ErrorKind::config, "a stability index needs rising cuts and a count for each bin");
    PopulationStability result;
    result.cuts_ = std::move(cuts);
    result.expected_ = std::move(expected);
    result.actual_.assign(result.expected_.size(), 0);
    return result;
  }

  /// A bin holds what is at least its cut and below the next one.
  [[nodiscard]] const std::vector<double>& cuts() const noexcept { return cuts_; }
  [[nodiscard]] const std::vector<std::uint64_t>& expected() const noexcept { return expected_; }
  [[nodiscard]] const std::vector<std::uint64_t>& actual() const noexcept { return actual_; }
  /// Numbers since the last `clear`, and how many of them were NaN.
  [[nodiscard]] std::uint64_t count() const noexcept { return total(actual_) + missing_; }
  [[nodiscard]] std::uint64_t missing() const noexcept { return missing_; }

  /// Takes in a number of today.
  void add(double x) noexcept { ++(std::isnan(x) ? missing_ : actual_[bin_of(x)]); }
  void clear() noexcept {
    std::fill(actual_.begin(), actual_.end(), 0);
    missing_ = 0;
  }

  /// 0 without numbers.
  [[nodiscard]] double value() const noexcept {
    if (count() == 0) return 0.0;
    const double bins = static_cast<double>(expected_.size() + (missing_ > 0 ? 1 : 0));
    const double e_total = static_cast<double>(total(expected_)) + 0.5 * bins;
    const double a_total = static_cast<double>(count()) + 0.5 * bins;
    const auto part = [&](std::uint64_t expected, std::uint64_t actual) {
      const double e = (static_cast<double>(expected) + 0.5) / e_total;
      const double a = (static_cast<double>(actual) + 0.5) / a_total;
      return (a - e) * std::log(a / e);
    };
    double sum = missing_ > 0 ? part(0, missing_) : 0.0;
    for (std::size_t b = 0; b < expected_.size(); ++b) sum += part(expected_[b], actual_[b]);
    return sum;
  }

 private:
  [[nodiscard]] std::size_t bin_of(double x) const noexcept {
    return static_cast<std::size_t>(std::upper_bound(cuts_.begin(), cuts_.end(), x) - cuts_.begin());
  }
  [[nodiscard]] static std::uint64_t total(const std::vector<std::uint64_t>& counts) noexcept {
    std::uint64_t sum = 0;
    for (const std::uint64_t c : counts) sum += c;
    return sum;
  }

  std::vector<double> cuts_;
  std::vector<std::uint64_t> expected_, actual_;
  std::uint64_t missing_ = 0;
};

}  // namespace weir::inline WEIR_ABI
