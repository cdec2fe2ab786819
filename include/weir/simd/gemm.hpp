// Matrix products on column-major storage:
//
//   C (m x n) = A (m x k) * B (k x n)            Init::zero
//   C         = A * B + bias (m) on each column  Init::bias
//   C        += A * B                            Init::add
//
// Each element of C is summed over k in an order that depends on its row alone, a block of `k_block` at a
// time, whatever the tile it falls into. So a sample gets the same bits alone, in a batch, and with any
// number of threads.
//
// The work is done in gemm_panels.hpp, and for shapes that do not suit it in gemm_shapes.hpp.
// `gemm_reference` is the definition.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/simd/gemm_panels.hpp>
#include <weir/simd/gemm_shapes.hpp>
#include <weir/simd/registers.hpp>
#include <weir/simd/strided.hpp>

#include <cstddef>

namespace weir::inline WEIR_ABI::simd {

/// The definition, in plain loops.
template <class T>
void gemm_reference(std::ptrdiff_t m, std::ptrdiff_t n, std::ptrdiff_t k, const Strided<T>& a,
                    const Strided<T>& b, T* c, std::ptrdiff_t c_stride, Init init,
                    const T* bias = nullptr) noexcept {
  for (std::ptrdiff_t j = 0; j < n; ++j) {
    for (std::ptrdiff_t i = 0; i < m; ++i) {
      T sum = init == Init::bias ? bias[i] : T(0);
      for (std::ptrdiff_t p = 0; p < k; ++p) sum += *a.at(i, p) * *b.at(p, j);
      T& target = c[i + j * c_stride];
      target = init == Init::add ? target + sum : sum;
    }
  }
}

namespace detail {

/// What is left of a product over nothing: C keeps, or becomes, what it starts from.
template <class T>
void start_only(std::ptrdiff_t m, std::ptrdiff_t n, T* c, std::ptrdiff_t c_stride, Init init,
                const T* bias) noexcept {
  for (std::ptrdiff_t j = 0; j < n && init != Init::add; ++j) {
    for (std::ptrdiff_t i = 0; i < m; ++i) c[i + j * c_stride] = init == Init::bias ? bias[i] : T(0);
  }
}
}  // namespace detail

/// The product; see the head of this file. `c` must not overlap `a` or `b`. Allocates nothing (about 80 KiB
/// of stack).
template <class T>
void gemm(std::ptrdiff_t m, std::ptrdiff_t n, std::ptrdiff_t k, const Strided<T>& a, const Strided<T>& b,
          T* c, std::ptrdiff_t c_stride, Init init, const T* bias = nullptr) noexcept {
  if (m == 0 || n == 0 || k == 0) return detail::start_only(m, n, c, c_stride, init, bias);  // null operands
  // The choice may depend on m and the strides, never on n where n counts samples: a sample's bits must not
  // depend on its batch. (gemm_few_rows and gemm_panels add up in the same order, but for the place of the
  // bias.)
  if (m < width<T> && b.row_stride == 1) {
    detail::gemm_dots(m, n, k, a, b, c, c_stride, init, bias);
  } else if (m < width<T> && b.column_stride == 1) {
    detail::gemm_few_rows(m, n, k, a, b, c, c_stride, init, bias);
  } else if (const bool halves = m <= detail::halves_vectors * width<T>;
             !halves && init == Init::zero && a.row_stride != 1 && a.column_stride == 1 && n >= width<T> &&
             m > n && k >= 64) {
    detail::gemm_swapped(m, n, k, a, b, c, c_stride);
  } else if (n == 1 && !halves && a.row_stride == 1 && a.column_stride >= detail::page<T>) {
    detail::gemm_one_column(m, k, a, b, c, init, bias);
  } else {
    detail::gemm_panels(m, n, k, a, b, c, c_stride, init, bias, halves);
  }
}

#if defined(WEIR_COMPILED)
extern template void gemm<float>(std::ptrdiff_t, std::ptrdiff_t, std::ptrdiff_t, const Strided<float>&,
                                 const Strided<float>&, float*, std::ptrdiff_t, Init, const float*) noexcept;
extern template void gemm<double>(std::ptrdiff_t, std::ptrdiff_t, std::ptrdiff_t, const Strided<double>&,
                                  const Strided<double>&, double*, std::ptrdiff_t, Init,
                                  const double*) noexcept;
#endif

}  // namespace weir::inline WEIR_ABI::simd
