#include <weir/layers/convolution/conv1d_transpose.hpp>

#include "along_time.hpp"
#include "check_gradients.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace weir;
using weir_test::check_gradients;
using weir_test::check_own_lengths;

namespace {

/// Runs f(options) for every combination of padding, stride and dilation.
template <class F>
void each_option(F f) {
  for (const Index stride : {1, 2, 4}) {
    for (const Index dilation : {1, 2}) {
      Conv1DTransposeOptions options{.stride = stride, .dilation = dilation};
      for (const Padding padding : {Padding::valid, Padding::same, Padding::causal}) {
        options.padding = padding;
        f(options);
      }
      options.padding = Padding::sides;
      for (const auto& [left, right, more] : {std::array<Index, 3>{1, 0, 0}, {0, 2, 1}, {4, 1, 0}}) {
        options.pad_left = left;
        options.pad_right = right;
        options.output_padding = more;
        f(options);
      }
    }
  }
}

template <class L>
std::vector<double> forward(const L& layer, const std::vector<double>& x, Shape input) {
  const Shape output = layer.out_shape(input);
  std::vector<double> y(static_cast<std::size_t>(output.size()));
  typename L::Cache cache;
  cache.prepare(layer, input, 1, false);
  layer.forward({x.data(), input, 1}, {y.data(), output, 1}, cache, {});
  return y;
}

}  // namespace

TEST_CASE("conv1d_transpose: by hand") {
  Conv1DTranspose<double> layer(1, 1, 3, {.stride = 2});
  for (Index k = 0; k < 3; ++k) layer.weight[k] = static_cast<double>(k + 1);
  layer.bias[0] = 10.0;
  using V = std::vector<double>;
  const V x{1, -1};
  CHECK(forward(layer, x, Shape{1, 2}) == V{11, 12, 12, 8, 7});
  layer.options.padding = Padding::same;
  CHECK(forward(layer, x, Shape{1, 2}) == V{11, 12, 12, 8});
  layer.options.padding = Padding::sides;
  layer.options.pad_left = 1;
  layer.options.output_padding = 2;
  CHECK(forward(layer, x, Shape{1, 2}) == V{12, 12, 8, 7, 10, 10});
}

TEST_CASE("conv1d_transpose: the adjoint of conv1d") {
  // <conv(x), y> = <x, transpose(y)> for the same weights, valid windows that reach every step.
  Rng rng(4);
  for (const Index stride : {1, 2, 3}) {
    for (const Index groups : {1, 2}) {
      Conv1D<double> conv(4, 6, 3, {.stride = stride, .groups = groups, .bias = false});
      conv.init(rng);
      Conv1DTranspose<double> transpose(6, 4, 3, {.stride = stride, .groups = groups, .bias = false});
      std::copy_n(conv.weight.data(), conv.weight.size(), transpose.weight.data());
      const Index length = 3 * stride + 3;
      std::vector<double> x(static_cast<std::size_t>(4 * length)), y(6 * 4);
      for (double& v : x) v = rng.normal();
      for (double& v : y) v = rng.normal();
      const std::vector<double> ax = forward(conv, x, Shape{4, length}),
                                aty = forward(transpose, y, Shape{6, 4});
      REQUIRE(ax.size() == y.size());
      REQUIRE(aty.size() == x.size());
      double left = 0.0, right = 0.0;
      for (std::size_t i = 0; i < y.size(); ++i) left += ax[i] * y[i];
      for (std::size_t i = 0; i < x.size(); ++i) right += x[i] * aty[i];
      CHECK(left == doctest::Approx(right).epsilon(1e-12));
    }
  }
}

TEST_CASE("conv1d_transpose: gradients over every padding, stride, dilation and group, mixed lengths") {
  each_option([](Conv1DTransposeOptions options) {
    for (const Index groups : {1, 2, 6}) {
      options.groups = groups;
      options.bias = groups != 2;
      check_gradients(Conv1DTranspose<double>(6, 6, 3, options), Shape{6, 5},
                      {.count = 4, .lengths = {5, 0, 1, 3}, .entries = 20});
    }
    options.groups = 1;
    check_gradients(Conv1DTranspose<double>(3, 9, 2, options), Shape{3, 6}, {.count = 2, .entries = 20});
  });
  check_gradients(Conv1DTranspose<double, 3, 4, 2>{{.stride = 2}}, Shape{3, 5});
}

TEST_CASE("conv1d_transpose: padding and neighbours change nothing") {
  each_option([](Conv1DTransposeOptions options) {
    for (const Index groups : {1, 4}) {
      options.groups = groups;
      check_own_lengths(Conv1DTranspose<float>(4, 4, 3, options), Shape{4, 7}, {7, 0, 3, 1, 5});
    }
  });
}

TEST_CASE("conv1d_transpose: shapes and options") {
  const Conv1DTranspose<float> layer(4, 6, 3, {.stride = 2, .groups = 2});
  CHECK(layer.out_shape(Shape{4, 9}) == Shape{6, 19});
  CHECK_THROWS_AS(static_cast<void>(layer.out_shape(Shape{5, 9})), ShapeError);
  CHECK(parameter_count(layer) == 4 * 3 * 3 + 6);
  CHECK_THROWS_AS(Conv1DTranspose<float>(4, 6, 3, {.groups = 4}), ConfigError);
  CHECK_THROWS_AS(Conv1DTranspose<float>(5, 6, 3, {.groups = 2}), ConfigError);
  CHECK_THROWS_AS(Conv1DTranspose<float>(4, 6, 3, {.output_padding = 1}), ConfigError);
  CHECK_FALSE(streams(layer));
  each_option([](Conv1DTransposeOptions options) {
    options.groups = 2;
    const Conv1DTranspose<float> made(4, 6, 3, options);
    const auto copy = from_config<Conv1DTranspose<float>>(config_of(made), Shape{4, 9}).value();
    CHECK(config_of(copy) == config_of(made));
    CHECK(copy.weight.extents() == made.weight.extents());
    CHECK(detail::values_needed<Conv1DTranspose<float>>(config_of(made), Shape{4, 9}) >= 4 * 3 * 3 + 6);
  });
  const auto bad = [](Config config) {
    return !from_config<Conv1DTranspose<float>>(config, Shape{4, 9}).ok();
  };
  const auto n = [](int value) { return ConfigValue(static_cast<std::int64_t>(value)); };
  CHECK_FALSE(bad({{"filters", n(6)}, {"kernel", n(3)}}));
  CHECK(bad({{"filters", n(6)}}));
  CHECK(bad({{"filters", n(6)}, {"kernel", n(3)}, {"output_padding", n(1)}}));
  CHECK(bad({{"filters", n(6)}, {"kernel", n(3)}, {"groups", n(5)}}));
  CHECK(bad({{"filters", n(6)}, {"kernel", n(1)}, {"pad_left", n(9)}}));
}
