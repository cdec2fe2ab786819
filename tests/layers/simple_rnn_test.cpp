#include <weir/layers/recurrent/simple_rnn.hpp>

#include "check_gradients.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <vector>

using namespace weir;
using weir_test::check_gradients;

TEST_CASE("simple_rnn: gradients of all options, full and mixed lengths") {
  using A = RecurrentActivation;
  for (const Returns returns : {Returns::last, Returns::sequence, Returns::state}) {
    for (const A activation : {A::tanh, A::relu, A::sigmoid, A::identity}) {
      for (const Index outputs : {0, 2, 11}) {
        for (const Feedback feedback : {Feedback::state, Feedback::output}) {
          if (outputs == 0 && feedback == Feedback::output) continue;
          const bool other = (static_cast<int>(activation) + outputs) % 2 == 0;
          INFO("returns ", std::string(name_of(returns)), ", activation ", std::string(name_of(activation)),
               ", outputs ", outputs, ", feedback ", std::string(name_of(feedback)), ", other ", other);
          const auto layer = [&](Index in, Index units) {
            return SimpleRnn<double>(in, units,
                                     {.returns = returns,
                                      .activation = activation,
                                      .outputs = outputs,
                                      .output_activation = other ? A::sigmoid : A::tanh,
                                      .feedback = feedback,
                                      .recurrent_dropout = other ? 0.4 : 0.0,
                                      .learned_state = activation == A::sigmoid || activation == A::tanh,
                                      .reverse = other});
          };
          check_gradients(layer(3, 5), {3, 4}, {.count = 4, .lengths = {2, 4, 0, 1}, .entries = 25});
          check_gradients(layer(2, 9), {2, 3}, {.count = 3, .entries = 25});
        }
      }
    }
  }
  check_gradients(SimpleRnn<double, 4, 3>{}, {4, 3}, {.training = false});
}

TEST_CASE("simple_rnn: the article's network by hand") {
  // h_t = tanh(2 x_t + 0.5 h_{t-1} + 0.1), y_t = 3 h_t - 1; with Jordan's feedback 0.5 y_{t-1}.
  for (const Feedback feedback : {Feedback::state, Feedback::output}) {
    SimpleRnn<double> layer(1, 1, {.returns = Returns::sequence, .outputs = 1, .feedback = feedback});
    layer.weight[0] = 2.0;
    layer.recurrent_weight[0] = 0.5;
    layer.bias[0] = 0.1;
    layer.output_weight[0] = 3.0;
    layer.output_bias[0] = -1.0;
    const std::vector<double> x{0.3, -0.2, 0.1};
    std::vector<double> y(3);
    SimpleRnn<double>::Cache cache;
    cache.prepare(layer, {1, 3}, 1, false);
    layer.forward({x.data(), {1, 3}, 1}, {y.data(), {1, 3}, 1}, cache, {});
    double carried = 0.0;
    for (std::size_t t = 0; t < 3; ++t) {
      const double h = std::tanh(2.0 * x[t] + 0.5 * carried + 0.1);
      const double expected = 3.0 * h - 1.0;
      CHECK(y[t] == doctest::Approx(expected).epsilon(1e-14));
      carried = feedback == Feedback::state ? h : expected;
    }
  }
}

TEST_CASE("simple_rnn: shapes and parameters") {
  const auto shape = [](SimpleRnnOptions options) {
    return SimpleRnn<float>(8, 6, options).out_shape({8, 5});
  };
  CHECK(shape({}) == Shape{6, 1});
  CHECK(shape({.returns = Returns::sequence, .outputs = 2}) == Shape{2, 5});
  CHECK(shape({.returns = Returns::state, .outputs = 2}) == Shape{6, 1});
  CHECK(shape({.returns = Returns::state, .outputs = 2, .feedback = Feedback::output}) == Shape{2, 1});
  CHECK(parameter_count(SimpleRnn<float>(8, 6)) == 6 * (8 + 6 + 1));
  CHECK(parameter_count(SimpleRnn<float>(8, 6, {.outputs = 2})) == 6 * (8 + 6 + 1) + 2 * 7);
  CHECK(parameter_count(SimpleRnn<float>(8, 6, {.outputs = 2, .feedback = Feedback::output})) ==
        6 * (8 + 2 + 1) + 2 * 7);
  CHECK_THROWS_AS(SimpleRnn<float>(8, 6, {.feedback = Feedback::output}), ConfigError);
}

TEST_CASE("simple_rnn: options survive the way through a Config") {
  const SimpleRnnOptions all{.returns = Returns::sequence,
                             .activation = RecurrentActivation::relu,
                             .outputs = 5,
                             .output_activation = RecurrentActivation::sigmoid,
                             .feedback = Feedback::output,
                             .recurrent_dropout = 0.25,
                             .learned_state = true,
                             .truncate = 20,
                             .reverse = true};
  for (const SimpleRnnOptions& options : {SimpleRnnOptions{}, all}) {
    const SimpleRnn<float> layer(4, 3, options);
    const SimpleRnn<float> copy = from_config<SimpleRnn<float>>(config_of(layer), {4, 9}).value();
    CHECK(config_of(copy) == config_of(layer));
    CHECK(copy.recurrent() == layer.recurrent());
    CHECK(copy.options.activation == options.activation);
    CHECK(copy.options.output_activation == options.output_activation);
    CHECK(detail::values_needed<SimpleRnn<float>>(config_of(layer), {4, 9}) >=
          static_cast<double>(parameter_count(layer)));
  }
  using C = Config;
  const auto good = [](const C& config) { return from_config<SimpleRnn<float>>(config, {4, 1}).ok(); };
  CHECK(good(C{{"units", std::int64_t{3}}}));
  CHECK_FALSE(good(C{}));
  CHECK_FALSE(good(C{{"units", std::int64_t{3}}, {"activation", std::string("gelu")}}));
  CHECK_FALSE(good(C{{"units", std::int64_t{3}}, {"feedback", std::string("output")}}));
  CHECK_FALSE(good(C{{"units", std::int64_t{3}}, {"feedback", std::string("neither")}}));
}
