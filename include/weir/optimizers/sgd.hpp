// Stochastic gradient descent with momentum (Polyak 1964; Nesterov 1983, in the form of Sutskever 2013):
//
//   g <- g + weight_decay p        v <- momentum v + g        p <- p - learning_rate v
//
// and with `nesterov`, p <- p - learning_rate (g + momentum v).
#pragma once

#include <weir/core/abi.hpp>
#include <weir/optimizers/optimizer.hpp>
#include <weir/simd/update.hpp>

#include <string_view>

namespace weir::inline WEIR_ABI {

struct SGD {
  static constexpr std::string_view kind = "sgd";

  double learning_rate = 0.01;
  double momentum = 0.0;
  bool nesterov = false;
  double weight_decay = 0.0;

  template <class Net>
  using State = MomentState<Net>;
  template <class Net>
  [[nodiscard]] State<Net> start(const Net& net) const {
    return {zeros_like(net), Net{}, 0};
  }

  template <class Net>
  void step(Net& net, const Net& gradient, State<Net>& state, const StepOptions& options) const {
    using T = typename Net::Scalar;
    ++state.steps;
    detail::each_trained(
        [&](Role role, TensorView<T> p, TensorView<const T> g, TensorView<T> velocity) {
          const simd::SgdStep<T> step{static_cast<T>(learning_rate * options.rate_factor),
                                      static_cast<T>(momentum), static_cast<T>(options.scale),
                                      static_cast<T>(role == Role::weight ? weight_decay : 0.0), nesterov};
          simd::sgd_update(p.size(), p.data(), g.data(), velocity.data(), step);
        },
        net, gradient, state.first);
  }
};

}  // namespace weir::inline WEIR_ABI
