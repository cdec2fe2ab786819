// Sums and statistics. Orders of summation are fixed, so results do not depend on anything but the input.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/simd/registers.hpp>
#include <weir/simd/transform.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace weir::inline WEIR_ABI::simd {

namespace detail {
/// Sum over i of f(x_i) with four running registers.
template <class T, class F>
[[nodiscard]] inline T reduce(std::ptrdiff_t count, const T* x, F f) noexcept {
  constexpr std::ptrdiff_t w = width<T>;
  Simd<T> s0(T(0)), s1(T(0)), s2(T(0)), s3(T(0));
  std::ptrdiff_t i = 0;
  for (; i + 4 * w <= count; i += 4 * w) {
    s0 = s0 + f(load(x + i));
    s1 = s1 + f(load(x + i + w));
    s2 = s2 + f(load(x + i + 2 * w));
    s3 = s3 + f(load(x + i + 3 * w));
  }
  for (; i + w <= count; i += w) s0 = s0 + f(load(x + i));
  if (i < count) s1 = s1 + f(load_part(x + i, count - i));  // f(0) must be 0
  return simd::sum<T>((s0 + s1) + (s2 + s3));
}
}  // namespace detail

/// Sum of x_i.
template <class T>
[[nodiscard]] inline T sum(std::ptrdiff_t count, const T* x) noexcept {
  return detail::reduce(count, x, [](const Simd<T>& v) { return v; });
}

/// Sum of x_i^2.
template <class T>
[[nodiscard]] inline T sum_of_squares(std::ptrdiff_t count, const T* x) noexcept {
  return detail::reduce(count, x, [](const Simd<T>& v) { return v * v; });
}

/// Whether no element is NaN or infinite: 0 * x is 0 just for finite x.
template <class T>
[[nodiscard]] inline bool all_finite(std::ptrdiff_t count, const T* x) noexcept {
  return detail::reduce(count, x, [](const Simd<T>& v) { return v * Simd<T>(T(0)); }) == T(0);
}

/// sums_r += sum over columns of X(r, c), for column-major X (rows x columns).
template <class T>
inline void add_row_sums(std::ptrdiff_t rows, std::ptrdiff_t columns, const T* x, T* sums) noexcept {
  constexpr std::ptrdiff_t w = width<T>;
  std::ptrdiff_t r = 0;
  for (; r + w <= rows; r += w) {
    Simd<T> even(T(0)), odd(T(0));
    const T* at = x + r;
    std::ptrdiff_t c = 0;
    for (; c + 2 <= columns; c += 2, at += 2 * rows) {
      even = even + load(at);
      odd = odd + load(at + rows);
    }
    if (c < columns) even = even + load(at);
    store(sums + r, load(sums + r) + (even + odd));
  }
  if (r == rows) return;
  if (rows == 1) {
    sums[0] += sum(columns, x);
    return;
  }
  for (; r < rows; ++r) {
    T total(0);
    for (std::ptrdiff_t c = 0; c < columns; ++c) total += x[r + c * rows];
    sums[r] += total;
  }
}

/// Sum of a_i b_i, one running register.
template <class T>
[[nodiscard]] T dot(std::ptrdiff_t k, const T* a, const T* b) noexcept {
  constexpr std::ptrdiff_t w = width<T>;
  Simd<T> total(T(0));
  std::ptrdiff_t p = 0;
  for (; p + w <= k; p += w) total = fma(load(a + p), load(b + p), total);
  if (p < k) total = fma(load_part(a + p, k - p), load_part(b + p, k - p), total);
  return sum(total);
}

/// Largest element; count > 0.
template <class T>
[[nodiscard]] inline T max(std::ptrdiff_t count, const T* x) noexcept {
  constexpr std::ptrdiff_t w = width<T>;
  if (count < w) return *std::max_element(x, x + count);
  Simd<T> best = load(x);
  for (std::ptrdiff_t i = w; i + w <= count; i += w) best = xsimd::max(best, load(x + i));
  best = xsimd::max(best, load(x + count - w));
  alignas(64) T lanes[Simd<T>::size];
  best.store_aligned(lanes);
  return *std::max_element(lanes, lanes + w);
}

}  // namespace weir::inline WEIR_ABI::simd
