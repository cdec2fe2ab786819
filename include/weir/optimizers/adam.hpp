// Adam (Kingma, Ba 2015):
//
//   m <- b1 m + (1 - b1) g        v <- b2 v + (1 - b2) g^2
//   p <- p - learning_rate (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + epsilon)
//
// `weight_decay` adds weight_decay p to the gradient of weights (L2 penalty); AdamW decays them apart from
// it.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/optimizers/optimizer.hpp>
#include <weir/simd/update.hpp>

#include <cmath>
#include <string_view>

namespace weir::inline WEIR_ABI {

namespace detail {
/// One step of Adam with the hyper-parameters of `adam`; `l2` is added to the gradient, `decoupled` shrinks
/// weights.
template <class Hyper, class Net>
void adam_step(const Hyper& adam, double l2, double decoupled, Net& net, const Net& gradient,
               MomentState<Net>& state, const StepOptions& options) {
  using T = typename Net::Scalar;
  const auto t = static_cast<double>(++state.steps);
  const double rate = adam.learning_rate * options.rate_factor;
  simd::AdamStep<T> step;
  step.rate = static_cast<T>(rate / (1.0 - std::pow(adam.beta1, t)));
  step.gain1 = static_cast<T>(1.0 - adam.beta1);
  step.gain2 = static_cast<T>(1.0 - adam.beta2);
  step.correction = static_cast<T>(1.0 / std::sqrt(1.0 - std::pow(adam.beta2, t)));
  step.epsilon = static_cast<T>(adam.epsilon);
  step.scale = static_cast<T>(options.scale);
  each_trained(
      [&](Role role, TensorView<T> p, TensorView<const T> g, TensorView<T> m, TensorView<T> v) {
        step.l2 = static_cast<T>(role == Role::weight ? l2 : 0.0);
        step.decay = static_cast<T>(role == Role::weight ? rate * decoupled : 0.0);
        simd::adam_update(p.size(), p.data(), g.data(), m.data(), v.data(), step);
      },
      net, gradient, state.first, state.second);
}
}  // namespace detail

struct Adam {
  static constexpr std::string_view kind = "adam";

  double learning_rate = 1e-3;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double weight_decay = 0.0;

  template <class Net>
  using State = MomentState<Net>;
  template <class Net>
  [[nodiscard]] State<Net> start(const Net& net) const {
    return {zeros_like(net), zeros_like(net), 0};
  }

  template <class Net>
  void step(Net& net, const Net& gradient, State<Net>& state, const StepOptions& options) const {
    detail::adam_step(*this, weight_decay, 0.0, net, gradient, state, options);
  }
};

}  // namespace weir::inline WEIR_ABI
