// Cohen's kappa: how much more often verdict and truth agree than they would by chance, with as many rows of each class
// (Cohen 1960).
//
//   kappa = (p_o - p_e) / (1 - p_e)      p_o = sum_k n_kk / n      p_e = sum_k t_k p_k / n^2
#pragma once

#include <weir/core/abi.hpp>
#include <weir/train/metrics/confusion_matrix.hpp>

#include <cmath>
#include <string_view>

namespace weir::inline WEIR_ABI {

namespace metrics {

struct CohenKappa {
  static constexpr std::string_view kind = "cohen_kappa";
  static constexpr std::string_view formula =
      "(p_o - p_e) / (1 - p_e); p_o accuracy, p_e = sum_k t_k p_k / n^2 that of chance; not defined where "
      "all is of one "
      "class";
  static constexpr std::string_view title = "Cohen's kappa";
  static constexpr std::string_view meaning = "agreement beyond chance: 1 perfect, 0 chance";
  static constexpr std::string_view reference = "scikit-learn cohen_kappa_score";

  double operator()(const ConfusionMatrix& m) const {
    const auto n = static_cast<double>(m.rows());
    double by_chance = 0.0;
    for (Index k = 0; k < m.classes(); ++k) {
      by_chance += static_cast<double>(m.support(k)) * static_cast<double>(m.predicted(k));
    }
    const double beyond = n * n - by_chance;
    return beyond > 0.0 ? (static_cast<double>(m.correct()) * n - by_chance) / beyond : std::nan("");
  }
};

}  // namespace metrics

}  // namespace weir::inline WEIR_ABI
