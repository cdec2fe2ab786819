#include <weir/models/supervised_autoencoder.hpp>

#include <weir/layers/activations/softmax.hpp>
#include <weir/layers/activations/tanh.hpp>
#include <weir/layers/convolution/conv1d.hpp>
#include <weir/layers/convolution/conv1d_transpose.hpp>
#include <weir/layers/dense/dense.hpp>
#include <weir/layers/dense/embedding.hpp>
#include <weir/layers/recurrent/final_states.hpp>
#include <weir/layers/recurrent/gru.hpp>
#include <weir/layers/recurrent/last_step.hpp>
#include <weir/layers/regularisation/dropout.hpp>
#include <weir/losses/categorical_cross_entropy.hpp>
#include <weir/models/sequence_autoencoder.hpp>
#include <weir/models/sequential.hpp>
#include <weir/models/workspace.hpp>
#include <weir/optimizers/adam.hpp>
#include <weir/train/fit.hpp>

#include <weir/models/registry.hpp>
#include "layers/along_time.hpp"
#include "layers/check_gradients.hpp"
#include "models/check_training_gradient.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

using namespace weir;
using D = Dense<double>;

namespace {

constexpr SupervisedAutoencoderOptions values{.weight = 0.7};
constexpr SupervisedAutoencoderOptions codes{.weight = 0.7, .target = ReconstructionOf::codes};

/// Sequences of 5 codes that follow one another in one of two orders: the classes.
Dataset<float> two_orders(Index rows) {
  Dataset<float> data;
  data.shape = Shape{1, 6};
  data.x = Matrix<float>(6, rows);
  Rng rng(3);
  for (Index i = 0; i < rows; ++i) {
    const bool up = rng.chance(0.5);
    const auto start = static_cast<Index>(rng.uniform(0.0, 5.0));
    for (Index t = 0; t < 6; ++t) data.x(t, i) = static_cast<float>((start + (up ? t : 4 * t)) % 5);
    data.labels.push_back(up ? 1 : 0);
  }
  return data;
}

}  // namespace

TEST_CASE("supervised autoencoder: gradients of the whole loss") {
  // The target is taken as constant, so derivatives by the input are left out where the input is the target.
  weir_test::check_training_gradient(
      Sequential{SupervisedAutoencoder{Sequential{D(5, 4), Tanh<double>{}}, D(4, 5), values}, D(4, 2)},
      Shape{5}, {}, false);
  const auto along_time =
      Sequential{SupervisedAutoencoder{Gru<double>(2, 4, {.returns = Returns::sequence}), D(4, 2), values},
                 LastStep<double>{}, D(4, 3)};
  weir_test::check_training_gradient(along_time, Shape{2, 4}, {}, false);
  weir_test::check_training_gradient(along_time, Shape{2, 4}, {4, 0, 1, 3}, false);
  // Too short a sample for the convolution gives nothing back.
  const auto shortened =
      Sequential{SupervisedAutoencoder{Conv1D<double>(2, 3, 3), Conv1DTranspose<double>(3, 2, 3), values},
                 LastStep<double>{}};
  weir_test::check_training_gradient(shortened, Shape{2, 5}, {5, 2, 0, 3}, false);
  const auto of_codes =
      Sequential{SupervisedAutoencoder{
                     Sequential{Embedding<double>(5, 3), Gru<double>(3, 4, {.returns = Returns::sequence})},
                     Sequential{D(4, 5), Softmax<double>{}}, codes},
                 LastStep<double>{}, D(4, 2)};
  weir_test::check_training_gradient(of_codes, Shape{1, 4}, {4, 1, 0, 2}, false);
  weir_test::check_training_gradient(
      Sequential{SupervisedAutoencoder{
          SupervisedAutoencoder{D(5, 4), Sequential{D(4, 5), Dropout<double>(0.3)}, values}, D(4, 5),
          values}},
      Shape{5}, {}, false);
}

TEST_CASE("supervised autoencoder: without training it is its encoder") {
  for (const bool training : {true, false}) {
    weir_test::check_gradients(SupervisedAutoencoder{D(5, 4), D(4, 5), values}, Shape{5, 3},
                               {.lengths = {3, 0, 2}, .training = training});
  }
  const SupervisedAutoencoder layer{Gru<float>(3, 4, {.returns = Returns::sequence}), Dense<float>(4, 3)};
  weir_test::check_own_lengths(layer, {3, 5}, {5, 2, 0, 4});
  weir_test::check_step_by_step(layer, {3, 9}, 1e-6F);
}

TEST_CASE("supervised autoencoder: the penalty by hand") {
  const auto penalty_of = [](const auto& layer, std::vector<double> x, Shape input, Index count,
                             std::span<const Index> lengths) {
    typename std::remove_cvref_t<decltype(layer)>::Cache cache;
    cache.prepare(layer, input, count, true);
    const Shape output = layer.out_shape(input);
    std::vector<double> y(static_cast<std::size_t>(output.size() * count));
    double penalty = 0.0;
    layer.forward({x.data(), input, count, lengths}, {y.data(), output, count, lengths}, cache,
                  {.training = true, .scale = 0.5, .penalty = &penalty});
    return penalty;
  };
  // The decoder gives (1, 2) at every step.
  SupervisedAutoencoder of_values{D(2, 3), D(3, 2), {.weight = 0.25}};
  of_values.decoder.bias[0] = 1.0;
  of_values.decoder.bias[1] = 2.0;
  const std::vector<Index> lengths{2, 1};
  const std::vector<double> x{1, 0, 4, 2, /**/ 2, 3, 99, 99};  // errors (0, 2), (-3, 0) and (-1, -1)
  CHECK(penalty_of(of_values, x, {2, 2}, 2, lengths) ==
        doctest::Approx(0.25 * ((4.0 / 2 + 9.0 / 2) / 2 + 2.0 / 2)));

  SupervisedAutoencoder of_codes{D(1, 3), D(3, 3), {.weight = 2.0, .target = ReconstructionOf::codes}};
  of_codes.decoder.bias[1] = std::log(2.0);             // probabilities 1/4, 2/4, 1/4
  const std::vector<double> x_codes{1, 0, /**/ 7, 99};  // 7 is no code and counts as 0
  CHECK(penalty_of(of_codes, x_codes, {1, 2}, 2, lengths) ==
        doctest::Approx(2.0 * ((std::log(2.0) + std::log(4.0)) / 2 + std::log(4.0))));
}

TEST_CASE("supervised autoencoder: learns classes and to give codes back") {
  const Dataset<float> data = two_orders(400);
  auto net = build<float>(
      "supervised_autoencoder[embedding:5:4,bidirectional[gru:8:return=sequence]|dense:5]:0.5:codes,"
      "final_states:8,dense:2,softmax",
      data.shape);
  const auto history =
      fit(net, data, CategoricalCrossEntropy{}, Adam{.learning_rate = 1e-2}, {.epochs = 20, .seed = 2});
  const double start = std::log(2.0) + 0.5 * std::log(5.0);
  CHECK(history.epochs.front().loss < 1.5 * start);
  CHECK(history.epochs.back().loss < 0.05 * start);
}

TEST_CASE("supervised autoencoder: as data") {
  const char* text = "supervised_autoencoder[dense:4|dense:6]:0.25";
  const auto net = build<float>(text, Shape{6});
  CHECK(parameter_count(net) == 6 * 4 + 4 + 4 * 6 + 6);
  CHECK(net.out_shape({6}) == Shape{4});
  const SupervisedAutoencoder same(Dense<float>(6, 4), Dense<float>(4, 6), {.weight = 0.25});
  CHECK(describe_layer(same) == describe(net)[0]);
  const auto refused = [](const char* layers, Shape input) {
    const auto made = try_build<float>(layers, input);
    REQUIRE_FALSE(made.ok());
    return made.error().what;
  };
  CHECK(refused("supervised_autoencoder[dense:4|dense:5]", {6}).find("give 6 back") != std::string::npos);
  CHECK(refused("supervised_autoencoder[dense:4|dense:9]:1:codes", {2, 3}).find("one channel") !=
        std::string::npos);
  CHECK(refused("supervised_autoencoder[dense:4]", {6}).find("decoder are expected") != std::string::npos);
  CHECK(refused("supervised_autoencoder[dense:4|dense:6]:1:words", {6}).find("values or codes") !=
        std::string::npos);
  CHECK(refused("supervised_autoencoder[dense:4|dense:6]:-1", {6}).find("weight") != std::string::npos);
  CHECK_THROWS_AS(static_cast<void>(SupervisedAutoencoder(D(6, 4), D(4, 6), {.weight = -1.0})), ConfigError);
  CHECK_THROWS_AS(static_cast<void>(same.out_shape({6, 2}).size() +
                                    SupervisedAutoencoder(D(6, 4), D(4, 5)).out_shape({6}).size()),
                  ShapeError);
}
