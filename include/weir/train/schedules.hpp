// Learning-rate schedules: the factor by which the optimizer's learning rate is multiplied, as a function of how
// far training has come and how it went. None has a state of its own: from the same past follows the same factor,
// so a training that was stopped goes on as if it never had been.
//
//   fit(net, data, loss, optimizer, {.epochs = 40, .schedule = CosineSchedule{.warmup_epochs = 2}});
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/tensor.hpp>
#include <weir/train/history.hpp>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <span>

namespace weir::inline WEIR_ABI {

/// Where training stands.
struct TrainingMoment {
  double progress = 0.0;                ///< epochs so far, with the part of the present one
  double epochs = 0.0;                  ///< in all
  std::span<const EpochReport> past{};  ///< the epochs that are complete
};

using Schedule = std::function<double(const TrainingMoment& now)>;

/// Half a cosine from 1 to `final_factor` (Loshchilov, Hutter 2017), after `warmup_epochs` of linear rise.
struct CosineSchedule {
  double final_factor = 0.0;
  double warmup_epochs = 0.0;

  double operator()(const TrainingMoment& now) const {
    if (now.progress < warmup_epochs) return (now.progress + 1e-3) / (warmup_epochs + 1e-3);
    const double span = std::max(now.epochs - warmup_epochs, 1e-9);
    const double part = std::min((now.progress - warmup_epochs) / span, 1.0);
    return final_factor + (1.0 - final_factor) * 0.5 * (1.0 + std::cos(3.14159265358979323846 * part));
  }
};

/// Multiplies by `factor` every `every` epochs.
struct StepSchedule {
  double every = 10.0;
  double factor = 0.1;

  double operator()(const TrainingMoment& now) const {
    return std::pow(factor, std::floor(now.progress / every));
  }
};

/// Multiplies by `factor` whenever the loss (of the validation rows if there are any) has not fallen by more than
/// `min_delta` for `patience` epochs, but not below `lowest`.
struct PlateauSchedule {
  Index patience = 5;
  double factor = 0.1;
  double min_delta = 0.0;
  double lowest = 1e-4;

  double operator()(const TrainingMoment& now) const {
    double best = std::numeric_limits<double>::infinity(), result = 1.0;
    Index waited = 0;
    for (const EpochReport& epoch : now.past) {
      if (epoch.monitored() < best - min_delta) {
        best = epoch.monitored();
        waited = 0;
      } else if (++waited >= patience) {
        result = std::max(result * factor, lowest);
        waited = 0;
      }
    }
    return result;
  }
};

}  // namespace weir::inline WEIR_ABI
