// A matrix to read that lies anyhow in memory.
#pragma once

#include <weir/core/abi.hpp>

#include <cstddef>

namespace weir::inline WEIR_ABI::simd {

/// Element (i, j) is data[i * row_stride + j * column_stride]. Transposing swaps the strides.
template <class T>
struct Strided {
  const T* data;
  std::ptrdiff_t row_stride;
  std::ptrdiff_t column_stride;

  [[nodiscard]] const T* at(std::ptrdiff_t i, std::ptrdiff_t j) const noexcept {
    return data + i * row_stride + j * column_stride;
  }
  [[nodiscard]] Strided transposed() const noexcept { return {data, column_stride, row_stride}; }
};

/// Column-major matrix with `stride` elements from one column to the next.
template <class T>
[[nodiscard]] Strided<T> columns(const T* data, std::ptrdiff_t stride) noexcept {
  return {data, 1, stride};
}

}  // namespace weir::inline WEIR_ABI::simd
