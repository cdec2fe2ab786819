// The one place where training is compiled, for all nets, losses and optimizers.
#pragma once

#include "model.hpp"

#include <weir/losses/any_loss.hpp>
#include <weir/optimizers/any_optimizer.hpp>
#include <weir/train/fit.hpp>

#include <string>

namespace cli {

struct Lesson {
  const weir::Dataset<float>& training;
  const weir::Dataset<float>& validation;  ///< never trained on; may be empty
  weir::AnyLoss loss;
  weir::AnyOptimizer optimizer;
  weir::FitOptions options;
};

struct Watching {
  std::string log{};          ///< a CSV file; empty: none
  bool bar = false;           ///< a progress bar on standard error
  std::string log_failure{};  ///< why the log ends before the training; empty: it does not
};

/// Trains `net`, whose weights are drawn from the seed.
weir::History learn(Net& net, const Lesson& lesson, Watching& watching);

}  // namespace cli
