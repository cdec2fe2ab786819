// Convolution and pooling against PyTorch and Keras, in float, on random configurations.
#include <weir/layers/adaptive_average_pool1d.hpp>
#include <weir/layers/average_pool1d.hpp>
#include <weir/layers/conv1d.hpp>
#include <weir/layers/conv1d_transpose.hpp>
#include <weir/layers/cropping1d.hpp>
#include <weir/layers/depthwise_conv1d.hpp>
#include <weir/layers/elu.hpp>
#include <weir/layers/gem_pool1d.hpp>
#include <weir/layers/global_average_pool1d.hpp>
#include <weir/layers/global_max_pool1d.hpp>
#include <weir/layers/max_pool1d.hpp>
#include <weir/layers/selu.hpp>
#include <weir/layers/separable_conv1d.hpp>
#include <weir/layers/up_sampling1d.hpp>
#include <weir/layers/zero_padding1d.hpp>

#include <doctest/doctest.h>

#include "golden/golden.hpp"

#include <string>
#include <utility>
#include <vector>

using namespace weir;
using weir_test::distance;
using weir_test::GoldenCase;

namespace {

Index cases = 0;

/// Runs the case through the layer and compares y, and dx and the parameters' gradients where the file has
/// them.
template <class L>
void compare(const GoldenCase& expected, L layer) {
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
  ++cases;
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
Index each_case(const weir_test::Golden& golden, const std::string& kind, F f) {
  Index i = 0;
  for (;; ++i) {
    const std::string name = kind + "_" + std::to_string(i);
    const auto found = golden.find(name);
    if (found == golden.end()) return i;
    INFO(name);
    const GoldenCase& expected = found->second;
    f(expected, [&](std::size_t option) { return expected.number("options", option); });
  }
}

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
  cases = 0;
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
  CHECK(cases >= 330);
}

TEST_CASE("same and causal padding equal Keras's") {
  const weir_test::Golden golden = weir_test::read_golden("conv_keras.txt");
  cases = 0;
  CHECK(compare_conv1d(golden) == 30);
  CHECK(compare_conv1d_transpose(golden) == 20);
  CHECK(each_case(golden, "max_pool1d", [](const GoldenCase& expected, auto option) {
          compare(expected, MaxPool1D<float>(option(0), {.stride = option(1), .padding = Padding::same}));
        }) == 20);
  CHECK(each_case(golden, "average_pool1d", [](const GoldenCase& expected, auto option) {
          compare(expected, AveragePool1D<float>(option(0), {.stride = option(1), .padding = Padding::same}));
        }) == 20);
  CHECK(cases == 90);
}
