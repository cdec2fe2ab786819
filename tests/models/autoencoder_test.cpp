// The families of autoencoders: that their gradients are those of the loss with its penalties, and that
// training does what each of them is for.
#include <weir/models/autoencoder.hpp>

#include <weir/layers/activations/sigmoid.hpp>
#include <weir/layers/activations/tanh.hpp>
#include <weir/layers/autoencoder/contractive_dense.hpp>
#include <weir/layers/autoencoder/tied_autoencoder.hpp>
#include <weir/layers/autoencoder/variational.hpp>
#include <weir/layers/convolution/conv1d.hpp>
#include <weir/layers/dense/dense.hpp>
#include <weir/layers/pooling/max_pool1d.hpp>
#include <weir/layers/recurrent/gru.hpp>
#include <weir/layers/regularisation/gaussian_noise.hpp>
#include <weir/layers/regularisation/kl_sparsity.hpp>
#include <weir/layers/regularisation/l1_activity.hpp>
#include <weir/layers/regularisation/masking_noise.hpp>
#include <weir/layers/shape/repeat_vector.hpp>
#include <weir/layers/shape/up_sampling1d.hpp>
#include <weir/losses/mean_squared_error.hpp>
#include <weir/models/sequence_autoencoder.hpp>
#include <weir/models/sequential.hpp>
#include <weir/models/workspace.hpp>
#include <weir/optimizers/adam.hpp>
#include <weir/optimizers/sgd.hpp>
#include <weir/train/fit.hpp>
#include <weir/train/predict.hpp>
#include <weir/train/pretrain.hpp>

#include "layers/along_time.hpp"
#include "layers/check_gradients.hpp"
#include "models/check_training_gradient.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <utility>
#include <vector>

using namespace weir;
using weir_test::check_gradients;
using weir_test::check_training_gradient;

namespace {

/// Points on a curved surface of two dimensions in `features`, in (0, 1).
Dataset<float> surface(Index features, Index rows, std::uint64_t seed = 1) {
  Dataset<float> data;
  data.shape = Shape{features};
  data.x = Matrix<float>(features, rows);
  Rng rng(seed);
  for (Index i = 0; i < rows; ++i) {
    const double a = rng.uniform(-1.0, 1.0), b = rng.uniform(-1.0, 1.0);
    for (Index j = 0; j < features; ++j) {
      const double k = static_cast<double>(j);
      data.x(j, i) = static_cast<float>(0.5 + 0.4 * std::sin(a * (1.0 + 0.3 * k) + b * std::cos(k) + k));
    }
  }
  return data;
}

template <class Net>
double squared_error(const Net& net, const Dataset<float>& data) {
  const Matrix<float> y = predict(net, data.inputs());
  double sum = 0.0;
  for (Index i = 0; i < y.size(); ++i)
    sum += std::pow(static_cast<double>(y.data()[i] - data.x.data()[i]), 2);
  return sum / static_cast<double>(y.size());
}

/// What always giving the mean would cost.
double variance(const Dataset<float>& data) {
  double total = 0.0;
  for (Index j = 0; j < data.x.extents()[0]; ++j) {
    double sum = 0.0, squares = 0.0;
    for (Index i = 0; i < data.rows(); ++i) {
      sum += static_cast<double>(data.x(j, i));
      squares += std::pow(static_cast<double>(data.x(j, i)), 2);
    }
    const double mean = sum / static_cast<double>(data.rows());
    total += squares / static_cast<double>(data.rows()) - mean * mean;
  }
  return total / static_cast<double>(data.x.extents()[0]);
}

}  // namespace

TEST_CASE("autoencoder layers: gradients without penalties") {
  for (const CodeActivation f : {CodeActivation::sigmoid, CodeActivation::tanh, CodeActivation::identity}) {
    for (const CodeActivation g : {CodeActivation::sigmoid, CodeActivation::tanh, CodeActivation::relu}) {
      const TiedAutoencoder<double> layer(5, 3, {.encoder = f, .decoder = g});
      check_gradients(layer, Shape{5}, {.count = 4});
      check_gradients(layer, Shape{5, 3}, {.lengths = {3, 0, 2}, .entries = 30});
    }
  }
  check_gradients(TiedAutoencoder<double>(18, 33), Shape{18}, {.count = 3, .entries = 40});
  check_gradients(TiedAutoencoder<double, 4, 2>(4, 2), Shape{4});
  check_gradients(ContractiveDense<double>(5, 3), Shape{5, 2});
  check_gradients(ContractiveDense<double>(5, 17, {.activation = CodeActivation::tanh}), Shape{5});
  for (const bool training : {true, false}) {
    check_gradients(GaussianNoise<double>(0.3), Shape{5, 2}, {.training = training});
    check_gradients(MaskingNoise<double>(0.4), Shape{5, 2}, {.training = training});
    check_gradients(Variational<double>(0.3), Shape{6, 2}, {.lengths = {2, 0, 1}, .training = training});
    check_gradients(L1Activity<double>(0.3), Shape{5, 2}, {.training = training});
    check_gradients(KlSparsity<double>(0.1, 0.3), Shape{5, 2}, {.training = training});
  }
  check_gradients(RepeatVector<double>(4), Shape{3});
}

TEST_CASE("autoencoders: gradients of the loss with its penalties") {
  using D = Dense<double>;
  for (const std::vector<Index>& lengths : {std::vector<Index>{}, std::vector<Index>{3, 0, 1, 2}}) {
    const Index length = lengths.empty() ? 1 : 3;
    const Shape input{5, length};
    check_training_gradient(Sequential{D(5, 4), Sigmoid<double>{}, KlSparsity<double>(0.1, 0.7), D(4, 5)},
                            input, lengths);
    check_training_gradient(Sequential{D(5, 4), Tanh<double>{}, L1Activity<double>(0.3), D(4, 5)}, input,
                            lengths);
    check_training_gradient(Sequential{L1Activity<double>(0.3), D(5, 5)}, input, lengths);
    check_training_gradient(Sequential{D(5, 5), L1Activity<double>(0.3)}, input, lengths);
    check_training_gradient(Sequential{D(5, 5), Sigmoid<double>{}, KlSparsity<double>(0.2, 0.3)}, input,
                            lengths);
    check_training_gradient(Sequential{D(5, 6), Variational<double>(0.4), D(3, 5)}, input, lengths);
    for (const CodeActivation f : {CodeActivation::sigmoid, CodeActivation::tanh}) {
      check_training_gradient(
          Sequential{ContractiveDense<double>(5, 4, {.activation = f, .weight = 0.3}), D(4, 5)}, input,
          lengths);
      check_training_gradient(
          Sequential{D(5, 5), TiedAutoencoder<double>(5, 3, {.encoder = f, .contraction = 0.5})}, input,
          lengths);
    }
    check_training_gradient(
        Sequential{GaussianNoise<double>(0.2), MaskingNoise<double>(0.3), TiedAutoencoder<double>(5, 3)},
        input, lengths);
  }
  check_training_gradient(Sequential{D(20, 18), Sigmoid<double>{}, KlSparsity<double>(0.1, 0.7), D(18, 20)},
                          Shape{20});
}

TEST_CASE("contractive: the penalty is the squared norm of the encoder's Jacobian") {
  for (const CodeActivation f : {CodeActivation::sigmoid, CodeActivation::tanh}) {
    ContractiveDense<double> layer(3, 4, {.activation = f, .weight = 1.0});
    Rng rng(2);
    layer.init(rng);
    std::vector<double> x{0.3, -0.7, 1.1}, z(4);
    ContractiveDense<double>::Cache cache;
    cache.prepare(layer, Shape{3}, 1, true);
    double penalty = 0.0;
    layer.forward({x.data(), Shape{3}, 1}, {z.data(), Shape{4}, 1}, cache,
                  {.training = true, .penalty = &penalty});
    double norm = 0.0;
    for (double& v : x) {
      const double at = v, h = 1e-5;
      std::vector<double> above(4), below(4);
      v = at + h;
      layer.forward({x.data(), Shape{3}, 1}, {above.data(), Shape{4}, 1}, cache, {});
      v = at - h;
      layer.forward({x.data(), Shape{3}, 1}, {below.data(), Shape{4}, 1}, cache, {});
      v = at;
      for (std::size_t j = 0; j < 4; ++j) norm += std::pow((above[j] - below[j]) / (2.0 * h), 2);
    }
    CHECK(penalty == doctest::Approx(norm).epsilon(1e-8));
  }
}

TEST_CASE("tied: the decoder is the encoder's weight turned over") {
  TiedAutoencoder<double> layer(3, 2, {.decoder = CodeActivation::identity});
  for (Index i = 0; i < 6; ++i) layer.weight[i] = 0.1 * static_cast<double>(i + 1);
  layer.bias[1] = 0.5;
  layer.decoder_bias[2] = -1.0;
  const std::vector<double> x{1.0, -2.0, 3.0};
  std::vector<double> z(2), y(3), y2(3);
  layer.encode(1, x.data(), z.data());
  layer.decode(1, z.data(), y.data());
  for (Index j = 0; j < 2; ++j) {
    double h = layer.bias[j];
    for (Index k = 0; k < 3; ++k) h += layer.weight(j, k) * x[static_cast<std::size_t>(k)];
    CHECK(z[static_cast<std::size_t>(j)] == doctest::Approx(1.0 / (1.0 + std::exp(-h))));
  }
  for (Index k = 0; k < 3; ++k) {
    const double u = layer.weight(0, k) * z[0] + layer.weight(1, k) * z[1] + layer.decoder_bias[k];
    CHECK(y[static_cast<std::size_t>(k)] == doctest::Approx(u));
  }
  TiedAutoencoder<double>::Cache cache;
  cache.prepare(layer, Shape{3}, 1, false);
  layer.forward({x.data(), Shape{3}, 1}, {y2.data(), Shape{3}, 1}, cache, {});
  CHECK(y == y2);
  CHECK(parameter_count(layer) == 6 + 2 + 3);
}

TEST_CASE("fit reports the loss with its penalties, however the batch is cut") {
  Dataset<float> data = surface(6, 200);
  const auto loss_of = [&](double weight, Index batch) {
    Sequential net{Dense{6, 4}, Tanh{}, L1Activity{weight}, Dense{4, 6}};
    return fit(net, data, MeanSquaredError{}, SGD{.learning_rate = 0.0},
               {.epochs = 1, .batch_size = batch, .seed = 4})
        .epochs[0]
        .loss;
  };
  Sequential net{Dense{6, 4}, Tanh{}, L1Activity{0.0}, Dense{4, 6}};
  static_cast<void>(fit(net, data, MeanSquaredError{}, SGD{.learning_rate = 0.0}, {.epochs = 1, .seed = 4}));
  const Matrix<float> code = predict(first_layers<2>(net), data.x);
  double activity = 0.0;
  for (const float v : code.span()) activity += std::fabs(static_cast<double>(v));
  activity /= 200.0;
  for (const Index batch : {20, 200}) {
    CHECK(loss_of(0.0, batch) == doctest::Approx(squared_error(net, data)).epsilon(1e-5));
    CHECK(loss_of(0.25, batch) == doctest::Approx(squared_error(net, data) + 0.25 * activity).epsilon(1e-5));
  }
}

TEST_CASE("parts of an autoencoder are nets of their own") {
  const Dataset<float> data = surface(6, 50);
  Sequential net{Dense{6, 4}, Sigmoid{}, Dense{4, 6}, Sigmoid{}};
  Rng rng(1);
  net.init(rng);
  const Matrix<float> whole = predict(net, data.x);
  CHECK(predict(layers_from<2>(net), predict(first_layers<2>(net), data.x)) == whole);
  AnyModel<float> any;
  std::apply([&](const auto&... layer) { (any.layers.emplace_back(layer), ...); }, net.layers);
  CHECK(predict(layers_from(any, 2), predict(first_layers(any, 2), data.x)) == whole);
}

TEST_CASE("untied and tied autoencoders learn a surface of two dimensions") {
  const Dataset<float> data = surface(8, 600), unseen = surface(8, 300, 2);
  const FitOptions options{.epochs = 150, .batch_size = 30};
  Sequential untied{Dense{8, 16}, Tanh{}, Dense{16, 2}, Tanh{}, Dense{2, 16}, Tanh{}, Dense{16, 8}};
  static_cast<void>(fit(untied, data, MeanSquaredError{}, Adam{.learning_rate = 5e-3}, options));
  CHECK(squared_error(untied, unseen) < 0.15 * variance(unseen));
  TiedAutoencoder<float> tied(8, 4, {.decoder = CodeActivation::identity});
  static_cast<void>(fit(tied, data, MeanSquaredError{}, Adam{.learning_rate = 5e-3}, options));
  CHECK(squared_error(tied, unseen) < 0.1 * variance(unseen));
}

TEST_CASE("denoising: inputs with holes are mended; in inference there is no noise") {
  const Dataset<float> data = surface(8, 600);
  Dataset<float> holes = surface(8, 300, 2);
  const Dataset<float> unseen = holes;
  Rng rng(9);
  for (float& v : holes.x.span()) v = rng.chance(0.25) ? 0.0F : v;
  const auto error_with_holes = [&](double rate) {
    Sequential net{MaskingNoise{rate}, Dense{8, 32}, Tanh{}, Dense{32, 8}};
    static_cast<void>(fit(net, data, MeanSquaredError{}, Adam{.learning_rate = 5e-3}, {.epochs = 60}));
    const Matrix<float> y = predict(net, holes.x);
    CHECK(predict(net, holes.x) == y);
    double sum = 0.0;
    for (Index i = 0; i < y.size(); ++i) {
      sum += std::pow(static_cast<double>(y.data()[i] - unseen.x.data()[i]), 2);
    }
    return sum / static_cast<double>(y.size());
  };
  const double plain = error_with_holes(0.0), denoising = error_with_holes(0.25);
  CHECK(denoising < 0.5 * plain);
}

TEST_CASE("noise: shares and moments, and it belongs to the sample") {
  const Shape shape{100};
  std::vector<float> ones(100 * 200, 1.0F), y(ones.size()), part(100 * 50);
  const Pass pass{.training = true, .key = RngKey{2}};
  NoCache none;
  MaskingNoise<float>{0.3}.forward({ones.data(), shape, 200}, {y.data(), shape, 200}, none, pass);
  double zeros = 0.0;
  for (const float v : y) {
    CHECK((v == 0.0F || v == 1.0F));
    zeros += v == 0.0F ? 1.0 : 0.0;
  }
  CHECK(std::fabs(zeros / 20000.0 - 0.3) < 5.0 * std::sqrt(0.21 / 20000.0));
  GaussianNoise<float>{0.5}.forward({ones.data(), shape, 200}, {y.data(), shape, 200}, none, pass);
  double sum = 0.0, squares = 0.0;
  for (const float v : y) {
    sum += static_cast<double>(v) - 1.0;
    squares += std::pow(static_cast<double>(v) - 1.0, 2);
  }
  CHECK(std::fabs(sum / 20000.0) < 5.0 * 0.5 / std::sqrt(20000.0));
  CHECK(squares / 20000.0 == doctest::Approx(0.25).epsilon(0.05));
  Pass later = pass;
  later.first_sample = 150;
  GaussianNoise<float>{0.5}.forward({ones.data(), shape, 50}, {part.data(), shape, 50}, none, later);
  CHECK(std::equal(part.begin(), part.end(), y.begin() + 100 * 150));
}

TEST_CASE("sparse: mean activations come down to the rate; L1 makes activations small") {
  const Dataset<float> data = surface(8, 600);
  const auto mean_activation = [&](auto penalty, auto activation) {
    Sequential net{Dense{8, 12}, activation, penalty, Dense{12, 8}};
    static_cast<void>(
        fit(net, data, MeanSquaredError{}, Adam{.learning_rate = 5e-3}, {.epochs = 60, .batch_size = 60}));
    CHECK(squared_error(net, data) < 0.5 * variance(data));
    const Matrix<float> code = predict(first_layers<3>(net), data.x);
    double sum = 0.0;
    for (const float v : code.span()) sum += std::fabs(static_cast<double>(v));
    return sum / static_cast<double>(code.size());
  };
  CHECK(mean_activation(KlSparsity{0.1, 0.0}, Sigmoid{}) > 0.3);
  const double sparse = mean_activation(KlSparsity{0.1, 0.1}, Sigmoid{});
  CHECK(sparse > 0.06);
  CHECK(sparse < 0.16);
  CHECK(mean_activation(L1Activity{0.006}, Tanh{}) < 0.5 * mean_activation(L1Activity{0.0}, Tanh{}));
}

TEST_CASE("contractive: the code changes less with x") {
  const Dataset<float> data = surface(8, 600);
  const auto jacobian = [&](double weight) {
    TiedAutoencoder<float> net(8, 6, {.decoder = CodeActivation::identity, .contraction = weight});
    static_cast<void>(fit(net, data, MeanSquaredError{}, Adam{.learning_rate = 5e-3}, {.epochs = 40}));
    CHECK(squared_error(net, data) < 0.5 * variance(data));
    std::vector<float> z(6 * 600);
    net.encode(600, data.x.data(), z.data());
    std::vector<double> rows;
    return weir::detail::contraction<float>(CodeActivation::sigmoid, net.weight.view(),
                                            BatchView<const float>(z.data(), Shape{6}, 600), rows) /
           600.0;
  };
  CHECK(jacobian(0.06) < 0.5 * jacobian(0.0));
}

TEST_CASE("variational: codes become standard normal, the decoder makes new samples like the old ones") {
  const Dataset<float> data = surface(8, 800);
  const auto trained = [&](double beta) {
    Sequential net{Dense{8, 24}, Tanh{}, Dense{24, 4}, Variational{beta}, Dense{2, 24}, Tanh{}, Dense{24, 8}};
    static_cast<void>(fit(net, data, MeanSquaredError{}, Adam{.learning_rate = 5e-3}, {.epochs = 80}));
    return net;
  };
  const auto net = trained(3e-3);
  CHECK(squared_error(net, data) < 0.5 * variance(data));
  // Codes drawn as in training, over all samples: mean 0 and variance 1 in each direction.
  const Matrix<float> heads = predict(first_layers<3>(net), data.x);
  std::vector<float> codes(2 * 800);
  NoCache none;
  const Pass training{.training = true, .key = RngKey{3}};
  std::get<3>(net.layers)
      .forward({heads.data(), Shape{4}, 800}, {codes.data(), Shape{2}, 800}, none, training);
  for (std::size_t j = 0; j < 2; ++j) {
    double sum = 0.0, squares = 0.0;
    for (std::size_t i = 0; i < 800; ++i) {
      sum += static_cast<double>(codes[2 * i + j]);
      squares += std::pow(static_cast<double>(codes[2 * i + j]), 2);
    }
    CHECK(std::fabs(sum / 800.0) < 0.25);
    CHECK(squares / 800.0 == doctest::Approx(1.0).epsilon(0.35));
  }
  // In inference the code is the mean.
  std::vector<float> means(codes.size());
  std::get<3>(net.layers).forward({heads.data(), Shape{4}, 800}, {means.data(), Shape{2}, 800}, none, {});
  for (Index i = 0; i < 800; ++i) CHECK(means[static_cast<std::size_t>(2 * i)] == heads(0, i));
  // A larger beta costs reconstruction.
  CHECK(squared_error(trained(0.3), data) > 2.0 * squared_error(net, data));
  CHECK_THROWS_AS(static_cast<void>(Variational<float>{}.out_shape(Shape{3})), ShapeError);
}

TEST_CASE("convolutional: windows of waves") {
  Dataset<float> data;
  data.shape = Shape{1, 16};
  data.x = Matrix<float>(16, 400);
  Rng rng(2);
  for (Index i = 0; i < 400; ++i) {
    const double phase = rng.uniform(0.0, 6.28), pace = rng.uniform(0.3, 0.6);
    for (Index t = 0; t < 16; ++t)
      data.x(t, i) = static_cast<float>(std::sin(phase + pace * static_cast<double>(t)));
  }
  const Conv1DOptions same{.padding = Padding::same};
  Sequential net{Conv1D{1, 8, 3, same}, Tanh{}, MaxPool1D{2},
                 Conv1D{8, 2, 3, same}, Tanh{}, UpSampling1D{2},
                 Conv1D{2, 8, 3, same}, Tanh{}, Conv1D{8, 1, 3, same}};
  CHECK(net.out_shape(data.shape) == data.shape);
  static_cast<void>(fit(net, data, MeanSquaredError{}, Adam{.learning_rate = 5e-3}, {.epochs = 40}));
  CHECK(squared_error(net, data) < 0.1 * variance(data));
}

TEST_CASE("recurrent: sequences of unequal length through one code") {
  using Encoder = Gru<float>;
  const auto make = [](Index channels, Index units) {
    return SequenceAutoencoder{Encoder(channels, units),
                               Encoder(units, units, {.returns = Returns::sequence})};
  };
  {
    SequenceAutoencoder net{Gru<double>(3, 4), Gru<double>(4, 2, {.returns = Returns::sequence})};
    check_gradients(net, Shape{3, 4}, {.count = 3, .lengths = {4, 0, 2}, .entries = 20});
    check_training_gradient(net, Shape{3, 4}, {4, 1, 3});
    weir_test::check_own_lengths(make(3, 3), Shape{3, 6}, {6, 0, 1, 3, 5});
  }
  Dataset<float> data;
  data.shape = Shape{1, 10};
  data.x = Matrix<float>(10, 300);
  Rng rng(2);
  for (Index i = 0; i < 300; ++i) {
    data.lengths.push_back(4 + static_cast<Index>(rng.below(7)));
    const double slope = rng.uniform(-0.2, 0.2), start = rng.uniform(-0.5, 0.5);
    for (Index t = 0; t < data.lengths.back(); ++t) {
      data.x(t, i) = static_cast<float>(start + slope * static_cast<double>(t));
    }
    for (Index t = data.lengths.back(); t < 10; ++t) data.x(t, i) = 50.0F;  // padding: no loss may see it
  }
  Sequential net{make(1, 12), Dense{12, 1}};
  const History history =
      fit(net, data, MeanSquaredError{}, Adam{.learning_rate = 1e-2}, {.epochs = 40, .batch_size = 30});
  CHECK(history.epochs.back().loss < 0.05 * history.epochs.front().loss);
  CHECK(history.epochs.back().loss < 0.02);
}

TEST_CASE("repeat_vector: every step is the code") {
  Sequential net{RepeatVector<float>{3}};
  const std::vector<float> x{1, 2, 3, 4};
  Workspace ws(net, Shape{2}, 2);
  const auto y = ws.forward(net, {x.data(), Shape{2}, 2});
  CHECK(std::vector<float>(y.span().begin(), y.span().end()) ==
        std::vector<float>{1, 2, 1, 2, 1, 2, 3, 4, 3, 4, 3, 4});
  CHECK_THROWS_AS(static_cast<void>(net.out_shape(Shape{2, 2})), ShapeError);
}

TEST_CASE("pretrain: layer by layer, decoders mirrored, and a better start than none") {
  const Dataset<float> data = surface(8, 600);
  const auto fresh = [] {
    return Sequential{Dense{8, 6}, Sigmoid{}, Dense{6, 4}, Sigmoid{}, Dense{4, 6}, Sigmoid{}, Dense{6, 8}};
  };
  auto net = fresh();
  const PretrainOptions options{.fit = {.epochs = 40, .seed = 1}, .corruption = 0.05};
  const std::vector<History> histories = pretrain<4>(net, data, Adam{.learning_rate = 1e-2}, options);
  REQUIRE(histories.size() == 2);
  for (const History& history : histories) CHECK(history.epochs.back().loss < history.epochs[0].loss);

  // The first stage's encoder and decoder, put together, give the data back without the inner layers.
  const Sequential outer{std::get<0>(net.layers), Sigmoid{}, std::get<6>(net.layers)};
  CHECK(squared_error(outer, data) < 0.3 * variance(data));
  // The second stage's pair works on the first one's codes.
  Dataset<float> codes;
  codes.x = predict(first_layers<2>(net), data.x);
  codes.shape = Shape{6};
  const Sequential inner{std::get<2>(net.layers), Sigmoid{}, std::get<4>(net.layers)};
  CHECK(squared_error(inner, codes) < 0.5 * variance(codes));

  auto untrained = fresh();
  const FitOptions few{.epochs = 5, .seed = 1};
  static_cast<void>(fit(net, data, MeanSquaredError{}, Adam{}, few));
  static_cast<void>(fit(untrained, data, MeanSquaredError{}, Adam{}, few));
  CHECK(squared_error(net, data) < 0.7 * squared_error(untrained, data));
  auto again = fresh();
  static_cast<void>(pretrain<4>(again, data, Adam{.learning_rate = 1e-2}, options));
  static_cast<void>(fit(again, data, MeanSquaredError{}, Adam{}, few));
  CHECK(std::get<0>(again.layers).weight == std::get<0>(net.layers).weight);
}

TEST_CASE("autoencoder layers: options") {
  const auto same = [](const auto& layer, Shape input) {
    using L = std::remove_cvref_t<decltype(layer)>;
    const auto copy = from_config<L>(config_of(layer), input).value();
    CHECK(config_of(copy) == config_of(layer));
    if constexpr (requires { detail::values_needed<L>(config_of(layer), input); }) {
      CHECK(detail::values_needed<L>(config_of(layer), input) == static_cast<double>(parameter_count(layer)));
    }
  };
  same(TiedAutoencoder<float>(5, 3, {.encoder = CodeActivation::tanh, .contraction = 0.25}), Shape{5});
  same(ContractiveDense<float>(5, 3, {.activation = CodeActivation::tanh, .weight = 0.25}), Shape{5});
  same(GaussianNoise<float>{0.7}, Shape{5});
  same(MaskingNoise<float>{0.7}, Shape{5});
  same(L1Activity<float>{0.7}, Shape{5});
  same(KlSparsity<float>{0.2, 0.7}, Shape{5});
  same(Variational<float>{0.7}, Shape{6});
  same(RepeatVector<float>{7}, Shape{5});
  CHECK_THROWS_AS(TiedAutoencoder<float>(5, 3, {.encoder = CodeActivation::relu, .contraction = 0.1}),
                  ConfigError);
  CHECK_THROWS_AS(ContractiveDense<float>(5, 3, {.activation = CodeActivation::relu}), ConfigError);
  CHECK_THROWS_AS(GaussianNoise<float>{-1.0}, ConfigError);
  CHECK_THROWS_AS(MaskingNoise<float>{1.5}, ConfigError);
  CHECK_THROWS_AS((KlSparsity<float>{0.0, 1.0}), ConfigError);
  CHECK_THROWS_AS(RepeatVector<float>{0}, ConfigError);
  CHECK_FALSE(from_config<Variational<float>>(Config{}, Shape{5}).ok());
  CHECK_FALSE(from_config<RepeatVector<float>>(Config{{"times", std::int64_t{3}}}, Shape{5, 2}).ok());
}
