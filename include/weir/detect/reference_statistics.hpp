// What a model's inputs and scores looked like in training, small enough to be kept in its file: for each
// feature the bins of a stability index (population_stability.hpp), and quantiles of the scores. A
// DriftMonitor (drift_monitor.hpp) compares today's with them.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/detect/kolmogorov_smirnov.hpp>
#include <weir/detect/population_stability.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

struct ReferenceStatistics {
  static constexpr std::size_t bins = 10;  ///< of a feature, at most
  static constexpr std::size_t most_scores = 1'000;

  std::vector<PopulationStability> features{};
  std::vector<double> scores{};  ///< ascending; of many scores, evenly spaced quantiles

  [[nodiscard]] bool empty() const noexcept { return features.empty(); }

  /// From samples one behind the other, each of `size` features, and the scores of samples that were not
  /// trained on. DataError when there are none or one is NaN.
  template <class T>
  [[nodiscard]] static ReferenceStatistics fit(std::span<const T> samples, std::size_t size,
                                               std::vector<double> scores) {
    ReferenceStatistics result;
    std::vector<double> column(size == 0 ? 0 : samples.size() / size);
    for (std::size_t j = 0; j < size; ++j) {
      for (std::size_t i = 0; i < column.size(); ++i) column[i] = static_cast<double>(samples[i * size + j]);
      result.features.push_back(PopulationStability::fit(column, bins));
    }
    result.scores = thinned(KolmogorovSmirnov(scores).training());
    return result;
  }

  friend bool operator==(const ReferenceStatistics& a, const ReferenceStatistics& b) {
    const auto same = [](const PopulationStability& x, const PopulationStability& y) {
      return x.cuts() == y.cuts() && x.expected() == y.expected();
    };
    return a.scores == b.scores &&
           std::equal(a.features.begin(), a.features.end(), b.features.begin(), b.features.end(), same);
  }

 private:
  [[nodiscard]] static std::vector<double> thinned(const std::vector<double>& sorted) {
    if (sorted.size() <= most_scores) return sorted;
    std::vector<double> result;
    for (std::size_t i = 0; i < most_scores; ++i) {
      result.push_back(sorted[(2 * i + 1) * sorted.size() / (2 * most_scores)]);
    }
    return result;
  }
};

#if defined(WEIR_COMPILED)
extern template ReferenceStatistics ReferenceStatistics::fit<float>(std::span<const float>, std::size_t,
                                                                    std::vector<double>);
#endif

}  // namespace weir::inline WEIR_ABI
