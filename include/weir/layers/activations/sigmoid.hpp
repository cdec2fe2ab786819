// Logistic sigmoid:   y = 1 / (1 + e^-x)        dy/dx = y (1 - y)
// At the end of a net it pairs with binary cross-entropy, which then works on the logits.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/layer_traits.hpp>
#include <weir/layers/activations/activation.hpp>
#include <weir/simd/math.hpp>

namespace weir::inline WEIR_ABI {

template <class T = float>
struct Sigmoid : Activation<Sigmoid<T>, T> {
  static constexpr std::string_view kind = "sigmoid";
  static constexpr Link link = Link::sigmoid;

  [[nodiscard]] simd::Simd<T> value(const simd::Simd<T>& x) const noexcept { return simd::sigmoid<T>(x); }
  [[nodiscard]] simd::Simd<T> slope(const simd::Simd<T>& y) const noexcept {
    return y * (simd::Simd<T>(T(1)) - y);
  }
};

}  // namespace weir::inline WEIR_ABI
