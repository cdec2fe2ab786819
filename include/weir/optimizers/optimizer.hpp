// What an optimizer is: a rule that moves one parameter, and apart from it a state of the model's own type.
//
//   OptimizerState<Net> state = start_optimizer(Adam{}, net);          // moments, all zero
//   optimizer_step(Adam{}, net, gradient, state,                       // once a batch
//                  {.rate_factor = schedule(epoch), .scale = clipping});
//
// A rule is a struct with these members; nothing of weir needs to change for one of your own (docs/add_a_layer.md):
//
//   static constexpr std::string_view kind           its name in checkpoints, messages and texts
//   double learning_rate
//   std::size_t moments() const                      numbers it keeps for each parameter, besides the parameter
//   template <class T>
//   void update(const ParameterStep<T>& p) const     moves p.values and p.moments
// It may list its options, with bounds, in
//   fields(visit, optimizer)                         core/fields.hpp
//
// The walk over the parameters is written here, once. Buffers are not trained: their increments are added.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/core/kinds.hpp>
#include <weir/core/layer.hpp>
#include <weir/simd/transform.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace weir::inline WEIR_ABI {

struct StepOptions {
  double rate_factor = 1.0;  ///< multiplies the learning rate
  double scale = 1.0;        ///< multiplies the gradient
};

/// One parameter at one step.
template <class T>
struct ParameterStep {
  Role role = Role::weight;  ///< weight or bias
  std::span<T> values;
  std::span<const T> gradient;
  std::span<const std::span<T>> moments;  ///< as many as the rule asks for, each as long as `values`
  std::int64_t number = 1;                ///< of the step; the first is 1
  double rate = 0.0;                      ///< learning rate of this step
  double scale = 1.0;                     ///< multiplies the gradient

  [[nodiscard]] std::ptrdiff_t size() const noexcept { return static_cast<std::ptrdiff_t>(values.size()); }
  /// Of this parameter: biases do not decay.
  [[nodiscard]] double decay(double weight_decay) const noexcept {
    return role == Role::weight ? weight_decay : 0.0;
  }
};

template <class O>
concept UpdateRule = requires(const O rule, const ParameterStep<float>& narrow,
                              const ParameterStep<double>& wide) {
  { rule.learning_rate } -> std::convertible_to<double>;
  { rule.moments() } -> std::convertible_to<std::size_t>;
  rule.update(narrow);
  rule.update(wide);
};

/// The name of a rule.
template <class Rule>
[[nodiscard]] std::string_view rule_kind(const Rule& rule) {
  if constexpr (requires { rule.kind(); }) {  // known at run time
    return rule.kind();
  } else {
    return Rule::kind;
  }
}

/// What an optimizer keeps between steps: each moment is one number for each parameter of the net.
template <class Net>
struct OptimizerState {
  std::string kind{};  ///< of the optimizer that it is of
  std::vector<Net> moments{};
  std::int64_t steps = 0;
};

/// Throws ConfigError when an option of the rule lies outside of its bounds.
template <class Net, UpdateRule Rule>
[[nodiscard]] OptimizerState<Net> start_optimizer(const Rule& rule, const Net& net) {
  check_own_options(rule);
  OptimizerState<Net> state{std::string(rule_kind(rule))};
  for (std::size_t i = 0; i < rule.moments(); ++i) state.moments.push_back(zeros_like(net));
  return state;
}

/// Throws ConfigError when the state is of another kind of optimizer, or of other options that need other
/// moments.
template <class Net, UpdateRule Rule>
void check_state(const Rule& rule, const OptimizerState<Net>& state) {
  if (state.kind != rule_kind(rule)) {
    fail(ErrorKind::config, rule_kind(rule), "the state is of another optimizer, " + state.kind);
  }
  if (state.moments.size() != rule.moments()) {
    fail(ErrorKind::config, rule_kind(rule),
         "the state holds " + std::to_string(state.moments.size()) + " moments, but these options need " +
             std::to_string(rule.moments()));
  }
}

/// One step with the gradient of a batch.
template <class Net, UpdateRule Rule>
void optimizer_step(const Rule& rule, Net& net, const Net& gradient, OptimizerState<Net>& state,
                    const StepOptions& options) {
  using T = typename Net::Scalar;
  check_state(rule, state);
  ++state.steps;
  std::vector<ParameterStep<T>> steps;
  Net::visit(
      [&](Role role, const ParamName&, TensorView<T> p, TensorView<const T> g) {
        if (role == Role::buffer) simd::add(p.size(), g.data(), p.data());
        steps.push_back({role,
                         p.span(),
                         g.span(),
                         {},
                         state.steps,
                         rule.learning_rate * options.rate_factor,
                         options.scale});
      },
      net, gradient);
  const std::size_t each = state.moments.size();
  std::vector<std::span<T>> moments(steps.size() * each);
  for (std::size_t m = 0; m < each; ++m) {
    std::size_t parameter = 0;
    Net::visit([&](Role, const ParamName&,
                   TensorView<T> values) { moments[each * parameter++ + m] = values.span(); },
               state.moments[m]);
  }
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (steps[i].role == Role::buffer) continue;
    steps[i].moments = std::span<const std::span<T>>(moments).subspan(each * i, each);
    rule.update(steps[i]);
  }
}

}  // namespace weir::inline WEIR_ABI
