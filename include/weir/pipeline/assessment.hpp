// What an Assessor (assessor.hpp) found: how a pipeline does on labelled rows.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/data/table_gaps.hpp>
#include <weir/data/unseen_texts.hpp>
#include <weir/pipeline/task.hpp>
#include <weir/train/metrics.hpp>

#include <cmath>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

/// Under the curves of recall against false alarms, and of precision against recall; NaN without both
/// classes.
struct Areas {
  double roc = 0.0;
  double pr = 0.0;
};

struct Assessment {
  Task task = Task::classify;
  std::vector<std::string> classes{};
  double threshold = 0.0;
  std::int64_t rows = 0;      ///< judged
  std::int64_t unusable = 0;  ///< left out: a value is missing that must not be
  std::int64_t unlabelled = 0;
  std::int64_t unknown = 0;  ///< left out: of no class that the model knows
  GapCount gaps{};           ///< cells that were missing or infinite
  UnseenTexts unseen{};      ///< texts that are none of the model's categories
  /// Labels counted among "all others" that may have been meant otherwise, each with the label that the model
  /// knows; the first ones.
  std::vector<std::pair<std::string, std::string>> mistaken{};

  ConfusionMatrix confusion{0};
  std::vector<Areas> areas{};  ///< of class 1 for two classes, else of each class against the rest

  double mse = 0.0;
  double mae = 0.0;
  double r2 = 0.0;  ///< NaN where the truth does not vary

  bool forecast = false;    ///< of a series; then also
  double mape = 0.0;        ///< as a share; NaN where a value is 0
  double naive_mape = 0.0;  ///< of the last known value as forecast
  double naive_mae = 0.0;

  [[nodiscard]] bool two_classes() const noexcept { return classes.size() == 2; }
  /// Of class 1, or the mean over the classes that occur.
  [[nodiscard]] Areas area() const {
    Areas mean;
    double count = 0.0;
    for (const Areas& one : areas) {
      if (std::isnan(one.roc)) continue;
      mean.roc += one.roc;
      mean.pr += one.pr;
      count += 1.0;
    }
    if (count == 0.0) return {std::nan(""), std::nan("")};
    return {mean.roc / count, mean.pr / count};
  }
};

}  // namespace weir::inline WEIR_ABI
