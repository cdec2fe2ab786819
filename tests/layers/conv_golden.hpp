// Compares layers with the cases of golden/conv*.txt.
#pragma once

#include <weir/core/layer.hpp>

#include <doctest/doctest.h>

#include "golden/golden.hpp"

#include <string>
#include <utility>
#include <vector>

namespace weir_test {

/// Runs the case through the layer and compares y, and dx and the parameters' gradients where the file has
/// them.
template <class L>
void compare(const GoldenCase& expected, L layer) {
  using namespace weir;
  const Index count = expected.number("shape", 0);
  const Shape input{expected.number("shape", 2), expected.number("shape", 1)};
  const Shape output = layer.out_shape(input);
  L::visit([&](Role, const ParamName& name, TensorView<float> p) { expected.fill(name.str(), p); }, layer);
  const std::vector<float> x = expected.get("x");
  REQUIRE(static_cast<Index>(expected["y"].size()) == output.size() * count);
  std::vector<float> y(expected["y"].size()), dx(x.size());
  typename L::Cache cache;
  cache.prepare(layer, input, count, true);
  layer.forward({x.data(), input, count}, {y.data(), output, count}, cache, {});
  CHECK(distance(y, expected["y"]) <= 1e-6);
  if (!expected.has("dy")) return;
  const std::vector<float> dy = expected.get("dy");
  L grad = zeros_like(layer);
  layer.backward({x.data(), input, count}, {y.data(), output, count}, {dy.data(), output, count},
                 {dx.data(), input, count}, cache, grad, {});
  CHECK(distance(dx, expected["dx"]) <= 1e-6);
  L::visit(
      [&](Role, const ParamName& name, TensorView<const float> g) {
        INFO(name.str());
        CHECK(distance(g.span(), expected["d" + name.str()]) <= 1e-6);
      },
      std::as_const(grad));
}

/// Runs f(case, option) for each case of a kind; returns their number.
template <class F>
weir::Index each_case(const Golden& golden, const std::string& kind, F f) {
  weir::Index i = 0;
  for (;; ++i) {
    const std::string name = kind + "_" + std::to_string(i);
    const auto found = golden.find(name);
    if (found == golden.end()) return i;
    INFO(name);
    const GoldenCase& expected = found->second;
    f(expected, [&](std::size_t option) { return expected.number("options", option); });
  }
}

}  // namespace weir_test
