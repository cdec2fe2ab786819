// Learning rates by trial.
#include <weir/losses/categorical_cross_entropy.hpp>
#include <weir/losses/mean_squared_error.hpp>
#include <weir/models/registry.hpp>
#include <weir/optimizers/adam.hpp>
#include <weir/optimizers/sgd.hpp>
#include <weir/train/find_learning_rate.hpp>

#include "toy_data.hpp"

#include <doctest/doctest.h>

#include <cmath>

using namespace weir;

TEST_CASE("find_learning_rate: rates grow by one factor, the loss falls and then grows") {
  const auto data = toy::classes(2'000, 6, 3, 1);
  const auto net = build<float>("dense:32,relu,dense:3", data.shape);
  const RateCurve curve = find_learning_rate(net, data, CategoricalCrossEntropy{}, Adam{},
                                             {.lowest = 1e-5, .highest = 100.0, .steps = 141});
  REQUIRE(curve.rates.size() > 60);
  CHECK(curve.rates.front() == doctest::Approx(1e-5));
  CHECK(curve.rates[20] / curve.rates[19] == doctest::Approx(std::pow(1e7, 1.0 / 140.0)));
  CHECK(curve.smoothed.front() == curve.losses.front());
  CHECK(curve.falls());
  CHECK(curve.smoothed.back() > 2.0 * curve.smoothed[curve.lowest()]);  // it ends where it has grown
  CHECK(curve.suggested() == curve.rates[curve.lowest()] / 10.0);
  CHECK(curve.suggested() > 1e-4);
  CHECK(curve.suggested() < 0.1);
}

TEST_CASE("find_learning_rate: what is suggested trains, a hundredth of it hardly does") {
  const auto data = toy::line(1'000, 4, 2);
  auto net = build<float>("dense:1", data.shape);
  const RateCurve curve =
      find_learning_rate(net, data, MeanSquaredError{}, SGD{.momentum = 0.0}, {.lowest = 1e-6});
  const auto loss_after = [&](double rate) {
    auto own = net;
    const History history = fit(own, data, MeanSquaredError{}, SGD{.learning_rate = rate, .momentum = 0.0},
                                {.epochs = 3, .batch_size = 32});
    return history.epochs.back().loss;
  };
  CHECK(loss_after(curve.suggested()) < 0.05);
  CHECK(loss_after(curve.suggested() / 100.0) > 5.0 * loss_after(curve.suggested()));
}

TEST_CASE("find_learning_rate: the same for any number of threads, and the net is left alone") {
  const auto data = toy::classes(500, 5, 2, 4);
  auto net = build<float>("dense:16,relu,dropout:0.2,dense:2", data.shape);
  Rng rng(3);
  net.init(rng);
  const auto before = net;
  ThreadPool pool(2);
  const RateFinderOptions one{.steps = 40, .batch_size = 200};
  RateFinderOptions two = one;
  two.pool = &pool;
  const auto a = find_learning_rate(net, data, CategoricalCrossEntropy{}, Adam{}, one);
  const auto b = find_learning_rate(net, data, CategoricalCrossEntropy{}, Adam{}, two);
  CHECK(a.losses == b.losses);
  std::size_t different = 0;
  AnyModel<float>::visit(
      [&](Role, const ParamName&, auto p, auto q) {
        for (Index i = 0; i < p.size(); ++i) different += p.data()[i] != q.data()[i] ? 1U : 0U;
      },
      net, before);
  CHECK(different == 0);
}

TEST_CASE("find_learning_rate: bounds and rows are checked") {
  const auto data = toy::line(50, 2, 5);
  const auto net = build<float>("dense:1", data.shape);
  const auto find = [&](RateFinderOptions options) {
    static_cast<void>(find_learning_rate(net, data, MeanSquaredError{}, Adam{}, options));
  };
  CHECK_THROWS_AS(find({.lowest = 1.0, .highest = 0.1}), ConfigError);
  CHECK_THROWS_AS(find({.steps = 3}), ConfigError);
  CHECK_NOTHROW(find({.batch_size = 500}));
}
