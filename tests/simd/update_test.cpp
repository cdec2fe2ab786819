// The optimizers' kernels against the formulas, element by element, for every tail.
#include <weir/core/rng.hpp>
#include <weir/simd/update.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

using namespace weir;
using std::ptrdiff_t;

namespace {

template <class T>
std::vector<T> random_values(ptrdiff_t count, Rng& rng) {
  std::vector<T> values(static_cast<std::size_t>(count) + 1);  // the last one is no part of the tensor
  for (T& v : values) v = static_cast<T>(rng.normal());
  return values;
}

template <class T>
bool near(T value, double expected) {
  return std::fabs(static_cast<double>(value) - expected) <=
         16.0 * static_cast<double>(std::numeric_limits<T>::epsilon()) * (1.0 + std::fabs(expected));
}

}  // namespace

TEST_CASE_TEMPLATE("sgd_update", T, float, double) {
  Rng rng(1);
  for (ptrdiff_t count = 0; count <= 4 * simd::width<T> + 3; ++count) {
    for (const bool nesterov : {false, true}) {
      INFO("count ", count, " nesterov ", nesterov);
      const std::vector<T> p0 = random_values<T>(count, rng), g = random_values<T>(count, rng),
                           v0 = random_values<T>(count, rng);
      std::vector<T> p = p0, v = v0;
      const simd::SgdStep<T> step{.learning_rate = T(0.125),
                                  .momentum = T(0.75),
                                  .scale = T(0.5),
                                  .l2 = T(0.25),
                                  .nesterov = nesterov};
      simd::sgd_update(count, p.data(), g.data(), v.data(), step);
      for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
        const double gradient = 0.5 * static_cast<double>(g[i]) + 0.25 * static_cast<double>(p0[i]);
        const double velocity = 0.75 * static_cast<double>(v0[i]) + gradient;
        REQUIRE(near(v[i], velocity));
        REQUIRE(near(
            p[i], static_cast<double>(p0[i]) - 0.125 * (nesterov ? gradient + 0.75 * velocity : velocity)));
      }
      REQUIRE(p.back() == p0.back());
      REQUIRE(v.back() == v0.back());
    }
  }
}

TEST_CASE_TEMPLATE("adam_update", T, float, double) {
  Rng rng(2);
  for (ptrdiff_t count = 0; count <= 4 * simd::width<T> + 3; ++count) {
    INFO("count ", count);
    const std::vector<T> p0 = random_values<T>(count, rng), g = random_values<T>(count, rng),
                         m0 = random_values<T>(count, rng);
    std::vector<T> v0 = random_values<T>(count, rng);
    for (T& x : v0) x *= x;
    std::vector<T> p = p0, m = m0, v = v0;
    const simd::AdamStep<T> step{.rate = T(0.125),
                                 .gain1 = T(0.25),
                                 .gain2 = T(0.125),
                                 .correction = T(1.5),
                                 .epsilon = T(0.0625),
                                 .scale = T(0.5),
                                 .l2 = T(0.25),
                                 .decay = T(0.0625)};
    simd::adam_update(count, p.data(), g.data(), m.data(), v.data(), step);
    for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
      const auto before = static_cast<double>(p0[i]);
      const double gradient = 0.5 * static_cast<double>(g[i]) + 0.25 * before;
      const double first = 0.75 * static_cast<double>(m0[i]) + 0.25 * gradient;
      const double second = 0.875 * static_cast<double>(v0[i]) + 0.125 * gradient * gradient;
      REQUIRE(near(m[i], first));
      REQUIRE(near(v[i], second));
      REQUIRE(near(p[i], 0.9375 * before - 0.125 * first / (std::sqrt(second) * 1.5 + 0.0625)));
    }
    REQUIRE(p.back() == p0.back());
    REQUIRE(m.back() == m0.back());
    REQUIRE(v.back() == v0.back());
  }
}
