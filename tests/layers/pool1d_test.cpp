#include <weir/layers/pooling/adaptive_average_pool1d.hpp>
#include <weir/layers/pooling/average_pool1d.hpp>
#include <weir/layers/pooling/gem_pool1d.hpp>
#include <weir/layers/pooling/global_average_pool1d.hpp>
#include <weir/layers/pooling/global_max_pool1d.hpp>
#include <weir/layers/pooling/max_pool1d.hpp>

#include "along_time.hpp"
#include "check_gradients.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <utility>
#include <vector>

using namespace weir;
using weir_test::check_gradients;
using weir_test::check_own_lengths;
using weir_test::check_step_by_step;

namespace {

/// Runs f(size, options) for every combination of size, stride, padding and ceil.
template <class Options, class F>
void each_window(F f) {
  for (const Index size : {1, 2, 3, 5}) {
    for (const Index stride : {0, 1, 2, 7}) {
      for (const bool ceil : {false, true}) {
        Options options;
        options.stride = stride;
        options.ceil = ceil;
        for (const Padding padding : {Padding::valid, Padding::same, Padding::causal}) {
          options.padding = padding;
          f(size, options);
        }
        options.padding = Padding::sides;
        for (const auto& [left, right] : {std::pair<Index, Index>{1, 0}, {0, 1}, {2, 1}}) {
          if (left >= size || right >= size) continue;
          options.pad_left = left;
          options.pad_right = right;
          f(size, options);
        }
      }
    }
  }
}

template <class L>
std::vector<float> run(const L& layer, const std::vector<float>& x, Shape input) {
  const Shape output = layer.out_shape(input);
  std::vector<float> y(static_cast<std::size_t>(output.size()));
  typename L::Cache cache;
  cache.prepare(layer, input, 1, false);
  layer.forward({x.data(), input, 1}, {y.data(), output, 1}, cache, {});
  return y;
}

/// All checks of a layer over channels around a register's width.
template <class Make>
void check_all(Make make, Index length, const std::vector<Index>& lengths) {
  for (const Index channels : {1, 3, 17}) {
    check_gradients(make(double{}, channels), Shape{channels, length},
                    {.count = static_cast<Index>(lengths.size()), .lengths = lengths, .entries = 30});
    check_own_lengths(make(float{}, channels), Shape{channels, length}, lengths);
  }
}

}  // namespace

TEST_CASE("pooling: by hand") {
  const std::vector<float> x{1, 5, 2, -3, 4, 0, 7};
  const Shape input{1, 7};
  using V = std::vector<float>;
  CHECK(run(MaxPool1D<float>(3), x, input) == V{5, 4});
  CHECK(run(MaxPool1D<float>(3, {.ceil = true}), x, input) == V{5, 4, 7});
  CHECK(run(MaxPool1D<float>(3, {.padding = Padding::same}), x, input) == V{5, 4, 7});
  CHECK(run(MaxPool1D<float>(2, {.stride = 1, .padding = Padding::causal}), x, input) ==
        V{1, 5, 5, 2, 4, 4, 7});
  CHECK(run(AveragePool1D<float>(2), x, input) == V{3, -0.5F, 2});
  CHECK(run(AveragePool1D<float>(2, {.padding = Padding::sides, .pad_left = 1}), x, input) ==
        V{1, 3.5F, 0.5F, 3.5F});
  CHECK(run(AveragePool1D<float>(2, {.padding = Padding::sides, .pad_left = 1, .count_include_pad = true}), x,
            input) == V{0.5F, 3.5F, 0.5F, 3.5F});
  CHECK(run(AveragePool1D<float>(4, {.stride = 4, .ceil = true, .count_include_pad = true}), x, input) ==
        V{1.25F, 11.0F / 3.0F});  // what lies beyond the padding never counts
  CHECK(run(GlobalMaxPool1D<float>{}, x, input) == V{7});
  CHECK(run(GlobalAveragePool1D<float>{}, x, input) == V{16.0F / 7.0F});
  CHECK(run(AdaptiveAveragePool1D<float>(2), x, input) == V{1.25F, 2});
  CHECK(run(GemPool1D<float>({.p = 1.0}), {1, 2, 6}, Shape{1, 3})[0] == doctest::Approx(3.0));
  CHECK(run(GemPool1D<float>({.p = 2.0}), {1, 5, 7}, Shape{1, 3})[0] == doctest::Approx(5.0));
  CHECK(run(GemPool1D<float>({.p = 100.0}), {1e6F, 2e6F}, Shape{1, 2})[0] ==
        doctest::Approx(2e6 * std::pow(0.5, 0.01)));
  CHECK(run(GemPool1D<float>({.p = 2.0, .epsilon = 0.5}), {-3, -1}, Shape{1, 2})[0] == doctest::Approx(0.5));
}

TEST_CASE("pooling: gradients, padding and neighbours over every window") {
  const std::vector<Index> lengths{10, 0, 3, 9, 1, 6};
  each_window<MaxPool1DOptions>([&](Index size, const MaxPool1DOptions& options) {
    check_all([&](auto zero, Index) { return MaxPool1D<decltype(zero)>(size, options); }, 10, lengths);
  });
  each_window<AveragePool1DOptions>([&](Index size, AveragePool1DOptions options) {
    for (const bool count : {false, true}) {
      options.count_include_pad = count;
      check_all([&](auto zero, Index) { return AveragePool1D<decltype(zero)>(size, options); }, 10, lengths);
    }
  });
}

TEST_CASE("global pooling: gradients, padding and neighbours") {
  const std::vector<Index> lengths{10, 3, 9, 1, 6};  // a sample of no steps: below
  check_all([](auto zero, Index) { return GlobalMaxPool1D<decltype(zero)>{}; }, 10, lengths);
  check_all([](auto zero, Index) { return GlobalAveragePool1D<decltype(zero)>{}; }, 10, lengths);
  check_all([](auto zero, Index) { return GemPool1D<decltype(zero)>({.epsilon = 0.05}); }, 10, lengths);
  check_all(
      [](auto zero, Index channels) {
        return GemPool1D<decltype(zero)>(channels, {.p = 2.0, .epsilon = 0.05, .per_channel = true});
      },
      10, lengths);
  for (const Index length : {1, 4, 10, 13}) {
    check_all([&](auto zero, Index) { return AdaptiveAveragePool1D<decltype(zero)>(length); }, 10, lengths);
  }
}

TEST_CASE("global pooling: a sample of no steps gives zeros") {
  const std::vector<Index> lengths{0, 2}, ones{1, 1};
  const auto check = [&](const auto& layer) {
    using L = std::remove_cvref_t<decltype(layer)>;
    INFO(std::string(L::kind));
    const Shape input{2, 3}, output = layer.out_shape(input);
    const std::vector<float> x = weir_test::normal_values(12, 3);
    std::vector<float> y(static_cast<std::size_t>(2 * output.size()), 42.0F), dx(12, 42.0F);
    const std::vector<float> dy(y.size(), 1.0F);
    typename L::Cache cache;
    cache.prepare(layer, input, 2, true);
    L grad = zeros_like(layer);
    layer.forward({x.data(), input, 2, lengths}, {y.data(), output, 2}, cache, {});
    layer.backward({x.data(), input, 2, lengths}, {y.data(), output, 2}, {dy.data(), output, 2},
                   {dx.data(), input, 2, lengths}, cache, grad, {});
    for (std::size_t i = 0; i < y.size() / 2; ++i) CHECK(y[i] == 0.0F);
    for (std::size_t i = 0; i < 6; ++i) CHECK(dx[i] == 0.0F);
    CHECK(dx[10] == 0.0F);
    CHECK(std::any_of(dx.begin() + 6, dx.begin() + 10, [](float v) { return v != 0.0F; }));
    L::visit([](Role, const ParamName&, TensorView<const float> g) { CHECK(std::isfinite(g[0])); },
             std::as_const(grad));
  };
  check(GlobalMaxPool1D<float>{});
  check(GlobalAveragePool1D<float>{});
  check(GemPool1D<float>({.epsilon = 1e-3}));
  check(AdaptiveAveragePool1D<float>(3));
}

TEST_CASE("pooling: step by step") {
  Index streamed = 0;
  const auto check = [&](const auto& layer) {
    CHECK(streams(layer) == layer.window.streams());
    if (!streams(layer)) return;
    check_step_by_step(layer, Shape{3, 41});
    ++streamed;
  };
  each_window<MaxPool1DOptions>(
      [&](Index size, const MaxPool1DOptions& options) { check(MaxPool1D<float>(size, options)); });
  CHECK(streamed >= 40);
  each_window<AveragePool1DOptions>([&](Index size, AveragePool1DOptions options) {
    for (const bool count : {false, true}) {
      options.count_include_pad = count;
      check(AveragePool1D<float>(size, options));
    }
  });
  CHECK(streamed >= 120);
  CHECK_FALSE(streams(MaxPool1D<float>(3, {.padding = Padding::same})));
  CHECK_FALSE(streams(MaxPool1D<float>(3, {.ceil = true})));
  check_step_by_step(GlobalMaxPool1D<float>{}, Shape{17, 30});
  check_step_by_step(GlobalAveragePool1D<float>{}, Shape{17, 30});
  check_step_by_step(GemPool1D<float>({.epsilon = 1e-2}), Shape{17, 30}, 1e-6F);
  check_step_by_step(GemPool1D<float>(3, {.p = 1.5, .epsilon = 1e-2, .per_channel = true}), Shape{3, 30},
                     1e-6F);
}

TEST_CASE("pooling: a long stream") {
  // Numbers of steps must not wear out: 100,000 steps of which each window of the last ten is known.
  const MaxPool1D<float> layer(5, {.stride = 2});
  const Shape input{1, 1000};
  std::vector<float> state(static_cast<std::size_t>(layer.state_size(input)));
  layer.start(state.data(), input);
  MaxPool1D<float>::StepCache cache;
  Index outputs = 0;
  for (Index t = 0; t < 100'000; ++t) {
    const float x = static_cast<float>(t % 13);
    float y = -1.0F;
    float* const states[]{state.data()};
    unsigned char ready[]{1};
    layer.step({&x, Shape{1}, 1}, {&y, Shape{1}, 1}, states, ready, cache);
    CHECK(ready[0] == (t >= 4 && t % 2 == 0 ? 1 : 0));
    if (ready[0] == 0) continue;
    ++outputs;
    float expected = 0.0F;
    for (Index k = 0; k < 5; ++k) expected = std::max(expected, static_cast<float>((t - k) % 13));
    REQUIRE(y == expected);
  }
  CHECK(outputs == layer.out_length(100'000));
}

TEST_CASE("max pooling: equal values, and NaN") {
  const MaxPool1D<float> layer(3);
  const std::vector<float> x{2, 2, 1}, dy{1};
  std::vector<float> y(1), dx(3);
  MaxPool1D<float>::Cache cache;
  MaxPool1D<float> grad(3);
  layer.forward({x.data(), Shape{1, 3}, 1}, {y.data(), Shape{1}, 1}, cache, {});
  layer.backward({x.data(), Shape{1, 3}, 1}, {y.data(), Shape{1}, 1}, {dy.data(), Shape{1}, 1},
                 {dx.data(), Shape{1, 3}, 1}, cache, grad, {});
  CHECK(dx == std::vector<float>{1, 0, 0});
  const float nan = std::numeric_limits<float>::quiet_NaN();
  for (const Index channels : {1, 16}) {
    for (Index at = 0; at < 3; ++at) {
      std::vector<float> values(static_cast<std::size_t>(3 * channels), 1.0F);
      values[static_cast<std::size_t>(at * channels)] = nan;
      CHECK(std::isnan(run(layer, values, Shape{channels, 3})[0]));
      CHECK(std::isnan(run(GlobalMaxPool1D<float>{}, values, Shape{channels, 3})[0]));
      CHECK(std::isnan(run(GemPool1D<float>{}, values, Shape{channels, 3})[0]));
      if (channels > 1) CHECK(run(layer, values, Shape{channels, 3})[1] == 1.0F);
    }
  }
}

TEST_CASE("pooling: shapes and options") {
  CHECK(MaxPool1D<float>(3).out_shape(Shape{4, 10}) == Shape{4, 3});
  CHECK_THROWS_AS(static_cast<void>(MaxPool1D<float>(3).out_shape(Shape{4, 2})), ShapeError);
  CHECK_THROWS_AS(MaxPool1D<float>(0), ConfigError);
  CHECK_THROWS_AS(MaxPool1D<float>(2, {.padding = Padding::sides, .pad_left = 2}), ConfigError);
  CHECK_THROWS_AS(AdaptiveAveragePool1D<float>(0), ConfigError);
  CHECK_THROWS_AS(GemPool1D<float>({.per_channel = true}), ConfigError);
  CHECK_THROWS_AS(static_cast<void>(GemPool1D<float>(3, {.per_channel = true}).out_shape(Shape{4, 2})),
                  ShapeError);
  CHECK(parameter_count(GemPool1D<float>{}) == 1);
  CHECK(parameter_count(GemPool1D<float>(5, {.per_channel = true})) == 5);

  const Shape input{4, 40};
  each_window<AveragePool1DOptions>([&](Index size, AveragePool1DOptions options) {
    options.count_include_pad = size > 2;
    const AveragePool1D<float> layer(size, options);
    const auto copy = from_config<AveragePool1D<float>>(config_of(layer), input).value();
    CHECK(config_of(copy) == config_of(layer));
    CHECK(copy.out_length(40) == layer.out_length(40));
  });
  each_window<MaxPool1DOptions>([&](Index size, const MaxPool1DOptions& options) {
    const MaxPool1D<float> layer(size, options);
    CHECK(config_of(from_config<MaxPool1D<float>>(config_of(layer), input).value()) == config_of(layer));
  });
  const GemPool1D<float> gem(4, {.p = 2.5, .epsilon = 1e-3, .per_channel = true});
  const GemPool1D<float> gem_copy = from_config<GemPool1D<float>>(config_of(gem), input).value();
  CHECK(config_of(gem_copy) == config_of(gem));
  CHECK(gem_copy.p.size() == 4);
  CHECK(detail::values_needed<GemPool1D<float>>(config_of(gem), input) == 4.0);
  CHECK(detail::values_needed<GemPool1D<float>>({}, input) == 1.0);
  CHECK(from_config<AdaptiveAveragePool1D<float>>(config_of(AdaptiveAveragePool1D<float>(7)), input)
            .value()
            .length == 7);
  CHECK(from_config<GlobalMaxPool1D<float>>({}, input).ok());
  CHECK(from_config<GlobalAveragePool1D<float>>({}, input).ok());

  const auto n = [](int value) { return ConfigValue(static_cast<std::int64_t>(value)); };
  const auto size_three = from_config<MaxPool1D<float>>({{"size", n(3)}}, input).value();
  CHECK(size_three.window.stride == 3);
  CHECK_FALSE(from_config<MaxPool1D<float>>({}, input).ok());
  CHECK_FALSE(from_config<MaxPool1D<float>>({{"size", n(41)}}, input).ok());
  CHECK_FALSE(from_config<MaxPool1D<float>>({{"size", n(2)}, {"pad_left", n(2)}}, input).ok());
  CHECK_FALSE(
      from_config<MaxPool1D<float>>({{"size", n(1 << 20)}, {"padding", std::string("same")}}, input).ok());
  CHECK_FALSE(from_config<AveragePool1D<float>>({{"size", n(2)}, {"colour", true}}, input).ok());
  CHECK_FALSE(from_config<GemPool1D<float>>({{"p", 0.0}}, input).ok());
  CHECK_FALSE(from_config<AdaptiveAveragePool1D<float>>({{"length", n(0)}}, input).ok());
  CHECK_FALSE(from_config<GlobalMaxPool1D<float>>({{"size", n(2)}}, input).ok());
}
