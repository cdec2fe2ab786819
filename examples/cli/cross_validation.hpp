// weir train --folds, --leave-group-out and --repeat: how models that never saw a row judge it.
#pragma once

#include "commands.hpp"

#include <weir/pipeline/cross_validation.hpp>

#include <string>

namespace cli {

/// Judges what the options would train on parts of TRAIN, and tells on a terminal how far it is.
[[nodiscard]] weir::CrossValidation cross_validate(const TrainOptions& options);

/// With a title.
[[nodiscard]] std::string cross_validation_text(const weir::CrossValidation& result);

/// The report of that alone, without a model.
void report_cross_validation(const TrainOptions& options);

}  // namespace cli
