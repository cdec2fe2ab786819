#include <weir/layers/activations/mish.hpp>

#include "check_gradients.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

using namespace weir;

namespace {

const std::vector<double> points{-30.0, -8.0, -2.5, -1.1924, -0.5, -1e-3, 0.0,
                                 1e-3,  0.7,  1.0,  3.0,     12.0, 40.0};

template <class T>
struct Passed {
  std::vector<T> y, dx;
};

/// Mish of x, and its slopes.
template <class T>
Passed<T> run(const std::vector<T>& x) {
  const auto n = static_cast<Index>(x.size());
  Passed<T> passed{std::vector<T>(x.size()), std::vector<T>(x.size())};
  const std::vector<T> ones(x.size(), T(1));
  NoCache cache;
  Mish<T> layer, grad;
  layer.forward({x.data(), Shape{n}, 1}, {passed.y.data(), Shape{n}, 1}, cache, {});
  layer.backward({x.data(), Shape{n}, 1}, {passed.y.data(), Shape{n}, 1}, {ones.data(), Shape{n}, 1},
                 {passed.dx.data(), Shape{n}, 1}, cache, grad, {});
  return passed;
}

template <class T>
void check_formula(double tolerance) {
  const std::vector<T> x(points.begin(), points.end());
  const Passed<T> passed = run(x);
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double v = static_cast<double>(x[i]), t = std::tanh(std::log1p(std::exp(v)));
    CAPTURE(v);
    CHECK(static_cast<double>(passed.y[i]) == doctest::Approx(v * t).epsilon(tolerance));
    const double slope = t + v * (1.0 - t * t) / (1.0 + std::exp(-v));
    CHECK(static_cast<double>(passed.dx[i]) == doctest::Approx(slope).epsilon(tolerance));
  }
}

}  // namespace

TEST_CASE("mish: gradients") {
  weir_test::check_gradients_of_shapes([](Index) { return Mish<double>{}; });
}

TEST_CASE("mish: values and slopes of the formula") {
  check_formula<float>(1e-6);
  check_formula<double>(1e-13);
}

TEST_CASE("mish: at zero, far out, of NaN") {
  const float infinity = std::numeric_limits<float>::infinity();
  const Passed<float> far = run<float>({0.0F, 100.0F, infinity, -200.0F, std::nanf("")});
  CHECK(far.y[0] == 0.0F);
  CHECK(far.dx[0] == doctest::Approx(0.6));  // tanh(ln 2)
  CHECK(far.y[1] == 100.0F);
  CHECK(far.dx[1] == 1.0F);
  CHECK(far.y[2] == infinity);
  CHECK(far.y[3] == 0.0F);
  CHECK(far.dx[3] == 0.0F);
  CHECK(std::isnan(far.y[4]));
  CHECK(std::isnan(far.dx[4]));
}
