// A net and a way to train it, chosen from the rows alone by fixed rules: what `weir train` does without
// options.
//
//   const Recipe recipe = recipe_for(Goal::classify, data.rows(), data.shape);
//   AnyModel<float> net = build(recipe.layers + ",dense:3", data.shape);
//   fit(net, data, loss, recipe.optimizer(), recipe.fit_options(net.flops(data.shape), seed));
//
//   goal         hidden layers                                               rate
//   classify     dense:W,relu,dropout:0.1 twice, dense:W/2,relu              0.002
//   regress      the same without dropout                                    0.002
//   reconstruct  dense:256,relu,dense:32,relu,dense:256,relu                 0.003
//   W            64 below 1,000 rows, 128 below 4,000, then 256
//   batch        32 rows below 2,000 rows, 64 below 8,000, then 128
//
//   epochs = S / batches an epoch,  S = 15,000 steps (reconstruct: 5,000),  20 ... 400 epochs,
//            and fewer, but never below 10, where they would take more than 2e12 operations
//
// AdamW with weight decay 0.01, the rate falls along half a cosine. A third of the epochs without a held-back
// loss near the lowest one ends training. "Near" is a quarter: at the end of the cosine the share of errors
// still falls while the loss, which confident errors dominate, no longer does, so the latest such weights are
// kept and not those of the very lowest loss. The numbers were chosen on the first fold of two tables of
// 18,758 flows (docs/results.md).
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/batch.hpp>
#include <weir/core/error.hpp>
#include <weir/optimizers/adamw.hpp>
#include <weir/train/fit.hpp>
#include <weir/train/schedules.hpp>

#include <algorithm>
#include <cstdint>
#include <string>

namespace weir::inline WEIR_ABI {

enum class Goal : std::uint8_t { classify, regress, reconstruct };

struct Recipe {
  Index rows = 0;        ///< to train on
  std::string layers{};  ///< hidden ones; the last is the caller's
  double learning_rate = 2e-3;
  double weight_decay = 0.01;
  Index batch_size = 128;
  Index steps = 15'000;    ///< batches in all, at least, where they are affordable
  double held_back = 0.1;  ///< share of the rows to stop by

  /// For a net of so many operations a sample (`flops`); training takes three times as many.
  [[nodiscard]] Index epochs(Index flops) const {
    constexpr double most_operations = 2e12;
    constexpr Index least = 10, usual = 20, most = 400;
    const Index batches = std::max<Index>(1, (rows + batch_size - 1) / batch_size);
    const Index wanted = std::clamp((steps + batches - 1) / batches, usual, most);
    const double one = 3.0 * static_cast<double>(std::max<Index>(flops, 1)) * static_cast<double>(rows);
    const auto affordable = static_cast<Index>(std::min(most_operations / std::max(one, 1.0), 1e6));
    return std::max(least, std::min(wanted, affordable));
  }
  [[nodiscard]] static Index patience(Index epochs) { return std::max<Index>(5, epochs / 3); }
  /// The held-back losses that count as equal to the lowest one.
  static constexpr double tolerance = 0.25;

  [[nodiscard]] AdamW optimizer() const {
    return {.learning_rate = learning_rate, .weight_decay = weight_decay};
  }
  [[nodiscard]] FitOptions fit_options(Index flops, std::uint64_t seed = 0) const {
    FitOptions options;
    options.epochs = epochs(flops);
    options.batch_size = batch_size;
    options.validation = held_back;
    options.seed = seed;
    options.schedule = CosineSchedule{};
    options.early_stopping = {.patience = patience(options.epochs), .tolerance = tolerance};
    return options;
  }
};

/// For `rows` training rows of this shape; steps of sequences are laid side by side.
[[nodiscard]] inline Recipe recipe_for(Goal goal, Index rows, Shape sample) {
  if (rows < 1) fail(ErrorKind::config, "a recipe needs rows to train on");
  Recipe recipe{.rows = rows};
  recipe.batch_size = rows < 2'000 ? 32 : rows < 8'000 ? 64 : 128;
  if (goal == Goal::reconstruct) {
    recipe.layers = "dense:256,relu,dense:32,relu,dense:256,relu";
    recipe.learning_rate = 3e-3;
    recipe.steps = 5'000;
    return recipe;
  }
  const int width = rows < 1'000 ? 64 : rows < 4'000 ? 128 : 256;
  const std::string wide = "dense:" + std::to_string(width) + ",relu,";
  const std::string twice = wide + (goal == Goal::classify ? "dropout:0.1," : "");
  recipe.layers = twice + twice + "dense:" + std::to_string(width / 2) + ",relu";
  if (sample.length > 1) recipe.layers.insert(0, "flatten,");
  return recipe;
}

}  // namespace weir::inline WEIR_ABI
