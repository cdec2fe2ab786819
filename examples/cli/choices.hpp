// What train chooses where nothing was given: the library's recipe (weir/train/recipe.hpp), or with --quick a
// small net and a short training.
#pragma once

#include "model.hpp"
#include "preparation.hpp"

#include <weir/core/batch.hpp>

#include <string>

namespace cli {

/// All that training needs; every option that was given stands in it as it was given.
struct Choices {
  std::string layers{};  ///< hidden ones
  std::string optimizer{};
  double learning_rate = 0.0;
  double weight_decay = 0.0;
  long epochs = 0;
  long batch_size = 0;
  long patience = 0;
  double tolerance = 0.0;
  std::string chosen{};  ///< what the program chose by itself, in words; empty when nothing
};

/// Without epochs, which depend on what the net costs.
[[nodiscard]] Choices choose(const TrainOptions& options, const Preparation& prepared);
/// Epochs, and what depends on them, for the net that was built.
void choose_epochs(Choices& choices, const TrainOptions& options, const Preparation& prepared,
                   const Net& net);

}  // namespace cli
