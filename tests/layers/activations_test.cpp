#include <weir/layers/activations/gelu.hpp>
#include <weir/layers/activations/leaky_relu.hpp>
#include <weir/layers/activations/relu.hpp>
#include <weir/layers/activations/sigmoid.hpp>
#include <weir/layers/activations/softmax.hpp>
#include <weir/layers/activations/tanh.hpp>

#include "check_gradients.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

using namespace weir;
using weir_test::check_gradients_of_shapes;

namespace {

template <class L>
float value(const L& layer, float x) {
  float y = 42.0F;
  typename L::Cache cache;
  layer.forward({&x, Shape{1}, 1}, {&y, Shape{1}, 1}, cache, {});
  return y;
}
template <class L>
float slope(const L& layer, float x) {
  const float y = value(layer, x), dy = 1.0F;
  float dx = 42.0F;
  typename L::Cache cache;
  L grad = layer;
  layer.backward({&x, Shape{1}, 1}, {&y, Shape{1}, 1}, {&dy, Shape{1}, 1}, {&dx, Shape{1}, 1}, cache, grad,
                 {});
  return dx;
}

}  // namespace

TEST_CASE("activations: gradients") {
  check_gradients_of_shapes([](Index) { return Relu<double>{}; });
  check_gradients_of_shapes([](Index) { return LeakyRelu<double>{}; });
  check_gradients_of_shapes([](Index) { return LeakyRelu<double>{0.3}; });
  check_gradients_of_shapes([](Index) { return LeakyRelu<double>{0.0}; });
  check_gradients_of_shapes([](Index) { return LeakyRelu<double>{1.5}; });
  check_gradients_of_shapes([](Index) { return Sigmoid<double>{}; });
  check_gradients_of_shapes([](Index) { return Tanh<double>{}; });
  check_gradients_of_shapes([](Index) { return Gelu<double>{}; });
  check_gradients_of_shapes([](Index) { return Softmax<double>{}; });
}

TEST_CASE("activations: at zero, at infinity and far out") {
  const float infinity = std::numeric_limits<float>::infinity();
  CHECK(value(Relu<>{}, -0.0F) == 0.0F);
  CHECK(value(Relu<>{}, -infinity) == 0.0F);
  CHECK(value(Relu<>{}, infinity) == infinity);
  CHECK(slope(Relu<>{}, 0.0F) == 0.0F);  // as in PyTorch
  CHECK(slope(Relu<>{}, 1e-30F) == 1.0F);
  CHECK(value(LeakyRelu<>{0.25}, -8.0F) == -2.0F);
  CHECK(slope(LeakyRelu<>{0.25}, 0.0F) == 0.25F);
  CHECK(value(Sigmoid<>{}, -1e30F) == 0.0F);
  CHECK(value(Sigmoid<>{}, 1e30F) == 1.0F);
  CHECK(slope(Sigmoid<>{}, 0.0F) == 0.25F);
  CHECK(slope(Sigmoid<>{}, 1e30F) == 0.0F);
  CHECK(value(Tanh<>{}, -1e30F) == -1.0F);
  CHECK(slope(Tanh<>{}, 0.0F) == 1.0F);
  CHECK(value(Gelu<>{}, 20.0F) == 20.0F);
  CHECK(value(Gelu<>{}, -20.0F) == 0.0F);
  CHECK(slope(Gelu<>{}, 0.0F) == 0.5F);
  CHECK(slope(Gelu<>{}, 20.0F) == 1.0F);
  CHECK(value(Softmax<>{}, -123.0F) == 1.0F);
}

TEST_CASE("softmax: columns sum to one, however far apart the logits") {
  std::vector<float> x{1000.0F, -1000.0F, 999.0F, 0.0F, 0.0F, 0.0F}, y(6);
  NoCache cache;
  Softmax<float>{}.forward({x.data(), Shape{3, 2}, 1}, {y.data(), Shape{3, 2}, 1}, cache, {});
  CHECK(y[0] == doctest::Approx(1.0 / (1.0 + std::exp(-1.0))));
  CHECK(y[1] == 0.0F);
  CHECK(y[2] == doctest::Approx(1.0 - 1.0 / (1.0 + std::exp(-1.0))));
  for (std::size_t i = 3; i < 6; ++i) CHECK(y[i] == doctest::Approx(1.0 / 3.0));
}
