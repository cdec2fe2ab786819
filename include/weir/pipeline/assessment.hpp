// What an Assessor (assessor.hpp) found: how a pipeline does on labelled rows.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/thinned.hpp>
#include <weir/data/preparing/event_types.hpp>
#include <weir/data/preparing/unseen_texts.hpp>
#include <weir/data/tables/table.hpp>
#include <weir/data/tables/table_gaps.hpp>
#include <weir/pipeline/task.hpp>
#include <weir/train/metrics.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

/// A number, and what was said of it.
struct ValuePair {
  double truth = 0.0;
  double value = 0.0;
  double naive = 0.0;  ///< forecast: the last known value; may be NaN
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
  EventTypes events{};       ///< of an EVE log, and how many of each lack the model's columns
  /// Labels counted among "all others" that may have been meant otherwise, each with the label that the model
  /// knows; the first ones.
  std::vector<std::pair<std::string, std::string>> mistaken{};

  /// Labels counted among "all others" that the model's map of labels does not name; the first ones.
  std::vector<std::string> unnamed{};

  ConfusionMatrix confusion{0};
  Measures measures{};    ///< of all metrics that fit the task
  bool forecast = false;  ///< of a series; then also
  Measures naive{};       ///< those of the last known value as forecast

  std::vector<RankingCurve> curves{};  ///< of class 1 of two, or of each class against the others
  Histogram scores{};                  ///< by true class, where there is a threshold
  Calibration calibration{};           ///< classify: of class 1 of two, or of the class that was said
  Thinned<ValuePair> values{4'096};    ///< regress
  std::vector<ValuePair> latest{};     ///< forecast: the last steps, one after the other
  Table sample{};  ///< some of the rows, where they were asked for (AssessOptions::keep_rows)

  [[nodiscard]] bool two_classes() const noexcept { return classes.size() == 2; }
  /// Of the metric of this name, such as "f1" or "rmse" (train/metrics/builtin_metrics.hpp).
  [[nodiscard]] double value(std::string_view metric) const { return measures.value(metric); }
};

}  // namespace weir::inline WEIR_ABI
