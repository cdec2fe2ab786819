#include <weir/layers/attention/multi_head_attention.hpp>

#include <weir/layers/attention/learned_positions.hpp>
#include <weir/layers/attention/positional_encoding.hpp>

#include "along_time.hpp"
#include "attention_golden.hpp"
#include "check_gradients.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

using namespace weir;
using weir_test::check_gradients;

namespace {

MultiHeadAttention<float> random_attention(Index channels, AttentionOptions options) {
  MultiHeadAttention<float> layer(channels, options);
  Rng rng(9);
  layer.init(rng);
  for (float& b : layer.in_bias.span()) b = static_cast<float>(0.3 * rng.normal());
  for (float& b : layer.out_bias.span()) b = static_cast<float>(0.3 * rng.normal());
  return layer;
}

std::vector<float> run(const MultiHeadAttention<float>& layer, Shape shape, const std::vector<float>& x) {
  MultiHeadAttention<float>::Cache cache;
  cache.prepare(layer, shape, 1, false);
  std::vector<float> y(x.size());
  layer.forward({x.data(), shape, 1}, {y.data(), shape, 1}, cache, {});
  return y;
}

}  // namespace

TEST_CASE("multi_head_attention: gradients") {
  for (const bool causal : {false, true}) {
    for (const bool bias : {false, true}) {
      for (const auto& [channels, heads] : {std::pair<Index, Index>{1, 1}, {4, 2}, {6, 3}, {5, 1}, {18, 2}}) {
        const MultiHeadAttention<double> layer(channels, {.heads = heads, .causal = causal, .bias = bias});
        check_gradients(layer, Shape{channels, 1}, {.count = 2, .entries = 40});
        check_gradients(layer, Shape{channels, 5}, {.count = 2, .entries = 40});
        check_gradients(layer, Shape{channels, 4}, {.count = 4, .lengths = {4, 0, 1, 3}, .entries = 40});
      }
    }
  }
  check_gradients(MultiHeadAttention<double>(4, {.heads = 2}), Shape{4, 20}, {.count = 1, .entries = 30});
  check_gradients(MultiHeadAttention<double, 4>({.heads = 2}), Shape{4, 3});
}

TEST_CASE("multi_head_attention equals PyTorch's MultiheadAttention") {
  for (int i = 0; i < 100; ++i) {
    INFO("case ", i);
    const weir_test::GoldenCase& expected =
        weir_test::attention_golden().at("attention_" + std::to_string(i));
    weir_test::check_golden(
        expected,
        MultiHeadAttention<float>(expected.number("shape", 2), {.heads = expected.number("options", 0),
                                                                .causal = expected.number("options", 1) != 0,
                                                                .bias = expected.number("options", 2) != 0}));
  }
}

TEST_CASE("multi_head_attention: padding counts for nothing, alone is as in a batch") {
  for (const bool causal : {false, true}) {
    for (const auto& [channels, heads] : {std::pair<Index, Index>{4, 2}, {32, 4}, {48, 3}, {7, 1}}) {
      const auto layer = random_attention(channels, {.heads = heads, .causal = causal});
      weir_test::check_own_lengths(layer, Shape{channels, 6}, {6, 0, 1, 3, 5});
      weir_test::check_own_lengths(layer, Shape{channels, 40}, {40, 17, 33});
    }
  }
}

TEST_CASE("multi_head_attention: causal steps do not see later ones") {
  const Shape shape{8, 7};
  for (const bool causal : {false, true}) {
    const auto layer = random_attention(8, {.heads = 2, .causal = causal});
    std::vector<float> x = weir_test::normal_values(shape.size(), 1);
    const std::vector<float> before = run(layer, shape, x);
    for (std::size_t i = 4 * 8; i < x.size(); ++i) x[i] += 1.0F;
    const std::vector<float> after = run(layer, shape, x);
    const bool same = std::equal(before.begin(), before.begin() + 4 * 8, after.begin());
    CHECK(same == causal);
    CHECK(before != after);
  }
}

TEST_CASE("multi_head_attention: without positions, the order of steps changes nothing but the order") {
  const Shape shape{6, 5};
  const auto layer = random_attention(6, {.heads = 3});
  const std::vector<float> x = weir_test::normal_values(shape.size(), 1);
  std::vector<float> turned;
  for (std::size_t t = 5; t-- > 0;) {
    turned.insert(turned.end(), x.begin() + static_cast<std::ptrdiff_t>(6 * t),
                  x.begin() + static_cast<std::ptrdiff_t>(6 * t + 6));
  }
  const std::vector<float> y = run(layer, shape, x), z = run(layer, shape, turned);
  for (std::size_t t = 0; t < 5; ++t) {
    for (std::size_t c = 0; c < 6; ++c)
      CHECK(z[6 * t + c] == doctest::Approx(y[6 * (4 - t) + c]).epsilon(1e-5));
  }
}

TEST_CASE("multi_head_attention: large scores do not overflow") {
  auto layer = random_attention(4, {.heads = 1});
  std::vector<float> x(4 * 3, 1e4F);
  x[5] = -1e4F;
  for (const float v : run(layer, Shape{4, 3}, x)) CHECK(std::isfinite(v));
}

TEST_CASE("multi_head_attention: streaming gives what the whole sequence gives") {
  for (const bool bias : {false, true}) {
    const auto layer = random_attention(24, {.heads = 3, .causal = true, .bias = bias});
    weir_test::check_step_by_step(layer, Shape{24, 1}, 1e-6F);
    weir_test::check_step_by_step(layer, Shape{24, 30}, 1e-6F);
    CHECK(layer.streams());
  }
  CHECK_FALSE(random_attention(4, {}).streams());
}

TEST_CASE("multi_head_attention: a stream longer than the store looks at the last steps") {
  const auto layer = random_attention(4, {.heads = 2, .causal = true});
  const Shape window{4, 3};
  const std::vector<float> x = weir_test::normal_values(4 * 10, 3);
  std::vector<float> state(static_cast<std::size_t>(layer.state_size(window)));
  layer.start(state.data(), window);
  MultiHeadAttention<float>::StepCache cache;
  cache.prepare(layer, window, 1);
  for (std::size_t t = 0; t < 10; ++t) {
    std::vector<float> y(4);
    float* const states[] = {state.data()};
    unsigned char ready[] = {1};
    layer.step({x.data() + 4 * t, Shape{4}, 1}, {y.data(), Shape{4}, 1}, states, ready, cache);
    if (t < 2) continue;
    const auto begin = x.begin() + static_cast<std::ptrdiff_t>(4 * (t - 2));
    const std::vector<float> whole = run(layer, window, std::vector<float>(begin, begin + 12));
    for (std::size_t c = 0; c < 4; ++c) CHECK(y[c] == doctest::Approx(whole[8 + c]).epsilon(1e-5));
  }
}

TEST_CASE("multi_head_attention: shapes and options") {
  const MultiHeadAttention<float> layer(6, {.heads = 3, .causal = true, .bias = false});
  CHECK(layer.out_shape(Shape{6, 9}) == Shape{6, 9});
  CHECK(layer.out_length(4) == 4);
  CHECK_THROWS_AS(static_cast<void>(layer.out_shape(Shape{5, 9})), ShapeError);
  CHECK_THROWS_AS(MultiHeadAttention<float>(6, {.heads = 4}), ConfigError);
  CHECK_THROWS_AS(MultiHeadAttention<float>(6, {.heads = 0}), ConfigError);
  CHECK(parameter_count(layer) == 4 * 36);
  CHECK(parameter_count(MultiHeadAttention<float>(6)) == 4 * 36 + 24);
  const auto copy = from_config<MultiHeadAttention<float>>(config_of(layer), Shape{6, 2}).value();
  CHECK(copy.options.heads == 3);
  CHECK(copy.options.causal);
  CHECK_FALSE(copy.options.bias);
  CHECK(detail::values_needed<MultiHeadAttention<float>>(config_of(layer), Shape{6, 2}) == 144.0);
  CHECK_FALSE(from_config<MultiHeadAttention<float>>(config_of(layer), Shape{7, 2}).ok());
  CHECK_FALSE(from_config<MultiHeadAttention<float>>(Config{}, Shape{6, 2}).ok());
}

TEST_CASE("positional_encoding: Vaswani's formula, gradients, padding, streaming") {
  for (int i = 0; i < 15; ++i) {
    INFO("case ", i);
    const weir_test::GoldenCase& expected =
        weir_test::attention_golden().at("positional_encoding_" + std::to_string(i));
    const Shape shape{expected.number("shape", 1), expected.number("shape", 0)};
    const std::vector<float> x(static_cast<std::size_t>(shape.size()), 0.0F);
    std::vector<float> y(x.size());
    PositionalEncoding<float>::Cache cache;
    cache.prepare({}, shape, 1, false);
    PositionalEncoding<float>{}.forward({x.data(), shape, 1}, {y.data(), shape, 1}, cache, {});
    CHECK(weir_test::distance(y, expected["y"]) <= 1e-6);
  }
  for (const Index channels : {1, 2, 7, 16}) {
    check_gradients(PositionalEncoding<double>{}, Shape{channels, 5}, {.lengths = {5, 0, 3}});
    weir_test::check_own_lengths(PositionalEncoding<float>{}, Shape{channels, 6}, {6, 0, 2});
    weir_test::check_step_by_step(PositionalEncoding<float>{}, Shape{channels, 12});
  }
}

TEST_CASE("positional_encoding: a stream may go on behind the length it was built for") {
  const PositionalEncoding<float> layer;
  const Shape known{4, 2}, longer{4, 6};
  const std::vector<float> x(24, 0.0F);
  std::vector<float> whole(24);
  PositionalEncoding<float>::Cache cache;
  cache.prepare(layer, longer, 1, false);
  layer.forward({x.data(), longer, 1}, {whole.data(), longer, 1}, cache, {});
  PositionalEncoding<float>::StepCache own;
  own.prepare(layer, known, 1);
  float state = 5.0F;
  layer.start(&state, known);
  float* const states[] = {&state};
  unsigned char ready[] = {1};
  for (std::size_t t = 0; t < 6; ++t) {
    std::vector<float> y(4);
    layer.step({x.data(), Shape{4}, 1}, {y.data(), Shape{4}, 1}, states, ready, own);
    CHECK(std::equal(y.begin(), y.end(), whole.begin() + static_cast<std::ptrdiff_t>(4 * t)));
  }
}

TEST_CASE("learned_positions: gradients, padding, streaming, shapes") {
  for (const Index channels : {1, 5, 16}) {
    LearnedPositions<float> layer(channels, 6);
    Rng rng(2);
    layer.init(rng);
    check_gradients(LearnedPositions<double>(channels, 5), Shape{channels, 5}, {.lengths = {5, 0, 3}});
    check_gradients(LearnedPositions<double>(channels, 7), Shape{channels, 5});
    weir_test::check_own_lengths(layer, Shape{channels, 6}, {6, 0, 2});
    weir_test::check_step_by_step(layer, Shape{channels, 6});
  }
  const LearnedPositions<float> layer(3, 4);
  CHECK(layer.out_shape(Shape{3, 2}) == Shape{3, 2});
  CHECK_THROWS_AS(static_cast<void>(layer.out_shape(Shape{3, 5})), ShapeError);
  CHECK_THROWS_AS(static_cast<void>(layer.out_shape(Shape{2, 4})), ShapeError);
  CHECK(detail::values_needed<LearnedPositions<float>>(config_of(layer), Shape{3, 2}) == 12.0);
  CHECK(from_config<LearnedPositions<float>>(config_of(layer), Shape{3, 2}).value().length() == 4);
  CHECK(from_config<LearnedPositions<float>>(Config{}, Shape{3, 2}).value().length() == 2);
  CHECK_FALSE(from_config<LearnedPositions<float>>(config_of(layer), Shape{3, 5}).ok());
}
