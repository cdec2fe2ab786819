#include <weir/layers/convolution/depthwise_conv1d.hpp>
#include <weir/layers/convolution/separable_conv1d.hpp>

#include "along_time.hpp"
#include "check_gradients.hpp"

#include <doctest/doctest.h>

using namespace weir;
using weir_test::check_gradients;
using weir_test::check_own_lengths;
using weir_test::check_step_by_step;

namespace {

template <class F>
void each_option(F f) {
  for (const Index stride : {1, 2}) {
    for (const Index dilation : {1, 3}) {
      DepthwiseConv1DOptions options{.stride = stride, .dilation = dilation};
      for (const Padding padding : {Padding::valid, Padding::same, Padding::causal}) {
        options.padding = padding;
        f(options);
      }
      options.padding = Padding::sides;
      options.pad_left = 2;
      options.pad_right = 1;
      f(options);
    }
  }
}

}  // namespace

TEST_CASE("depthwise_conv1d: gradients, padding and neighbours, step by step") {
  each_option([](DepthwiseConv1DOptions options) {
    for (const Index channels : {1, 5, 17}) {
      options.bias = channels != 5;
      check_gradients(DepthwiseConv1D<double>(channels, 3, options), Shape{channels, 9},
                      {.count = 4, .lengths = {9, 0, 2, 8}, .entries = 25});
      check_own_lengths(DepthwiseConv1D<float>(channels, 3, options), Shape{channels, 9}, {9, 0, 2, 8, 1});
      const DepthwiseConv1D<float> layer(channels, 3, options);
      if (streams(layer)) check_step_by_step(layer, Shape{channels, 20});
    }
  });
}

TEST_CASE("separable_conv1d: gradients, padding and neighbours, step by step") {
  each_option([](DepthwiseConv1DOptions options) {
    for (const Index channels : {1, 5}) {
      options.bias = channels == 5;
      check_gradients(SeparableConv1D<double>(channels, 4, 3, options), Shape{channels, 9},
                      {.count = 4, .lengths = {9, 0, 2, 8}, .entries = 25});
      check_own_lengths(SeparableConv1D<float>(channels, 4, 3, options), Shape{channels, 9}, {9, 0, 2, 8, 1});
      const SeparableConv1D<float> layer(channels, 18, 3, options);
      if (streams(layer)) check_step_by_step(layer, Shape{channels, 20});
    }
  });
}

TEST_CASE("depthwise_conv1d, separable_conv1d: shapes and options") {
  const Shape input{4, 9};
  CHECK(DepthwiseConv1D<float>(4, 3).out_shape(input) == Shape{4, 7});
  CHECK(SeparableConv1D<float>(4, 6, 3).out_shape(input) == Shape{6, 7});
  CHECK_THROWS_AS(static_cast<void>(DepthwiseConv1D<float>(4, 3).out_shape(Shape{5, 9})), ShapeError);
  CHECK_THROWS_AS(static_cast<void>(SeparableConv1D<float>(4, 6, 3).out_shape(Shape{5, 9})), ShapeError);
  CHECK(parameter_count(DepthwiseConv1D<float>(4, 3)) == 16);
  CHECK(parameter_count(SeparableConv1D<float>(4, 6, 3)) == 12 + 24 + 6);
  CHECK(parameter_count(SeparableConv1D<float>(4, 6, 3, {.bias = false})) == 12 + 24);
  CHECK(SeparableConv1D<float>(4, 6, 3).flops(input) == 2 * (12 + 24) * 7);
  each_option([&](DepthwiseConv1DOptions options) {
    options.bias = options.stride == 1;
    options.initializer = Initializer::he_uniform;
    const DepthwiseConv1D<float> depthwise(4, 3, options);
    CHECK(config_of(from_config<DepthwiseConv1D<float>>(config_of(depthwise), input).value()) ==
          config_of(depthwise));
    CHECK(detail::values_needed<DepthwiseConv1D<float>>(config_of(depthwise), input) ==
          (options.bias ? 16.0 : 12.0));
    const SeparableConv1D<float> separable(4, 6, 3, options);
    CHECK(config_of(from_config<SeparableConv1D<float>>(config_of(separable), input).value()) ==
          config_of(separable));
    CHECK(detail::values_needed<SeparableConv1D<float>>(config_of(separable), input) ==
          12 + 24 + (options.bias ? 6 : 0));
  });
  const auto n = [](int value) { return ConfigValue(static_cast<std::int64_t>(value)); };
  CHECK_FALSE(from_config<DepthwiseConv1D<float>>({}, input).ok());
  CHECK_FALSE(from_config<DepthwiseConv1D<float>>({{"kernel", n(3)}, {"groups", n(2)}}, input).ok());
  CHECK_FALSE(from_config<SeparableConv1D<float>>({{"kernel", n(3)}}, input).ok());
  CHECK_FALSE(from_config<SeparableConv1D<float>>({{"filters", n(3)}, {"kernel", n(10)}}, input).ok());
}
