// Scaled exponential linear unit:   y = s x for x > 0, s a (e^x - 1) otherwise
//                               dy/dx = s for y > 0, y + s a otherwise
// s = 1.0507, a = 1.6733: with them mean 0 and variance 1 reproduce themselves from layer to layer.
// Klambauer, Unterthiner, Mayr, Hochreiter 2017. Goes with Initializer::lecun_normal.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/layers/activations/activation.hpp>
#include <weir/simd/registers.hpp>

namespace weir::inline WEIR_ABI {

template <class T = float>
struct Selu : Activation<Selu<T>, T> {
  static constexpr std::string_view kind = "selu";
  static constexpr T scale = T(1.0507009873554804934193349852946);
  static constexpr T scaled_alpha = T(1.7580993408473768599402175208123);

  [[nodiscard]] simd::Simd<T> value(const simd::Simd<T>& x) const noexcept {
    const simd::Simd<T> zero(T(0));
    return xsimd::select(x > zero, simd::Simd<T>(scale) * x,
                         simd::Simd<T>(scaled_alpha) * xsimd::expm1(xsimd::select(x > zero, zero, x)));
  }
  [[nodiscard]] simd::Simd<T> slope(const simd::Simd<T>& y) const noexcept {
    return xsimd::select(y > simd::Simd<T>(T(0)), simd::Simd<T>(scale), y + simd::Simd<T>(scaled_alpha));
  }
};

}  // namespace weir::inline WEIR_ABI
