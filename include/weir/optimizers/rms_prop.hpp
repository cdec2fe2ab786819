// RMSprop (Tieleman, Hinton 2012; `centred`: Graves 2013):
//
//   v <- alpha v + (1 - alpha) g^2        s = sqrt(v) + epsilon
//   p <- p - learning_rate g / s
//
// With `centred`, m <- alpha m + (1 - alpha) g and s = sqrt(v - m^2) + epsilon: the deviation of the gradient.
// With momentum, u <- momentum u + g / s and p <- p - learning_rate u. `weight_decay` adds weight_decay p to
// the gradient of weights. Moments are v, then m, then u, as far as they are needed.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/fields.hpp>
#include <weir/optimizers/optimizer.hpp>
#include <weir/simd/update.hpp>

#include <cstddef>
#include <string_view>

namespace weir::inline WEIR_ABI {

struct RmsProp {
  static constexpr std::string_view kind = "rmsprop";
  static constexpr std::string_view formula =
      "v: running mean of g^2, less the square of that of g with `centred`; g / (sqrt v + epsilon) in the "
      "place "
      "of g; then as sgd";

  double learning_rate = 0.01;
  double alpha = 0.99;
  double epsilon = 1e-8;
  double momentum = 0.0;
  bool centred = false;
  double weight_decay = 0.0;

  template <class Visitor, class Options>
  static void fields(Visitor& visit, Options& o) {
    visit("learning_rate", o.learning_rate, at_least(0.0), "of a step");
    visit("alpha", o.alpha, RealRange{0.0, 0.999999999}, "share of the past in the means");
    visit("epsilon", o.epsilon, RealRange{1e-30, 1.0}, "added to the root");
    visit("momentum", o.momentum, RealRange{0.0, 0.999999999}, "share of the last step that goes on");
    visit("centred", o.centred, "divides by the deviation of the gradient instead of its size");
    visit("weight_decay", o.weight_decay, at_least(0.0), "share of each weight added to its gradient");
  }

  [[nodiscard]] std::size_t moments() const noexcept {
    return std::size_t{1} + (centred ? 1U : 0U) + (momentum > 0.0 ? 1U : 0U);
  }

  template <class T>
  void update(const ParameterStep<T>& p) const {
    using V = simd::Simd<T>;
    const V rate(static_cast<T>(p.rate)), gain(static_cast<T>(1.0 - alpha)), eps(static_cast<T>(epsilon)),
        follow(static_cast<T>(momentum)), scale(static_cast<T>(p.scale)),
        l2(static_cast<T>(p.decay(weight_decay)));
    const auto gradient = [&](const V& param, const V& grad) {
      return simd::fma<T>(l2, param, grad * scale);
    };
    const auto by_size = [&](const V& grad, V& square) {
      square = simd::fma<T>(gain, simd::fma<T>(grad, grad, -square), square);
      return V(grad / (xsimd::sqrt(square) + eps));
    };
    const auto by_deviation = [&](const V& grad, V& square, V& mean) {
      square = simd::fma<T>(gain, simd::fma<T>(grad, grad, -square), square);
      mean = simd::fma<T>(gain, grad - mean, mean);
      const V variance =
          xsimd::max(simd::fma<T>(-mean, mean, square), V(T(0)));  // rounding must not make it negative
      return V(grad / (xsimd::sqrt(variance) + eps));
    };
    const auto moved = [&](const V& param, const V& step) { return V(param - rate * step); };
    const auto swept = [&](const V& param, const V& step, V& velocity) {
      velocity = simd::fma<T>(follow, velocity, step);
      return moved(param, velocity);
    };
    const auto run = [&](auto one, auto... moment) {
      simd::update(p.size(), p.values.data(), p.gradient.data(), one, p.moments[moment].data()...);
    };
    if (centred && momentum > 0.0) {
      run([&](const V& param, const V& g, V& square, V& mean,
              V& velocity) { return swept(param, by_deviation(gradient(param, g), square, mean), velocity); },
          0U, 1U, 2U);
    } else if (centred) {
      run([&](const V& param, const V& g, V& square,
              V& mean) { return moved(param, by_deviation(gradient(param, g), square, mean)); },
          0U, 1U);
    } else if (momentum > 0.0) {
      run([&](const V& param, const V& g, V& square,
              V& velocity) { return swept(param, by_size(gradient(param, g), square), velocity); },
          0U, 1U);
    } else {
      run([&](const V& param, const V& g,
              V& square) { return moved(param, by_size(gradient(param, g), square)); },
          0U);
    }
  }
};

}  // namespace weir::inline WEIR_ABI
