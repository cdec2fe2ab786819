// The article's network: 100 inputs, two hidden layers, one probability; fit, evaluate, predict.
#include "made_up_data.hpp"

#include <weir/train.hpp>

#include <cstdio>

int main() {
  using namespace weir;
  const Dataset<float> train = made_up_data(50'000, 1);
  const Dataset<float> test = made_up_data(2'000, 2);

  auto net = Sequential{Dense{100, 64}, Relu{}, Dense{64, 32}, Relu{}, Dense{32, 1}, Sigmoid{}};
  const History history =
      fit(net, train, BinaryCrossEntropy{}, Adam{}, {.epochs = 10, .batch_size = 32, .validation = 0.1});
  const Evaluation result = evaluate(net, test, BinaryCrossEntropy{});
  const Matrix<float> p = predict(net, test.x);

  std::printf("loss %.3f in the first epoch, %.3f in the last\n", history.epochs.front().loss,
              history.epochs.back().loss);
  std::printf("test: accuracy %.3f, F1 %.3f, ROC-AUC %.3f\n", result.accuracy(), result.value("f1"),
              result.value("roc_auc"));
  std::printf("the first row is an attack with probability %.2f; truth: %d\n", static_cast<double>(p(0, 0)),
              test.labels[0]);
}
