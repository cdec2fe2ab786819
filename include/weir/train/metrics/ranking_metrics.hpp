// Metrics of how scores rank the rows of a class against all others, over all thresholds. Of more than two classes the
// mean is reported; a class without rows, or without others, has none.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/train/metrics/ranking.hpp>

#include <string_view>

namespace weir::inline WEIR_ABI {

namespace metrics {

struct RocAuc {
  static constexpr std::string_view kind = "roc_auc";
  static constexpr std::string_view formula =
      "chance that a row of the class scores above another one, ties counting half";
  static constexpr std::string_view title = "ROC-AUC";
  static constexpr std::string_view heading = "ROC-AUC";
  static constexpr std::string_view meaning = "1 perfect, 0.5 chance; of all thresholds";
  static constexpr std::string_view reference = "scikit-learn roc_auc_score";

  double operator()(const Ranking& ranking) const { return ranking.roc_auc(); }
};

struct PrAuc {
  static constexpr std::string_view kind = "pr_auc";
  static constexpr std::string_view formula =
      "average precision: sum_i (R_i - R_{i-1}) P_i over the thresholds, from the highest down";
  static constexpr std::string_view title = "PR-AUC";
  static constexpr std::string_view meaning = "average precision over all thresholds";
  static constexpr std::string_view reference = "scikit-learn average_precision_score";

  double operator()(const Ranking& ranking) const { return ranking.pr_auc(); }
};

}  // namespace metrics

}  // namespace weir::inline WEIR_ABI
