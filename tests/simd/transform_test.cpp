// Loops over elements against plain ones: every length up to four registers and a rest, every start within a
// register, and nothing written behind the end.
#include <weir/core/rng.hpp>
#include <weir/simd/reduce.hpp>
#include <weir/simd/softmax_columns.hpp>
#include <weir/simd/transform.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

using namespace weir;
using std::ptrdiff_t;

namespace {

/// Random numbers in exactly `count` elements that begin `offset` elements behind an allocation's start.
template <class T>
struct Values {
  std::vector<T> memory;
  std::size_t offset;

  Values(ptrdiff_t count, ptrdiff_t start, Rng& rng)
      : memory(static_cast<std::size_t>(count + start)), offset(static_cast<std::size_t>(start)) {
    for (T& v : memory) v = static_cast<T>(rng.normal());
  }
  [[nodiscard]] T* data() { return memory.data() + offset; }
  [[nodiscard]] const T* data() const { return memory.data() + offset; }
  [[nodiscard]] T operator[](ptrdiff_t i) const { return data()[i]; }
};

/// Calls f(count, start) for all lengths, at a few starts.
template <class T, class F>
void each_length(F f) {
  for (ptrdiff_t count = 0; count <= 4 * simd::width<T> + 3; ++count) {
    for (const ptrdiff_t start : {0, 1, 3}) f(count, start);
  }
  for (const ptrdiff_t count : {100, 257, 1000}) f(count, ptrdiff_t{1});
}

template <class T>
bool near(T value, double expected, double scale) {
  return std::fabs(static_cast<double>(value) - expected) <=
         4.0 * static_cast<double>(std::numeric_limits<T>::epsilon()) * (scale + std::fabs(expected));
}

}  // namespace

TEST_CASE_TEMPLATE("transform, scale, add_scaled, add", T, float, double) {
  Rng rng(1);
  each_length<T>([&](ptrdiff_t count, ptrdiff_t start) {
    INFO("count ", count, " start ", start);
    const Values<T> a(count, start, rng), b(count, (start + 2) % 5, rng);
    const T guard = T(42);
    std::vector<T> y(static_cast<std::size_t>(count) + 1, guard);
    simd::transform(count, a.data(), y.data(), [](const simd::Simd<T>& v) { return v + v; });
    for (ptrdiff_t i = 0; i < count; ++i) REQUIRE(y[static_cast<std::size_t>(i)] == a[i] + a[i]);
    simd::transform(count, a.data(), b.data(), y.data(),
                    [](const simd::Simd<T>& v, const simd::Simd<T>& w) { return v - w; });
    for (ptrdiff_t i = 0; i < count; ++i) REQUIRE(y[static_cast<std::size_t>(i)] == a[i] - b[i]);
    simd::scale(count, T(3), a.data(), y.data());
    for (ptrdiff_t i = 0; i < count; ++i) REQUIRE(y[static_cast<std::size_t>(i)] == T(3) * a[i]);
    simd::add(count, b.data(), y.data());
    simd::add_scaled(count, T(-2), b.data(), y.data());
    for (ptrdiff_t i = 0; i < count; ++i) {
      const double expected = 3.0 * static_cast<double>(a[i]) - static_cast<double>(b[i]);
      REQUIRE(near(y[static_cast<std::size_t>(i)], expected, 8.0));
    }
    REQUIRE(y.back() == guard);

    Values<T> in_place = a;
    simd::scale(count, T(3), in_place.data(), in_place.data());
    for (ptrdiff_t i = 0; i < count; ++i) REQUIRE(in_place[i] == T(3) * a[i]);
  });
}

TEST_CASE_TEMPLATE("sum, sum_of_squares, dot, max", T, float, double) {
  Rng rng(2);
  each_length<T>([&](ptrdiff_t count, ptrdiff_t start) {
    INFO("count ", count, " start ", start);
    const Values<T> a(count, start, rng), b(count, 0, rng);
    double total = 0.0, squares = 0.0, product = 0.0, largest = -1e9;
    for (ptrdiff_t i = 0; i < count; ++i) {
      const auto x = static_cast<double>(a[i]), w = static_cast<double>(b[i]);
      total += x;
      squares += x * x;
      product += x * w;
      largest = std::max(largest, x);
    }
    const auto scale = static_cast<double>(count);
    REQUIRE(near(simd::sum(count, a.data()), total, scale));
    REQUIRE(near(simd::sum_of_squares(count, a.data()), squares, scale));
    REQUIRE(near(simd::dot(count, a.data(), b.data()), product, scale));
    if (count > 0) REQUIRE(static_cast<double>(simd::max(count, a.data())) == largest);
  });
}

TEST_CASE_TEMPLATE("max finds the largest in any place", T, float, double) {
  each_length<T>([&](ptrdiff_t count, ptrdiff_t) {
    std::vector<T> x(static_cast<std::size_t>(count), T(-5));
    for (T& v : x) {
      v = T(-4);
      REQUIRE(simd::max(count, x.data()) == T(-4));
      v = T(-5);
    }
  });
}

TEST_CASE_TEMPLATE("all_finite sees NaN and infinities in any place", T, float, double) {
  using L = std::numeric_limits<T>;
  each_length<T>([&](ptrdiff_t count, ptrdiff_t) {
    std::vector<T> x(static_cast<std::size_t>(count), L::max());
    REQUIRE(simd::all_finite(count, x.data()));
    for (T& v : x) {
      for (const T bad : {L::quiet_NaN(), -L::quiet_NaN(), L::infinity(), -L::infinity()}) {
        v = bad;
        REQUIRE_FALSE(simd::all_finite(count, x.data()));
      }
      v = -L::max();
    }
    REQUIRE(simd::all_finite(count, x.data()));
  });
}

TEST_CASE_TEMPLATE("add_row_sums", T, float, double) {
  Rng rng(3);
  for (ptrdiff_t rows = 0; rows <= 4 * simd::width<T> + 3; ++rows) {
    for (const ptrdiff_t columns : {0, 1, 2, 5, 40}) {
      INFO("rows ", rows, " columns ", columns);
      const Values<T> x(rows * columns, 1, rng), before(rows + 1, 0, rng);
      Values<T> sums = before;
      simd::add_row_sums(rows, columns, x.data(), sums.data());
      for (ptrdiff_t r = 0; r < rows; ++r) {
        auto expected = static_cast<double>(before[r]);
        for (ptrdiff_t c = 0; c < columns; ++c) expected += static_cast<double>(x[r + c * rows]);
        REQUIRE(near(sums[r], expected, static_cast<double>(columns)));
      }
      REQUIRE(sums[rows] == before[rows]);
    }
  }
}

TEST_CASE_TEMPLATE("softmax and log_sum_exp", T, float, double) {
  Rng rng(4);
  each_length<T>([&](ptrdiff_t count, ptrdiff_t start) {
    if (count == 0) return;
    INFO("count ", count, " start ", start);
    Values<T> x(count, start, rng);
    for (const double shift : {0.0, 300.0, -300.0}) {  // far outside the range of a plain e^x in float
      for (ptrdiff_t i = 0; i < count; ++i) x.data()[i] = static_cast<T>(3.0 * rng.normal() + shift);
      double total = 0.0;
      for (ptrdiff_t i = 0; i < count; ++i) total += std::exp(static_cast<double>(x[i]) - shift);
      std::vector<T> y(static_cast<std::size_t>(count) + 1, T(42));
      const T lse = simd::softmax(count, x.data(), y.data());
      REQUIRE(near(lse, shift + std::log(total), 2.0));
      REQUIRE(near(simd::log_sum_exp(count, x.data()), shift + std::log(total), 2.0));
      for (ptrdiff_t i = 0; i < count; ++i) {
        const double expected = std::exp(static_cast<double>(x[i]) - shift) / total;
        REQUIRE(near(y[static_cast<std::size_t>(i)], expected, 3.0 * expected));
      }
      REQUIRE(y.back() == T(42));
      Values<T> in_place = x;
      simd::softmax(count, in_place.data(), in_place.data());
      REQUIRE(std::equal(in_place.data(), in_place.data() + count, y.begin()));
    }
  });
}

TEST_CASE_TEMPLATE("softmax and log_sum_exp: NaN in any place shows, -infinity counts nothing", T, float,
                   double) {
  using L = std::numeric_limits<T>;
  each_length<T>([&](ptrdiff_t count, ptrdiff_t) {
    if (count < 2 || count > 100) return;
    std::vector<T> x(static_cast<std::size_t>(count), T(0)), y(x.size());
    for (T& v : x) {
      v = L::quiet_NaN();
      INFO("count ", count);
      REQUIRE(std::isnan(simd::softmax(count, x.data(), y.data())));
      REQUIRE(std::all_of(y.begin(), y.end(), [](T p) { return std::isnan(p); }));
      REQUIRE(std::isnan(simd::log_sum_exp(count, x.data())));
      v = -L::infinity();
      const double expected = std::log(static_cast<double>(count - 1));
      REQUIRE(near(simd::softmax(count, x.data(), y.data()), expected, 1.0));
      REQUIRE(near(simd::log_sum_exp(count, x.data()), expected, 1.0));
      REQUIRE(std::count(y.begin(), y.end(), T(0)) == 1);
      v = T(0);
    }
  });
}
