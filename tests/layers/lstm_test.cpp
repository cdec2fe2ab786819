#include <weir/layers/recurrent/lstm.hpp>

#include "check_gradients.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace weir;
using weir_test::check_gradients;

TEST_CASE("lstm: gradients of all options, full and mixed lengths") {
  for (const Returns returns : {Returns::last, Returns::sequence, Returns::state}) {
    for (const bool peephole : {false, true}) {
      for (const bool learned : {false, true}) {
        for (const bool reverse : {false, true}) {
          for (const double dropout : {0.0, 0.4}) {
            INFO("returns ", std::string(name_of(returns)), ", peephole ", peephole, ", learned ", learned,
                 ", reverse ", reverse, ", dropout ", dropout);
            const auto layer = [&](Index in, Index units) {
              return Lstm<double>(in, units,
                                  {.returns = returns,
                                   .recurrent_dropout = dropout,
                                   .learned_state = learned,
                                   .reverse = reverse,
                                   .peephole = peephole});
            };
            check_gradients(layer(3, 5), {3, 4}, {.count = 4, .lengths = {2, 4, 0, 1}, .entries = 25});
            check_gradients(layer(2, 9), {2, 3}, {.count = 3, .entries = 25});
          }
        }
      }
    }
  }
  check_gradients(Lstm<double, 4, 3>{}, {4, 3}, {.training = false});
  check_gradients(Lstm<double>(70, 20), {70, 1}, {.count = 5, .entries = 15});
}

TEST_CASE("lstm: shapes, parameters, flops") {
  const Lstm<float> layer(8, 64);
  CHECK(layer.out_shape({8, 30}) == Shape{64, 1});
  CHECK(Lstm<float>(8, 64, {.returns = Returns::sequence}).out_shape({8, 30}) == Shape{64, 30});
  CHECK(Lstm<float>(8, 64, {.returns = Returns::state}).out_shape({8, 30}) == Shape{128, 1});
  CHECK_THROWS_AS(static_cast<void>(layer.out_shape({7, 30})), ShapeError);
  CHECK(layer.out_length(0) == 1);
  CHECK(parameter_count(layer) == 4 * 64 * (8 + 64 + 1));
  CHECK(parameter_count(Lstm<float>(8, 64, {.learned_state = true, .peephole = true})) ==
        4 * 64 * (8 + 64 + 1) + 5 * 64);
  CHECK(layer.flops({8, 30}) == 2 * 4 * 64 * 72 * 30);
  CHECK(layer.state_size({8, 30}) == 128);
  CHECK_THROWS_AS(Lstm<float>(2, 2, {.recurrent_dropout = 1.0}), ConfigError);
  CHECK_THROWS_AS(Lstm<float>(2, 2, {.truncate = -1}), ConfigError);
}

TEST_CASE("lstm: the forget gate starts open") {
  Lstm<float> layer(2, 3, {.forget_bias = 1.5});
  layer.bias.fill(7.0F);
  Rng rng(1);
  layer.init(rng);
  const std::vector<float> bias(layer.bias.span().begin(), layer.bias.span().end());
  CHECK(bias == std::vector<float>{0, 0, 0, 1.5F, 1.5F, 1.5F, 0, 0, 0, 0, 0, 0});
}

TEST_CASE("lstm: options survive the way through a Config") {
  const LstmOptions all{.returns = Returns::state,
                        .recurrent_dropout = 0.25,
                        .learned_state = true,
                        .truncate = 20,
                        .reverse = true,
                        .peephole = true,
                        .forget_bias = 0.5};
  for (const LstmOptions& options : {LstmOptions{}, all}) {
    const Lstm<float> layer(4, 3, options);
    const Lstm<float> copy = from_config<Lstm<float>>(config_of(layer), {4, 9}).value();
    CHECK(config_of(copy) == config_of(layer));
    CHECK(copy.in() == 4);
    CHECK(copy.options.truncate == options.truncate);
    CHECK(copy.options.peephole == options.peephole);
    CHECK(copy.options.returns == options.returns);
    CHECK(detail::values_needed<Lstm<float>>(config_of(layer), {4, 9}) >=
          static_cast<double>(parameter_count(layer)));
  }
  using C = Config;
  CHECK(from_config<Lstm<float>>(C{{"units", std::int64_t{3}}}, {4, 1}).value().options.returns ==
        Returns::last);
  CHECK_FALSE(from_config<Lstm<float>>(C{}, {4, 1}).ok());
  CHECK_FALSE(from_config<Lstm<float>>(C{{"units", std::int64_t{0}}}, {4, 1}).ok());
  CHECK_FALSE(
      from_config<Lstm<float>>(C{{"units", std::int64_t{3}}, {"return", std::string("all")}}, {4, 1}).ok());
  CHECK_FALSE(from_config<Lstm<float>>(C{{"units", std::int64_t{3}}, {"reset_after", true}}, {4, 1}).ok());
  CHECK(detail::values_needed<Lstm<float>>(C{{"units", std::int64_t{1} << 20}}, {4, 1}) > 4e12);
  CHECK_FALSE(from_config<Lstm<float>>(C{{"units", std::int64_t{1} << 60}}, {4, 1}).ok());
  CHECK(detail::values_needed<Lstm<float>>(C{{"units", std::string("many")}}, {4, 1}) == 0.0);
}
