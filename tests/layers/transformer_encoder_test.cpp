#include <weir/layers/attention/transformer_encoder.hpp>

#include <weir/layers/attention/positional_encoding.hpp>
#include <weir/layers/dense/embedding.hpp>
#include <weir/losses/categorical_cross_entropy.hpp>
#include <weir/models/sequential.hpp>
#include <weir/optimizers/adam.hpp>
#include <weir/train/fit.hpp>
#include <weir/train/predict.hpp>

#include "along_time.hpp"
#include "attention_golden.hpp"
#include "check_gradients.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

using namespace weir;
using weir_test::check_gradients;

namespace {

template <class F>
void for_options(F f) {
  for (const bool causal : {false, true}) {
    for (const NormPlace norm : {NormPlace::before, NormPlace::after}) {
      for (const EncoderActivation activation : {EncoderActivation::gelu, EncoderActivation::relu}) {
        for (const double dropout : {0.0, 0.3}) {
          f(TransformerEncoderOptions{
              .heads = 2, .causal = causal, .norm = norm, .activation = activation, .dropout = dropout});
        }
      }
    }
  }
}

}  // namespace

TEST_CASE("transformer_encoder: gradients") {
  for_options([](const TransformerEncoderOptions& options) {
    check_gradients(TransformerEncoder<double>(4, 6, options), Shape{4, 3}, {.count = 2, .entries = 20});
    check_gradients(TransformerEncoder<double>(6, 5, options), Shape{6, 4},
                    {.count = 4, .lengths = {4, 0, 1, 3}, .entries = 12});
  });
  check_gradients(TransformerEncoder<double, 4, 3>(4, 3), Shape{4, 2}, {.count = 2, .entries = 20});
  check_gradients(TransformerEncoder<double>(4, 3), Shape{4, 2}, {.training = false, .entries = 20});
}

TEST_CASE("transformer_encoder equals PyTorch's TransformerEncoderLayer") {
  for (int i = 0; i < 30; ++i) {
    INFO("case ", i);
    const weir_test::GoldenCase& expected = weir_test::attention_golden().at("encoder_" + std::to_string(i));
    const TransformerEncoderOptions options{
        .heads = expected.number("options", 0),
        .causal = expected.number("options", 1) != 0,
        .norm = expected.number("options", 2) != 0 ? NormPlace::before : NormPlace::after,
        .activation = expected.number("options", 3) != 0 ? EncoderActivation::gelu : EncoderActivation::relu,
        .dropout = 0.0,
        .epsilon = 1e-3};
    weir_test::check_golden(expected, TransformerEncoder<float>(expected.number("shape", 2),
                                                                expected.number("shape", 3), options));
  }
}

TEST_CASE(
    "transformer_encoder: padding counts for nothing, alone is as in a batch, streaming is as the whole") {
  for_options([](const TransformerEncoderOptions& options) {
    const TransformerEncoder<float> layer(8, 20, options);
    CHECK(layer.streams() == options.causal);
    if (options.causal) weir_test::check_step_by_step(layer, Shape{8, 20}, 1e-6F);
    // With dropout a sample's mask goes with its place in the batch.
    if (options.dropout == 0.0) weir_test::check_own_lengths(layer, Shape{8, 6}, {6, 0, 1, 3, 5});
  });
}

TEST_CASE("transformer_encoder: options") {
  const TransformerEncoder<float> layer(6, 10,
                                        {.heads = 3,
                                         .causal = true,
                                         .norm = NormPlace::after,
                                         .activation = EncoderActivation::relu,
                                         .dropout = 0.25,
                                         .epsilon = 0.5});
  const auto copy = from_config<TransformerEncoder<float>>(config_of(layer), Shape{6, 2}).value();
  CHECK(config_of(copy) == config_of(layer));
  CHECK(copy.norm2.options.epsilon == 0.5);
  CHECK(copy.attention.options.causal);
  CHECK(static_cast<double>(parameter_count(copy)) ==
        detail::values_needed<TransformerEncoder<float>>(config_of(layer), Shape{6, 2}));
  CHECK_THROWS_AS(static_cast<void>(layer.out_shape(Shape{5, 2})), ShapeError);
  CHECK_THROWS_AS(TransformerEncoder<float>(6, 10, {.heads = 4}), ConfigError);
  CHECK_THROWS_AS(TransformerEncoder<float>(6, 10, {.dropout = 1.0}), ConfigError);
  Config wrong = config_of(layer);
  wrong.set("norm", std::string("between"));
  CHECK_FALSE(from_config<TransformerEncoder<float>>(wrong, Shape{6, 2}).ok());
  CHECK_FALSE(from_config<TransformerEncoder<float>>(config_of(layer), Shape{7, 2}).ok());
}

TEST_CASE("a causal transformer learns to repeat the symbol of two steps before") {
  // Nothing but attention can bring it there: every other layer sees one step.
  const Index symbols = 5, length = 12, rows = 600;
  Dataset<float> data;
  data.shape = Shape{1, length};
  data.x = Matrix<float>(length, rows);
  Rng rng(8);
  for (Index i = 0; i < rows; ++i) {
    for (Index t = 0; t < length; ++t) {
      data.x(t, i) = static_cast<float>(rng.below(static_cast<std::uint64_t>(symbols)));
      data.labels.push_back(t < 2 ? 0 : static_cast<Label>(data.x(t - 2, i)));
    }
  }
  std::vector<Index> first, last;
  for (Index i = 0; i < rows; ++i) (i < 300 ? first : last).push_back(i);
  Sequential net{Embedding{symbols, 16}, PositionalEncoding{},
                 TransformerEncoder{16, 32, {.heads = 2, .causal = true, .dropout = 0.0}},
                 Dense{16, symbols}};
  static_cast<void>(fit(net, data.subset(first), CategoricalCrossEntropy{}, Adam{.learning_rate = 5e-3},
                        {.epochs = 30, .batch_size = 50}));
  const Dataset<float> unseen = data.subset(last);
  const Matrix<float> y = predict(net, unseen.inputs());
  Index right = 0;
  for (std::size_t k = 0; k < unseen.labels.size(); ++k) {
    const float* scores = y.data() + static_cast<Index>(k) * symbols;
    right += std::max_element(scores, scores + symbols) - scores == unseen.labels[k] ? 1 : 0;
  }
  CHECK(static_cast<double>(right) / static_cast<double>(unseen.labels.size()) > 0.99);
}
