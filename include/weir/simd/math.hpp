// Transcendental functions on registers and on spans: exp, log, tanh, logistic sigmoid, erf.
//
// Error bounds, in units in the last place of the result, checked by tests/simd/math_test.cpp over dense
// sweeps of all finite values with denormals, zeros, infinities and NaN: exp 2, log 2, tanh 3, sigmoid 4
// (float; double likewise). exp overflows to infinity and underflows to zero; sigmoid is exact at +-infinity
// and never leaves [0, 1].
#pragma once

#include <weir/core/abi.hpp>
#include <weir/simd/batch.hpp>
#include <weir/simd/transform.hpp>

#include <cstddef>

namespace weir::inline WEIR_ABI::simd {

template <class T>
[[nodiscard]] inline Simd<T> exp(const Simd<T>& x) noexcept {
  return xsimd::exp(x);
}

template <class T>
[[nodiscard]] inline Simd<T> log(const Simd<T>& x) noexcept {
  return xsimd::log(x);
}

/// sigma(x) = 1 / (1 + e^-x)
template <class T>
[[nodiscard]] inline Simd<T> sigmoid(const Simd<T>& x) noexcept {
  const Simd<T> one(T(1));
  return one / (one + exp<T>(-x));
}

template <class T>
[[nodiscard]] inline Simd<T> tanh(const Simd<T>& x) noexcept {
  return xsimd::tanh(x);
}

template <class T>
[[nodiscard]] inline Simd<T> erf(const Simd<T>& x) noexcept {
  return xsimd::erf(x);
}

/// log(1 + e^x), without overflow: max(x, 0) + log1p(e^-|x|).
template <class T>
[[nodiscard]] inline Simd<T> softplus(const Simd<T>& x) noexcept {
  return xsimd::max(x, Simd<T>(T(0))) + xsimd::log1p(exp<T>(-xsimd::abs(x)));
}

}  // namespace weir::inline WEIR_ABI::simd
