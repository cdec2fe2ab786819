// Hyperbolic tangent:   y = tanh x        dy/dx = 1 - y^2
#pragma once

#include <weir/core/abi.hpp>
#include <weir/layers/activations/activation.hpp>
#include <weir/simd/math.hpp>

namespace weir::inline WEIR_ABI {

template <class T = float>
struct Tanh : Activation<Tanh<T>, T> {
  static constexpr std::string_view kind = "tanh";

  [[nodiscard]] simd::Simd<T> value(const simd::Simd<T>& x) const noexcept { return simd::tanh<T>(x); }
  [[nodiscard]] simd::Simd<T> slope(const simd::Simd<T>& y) const noexcept {
    return simd::Simd<T>(T(1)) - y * y;
  }
};

}  // namespace weir::inline WEIR_ABI
