#include "choices.hpp"

#include "commands.hpp"
#include "report.hpp"

#include <weir/train/recipe.hpp>

#include <algorithm>
#include <string>

namespace cli {

namespace {

constexpr long quick_epochs = 20;
constexpr long quick_batch = 128;

[[nodiscard]] weir::Goal goal_of(weir::Task task) {
  if (task == weir::Task::anomaly) return weir::Goal::reconstruct;
  return task == weir::Task::regress ? weir::Goal::regress : weir::Goal::classify;
}

[[nodiscard]] weir::Recipe recipe_of(const Preparation& prepared) {
  return weir::recipe_for(goal_of(prepared.task), prepared.training.rows(), prepared.input);
}

/// A small net, whatever there is to learn.
[[nodiscard]] std::string quick_layers(const Preparation& prepared, const std::string& recipe) {
  if (prepared.task == weir::Task::anomaly) return recipe;
  return std::string(prepared.input.length > 1 ? "flatten," : "") + "dense:64,relu,dense:32,relu";
}

[[nodiscard]] double rate_for(const TrainOptions& options, const std::string& optimizer,
                              const weir::Recipe& recipe, bool own_layers) {
  if (options.learning_rate) return *options.learning_rate;
  if (optimizer == "sgd") return 0.05;
  const bool small = options.quick || own_layers;
  return small && options.task != "anomaly" ? 1e-3 : recipe.learning_rate;
}

}  // namespace

Choices choose(const TrainOptions& options, const Preparation& prepared) {
  const weir::Recipe recipe = recipe_of(prepared);
  Choices result;
  result.layers = options.layers;
  const bool own_layers = !result.layers.empty();
  if (!own_layers) {
    result.layers = options.quick ? quick_layers(prepared, recipe.layers) : recipe.layers;
    result.chosen = result.layers;
  }
  result.optimizer = !options.optimizer.empty() ? options.optimizer : options.quick ? "adam" : "adamw";
  result.learning_rate = rate_for(options, result.optimizer, recipe, own_layers);
  const bool decays = options.optimizer.empty() && !options.quick;
  result.weight_decay = options.weight_decay.value_or(decays ? recipe.weight_decay : 0.0);
  const long batch = options.batch_size.value_or(options.quick ? quick_batch : recipe.batch_size);
  result.batch_size = std::min(batch, std::max<long>(1, prepared.training.rows()));
  return result;
}

void choose_epochs(Choices& choices, const TrainOptions& options, const Preparation& prepared,
                   const Net& net) {
  weir::Recipe recipe = recipe_of(prepared);
  recipe.batch_size = choices.batch_size;
  const long fit = options.quick ? quick_epochs : recipe.epochs(net.flops(prepared.input));
  choices.epochs = options.epochs.value_or(fit);
  choices.patience = options.patience.value_or(0);
  // A number of epochs that was asked for is kept.
  if (!options.epochs && !options.patience && !options.quick && prepared.validation.rows() > 0) {
    choices.patience = weir::Recipe::patience(choices.epochs);
    choices.tolerance = weir::Recipe::tolerance;
  }
  if (!options.epochs || !choices.chosen.empty()) {
    choices.chosen +=
        (choices.chosen.empty() ? "" : "; ") + std::to_string(choices.epochs) + " epochs of " +
        count_of((prepared.training.rows() + choices.batch_size - 1) / choices.batch_size, "step") + ", " +
        std::to_string(choices.batch_size) + " rows each, " + choices.optimizer + " at " +
        brief(choices.learning_rate);
  }
}

}  // namespace cli
