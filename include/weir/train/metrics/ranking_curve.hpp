// A ranking (ranking.hpp) in few points, for ROC and precision-recall curves: of its thresholds those that are far enough
// apart in recall, in false alarms, or in the logarithm of the rows above them, by which precision cannot change more than a
// little between two of them.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/train/metrics/ranking.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

namespace weir::inline WEIR_ABI {

struct RankingCurve {
  double positives = 0.0, negatives = 0.0;
  std::vector<Ranking::Step> steps{};  ///< from the highest threshold down; the last has all rows above it

  RankingCurve() = default;
  /// Of at most `most` + 2 thresholds.
  explicit RankingCurve(const Ranking& ranking, std::size_t most = 100)
      : positives(ranking.positives()), negatives(ranking.negatives()) {
    const std::span<const Ranking::Step> all = ranking.steps();
    const double spacing = 3.0 / static_cast<double>(most);
    double last = -1.0;
    for (std::size_t i = 0; i < all.size(); ++i) {
      const double here = way(all[i]);
      if (i > 0 && i + 1 < all.size() && here < last + spacing) continue;
      steps.push_back(all[i]);
      last = here;
    }
  }

  /// Whether there is anything to tell apart.
  [[nodiscard]] bool has_both() const noexcept { return positives > 0.0 && negatives > 0.0; }
  [[nodiscard]] double recall(const Ranking::Step& step) const { return step.true_positives / positives; }
  [[nodiscard]] double false_positive_rate(const Ranking::Step& step) const {
    return step.false_positives / negatives;
  }
  [[nodiscard]] static double precision(const Ranking::Step& step) {
    return step.true_positives / (step.true_positives + step.false_positives);
  }

 private:
  /// From 0 to 3, and never less than at a higher threshold.
  [[nodiscard]] double way(const Ranking::Step& step) const {
    const double rows = positives + negatives;
    return step.true_positives / std::max(1.0, positives) + step.false_positives / std::max(1.0, negatives) +
           std::log(step.true_positives + step.false_positives) / std::log(std::max(2.0, rows));
  }
};

}  // namespace weir::inline WEIR_ABI
