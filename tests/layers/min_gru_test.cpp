#include <weir/layers/recurrent/min_gru.hpp>

#include "along_time.hpp"
#include "check_gradients.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <vector>

using namespace weir;
using weir_test::check_gradients;

namespace {

std::vector<double> run(const MinGru<double>& layer, const std::vector<double>& x, Shape input, Index used) {
  const Shape output = layer.out_shape(input);
  const Index given = layer.out_length(used);
  std::vector<double> y(static_cast<std::size_t>(output.size()), 42.0);
  MinGru<double>::Cache cache;
  cache.prepare(layer, input, 1, false);
  layer.forward({x.data(), input, 1, {&used, 1}}, {y.data(), output, 1, {&given, 1}}, cache, {});
  return y;
}

}  // namespace

TEST_CASE("min_gru: by hand") {
  // One unit, one channel: z = sigmoid(2 x), c = 3 x + 1.
  MinGru<double> layer(1, 1, {.returns = Returns::sequence});
  layer.weight(0, 0) = 2.0;
  layer.weight(1, 0) = 3.0;
  layer.bias[1] = 1.0;
  const std::vector<double> x{0.0, 1.0, -1.0};
  const auto sigmoid = [](double v) { return 1.0 / (1.0 + std::exp(-v)); };
  const double first = 0.5 * 1.0, second = first + sigmoid(2.0) * (4.0 - first),
               third = second + sigmoid(-2.0) * (-2.0 - second);
  const std::vector<double> y = run(layer, x, {1, 3}, 3);
  CHECK(y[0] == doctest::Approx(first).epsilon(1e-14));
  CHECK(y[1] == doctest::Approx(second).epsilon(1e-14));
  CHECK(y[2] == doctest::Approx(third).epsilon(1e-14));

  layer.options.returns = Returns::last;
  CHECK(run(layer, x, {1, 3}, 3)[0] == y[2]);
  CHECK(run(layer, x, {1, 3}, 2)[0] == y[1]);
  CHECK(run(layer, x, {1, 3}, 0)[0] == 0.0);

  layer.options.reverse = true;  // the same steps from the last used one to the first
  const std::vector<double> turned{1.0, 0.0, 99.0};
  CHECK(run(layer, turned, {1, 3}, 2)[0] == y[1]);
  layer.options.returns = Returns::sequence;
  CHECK(run(layer, turned, {1, 3}, 2) == std::vector<double>{y[1], y[0], 0.0});

  layer.options = {.learned_state = true};
  layer.initial_state[0] = 10.0;
  CHECK(run(layer, {0.0}, {1, 1}, 1)[0] == doctest::Approx(0.5 * 10.0 + 0.5 * 1.0).epsilon(1e-14));
}

TEST_CASE("min_gru: gradients of all options, full and mixed lengths") {
  for (const Returns returns : {Returns::last, Returns::sequence, Returns::state}) {
    for (const bool learned : {false, true}) {
      for (const bool reverse : {false, true}) {
        INFO("returns ", std::string(name_of(returns)), ", learned ", learned, ", reverse ", reverse);
        const auto layer = [&](Index in, Index units) {
          return MinGru<double>(in, units,
                                {.returns = returns, .learned_state = learned, .reverse = reverse});
        };
        check_gradients(layer(3, 5), {3, 4}, {.count = 4, .lengths = {2, 4, 0, 1}, .entries = 25});
        check_gradients(layer(2, 9), {2, 7}, {.count = 3, .entries = 25});
      }
    }
  }
  check_gradients(MinGru<double, 4, 3>{}, {4, 3}, {.training = false});
  check_gradients(MinGru<double>(70, 20), {70, 1}, {.count = 5, .entries = 15});
}

TEST_CASE("min_gru: padding and neighbours change nothing; step by step is the whole sequence, to the bit") {
  for (const Index units : {1, 3, 8, 20}) {
    for (const Returns returns : {Returns::last, Returns::sequence}) {
      const MinGru<float> layer(3, units, {.returns = returns, .learned_state = units == 3});
      weir_test::check_own_lengths(layer, {3, 12}, {12, 0, 7, 1, 4, 11});
      weir_test::check_step_by_step(layer, {3, 17});
    }
  }
  weir_test::check_own_lengths(MinGru<float>(3, 9, {.returns = Returns::sequence, .reverse = true}), {3, 12},
                               {12, 0, 7, 1});
  CHECK_FALSE(streams(MinGru<float>(2, 2, {.reverse = true})));
}

TEST_CASE("min_gru: shapes, parameters, options") {
  const MinGru<float> layer(8, 64);
  CHECK(layer.out_shape({8, 30}) == Shape{64, 1});
  CHECK(MinGru<float>(8, 64, {.returns = Returns::sequence}).out_shape({8, 30}) == Shape{64, 30});
  CHECK_THROWS_AS(static_cast<void>(layer.out_shape({7, 30})), ShapeError);
  CHECK(parameter_count(layer) == 2 * 64 * (8 + 1));
  CHECK(parameter_count(MinGru<float>(8, 64, {.learned_state = true})) == 2 * 64 * (8 + 1) + 64);
  CHECK(layer.flops({8, 30}) == 2 * 2 * 64 * 8 * 30);
  CHECK(layer.state_size({8, 30}) == 64);
  for (const MinGruOptions& options :
       {MinGruOptions{},
        MinGruOptions{.returns = Returns::sequence, .learned_state = true, .reverse = true}}) {
    const MinGru<float> made(4, 3, options);
    const MinGru<float> copy = from_config<MinGru<float>>(config_of(made), {4, 9}).value();
    CHECK(config_of(copy) == config_of(made));
    CHECK(detail::values_needed<MinGru<float>>(config_of(made), {4, 9}) >=
          static_cast<double>(parameter_count(made)));
  }
  using C = Config;
  CHECK_FALSE(from_config<MinGru<float>>(C{}, {4, 1}).ok());
  CHECK_FALSE(
      from_config<MinGru<float>>(C{{"units", std::int64_t{3}}, {"truncate", std::int64_t{2}}}, {4, 1}).ok());
}
