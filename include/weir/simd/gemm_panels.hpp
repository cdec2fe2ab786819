// Matrix products by panels of rows (Goto, van de Geijn: "Anatomy of high-performance matrix multiplication",
// 2008; BLIS): a register tile of `tile_vectors` registers of rows by `tile_columns` columns runs over k;
// rows of A that are not contiguous are packed into a buffer on the stack, so that no product allocates.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/simd/registers.hpp>
#include <weir/simd/strided.hpp>

#include <algorithm>
#include <array>
#include <cassert>
#include <cstddef>
#include <type_traits>
#include <utility>

namespace weir::inline WEIR_ABI::simd {

/// What a product starts from; see simd/gemm.hpp.
enum class Init : unsigned char { zero, bias, add };

namespace detail {

inline constexpr std::ptrdiff_t tile_vectors = many_registers ? 4 : 2;
inline constexpr std::ptrdiff_t tile_columns = 6;
inline constexpr std::ptrdiff_t k_block = 256;
/// One column (batch 1) leaves registers free for more rows: enough independent sums to hide the latency of
/// adding.
inline constexpr std::ptrdiff_t single_column_vectors = 8;
/// Matrices of so few rows that even this is not enough sum even and odd k apart, for any number of columns,
/// where the registers suffice.
inline constexpr std::ptrdiff_t halves_vectors = many_registers ? 2 : 0;
template <class T>
inline constexpr std::ptrdiff_t tile_rows = tile_vectors* width<T>;
template <class T>
inline constexpr std::ptrdiff_t panel_rows = single_column_vectors* width<T>;

/// Up to `panel_rows` rows of A as `vectors` registers, the last one starting at row `last_offset`. Of that
/// last register the lanes [last_skip, last_skip + last_count) are rows not covered by the registers before
/// it.
template <class T>
struct Panel {
  const T* data;
  std::ptrdiff_t stride;
  std::ptrdiff_t vectors;
  std::ptrdiff_t last_offset;
  std::ptrdiff_t last_skip;
  std::ptrdiff_t last_count;
  const T* bias;
  Init init;
  bool halves;  ///< sum even and odd k apart
};

/// Stores or adds the lanes [skip, skip + count) of a register. Lanes before them are rows of C that have
/// been summed before, to the same bits; lanes behind them lie outside of C.
template <class T>
inline void put_lanes(T* to, const Simd<T>& value, std::ptrdiff_t skip, std::ptrdiff_t count,
                      bool add) noexcept {
  if (count == width<T>) {
    store(to, add ? load(to) + value : value);
    return;
  }
#if defined(__AVX512F__)
  if (!add) {
    store_lanes(to, value, skip, count);
    return;
  }
  if constexpr (sizeof(T) == 4) {
    const auto mask = static_cast<__mmask16>(simd::detail::lanes(skip, count));
    store_lanes(to, Simd<T>(_mm512_maskz_loadu_ps(mask, to)) + value, skip, count);
  } else {
    const auto mask = static_cast<__mmask8>(simd::detail::lanes(skip, count));
    store_lanes(to, Simd<T>(_mm512_maskz_loadu_pd(mask, to)) + value, skip, count);
  }
#else
  if (skip + count == width<T>) {
    if (!add) {
      store(to, value);
      return;
    }
    const Simd<T> old = load(to);
    store(to, Simd<T>(xsimd::select(lanes_from<T>(skip), old + value, old)));
    return;
  }
  alignas(64) T lanes[Simd<T>::size];
  value.store_aligned(lanes);
  for (std::ptrdiff_t i = skip; i < skip + count; ++i) to[i] = add ? to[i] + lanes[i] : lanes[i];
#endif
}

template <std::ptrdiff_t Vectors, std::ptrdiff_t Columns, bool Halves, class T>
inline void tile(std::ptrdiff_t k, const Panel<T>& a, const Strided<T>& b, T* c,
                 std::ptrdiff_t c_stride) noexcept {
  constexpr std::ptrdiff_t w = width<T>;
  Simd<T> sum[static_cast<std::size_t>(Vectors)][static_cast<std::size_t>(Columns)];
  WEIR_UNROLL
  for (std::ptrdiff_t v = 0; v < Vectors; ++v) {
    const bool last = v + 1 == Vectors;
    const Simd<T> start =
        a.init == Init::bias ? load(a.bias + (last ? a.last_offset : v * w)) : Simd<T>(T(0));
    WEIR_UNROLL
    for (std::ptrdiff_t j = 0; j < Columns; ++j) sum[v][j] = start;
  }
  if (a.init == Init::add) {  // C is needed at the end only: fetch it meanwhile
    WEIR_UNROLL
    for (std::ptrdiff_t j = 0; j < Columns; ++j) {
      WEIR_UNROLL
      for (std::ptrdiff_t v = 0; v < Vectors; ++v) __builtin_prefetch(c + j * c_stride + v * w, 1);
    }
  }
  const T* a_at = a.data;
  const T* b_at = b.data;
  const auto step = [&](Simd<T>(&to)[static_cast<std::size_t>(Vectors)][static_cast<std::size_t>(Columns)]) {
    if constexpr (many_registers) {
      Simd<T> values[static_cast<std::size_t>(Columns)];
      WEIR_UNROLL
      for (std::ptrdiff_t j = 0; j < Columns; ++j) values[j] = Simd<T>(b_at[j * b.column_stride]);
      WEIR_UNROLL
      for (std::ptrdiff_t v = 0; v < Vectors; ++v) {
        const Simd<T> rows = load(a_at + (v + 1 == Vectors ? a.last_offset : v * w));
        WEIR_UNROLL
        for (std::ptrdiff_t j = 0; j < Columns; ++j) to[v][j] = fma(rows, values[j], to[v][j]);
      }
    } else {  // 12 sums, 2 registers of rows and 1 of B: six of B at a time would not fit into 16
      Simd<T> rows[static_cast<std::size_t>(Vectors)];
      WEIR_UNROLL
      for (std::ptrdiff_t v = 0; v < Vectors; ++v) {
        rows[v] = load(a_at + (v + 1 == Vectors ? a.last_offset : v * w));
      }
      WEIR_UNROLL
      for (std::ptrdiff_t j = 0; j < Columns; ++j) {
        const Simd<T> value(b_at[j * b.column_stride]);
        WEIR_UNROLL
        for (std::ptrdiff_t v = 0; v < Vectors; ++v) to[v][j] = fma(rows[v], value, to[v][j]);
      }
    }
    a_at += a.stride;
    b_at += b.row_stride;
  };
  if constexpr (Halves) {
    Simd<T> odd[static_cast<std::size_t>(Vectors)][static_cast<std::size_t>(Columns)];
    WEIR_UNROLL
    for (std::ptrdiff_t v = 0; v < Vectors; ++v) {
      WEIR_UNROLL
      for (std::ptrdiff_t j = 0; j < Columns; ++j) odd[v][j] = Simd<T>(T(0));
    }
    for (std::ptrdiff_t p = 0; p + 1 < k; p += 2) {
      step(sum);
      step(odd);
    }
    if (k % 2 != 0) step(sum);
    WEIR_UNROLL
    for (std::ptrdiff_t v = 0; v < Vectors; ++v) {
      WEIR_UNROLL
      for (std::ptrdiff_t j = 0; j < Columns; ++j) sum[v][j] = sum[v][j] + odd[v][j];
    }
  } else {
    for (std::ptrdiff_t p = 0; p < k; ++p) step(sum);
  }
  const bool add = a.init == Init::add;
  WEIR_UNROLL
  for (std::ptrdiff_t j = 0; j < Columns; ++j) {
    T* column = c + j * c_stride;
    WEIR_UNROLL
    for (std::ptrdiff_t v = 0; v + 1 < Vectors; ++v) put_lanes(column + v * w, sum[v][j], 0, w, add);
    put_lanes(column + a.last_offset, sum[Vectors - 1][j], a.last_skip, a.last_count, add);
  }
}

/// One panel of rows against all columns of B.
template <std::ptrdiff_t Vectors, bool Halves, class T>
void panel_product(std::ptrdiff_t n, std::ptrdiff_t k, const Panel<T>& a, const Strided<T>& all, T* c,
                   std::ptrdiff_t c_stride) noexcept {
  Strided<T> b = all;
  const auto step = [&](auto columns) {
    constexpr std::ptrdiff_t count = decltype(columns)::value;
    tile<Vectors, count, Halves>(k, a, b, c, c_stride);
    b.data += count * b.column_stride;
    c += count * c_stride;
    n -= count;
  };
  if constexpr (Vectors <= tile_vectors) {
    // Two columns are too few sums to hide the latency of adding: eight are taken as 4 + 4, not as 6 + 2.
    while (n >= tile_columns && n != 8) step(std::integral_constant<std::ptrdiff_t, tile_columns>{});
    while (n >= 4) step(std::integral_constant<std::ptrdiff_t, 4>{});
    while (n >= 2) step(std::integral_constant<std::ptrdiff_t, 2>{});
  }
  while (n >= 1) step(std::integral_constant<std::ptrdiff_t, 1>{});
}

/// The function for panels of each number of registers, `Halves` or not.
template <bool Halves, class T>
inline constexpr auto panel_products = []<std::size_t... V>(std::index_sequence<V...>) {
  return std::array{&panel_product<static_cast<std::ptrdiff_t>(V) + 1, Halves, T>...};
}
(std::make_index_sequence<static_cast<std::size_t>(Halves ? halves_vectors : single_column_vectors)>{});

/// A panel against n columns: 1 where it has more than `tile_vectors` registers.
template <class T>
inline void panel_product_of(std::ptrdiff_t n, std::ptrdiff_t k, const Panel<T>& a, const Strided<T>& b, T* c,
                             std::ptrdiff_t c_stride) noexcept {
  assert(a.vectors <= tile_vectors || n == 1);
  const auto which = static_cast<std::size_t>(a.vectors - 1);
  if constexpr (halves_vectors > 0) {
    if (a.halves) return panel_products<true, T>[which](n, k, a, b, c, c_stride);
  }
  panel_products<false, T>[which](n, k, a, b, c, c_stride);
}

/// Copies `rows` x `k` of A so that rows are contiguous, zeros up to the next whole register.
template <class T>
void pack_rows(const Strided<T>& a, std::ptrdiff_t rows, std::ptrdiff_t k, std::ptrdiff_t stride,
               T* packed) noexcept {
  constexpr std::ptrdiff_t line = 64 / static_cast<std::ptrdiff_t>(sizeof(T));
  if (a.row_stride == 1 && rows == tile_rows<T>) {
    for (std::ptrdiff_t p = 0; p < k; ++p) {
      WEIR_UNROLL
      for (std::ptrdiff_t v = 0; v < tile_vectors; ++v) {
        store(packed + p * stride + v * width<T>, load(a.at(v * width<T>, p)));
      }
    }
    return;
  }
  if (a.row_stride == 1) {
    // Columns may lie on pages of their own, where no hardware fetches ahead.
    constexpr std::ptrdiff_t ahead = 8;
    for (std::ptrdiff_t p = 0; p < k; ++p) {
      if (p + ahead < k) {
        for (std::ptrdiff_t i = 0; i < rows; i += line) __builtin_prefetch(a.at(i, p + ahead));
      }
      std::copy_n(a.at(0, p), rows, packed + p * stride);
      std::fill_n(packed + p * stride + rows, stride - rows, T(0));
    }
    return;
  }
  if (a.row_stride < 16 * line) {
    for (std::ptrdiff_t p = 0; p < k; ++p) {
      for (std::ptrdiff_t i = 0; i < rows; ++i) packed[p * stride + i] = *a.at(i, p);
      std::fill_n(packed + p * stride + rows, stride - rows, T(0));
    }
    return;
  }
  // Rows far apart: a line of memory at a time, so that each is fetched once.
  std::ptrdiff_t p = 0;
  for (; p + line <= k; p += line) {
    for (std::ptrdiff_t i = 0; i < rows; ++i) {
      const T* from = a.at(i, p);
      WEIR_UNROLL
      for (std::ptrdiff_t q = 0; q < line; ++q) packed[(p + q) * stride + i] = from[q * a.column_stride];
    }
  }
  for (; p < k; ++p) {
    for (std::ptrdiff_t i = 0; i < rows; ++i) packed[p * stride + i] = *a.at(i, p);
  }
  for (p = 0; p < k; ++p) std::fill_n(packed + p * stride + rows, stride - rows, T(0));
}

/// How a product reads A and B.
struct PanelPlan {
  bool pack;               ///< rows of A are copied to where they are contiguous
  std::ptrdiff_t columns;  ///< of B that one panel meets before the next one
};

/// Panels of A that meet the same columns of B before the next ones. With 16 registers a panel is small:
/// several lie in the second level of the cache, and a few columns of B in the first.
inline constexpr std::ptrdiff_t panels_together = many_registers ? 1 : 4;

/// Packing is needed where loads could not reach rows. Else it pays where each element is used often, and
/// with 16 registers only where the columns of A are far apart. All of this was measured, apart for 16 and 32
/// registers.
template <class T>
[[nodiscard]] inline PanelPlan panel_plan(std::ptrdiff_t m, std::ptrdiff_t n, std::ptrdiff_t k,
                                          const Strided<T>& a) noexcept {
  constexpr std::ptrdiff_t far = 1024 / static_cast<std::ptrdiff_t>(sizeof(T));
  const bool apart = many_registers ? a.column_stride != tile_rows<T> : a.column_stride >= far;
  return {a.row_stride != 1 || m < width<T> || (apart && n >= 4 * tile_columns),
          many_registers ? n : tile_columns * std::max<std::ptrdiff_t>(1, k_block / k)};
}

/// `rows` rows of A (m x depth) from row i on.
template <class T>
[[nodiscard]] inline Panel<T> panel_in_place(std::ptrdiff_t i, std::ptrdiff_t rows,
                                             const Strided<T>& a) noexcept {
  constexpr std::ptrdiff_t w = width<T>;
  const std::ptrdiff_t vectors = (rows + w - 1) / w;
  const std::ptrdiff_t last_count = rows - (vectors - 1) * w;
  return {a.at(i, 0), a.column_stride, vectors,    rows - w, w - last_count,
          last_count, nullptr,         Init::zero, false};
}

/// The same, copied to `packed`. Rows above fill up a register that has too few; an A of fewer rows than a
/// register gets zeros behind them.
template <class T>
[[nodiscard]] inline Panel<T> packed_panel(std::ptrdiff_t i, std::ptrdiff_t rows, const Strided<T>& a,
                                           std::ptrdiff_t depth, T* packed) noexcept {
  constexpr std::ptrdiff_t w = width<T>;
  Panel<T> panel = panel_in_place(i, rows, a);
  const std::ptrdiff_t above = std::min(i, std::max<std::ptrdiff_t>(w - rows, 0));
  panel.stride = panel.vectors * w;
  panel.data = packed + above;
  pack_rows(Strided<T>{a.at(i - above, 0), a.row_stride, a.column_stride}, rows + above, depth, panel.stride,
            packed);
  if (rows + above < w) panel.last_offset = panel.last_skip = 0;
  return panel;
}

/// Any m, n, k by panels of rows.
template <class T>
void gemm_panels(std::ptrdiff_t m, std::ptrdiff_t n, std::ptrdiff_t k, const Strided<T>& a,
                 const Strided<T>& b, T* c, std::ptrdiff_t c_stride, Init init, const T* bias,
                 bool halves) noexcept {
  constexpr std::ptrdiff_t w = width<T>;
  constexpr std::ptrdiff_t panel_size = tile_rows<T> * k_block;
  const PanelPlan plan = panel_plan(m, n, k, a);
  const std::ptrdiff_t step = n == 1 && !plan.pack ? panel_rows<T> : tile_rows<T>;
  alignas(64) T packed[static_cast<std::size_t>(panels_together * panel_size)];
  alignas(64) T padded_bias[static_cast<std::size_t>(w)];
  if (init == Init::bias && m < w) {
    std::copy_n(bias, m, padded_bias);
    std::fill_n(padded_bias + m, w - m, T(0));
    bias = padded_bias;
  }
  Panel<T> panels[static_cast<std::size_t>(panels_together)];

  const auto columns_of = [&](std::ptrdiff_t p, std::ptrdiff_t i, std::ptrdiff_t count, std::ptrdiff_t j,
                              std::ptrdiff_t columns, std::ptrdiff_t depth) {
    const Strided<T> b_block{b.at(p, j), b.row_stride, b.column_stride};
    for (std::ptrdiff_t q = 0; q < count; ++q) {
      T* const to = c + i + q * step + j * c_stride;
      panel_product_of(columns, depth, panels[q], b_block, to, c_stride);
    }
  };
  const auto rows_of = [&](std::ptrdiff_t p, std::ptrdiff_t i, std::ptrdiff_t depth) {
    const Strided<T> a_block{a.at(0, p), a.row_stride, a.column_stride};
    std::ptrdiff_t count = 0;
    for (std::ptrdiff_t r = i; r < m && count < panels_together; r += step, ++count) {
      const std::ptrdiff_t rows = std::min(step, m - r);
      Panel<T>& panel = panels[count];
      panel = plan.pack ? packed_panel(r, rows, a_block, depth, packed + count * panel_size)
                        : panel_in_place(r, rows, a_block);
      panel.init = p == 0 ? init : Init::add;
      panel.bias = bias == nullptr ? nullptr : bias + r;
      panel.halves = halves;
    }
    for (std::ptrdiff_t j = 0, columns = 0; j < n; j += columns) {
      columns = n - j < plan.columns + 4 ? n - j : plan.columns;  // a rest of few columns would be slow
      columns_of(p, i, count, j, columns, depth);
    }
  };
  for (std::ptrdiff_t p = 0; p < k; p += k_block) {
    for (std::ptrdiff_t i = 0; i < m; i += panels_together * step) rows_of(p, i, std::min(k_block, k - p));
  }
}

}  // namespace detail
}  // namespace weir::inline WEIR_ABI::simd
