// Every loss with labels, with targets, with both and with neither, in training, in validation rows and in
// evaluation: it works, or it is refused before anything is read that is not there.
#include "toy_data.hpp"

#include <doctest/doctest.h>
#include <weir/layers/dense/dense.hpp>
#include <weir/losses/any_loss.hpp>
#include <weir/losses/builtin_losses.hpp>
#include <weir/models/sequential.hpp>
#include <weir/optimizers/sgd.hpp>
#include <weir/train/fit.hpp>

#include <cmath>
#include <functional>
#include <string>
#include <vector>

using namespace weir;

namespace {

/// "" when `run` ends well, else the text of its error.
std::string complaint(const std::function<void()>& run) {
  try {
    run();
  } catch (const Error& error) {
    CHECK((error.kind() == ErrorKind::config || error.kind() == ErrorKind::shape ||
           error.kind() == ErrorKind::data));
    return error.what();
  }
  return "";
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

enum class Has { labels, targets, both, neither };

/// 40 rows of four features from 0 to 1, of classes 0 and 1; targets of `outputs` numbers from 0 to 1 that
/// sum to 1.
Dataset<float> rows_with(Has what, Index outputs) {
  Dataset<float> data;
  data.shape = {4};
  data.x = Matrix<float>(4, 40);
  Rng rng(1);
  for (float& v : data.x.span()) v = static_cast<float>(rng.uniform());
  if (what == Has::labels || what == Has::both) {
    for (Index i = 0; i < 40; ++i) data.labels.push_back(data.x(0, i) > 0.5F ? 1 : 0);
  }
  if (what == Has::targets || what == Has::both) {
    data.targets = Matrix<float>(outputs, 40);
    data.targets.fill(1.0F / static_cast<float>(outputs));
  }
  return data;
}

struct Case {
  AnyLoss loss;
  Index outputs;
  Has what;
  std::string refusal;  ///< part of the text; empty: it works
};

const std::vector<Case> cases{
    {MeanSquaredError{}, 1, Has::labels, "compares with numbers, but there are labels only"},
    {MeanSquaredError{}, 4, Has::labels, "an autoencoder learns its own input: leave `labels` empty"},
    {MeanSquaredError{}, 1, Has::targets, ""},
    {MeanSquaredError{}, 2, Has::targets, ""},
    {MeanSquaredError{}, 1, Has::both, ""},
    {MeanSquaredError{}, 4, Has::neither, ""},
    {MeanSquaredError{}, 1, Has::neither, "without labels and targets it learns to give its input back"},
    {BinaryCrossEntropy{}, 1, Has::labels, ""},
    {BinaryCrossEntropy{}, 2, Has::labels, "labels need one output or categorical cross-entropy"},
    {BinaryCrossEntropy{}, 1, Has::targets, ""},
    {BinaryCrossEntropy{}, 3, Has::targets, ""},
    {BinaryCrossEntropy{}, 1, Has::both, "there are labels and targets"},
    {BinaryCrossEntropy{}, 4, Has::neither, ""},
    {BinaryCrossEntropy{}, 1, Has::neither, "without labels and targets it learns to give its input back"},
    {CategoricalCrossEntropy{}, 2, Has::labels, ""},
    {CategoricalCrossEntropy{}, 3, Has::labels, ""},
    {CategoricalCrossEntropy{}, 1, Has::labels, "take binary cross-entropy, or two outputs"},
    {CategoricalCrossEntropy{}, 3, Has::targets, ""},
    {CategoricalCrossEntropy{}, 2, Has::both, "there are labels and targets"},
    {CategoricalCrossEntropy{}, 2, Has::neither, "there are no labels"},
    {CategoricalCrossEntropy{}, 4, Has::neither, "there are no labels"},
};

void check(const Case& c, const std::string& text, const char* where) {
  CAPTURE(where);
  CAPTURE(c.loss.kind());
  CAPTURE(c.outputs);
  CAPTURE(static_cast<int>(c.what));
  CAPTURE(text);
  CHECK(text.empty() == c.refusal.empty());
  CHECK(has(text, c.refusal));
}

}  // namespace

TEST_CASE("losses and what there is to compare with: all of them train, or are refused before") {
  for (const Case& c : cases) {
    const Dataset<float> data = rows_with(c.what, c.outputs);
    Sequential net{Dense{4, c.outputs}};
    Rng rng(2);
    net.init(rng);
    check(c, complaint([&] { static_cast<void>(evaluate(net, data, c.loss)); }), "evaluate");
    auto trained = net;
    check(c, complaint([&] { fit(trained, data, c.loss, SGD{}, {.epochs = 2}); }), "fit");
    trained = net;
    check(c, complaint([&] { fit(trained, data, c.loss, SGD{}, {.epochs = 2, .validation = 0.25}); }),
          "fit with validation rows");
    if (c.refusal.empty()) continue;
    // Rows to train on that fit, and held-back ones that do not.
    const Has good = c.loss.kind() == "mse" ? Has::targets : c.outputs == 2 ? Has::labels : Has::targets;
    if (c.loss.kind() == "categorical_crossentropy" && c.outputs == 1) continue;
    if (c.loss.kind() == "binary_crossentropy" && good == Has::labels) continue;
    auto state = start_fit(net, SGD{}, 1);
    const std::string text = complaint(
        [&] { continue_fit(state, rows_with(good, c.outputs), data, c.loss, SGD{}, {.epochs = 2}); });
    check(c, text, "validation rows");
    CHECK(has(text, "fit, validation rows: "));
    CHECK(state.epochs_done() == 0);
  }
}

TEST_CASE("values that a loss cannot be compared with are named") {
  Sequential net{Dense{4, 1}};
  Dataset<float> data = rows_with(Has::targets, 1);
  data.targets(0, 7) = 3.5F;
  const std::string text = complaint([&] { fit(net, data, BinaryCrossEntropy{}, SGD{}); });
  CHECK(has(text, "numbers from 0 to 1, but row 7 of the targets holds 3.5"));
  data = rows_with(Has::labels, 1);
  data.labels[3] = 2;
  CHECK(has(complaint([&] { static_cast<void>(evaluate(net, data, BinaryCrossEntropy{})); }),
            "label 2 is too large for a net with 1 outputs: labels are 0 to 1"));
  data = rows_with(Has::labels, 1);
  data.weights.assign(40, 1.0F);
  data.weights[4] = -1.0F;
  CHECK(has(complaint([&] { fit(net, data, BinaryCrossEntropy{}, SGD{}); }), "a weight is negative"));
  data.weights.assign(40, 0.0F);
  CHECK(has(complaint([&] { fit(net, data, BinaryCrossEntropy{}, SGD{}); }), "weigh nothing"));
  data.weights.clear();
  CHECK(has(complaint([&] {
              fit(net, data, BinaryCrossEntropy{}, SGD{}, {.class_weights = {1.0, std::nan("")}});
            }),
            "'class_weights'"));
  CHECK(has(complaint([&] { fit(net, data, BinaryCrossEntropy{}, SGD{}, {.validation = 0.001}); }),
            "holds back none of 40 rows"));
}

TEST_CASE("held-back rows of another shape are refused") {
  auto state = start_fit(Sequential{Dense{4, 1}}, SGD{}, 1);
  Dataset<float> other = toy::classes(10, 5, 2, 1);
  CHECK(has(complaint([&] {
              continue_fit(state, rows_with(Has::labels, 1), other, BinaryCrossEntropy{}, SGD{}, {});
            }),
            "validation rows are 5, those to train on 4"));
}

namespace {

/// Mean absolute error, as a user writes it.
struct AbsoluteError {
  template <class T>
  double operator()(const LossBatch<T>& batch) const {
    const Index c = batch.outputs.channels();
    return sum_items(batch, [&](Index column, T weight) {
      double sum = 0.0;
      for (Index j = 0; j < c; ++j) {
        const Index at = column * c + j;
        const T error = batch.outputs.data()[at] - batch.targets.values.data()[at];
        sum += static_cast<double>(std::abs(error));
        if (!batch.gradient.absent()) {
          batch.gradient.data()[at] = weight * batch.scale / static_cast<T>(c) *
                                      (error > 0   ? T(1)
                                       : error < 0 ? T(-1)
                                                   : T(0));
        }
      }
      return sum / static_cast<double>(c);
    });
  }
};

}  // namespace

TEST_CASE("a loss of one's own trains, and is given nothing that it cannot read") {
  const auto data = toy::line(500, 3, 1);
  Sequential net{Dense{3, 1}};
  const double before = evaluate(net, data, AbsoluteError{}).loss;
  fit(net, data, AbsoluteError{}, SGD{.learning_rate = 0.02}, {.epochs = 30});
  CHECK(evaluate(net, data, AbsoluteError{}).loss < 0.1 * before);
  CHECK_THROWS_AS(fit(net, toy::classes(20, 3, 2, 1), AbsoluteError{}, SGD{}), ConfigError);

  // In the place of a loss that is chosen at run time it gives the same bits and is refused the same.
  const AnyLoss any = AbsoluteError{};
  CHECK(any.takes() == Takes::values);
  Sequential other{Dense{3, 1}};
  fit(other, data, any, SGD{.learning_rate = 0.02}, {.epochs = 30});
  CHECK(evaluate(other, data, any).loss == evaluate(net, data, AbsoluteError{}).loss);
  CHECK_THROWS_AS(fit(other, toy::classes(20, 3, 2, 1), any, SGD{}), ConfigError);
}
