// Convolution and pooling against PyTorch and Keras, in float, on random configurations.
#include <weir/layers/activations/elu.hpp>
#include <weir/layers/activations/selu.hpp>
#include <weir/layers/convolution/conv1d.hpp>
#include <weir/layers/convolution/conv1d_transpose.hpp>
#include <weir/layers/convolution/depthwise_conv1d.hpp>
#include <weir/layers/convolution/separable_conv1d.hpp>
#include <weir/layers/pooling/adaptive_average_pool1d.hpp>
#include <weir/layers/pooling/average_pool1d.hpp>
#include <weir/layers/pooling/gem_pool1d.hpp>
#include <weir/layers/pooling/global_average_pool1d.hpp>
#include <weir/layers/pooling/global_max_pool1d.hpp>
#include <weir/layers/pooling/max_pool1d.hpp>
#include <weir/layers/shape/cropping1d.hpp>
#include <weir/layers/shape/up_sampling1d.hpp>
#include <weir/layers/shape/zero_padding1d.hpp>

#include <doctest/doctest.h>

#include "conv_golden.hpp"

#include <string>

using namespace weir;
using weir_test::compare;
using weir_test::each_case;
using weir_test::GoldenCase;

namespace {

Index channels_of(const GoldenCase& expected) { return expected.number("shape", 2); }

Index compare_conv1d(const weir_test::Golden& golden) {
  return each_case(golden, "conv1d", [](const GoldenCase& expected, auto option) {
    compare(expected, Conv1D<float>(channels_of(expected), option(0), option(1),
                                    {.stride = option(2),
                                     .dilation = option(3),
                                     .groups = option(4),
                                     .padding = static_cast<Padding>(option(5)),
                                     .pad_left = option(6),
                                     .pad_right = option(7),
                                     .bias = option(8) != 0}));
  });
}

Index compare_conv1d_transpose(const weir_test::Golden& golden) {
  return each_case(golden, "conv1d_transpose", [](const GoldenCase& expected, auto option) {
    compare(expected, Conv1DTranspose<float>(channels_of(expected), option(0), option(1),
                                             {.stride = option(2),
                                              .dilation = option(3),
                                              .groups = option(4),
                                              .padding = static_cast<Padding>(option(5)),
                                              .pad_left = option(6),
                                              .pad_right = option(7),
                                              .output_padding = option(8),
                                              .bias = option(9) != 0}));
  });
}

template <class Option>
DepthwiseConv1DOptions depthwise_options(Option option, std::size_t first) {
  return {.stride = option(first),
          .dilation = option(first + 1),
          .padding = static_cast<Padding>(option(first + 2)),
          .pad_left = option(first + 3),
          .pad_right = option(first + 4)};
}

}  // namespace

TEST_CASE("convolution and pooling equal PyTorch's") {
  const weir_test::Golden golden = weir_test::read_golden("conv.txt");
  CHECK(compare_conv1d(golden) == 110);
  CHECK(compare_conv1d_transpose(golden) == 40);
  CHECK(each_case(golden, "depthwise_conv1d", [](const GoldenCase& expected, auto option) {
          compare(expected,
                  DepthwiseConv1D<float>(channels_of(expected), option(0), depthwise_options(option, 1)));
        }) == 15);
  CHECK(each_case(golden, "separable_conv1d", [](const GoldenCase& expected, auto option) {
          compare(expected, SeparableConv1D<float>(channels_of(expected), option(0), option(1),
                                                   depthwise_options(option, 2)));
        }) == 15);
  CHECK(each_case(golden, "max_pool1d", [](const GoldenCase& expected, auto option) {
          compare(expected, MaxPool1D<float>(option(0), {.stride = option(1),
                                                         .padding = Padding::sides,
                                                         .pad_left = option(2),
                                                         .pad_right = option(2),
                                                         .ceil = option(3) != 0}));
        }) == 30);
  CHECK(each_case(golden, "average_pool1d", [](const GoldenCase& expected, auto option) {
          compare(expected, AveragePool1D<float>(option(0), {.stride = option(1),
                                                             .padding = Padding::sides,
                                                             .pad_left = option(2),
                                                             .pad_right = option(2),
                                                             .ceil = option(3) != 0,
                                                             .count_include_pad = option(4) != 0}));
        }) == 30);
  CHECK(each_case(golden, "adaptive_average_pool1d", [](const GoldenCase& expected, auto option) {
          compare(expected, AdaptiveAveragePool1D<float>(option(0)));
        }) == 10);
  CHECK(each_case(golden, "gem_pool1d", [](const GoldenCase& expected, auto option) {
          compare(expected, GemPool1D<float>(channels_of(expected), {.epsilon = expected["options"][0],
                                                                     .per_channel = option(1) > 1}));
        }) == 10);
  const auto ten = [&](const std::string& kind, auto make) {
    CHECK(each_case(golden, kind, [&](const GoldenCase& expected, auto option) {
            compare(expected, make(expected, option));
          }) == 10);
  };
  ten("global_max_pool1d", [](auto&, auto) { return GlobalMaxPool1D<float>{}; });
  ten("global_average_pool1d", [](auto&, auto) { return GlobalAveragePool1D<float>{}; });
  ten("zero_padding1d", [](auto&, auto option) { return ZeroPadding1D<float>(option(0), option(1)); });
  ten("cropping1d", [](auto&, auto option) { return Cropping1D<float>(option(0), option(1)); });
  ten("up_sampling1d", [](auto&, auto option) { return UpSampling1D<float>(option(0)); });
  ten("elu", [](auto& expected, auto) { return Elu<float>(expected["options"][0]); });
  ten("selu", [](auto&, auto) { return Selu<float>{}; });
}

TEST_CASE("same and causal padding equal Keras's") {
  const weir_test::Golden golden = weir_test::read_golden("conv_keras.txt");
  CHECK(compare_conv1d(golden) == 30);
  CHECK(compare_conv1d_transpose(golden) == 20);
  CHECK(each_case(golden, "max_pool1d", [](const GoldenCase& expected, auto option) {
          compare(expected, MaxPool1D<float>(option(0), {.stride = option(1), .padding = Padding::same}));
        }) == 20);
  CHECK(each_case(golden, "average_pool1d", [](const GoldenCase& expected, auto option) {
          compare(expected, AveragePool1D<float>(option(0), {.stride = option(1), .padding = Padding::same}));
        }) == 20);
}
