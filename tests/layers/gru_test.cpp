#include <weir/layers/recurrent/gru.hpp>

#include "check_gradients.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace weir;
using weir_test::check_gradients;

TEST_CASE("gru: gradients of all options, full and mixed lengths") {
  for (const Returns returns : {Returns::last, Returns::sequence, Returns::state}) {
    for (const bool reset_after : {false, true}) {
      for (const bool learned : {false, true}) {
        for (const bool reverse : {false, true}) {
          for (const double dropout : {0.0, 0.4}) {
            INFO("returns ", std::string(name_of(returns)), ", reset_after ", reset_after, ", learned ",
                 learned, ", reverse ", reverse, ", dropout ", dropout);
            const auto layer = [&](Index in, Index units) {
              return Gru<double>(in, units,
                                 {.returns = returns,
                                  .recurrent_dropout = dropout,
                                  .learned_state = learned,
                                  .reverse = reverse,
                                  .reset_after = reset_after});
            };
            check_gradients(layer(3, 5), {3, 4}, {.count = 4, .lengths = {2, 4, 0, 1}, .entries = 25});
            check_gradients(layer(2, 9), {2, 3}, {.count = 3, .entries = 25});
          }
        }
      }
    }
  }
  check_gradients(Gru<double, 4, 3>{}, {4, 3}, {.training = false});
  check_gradients(Gru<double>(70, 20), {70, 1}, {.count = 5, .entries = 15});
}

TEST_CASE("gru: shapes, parameters, flops") {
  const Gru<float> layer(8, 64);
  CHECK(layer.out_shape({8, 30}) == Shape{64, 1});
  CHECK(Gru<float>(8, 64, {.returns = Returns::sequence}).out_shape({8, 30}) == Shape{64, 30});
  CHECK(Gru<float>(8, 64, {.returns = Returns::state}).out_shape({8, 30}) == Shape{64, 1});
  CHECK_THROWS_AS(static_cast<void>(layer.out_shape({7, 30})), ShapeError);
  CHECK(parameter_count(layer) == 3 * 64 * (8 + 64 + 1) + 64);
  CHECK(parameter_count(Gru<float>(8, 64, {.learned_state = true, .reset_after = false})) ==
        3 * 64 * (8 + 64 + 1) + 64);
  CHECK(layer.flops({8, 30}) == 2 * 3 * 64 * 72 * 30);
  CHECK(layer.state_size({8, 30}) == 64);
}

TEST_CASE("gru: options survive the way through a Config") {
  const GruOptions all{.returns = Returns::sequence,
                       .recurrent_dropout = 0.25,
                       .learned_state = true,
                       .truncate = 20,
                       .reverse = true,
                       .reset_after = false};
  for (const GruOptions& options : {GruOptions{}, all}) {
    const Gru<float> layer(4, 3, options);
    const Gru<float> copy = from_config<Gru<float>>(config_of(layer), {4, 9}).value();
    CHECK(config_of(copy) == config_of(layer));
    CHECK(copy.options.reset_after == options.reset_after);
    CHECK(copy.options.learned_state == options.learned_state);
    CHECK(detail::values_needed<Gru<float>>(config_of(layer), {4, 9}) >=
          static_cast<double>(parameter_count(layer)));
  }
  using C = Config;
  CHECK_FALSE(from_config<Gru<float>>(C{}, {4, 1}).ok());
  CHECK_FALSE(
      from_config<Gru<float>>(C{{"units", std::int64_t{3}}, {"truncate", std::int64_t{-1}}}, {4, 1}).ok());
  CHECK_FALSE(from_config<Gru<float>>(C{{"units", std::int64_t{3}}, {"peephole", true}}, {4, 1}).ok());
}
