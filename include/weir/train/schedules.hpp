// Learning-rate schedules: the factor by which the optimizer's learning rate is multiplied, as a function of
// how far training has come. `progress` counts epochs and is fractional within one; `epochs` is the total.
#pragma once

#include <weir/core/abi.hpp>

#include <algorithm>
#include <cmath>
#include <functional>

namespace weir::inline WEIR_ABI {

using Schedule = std::function<double(double progress, double epochs)>;

/// Half a cosine from 1 to `final_factor` (Loshchilov, Hutter 2017), after `warmup_epochs` of linear rise.
struct CosineSchedule {
  double final_factor = 0.0;
  double warmup_epochs = 0.0;

  double operator()(double progress, double epochs) const {
    if (progress < warmup_epochs) return (progress + 1e-3) / (warmup_epochs + 1e-3);
    const double span = std::max(epochs - warmup_epochs, 1e-9);
    const double part = std::min((progress - warmup_epochs) / span, 1.0);
    return final_factor + (1.0 - final_factor) * 0.5 * (1.0 + std::cos(3.14159265358979323846 * part));
  }
};

/// Multiplies by `factor` every `every` epochs.
struct StepSchedule {
  double every = 10.0;
  double factor = 0.1;

  double operator()(double progress, double) const { return std::pow(factor, std::floor(progress / every)); }
};

}  // namespace weir::inline WEIR_ABI
