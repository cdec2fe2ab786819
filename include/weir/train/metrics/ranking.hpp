// What the order of scores tells: how rows of a class (label 1) rank among all others, and quantiles. A score that is
// NaN has no rank and is refused (NumericError).
//
//   const Ranking ranking(scores, labels);
//   for (const Ranking::Step& step : ranking.steps()) ... step.true_positives, step.false_positives
//   roc_auc(scores, labels), pr_auc(scores, labels)
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/core/quantile.hpp>
#include <weir/losses/target.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <span>
#include <string>
#include <vector>

namespace weir::inline WEIR_ABI {

namespace detail {
/// Throws NumericError on a NaN: it is not above, below or equal to anything, so it has no rank.
template <class T>
void check_ranks(std::span<const T> scores, const char* what) {
  for (std::size_t i = 0; i < scores.size(); ++i) {
    if (std::isnan(scores[i])) {
      fail(ErrorKind::numeric,
           std::string(what) + ": the score of row " + std::to_string(i) +
               " is NaN, which has no rank: leave out such rows, or mend what scores them");
    }
  }
}
}  // namespace detail

class Ranking {
 public:
  /// Rows that score at least as much: a threshold at a score that occurs.
  struct Step {
    double score = 0.0;
    double true_positives = 0.0, false_positives = 0.0;
  };

  /// `what` is what messages call it.
  template <class T>
  Ranking(std::span<const T> scores, std::span<const Label> labels, const char* what = "ranking") {
    if (scores.size() != labels.size()) {
      fail(ErrorKind::shape, std::string(what) + ": " + std::to_string(scores.size()) + " scores and " +
                                 std::to_string(labels.size()) + " labels");
    }
    detail::check_ranks(scores, what);
    std::vector<std::size_t> order(scores.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(),
              [&](std::size_t a, std::size_t b) { return scores[a] > scores[b]; });
    for (std::size_t i = 0; i < order.size(); ++i) {
      (labels[order[i]] == 1 ? positives_ : negatives_) += 1.0;
      const bool last_of_equals = i + 1 == order.size() || scores[order[i]] != scores[order[i + 1]];
      if (last_of_equals) steps_.push_back({static_cast<double>(scores[order[i]]), positives_, negatives_});
    }
  }

  /// From the highest score down, equal scores together.
  [[nodiscard]] std::span<const Step> steps() const noexcept { return steps_; }
  [[nodiscard]] double positives() const noexcept { return positives_; }
  [[nodiscard]] double negatives() const noexcept { return negatives_; }
  /// Whether there is anything to tell apart.
  [[nodiscard]] bool has_both() const noexcept { return positives_ > 0.0 && negatives_ > 0.0; }

  /// Under the curve of recall against false alarms: the chance that a positive row scores above a negative one,
  /// ties counting half. NaN when there is only one class.
  [[nodiscard]] double roc_auc() const {
    double area = 0.0;
    Step before{};
    for (const Step& step : steps_) {
      area += (step.false_positives - before.false_positives) *
              (step.true_positives + before.true_positives) / 2.0;
      before = step;
    }
    return has_both() ? area / (positives_ * negatives_) : std::nan("");
  }
  /// Under the curve of precision against recall, as average precision: sum of (R_i - R_{i-1}) P_i. NaN without
  /// positives.
  [[nodiscard]] double pr_auc() const {
    double area = 0.0, before = 0.0;
    for (const Step& step : steps_) {
      area +=
          (step.true_positives - before) * step.true_positives / (step.true_positives + step.false_positives);
      before = step.true_positives;
    }
    return positives_ > 0.0 ? area / positives_ : std::nan("");
  }

 private:
  std::vector<Step> steps_{};
  double positives_ = 0.0, negatives_ = 0.0;
};

/// Ranking::roc_auc of these.
template <class T>
[[nodiscard]] double roc_auc(std::span<const T> scores, std::span<const Label> labels) {
  return Ranking(scores, labels, "roc_auc").roc_auc();
}

/// Ranking::pr_auc of these.
template <class T>
[[nodiscard]] double pr_auc(std::span<const T> scores, std::span<const Label> labels) {
  return Ranking(scores, labels, "pr_auc").pr_auc();
}

/// The q-quantile of values, 0 <= q <= 1 (core/quantile.hpp). NaN without values; NumericError when a value is NaN.
[[nodiscard]] inline double quantile(std::vector<double> values, double q) {
  if (!(q >= 0.0 && q <= 1.0)) fail(ErrorKind::config, "quantile: q must lie between 0 and 1");
  detail::check_ranks(std::span<const double>(values), "quantile");
  if (values.empty()) return std::nan("");
  std::sort(values.begin(), values.end());
  return sorted_quantile(values, q);
}

#if defined(WEIR_COMPILED)
extern template Ranking::Ranking(std::span<const float>, std::span<const Label>, const char*);
#endif

}  // namespace weir::inline WEIR_ABI
