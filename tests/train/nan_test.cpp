// NaN is not above, below or equal to anything: nothing that ranks, picks or compares takes it for a number.
#include "toy_data.hpp"

#include <doctest/doctest.h>
#include <weir/layers/activations/relu.hpp>
#include <weir/layers/activations/sigmoid.hpp>
#include <weir/layers/activations/softmax.hpp>
#include <weir/layers/dense/dense.hpp>
#include <weir/layers/normalisation/batch_norm.hpp>
#include <weir/losses/binary_cross_entropy.hpp>
#include <weir/losses/categorical_cross_entropy.hpp>
#include <weir/losses/mean_squared_error.hpp>
#include <weir/models/sequential.hpp>
#include <weir/optimizers/adam.hpp>
#include <weir/optimizers/sgd.hpp>
#include <weir/train/fit.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

using namespace weir;

namespace {

constexpr float not_a_number = std::numeric_limits<float>::quiet_NaN();

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

template <class F>
std::string numeric_error(F run) {
  try {
    run();
  } catch (const NumericError& error) {
    return error.what();
  }
  return "no error";
}

template <class Net>
void drawn(Net& net) {
  Rng rng(1);
  net.init(rng);
}

template <class Net>
bool finite(const Net& net) {
  bool all = true;
  Net::visit(
      [&](Role, const ParamName&, auto p) {
        for (const float v : p.span()) all = all && std::isfinite(v);
      },
      net);
  return all;
}

template <class Net>
std::vector<float> running_variances(const Net& net) {
  std::vector<float> found;
  Net::visit(
      [&](Role role, const ParamName& name, auto p) {
        if (role == Role::buffer && std::string_view(name.leaf()) == "running_variance")
          found.insert(found.end(), p.span().begin(), p.span().end());
      },
      net);
  return found;
}

}  // namespace

TEST_CASE("areas and quantiles refuse NaN wherever it stands, and name it") {
  const std::vector<Label> labels{0, 1, 1, 0};
  for (std::size_t at = 0; at < 4; ++at) {
    std::vector<float> scores{0.1F, 0.9F, 0.8F, 0.3F};
    scores[at] = not_a_number;
    const std::string row = "the score of row " + std::to_string(at) + " is NaN";
    CHECK(
        has(numeric_error([&] { static_cast<void>(roc_auc(std::span<const float>(scores), labels)); }), row));
    CHECK(
        has(numeric_error([&] { static_cast<void>(pr_auc(std::span<const float>(scores), labels)); }), row));
    const std::vector<double> values(scores.begin(), scores.end());
    CHECK(has(numeric_error([&] { static_cast<void>(quantile(values, 0.5)); }), row));
  }
  const std::vector<float> infinite{-std::numeric_limits<float>::infinity(), 3.0F,
                                    std::numeric_limits<float>::infinity(), 1.0F};
  CHECK(roc_auc(std::span<const float>(infinite), labels) == 1.0);  // infinity has a rank
  CHECK_THROWS_AS(static_cast<void>(roc_auc(std::span<const float>(infinite).first(3), labels)), ShapeError);
  CHECK_THROWS_AS(static_cast<void>(quantile({1.0}, 1.5)), ConfigError);
  CHECK_THROWS_AS(static_cast<void>(quantile({1.0}, std::nan(""))), ConfigError);
}

TEST_CASE("a net of NaN weights has no accuracy") {
  const auto two = toy::classes(700, 8, 2, 1), three = toy::classes(700, 8, 3, 1);
  Sequential one_output{Dense{8, 1}, Sigmoid{}};
  Sequential softmax{Dense{8, 3}, Softmax{}};
  drawn(one_output);
  drawn(softmax);
  const auto poison = [](auto& net) { std::get<0>(net.layers).bias[0] = not_a_number; };
  poison(one_output);
  poison(softmax);
  ThreadPool threads(2);
  for (ThreadPool* pool : {static_cast<ThreadPool*>(nullptr), &threads}) {
    const std::string text =
        numeric_error([&] { static_cast<void>(evaluate(one_output, two, BinaryCrossEntropy{}, pool)); });
    CHECK(has(text, "answer to row 0 is NaN or infinite"));
    CHECK(has(text, "weights are not finite"));
    CHECK(has(
        numeric_error([&] { static_cast<void>(evaluate(softmax, three, CategoricalCrossEntropy{}, pool)); }),
        "row 0"));
  }
  CHECK_THROWS_AS(static_cast<void>(evaluate(one_output, two, BinaryCrossEntropy{}, nullptr, std::nan(""))),
                  ConfigError);
  // One row of the data is at fault: it is named.
  Sequential good{Dense{8, 3}};
  drawn(good);
  auto holed = three;
  holed.x(2, 513) = not_a_number;
  const std::string text =
      numeric_error([&] { static_cast<void>(evaluate(good, holed, CategoricalCrossEntropy{}, &threads)); });
  CHECK(has(text, "answer to row 513 is NaN"));
  CHECK(has(text, "in x"));
}

TEST_CASE("a training that diverges stops with the mend and finite weights") {
  const auto data = toy::line(300, 3, 1);
  auto large = data;
  for (float& v : large.x.span()) v *= 1e12F;
  Sequential net{Dense{3, 8}, Relu{}, Dense{8, 1}};
  const std::string text =
      numeric_error([&] { fit(net, large, MeanSquaredError{}, SGD{.learning_rate = 10.0}, {.epochs = 50}); });
  CHECK(has(text, "the training diverges: lower the learning rate, now 10, or set `clip_norm`"));
  CHECK(finite(net));

  // The gradients are finite, the step is not: the weights are those before the epoch.
  Sequential other{Dense{3, 1}};
  const std::string step = numeric_error([&] {
    fit(other, data, MeanSquaredError{}, SGD{.learning_rate = 1e300}, {.epochs = 1, .batch_size = 300});
  });
  CHECK(has(step, "the weights are not finite after epoch 1"));
  CHECK(finite(other));
}

TEST_CASE("NaN in a row, in targets, in weights and in held-back rows is told apart") {
  const FitOptions options{.epochs = 2, .batch_size = 64, .shuffle = false};
  auto data = toy::line(256, 3, 1);
  const auto clean = data;
  Sequential net{Dense{3, 1}};
  const auto train = [&](const Dataset<float>& rows) {
    return numeric_error([&] { fit(net, rows, MeanSquaredError{}, SGD{}, options); });
  };
  data.x(1, 100) = not_a_number;
  CHECK(has(train(data), "row 100 of these rows has NaN or infinity in x"));
  data = clean;
  data.targets(0, 200) = not_a_number;
  CHECK(has(train(data), "row 200 of these rows has NaN or infinity in targets"));
  std::get<0>(net.layers).weight[0] = not_a_number;
  CHECK(has(train(clean), "the net's weights are not finite"));

  auto held = toy::line(20, 3, 2);
  held.x(0, 5) = not_a_number;
  auto state = start_fit(Sequential{Dense{3, 1}}, Adam{}, 1);
  const std::string text =
      numeric_error([&] { continue_fit(state, clean, held, MeanSquaredError{}, Adam{}, options); });
  CHECK(has(text, "validation rows is not finite after epoch 1"));
  CHECK(has(text, "row 5 of these rows has NaN"));
}

TEST_CASE("a lone last row leaves the running variance alone, batches of one are refused") {
  const auto train = [](Index rows, Index batch) {
    Rng rng(5);
    Dataset<float> data;
    data.shape = {2};
    data.x = Matrix<float>(2, rows);
    for (float& v : data.x.span()) v = static_cast<float>(rng.normal());
    for (Index i = 0; i < rows; ++i) data.labels.push_back(data.x(0, i) > 0 ? 1 : 0);
    Sequential net{BatchNorm{2}, Dense{2, 1}, Sigmoid{}};
    fit(net, data, BinaryCrossEntropy{}, Adam{.learning_rate = 0.02},
        {.epochs = 100, .batch_size = batch, .seed = 1});
    return running_variances(net);
  };
  for (const Index rows : {64, 65, 66}) {
    for (const float variance : train(rows, 32)) CHECK(variance == doctest::Approx(1.1).epsilon(0.1));
  }
  CHECK_THROWS_AS(train(64, 1), ConfigError);
  CHECK_THROWS_AS(train(1, 32), ConfigError);
}

TEST_CASE("batch normalisation along time trains on batches of one sample") {
  Dataset<float> data;
  data.shape = {2, 6};
  data.x = Matrix<float>(12, 30);
  Rng rng(5);
  for (float& v : data.x.span()) v = static_cast<float>(rng.normal());
  data.lengths.assign(30, 6);
  data.lengths[0] = 1;  // one sample of one step among others
  for (Index i = 0; i < 30 * 6; ++i) data.labels.push_back(static_cast<Label>(i % 2));
  Sequential net{BatchNorm{2}, Dense{2, 1}};
  fit(net, data, BinaryCrossEntropy{}, Adam{}, {.epochs = 20, .batch_size = 1});
  for (const float variance : running_variances(net)) CHECK(variance == doctest::Approx(1.0).epsilon(0.5));
}
