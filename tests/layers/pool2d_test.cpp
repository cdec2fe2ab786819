#include <weir/layers/pooling/average_pool2d.hpp>
#include <weir/layers/pooling/max_pool2d.hpp>

#include "along_time.hpp"
#include "check_gradients.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

using namespace weir;
using weir_test::check_gradients;
using weir_test::check_own_lengths;

namespace {

/// Runs f(size, size_columns, options) for every combination of sizes, strides and padding.
template <class F>
void each_window(F f) {
  for (const Padding padding : {Padding::valid, Padding::same}) {
    for (const Index size : {1, 2, 3}) {
      for (const Index size_columns : {1, 2, 4}) {
        for (const Index stride : {0, 1, 2, 5}) {
          for (const Index stride_columns : {0, 1, 3}) {
            f(size, size_columns,
              Pool2DOptions{.stride = stride, .stride_columns = stride_columns, .padding = padding});
          }
        }
      }
    }
  }
}

template <class L>
struct Run {
  std::vector<float> y, dx;
  Run(const L& layer, const std::vector<float>& x, Shape input) : dx(x.size()) {
    const Shape output = layer.out_shape(input);
    y.resize(static_cast<std::size_t>(output.size()));
    const std::vector<float> dy(y.size(), 1.0F);
    typename L::Cache cache;
    cache.prepare(layer, input, 1, true);
    L grad = layer;
    layer.forward({x.data(), input, 1}, {y.data(), output, 1}, cache, {});
    layer.backward({x.data(), input, 1}, {y.data(), output, 1}, {dy.data(), output, 1}, {dx.data(), input, 1},
                   cache, grad, {});
  }
};

using V = std::vector<float>;

}  // namespace

TEST_CASE("pooling over images: by hand") {
  const V x{1, 5, 2, -3,  //
            4, 0, 7, 1,   //
            9, 2, 8, 8};
  const Shape input{4, 3};
  const Pool2DOptions same{.padding = Padding::same};
  CHECK(Run(MaxPool2D<float>(1, 2, 2), x, input).y == V{5, 7});
  CHECK(Run(MaxPool2D<float>(1, 2, 2, same), x, input).y == V{5, 7, 9, 8});
  CHECK(Run(MaxPool2D<float>(1, 2, 2, {.stride = 1}), x, input).y == V{5, 7, 7, 9, 8, 8});
  CHECK(Run(MaxPool2D<float>(2, 3, 2), x, input).y == V{9, 8});  // two pixels of two planes
  CHECK(Run(AveragePool2D<float>(1, 2, 2), x, input).y == V{2.5F, 1.75F});
  CHECK(Run(AveragePool2D<float>(1, 2, 2, same), x, input).y == V{2.5F, 1.75F, 5.5F, 8});
  CHECK(Run(AveragePool2D<float>(1, 2, 2, same), x, input).dx ==
        V{0.25F, 0.25F, 0.25F, 0.25F, 0.25F, 0.25F, 0.25F, 0.25F, 0.5F, 0.5F, 0.5F, 0.5F});
}

TEST_CASE(
    "max pooling over images: of equal values the first in memory gets the gradient; NaN comes through") {
  CHECK(Run(MaxPool2D<float>(1, 2, 2), {1, 2, 2, 1}, Shape{2, 2}).dx == V{0, 1, 0, 0});
  CHECK(Run(MaxPool2D<float>(1, 2, 2), {2, 2, 2, 2}, Shape{2, 2}).dx == V{1, 0, 0, 0});
  const float nan = std::numeric_limits<float>::quiet_NaN();
  for (std::size_t at = 0; at < 4; ++at) {
    V x(4, 1.0F);
    x[at] = nan;
    CHECK(std::isnan(Run(MaxPool2D<float>(1, 2, 2), x, Shape{2, 2}).y[0]));
    CHECK(std::isnan(Run(AveragePool2D<float>(1, 2, 2), x, Shape{2, 2}).y[0]));
  }
}

TEST_CASE("pooling over images: gradients, padding and neighbours over every window") {
  const std::vector<Index> lengths{8, 0, 3, 7, 1};
  const auto check = [&](auto layer, auto precise) {
    const Shape input{layer.planes * 7, 8};
    check_gradients(precise, input, {.count = 5, .lengths = lengths, .entries = 15});
    check_own_lengths(layer, input, lengths);
  };
  each_window([&](Index size, Index size_columns, const Pool2DOptions& options) {
    for (const Index planes : {1, 3, 17}) {
      check(MaxPool2D<float>(planes, size, size_columns, options),
            MaxPool2D<double>(planes, size, size_columns, options));
      check(AveragePool2D<float>(planes, size, size_columns, options),
            AveragePool2D<double>(planes, size, size_columns, options));
    }
  });
}

TEST_CASE("pooling over images: shapes and options") {
  const MaxPool2D<float> layer(2, 3, 2);
  CHECK(layer.out_shape(Shape{2 * 9, 8}) == Shape{2 * 4, 2});
  CHECK_THROWS_AS(static_cast<void>(layer.out_shape(Shape{19, 8})), ShapeError);
  CHECK_THROWS_AS(static_cast<void>(layer.out_shape(Shape{2, 8})), ShapeError);
  CHECK_THROWS_AS(static_cast<void>(layer.out_shape(Shape{2 * 9, 2})), ShapeError);
  CHECK(parameter_count(layer) == 0);
  CHECK_FALSE(streams(layer));
  CHECK_THROWS_AS(MaxPool2D<float>(0, 2, 2), ConfigError);
  CHECK_THROWS_AS(MaxPool2D<float>(1, 0, 2), ConfigError);
  CHECK_THROWS_AS(AveragePool2D<float>(1, 2, 0), ConfigError);
  CHECK_THROWS_AS(AveragePool2D<float>(1, 2, 2, {.padding = Padding::causal}), ConfigError);

  const Shape input{2 * 12, 20};
  each_window([&](Index size, Index size_columns, const Pool2DOptions& options) {
    const AveragePool2D<float> made(2, size, size_columns, options);
    const auto copy = from_config<AveragePool2D<float>>(config_of(made), input).value();
    CHECK(config_of(copy) == config_of(made));
    CHECK(copy.out_shape(input) == made.out_shape(input));
  });
  const auto n = [](int value) { return ConfigValue(static_cast<std::int64_t>(value)); };
  const Config::Entry two{"size", n(2)}, one_plane{"planes", n(1)};
  const auto made = [&](const Config& config) { return from_config<MaxPool2D<float>>(config, input); };
  CHECK(made({two, one_plane}).value().columns.window.stride == 2);
  CHECK(made({two, one_plane, {"size_columns", n(3)}}).value().columns.window.stride == 3);
  CHECK(made({two, one_plane, {"size_columns", n(3)}, {"stride", n(1)}}).value().columns.window.stride == 1);
  CHECK_FALSE(made({two}).ok());  // planes are not guessed
  CHECK_FALSE(made({one_plane}).ok());
  CHECK_FALSE(made({two, {"planes", n(5)}}).ok());
  CHECK_FALSE(made({one_plane, {"size", n(21)}}).ok());
  CHECK_FALSE(made({two, {"planes", n(2)}, {"size_columns", n(13)}}).ok());
  CHECK_FALSE(made({two, one_plane, {"padding", std::string("causal")}}).ok());
  CHECK_FALSE(made({two, one_plane, {"ceil", true}}).ok());
  CHECK_FALSE(made({one_plane, {"size", n(1 << 20)}, {"padding", std::string("same")}}).ok());
}
