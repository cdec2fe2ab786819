// A matrix that is packed once and multiplied many times:
//
//   C (m x n) = A (m x k) * B (k x n)     with Init::zero, Init::bias or Init::add, as in simd/gemm.hpp
//
// `gemm` packs rows of A into panels in each call. A recurrent layer multiplies the same weights at every
// time step, a convolution for every sample: they pack once a pass. The order of summation is that of `gemm`.
//
// Layout: blocks of `k_block` columns of A; in a block one panel of `tile_rows` rows after the other; in a
// panel column after column, its rows filled with zeros up to a whole register, of several panels up to a whole panel.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/tensor.hpp>
#include <weir/simd/gemm.hpp>
#include <weir/simd/registers.hpp>
#include <weir/simd/transform.hpp>

#include <algorithm>
#include <cassert>
#include <cstddef>

namespace weir::inline WEIR_ABI::simd {

/// C += A B for an A with contiguous rows, which is read where it lies. Packing loses where k is large
/// against n: the gradient of a weight matrix, over many columns.
template <class T>
void add_product(std::ptrdiff_t m, std::ptrdiff_t n, std::ptrdiff_t k, const Strided<T>& a,
                 const Strided<T>& b, T* c, std::ptrdiff_t c_stride) noexcept {
  constexpr std::ptrdiff_t w = width<T>;
  assert(a.row_stride == 1);
  if (m < w || n == 0) return gemm<T>(m, n, k, a, b, c, c_stride, Init::add);
  for (std::ptrdiff_t p = 0; p < k; p += detail::k_block) {
    const std::ptrdiff_t depth = std::min(detail::k_block, k - p);
    const Strided<T> b_block{b.at(p, 0), b.row_stride, b.column_stride};
    for (std::ptrdiff_t i = 0; i < m; i += detail::tile_rows<T>) {
      const std::ptrdiff_t rows = std::min(detail::tile_rows<T>, m - i);
      const std::ptrdiff_t vectors = (rows + w - 1) / w, last_count = rows - (vectors - 1) * w;
      const detail::Panel<T> panel{a.at(i, p), a.column_stride, vectors,   rows - w, w - last_count,
                                   last_count, nullptr,         Init::add, false};
      detail::panel_product_of(n, depth, panel, b_block, c + i, c_stride);
    }
  }
}

namespace detail {

/// Packed panels that one column meets together: enough independent sums to hide the latency of adding.
inline constexpr std::ptrdiff_t panels_of_column = single_column_vectors / tile_vectors;

/// sums (Panels x tile_rows) += A b for `Panels` whole packed panels of A, `apart` values from one to the next.
template <std::ptrdiff_t Panels, class T>
inline void add_packed_column(std::ptrdiff_t k, const T* a, std::ptrdiff_t apart, const T* b,
                              std::ptrdiff_t b_stride, T* sums) noexcept {
  constexpr std::ptrdiff_t w = width<T>;
  Simd<T> sum[static_cast<std::size_t>(Panels)][static_cast<std::size_t>(tile_vectors)];
  WEIR_UNROLL
  for (std::ptrdiff_t q = 0; q < Panels; ++q) {
    WEIR_UNROLL
    for (std::ptrdiff_t v = 0; v < tile_vectors; ++v) sum[q][v] = load(sums + q * tile_rows<T> + v * w);
  }
  for (std::ptrdiff_t p = 0; p < k; ++p, a += tile_rows<T>, b += b_stride) {
    const Simd<T> value(*b);
    WEIR_UNROLL
    for (std::ptrdiff_t q = 0; q < Panels; ++q) {
      WEIR_UNROLL
      for (std::ptrdiff_t v = 0; v < tile_vectors; ++v) {
        sum[q][v] = fma(load(a + q * apart + v * w), value, sum[q][v]);
      }
    }
  }
  WEIR_UNROLL
  for (std::ptrdiff_t q = 0; q < Panels; ++q) {
    WEIR_UNROLL
    for (std::ptrdiff_t v = 0; v < tile_vectors; ++v) store(sums + q * tile_rows<T> + v * w, sum[q][v]);
  }
}

/// The same for up to `Panels`.
template <std::ptrdiff_t Panels, class T>
void add_packed_column_of(std::ptrdiff_t panels, std::ptrdiff_t k, const T* a, std::ptrdiff_t apart,
                          const T* b, std::ptrdiff_t b_stride, T* sums) noexcept {
  if (panels == Panels) return add_packed_column<Panels>(k, a, apart, b, b_stride, sums);
  if constexpr (Panels > 1) add_packed_column_of<Panels - 1>(panels, k, a, apart, b, b_stride, sums);
}

}  // namespace detail

template <class T>
class PackedRows {
 public:
  PackedRows() = default;
  /// Room for an m x k matrix; the only place that allocates.
  PackedRows(std::ptrdiff_t m, std::ptrdiff_t k) : m_(m), k_(k), padded_(padded_rows(m)) {
    memory_ = AlignedBuffer<T>(static_cast<std::size_t>(padded_ * k));
  }

  /// Bytes that an m x k matrix takes.
  [[nodiscard]] static double bytes(std::ptrdiff_t m, std::ptrdiff_t k) noexcept {
    return static_cast<double>(sizeof(T)) * static_cast<double>(padded_rows(m)) * static_cast<double>(k);
  }

  [[nodiscard]] std::ptrdiff_t rows() const noexcept { return m_; }
  [[nodiscard]] std::ptrdiff_t depth() const noexcept { return k_; }

  /// Takes all of A (m x k).
  void pack(const Strided<T>& a) noexcept { pack(a, 0, k_); }

  /// Takes columns [first, first + count) of A from `a` (m x count), for an A made of several matrices side
  /// by side.
  void pack(Strided<T> a, std::ptrdiff_t first, std::ptrdiff_t count) noexcept {
    assert(first >= 0 && first + count <= k_);
    while (count > 0) {
      const std::ptrdiff_t block = first / detail::k_block * detail::k_block;
      const std::ptrdiff_t taken = std::min(count, block + detail::k_block - first);
      for (std::ptrdiff_t i = 0; i < m_; i += detail::tile_rows<T>) {
        const std::ptrdiff_t rows = std::min(detail::tile_rows<T>, m_ - i);
        const std::ptrdiff_t stride = panel_stride();
        pack_panel(Strided<T>{a.at(i, 0), a.row_stride, a.column_stride}, rows, taken, stride,
                   panel(block, i) + (first - block) * stride);
      }
      a.data += taken * a.column_stride;
      first += taken;
      count -= taken;
    }
  }

  /// C = A B for n columns; `c` must not overlap `b`.
  void product(std::ptrdiff_t n, const Strided<T>& b, T* c, std::ptrdiff_t c_stride, Init init,
               const T* bias = nullptr) const noexcept {
    product(n, k_, b, c, c_stride, init, bias);
  }

  /// The same with the first `depth` columns of A and rows of B only.
  void product(std::ptrdiff_t n, std::ptrdiff_t depth, const Strided<T>& b, T* c, std::ptrdiff_t c_stride,
               Init init, const T* bias = nullptr) const noexcept {
    assert(depth <= k_);
    if (m_ == 0 || n == 0 || depth == 0) {
      return detail::start_only(m_, n, c, c_stride, init, bias);
    }
    for (std::ptrdiff_t p = 0; p < depth; p += detail::k_block) {
      const Strided<T> b_block{b.at(p, 0), b.row_stride, b.column_stride};
      block_product(n, p, std::min(detail::k_block, depth - p), b_block, c, c_stride,
                    p == 0 ? init : Init::add, bias);
    }
  }

 private:
  /// Of a matrix of m rows; several panels are all whole.
  static std::ptrdiff_t padded_rows(std::ptrdiff_t m) noexcept {
    const std::ptrdiff_t unit = m > detail::tile_rows<T> ? detail::tile_rows<T> : width<T>;
    return (m + unit - 1) / unit * unit;
  }
  /// Values from one column of a panel to the next.
  [[nodiscard]] std::ptrdiff_t panel_stride() const noexcept {
    return std::min(padded_, detail::tile_rows<T>);
  }
  /// Where the panel that starts at row i lies in the block that starts at column `block`.
  [[nodiscard]] std::ptrdiff_t panel_offset(std::ptrdiff_t block, std::ptrdiff_t i) const noexcept {
    return padded_ * block + i * std::min(detail::k_block, k_ - block);
  }
  [[nodiscard]] T* panel(std::ptrdiff_t block, std::ptrdiff_t i) noexcept {
    return memory_.data() + panel_offset(block, i);
  }

  static void pack_panel(const Strided<T>& a, std::ptrdiff_t rows, std::ptrdiff_t count,
                         std::ptrdiff_t stride, T* to) noexcept {
    if (a.row_stride == 1) return detail::pack_rows(a, rows, count, stride, to);
    // Columns of A lie side by side: by sixteens, so that each line of memory is fetched once.
    constexpr std::ptrdiff_t together = 16;
    for (std::ptrdiff_t p = 0; p < count; p += together) {
      const std::ptrdiff_t end = std::min(p + together, count);
      for (std::ptrdiff_t i = 0; i < rows; ++i) {
        for (std::ptrdiff_t q = p; q < end; ++q) to[q * stride + i] = *a.at(i, q);
      }
      for (std::ptrdiff_t q = p; q < end; ++q) std::fill_n(to + q * stride + rows, stride - rows, T(0));
    }
  }

  /// One column: several panels at a time. The order of summation is that of panels one by one.
  void block_column(std::ptrdiff_t block, std::ptrdiff_t depth, const Strided<T>& b, T* c, Init init,
                    const T* bias) const noexcept {
    constexpr std::ptrdiff_t rows = detail::tile_rows<T>, together = detail::panels_of_column;
    alignas(64) T sums[static_cast<std::size_t>(together * rows)];
    const std::ptrdiff_t panels = (m_ + rows - 1) / rows;
    const std::ptrdiff_t parts = (panels + together - 1) / together;  // of nearly equal size
    for (std::ptrdiff_t part = 0, first = 0; part < parts; ++part) {
      const std::ptrdiff_t end = panels * (part + 1) / parts, i = first * rows;
      const std::ptrdiff_t count = std::min(end * rows, m_) - i;
      std::fill_n(sums, (end - first) * rows, T(0));
      if (init == Init::bias) std::copy_n(bias + i, count, sums);
      detail::add_packed_column_of<together>(end - first, depth, memory_.data() + panel_offset(block, i),
                                             panel_offset(block, rows) - panel_offset(block, 0), b.data,
                                             b.row_stride, sums);
      if (init == Init::add) {
        add(count, sums, c + i);
      } else {
        std::copy_n(sums, count, c + i);
      }
      first = end;
    }
  }

  void block_product(std::ptrdiff_t n, std::ptrdiff_t block, std::ptrdiff_t depth, const Strided<T>& b, T* c,
                     std::ptrdiff_t c_stride, Init init, const T* bias) const noexcept {
    constexpr std::ptrdiff_t w = width<T>;
    if (n == 1 && padded_ >= detail::tile_rows<T> && m_ > detail::halves_vectors * w) {
      return block_column(block, depth, b, c, init, bias);
    }
    alignas(64) T padded_bias[static_cast<std::size_t>(w)];
    for (std::ptrdiff_t i = 0; i < m_; i += detail::tile_rows<T>) {
      const std::ptrdiff_t rows = std::min(detail::tile_rows<T>, m_ - i);
      const std::ptrdiff_t vectors = (rows + w - 1) / w;
      const std::ptrdiff_t last_count = rows - (vectors - 1) * w;
      detail::Panel<T> part{memory_.data() + panel_offset(block, i),
                            panel_stride(),
                            vectors,
                            rows - w,
                            w - last_count,
                            last_count,
                            nullptr,
                            init,
                            m_ <= detail::halves_vectors * w};
      if (rows < w) part.last_offset = part.last_skip = 0;
      if (init == Init::bias) part.bias = bias + i;
      if (init == Init::bias && rows < w) {
        std::copy_n(bias + i, rows, padded_bias);
        std::fill_n(padded_bias + rows, w - rows, T(0));
        part.bias = padded_bias;
      }
      detail::panel_product_of(n, depth, part, b, c + i, c_stride);
    }
  }

  std::ptrdiff_t m_ = 0;
  std::ptrdiff_t k_ = 0;
  std::ptrdiff_t padded_ = 0;
  AlignedBuffer<T> memory_;
};

}  // namespace weir::inline WEIR_ABI::simd
