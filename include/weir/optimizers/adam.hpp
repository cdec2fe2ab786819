// Adam (Kingma, Ba 2015):
//
//   m <- b1 m + (1 - b1) g        v <- b2 v + (1 - b2) g^2
//   p <- p - learning_rate (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + epsilon)
//
// `weight_decay` adds weight_decay p to the gradient of weights (L2 penalty); AdamW decays them apart from
// it.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/fields.hpp>
#include <weir/optimizers/optimizer.hpp>
#include <weir/simd/update.hpp>

#include <cmath>
#include <cstddef>
#include <string_view>

namespace weir::inline WEIR_ABI {

namespace detail {

/// The options that Adam and AdamW share.
template <class Visitor, class Options>
void adam_fields(Visitor& visit, Options& o, std::string_view decay) {
  visit("learning_rate", o.learning_rate, at_least(0.0), "of a step");
  visit("beta1", o.beta1, RealRange{0.0, 0.999999999}, "share of the past in the mean of the gradient");
  visit("beta2", o.beta2, RealRange{0.0, 0.999999999}, "share of the past in the mean of its square");
  visit("epsilon", o.epsilon, RealRange{1e-30, 1.0}, "added to the root of the mean square");
  visit("weight_decay", o.weight_decay, at_least(0.0), decay);
}

/// One step with the options of `adam`; `l2` is added to the gradient, `decoupled` shrinks weights.
template <class Options, class T>
void adam_update(const Options& adam, double l2, double decoupled, const ParameterStep<T>& p) {
  const auto t = static_cast<double>(p.number);
  simd::AdamStep<T> step;
  step.rate = static_cast<T>(p.rate / (1.0 - std::pow(adam.beta1, t)));
  step.gain1 = static_cast<T>(1.0 - adam.beta1);
  step.gain2 = static_cast<T>(1.0 - adam.beta2);
  step.correction = static_cast<T>(1.0 / std::sqrt(1.0 - std::pow(adam.beta2, t)));
  step.epsilon = static_cast<T>(adam.epsilon);
  step.scale = static_cast<T>(p.scale);
  step.l2 = static_cast<T>(p.decay(l2));
  step.decay = static_cast<T>(p.rate * p.decay(decoupled));
  simd::adam_update(p.size(), p.values.data(), p.gradient.data(), p.moments[0].data(), p.moments[1].data(),
                    step);
}

}  // namespace detail

struct Adam {
  static constexpr std::string_view kind = "adam";
  static constexpr std::string_view formula =
      "m, v: running means of g and g^2, bias-corrected; p -= learning_rate m / (sqrt v + epsilon); "
      "weight_decay p is added to g";

  double learning_rate = 1e-3;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double weight_decay = 0.0;

  template <class Visitor, class Options>
  static void fields(Visitor& visit, Options& o) {
    detail::adam_fields(visit, o, "share of each weight added to its gradient");
  }

  [[nodiscard]] static constexpr std::size_t moments() noexcept { return 2; }

  template <class T>
  void update(const ParameterStep<T>& p) const {
    detail::adam_update(*this, weight_decay, 0.0, p);
  }
};

}  // namespace weir::inline WEIR_ABI
