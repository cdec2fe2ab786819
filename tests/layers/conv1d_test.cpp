#include <weir/layers/convolution/conv1d.hpp>

#include "along_time.hpp"
#include "check_gradients.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

using namespace weir;
using weir_test::check_gradients;
using weir_test::check_own_lengths;
using weir_test::check_step_by_step;

namespace {

/// Runs f(options) for every combination of padding, stride and dilation.
template <class F>
void each_window(F f) {
  for (const Index stride : {1, 2, 3}) {
    for (const Index dilation : {1, 2}) {
      Conv1DOptions options{.stride = stride, .dilation = dilation};
      for (const Padding padding : {Padding::valid, Padding::same, Padding::causal}) {
        options.padding = padding;
        f(options);
      }
      options.padding = Padding::sides;
      for (const auto& [left, right] : {std::pair<Index, Index>{2, 0}, {0, 3}, {4, 1}}) {
        options.pad_left = left;
        options.pad_right = right;
        f(options);
      }
    }
  }
}

/// The definition, in plain loops: sample by sample, step by step.
std::vector<double> reference(const Conv1D<double>& layer, const std::vector<double>& x, Index length) {
  const Window w = layer.window();
  const Index n = w.out_length(length), group_in = layer.in() / layer.options.groups,
              group_out = layer.out() / layer.options.groups;
  std::vector<double> y;
  for (Index t = 0; t < n; ++t) {
    for (Index o = 0; o < layer.out(); ++o) {
      double sum = layer.options.bias ? layer.bias[o] : 0.0;
      for (Index k = 0; k < w.size; ++k) {
        const Index at = t * w.stride - w.left(length) + k * w.dilation;
        for (Index c = 0; c < group_in && at >= 0 && at < length; ++c) {
          const Index channel = o / group_out * group_in + c;
          sum += layer.weight(o, c, k) * x[static_cast<std::size_t>(at * layer.in() + channel)];
        }
      }
      y.push_back(sum);
    }
  }
  return y;
}

}  // namespace

TEST_CASE("conv1d: windows by hand") {
  const Window valid{.size = 3, .stride = 2};
  CHECK(valid.out_length(0) == 0);
  CHECK(valid.out_length(2) == 0);
  CHECK(valid.out_length(3) == 1);
  CHECK(valid.out_length(7) == 3);
  const Window same{.size = 4, .stride = 1, .padding = Padding::same};
  CHECK(same.left(10) == 1);  // the odd one goes to the right
  CHECK(same.right(10) == 2);
  CHECK(same.out_length(10) == 10);
  const Window strided{.size = 3, .stride = 2, .padding = Padding::same};
  CHECK(strided.left(6) == 0);  // (3 - 1) 2 + 3 - 6 = 1 step of padding in all
  CHECK(strided.right(6) == 1);
  CHECK(strided.left(5) == 1);
  CHECK(strided.right(5) == 1);
  const Window causal{.size = 3, .stride = 2, .dilation = 2, .padding = Padding::causal};
  CHECK(causal.left(5) == 4);
  CHECK(causal.out_length(5) == 3);
  const Window floor{.size = 2, .stride = 2}, ceil{.size = 2, .stride = 2, .ceil = true};
  CHECK(floor.out_length(5) == 2);
  CHECK(ceil.out_length(5) == 3);
  CHECK(ceil.out_length(4) == 2);
  CHECK(ceil.out_length(1) == 1);
  const Window outside{
      .size = 2, .stride = 3, .padding = Padding::sides, .pad_left = 1, .pad_right = 1, .ceil = true};
  CHECK(outside.out_length(5) == 2);  // a third window would begin behind the sample
  CHECK(outside.out_length(6) == 3);
}

TEST_CASE("conv1d: equals its definition") {
  Rng rng(2);
  Index cases = 0;
  each_window([&](Conv1DOptions options) {
    for (const Index groups : {1, 2, 4}) {
      for (const Index kernel : {1, 2, 5}) {
        options.groups = groups;
        Conv1D<double> layer(4, 8, kernel, options);
        layer.init(rng);
        for (double& v : layer.bias.span()) v = rng.normal();
        const Index length = 11;
        if (layer.out_length(length) == 0) continue;
        std::vector<double> x(4 * 11);
        for (double& v : x) v = rng.normal();
        const std::vector<double> expected = reference(layer, x, length);
        std::vector<double> y(expected.size());
        Conv1D<double>::Cache cache;
        cache.prepare(layer, Shape{4, length}, 1, false);
        layer.forward({x.data(), Shape{4, length}, 1}, {y.data(), layer.out_shape(Shape{4, length}), 1},
                      cache, {});
        for (std::size_t i = 0; i < y.size(); ++i) CHECK(y[i] == doctest::Approx(expected[i]).epsilon(1e-12));
        ++cases;
      }
    }
  });
  CHECK(cases > 300);
}

TEST_CASE("conv1d: gradients over every padding, stride, dilation and group, mixed lengths") {
  each_window([&](Conv1DOptions options) {
    for (const Index groups : {1, 2, 6}) {
      options.groups = groups;
      options.bias = groups != 2;
      check_gradients(Conv1D<double>(6, 6, 3, options), Shape{6, 9},
                      {.count = 5, .lengths = {9, 0, 5, 1, 8}, .entries = 25});
    }
    options.groups = 1;
    check_gradients(Conv1D<double>(1, 9, 4, options), Shape{1, 10}, {.count = 2, .entries = 25});
    check_gradients(Conv1D<double>(3, 2, 1, options), Shape{3, 4},
                    {.count = 3, .lengths = {4, 2, 0}, .entries = 25});
  });
  check_gradients(Conv1D<double>(20, 18, 15, {.padding = Padding::same}), Shape{20, 40},
                  {.count = 2, .entries = 20});  // more than one block of a product
  check_gradients(Conv1D<double, 3, 4, 2>{{.padding = Padding::causal}}, Shape{3, 5});
  check_gradients(Conv1D<double>(4, 8, 3, {.groups = 4}), Shape{4, 6}, {.entries = 40});
}

TEST_CASE("conv1d: long kernels, by Fourier transforms, equal the definition") {
  Rng rng(5);
  for (const Padding padding : {Padding::valid, Padding::same, Padding::causal}) {
    for (const Index kernel : {16, 25}) {
      Conv1D<double> layer(9, 30, kernel, {.padding = padding});
      layer.init(rng);
      for (double& v : layer.bias.span()) v = rng.normal();
      for (const Index length : {25, 60, 150}) {
        std::vector<double> x(static_cast<std::size_t>(9 * length));
        for (double& v : x) v = rng.normal();
        const std::vector<double> expected = reference(layer, x, length);
        std::vector<double> y(expected.size());
        Conv1D<double>::Cache cache;
        cache.prepare(layer, Shape{9, length}, 1, false);
        CHECK(cache.fft.pays(layer.out_length(length)) == (layer.out_length(length) >= 10));
        layer.forward({x.data(), Shape{9, length}, 1}, {y.data(), layer.out_shape(Shape{9, length}), 1},
                      cache, {});
        for (std::size_t i = 0; i < y.size(); ++i)
          CHECK(y[i] == doctest::Approx(expected[i]).epsilon(1e-12).scale(1.0));
      }
    }
  }
}

TEST_CASE("conv1d: long kernels: gradients, lengths, padding, steps") {
  for (const Padding padding : {Padding::valid, Padding::same, Padding::causal}) {
    const Conv1DOptions options{.padding = padding};
    check_gradients(Conv1D<double>(16, 18, 16, options), Shape{16, 60},
                    {.count = 3, .lengths = {60, 17, 41}, .entries = 25});
    check_own_lengths(Conv1D<float>(16, 16, 16, options), {16, 70}, {70, 0, 16, 33, 69});
  }
  check_step_by_step(Conv1D<float>(8, 32, 20, {.padding = Padding::causal}), {8, 90}, 4e-6F);
}

TEST_CASE("conv1d: padding and neighbours change nothing") {
  each_window([&](Conv1DOptions options) {
    for (const Index groups : {1, 4}) {
      options.groups = groups;
      check_own_lengths(Conv1D<float>(4, 4, 3, options), Shape{4, 12}, {12, 0, 7, 1, 4, 11});
      options.groups = 1;
      check_own_lengths(Conv1D<float>(3, 18, 2, options), Shape{3, 9}, {3, 9, 2});
    }
  });
}

TEST_CASE("conv1d: step by step") {
  Index streamed = 0;
  each_window([&](Conv1DOptions options) {
    for (const Index groups : {1, 2, 6}) {
      options.groups = groups;
      const Conv1D<float> layer(6, 6, 4, options);
      const bool can = options.padding == Padding::valid || options.padding == Padding::causal ||
                       (options.padding == Padding::sides && options.pad_right == 0);
      CHECK(streams(layer) == can);
      if (!can) continue;
      check_step_by_step(layer, Shape{6, 23});
      ++streamed;
    }
  });
  CHECK(streamed == 54);
  check_step_by_step(Conv1D<float>(2, 5, 1, {.stride = 2}), Shape{2, 7});
  check_step_by_step(Conv1D<float>(2, 5, 1, {.padding = Padding::same}), Shape{2, 7});
  check_step_by_step(Conv1D<float>(1, 3, 5, {.padding = Padding::sides, .pad_left = 2}), Shape{1, 9});
  CHECK_FALSE(streams(Conv1D<float>(1, 3, 5, {.padding = Padding::sides, .pad_left = 5})));
  CHECK_FALSE(streams(Conv1D<float>(1, 3, 2, {.padding = Padding::same})));
}

TEST_CASE("conv1d: static and run-time extents give the same bits") {
  Conv1D<float, 3, 17, 4> fixed{{.padding = Padding::same}};
  Conv1D<float> free(3, 17, 4, {.padding = Padding::same});
  Rng a(5), b(5);
  fixed.init(a);
  free.init(b);
  const std::vector<float> x = weir_test::normal_values(3 * 9 * 2, 4);
  std::vector<float> y1(17 * 9 * 2), y2(17 * 9 * 2);
  Conv1D<float, 3, 17, 4>::Cache cache1;
  Conv1D<float>::Cache cache2;
  cache1.prepare(fixed, Shape{3, 9}, 2, false);
  cache2.prepare(free, Shape{3, 9}, 2, false);
  fixed.forward({x.data(), Shape{3, 9}, 2}, {y1.data(), Shape{17, 9}, 2}, cache1, {});
  free.forward({x.data(), Shape{3, 9}, 2}, {y2.data(), Shape{17, 9}, 2}, cache2, {});
  CHECK(y1 == y2);
  CHECK(std::any_of(y1.begin(), y1.end(), [](float v) { return v != 0.0F; }));
}

TEST_CASE("conv1d: shapes") {
  const Conv1D<float> layer(4, 6, 3, {.stride = 2, .groups = 2});
  CHECK(layer.out_shape(Shape{4, 9}) == Shape{6, 4});
  CHECK_THROWS_AS(static_cast<void>(layer.out_shape(Shape{5, 9})), ShapeError);
  CHECK_THROWS_AS(static_cast<void>(layer.out_shape(Shape{4, 2})), ShapeError);
  CHECK(parameter_count(layer) == 6 * 2 * 3 + 6);
  CHECK(layer.flops(Shape{4, 9}) == 2 * 6 * 2 * 3 * 4);
  CHECK_THROWS_AS(Conv1D<float>(4, 6, 3, {.groups = 4}), ConfigError);
  CHECK_THROWS_AS(Conv1D<float>(4, 6, 3, {.groups = 0}), ConfigError);
  CHECK_THROWS_AS(Conv1D<float>(5, 6, 3, {.groups = 2}), ConfigError);
  CHECK_THROWS_AS(Conv1D<float>(4, 6, 3, {.stride = 0}), ConfigError);
  CHECK_THROWS_AS(Conv1D<float>(4, 6, 0), ConfigError);
  CHECK_THROWS_AS(Conv1D<float>(4, 6, 3, {.padding = Padding::sides, .pad_left = -1}), ConfigError);
}

TEST_CASE("conv1d: options survive the way through a Config") {
  each_window([&](Conv1DOptions options) {
    options.groups = 2;
    options.bias = options.stride == 1;
    options.initializer = Initializer::he_normal;
    const Conv1D<float> layer(4, 6, 3, options);
    const Conv1D<float> copy = from_config<Conv1D<float>>(config_of(layer), Shape{4, 30}).value();
    CHECK(config_of(copy) == config_of(layer));
    CHECK(copy.weight.extents() == layer.weight.extents());
    CHECK(detail::values_needed<Conv1D<float>>(config_of(layer), Shape{4, 30}) ==
          6 * 2 * 3 + (options.bias ? 6 : 0));
  });
  const auto bad = [](Config config, Shape input = {4, 30}) {
    return !from_config<Conv1D<float>>(config, input).ok();
  };
  const auto n = [](int value) { return ConfigValue(static_cast<std::int64_t>(value)); };
  CHECK_FALSE(bad({{"filters", n(6)}, {"kernel", n(3)}}));
  CHECK_FALSE(bad({{"filters", n(6)}, {"kernel", n(3)}, {"pad_left", n(2)}}));  // means explicit
  CHECK(bad({{"filters", n(6)}}));
  CHECK(bad({{"kernel", n(3)}}));
  CHECK(bad({{"filters", n(6)}, {"kernel", n(0)}}));
  CHECK(bad({{"filters", n(6)}, {"kernel", n(31)}}));  // longer than the samples
  CHECK(bad({{"filters", n(6)}, {"kernel", n(3)}, {"padding", std::string("full")}}));
  CHECK(bad({{"filters", n(6)}, {"kernel", n(3)}, {"padding", std::string("same")}, {"pad_left", n(1)}}));
  CHECK(bad({{"filters", n(6)}, {"kernel", n(3)}, {"groups", n(4)}}));
  CHECK(bad({{"filters", n(6)}, {"kernel", n(3)}, {"groups", n(3)}}));
  CHECK(bad({{"filters", n(6)}, {"kernel", n(3)}, {"colour", true}}));
  CHECK(bad(
      {{"filters", n(6)}, {"kernel", n(3)}, {"dilation", n(1 << 20)}, {"padding", std::string("causal")}}));
  CHECK(detail::values_needed<Conv1D<float>>({{"filters", true}}, Shape{4, 30}) == 0.0);
  CHECK(detail::values_needed<Conv1D<float>>(
            {{"filters", n(1 << 24)}, {"kernel", n(1 << 14)}, {"padding", std::string("same")}},
            Shape{4, 30}) > 1e12);
  CHECK_FALSE(
      from_config<Conv1D<float>>({{"filters", n(1 << 24)}, {"kernel", n(1 << 24)}}, Shape{4, 30}).ok());
}
