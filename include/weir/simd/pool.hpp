// Folds of neighbouring columns (time steps) of a column-major matrix, channel by channel: the kernels of
// pooling. Columns are taken in order.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/simd/registers.hpp>

#include <cstddef>

namespace weir::inline WEIR_ABI::simd {

/// The larger of a and b; NaN if one of them is.
template <class T>
[[nodiscard]] inline Simd<T> larger(const Simd<T>& a, const Simd<T>& b) noexcept {
  return xsimd::select(xsimd::isnan(a), a, xsimd::select(a > b, a, b));
}

namespace detail {
/// y_c = last(f(... f(f(start, x_c0), x_c1) ...)) with start = x_c0 at first, over `columns` > 0 columns.
template <class T, class F, class G>
inline void fold_columns(std::ptrdiff_t channels, std::ptrdiff_t columns, const T* x, T* y, F f,
                         G last) noexcept {
  constexpr std::ptrdiff_t w = width<T>;
  std::ptrdiff_t c = 0;
  for (; c + w <= channels; c += w) {
    Simd<T> value = load(x + c);
    for (std::ptrdiff_t t = 1; t < columns; ++t) value = f(value, load(x + c + t * channels));
    store(y + c, Simd<T>(last(value)));
  }
  for (; c < channels; ++c) {  // in lane 0 of a register: the arithmetic of whole registers
    Simd<T> value(x[c]);
    for (std::ptrdiff_t t = 1; t < columns; ++t) value = f(value, Simd<T>(x[c + t * channels]));
    store_part(y + c, Simd<T>(last(value)), 1);
  }
}
}  // namespace detail

/// y_c = largest of `columns` > 0 columns.
template <class T>
void max_columns(std::ptrdiff_t channels, std::ptrdiff_t columns, const T* x, T* y) noexcept {
  detail::fold_columns(
      channels, columns, x, y, [](const Simd<T>& a, const Simd<T>& b) { return larger<T>(a, b); },
      [](const Simd<T>& value) { return value; });
}

/// y_c = sum of `columns` > 0 columns / divisor.
template <class T>
void mean_columns(std::ptrdiff_t channels, std::ptrdiff_t columns, T divisor, const T* x, T* y) noexcept {
  const Simd<T> by(divisor);
  detail::fold_columns(
      channels, columns, x, y, [](const Simd<T>& a, const Simd<T>& b) { return a + b; },
      [&](const Simd<T>& value) { return value / by; });
}

/// Adds dy_c to the first of `columns` columns of dx in which x_c equals the largest, y_c.
template <class T>
void add_to_first_max(std::ptrdiff_t channels, std::ptrdiff_t columns, const T* x, const T* y, const T* dy,
                      T* dx) noexcept {
  constexpr std::ptrdiff_t w = width<T>;
  std::ptrdiff_t c = 0;
  for (; c + w <= channels; c += w) {
    const Simd<T> largest = load(y + c), zero(T(0));
    Simd<T> rest = load(dy + c);
    for (std::ptrdiff_t t = 0; t < columns; ++t) {
      const auto found = load(x + c + t * channels) == largest;
      T* to = dx + c + t * channels;
      store(to, load(to) + xsimd::select(found, rest, zero));
      rest = xsimd::select(found, zero, rest);
    }
  }
  for (; c < channels; ++c) {
    for (std::ptrdiff_t t = 0; t < columns; ++t) {
      if (x[c + t * channels] != y[c]) continue;
      dx[c + t * channels] += dy[c];
      break;
    }
  }
}

/// Adds dy / divisor to each of `columns` columns of dx.
template <class T>
void add_to_columns(std::ptrdiff_t channels, std::ptrdiff_t columns, T divisor, const T* dy, T* dx) noexcept {
  constexpr std::ptrdiff_t w = width<T>;
  const Simd<T> by(divisor);
  std::ptrdiff_t c = 0;
  for (; c + w <= channels; c += w) {
    const Simd<T> share = load(dy + c) / by;
    for (std::ptrdiff_t t = 0; t < columns; ++t) {
      T* to = dx + c + t * channels;
      store(to, load(to) + share);
    }
  }
  for (; c < channels; ++c) {
    const T share = dy[c] / divisor;
    for (std::ptrdiff_t t = 0; t < columns; ++t) dx[c + t * channels] += share;
  }
}

}  // namespace weir::inline WEIR_ABI::simd
