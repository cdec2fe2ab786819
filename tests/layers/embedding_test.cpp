#include <weir/layers/dense/embedding.hpp>

#include "attention_golden.hpp"
#include "check_gradients.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <vector>

using namespace weir;
using weir_test::check_gradients;

namespace {

std::vector<float> run(const Embedding<float>& layer, const std::vector<float>& codes, Index channels = 1) {
  const Shape input{channels};
  const Shape output = layer.out_shape(input);
  const auto n = static_cast<Index>(codes.size()) / channels;
  std::vector<float> y(static_cast<std::size_t>(output.size() * n));
  NoCache cache;
  layer.forward({codes.data(), input, n}, {y.data(), output, n}, cache, {});
  return y;
}

Embedding<float> numbered(EmbeddingOptions options = {}) {
  Embedding<float> layer(4, 2, options);
  for (Index i = 0; i < 8; ++i) layer.weight[i] = static_cast<float>(10 * (i / 2) + i % 2 + 1);
  return layer;
}

}  // namespace

TEST_CASE("embedding: gradients") {
  // Codes are random numbers here, most of them in the vocabulary or unknown; the tensor's gradient counts.
  for (const Index dimension : {1, 3, 16, 19}) {
    for (const Index padding : {-1, 0, 1}) {
      const Embedding<double> layer(3, dimension, {.unknown = 2, .padding = padding});
      check_gradients(layer, Shape{1, 4}, {.count = 3});
      check_gradients(layer, Shape{2, 3}, {.count = 3, .lengths = {3, 0, 2}});
    }
  }
  check_gradients(Embedding<double, 4, 2>{}, Shape{1, 3});
}

TEST_CASE("embedding equals PyTorch's Embedding") {
  for (int i = 0; i < 20; ++i) {
    INFO("case ", i);
    const weir_test::GoldenCase& expected =
        weir_test::attention_golden().at("embedding_" + std::to_string(i));
    weir_test::check_golden(expected,
                            Embedding<float>(expected.number("shape", 3), expected.number("shape", 4),
                                             {.padding = expected.number("padding", 0)}));
  }
}

TEST_CASE("embedding: codes are rounded, and what is no code is unknown") {
  CHECK(run(numbered(), {0.0F, 3.0F, 1.4F, 1.6F}) == std::vector<float>{1, 2, 31, 32, 11, 12, 21, 22});
  const float infinity = std::numeric_limits<float>::infinity();
  for (const float wrong :
       {-1.0F, 4.0F, 1e30F, -1e30F, infinity, -infinity, std::numeric_limits<float>::quiet_NaN()}) {
    CHECK(run(numbered(), {wrong}) == std::vector<float>{1, 2});
    CHECK(run(numbered({.unknown = 3}), {wrong}) == std::vector<float>{31, 32});
  }
}

TEST_CASE("embedding: several codes a step share the table, one vector below the other") {
  CHECK(numbered().out_shape(Shape{3, 5}) == Shape{6, 5});
  CHECK(run(numbered(), {1.0F, 2.0F, 0.0F, 1.0F}, 2) == std::vector<float>{11, 12, 21, 22, 1, 2, 11, 12});
}

TEST_CASE("embedding: the padding code is zero and learns nothing") {
  Embedding<float> layer = numbered({.padding = 1});
  CHECK(run(layer, {1.0F, 2.0F}) == std::vector<float>{0, 0, 21, 22});
  Rng rng(1);
  layer.init(rng);
  CHECK(layer.weight[2] == 0.0F);
  CHECK(layer.weight[0] != 0.0F);
}

TEST_CASE("embedding: options") {
  const Embedding<float> layer(5, 3, {.unknown = 4, .padding = 2});
  const Embedding<float> copy = from_config<Embedding<float>>(config_of(layer), Shape{1}).value();
  CHECK(copy.vocabulary() == 5);
  CHECK(copy.dimension() == 3);
  CHECK(copy.options.unknown == 4);
  CHECK(copy.options.padding == 2);
  CHECK(detail::values_needed<Embedding<float>>(config_of(layer), Shape{7, 7}) == 15.0);
  CHECK(detail::values_needed<Embedding<float>>(Config{}, Shape{1}) == 0.0);
  CHECK_FALSE(from_config<Embedding<float>>(Config{{"vocabulary", std::int64_t{5}}}, Shape{1}).ok());
  CHECK_FALSE(from_config<Embedding<float>>(Config{{"vocabulary", std::int64_t{5}},
                                                   {"dimension", std::int64_t{2}},
                                                   {"unknown", std::int64_t{5}}},
                                            Shape{1})
                  .ok());
  CHECK_THROWS_AS(Embedding<float>(3, 2, {.unknown = 3}), ConfigError);
  CHECK_THROWS_AS(Embedding<float>(3, 2, {.padding = -2}), ConfigError);
}
