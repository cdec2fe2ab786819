// Matrix products of shapes for which panels of rows are a bad fit: one column, few rows, and A transposed.
// Which is taken when, simd/gemm.hpp says.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/simd/gemm_panels.hpp>
#include <weir/simd/reduce.hpp>
#include <weir/simd/registers.hpp>
#include <weir/simd/strided.hpp>
#include <weir/simd/transform.hpp>

#include <algorithm>
#include <cstddef>

namespace weir::inline WEIR_ABI::simd {
namespace detail {

/// sums_i += sum over the `Columns` columns of A of a_ij b_j, i < m, one column after the other.
template <std::ptrdiff_t Columns, class T>
inline void add_columns(std::ptrdiff_t m, const T* a, std::ptrdiff_t a_stride, const T* b,
                        std::ptrdiff_t b_stride, T* sums) noexcept {
  Simd<T> values[static_cast<std::size_t>(Columns)];
  WEIR_UNROLL
  for (std::ptrdiff_t j = 0; j < Columns; ++j) values[j] = Simd<T>(b[j * b_stride]);
  std::ptrdiff_t i = 0;
  for (; i + width<T> <= m; i += width<T>) {
    Simd<T> sum = load(sums + i);
    WEIR_UNROLL
    for (std::ptrdiff_t j = 0; j < Columns; ++j) sum = fma(load(a + i + j * a_stride), values[j], sum);
    store(sums + i, sum);
  }
  if (i == m) return;
  Simd<T> sum = load_part(sums + i, m - i);
  WEIR_UNROLL
  for (std::ptrdiff_t j = 0; j < Columns; ++j)
    sum = fma(load_part(a + i + j * a_stride, m - i), values[j], sum);
  store_part(sums + i, sum, m - i);
}

/// From this stride on, each column of A lies on a page of its own.
template <class T>
inline constexpr std::ptrdiff_t page = 4096 / static_cast<std::ptrdiff_t>(sizeof(T));

/// One column of B, and an A whose columns lie far apart, its rows side by side: reads A in the order of
/// memory. The order of summation is that of gemm_panels.
template <class T>
void gemm_one_column(std::ptrdiff_t m, std::ptrdiff_t k, const Strided<T>& a, const Strided<T>& b, T* c,
                     Init init, const T* bias) noexcept {
  constexpr std::ptrdiff_t together = 8, rows = 1024;
  alignas(64) T sums[static_cast<std::size_t>(rows)];
  for (std::ptrdiff_t p = 0; p < k; p += k_block) {
    const std::ptrdiff_t end = std::min(p + k_block, k);
    for (std::ptrdiff_t i = 0; i < m; i += rows) {
      const std::ptrdiff_t count = std::min(rows, m - i);
      if (p == 0 && init == Init::bias) {
        std::copy_n(bias + i, count, sums);
      } else {
        std::fill_n(sums, count, T(0));
      }
      std::ptrdiff_t q = p;
      for (; q + together <= end; q += together)
        add_columns<together>(count, a.at(i, q), a.column_stride, b.at(q, 0), b.row_stride, sums);
      for (; q < end; ++q) add_columns<1>(count, a.at(i, q), a.column_stride, b.at(q, 0), b.row_stride, sums);
      if (p == 0 && init != Init::add) {
        std::copy_n(sums, count, c + i);
      } else {
        add(count, sums, c + i);
      }
    }
  }
}

/// A transposed (its columns side by side), and some columns: sums C^T = B^T A^T instead, so that what has to
/// be packed is B and not the larger A. The order of summation is that of gemm_panels.
template <class T>
void gemm_swapped(std::ptrdiff_t m, std::ptrdiff_t n, std::ptrdiff_t k, const Strided<T>& a,
                  const Strided<T>& b, T* c, std::ptrdiff_t c_stride) noexcept {
  constexpr std::ptrdiff_t rows = 32 * tile_columns;
  alignas(64) T block[static_cast<std::size_t>(rows * tile_rows<T>)];
  for (std::ptrdiff_t i = 0; i < m; i += rows) {
    const std::ptrdiff_t rows_here = std::min(rows, m - i);
    const Strided<T> a_part{a.at(i, 0), a.row_stride, a.column_stride};
    for (std::ptrdiff_t j = 0; j < n; j += tile_rows<T>) {
      const std::ptrdiff_t columns_here = std::min(tile_rows<T>, n - j);
      const Strided<T> b_part{b.at(0, j), b.row_stride, b.column_stride};
      gemm_panels<T>(columns_here, rows_here, k, b_part.transposed(), a_part.transposed(), block,
                     columns_here, Init::zero, nullptr, false);
      for (std::ptrdiff_t y = 0; y < columns_here; ++y) {
        T* column = c + i + (j + y) * c_stride;
        for (std::ptrdiff_t x = 0; x < rows_here; ++x) column[x] = block[y + x * columns_here];
      }
    }
  }
}

/// Few rows (m below a register), many columns whose elements lie side by side in B: sums C^T = B^T A^T
/// instead, so that the registers are full. This is the weight gradient of a layer with few outputs.
template <class T>
void gemm_few_rows(std::ptrdiff_t m, std::ptrdiff_t n, std::ptrdiff_t k, const Strided<T>& a,
                   const Strided<T>& b, T* c, std::ptrdiff_t c_stride, Init init, const T* bias) noexcept {
  alignas(64) T block[static_cast<std::size_t>(tile_rows<T> * width<T>)];
  for (std::ptrdiff_t j = 0; j < n; j += tile_rows<T>) {
    const std::ptrdiff_t columns_here = std::min(tile_rows<T>, n - j);
    const Strided<T> b_part{b.at(0, j), b.row_stride, b.column_stride};
    gemm_panels<T>(columns_here, m, k, b_part.transposed(), a.transposed(), block, tile_rows<T>, Init::zero,
                   nullptr, columns_here <= halves_vectors * width<T>);
    for (std::ptrdiff_t x = 0; x < columns_here; ++x) {
      for (std::ptrdiff_t i = 0; i < m; ++i) {
        T& target = c[i + (j + x) * c_stride];
        const T product = block[x + i * tile_rows<T>];
        target = init == Init::add ? target + product : init == Init::bias ? bias[i] + product : product;
      }
    }
  }
}

/// Few rows (m below a register) against contiguous columns: dot products. This is a layer with few outputs.
template <class T>
void gemm_dots(std::ptrdiff_t m, std::ptrdiff_t n, std::ptrdiff_t k, const Strided<T>& a, const Strided<T>& b,
               T* c, std::ptrdiff_t c_stride, Init init, const T* bias) noexcept {
  alignas(64) T row[static_cast<std::size_t>(k_block)];
  for (std::ptrdiff_t i = 0; i < m; ++i) {
    for (std::ptrdiff_t p = 0; p < k; p += k_block) {
      const std::ptrdiff_t depth = std::min(k_block, k - p);
      const T* a_row = a.at(i, p);
      if (a.column_stride != 1) {
        for (std::ptrdiff_t x = 0; x < depth; ++x) row[x] = *a.at(i, p + x);
        a_row = row;
      }
      const bool add = p != 0 || init == Init::add;
      const T start = init == Init::bias ? bias[i] : T(0);
      for (std::ptrdiff_t j = 0; j < n; ++j) {
        T& target = c[i + j * c_stride];
        target = (add ? target : start) + dot(depth, a_row, b.at(p, j));
      }
    }
  }
}

}  // namespace detail
}  // namespace weir::inline WEIR_ABI::simd
