// How values spread: counts in bins of equal width, or of equal ratio where positive values lie decades apart.
//
//   Histogram scores(bins_for(values, 40), classes);      // one range for all groups
//   scores.add(0, value);
//   scores.edges[i], scores.edges[i + 1], scores.counts[group][i]
#pragma once

#include <weir/core/abi.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

/// Edges of `bins` bins from low to high.
[[nodiscard]] inline std::vector<double> even_bins(double low, double high, std::size_t bins) {
  std::vector<double> edges;
  for (std::size_t i = 0; i <= bins; ++i) {
    const double share = static_cast<double>(i) / static_cast<double>(bins);
    edges.push_back(i == bins ? high : low + share * (high - low));
  }
  return edges;
}

/// Over the finite values: of equal ratio where the largest is more than a hundred times the smallest that is above 0 and
/// none is below, of equal width otherwise. Without two different values, from half a unit below to half a unit above.
template <class T>
[[nodiscard]] std::vector<double> bins_for(std::span<const T> values, std::size_t bins) {
  double low = HUGE_VAL, high = -HUGE_VAL, positive = HUGE_VAL;
  for (const T one : values) {
    const auto value = static_cast<double>(one);
    if (!std::isfinite(value)) continue;
    low = std::min(low, value);
    high = std::max(high, value);
    if (value > 0.0) positive = std::min(positive, value);
  }
  if (low > high) low = high = 0.0;
  if (low == high) return even_bins(low - 0.5, high + 0.5, bins);
  if (low < 0.0 || high <= 100.0 * positive) return even_bins(low, high, bins);
  std::vector<double> edges = even_bins(std::log(positive), std::log(high), bins);
  for (double& edge : edges) edge = std::exp(edge);
  edges.front() = positive;
  edges.back() = high;
  return edges;
}

struct Histogram {
  std::vector<double> edges{};
  std::vector<std::vector<std::int64_t>> counts{};  ///< of each group, bin by bin

  Histogram() = default;
  Histogram(std::vector<double> edges_of_bins, std::size_t groups)
      : edges(std::move(edges_of_bins)), counts(groups, std::vector<std::int64_t>(edges.size() - 1, 0)) {}

  /// What lies beyond the edges counts in the outermost bins; NaN does not count.
  void add(std::size_t group, double value) {
    if (std::isnan(value)) return;
    const auto above = std::upper_bound(edges.begin() + 1, edges.end() - 1, value);
    ++counts[group][static_cast<std::size_t>(above - edges.begin()) - 1];
  }
  [[nodiscard]] bool empty() const noexcept { return counts.empty(); }
  /// Whether its bins are of equal ratio.
  [[nodiscard]] bool logarithmic() const noexcept {
    return edges.size() > 2 && edges[0] > 0.0 && edges[2] - edges[1] > 1.01 * (edges[1] - edges[0]);
  }
};

}  // namespace weir::inline WEIR_ABI
