// Compares layers with the cases of golden/attention.txt.
#pragma once

#include <weir/core/layer.hpp>

#include <doctest/doctest.h>

#include "golden/golden.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace weir_test {

[[nodiscard]] inline const Golden& attention_golden() {
  static const Golden file = read_golden("attention.txt");
  return file;
}

/// The largest difference, relative to the tensor's largest number where that exceeds 1: the gradients of
/// attention are differences of numbers around 1, and may be small themselves.
[[nodiscard]] inline double largest_difference(std::span<const float> actual,
                                               const std::vector<double>& expected) {
  REQUIRE(actual.size() == expected.size());
  double worst = 0.0, scale = 1.0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const double difference = std::fabs(static_cast<double>(actual[i]) - expected[i]);
    worst = std::isnan(difference) ? std::numeric_limits<double>::infinity() : std::max(worst, difference);
    scale = std::max(scale, std::fabs(expected[i]));
  }
  return worst / scale;
}

/// The layer's parameters from the file; then y, dx and all gradients against it.
template <class L>
void check_golden(const GoldenCase& expected, L layer) {
  using namespace weir;
  L::visit([&](Role, const ParamName& name, TensorView<float> p) { expected.fill(name.str(), p); }, layer);
  const Index n = expected.number("shape", 0);
  const Shape input{expected.number("shape", 2), expected.number("shape", 1)};
  const Shape output = layer.out_shape(input);
  std::vector<Index> lengths;
  if (expected.has("lengths")) lengths = expected.get<Index>("lengths");
  const std::vector<float> x = expected.get("x"), dy = expected.get("dy");
  std::vector<float> y(dy.size()), dx(x.size());
  typename L::Cache cache;
  cache.prepare(layer, input, n, true);
  L grad = zeros_like(layer);
  layer.forward({x.data(), input, n, lengths}, {y.data(), output, n, lengths}, cache, {});
  layer.backward({x.data(), input, n, lengths}, {y.data(), output, n, lengths},
                 {dy.data(), output, n, lengths}, {dx.data(), input, n, lengths}, cache, grad, {});
  CHECK(largest_difference(y, expected["y"]) <= 1e-6);
  CHECK(largest_difference(dx, expected["dx"]) <= 1e-6);
  L::visit(
      [&](Role, const ParamName& name, TensorView<const float> g) {
        INFO(name.str());
        CHECK(largest_difference(g.span(), expected["d" + name.str()]) <= 1e-6);
      },
      std::as_const(grad));
}

}  // namespace weir_test
