#include "toy_data.hpp"

#include <doctest/doctest.h>
#include <weir/layers/activations/relu.hpp>
#include <weir/layers/activations/sigmoid.hpp>
#include <weir/layers/activations/softmax.hpp>
#include <weir/layers/dense/dense.hpp>
#include <weir/layers/normalisation/batch_norm.hpp>
#include <weir/layers/regularisation/dropout.hpp>
#include <weir/losses/binary_cross_entropy.hpp>
#include <weir/losses/categorical_cross_entropy.hpp>
#include <weir/losses/mean_squared_error.hpp>
#include <weir/models/sequential.hpp>
#include <weir/optimizers/adam.hpp>
#include <weir/optimizers/sgd.hpp>
#include <weir/train/fit.hpp>
#include <weir/train/predict.hpp>

#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

using namespace weir;

namespace {

template <class Net>
std::vector<float> weights_of(const Net& net) {
  std::vector<float> all;
  Net::visit([&](Role, const ParamName&, auto p) { all.insert(all.end(), p.data(), p.data() + p.size()); },
             net);
  return all;
}

bool same_bits(const std::vector<float>& a, const std::vector<float>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

auto binary_net() { return Sequential{Dense{8, 16}, Relu{}, Dropout{0.2}, Dense{16, 1}, Sigmoid{}}; }

}  // namespace

TEST_CASE("A net learns two classes, and a final sigmoid makes no difference to its weights") {
  const auto data = toy::classes(2000, 8, 2, 1);
  const auto test = toy::classes(1000, 8, 2, 2);
  const FitOptions options{.epochs = 8, .batch_size = 50, .seed = 3};
  auto with_sigmoid = Sequential{Dense{8, 16}, Relu{}, Dense{16, 1}, Sigmoid{}};
  auto logits_only = Sequential{Dense{8, 16}, Relu{}, Dense{16, 1}};
  const History history = fit(with_sigmoid, data, BinaryCrossEntropy{}, Adam{.learning_rate = 0.01}, options);
  fit(logits_only, data, BinaryCrossEntropy{}, Adam{.learning_rate = 0.01}, options);
  CHECK(history.epochs.size() == 8);
  CHECK(history.epochs.back().loss < 0.7 * history.epochs.front().loss);
  CHECK(same_bits(weights_of(with_sigmoid), weights_of(logits_only)));

  const Evaluation evaluation = evaluate(with_sigmoid, test, BinaryCrossEntropy{});
  CHECK(evaluation.rows == 1000);
  CHECK(evaluation.accuracy() > 0.88);  // the classes overlap: about 0.92 can be had
  CHECK(evaluation.value("roc_auc") > 0.94);
  const Matrix<float> probabilities = predict(with_sigmoid, test.x);
  for (Index i = 0; i < 1000; ++i) CHECK((probabilities(0, i) >= 0.0F && probabilities(0, i) <= 1.0F));
}

TEST_CASE("Softmax and categorical cross-entropy learn three classes") {
  const auto data = toy::classes(3000, 9, 3, 1);
  auto net = Sequential{Dense{9, 24}, Relu{}, Dense{24, 3}, Softmax{}};
  fit(net, data, CategoricalCrossEntropy{}, Adam{.learning_rate = 0.01}, {.epochs = 8, .batch_size = 64});
  const Evaluation evaluation = evaluate(net, toy::classes(1000, 9, 3, 2), CategoricalCrossEntropy{});
  CHECK(evaluation.confusion.classes() == 3);
  CHECK(evaluation.accuracy() > 0.77);  // about 0.81 can be had: classes are sqrt(6) deviations apart
}

TEST_CASE("Regression reaches the noise") {
  const auto data = toy::line(2000, 4, 1);
  auto net = Sequential{Dense{4, 1}};
  fit(net, data, MeanSquaredError{}, Adam{.learning_rate = 0.02}, {.epochs = 40, .batch_size = 50});
  CHECK(evaluate(net, toy::line(500, 4, 2), MeanSquaredError{}).loss < 3e-4);  // noise: 1e-4
}

TEST_CASE("The same seed gives the same bits with 1, 2 and 3 threads, another seed others") {
  const auto data = toy::classes(1003, 8, 2, 1);
  const auto train = [&](ThreadPool* pool, std::uint64_t seed) {
    auto net = binary_net();
    fit(net, data, BinaryCrossEntropy{}, Adam{},
        {.epochs = 3, .batch_size = 300, .validation = 0.2, .seed = seed, .clip_norm = 0.5, .pool = pool});
    return weights_of(net);
  };
  ThreadPool two(2), three(3);
  const std::vector<float> alone = train(nullptr, 5);
  CHECK(same_bits(alone, train(&two, 5)));
  CHECK(same_bits(alone, train(&three, 5)));
  CHECK_FALSE(same_bits(alone, train(nullptr, 6)));
}

TEST_CASE("A pool may have more threads than a batch has parts") {
  const auto data = toy::classes(1003, 8, 2, 1);
  const auto train = [&](ThreadPool* pool) {
    auto net = binary_net();
    fit(net, data, BinaryCrossEntropy{}, Adam{},
        {.epochs = 5, .batch_size = 128, .validation = 0.5, .seed = 5, .pool = pool});
    return weights_of(net);
  };
  const std::vector<float> alone = train(nullptr);
  for (const Index threads : {3, 8}) {
    ThreadPool pool(threads);
    CHECK(same_bits(alone, train(&pool)));
  }
}

TEST_CASE("Batch normalisation sees whole batches, with any number of threads") {
  const auto data = toy::classes(700, 8, 2, 1);
  const auto train = [&](ThreadPool* pool) {
    auto net = Sequential{Dense{8, 12}, BatchNorm{12}, Relu{}, Dense{12, 1}};
    fit(net, data, BinaryCrossEntropy{}, SGD{.learning_rate = 0.1},
        {.epochs = 2, .batch_size = 200, .pool = pool});
    return weights_of(net);
  };
  ThreadPool two(2);
  CHECK(same_bits(train(nullptr), train(&two)));
}

TEST_CASE("Going on from a state gives the same bits as never stopping") {
  const auto data = toy::classes(500, 8, 2, 1);
  const auto held = toy::classes(200, 8, 2, 2);
  const SGD optimizer{.learning_rate = 0.05, .momentum = 0.9};
  FitOptions options{
      .epochs = 6, .batch_size = 64, .seed = 1, .schedule = StepSchedule{.every = 2, .factor = 0.5}};
  auto straight = start_fit(binary_net(), optimizer, options.seed);
  continue_fit(straight, data, held, BinaryCrossEntropy{}, optimizer, options);
  auto broken = start_fit(binary_net(), optimizer, options.seed);
  options.epochs = 2;
  continue_fit(broken, data, held, BinaryCrossEntropy{}, optimizer, options);
  CHECK_FALSE(same_bits(weights_of(straight.net), weights_of(broken.net)));
  options.epochs = 6;
  continue_fit(broken, data, held, BinaryCrossEntropy{}, optimizer, options);
  CHECK(same_bits(weights_of(straight.net), weights_of(broken.net)));
}

TEST_CASE("A loss that is not finite stops training, names the batch, and keeps the last good weights") {
  auto data = toy::classes(256, 8, 2, 1);
  data.x(3, 100) = std::numeric_limits<float>::quiet_NaN();
  auto net = binary_net();
  Rng rng(1);
  net.init(rng);
  auto expected = net;  // what the first batch makes of it
  fit(expected, data.subset(std::vector<Index>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}),
      BinaryCrossEntropy{}, SGD{}, {.epochs = 0});
  std::string message;
  try {
    fit(net, data, BinaryCrossEntropy{}, SGD{}, {.epochs = 1, .batch_size = 64, .shuffle = false});
  } catch (const NumericError& error) {
    message = error.what();
  }
  CHECK(message.find("epoch 1, batch 2 of 4") != std::string::npos);
  bool finite = true;
  for (const float w : weights_of(net)) finite = finite && std::isfinite(w);
  CHECK(finite);
  CHECK_FALSE(same_bits(weights_of(net), weights_of(expected)));  // batch 1 was trained on and is kept
}

TEST_CASE("Early stopping puts back the weights of the best epoch") {
  const auto data = toy::classes(60, 8, 2, 1);  // few rows: over-fits soon
  auto net = Sequential{Dense{8, 64}, Relu{}, Dense{64, 1}};
  const FitOptions options{
      .epochs = 200, .batch_size = 16, .validation = 0.3, .seed = 2, .early_stopping = {.patience = 5}};
  const History history = fit(net, data, BinaryCrossEntropy{}, Adam{.learning_rate = 0.02}, options);
  REQUIRE(history.stopped_early);
  REQUIRE(history.best_epoch > 0);
  CHECK(static_cast<Index>(history.epochs.size()) == history.best_epoch + 5);
  const auto split = split_rows(data, 0.3, 2);
  const double best = history.epochs[static_cast<std::size_t>(history.best_epoch - 1)].validation_loss;
  CHECK(evaluate(net, data.subset(split.validation), BinaryCrossEntropy{}).loss ==
        doctest::Approx(best).epsilon(1e-9));
}

TEST_CASE("Clipping bounds the step") {
  auto data = toy::line(64, 4, 1);
  for (float& t : data.targets.span()) t *= 1e4F;
  auto net = Sequential{Dense{4, 1}};
  Rng rng(1);
  net.init(rng);
  const std::vector<float> before = weights_of(net);
  fit(net, data, MeanSquaredError{}, SGD{.learning_rate = 1.0},
      {.epochs = 1, .batch_size = 64, .clip_norm = 0.25});
  const std::vector<float> after = weights_of(net);
  double squares = 0.0;
  for (std::size_t i = 0; i < before.size(); ++i)
    squares += std::pow(static_cast<double>(after[i] - before[i]), 2);
  CHECK(std::sqrt(squares) == doctest::Approx(0.25).epsilon(1e-4));
}

TEST_CASE("Class weights move the decision towards the heavy class") {
  const auto data = toy::classes(2000, 8, 2, 1);
  const auto recall_with = [&](std::vector<double> weights) {
    auto net = Sequential{Dense{8, 1}};
    fit(net, data, BinaryCrossEntropy{}, Adam{.learning_rate = 0.02},
        {.epochs = 5, .class_weights = weights});
    return evaluate(net, data, BinaryCrossEntropy{}).confusion.recall(1);
  };
  CHECK(recall_with({1.0, 8.0}) > recall_with({1.0, 1.0}) + 0.03);
  CHECK(recall_with({8.0, 1.0}) < recall_with({1.0, 1.0}) - 0.03);
}

TEST_CASE("What does not fit is refused before training") {
  const auto data = toy::classes(20, 8, 2, 1);
  auto net = Sequential{Dense{8, 1}};
  auto narrow = Sequential{Dense{7, 1}};
  auto two = Sequential{Dense{8, 2}};
  auto soft = Sequential{Dense{8, 2}, Softmax{}};
  CHECK_THROWS_AS(fit(narrow, data, BinaryCrossEntropy{}, SGD{}), ShapeError);
  CHECK_THROWS_AS(fit(two, data, BinaryCrossEntropy{}, SGD{}), ShapeError);
  CHECK_THROWS_AS(fit(soft, data, BinaryCrossEntropy{}, SGD{}), ConfigError);
  CHECK_THROWS_AS(fit(net, data, BinaryCrossEntropy{}, SGD{}, {.batch_size = 0}), ConfigError);
  CHECK_THROWS_AS(fit(net, data, BinaryCrossEntropy{}, SGD{}, {.validation = 1.0}), ConfigError);
  CHECK_THROWS_AS(fit(net, data, BinaryCrossEntropy{}, SGD{}, {.class_weights = {1.0}}), ConfigError);
  auto three_classes = data;
  three_classes.labels[0] = 2;
  CHECK_THROWS_AS(fit(net, three_classes, BinaryCrossEntropy{}, SGD{}), ShapeError);
  auto short_labels = data;
  short_labels.labels.pop_back();
  CHECK_THROWS_AS(fit(net, short_labels, BinaryCrossEntropy{}, SGD{}), ShapeError);
  CHECK_THROWS_AS(fit(net, Dataset<float>{}, MeanSquaredError{}, SGD{}), Error);
}

TEST_CASE("The validation split keeps classes' shares and loses no row") {
  auto data = toy::classes(1000, 2, 2, 1);
  for (std::size_t i = 0; i < 1000; ++i) data.labels[i] = i < 100 ? 1 : 0;
  const ValidationSplit split = split_rows(data, 0.2, 9);
  CHECK(split.validation.size() == 200);
  Index positives = 0;
  for (const Index row : split.validation) positives += data.labels[static_cast<std::size_t>(row)];
  CHECK(positives == 20);
  std::vector<int> seen(1000, 0);
  for (const Index row : split.training) ++seen[static_cast<std::size_t>(row)];
  for (const Index row : split.validation) ++seen[static_cast<std::size_t>(row)];
  CHECK(std::count(seen.begin(), seen.end(), 1) == 1000);
}

TEST_CASE("Predictions and losses do not depend on the number of threads") {
  const auto data = toy::classes(1111, 8, 2, 1);
  auto net = binary_net();
  Rng rng(4);
  net.init(rng);
  ThreadPool two(2);
  CHECK(predict(net, data.x) == predict(net, data.x, &two));
  CHECK(evaluate(net, data, BinaryCrossEntropy{}).loss ==
        evaluate(net, data, BinaryCrossEntropy{}, &two).loss);
}
