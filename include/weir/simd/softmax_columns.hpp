// Softmax and log-sum-exp of one column, shifted by its maximum m so that nothing overflows:
//   softmax(x)_i = e^(x_i - m) / sum_j e^(x_j - m)        lse(x) = m + log(sum_j e^(x_j - m))
#pragma once

#include <weir/core/abi.hpp>
#include <weir/simd/math.hpp>
#include <weir/simd/reduce.hpp>
#include <weir/simd/registers.hpp>
#include <weir/simd/transform.hpp>

#include <cmath>
#include <cstddef>

namespace weir::inline WEIR_ABI::simd {

namespace detail {
/// y_i = e^(x_i - m); returns their sum.
template <class T>
[[nodiscard]] inline T shifted_exp(std::ptrdiff_t count, const T* x, T shift, T* y) noexcept {
  const Simd<T> m(shift);
  transform(count, x, y, [&](const Simd<T>& v) { return exp<T>(v - m); });
  return sum(count, y);
}
}  // namespace detail

/// y = softmax(x); y may be x. Returns the log-sum-exp of x.
template <class T>
inline T softmax(std::ptrdiff_t count, const T* x, T* y) noexcept {
  const T shift = max(count, x);
  const T total = detail::shifted_exp(count, x, shift, y);
  scale(count, T(1) / total, y, y);
  return shift + std::log(total);
}

/// The log-sum-exp of x.
template <class T>
[[nodiscard]] inline T log_sum_exp(std::ptrdiff_t count, const T* x) noexcept {
  const T shift = max(count, x);
  const Simd<T> m(shift);
  T total(0);
  std::ptrdiff_t i = 0;
  for (; i + width<T> <= count; i += width<T>) total += sum(exp<T>(load(x + i) - m));
  alignas(64) T rest[Simd<T>::size];
  exp<T>(load_part(x + i, count - i) - m).store_aligned(rest);
  for (std::ptrdiff_t j = 0; j < count - i; ++j) total += rest[j];
  return shift + std::log(total);
}

}  // namespace weir::inline WEIR_ABI::simd
