// The one place where training is compiled, for all nets, losses and optimizers.
#pragma once

#include "model.hpp"

#include <weir/pipeline/learn_options.hpp>
#include <weir/pipeline/learned.hpp>
#include <weir/pipeline/samples.hpp>
#include <weir/pipeline/search.hpp>

#include <string>

namespace cli {

using Plan = weir::LearnPlan<Net>;
using Learned = weir::Learned<Net>;

[[nodiscard]] Plan plan_learning(const weir::Samples& samples, const weir::LearnOptions& options);

struct Watching {
  std::string log{};          ///< a CSV file; empty: none
  bool bar = false;           ///< a progress bar on standard error
  std::string log_failure{};  ///< why the log ends before the training; empty: it does not
};

/// Trains, as weir::learn() does.
[[nodiscard]] Learned learn(const weir::Samples& samples, Plan plan, Watching& watching);

}  // namespace cli
