// The score from which on a row raises an alarm.
#pragma once

#include "model.hpp"

#include <optional>

namespace cli {

/// Puts another threshold in the model, if there is one. ConfigError where a model has no use for it.
void replace_threshold(Model& model, std::optional<double> threshold);

/// Whether verdicts of this model depend on a threshold.
[[nodiscard]] bool has_threshold(const Model& model);

}  // namespace cli
