// The layer of examples/14_eigen_layer.
#include "../../examples/14_eigen_layer/radial_basis.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

using namespace weir;

TEST_CASE("The gradient of the layer in Eigen expressions is right") {
  for (const Shape shape : {Shape{3}, Shape{1, 4}, Shape{5, 3}}) {
    const GradientReport report = gradient_check(RadialBasis<double>(shape.channels, 4), shape);
    CHECK_MESSAGE(report.passed(), report.str());
  }
}

TEST_CASE("A centre answers with 1, its distance by the formula") {
  RadialBasis<float> layer(2, 2);
  layer.centres(0, 1) = 3.0F;
  layer.log_widths[0] = std::log(0.5F);
  const std::vector<float> x{0.0F, 0.0F, 1.0F, 2.0F};
  std::vector<float> y(4);
  NoCache cache;
  layer.forward({x.data(), Shape{2}, 2}, {y.data(), Shape{2}, 2}, cache, {});
  CHECK(y[0] == 1.0F);
  CHECK(y[1] == doctest::Approx(std::exp(-9.0)));
  CHECK(y[2] == doctest::Approx(std::exp(-2.5)));
  CHECK(y[3] == doctest::Approx(std::exp(-8.0)));
}
