// The one place that includes xsimd; everything above sees `Simd<T>` and the few helpers below, so that a
// change of xsimd's interface (8.1 to the newest) is mended here.
#pragma once

#include <weir/core/abi.hpp>

// GCC 12 warns of its own AVX-512 intrinsics, whose undefined operands initialise themselves.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <xsimd/xsimd.hpp>
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif

#include <array>
#include <cstddef>

/// Unrolls the next loop whole; its bound is a small constant. Arrays of registers stay in registers only so.
#define WEIR_UNROLL _Pragma("GCC unroll 16")

namespace weir::inline WEIR_ABI::simd {

/// A SIMD register of T for the instruction set of this translation unit.
template <class T>
using Simd = xsimd::batch<T>;

/// Elements in one register.
template <class T>
inline constexpr std::ptrdiff_t width = static_cast<std::ptrdiff_t>(Simd<T>::size);

/// Whether the instruction set has 32 vector registers rather than 16; the product kernels size their tiles
/// by it.
#if defined(__AVX512F__) || defined(__aarch64__)
inline constexpr bool many_registers = true;
#else
inline constexpr bool many_registers = false;
#endif

// GCC 12 sees an array of a few elements at the end of a chain of inlined calls, and takes the loop over
// whole registers, which it has yet to find empty, for an access outside.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Warray-bounds"
#pragma GCC diagnostic ignored "-Wstringop-overflow"
#pragma GCC diagnostic ignored "-Wstringop-overread"
#endif

template <class T>
[[nodiscard]] inline Simd<T> load(const T* from) noexcept {
  return Simd<T>::load_unaligned(from);
}

template <class T>
inline void store(T* to, const Simd<T>& value) noexcept {
  value.store_unaligned(to);
}

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif

#if defined(__AVX512F__)
namespace detail {
/// The lanes [first, first + count).
[[nodiscard]] inline unsigned lanes(std::ptrdiff_t first, std::ptrdiff_t count) noexcept {
  return ((1U << count) - 1U) << first;
}
}  // namespace detail
#endif

/// Which lanes are `first` < width or behind it.
template <class T>
[[nodiscard]] inline auto lanes_from(std::ptrdiff_t first) noexcept {
  static constexpr auto steps = [] {
    std::array<T, 2 * Simd<T>::size> values{};
    for (std::size_t i = Simd<T>::size; i < values.size(); ++i) values[i] = T(1);
    return values;
  }();
  return load(steps.data() + width<T> - first) != Simd<T>(T(0));
}

/// The first `count` < width elements, zeros behind them.
template <class T>
[[nodiscard]] inline Simd<T> load_part(const T* from, std::ptrdiff_t count) noexcept {
#if defined(__AVX512F__)
  if constexpr (sizeof(T) == 4) {
    return _mm512_maskz_loadu_ps(static_cast<__mmask16>(detail::lanes(0, count)), from);
  } else {
    return _mm512_maskz_loadu_pd(static_cast<__mmask8>(detail::lanes(0, count)), from);
  }
#else
  alignas(64) T padded[Simd<T>::size] = {};
  for (std::ptrdiff_t i = 0; i < count; ++i) padded[i] = from[i];
  return Simd<T>::load_aligned(padded);
#endif
}

/// Lanes [first, first + count) to to[first] and on.
template <class T>
inline void store_lanes(T* to, const Simd<T>& value, std::ptrdiff_t first, std::ptrdiff_t count) noexcept {
#if defined(__AVX512F__)
  if constexpr (sizeof(T) == 4) {
    _mm512_mask_storeu_ps(to, static_cast<__mmask16>(detail::lanes(first, count)), value);
  } else {
    _mm512_mask_storeu_pd(to, static_cast<__mmask8>(detail::lanes(first, count)), value);
  }
#else
  alignas(64) T padded[Simd<T>::size];
  value.store_aligned(padded);
  for (std::ptrdiff_t i = first; i < first + count; ++i) to[i] = padded[i];
#endif
}

/// The first `count` lanes.
template <class T>
inline void store_part(T* to, const Simd<T>& value, std::ptrdiff_t count) noexcept {
  store_lanes(to, value, 0, count);
}

/// a * b + c, in one rounding where the instruction set has it.
template <class T>
[[nodiscard]] inline Simd<T> fma(const Simd<T>& a, const Simd<T>& b, const Simd<T>& c) noexcept {
#if defined(__AVX512F__)
  // xsimd 8 writes this as a product and a sum, which clang does not contract.
  if constexpr (sizeof(T) == 4) return _mm512_fmadd_ps(a, b, c);
  if constexpr (sizeof(T) == 8) return _mm512_fmadd_pd(a, b, c);
#else
  return xsimd::fma(a, b, c);
#endif
}

template <class T>
[[nodiscard]] inline T sum(const Simd<T>& value) noexcept {
#if XSIMD_VERSION_MAJOR >= 9
  return xsimd::reduce_add(value);
#else
  return xsimd::hadd(value);
#endif
}

}  // namespace weir::inline WEIR_ABI::simd
