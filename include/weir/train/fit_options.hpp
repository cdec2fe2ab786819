// What `fit` may be told, and all that training needs to go on later.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/core/thread_pool.hpp>
#include <weir/optimizers/optimizer.hpp>
#include <weir/train/history.hpp>
#include <weir/train/schedules.hpp>

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace weir::inline WEIR_ABI {

/// Stops when the monitored loss (validation if there is one) has not fallen by more than `min_delta` for
/// `patience` epochs; 0 never stops. With a `tolerance` losses up to lowest * (1 + tolerance) are as good as
/// the lowest one, and the latest such epoch is the best.
struct EarlyStopping {
  Index patience = 0;
  double min_delta = 0.0;
  bool restore_best = true;  ///< at the end, put back the weights of the best epoch
  double tolerance = 0.0;
};

struct FitOptions {
  Index epochs = 10;
  Index batch_size = 32;
  double validation = 0.0;  ///< share of the rows held back, the same of every class
  bool shuffle = true;
  std::uint64_t seed = 0;
  std::vector<double> class_weights{};  ///< by label; empty: all 1
  double clip_norm = 0.0;               ///< largest global norm of the gradient; 0: no limit
  Schedule schedule{};                  ///< factor of the learning rate; empty: always 1
  EarlyStopping early_stopping{};
  ThreadPool* pool = nullptr;  ///< the caller's threads; null: this thread alone
};

/// All that training needs to go on later.
template <class Net>
struct FitState {
  Net net;
  OptimizerState<Net> optimizer;
  Net best;  ///< weights of the best epoch, if early stopping restores them
  double best_loss = std::numeric_limits<double>::infinity();
  Index waited = 0;  ///< epochs since the best one
  History history{};

  [[nodiscard]] Index epochs_done() const { return static_cast<Index>(history.epochs.size()); }
};

/// The batch that has just been trained on, for callbacks with a member `on_batch`.
struct BatchReport {
  Index epoch = 0;  ///< counted from 1
  Index epochs = 0;
  Index batch = 0;  ///< counted from 1
  Index batches = 0;
  double loss = 0.0;
};

namespace detail {

inline void check_options(const FitOptions& options, Index classes) {
  const auto wrong = [](const char* what) { fail(ErrorKind::config, std::string("fit: ") + what); };
  if (options.epochs < 0) wrong("'epochs' must not be negative");
  if (options.batch_size < 1) wrong("'batch_size' must be at least 1");
  if (!(options.validation >= 0.0 && options.validation < 1.0)) wrong("'validation' must lie in [0, 1)");
  if (!(options.clip_norm >= 0.0)) wrong("'clip_norm' must not be negative");
  if (std::isnan(options.early_stopping.min_delta)) wrong("'min_delta' is not a number");
  if (options.early_stopping.patience < 0) wrong("'patience' must not be negative");
  if (!options.class_weights.empty() && static_cast<Index>(options.class_weights.size()) < classes) {
    wrong("'class_weights' needs a weight for every label");
  }
  for (const double weight : options.class_weights) {
    if (!(weight >= 0.0 && std::isfinite(weight))) wrong("a class weight is negative or not finite");
  }
}

}  // namespace detail
}  // namespace weir::inline WEIR_ABI
