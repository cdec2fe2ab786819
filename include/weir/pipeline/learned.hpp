// What learning (learn.hpp) plans before it starts, and what it gives.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/batch.hpp>
#include <weir/losses/any_loss.hpp>
#include <weir/models/any_model.hpp>
#include <weir/optimizers/any_optimizer.hpp>
#include <weir/pipeline/alarm_rate.hpp>
#include <weir/pipeline/learn_options.hpp>
#include <weir/pipeline/pipeline.hpp>
#include <weir/train/fit_options.hpp>
#include <weir/train/history.hpp>

#include <optional>
#include <string>

namespace weir::inline WEIR_ABI {

/// All that training needs, chosen and checked before it starts.
template <class Net = AnyModel<float>>
struct LearnPlan {
  Net net;
  std::string layers{};  ///< all of them, as build() reads them
  LearnChoices choices{};
  AnyLoss loss;
  AnyOptimizer optimizer;
  FitOptions fit{};
  std::optional<double> alarm_rate{};
  Index threads = 1;
};

/// A trained pipeline, and how it came about.
template <class Net = AnyModel<float>>
struct Learned {
  Pipeline<Net> pipeline;
  AlarmRate alarm_rate{};
  History history{};
  double seconds = 0.0;  ///< of training
  LearnChoices choices{};
  std::string layers{};  ///< all of them
  std::string loss{};    ///< its kind

  /// The epoch, counted from 1, whose weights the net has: with early stopping the best one, else the last.
  [[nodiscard]] Index kept_epoch() const {
    if (choices.patience > 0 && history.best_epoch > 0) return history.best_epoch;
    return history.epochs.empty() ? 0 : history.epochs.back().epoch;
  }
};

}  // namespace weir::inline WEIR_ABI
