#include <weir/layers/dense/dense.hpp>

#include "check_gradients.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

using namespace weir;
using weir_test::check_gradients;
using weir_test::check_gradients_of_shapes;

TEST_CASE("dense: gradients, with and without bias, static and run-time extents") {
  for (const Index out : {1, 5, 18}) {
    check_gradients_of_shapes([&](Index in) { return Dense<double>(in, out); });
    check_gradients_of_shapes([&](Index in) { return Dense<double>(in, out, {.bias = false}); });
  }
  check_gradients(Dense<double, 7, 3>{}, Shape{7, 2});
  check_gradients(Dense<double, 7, 3>{DenseOptions{.bias = false}}, Shape{7, 1});
  check_gradients(Dense<double, dyn, 4>(6, 4), Shape{6, 2});
  check_gradients(Dense<double>(40, 70), Shape{40, 1}, {.count = 300, .entries = 30});  // more than one block
}

TEST_CASE("dense: static and run-time extents give the same bits") {
  Dense<float, 21, 19> fixed;
  Dense<float> free(21, 19);
  Rng a(5), b(5);
  fixed.init(a);
  free.init(b);
  std::vector<float> x(21 * 4), y1(19 * 4), y2(19 * 4);
  for (float& v : x) v = static_cast<float>(a.normal());
  NoCache cache;
  fixed.forward({x.data(), Shape{21}, 4}, {y1.data(), Shape{19}, 4}, cache, {});
  free.forward({x.data(), Shape{21}, 4}, {y2.data(), Shape{19}, 4}, cache, {});
  CHECK(y1 == y2);
  CHECK(std::any_of(y1.begin(), y1.end(), [](float v) { return v != 0.0F; }));
}

TEST_CASE("dense: shapes") {
  const Dense<float> layer(4, 3);
  CHECK(layer.out_shape(Shape{4, 7}) == Shape{3, 7});
  CHECK_THROWS_AS(static_cast<void>(layer.out_shape(Shape{5})), ShapeError);
  CHECK(layer.flops(Shape{4, 7}) == 2 * 3 * 4 * 7);
  CHECK(parameter_count(layer) == 15);
  CHECK(parameter_count(Dense<float>(4, 3, {.bias = false})) == 12);
}

TEST_CASE("dense: options survive the way through a Config") {
  for (const Initializer initializer :
       {Initializer::glorot_uniform, Initializer::glorot_normal, Initializer::he_uniform,
        Initializer::he_normal, Initializer::lecun_normal, Initializer::zeros}) {
    for (const bool bias : {false, true}) {
      const Dense<float> layer(4, 3, {.bias = bias, .initializer = initializer});
      const Dense<float> copy = from_config<Dense<float>>(config_of(layer), Shape{4}).value();
      CHECK(copy.in() == 4);
      CHECK(copy.out() == 3);
      CHECK(copy.options.bias == bias);
      CHECK(copy.options.initializer == initializer);
    }
  }
  using C = Config;
  CHECK_FALSE(from_config<Dense<float>>(C{}, Shape{4}).ok());
  CHECK_FALSE(from_config<Dense<float>>(C{{"units", std::int64_t{0}}}, Shape{4}).ok());
  CHECK_FALSE(
      from_config<Dense<float>>(C{{"units", std::int64_t{2}}, {"initializer", std::string("best")}}, Shape{4})
          .ok());
  CHECK_FALSE(from_config<Dense<float>>(C{{"units", std::int64_t{2}}, {"colour", true}}, Shape{4}).ok());
}

TEST_CASE("initializers: bounds, mean and variance") {
  const auto variance_of = [](Initializer initializer, double bound) {
    Dense<float> layer(300, 200, {.initializer = initializer});
    layer.bias.fill(3.0F);
    Rng rng(11);
    layer.init(rng);
    CHECK(layer.bias[0] == 0.0F);
    double sum = 0.0, squares = 0.0, largest = 0.0;
    for (const float w : layer.weight.span()) {
      sum += static_cast<double>(w);
      squares += static_cast<double>(w) * static_cast<double>(w);
      largest = std::max(largest, std::fabs(static_cast<double>(w)));
    }
    const double variance = squares / 60'000.0;
    CHECK(std::fabs(sum / 60'000.0) <= 4.0 * std::sqrt(variance / 60'000.0));
    CHECK(largest <= bound * (1.0 + 1e-6));
    CHECK(largest >= 0.99 * std::min(bound, 3.9 * std::sqrt(variance)));
    return variance;
  };
  const double none = 1e9;
  CHECK(variance_of(Initializer::glorot_uniform, std::sqrt(6.0 / 500)) ==
        doctest::Approx(2.0 / 500).epsilon(0.02));
  CHECK(variance_of(Initializer::glorot_normal, none) == doctest::Approx(2.0 / 500).epsilon(0.02));
  CHECK(variance_of(Initializer::he_uniform, std::sqrt(6.0 / 300)) ==
        doctest::Approx(2.0 / 300).epsilon(0.02));
  CHECK(variance_of(Initializer::he_normal, none) == doctest::Approx(2.0 / 300).epsilon(0.02));
  CHECK(variance_of(Initializer::lecun_normal, none) == doctest::Approx(1.0 / 300).epsilon(0.02));
  CHECK(variance_of(Initializer::zeros, 0.0) == 0.0);
}
