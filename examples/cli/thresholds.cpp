#include "thresholds.hpp"

#include <weir/core/error.hpp>

namespace cli {

bool has_threshold(const Model& model) {
  return model.task == weir::Task::anomaly ||
         (model.task == weir::Task::classify && model.labels.classes.size() == 2);
}

void replace_threshold(Model& model, std::optional<double> threshold) {
  if (!threshold) return;
  if (!has_threshold(model)) {
    weir::fail(weir::ErrorKind::config,
               "--threshold is for models with two classes or of anomalies; this one has none");
  }
  model.threshold = *threshold;
}

}  // namespace cli
