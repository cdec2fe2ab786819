#include "interrupted.hpp"

#include "interruption.hpp"

#include <cstdio>

namespace cli {

namespace {

/// The command that was given, going on from the checkpoint.
[[nodiscard]] std::string next_command(const TrainOptions& options) {
  std::string text;
  for (const std::string& word : options.command) text += (text.empty() ? "" : " ") + weir::shell_word(word);
  return options.resume.empty() ? text + " --resume " + weir::shell_word(options.checkpoint) : text;
}

[[nodiscard]] std::string saved_text(const TrainOptions& options, const State& state, const Plan& plan) {
  const weir::History& history = state.history;
  if (history.epochs.empty()) return "interrupted within the first epoch: no model is saved";
  if (!history.interrupted) return "interrupted when training was complete: " + options.model + " is saved";
  const bool best = plan.choices.patience > 0;
  return "interrupted after " + epochs_text(history, plan.choices.epochs) + " epochs: " + options.model +
         " has the " +
         (best ? "weights of epoch " + std::to_string(history.best_epoch) + ", the best so far"
               : "newest weights");
}

[[nodiscard]] std::string going_on_text(const TrainOptions& options, const Watching& watching) {
  if (!watching.checkpoint_failure.empty()) return "--checkpoint: " + watching.checkpoint_failure;
  if (watching.checkpoint.empty()) return "--checkpoint FILE would have kept what it takes to go on";
  return "to go on: " + next_command(options);
}

}  // namespace

std::string kept_checkpoint(const TrainOptions& options) {
  return options.checkpoint.empty() ? options.resume : options.checkpoint;
}

std::string epochs_text(const weir::History& history, weir::Index epochs) {
  return std::to_string(history.epochs.size()) + " of " + std::to_string(epochs);
}

void tell_interrupted(const TrainOptions& options, const State& state, const Plan& plan,
                      const Watching& watching) {
  std::string text = "weir: " + saved_text(options, state, plan);
  if (state.history.interrupted) text += "\nweir: " + going_on_text(options, watching);
  std::fprintf(stderr, "%s\n", text.c_str());
  EndAsked::end();
}

}  // namespace cli
