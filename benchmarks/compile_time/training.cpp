// A small program that trains: the article's net, fitted and measured. Only compiled (compile_time.sh).
#include <weir/train.hpp>

weir::Evaluation train_and_measure(const weir::Dataset<float>& training, const weir::Dataset<float>& test) {
  using namespace weir;
  auto net = Sequential{Dense{100, 64}, Relu{}, Dense{64, 32}, Relu{}, Dense{32, 1}, Sigmoid{}};
  fit(net, training, BinaryCrossEntropy{}, Adam{}, {.epochs = 10, .batch_size = 32, .validation = 0.1});
  return evaluate(net, test, BinaryCrossEntropy{});
}
