// Every metric there is: the one list that reports, their JSON, docs and tests read, in its order. A new one costs an
// include and an entry here.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/kinds.hpp>
#include <weir/train/metrics/any_metric.hpp>
#include <weir/train/metrics/class_metrics.hpp>
#include <weir/train/metrics/cohen_kappa.hpp>
#include <weir/train/metrics/ranking_metrics.hpp>
#include <weir/train/metrics/value_metrics.hpp>

#include <vector>

namespace weir::inline WEIR_ABI {

using BuiltinMetrics =
    KindList<metrics::Accuracy, metrics::BalancedAccuracy, metrics::Recall, metrics::FalsePositiveRate,
             metrics::Precision, metrics::F1, metrics::MacroF1, metrics::WeightedF1,
             metrics::MatthewsCorrelation, metrics::CohenKappa, metrics::RocAuc, metrics::PrAuc,
             metrics::MeanSquaredError, metrics::RootMeanSquaredError, metrics::MeanAbsoluteError,
             metrics::R2, metrics::MeanAbsolutePercentageError>;

template <class... M>
[[nodiscard]] std::vector<AnyMetric> metrics_of(KindList<M...>) {
  return {AnyMetric(M{})...};
}
/// All of them; add your own, or leave some out.
[[nodiscard]] std::vector<AnyMetric> builtin_metrics();

#if WEIR_BODIES
WEIR_BODY std::vector<AnyMetric> builtin_metrics() { return metrics_of(BuiltinMetrics{}); }
#endif

}  // namespace weir::inline WEIR_ABI
