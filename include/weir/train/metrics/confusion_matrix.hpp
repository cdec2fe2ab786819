// How often each class was taken for which - rows are true classes, columns verdicts -, and the ratios of its
// counts. One without cases (precision of a class never predicted) is not defined: NaN. In a mean over
// classes it counts as 0, as in scikit-learn with zero_division=0: a class that is never found must not raise
// the mean.
//
//   precision = TP / (TP + FP)      F1  = 2 TP / (2 TP + FP + FN)
//   recall    = TP / (TP + FN)      FPR = FP / (FP + TN)            accuracy = sum_k n_kk / n
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/core/tensor.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <string>
#include <vector>

namespace weir::inline WEIR_ABI {

class ConfusionMatrix {
 public:
  explicit ConfusionMatrix(Index classes = 2)
      : classes_(classes), counts_(static_cast<std::size_t>(classes * classes), 0) {}

  void add(Index truth, Index verdict, std::int64_t rows = 1) { counts_[at(truth, verdict)] += rows; }

  [[nodiscard]] Index classes() const noexcept { return classes_; }
  [[nodiscard]] std::int64_t count(Index truth, Index verdict) const { return counts_[at(truth, verdict)]; }
  [[nodiscard]] std::int64_t rows() const {
    return std::accumulate(counts_.begin(), counts_.end(), std::int64_t{0});
  }
  /// Rows whose true class is k.
  [[nodiscard]] std::int64_t support(Index k) const { return total(k, true); }
  /// Rows that were taken for class k.
  [[nodiscard]] std::int64_t predicted(Index k) const { return total(k, false); }
  /// Rows whose class was found.
  [[nodiscard]] std::int64_t correct() const {
    std::int64_t sum = 0;
    for (Index k = 0; k < classes_; ++k) sum += count(k, k);
    return sum;
  }
  /// Whether class k is that of a row, in truth or by prediction. Means over the classes leave out the others.
  [[nodiscard]] bool occurs(Index k) const { return support(k) + predicted(k) > 0; }

  [[nodiscard]] double accuracy() const { return ratio(correct(), rows()); }
  [[nodiscard]] double precision(Index k) const { return ratio(count(k, k), predicted(k)); }
  [[nodiscard]] double recall(Index k) const { return ratio(count(k, k), support(k)); }
  [[nodiscard]] double f1(Index k) const { return ratio(2 * count(k, k), support(k) + predicted(k)); }
  /// Share of the rows of other classes that were taken for class k.
  [[nodiscard]] double false_positive_rate(Index k) const {
    return ratio(predicted(k) - count(k, k), rows() - support(k));
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

 private:
  [[nodiscard]] std::size_t at(Index truth, Index verdict) const {
    if (truth < 0 || truth >= classes_ || verdict < 0 || verdict >= classes_) {
      fail(ErrorKind::data,
           "class " + std::to_string(std::max(truth, verdict)) + " is not among " + std::to_string(classes_));
    }
    return static_cast<std::size_t>(truth * classes_ + verdict);
  }
  [[nodiscard]] std::int64_t total(Index k, bool truth) const {
    std::int64_t sum = 0;
    for (Index other = 0; other < classes_; ++other) sum += truth ? count(k, other) : count(other, k);
    return sum;
  }
  static double ratio(std::int64_t part, std::int64_t whole) {
    return whole == 0 ? std::nan("") : static_cast<double>(part) / static_cast<double>(whole);
  }
  /// Over the classes that occur, as truth or as prediction.
  template <class F>
  [[nodiscard]] double average(Average how, F value) const {
    if (how == Average::micro) return accuracy();  // every row has one class, so all micro averages coincide
    double sum = 0.0, weights = 0.0;
    for (Index k = 0; k < classes_; ++k) {
      if (!occurs(k)) continue;
      const double weight = how == Average::macro ? 1.0 : static_cast<double>(support(k));
      if (const double of_class = value(k); !std::isnan(of_class)) sum += weight * of_class;
      weights += weight;
    }
    return sum / weights;
  }

  Index classes_;
  std::vector<std::int64_t> counts_;
};

}  // namespace weir::inline WEIR_ABI
