// The packed product has the bits of simd::gemm where both take the same path, and lies within rounding of
// the definition everywhere; it writes nothing but C.
#include <weir/core/rng.hpp>
#include <weir/simd/packed.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <vector>

using namespace weir;
using std::ptrdiff_t;

namespace {

template <class T>
std::vector<T> random_values(ptrdiff_t count, Rng& rng) {
  std::vector<T> values(static_cast<std::size_t>(count));
  for (T& v : values) v = static_cast<T>(rng.normal());
  return values;
}

template <class T>
void check(ptrdiff_t m, ptrdiff_t n, ptrdiff_t k, ptrdiff_t split, bool transposed, simd::Init init,
           Rng& rng) {
  INFO("m ", m, ", n ", n, ", k ", k, ", split ", split, ", transposed ", transposed, ", init ",
       static_cast<int>(init));
  const std::vector<T> a = random_values<T>(m * k, rng), b = random_values<T>(k * n, rng),
                       bias = random_values<T>(m, rng);
  const ptrdiff_t stride = m + 3;
  const std::vector<T> before = random_values<T>(stride * n, rng);
  const simd::Strided<T> left = transposed ? simd::Strided<T>{a.data(), k, 1} : simd::columns(a.data(), m);
  simd::PackedRows<T> packed(m, k);
  packed.pack(left, 0, split);
  packed.pack(simd::Strided<T>{left.at(0, split), left.row_stride, left.column_stride}, split, k - split);
  std::vector<T> c = before, expected = before;
  packed.product(n, simd::columns(b.data(), k), c.data(), stride, init, bias.data());
  simd::gemm_reference(m, n, k, left, simd::columns(b.data(), k), expected.data(), stride, init, bias.data());
  bool right = true, untouched = true;
  for (ptrdiff_t j = 0; j < n; ++j) {
    for (ptrdiff_t i = 0; i < stride; ++i) {
      const auto at = static_cast<std::size_t>(i + j * stride);
      if (i >= m) {
        untouched = untouched && c[at] == before[at];
        continue;
      }
      double size = 10.0;
      for (ptrdiff_t p = 0; p < k; ++p) {
        size += std::fabs(static_cast<double>(*left.at(i, p)) *
                          static_cast<double>(b[static_cast<std::size_t>(p + j * k)]));
      }
      const double error = std::fabs(static_cast<double>(c[at]) - static_cast<double>(expected[at]));
      right = right && error <= static_cast<double>(std::numeric_limits<T>::epsilon()) *
                                    static_cast<double>(k + 2) * size;
    }
  }
  CHECK(right);
  CHECK(untouched);

  if (m >= simd::width<T>) {
    std::vector<T> other = before;
    simd::gemm<T>(m, n, k, left, simd::columns(b.data(), k), other.data(), stride, init, bias.data());
    CHECK(c == other);
  }
  for (ptrdiff_t j = 0; j < n; ++j) {  // each column alone
    std::vector<T> alone(before.begin() + j * stride, before.begin() + (j + 1) * stride);
    packed.product(1, simd::columns(b.data() + j * k, k), alone.data(), stride, init, bias.data());
    REQUIRE(std::equal(alone.begin(), alone.end(), c.begin() + j * stride));
  }
}

}  // namespace

TEST_CASE_TEMPLATE("packed: right, with the bits of gemm, and of each column alone", T, float, double) {
  Rng rng(4);
  for (const ptrdiff_t m : {1, 3, 16, 31, 64, 65, 200}) {
    for (const ptrdiff_t k : {1, 7, 72, 256, 300}) {
      for (const ptrdiff_t n : {1, 2, 5, 13}) {
        const bool transposed = (m + k + n) % 2 == 0;
        const auto init = static_cast<simd::Init>((m + k / 7 + n) % 3);
        check<T>(m, n, k, k / 3, transposed, init, rng);
        check<T>(m, n, k, k, !transposed, init, rng);
      }
    }
  }
}

TEST_CASE("packed: a product over the first columns of A") {
  Rng rng(5);
  const std::vector<float> a = random_values<float>(40 * 300, rng), b = random_values<float>(300 * 3, rng);
  simd::PackedRows<float> packed(40, 300);
  packed.pack(simd::columns(a.data(), 40));
  for (const ptrdiff_t depth : {0, 1, 100, 256, 299}) {
    std::vector<float> c(40 * 3, 1.0F), expected(40 * 3, 1.0F);
    packed.product(3, depth, simd::columns(b.data(), 300), c.data(), 40, simd::Init::zero);
    simd::gemm<float>(40, 3, depth, simd::columns(a.data(), 40), simd::columns(b.data(), 300),
                      expected.data(), 40, simd::Init::zero);
    CHECK(c == expected);
  }
}

TEST_CASE("packed: empty matrices") {
  simd::PackedRows<float> packed(3, 0);
  const float bias[] = {1.0F, 2.0F, 3.0F};
  std::vector<float> c(6, 7.0F);
  packed.product(2, simd::columns<float>(nullptr, 0), c.data(), 3, simd::Init::bias, bias);
  CHECK(c == std::vector<float>{1.0F, 2.0F, 3.0F, 1.0F, 2.0F, 3.0F});
  packed.product(0, simd::columns<float>(nullptr, 0), nullptr, 3, simd::Init::bias, bias);
}

TEST_CASE_TEMPLATE("add_product: right, and nothing but C is written", T, float, double) {
  Rng rng(6);
  for (const ptrdiff_t m : {1, 16, 17, 40, 64, 65, 200}) {
    for (const ptrdiff_t k : {0, 1, 100, 300}) {
      for (const ptrdiff_t n : {1, 8, 25}) {
        INFO("m ", m, ", n ", n, ", k ", k);
        const ptrdiff_t stride = m + 2;
        const std::vector<T> a = random_values<T>((m + 1) * k, rng), b = random_values<T>(k * n, rng),
                             before = random_values<T>(stride * n, rng);
        const simd::Strided<T> left = simd::columns(a.data(), m + 1), right{b.data(), n, 1};
        std::vector<T> c = before, expected = before;
        simd::add_product<T>(m, n, k, left, right, c.data(), stride);
        simd::gemm_reference<T>(m, n, k, left, right, expected.data(), stride, simd::Init::add);
        for (std::size_t i = 0; i < c.size(); ++i) {
          const double error = std::fabs(static_cast<double>(c[i]) - static_cast<double>(expected[i]));
          REQUIRE(error <=
                  static_cast<double>(std::numeric_limits<T>::epsilon()) * static_cast<double>(4 * k));
        }
      }
    }
  }
}
