#include <weir/layers/normalisation/batch_norm.hpp>

#include "check_gradients.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <utility>
#include <vector>

using namespace weir;
using weir_test::check_gradients;
using weir_test::check_gradients_of_shapes;

TEST_CASE("batch_norm: gradients in training and in inference") {
  check_gradients_of_shapes([](Index channels) { return BatchNorm<double>(channels); });
  check_gradients_of_shapes(
      [](Index channels) { return BatchNorm<double>(channels, {.momentum = 0.3, .epsilon = 0.1}); });
  check_gradients(BatchNorm<double, 4>{}, Shape{4, 2});
  check_gradients(BatchNorm<double>(3), Shape{3, 1}, {.count = 2});  // every xhat is nearly +-1
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    check_gradients(BatchNorm<double>(5), Shape{5, 1}, {.training = false, .seed = seed});
    check_gradients(BatchNorm<double>(5), Shape{5, 3},
                    {.lengths = {2, 3, 1}, .training = false, .seed = seed});
  }
}

TEST_CASE("batch_norm: padding neither counts nor comes through") {
  // The same steps as full samples of one step each, and as two padded samples of three.
  const Index channels = 3;
  std::vector<float> packed, padded(2 * 3 * 3, 1e6F);
  Rng rng(4);
  for (int i = 0; i < 4 * 3; ++i) packed.push_back(static_cast<float>(rng.normal()));
  std::copy_n(packed.begin(), 9, padded.begin());
  std::copy_n(packed.begin() + 9, 3, padded.begin() + 9);
  const std::vector<Index> lengths{3, 1};

  const BatchNorm<float> layer(channels);
  const Pass training{.training = true};
  BatchNorm<float>::Cache cache;
  cache.prepare(layer, Shape{channels, 3}, 4, true);
  std::vector<float> y1(packed.size()), y2(padded.size(), 42.0F), dx1(packed.size()),
      dx2(padded.size(), 42.0F);
  BatchNorm<float> grad1 = zeros_like(layer), grad2 = zeros_like(layer);
  const BatchView<const float> x1(packed.data(), Shape{channels}, 4);
  const BatchView<const float> x2(padded.data(), Shape{channels, 3}, 2, lengths);
  layer.forward(x1, {y1.data(), Shape{channels}, 4}, cache, training);
  layer.backward(x1, {}, x1, {dx1.data(), Shape{channels}, 4}, cache, grad1, training);
  layer.forward(x2, {y2.data(), Shape{channels, 3}, 2, lengths}, cache, training);
  layer.backward(x2, {}, x2, {dx2.data(), Shape{channels, 3}, 2, lengths}, cache, grad2, training);

  for (std::size_t i = 0; i < padded.size(); ++i) {
    const bool counts = i < 12;
    CHECK(y2[i] == (counts ? y1[i] : 0.0F));
    CHECK(dx2[i] == (counts ? dx1[i] : 0.0F));
  }
  CHECK(grad1.gamma == grad2.gamma);
  CHECK(grad1.beta == grad2.beta);
  CHECK(grad1.running_mean == grad2.running_mean);
  CHECK(grad1.running_variance == grad2.running_variance);
}

TEST_CASE("batch_norm: a backward pass in inference leaves the running statistics alone") {
  const BatchNorm<float> layer(1);
  BatchNorm<float>::Cache cache;
  cache.prepare(layer, Shape{1}, 4, true);
  const std::vector<float> x{1, 2, 3, 4};
  std::vector<float> y(4);
  BatchNorm<float> grad = zeros_like(layer);
  const BatchView<const float> batch(x.data(), Shape{1}, 4);
  layer.forward(batch, {y.data(), Shape{1}, 4}, cache, {});
  layer.backward(batch, {}, batch, {}, cache, grad, {});
  CHECK(grad.beta[0] == 10.0F);
  CHECK(grad.running_mean[0] == 0.0F);
  CHECK(grad.running_variance[0] == 0.0F);
}

TEST_CASE("batch_norm: a channel that is constant has a variance of zero") {
  const BatchNorm<float> layer(1);
  BatchNorm<float>::Cache cache;
  cache.prepare(layer, Shape{1}, 3, true);
  const std::vector<float> x(3, 7.0F);
  std::vector<float> y(3, 42.0F);
  layer.forward({x.data(), Shape{1}, 3}, {y.data(), Shape{1}, 3}, cache, {.training = true});
  for (const float v : y) CHECK(v == 0.0F);
  BatchNorm<float> grad = zeros_like(layer);
  layer.backward({x.data(), Shape{1}, 3}, {}, {x.data(), Shape{1}, 3}, {}, cache, grad, {.training = true});
  CHECK(grad.running_mean[0] == doctest::Approx(0.7));
  CHECK(grad.running_variance[0] == doctest::Approx(-0.1));
}

TEST_CASE("batch_norm: one value a channel has no variance: it leaves the running statistics alone") {
  BatchNorm<float> layer(1);
  layer.running_mean[0] = 5.0F;
  layer.running_variance[0] = 4.0F;
  BatchNorm<float>::Cache cache;
  cache.prepare(layer, Shape{1, 3}, 1, true);
  const std::vector<float> x{7.0F, 9.0F, 1.0F};
  const std::vector<Index> one{1}, none{0};
  std::vector<float> y(3), dx(3);
  for (const auto& [lengths, alone] : {std::pair{&one, true}, std::pair{&none, false}}) {
    bool lone = false;
    const Pass pass{.training = true, .lone_value = &lone};
    const BatchView<const float> in(x.data(), Shape{1, 3}, 1, *lengths);
    layer.forward(in, {y.data(), Shape{1, 3}, 1, *lengths}, cache, pass);
    CHECK(lone == alone);
    CHECK(y[0] == doctest::Approx(alone ? 1.0 : 0.0));  // (7 - 5) / 2, as in inference
    BatchNorm<float> grad = zeros_like(layer);
    layer.backward(in, {}, in, {dx.data(), Shape{1, 3}, 1, *lengths}, cache, grad, pass);
    CHECK(grad.running_mean[0] == 0.0F);
    CHECK(grad.running_variance[0] == 0.0F);
    CHECK(dx[0] == doctest::Approx(alone ? 3.5 : 0.0));
  }
  bool lone = false;  // one sample of three steps is no lone value
  layer.forward({x.data(), Shape{1, 3}, 1}, {y.data(), Shape{1, 3}, 1}, cache,
                {.training = true, .lone_value = &lone});
  CHECK_FALSE(lone);
}

TEST_CASE("batch_norm: shapes and options") {
  const BatchNorm<float> layer(3, {.momentum = 0.25, .epsilon = 0.5});
  CHECK(layer.out_shape(Shape{3, 9}) == Shape{3, 9});
  CHECK_THROWS_AS(static_cast<void>(layer.out_shape(Shape{4})), ShapeError);
  CHECK(parameter_count(layer) == 6);  // running statistics are not trained
  const BatchNorm<float> copy = from_config<BatchNorm<float>>(config_of(layer), Shape{3}).value();
  CHECK(copy.options.momentum == 0.25);
  CHECK(copy.options.epsilon == 0.5);
  CHECK_FALSE(from_config<BatchNorm<float>>(Config{{"epsilon", 0.0}}, Shape{3}).ok());
  CHECK_FALSE(from_config<BatchNorm<float>>(Config{{"momentum", 1.5}}, Shape{3}).ok());
}
