// What is said of a training that Ctrl-C or SIGTERM stopped, and how it goes on.
#pragma once

#include "commands.hpp"
#include "training.hpp"

#include <weir/train/history.hpp>

#include <string>

namespace cli {

/// The checkpoint that is written: a new one, or the one that training goes on from; empty: none.
[[nodiscard]] std::string kept_checkpoint(const TrainOptions& options);

/// "7 of 20"
[[nodiscard]] std::string epochs_text(const weir::History& history, weir::Index epochs);

/// Says on standard error what is saved and how to go on, and ends the program by the signal.
[[noreturn]] void tell_interrupted(const TrainOptions& options, const State& state, const Plan& plan,
                                   const Watching& watching);

}  // namespace cli
