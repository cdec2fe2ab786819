// The one place where training is compiled, for all nets, losses and optimizers.
#pragma once

#include "model.hpp"

#include <weir/pipeline/learn_options.hpp>
#include <weir/pipeline/learned.hpp>
#include <weir/pipeline/samples.hpp>
#include <weir/pipeline/search.hpp>
#include <weir/train/fit_state.hpp>

#include <atomic>
#include <string>

namespace cli {

using Plan = weir::LearnPlan<Net>;
using Learned = weir::Learned<Net>;

[[nodiscard]] Plan plan_learning(const weir::Samples& samples, const weir::LearnOptions& options);

using State = weir::FitState<Net>;

/// Where training begins: at the start, or at a checkpoint.
[[nodiscard]] State begin_training(const Plan& plan, const std::string& resume);

struct Watching {
  std::string log{};                 ///< a CSV file; empty: none
  bool bar = false;                  ///< a progress bar on standard error
  std::string checkpoint{};          ///< a file to keep; empty: none
  double checkpoint_every = 0.0;     ///< seconds
  const std::atomic<bool>& stop;     ///< training stops when it is set
  std::string log_failure{};         ///< why the log ends before the training; empty: it does not
  std::string checkpoint_failure{};  ///< why the checkpoint is not the newest
};

/// Trains from there, as weir::continue_learning() does.
void continue_training(const weir::Samples& samples, const Plan& plan, State& state, Watching& watching);

/// What has been trained, as weir::finish_learning() gives it.
[[nodiscard]] Learned finish_training(const weir::Samples& samples, const Plan& plan, const State& state);

}  // namespace cli
