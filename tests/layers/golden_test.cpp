// Layers against PyTorch, in float: outputs and all gradients.
#include <weir/layers/activations/gelu.hpp>
#include <weir/layers/activations/leaky_relu.hpp>
#include <weir/layers/activations/relu.hpp>
#include <weir/layers/activations/sigmoid.hpp>
#include <weir/layers/activations/softmax.hpp>
#include <weir/layers/activations/tanh.hpp>
#include <weir/layers/dense/dense.hpp>
#include <weir/layers/normalisation/batch_norm.hpp>

#include <doctest/doctest.h>

#include "golden/golden.hpp"

#include <string>
#include <vector>

using namespace weir;
using weir_test::distance;
using weir_test::GoldenCase;

namespace {

const weir_test::Golden& golden() {
  static const weir_test::Golden file = weir_test::read_golden("layers.txt");
  return file;
}

/// Runs the case through the layer and compares y, dx and whatever parameter gradients the file has.
template <class L>
void check(const GoldenCase& expected, const L& layer, bool training = true) {
  const Index count = expected.number("shape", 0);
  const Shape input{expected.number("shape", 2), expected.number("shape", 1)};
  const Shape output = layer.out_shape(input);
  const std::vector<float> x = expected.get("x"), dy = expected.get("dy");
  std::vector<float> y(dy.size()), dx(x.size());
  typename L::Cache cache;
  cache.prepare(layer, input, count, true);
  L grad = zeros_like(layer);
  const Pass pass{.training = training};
  layer.forward({x.data(), input, count}, {y.data(), output, count}, cache, pass);
  layer.backward({x.data(), input, count}, {y.data(), output, count}, {dy.data(), output, count},
                 {dx.data(), input, count}, cache, grad, pass);
  CHECK(distance(y, expected["y"]) <= 1e-6);
  CHECK(distance(dx, expected["dx"]) <= 1e-6);
  Index compared = 0;
  L::visit(
      [&](Role role, const ParamName& name, TensorView<const float> p, TensorView<const float> g) {
        if (role == Role::buffer) {  // its gradient is what is added to it
          std::vector<float> next;
          for (Index i = 0; i < p.size(); ++i) next.push_back(p[i] + g[i]);
          CHECK(distance(next, expected["new_" + name.str()]) <= 1e-6);
        } else {
          CHECK(distance(g.span(), expected["d" + name.str()]) <= 1e-6);
        }
        ++compared;
      },
      layer, std::as_const(grad));
  CHECK(compared == (expected.has("new_running_mean") ? 4
                     : expected.has("dbias")          ? 2
                     : expected.has("dweight")        ? 1
                                                      : 0));
}

template <class L>
void fill(L& layer, const GoldenCase& from) {
  L::visit([&](Role, const ParamName& name, TensorView<float> p) { from.fill(name.str(), p); }, layer);
}

}  // namespace

TEST_CASE("dense equals PyTorch's Linear") {
  for (int i = 0; i < 5; ++i) {
    INFO("case ", i);
    const GoldenCase& expected = golden().at("dense_" + std::to_string(i));
    Dense<float> layer(expected.number("shape", 2), expected.number("shape", 3),
                       {.bias = expected.has("bias")});
    fill(layer, expected);
    check(expected, layer);
  }
}

TEST_CASE("activations equal PyTorch's") {
  for (int i = 0; i < 3; ++i) {
    INFO("case ", i);
    const auto expected = [&](const std::string& name) {
      return golden().at(name + "_" + std::to_string(i));
    };
    check(expected("relu"), Relu<float>{});
    check(expected("leaky_relu"), LeakyRelu<float>{});
    check(expected("leaky_relu_steep"), LeakyRelu<float>{0.25});
    check(expected("sigmoid"), Sigmoid<float>{});
    check(expected("tanh"), Tanh<float>{});
    check(expected("gelu"), Gelu<float>{});
    check(expected("softmax"), Softmax<float>{});
  }
}

TEST_CASE("batch_norm equals PyTorch's BatchNorm1d, its running statistics included") {
  for (int i = 0; i < 3; ++i) {
    for (const bool training : {true, false}) {
      INFO("case ", i, " training ", training);
      const GoldenCase& expected = golden().at(std::string("batch_norm_") +
                                               (training ? "training_" : "inference_") + std::to_string(i));
      BatchNorm<float> layer(expected.number("shape", 2),
                             {.momentum = expected["options"][0], .epsilon = expected["options"][1]});
      fill(layer, expected);
      check(expected, layer, training);
    }
  }
}
