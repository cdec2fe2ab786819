// An optimizer whose kind is known only at run time, so that a program which takes its name from the command
// line compiles `fit` once.
//
//   AnyOptimizer optimizer = AdamW{.learning_rate = 3e-3};
#pragma once

#include <weir/core/abi.hpp>
#include <weir/optimizers/adam.hpp>
#include <weir/optimizers/adamw.hpp>
#include <weir/optimizers/optimizer.hpp>
#include <weir/optimizers/sgd.hpp>

#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

namespace weir::inline WEIR_ABI {

/// The state of one of the optimizers, and which: it fits that one alone.
template <class Net>
struct AnyMomentState : MomentState<Net> {
  std::string_view kind;
};

class AnyOptimizer {
 public:
  double learning_rate = 0.0;

  template <class Optimizer>
  requires(!std::is_same_v<Optimizer, AnyOptimizer>) AnyOptimizer(Optimizer optimizer)  // NOLINT: implicit
      : learning_rate(optimizer.learning_rate), optimizer_(optimizer) {}

  [[nodiscard]] std::string_view kind() const {
    return std::visit([](const auto& optimizer) { return std::string_view(optimizer.kind); }, optimizer_);
  }

  template <class Net>
  using State = AnyMomentState<Net>;
  template <class Net>
  [[nodiscard]] State<Net> start(const Net& net) const {
    return std::visit(
        [&](const auto& optimizer) -> State<Net> {
          return {optimizer.start(net), optimizer.kind};
        },
        optimizer_);
  }

  /// Throws ConfigError when the state is of another kind of optimizer.
  template <class Net>
  void step(Net& net, const Net& gradient, State<Net>& state, const StepOptions& options) const {
    if (state.kind != kind()) {
      fail(ErrorKind::config, kind(), "the state is of another optimizer, " + std::string(state.kind));
    }
    std::visit(
        [&](auto optimizer) {
          optimizer.learning_rate = learning_rate;
          optimizer.step(net, gradient, state, options);
        },
        optimizer_);
  }

 private:
  std::variant<SGD, Adam, AdamW> optimizer_;
};

}  // namespace weir::inline WEIR_ABI
