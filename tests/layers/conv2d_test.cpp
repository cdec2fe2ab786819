#include <weir/layers/convolution/conv1d.hpp>
#include <weir/layers/convolution/conv2d.hpp>

#include "along_time.hpp"
#include "check_gradients.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <vector>

using namespace weir;
using weir_test::check_gradients;
using weir_test::check_own_lengths;
using weir_test::with_random_parameters;

namespace {

struct Kernel {
  Index rows, columns;
};

/// Runs f(options) for every combination of padding, strides and dilations.
template <class F>
void each_window(F f) {
  for (const Padding padding : {Padding::valid, Padding::same}) {
    for (const Index stride : {1, 2, 3}) {
      for (const Index stride_columns : {0, 1, 2}) {
        for (const Index dilation : {1, 2}) {
          for (const Index dilation_columns : {0, 1}) {
            f(Conv2DOptions{.stride = stride,
                            .stride_columns = stride_columns,
                            .dilation = dilation,
                            .dilation_columns = dilation_columns,
                            .padding = padding});
          }
        }
      }
    }
  }
}

/// The definition, in plain loops: row by row, pixel by pixel.
std::vector<double> reference(const Conv2D<double>& layer, const std::vector<double>& x, Index width,
                              Index height) {
  const auto [rows, columns] = layer.window();
  const Index planes = layer.planes;
  std::vector<double> y;
  for (Index t = 0; t < rows.out_length(height); ++t) {
    for (Index u = 0; u < columns.out_length(width); ++u) {
      for (Index o = 0; o < layer.filters(); ++o) {
        double sum = layer.columns.options.bias ? layer.columns.bias[o] : 0.0;
        for (Index r = 0; r < rows.size; ++r) {
          for (Index k = 0; k < columns.size; ++k) {
            const Index row = t * rows.stride - rows.left(height) + r * rows.dilation;
            const Index pixel = u * columns.stride - columns.left(width) + k * columns.dilation;
            if (row < 0 || row >= height || pixel < 0 || pixel >= width) continue;
            for (Index p = 0; p < planes; ++p) {
              sum += layer.columns.weight(o, r * planes + p, k) *
                     x[static_cast<std::size_t>((row * width + pixel) * planes + p)];
            }
          }
        }
        y.push_back(sum);
      }
    }
  }
  return y;
}

template <class L>
std::vector<typename L::Scalar> run(const L& layer, const std::vector<typename L::Scalar>& x, Shape input) {
  const Shape output = layer.out_shape(input);
  std::vector<typename L::Scalar> y(static_cast<std::size_t>(output.size()));
  typename L::Cache cache;
  cache.prepare(layer, input, 1, false);
  layer.forward({x.data(), input, 1}, {y.data(), output, 1}, cache, {});
  return y;
}

ConfigValue number(int value) { return ConfigValue(static_cast<std::int64_t>(value)); }

}  // namespace

TEST_CASE("conv2d: by hand") {
  // Two rows of three pixels, a kernel of 2 x 2 that takes the upper left and twice the lower right.
  Conv2D<float> layer(1, 1, 2, 2);
  layer.columns.weight(0, 0, 0) = 1.0F;
  layer.columns.weight(0, 1, 1) = 2.0F;
  layer.columns.bias[0] = 0.5F;
  CHECK(run(layer, {1, 2, 3, 4, 5, 6}, Shape{3, 2}) == std::vector<float>{11.5F, 14.5F});
}

TEST_CASE("conv2d: equals its definition") {
  Rng rng(2);
  Index cases = 0;
  each_window([&](Conv2DOptions options) {
    for (const Index planes : {1, 3, 9}) {
      for (const auto& [rows, columns] : {Kernel{1, 1}, {2, 3}, {4, 1}, {3, 3}}) {
        options.bias = planes != 3;
        Conv2D<double> layer(planes, 4, rows, columns, options);
        layer.init(rng);
        for (double& v : layer.columns.bias.span()) v = rng.normal();
        const Index width = 8, height = 7;
        std::vector<double> x(static_cast<std::size_t>(planes * width * height));
        for (double& v : x) v = rng.normal();
        const std::vector<double> expected = reference(layer, x, width, height);
        const std::vector<double> y = run(layer, x, Shape{planes * width, height});
        REQUIRE(y.size() == expected.size());
        for (std::size_t i = 0; i < y.size(); ++i) {
          CHECK(std::fabs(y[i] - expected[i]) <= 1e-12 * (1.0 + std::fabs(expected[i])));
        }
        ++cases;
      }
    }
  });
  CHECK(cases == 864);
}

TEST_CASE("conv2d: gradients over every padding, stride, dilation, kernel and planes, mixed lengths") {
  each_window([&](Conv2DOptions options) {
    for (const Index planes : {1, 2, 8}) {
      for (const auto& [rows, columns] : {Kernel{1, 2}, {2, 1}, {3, 3}}) {
        options.bias = planes != 2;
        check_gradients(Conv2D<double>(planes, 3, rows, columns, options), Shape{planes * 6, 7},
                        {.count = 4, .lengths = {7, 0, 5, 1}, .entries = 12});
      }
    }
  });
  check_gradients(Conv2D<double>(16, 18, 5, 5, {.padding = Padding::same}), Shape{16 * 9, 8},
                  {.count = 2, .entries = 20});  // more than one block of a product
}

TEST_CASE("conv2d: padding and neighbours change nothing") {
  each_window([&](const Conv2DOptions& options) {
    for (const Index planes : {1, 2, 8}) {
      check_own_lengths(Conv2D<float>(planes, 5, 3, 2, options), Shape{planes * 6, 9}, {9, 0, 6, 1, 4, 8});
    }
  });
}

TEST_CASE("conv2d: one row is a convolution along time") {
  const auto layer = with_random_parameters(Conv2D<float>(3, 17, 1, 4, {.padding = Padding::same}));
  Conv1D<float> along(3, 17, 4, {.padding = Padding::same});
  along.weight = layer.columns.weight;
  along.bias = layer.columns.bias;
  const std::vector<float> x = weir_test::normal_values(3 * 11, 4);
  CHECK(run(layer, x, Shape{3 * 11, 1}) == run(along, x, Shape{3, 11}));
}

TEST_CASE("conv2d: shapes") {
  const Conv2D<float> layer(2, 6, 3, 4, {.stride = 2, .stride_columns = 1});
  CHECK(layer.out_shape(Shape{2 * 9, 8}) == Shape{6 * 6, 3});
  CHECK_THROWS_AS(static_cast<void>(layer.out_shape(Shape{19, 8})), ShapeError);
  CHECK_THROWS_AS(static_cast<void>(layer.out_shape(Shape{2 * 3, 8})), ShapeError);  // too narrow
  CHECK_THROWS_AS(static_cast<void>(layer.out_shape(Shape{2 * 9, 2})), ShapeError);  // too low
  CHECK(parameter_count(layer) == 6 * 2 * 3 * 4 + 6);
  CHECK(layer.flops(Shape{2 * 9, 8}) == 2 * (6 * 2 * 3 * 4) * (6 * 3));
  CHECK_FALSE(streams(layer));
  Conv2D<float>::visit(
      [](Role role, const ParamName&, TensorView<const float> p) {
        if (role == Role::weight) CHECK(p.extents() == Extents{6, 2, 3, 4});
      },
      layer);
  CHECK_THROWS_AS(Conv2D<float>(0, 6, 3, 3), ConfigError);
  CHECK_THROWS_AS(Conv2D<float>(1, 6, 0, 3), ConfigError);
  CHECK_THROWS_AS(Conv2D<float>(1, 6, 3, 0), ConfigError);
  CHECK_THROWS_AS(Conv2D<float>(1, 6, 3, 3, {.stride = 0}), ConfigError);
  CHECK_THROWS_AS(Conv2D<float>(1, 6, 3, 3, {.padding = Padding::causal}), ConfigError);
}

TEST_CASE("conv2d: glorot counts the whole kernel, as Keras does") {
  Conv2D<float> layer(3, 16, 5, 5);
  Rng rng(1);
  layer.init(rng);
  const double bound = std::sqrt(6.0 / (3 * 25 + 16 * 25));
  double largest = 0.0;
  for (const float w : layer.columns.weight.span()) largest = std::max(largest, std::fabs(double{w}));
  CHECK(largest <= bound);
  CHECK(largest > 0.99 * bound);
}

TEST_CASE("conv2d: options survive the way through a Config") {
  const Shape input{2 * 12, 20};
  each_window([&](Conv2DOptions options) {
    options.bias = options.stride == 1;
    options.initializer = Initializer::he_normal;
    const Conv2D<float> layer(2, 6, 3, 2, options);
    const Conv2D<float> copy = from_config<Conv2D<float>>(config_of(layer), input).value();
    CHECK(config_of(copy) == config_of(layer));
    CHECK(copy.out_shape(input) == layer.out_shape(input));
    CHECK(copy.columns.weight.extents() == layer.columns.weight.extents());
    CHECK(detail::values_needed<Conv2D<float>>(config_of(layer), input) ==
          6 * 2 * 3 * 2 + (options.bias ? 6 : 0));
  });
  const auto bad = [&](const Config& config) { return !from_config<Conv2D<float>>(config, input).ok(); };
  const Config::Entry filters{"filters", number(6)}, kernel{"kernel", number(3)},
      same{"padding", std::string("same")};
  CHECK_FALSE(bad({filters, kernel}));
  CHECK_FALSE(bad({filters, kernel, {"planes", number(2)}, {"kernel_columns", number(12)}}));
  CHECK(bad({filters}));
  CHECK(bad({kernel}));
  CHECK(bad({filters, kernel, {"planes", number(0)}}));
  CHECK(bad({filters, kernel, {"planes", number(5)}}));
  CHECK(
      bad({filters, kernel, {"planes", number(2)}, {"kernel_columns", number(13)}}));  // wider than an image
  CHECK(bad({filters, {"kernel", number(21)}}));
  CHECK(bad({filters, kernel, {"padding", std::string("causal")}}));
  CHECK(bad({filters, kernel, {"pad_left", number(1)}}));
  CHECK(bad({filters, kernel, {"colour", true}}));
  CHECK(bad({filters, kernel, same, {"dilation", number(1 << 20)}}));
  CHECK(bad({filters, {"kernel", number(17000)}, same, {"dilation_columns", number(8000)}}));  // 3 GB of rows
  CHECK(detail::values_needed<Conv2D<float>>({{"filters", true}}, input) == 0.0);
  const Config many{{"filters", number(1 << 24)}, {"kernel", number(3)}, {"planes", number(2)}};
  CHECK(detail::values_needed<Conv2D<float>>(many, input) > 3e8);
  CHECK(bad({{"filters", number(1 << 24)}, {"kernel", number(1 << 24)}}));
}
