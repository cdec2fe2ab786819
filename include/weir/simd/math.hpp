// Transcendental functions on registers and on spans: exp, log, tanh, logistic sigmoid, erf.
//
// Error bounds, in units in the last place of the exact result, for all inputs with subnormals, zeros,
// infinities and NaN; checked by tests/simd/math_test.cpp (in brackets: the worst found):
//
//              float         double
//   exp        2   (1.05)    2   (1.05)
//   log        1   (0.82)    1   (0.77)
//   tanh       2   (1.33)    2   (1.24)
//   sigmoid    3   (2.44)    3   (2.00)
//   softplus   2   (1.57)    2   (1.60)
//   erf        3   (2.44)    70  (68.0)
//
// exp overflows to infinity and underflows gradually to zero. sigmoid and tanh are exact at +-infinity and
// never leave [0, 1] and [-1, 1]; a sigmoid below the smallest normal number may become zero. NaN gives NaN.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/simd/registers.hpp>
#include <weir/simd/transform.hpp>

#include <cstddef>
#include <limits>

namespace weir::inline WEIR_ABI::simd {

namespace detail {
/// c0 + c1 x + c2 x^2 + ...
template <class T>
[[nodiscard]] inline Simd<T> polynomial(const Simd<T>&, T constant) noexcept {
  return Simd<T>(constant);
}
template <class T, class... C>
[[nodiscard]] inline Simd<T> polynomial(const Simd<T>& x, T constant, C... higher) noexcept {
  return fma(polynomial(x, higher...), x, Simd<T>(constant));
}
}  // namespace detail

namespace detail {

/// e^x = 2^k power
template <class T>
struct Scaled {
  Simd<T> power, k;

  /// For a k of which 2^k is a normal number, or infinity.
  [[nodiscard]] Simd<T> value() const noexcept {
#if defined(__AVX512F__)
    if constexpr (sizeof(T) == 4) return _mm512_scalef_ps(power, k);
    if constexpr (sizeof(T) == 8) return _mm512_scalef_pd(power, k);
#else
    return xsimd::ldexp(power, xsimd::to_int(k));
#endif
  }
};

/// e^x = 2^k e^r with |r| <= ln(2) / 2 (Cody, Waite 1980); e^r = 1 + r + r^2 q(r), q a Chebyshev fit.
template <class T>
[[nodiscard]] inline Scaled<T> scaled_exp(const Simd<T>& x) noexcept {
  constexpr bool single = sizeof(T) == 4;
  const Simd<T> k = xsimd::nearbyint(x * Simd<T>(T(1.44269504088896340736)));
  // ln 2 in two parts, the first with so few bits that k times it is exact even without fma.
  const Simd<T> ln2_high(single ? T(0.693359375) : T(0.693147180369123816490));
  const Simd<T> ln2_low(single ? T(-2.12194440054690583e-4) : T(1.90821492927058770002e-10));
  const Simd<T> r = fma(-k, ln2_low, fma(-k, ln2_high, x));
  Simd<T> q;
  if constexpr (single) {
    q = polynomial(r, 0.5F, 0.16666576666119928F, 0.041666554212984150F, 0.0083632328836826182F,
                   0.0013926250831497612F);
  } else {
    q = polynomial(r, 0.50000000000000010, 0.1666666666666666746, 0.041666666666623820532,
                   0.0083333333333300381973, 0.0013888888917367080562, 0.00019841269863171556026,
                   0.000024801521057868205199, 2.7557268276905696187e-6, 2.7620201591031548792e-7,
                   2.5100472505694996003e-8);
  }
  return {Simd<T>(T(1)) + fma(r * r, q, r), k};
}

/// x within bounds; NaN stays: x86 keeps the second operand.
template <class T>
[[nodiscard]] inline Simd<T> between(T low, const Simd<T>& x, T high) noexcept {
  return xsimd::min(Simd<T>(high), xsimd::max(Simd<T>(low), x));
}

}  // namespace detail

/// e^x. Not xsimd's: that one overflows at 88.38 in float, where e^x is still finite, and drops subnormal results.
template <class T>
[[nodiscard]] inline Simd<T> exp(const Simd<T>& x) noexcept {
  constexpr bool single = sizeof(T) == 4;
  // Beyond these e^x is 0 or infinity anyway; within them k stays small enough for the scaling below.
  const detail::Scaled<T> e =
      detail::scaled_exp(detail::between(single ? T(-105) : T(-746), x, single ? T(89) : T(710)));
#if defined(__AVX512F__)
  return e.value();
#else
  // 2^k in two factors, for at both ends of the range 2^k alone is not a normal number.
  const Simd<T> first = detail::between(single ? T(-125) : T(-1021), e.k, single ? T(127) : T(1023));
  const Simd<T> scaled =
      xsimd::ldexp(xsimd::ldexp(e.power, xsimd::to_int(first)), xsimd::to_int(e.k - first));
  return xsimd::select(xsimd::isnan(x), x, scaled);
#endif
}

#if defined(__AVX512F__)
namespace detail {
// Without optimisation GCC's intrinsics are macros that convert their masks.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wsign-conversion"
#endif
// x = 2^k m with m in [1, 2), from the instructions made for that.
[[nodiscard]] inline Simd<float> mantissa(const Simd<float>& x) noexcept {
  return _mm512_getmant_ps(x, _MM_MANT_NORM_1_2, _MM_MANT_SIGN_nan);
}
[[nodiscard]] inline Simd<double> mantissa(const Simd<double>& x) noexcept {
  return _mm512_getmant_pd(x, _MM_MANT_NORM_1_2, _MM_MANT_SIGN_nan);
}
[[nodiscard]] inline Simd<float> exponent(const Simd<float>& x) noexcept { return _mm512_getexp_ps(x); }
[[nodiscard]] inline Simd<double> exponent(const Simd<double>& x) noexcept { return _mm512_getexp_pd(x); }
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif
}  // namespace detail

/// log x = k ln 2 + log(1 + f), and with s = f / (2 + f): log(1 + f) = f - f^2/2 + s (f^2/2 + R(s^2)), R a
/// minimax fit (Ng, fdlibm 1993; its coefficients).
///
/// Not xsimd's: version 8 does not compile for AVX-512 without optimisation.
template <class T>
[[nodiscard]] inline Simd<T> log(const Simd<T>& x) noexcept {
  constexpr bool single = sizeof(T) == 4;
  const Simd<T> one(T(1)), zero(T(0));
  const Simd<T> from_one = detail::mantissa(x);
  const auto large = from_one > Simd<T>(T(1.41421356237309504880));  // the fit is for sqrt(1/2) ... sqrt(2)
  const Simd<T> m = xsimd::select(large, Simd<T>(T(0.5)) * from_one, from_one);
  const Simd<T> k = detail::exponent(x) + xsimd::select(large, one, zero);
  const Simd<T> f = m - one;
  const Simd<T> s = f / (Simd<T>(T(2)) + f);
  const Simd<T> z = s * s;
  Simd<T> r;
  if constexpr (single) {
    r = z * detail::polynomial(z, 0.66666662693F, 0.40000972152F, 0.28498786688F, 0.24279078841F);
  } else {
    r = z * detail::polynomial(z, 6.666666666666735130e-01, 3.999999999940941908e-01,
                               2.857142874366239149e-01, 2.222219843214978396e-01, 1.818357216161805012e-01,
                               1.531383769920937332e-01, 1.479819860511658591e-01);
  }
  const Simd<T> half_square = Simd<T>(T(0.5)) * f * f;
  const Simd<T> ln2_high(single ? T(6.9313812256e-01) : T(6.93147180369123816490e-01));
  const Simd<T> ln2_low(single ? T(9.0580006145e-06) : T(1.90821492927058770002e-10));
  const Simd<T> result = k * ln2_high - ((half_square - fma(s, half_square + r, k * ln2_low)) - f);
  return xsimd::select(x == zero, Simd<T>(-std::numeric_limits<T>::infinity()), result);
}
#else
template <class T>
[[nodiscard]] inline Simd<T> log(const Simd<T>& x) noexcept {
  if constexpr (sizeof(T) == 8) {
    // xsimd 8 takes subnormal doubles for normal ones: bring them into range first.
    const auto tiny = x < Simd<T>(std::numeric_limits<T>::min());
    const Simd<T> value = xsimd::log(xsimd::select(tiny, x * Simd<T>(T(0x1p54)), x));
    return xsimd::select(tiny, value - Simd<T>(T(37.4299477502370478)), value);  // 54 ln 2
  } else {
    return xsimd::log(x);
  }
}
#endif

/// sigma(x) = 1 / (1 + e^-x). Below the lower bound e^-x adds nothing to 1; at the upper one it is infinite.
template <class T>
[[nodiscard]] inline Simd<T> sigmoid(const Simd<T>& x) noexcept {
  constexpr bool single = sizeof(T) == 4;
  const Simd<T> one(T(1));
  const Simd<T> power = detail::between(single ? T(-87) : T(-708), Simd<T>(-x), single ? T(89) : T(710));
  return one / (one + detail::scaled_exp(power).value());
}

template <class T>
[[nodiscard]] inline Simd<T> tanh(const Simd<T>& x) noexcept {
  return xsimd::tanh(x);
}

template <class T>
[[nodiscard]] inline Simd<T> erf(const Simd<T>& x) noexcept {
  // Past 6 the result is 1 in float and in double; xsimd 8 gives NaN for large doubles.
  const Simd<T> magnitude = xsimd::abs(x);
  const Simd<T> end = xsimd::copysign(Simd<T>(T(1)), x);
  return xsimd::select(magnitude > Simd<T>(T(6)), end, xsimd::erf(x));
}

/// log(1 + e^x), without overflow: max(x, 0) + log1p(e^-|x|).
template <class T>
[[nodiscard]] inline Simd<T> softplus(const Simd<T>& x) noexcept {
  return xsimd::max(x, Simd<T>(T(0))) + xsimd::log1p(exp<T>(-xsimd::abs(x)));
}

}  // namespace weir::inline WEIR_ABI::simd
