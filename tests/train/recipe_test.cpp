// What is chosen from the rows, and that it trains.
#include "toy_data.hpp"

#include <weir/layers/activations/relu.hpp>
#include <weir/layers/dense/dense.hpp>
#include <weir/layers/regularisation/dropout.hpp>
#include <weir/losses/categorical_cross_entropy.hpp>
#include <weir/models/sequential.hpp>
#include <weir/train/evaluate.hpp>
#include <weir/train/fit.hpp>
#include <weir/train/recipe.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <limits>
#include <string>

using namespace weir;

TEST_CASE("layers, batches and epochs follow from rows, shape and goal") {
  const Recipe middle = recipe_for(Goal::classify, 18'000, Shape{80});
  CHECK(middle.layers == "dense:256,relu,dropout:0.1,dense:256,relu,dropout:0.1,dense:128,relu");
  CHECK(middle.batch_size == 128);
  CHECK(middle.learning_rate == 0.002);
  const Index flops = 2 * (80 * 256 + 256 * 256 + 256 * 128 + 128 * 10);
  CHECK(middle.epochs(flops) == 107);  // 141 batches; 15,087 steps
  CHECK(middle.epochs(flops) * 141 >= 15'000);

  CHECK(recipe_for(Goal::classify, 999, Shape{9}).layers.rfind("dense:64,", 0) == 0);
  CHECK(recipe_for(Goal::classify, 1'000, Shape{9}).layers.rfind("dense:128,", 0) == 0);
  CHECK(recipe_for(Goal::classify, 4'000, Shape{9}).layers.rfind("dense:256,", 0) == 0);
  CHECK(recipe_for(Goal::classify, 200, Shape{9}).batch_size == 32);
  CHECK(recipe_for(Goal::classify, 2'000, Shape{9}).batch_size == 64);
  CHECK(recipe_for(Goal::regress, 9'000, Shape{3, 24}).layers ==
        "flatten,dense:256,relu,dense:256,relu,dense:128,relu");
  CHECK(recipe_for(Goal::reconstruct, 9'000, Shape{30}).layers ==
        "dense:256,relu,dense:32,relu,dense:256,relu");
  CHECK_THROWS_AS(static_cast<void>(recipe_for(Goal::classify, 0, Shape{3})), ConfigError);
}

TEST_CASE(
    "time grows with the rows alone beyond the wanted steps, and stays bounded for few and for costly") {
  const Index flops = 240'000;
  double before = 0.0;
  for (const Index rows : {200, 2'000, 20'000, 100'000, 500'000, 5'000'000}) {
    CAPTURE(rows);
    const Recipe recipe = recipe_for(Goal::classify, rows, Shape{80});
    const Index epochs = recipe.epochs(flops);
    CHECK(epochs >= 10);
    CHECK(epochs <= 400);
    const double operations = 3.0 * static_cast<double>(flops) * static_cast<double>(rows * epochs);
    CHECK(operations <= std::max(2e12, 10.0 * 3.0 * static_cast<double>(flops) * static_cast<double>(rows)));
    CHECK(operations >= before);
    before = operations;
  }
  CHECK(recipe_for(Goal::classify, 500'000, Shape{80}).epochs(flops) == 10);
  CHECK(recipe_for(Goal::classify, 20'000, Shape{784}).epochs(1'000'000'000) == 10);
  CHECK(recipe_for(Goal::classify, 1, Shape{1}).epochs(0) == 400);
  // Never beyond what fits an Index.
  CHECK(recipe_for(Goal::classify, 1'000'000'000, Shape{80}).epochs(flops) == 10);
}

TEST_CASE("losses near the lowest are as good, and the latest such weights are kept") {
  struct State {
    int net = 0, best = 0;
    double best_loss = std::numeric_limits<double>::infinity();
    Index waited = 0;
    History history{};
  } state;
  const EarlyStopping rule{.patience = 2, .tolerance = 0.1};
  bool stopped = false;
  const double losses[] = {1.0, 0.5, 0.54, 0.56, 0.53, 0.6, 0.7};
  for (int i = 0; i < 7; ++i) {
    CHECK_FALSE(stopped);
    state.net = i + 1;
    EpochReport report{.epoch = i + 1, .validation_loss = losses[i]};
    stopped = detail::judge(state, report, rule);
  }
  CHECK(stopped);
  CHECK(state.best_loss == 0.5);
  CHECK(state.best == 5);
  CHECK(state.history.best_epoch == 5);
}

TEST_CASE("the recipe trains a net, few rows do not take long, and the bits do not depend on threads") {
  const Dataset<float> data = toy::classes(300, 8, 3, 4), fresh = toy::classes(2'000, 8, 3, 5);
  const Recipe recipe = recipe_for(Goal::classify, data.rows(), data.shape);
  REQUIRE(recipe.layers == "dense:64,relu,dropout:0.1,dense:64,relu,dropout:0.1,dense:32,relu");
  const auto start = Sequential{Dense{8, 64}, Relu{},        Dropout{0.1}, Dense{64, 64}, Relu{},
                                Dropout{0.1}, Dense{64, 32}, Relu{},       Dense{32, 3}};
  auto net = start, other = start;
  FitOptions options = recipe.fit_options(net.flops(data.shape), 3);
  CHECK(options.epochs == 400);
  const CategoricalCrossEntropy loss;
  const History history = fit(net, data, loss, recipe.optimizer(), options);
  CHECK(history.epochs.size() < 400);  // learned by heart, and stopped for it
  const double accuracy = evaluate(net, fresh, loss).accuracy();
  MESSAGE(accuracy << " on fresh rows after " << history.epochs.size() << " epochs, weights of epoch "
                   << history.best_epoch);
  CHECK(accuracy > 0.75);
  ThreadPool pool(2);
  options.pool = &pool;
  fit(other, data, loss, recipe.optimizer(), options);
  bool same = true;
  decltype(net)::visit(
      [&](Role, const ParamName&, auto a, auto b) { same = same && std::ranges::equal(a.span(), b.span()); },
      net, other);
  CHECK(same);
}
