// How good predictions are. Rows of the confusion matrix are true classes, columns predicted ones. A ratio
// without cases (precision of a class never predicted) is 0, as in scikit-learn with zero_division=0.
//
//   precision = TP / (TP + FP)      F1 = 2 TP / (2 TP + FP + FN)
//   recall    = TP / (TP + FN)      accuracy = sum_k n_kk / n
//   FPR       = FP / (FP + TN)      balanced accuracy = mean recall of the classes that occur
//
// MCC: Matthews 1975 for two classes; Gorodkin 2004 for more.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/core/quantile.hpp>
#include <weir/losses/target.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <span>
#include <string>
#include <vector>

namespace weir::inline WEIR_ABI {

class ConfusionMatrix {
 public:
  explicit ConfusionMatrix(Index classes = 2)
      : classes_(classes), counts_(static_cast<std::size_t>(classes * classes), 0) {}

  void add(Index truth, Index predicted) { ++counts_[at(truth, predicted)]; }

  [[nodiscard]] Index classes() const noexcept { return classes_; }
  [[nodiscard]] std::int64_t count(Index truth, Index predicted) const {
    return counts_[at(truth, predicted)];
  }
  [[nodiscard]] std::int64_t rows() const {
    return std::accumulate(counts_.begin(), counts_.end(), std::int64_t{0});
  }
  /// Rows whose true class is k.
  [[nodiscard]] std::int64_t support(Index k) const { return total(k, true); }

  [[nodiscard]] double accuracy() const { return ratio(diagonal(), rows()); }
  [[nodiscard]] double precision(Index k) const { return ratio(count(k, k), total(k, false)); }
  [[nodiscard]] double recall(Index k) const { return ratio(count(k, k), total(k, true)); }
  [[nodiscard]] double f1(Index k) const { return ratio(2 * count(k, k), total(k, true) + total(k, false)); }
  /// Share of the rows of other classes that were taken for class k.
  [[nodiscard]] double false_positive_rate(Index k) const {
    return ratio(total(k, false) - count(k, k), rows() - total(k, true));
  }
  [[nodiscard]] double balanced_accuracy() const {
    double sum = 0.0;
    Index present = 0;
    for (Index k = 0; k < classes_; ++k) {
      if (support(k) == 0) continue;
      sum += recall(k);
      ++present;
    }
    return present == 0 ? 0.0 : sum / static_cast<double>(present);
  }

  enum class Average : unsigned char { macro, micro, weighted };
  [[nodiscard]] double precision(Average how) const {
    return average(how, [this](Index k) { return precision(k); });
  }
  [[nodiscard]] double recall(Average how) const {
    return average(how, [this](Index k) { return recall(k); });
  }
  [[nodiscard]] double f1(Average how) const {
    return average(how, [this](Index k) { return f1(k); });
  }

  [[nodiscard]] double mcc() const {
    const auto n = static_cast<double>(rows());
    const auto correct = static_cast<double>(diagonal());
    double cross = 0.0, truth_squares = 0.0, predicted_squares = 0.0;
    for (Index k = 0; k < classes_; ++k) {
      const auto truths = static_cast<double>(total(k, true));
      const auto predicted = static_cast<double>(total(k, false));
      cross += truths * predicted;
      truth_squares += truths * truths;
      predicted_squares += predicted * predicted;
    }
    const double bottom = std::sqrt((n * n - predicted_squares) * (n * n - truth_squares));
    return bottom == 0.0 ? 0.0 : (correct * n - cross) / bottom;
  }

 private:
  [[nodiscard]] std::size_t at(Index truth, Index predicted) const {
    if (truth < 0 || truth >= classes_ || predicted < 0 || predicted >= classes_) {
      fail(ErrorKind::data, "class " + std::to_string(std::max(truth, predicted)) + " is not among " +
                                std::to_string(classes_));
    }
    return static_cast<std::size_t>(truth * classes_ + predicted);
  }
  [[nodiscard]] std::int64_t total(Index k, bool truth) const {
    std::int64_t sum = 0;
    for (Index other = 0; other < classes_; ++other) sum += truth ? count(k, other) : count(other, k);
    return sum;
  }
  [[nodiscard]] std::int64_t diagonal() const {
    std::int64_t sum = 0;
    for (Index k = 0; k < classes_; ++k) sum += count(k, k);
    return sum;
  }
  static double ratio(std::int64_t part, std::int64_t whole) {
    return whole == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(whole);
  }
  /// Over the classes that occur, as truth or as prediction.
  template <class F>
  [[nodiscard]] double average(Average how, F value) const {
    if (how == Average::micro) return accuracy();  // every row has one class, so all micro averages coincide
    double sum = 0.0, weights = 0.0;
    for (Index k = 0; k < classes_; ++k) {
      if (total(k, true) + total(k, false) == 0) continue;
      const double weight = how == Average::macro ? 1.0 : static_cast<double>(support(k));
      sum += weight * value(k);
      weights += weight;
    }
    return weights == 0.0 ? 0.0 : sum / weights;
  }

  Index classes_;
  std::vector<std::int64_t> counts_;
};

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

/// Row numbers by falling score.
template <class T>
[[nodiscard]] std::vector<std::size_t> by_falling_score(std::span<const T> scores) {
  std::vector<std::size_t> order(scores.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return scores[a] > scores[b]; });
  return order;
}

/// Calls f(true positives, false positives) after each group of equal scores, from the highest down.
template <class T, class F>
void each_threshold(std::span<const T> scores, std::span<const Label> labels, const char* what, F f) {
  if (scores.size() != labels.size()) {
    fail(ErrorKind::shape, std::string(what) + ": " + std::to_string(scores.size()) + " scores and " +
                               std::to_string(labels.size()) + " labels");
  }
  check_ranks(scores, what);
  const std::vector<std::size_t> order = by_falling_score(scores);
  double true_positives = 0.0, false_positives = 0.0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    (labels[order[i]] == 1 ? true_positives : false_positives) += 1.0;
    const bool last_of_group = i + 1 == order.size() || scores[order[i]] != scores[order[i + 1]];
    if (last_of_group) f(true_positives, false_positives);
  }
}
}  // namespace detail

/// Area under the ROC curve (label 1 is positive): the chance that a positive row scores above a negative
/// one, ties counting half. NaN when there is only one class.
template <class T>
[[nodiscard]] double roc_auc(std::span<const T> scores, std::span<const Label> labels) {
  double area = 0.0, before_tp = 0.0, before_fp = 0.0;
  detail::each_threshold(scores, labels, "roc_auc", [&](double tp, double fp) {
    area += (fp - before_fp) * (tp + before_tp) / 2.0;
    before_tp = tp;
    before_fp = fp;
  });
  return before_tp == 0.0 || before_fp == 0.0 ? std::nan("") : area / (before_tp * before_fp);
}

/// Area under the precision-recall curve as average precision, sum of (R_i - R_{i-1}) P_i. NaN without
/// positives. NumericError when a score is NaN.
template <class T>
[[nodiscard]] double pr_auc(std::span<const T> scores, std::span<const Label> labels) {
  double area = 0.0, before_tp = 0.0;
  detail::each_threshold(scores, labels, "pr_auc", [&](double tp, double fp) {
    area += (tp - before_tp) * tp / (tp + fp);
    before_tp = tp;
  });
  return before_tp == 0.0 ? std::nan("") : area / before_tp;
}

/// The q-quantile of values, 0 <= q <= 1 (core/quantile.hpp). NaN without values; NumericError when a value is NaN.
[[nodiscard]] inline double quantile(std::vector<double> values, double q) {
  if (!(q >= 0.0 && q <= 1.0)) fail(ErrorKind::config, "quantile: q must lie between 0 and 1");
  detail::check_ranks(std::span<const double>(values), "quantile");
  if (values.empty()) return std::nan("");
  std::sort(values.begin(), values.end());
  return sorted_quantile(values, q);
}

}  // namespace weir::inline WEIR_ABI
