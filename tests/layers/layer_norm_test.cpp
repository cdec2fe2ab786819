#include <weir/layers/normalisation/layer_norm.hpp>

#include "attention_golden.hpp"
#include "check_gradients.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

using namespace weir;
using weir_test::check_gradients;

TEST_CASE("layer_norm: gradients") {
  weir_test::check_gradients_of_shapes([](Index channels) { return LayerNorm<double>(channels); });
  weir_test::check_gradients_of_shapes(
      [](Index channels) { return LayerNorm<double>(channels, {.epsilon = 0.1}); });
  check_gradients(LayerNorm<double, 6>{}, Shape{6, 2});
  check_gradients(LayerNorm<double>(40), Shape{40, 2}, {.training = false});
}

TEST_CASE("layer_norm equals PyTorch's LayerNorm") {
  for (int i = 0; i < 40; ++i) {
    INFO("case ", i);
    const weir_test::GoldenCase& expected =
        weir_test::attention_golden().at("layer_norm_" + std::to_string(i));
    weir_test::check_golden(
        expected, LayerNorm<float>(expected.number("shape", 2), {.epsilon = expected["epsilon"][0]}));
  }
}

TEST_CASE("layer_norm: every step has mean 0 and deviation 1, also far from zero") {
  for (const Index channels : {3, 16, 50}) {
    const LayerNorm<float> layer(channels);
    LayerNorm<float>::Cache cache;
    cache.prepare(layer, Shape{channels}, 5, false);
    std::vector<float> x(static_cast<std::size_t>(channels * 5)), y(x.size());
    Rng rng(2);
    for (float& v : x) v = static_cast<float>(1e3 + 20.0 * rng.normal());
    layer.forward({x.data(), Shape{channels}, 5}, {y.data(), Shape{channels}, 5}, cache, {});
    for (Index column = 0; column < 5; ++column) {
      double sum = 0.0, squares = 0.0;
      for (Index c = 0; c < channels; ++c) {
        const auto v = static_cast<double>(y[static_cast<std::size_t>(column * channels + c)]);
        sum += v;
        squares += v * v;
      }
      CHECK(std::fabs(sum / static_cast<double>(channels)) <= 1e-4);
      CHECK(squares / static_cast<double>(channels) == doctest::Approx(1.0).epsilon(1e-4));
    }
  }
}

TEST_CASE("layer_norm: a constant step gives beta; the first step after a fit's start is not all zero") {
  LayerNorm<float> layer(4);
  layer.beta[2] = 3.0F;
  LayerNorm<float>::Cache cache;
  cache.prepare(layer, Shape{4}, 1, false);
  const std::vector<float> x(4, 7.0F);
  std::vector<float> y(4, 42.0F);
  layer.forward({x.data(), Shape{4}, 1}, {y.data(), Shape{4}, 1}, cache, {});
  CHECK(y == std::vector<float>{0.0F, 0.0F, 3.0F, 0.0F});
  CHECK(layer.gamma[0] == 1.0F);
}

TEST_CASE("layer_norm: shapes and options") {
  const LayerNorm<float> layer(3, {.epsilon = 0.5});
  CHECK(layer.out_shape(Shape{3, 9}) == Shape{3, 9});
  CHECK_THROWS_AS(static_cast<void>(layer.out_shape(Shape{4})), ShapeError);
  CHECK(parameter_count(layer) == 6);
  CHECK(detail::values_needed<LayerNorm<float>>(config_of(layer), Shape{3, 9}) == 6.0);
  CHECK(from_config<LayerNorm<float>>(config_of(layer), Shape{3}).value().options.epsilon == 0.5);
  CHECK_FALSE(from_config<LayerNorm<float>>(Config{{"epsilon", 0.0}}, Shape{3}).ok());
}
