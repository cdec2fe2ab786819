// The product against its definition, for every tail, layout and Init; and the promise that a sample has the
// same bits alone and in a batch.
#include <weir/core/rng.hpp>
#include <weir/simd/gemm.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <type_traits>
#include <vector>

using namespace weir;
using std::ptrdiff_t;

namespace {

enum class Layout { columns, padded_columns, rows, padded_rows, scattered };
constexpr Layout layouts[] = {Layout::columns, Layout::padded_columns, Layout::rows, Layout::padded_rows,
                              Layout::scattered};

/// A random rows x columns matrix in exactly the memory that its layout needs; NaN between the elements.
template <class T>
struct Operand {
  std::vector<T> memory;
  ptrdiff_t row_stride = 1;
  ptrdiff_t column_stride = 1;

  Operand(ptrdiff_t rows, ptrdiff_t columns, Layout layout, Rng& rng) {
    switch (layout) {
      case Layout::columns: column_stride = rows; break;
      case Layout::padded_columns: column_stride = rows + 3; break;
      case Layout::rows: row_stride = columns; break;
      case Layout::padded_rows: row_stride = columns + 5; break;
      case Layout::scattered:
        row_stride = 2;
        column_stride = 2 * rows + 1;
        break;
    }
    const bool empty = rows == 0 || columns == 0;
    const ptrdiff_t size = empty ? 0 : (rows - 1) * row_stride + (columns - 1) * column_stride + 1;
    memory.assign(static_cast<std::size_t>(size), std::numeric_limits<T>::quiet_NaN());
    for (ptrdiff_t j = 0; j < columns; ++j) {
      for (ptrdiff_t i = 0; i < rows; ++i) {
        memory[static_cast<std::size_t>(i * row_stride + j * column_stride)] = static_cast<T>(rng.normal());
      }
    }
  }
  [[nodiscard]] simd::Strided<T> view() const { return {memory.data(), row_stride, column_stride}; }
};

template <class T>
std::vector<T> random_values(ptrdiff_t count, Rng& rng) {
  std::vector<T> values(static_cast<std::size_t>(count));
  for (T& v : values) v = static_cast<T>(rng.normal());
  return values;
}

/// Whether every element is off by no more than eps (k + 2) sum |a| |b|, which rounding cannot exceed
/// (Higham, "Accuracy and Stability of Numerical Algorithms", 3.1), and nothing but C was written.
template <class T>
bool right(ptrdiff_t m, ptrdiff_t n, ptrdiff_t k, Layout a_layout, Layout b_layout, simd::Init init,
           Rng& rng) {
  using Wide = std::conditional_t<sizeof(T) == 4, double, long double>;
  const Operand<T> a(m, k, a_layout, rng), b(k, n, b_layout, rng);
  const ptrdiff_t stride = m + 2;
  const std::vector<T> before = random_values<T>(stride * n, rng);
  const std::vector<T> bias = random_values<T>(m, rng);
  std::vector<T> c = before;
  simd::gemm<T>(m, n, k, a.view(), b.view(), c.data(), stride, init, bias.data());

  for (ptrdiff_t j = 0; j < n; ++j) {
    for (ptrdiff_t i = 0; i < stride; ++i) {
      const auto at = static_cast<std::size_t>(i + j * stride);
      if (i >= m) {
        if (c[at] != before[at]) return false;
        continue;
      }
      Wide sum = init == simd::Init::bias  ? static_cast<Wide>(bias[static_cast<std::size_t>(i)])
                 : init == simd::Init::add ? static_cast<Wide>(before[at])
                                           : Wide(0);
      Wide magnitude = std::fabs(sum);
      for (ptrdiff_t p = 0; p < k; ++p) {
        const Wide product = static_cast<Wide>(*a.view().at(i, p)) * static_cast<Wide>(*b.view().at(p, j));
        sum += product;
        magnitude += std::fabs(product);
      }
      const Wide allowed =
          static_cast<Wide>(std::numeric_limits<T>::epsilon()) * static_cast<Wide>(k + 2) * magnitude;
      if (!(std::fabs(static_cast<Wide>(c[at]) - sum) <= allowed)) return false;  // NaN is not right either
    }
  }
  return true;
}

constexpr simd::Init inits[] = {simd::Init::zero, simd::Init::bias, simd::Init::add};

template <class T>
void check(ptrdiff_t m, ptrdiff_t n, ptrdiff_t k, Rng& rng) {
  for (const Layout a : layouts) {
    for (const Layout b : layouts) {
      const simd::Init init = inits[rng.below(3)];
      INFO("m ", m, " n ", n, " k ", k, " layouts ", static_cast<int>(a), " ", static_cast<int>(b), " init ",
           static_cast<int>(init));
      REQUIRE(right<T>(m, n, k, a, b, init, rng));
    }
  }
}

}  // namespace

TEST_CASE_TEMPLATE("gemm: every tail of rows, columns and depth", T, float, double) {
  Rng rng(1);
  const ptrdiff_t tail = 4 * simd::width<T> + 3;
  for (ptrdiff_t m = 0; m <= tail; ++m) {
    for (const ptrdiff_t n : {1, 5, 25}) check<T>(m, n, 7, rng);
  }
  for (ptrdiff_t n = 0; n <= tail; ++n) {
    for (const ptrdiff_t m : {1, 3, 19}) check<T>(m, n, 5, rng);
  }
  for (ptrdiff_t k = 0; k <= tail; ++k) {
    for (const ptrdiff_t m : {1, 21}) check<T>(m, 3, k, rng);
  }
}

TEST_CASE_TEMPLATE("gemm: every Init, and sums longer than a block", T, float, double) {
  Rng rng(2);
  for (const ptrdiff_t k : {255, 256, 257, 515}) {
    for (const ptrdiff_t m : {ptrdiff_t{1}, ptrdiff_t{2}, simd::width<T>, 9 * simd::width<T> + 1}) {
      for (const ptrdiff_t n : {1, 2, 26}) {
        for (const simd::Init init : inits) {
          for (const Layout a : {Layout::columns, Layout::rows}) {
            for (const Layout b : {Layout::columns, Layout::rows}) {
              INFO("m ", m, " n ", n, " k ", k);
              REQUIRE(right<T>(m, n, k, a, b, init, rng));
            }
          }
        }
      }
    }
  }
}

TEST_CASE_TEMPLATE("gemm_reference computes the definition", T, float, double) {
  // [1 3; 2 4] [5 7; 6 8] = [23 31; 34 46], in numbers that are exact
  const T a[] = {1, 2, 3, 4}, b[] = {5, 6, 7, 8}, bias[] = {100, 200};
  T c[4] = {1, 1, 1, 1};
  simd::gemm_reference<T>(2, 2, 2, simd::columns(a, 2), simd::columns(b, 2), c, 2, simd::Init::add);
  CHECK((c[0] == 24 && c[1] == 35 && c[2] == 32 && c[3] == 47));
  simd::gemm_reference<T>(2, 2, 2, simd::columns(a, 2), simd::columns(b, 2), c, 2, simd::Init::bias, bias);
  CHECK((c[0] == 123 && c[1] == 234 && c[2] == 131 && c[3] == 246));
  // A^T B = [17 23; 39 53]
  simd::gemm_reference<T>(2, 2, 2, simd::columns(a, 2).transposed(), simd::columns(b, 2), c, 2,
                          simd::Init::zero);
  CHECK((c[0] == 17 && c[1] == 39 && c[2] == 23 && c[3] == 53));
}

TEST_CASE_TEMPLATE("gemm: a sample has the same bits alone and in any batch", T, float, double) {
  Rng rng(3);
  for (const ptrdiff_t m : {ptrdiff_t{1}, ptrdiff_t{2}, simd::width<T> - 1, simd::width<T>, ptrdiff_t{64},
                            8 * simd::width<T> + 5}) {
    for (const ptrdiff_t k : {1, 41, 256, 300}) {
      for (const Layout layout : {Layout::columns, Layout::rows}) {  // forward, and backward to the input
        for (const simd::Init init : inits) {
          const ptrdiff_t n = 53;
          const Operand<T> a(m, k, layout, rng), b(k, n, Layout::columns, rng);
          const std::vector<T> bias = random_values<T>(m, rng);
          const std::vector<T> before = random_values<T>(m * n, rng);
          std::vector<T> batch = before;
          simd::gemm<T>(m, n, k, a.view(), b.view(), batch.data(), m, init, bias.data());
          for (const ptrdiff_t part : {1, 2, 7, 24}) {
            std::vector<T> parts = before;
            for (ptrdiff_t j = 0; j < n; j += part) {
              simd::gemm<T>(m, std::min(part, n - j), k, a.view(), simd::columns(b.view().at(0, j), k),
                            parts.data() + j * m, m, init, bias.data());
            }
            INFO("m ", m, " k ", k, " part ", part);
            REQUIRE(parts == batch);
          }
        }
      }
    }
  }
}
