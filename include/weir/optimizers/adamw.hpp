// AdamW (Loshchilov, Hutter 2019): Adam, with weights multiplied by 1 - learning_rate weight_decay before
// each step instead of a penalty in the gradient.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/optimizers/adam.hpp>

#include <string_view>

namespace weir::inline WEIR_ABI {

struct AdamW {
  static constexpr std::string_view kind = "adamw";

  double learning_rate = 1e-3;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double weight_decay = 0.01;

  template <class Net>
  using State = MomentState<Net>;
  template <class Net>
  [[nodiscard]] State<Net> start(const Net& net) const {
    return {zeros_like(net), zeros_like(net), 0};
  }

  template <class Net>
  void step(Net& net, const Net& gradient, State<Net>& state, const StepOptions& options) const {
    detail::adam_step(*this, 0.0, weight_decay, net, gradient, state, options);
  }
};

}  // namespace weir::inline WEIR_ABI
