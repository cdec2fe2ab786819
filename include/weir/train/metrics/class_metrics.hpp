// Metrics of how rows were classified. Precision, recall, F1 and false positive rate are those of one class; of more
// than two classes the mean is reported, over the classes that occur.
//
// MCC: Matthews 1975 for two classes; Gorodkin 2004 for more.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/train/metrics/confusion_matrix.hpp>

#include <cmath>
#include <string_view>

namespace weir::inline WEIR_ABI {

namespace metrics {

struct Accuracy {
  static constexpr std::string_view kind = "accuracy";
  static constexpr std::string_view formula = "sum_k n_kk / n";
  static constexpr std::string_view title = "accuracy";
  static constexpr std::string_view meaning = "of all rows are judged rightly";
  static constexpr std::string_view reference = "scikit-learn accuracy_score";
  static constexpr bool share = true;

  double operator()(const ConfusionMatrix& m) const { return m.accuracy(); }
};

struct BalancedAccuracy {
  static constexpr std::string_view kind = "balanced_accuracy";
  static constexpr std::string_view formula = "mean recall of the classes that have rows";
  static constexpr std::string_view title = "balanced accuracy";
  static constexpr std::string_view meaning = "mean of what is found per class";
  static constexpr std::string_view reference = "scikit-learn balanced_accuracy_score";
  static constexpr bool share = true;

  double operator()(const ConfusionMatrix& m) const {
    double sum = 0.0, present = 0.0;
    for (Index k = 0; k < m.classes(); ++k) {
      if (m.support(k) == 0) continue;
      sum += m.recall(k);
      present += 1.0;
    }
    return sum / present;
  }
};

struct Recall {
  static constexpr std::string_view kind = "recall";
  static constexpr std::string_view formula = "TP / (TP + FN)";
  static constexpr std::string_view title = "recall";
  static constexpr std::string_view heading = "recall";
  static constexpr std::string_view meaning = "of '{1}' rows are found";
  static constexpr std::string_view reference = "scikit-learn recall_score";
  static constexpr bool share = true;

  double operator()(const ConfusionMatrix& m, Index k) const { return m.recall(k); }
};

struct FalsePositiveRate {
  static constexpr std::string_view kind = "fpr";
  static constexpr std::string_view formula = "FP / (FP + TN)";
  static constexpr std::string_view title = "false positive rate";
  static constexpr std::string_view heading = "FPR";
  static constexpr std::string_view meaning = "of '{0}' rows raise a false alarm";
  static constexpr std::string_view reference = "scikit-learn 1 - recall_score(pos_label=0)";
  static constexpr bool share = true;
  static constexpr bool less_is_better = true;

  double operator()(const ConfusionMatrix& m, Index k) const { return m.false_positive_rate(k); }
};

struct Precision {
  static constexpr std::string_view kind = "precision";
  static constexpr std::string_view formula = "TP / (TP + FP)";
  static constexpr std::string_view title = "precision";
  static constexpr std::string_view heading = "precision";
  static constexpr std::string_view meaning = "of all alarms are right";
  static constexpr std::string_view reference = "scikit-learn precision_score";
  static constexpr bool share = true;

  double operator()(const ConfusionMatrix& m, Index k) const { return m.precision(k); }
};

struct F1 {
  static constexpr std::string_view kind = "f1";
  static constexpr std::string_view formula = "2 TP / (2 TP + FP + FN)";
  static constexpr std::string_view title = "F1";
  static constexpr std::string_view heading = "F1";
  static constexpr std::string_view meaning = "of precision and recall";
  static constexpr std::string_view reference = "scikit-learn f1_score";

  double operator()(const ConfusionMatrix& m, Index k) const { return m.f1(k); }
};

struct MacroF1 {
  static constexpr std::string_view kind = "macro_f1";
  static constexpr std::string_view formula = "mean F1 of the classes that occur";
  static constexpr std::string_view title = "macro F1";
  static constexpr std::string_view meaning = "mean F1 of the classes";
  static constexpr std::string_view reference = "scikit-learn f1_score(average='macro')";

  double operator()(const ConfusionMatrix& m) const { return m.f1(ConfusionMatrix::Average::macro); }
};

struct WeightedF1 {
  static constexpr std::string_view kind = "weighted_f1";
  static constexpr std::string_view formula = "mean F1 of the classes, weighted by their rows";
  static constexpr std::string_view reference = "scikit-learn f1_score(average='weighted')";

  double operator()(const ConfusionMatrix& m) const { return m.f1(ConfusionMatrix::Average::weighted); }
};

struct MatthewsCorrelation {
  static constexpr std::string_view kind = "mcc";
  static constexpr std::string_view formula =
      "(n sum_k n_kk - sum_k t_k p_k) / sqrt((n^2 - sum_k p_k^2)(n^2 - sum_k t_k^2)); t_k rows of class k, "
      "p_k rows "
      "taken for it";
  static constexpr std::string_view title = "MCC";
  static constexpr std::string_view meaning = "Matthews' correlation: 1 perfect, 0 chance";
  static constexpr std::string_view reference = "scikit-learn matthews_corrcoef";

  double operator()(const ConfusionMatrix& m) const {
    const auto n = static_cast<double>(m.rows());
    double cross = 0.0, truth_squares = 0.0, verdict_squares = 0.0;
    for (Index k = 0; k < m.classes(); ++k) {
      const auto truths = static_cast<double>(m.support(k));
      const auto verdicts = static_cast<double>(m.predicted(k));
      cross += truths * verdicts;
      truth_squares += truths * truths;
      verdict_squares += verdicts * verdicts;
    }
    const double bottom = std::sqrt((n * n - verdict_squares) * (n * n - truth_squares));
    return bottom == 0.0 ? 0.0 : (static_cast<double>(m.correct()) * n - cross) / bottom;
  }
};

}  // namespace metrics

}  // namespace weir::inline WEIR_ABI
