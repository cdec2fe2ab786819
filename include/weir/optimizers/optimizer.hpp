// What an optimizer is: hyper-parameters, and apart from them a state of the model's own type.
//
//   auto state = optimizer.start(net);                              // moments, all zero
//   optimizer.step(net, gradient, state,                            // once a batch
//                  {.rate_factor = schedule(epoch), .scale = clipping});
//
// The step counts once a batch. Buffers are not trained: their increments are added. `weight_decay` acts on
// weights, not on biases.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/layer.hpp>
#include <weir/simd/transform.hpp>

#include <cstdint>

namespace weir::inline WEIR_ABI {

struct StepOptions {
  double rate_factor = 1.0;  ///< multiplies the learning rate
  double scale = 1.0;        ///< multiplies the gradient
};

/// Running averages of the gradient and its square, and the number of steps.
template <class Net>
struct MomentState {
  Net first;
  Net second;
  std::int64_t steps = 0;
};

namespace detail {
/// Adds the increments of buffers; calls train(role, parameters...) for everything else.
template <class Net, class F, class... Others>
void each_trained(F train, Net& net, const Net& gradient, Others&... others) {
  using T = typename Net::Scalar;
  Net::visit(
      [&](Role role, const ParamName&, TensorView<T> p, TensorView<const T> g, auto... state) {
        if (role == Role::buffer) {
          simd::add(p.size(), g.data(), p.data());
        } else {
          train(role, p, g, state...);
        }
      },
      net, gradient, others...);
}
}  // namespace detail

}  // namespace weir::inline WEIR_ABI
