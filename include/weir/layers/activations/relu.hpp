// Rectified linear unit:   y = max(x, 0)        dy/dx = [y > 0]
// NaN stays NaN, so that a poisoned input shows.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/layers/activations/activation.hpp>
#include <weir/simd/registers.hpp>

namespace weir::inline WEIR_ABI {

template <class T = float>
struct Relu : Activation<Relu<T>, T> {
  static constexpr std::string_view kind = "relu";

  [[nodiscard]] simd::Simd<T> value(const simd::Simd<T>& x) const noexcept {
    const simd::Simd<T> zero(T(0));
    return xsimd::select(x < zero, zero, x);
  }
  [[nodiscard]] simd::Simd<T> slope(const simd::Simd<T>& y) const noexcept {
    const simd::Simd<T> zero(T(0));
    return xsimd::select(y > zero, simd::Simd<T>(T(1)), zero);
  }
};

}  // namespace weir::inline WEIR_ABI
