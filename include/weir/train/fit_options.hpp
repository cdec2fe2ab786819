// What `fit` may be told.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/core/field_check.hpp>
#include <weir/core/option_bounds.hpp>
#include <weir/core/thread_pool.hpp>
#include <weir/train/schedules.hpp>

#include <cstdint>
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

  template <class Visitor, class Options>
  static void fields(Visitor& visit, Options& o) {
    visit.group("Early stopping");
    visit("patience", o.patience, count_from(0),
          "epochs without a lower loss after which training ends; 0: never");
    visit("min_delta", o.min_delta, any_number(), "what a loss has to fall by to be lower");
    visit("restore_best", o.restore_best, "puts back the weights of the best epoch at the end");
    visit("tolerance", o.tolerance, at_least(0.0),
          "a loss up to lowest * (1 + tolerance) is as good as the lowest");
  }
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

  template <class Visitor, class Options>
  static void fields(Visitor& visit, Options& o) {
    visit("epochs", o.epochs, count_from(0), "passes over the rows");
    visit("batch_size", o.batch_size, count_from(1), "rows of a step");
    visit("validation", o.validation, share_between(0.0, 0.999999999),
          "share of the rows held back from training, the same of every class");
    visit("shuffle", o.shuffle, "every epoch takes the rows in another order");
    visit("seed", o.seed, "of the order and of the rows held back");
    visit("class_weights", o.class_weights, at_least(0.0), "by label; none: all 1");
    visit("clip_norm", o.clip_norm, at_least(0.0), "largest global norm of the gradient; 0: no limit");
    EarlyStopping::fields(visit, o.early_stopping);
  }
};

namespace detail {

inline void check_options(const FitOptions& options, Index classes) {
  checked_fields("fit", options);
  if (!options.class_weights.empty() && static_cast<Index>(options.class_weights.size()) < classes) {
    fail(ErrorKind::config, "fit", "'class_weights' needs a weight for every label");
  }
}

}  // namespace detail
}  // namespace weir::inline WEIR_ABI
