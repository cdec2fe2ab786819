// train --alarm-rate: the threshold that ordinary rows reach at the rate that was asked for.
//
// It is taken from held-back rows of class 0 alone, so that the rate holds whatever the share of attacks is
// (weir/detect/score_threshold.hpp), and a rate that so few rows cannot tell is refused before training.
#pragma once

#include "model.hpp"
#include "preparation.hpp"
#include "report.hpp"

#include <weir/train/dataset.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace cli {

/// The score of each row.
[[nodiscard]] std::vector<double> scores_of(const Model& model, const weir::Dataset<float>& rows);

/// The rate to set the threshold by; 0 where none is to be set. Refuses one that cannot be set with these
/// rows. The default of anomaly models gives way where there are few rows.
[[nodiscard]] double alarm_rate_for(const TrainOptions& options, const Preparation& prepared);

/// A threshold, and what it did to the held-back rows.
struct AlarmRate {
  double asked = 0.0;  ///< 0: none was set
  double threshold = 0.0;
  std::size_t ordinary = 0, alarms = 0;  ///< rows of class 0, and those of them that raise an alarm
  std::size_t attacks = 0, found = 0;    ///< the same of class 1
};
[[nodiscard]] AlarmRate choose_threshold(const Model& model, const Preparation& prepared, double rate);

[[nodiscard]] std::string to_text(const AlarmRate& rate, const weir::LabelRule& labels);
[[nodiscard]] Json to_json(const AlarmRate& rate);

}  // namespace cli
