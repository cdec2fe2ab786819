// Loops of a register function over contiguous elements. The last, partial register is filled with zeros, so
// the function sees zeros there and its result is dropped: every element gets the same arithmetic wherever it
// stands.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/simd/registers.hpp>

#include <cstddef>

namespace weir::inline WEIR_ABI::simd {

/// y_i = f(x_i). y may be x.
template <class T, class F>
inline void transform(std::ptrdiff_t count, const T* x, T* y, F f) noexcept {
  std::ptrdiff_t i = 0;
  for (; i + width<T> <= count; i += width<T>) store(y + i, Simd<T>(f(load(x + i))));
  if (i < count) store_part(y + i, Simd<T>(f(load_part(x + i, count - i))), count - i);
}

/// y_i = f(a_i, b_i). y may be a or b.
template <class T, class F>
inline void transform(std::ptrdiff_t count, const T* a, const T* b, T* y, F f) noexcept {
  std::ptrdiff_t i = 0;
  for (; i + width<T> <= count; i += width<T>) store(y + i, Simd<T>(f(load(a + i), load(b + i))));
  if (i < count) {
    const std::ptrdiff_t rest = count - i;
    store_part(y + i, Simd<T>(f(load_part(a + i, rest), load_part(b + i, rest))), rest);
  }
}

/// y_i = a x_i
template <class T>
inline void scale(std::ptrdiff_t count, T a, const T* x, T* y) noexcept {
  const Simd<T> factor(a);
  transform(count, x, y, [&](const Simd<T>& value) { return factor * value; });
}

/// y_i += a x_i
template <class T>
inline void add_scaled(std::ptrdiff_t count, T a, const T* x, T* y) noexcept {
  const Simd<T> factor(a);
  transform(count, x, y, y, [&](const Simd<T>& from, const Simd<T>& to) { return fma(factor, from, to); });
}

/// y_i += x_i
template <class T>
inline void add(std::ptrdiff_t count, const T* x, T* y) noexcept {
  transform(count, x, y, y, [](const Simd<T>& from, const Simd<T>& to) { return to + from; });
}

}  // namespace weir::inline WEIR_ABI::simd
