// weir's times for peers/run.sh, as JSON: {"mlp train 32": samples a second, "mlp infer 1": microseconds a
// sample, ...}. The same nets, sizes and repetitions as peers/torch_times.py and peers/keras_times.py.
#include <weir/train.hpp>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <string>
#include <vector>

namespace {

using namespace weir;

/// Processor time of this process; see run.sh.
double seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

/// Keeps the time of the shortest epoch.
struct BestEpoch {
  double last = seconds();
  double best = 1e9;
  void on_epoch(const EpochReport&) {
    const double now = seconds();
    best = std::min(best, now - last);
    last = now;
  }
};

void report(const std::string& name, double value) {
  static bool first = true;
  std::printf("%s\n  \"%s\": %.6g", first ? "{" : ",", name.c_str(), value);
  first = false;
}

Dataset<float> samples(Shape shape, bool labelled, Index rows = 32'000, Index classes = 2) {
  Dataset<float> data;
  data.shape = shape;
  data.x = Matrix<float>(shape.size(), rows);
  Rng rng(1);
  for (float& value : data.x.span()) value = static_cast<float>(rng.uniform());
  for (Index i = 0; labelled && i < rows; ++i)
    data.labels.push_back(static_cast<Label>(rng.below(static_cast<std::uint64_t>(classes))));
  return data;
}

void time_training(const std::string& net_name, const auto& start, const Dataset<float>& data,
                   const auto& loss) {
  for (const Index batch : {32, 256}) {
    auto net = start;
    BestEpoch times;
    fit(net, data, loss, Adam{}, {.epochs = 5, .batch_size = batch}, times);
    report(net_name + " train " + std::to_string(batch), static_cast<double>(data.rows()) / times.best);
  }
}

/// Weights packed once, as a Scorer does. Batches of each size; `samples_run` samples a repetition, but at least
/// 20 batches.
template <class Net>
void time_inference(const std::string& net_name, const Net& net, Shape shape,
                    const std::vector<Index>& batches = {1, 32, 1024}, Index samples_run = 20'000) {
  for (const Index batch : batches) {
    Workspace<Net> workspace(net, shape, batch, pack_weights(net, shape));
    std::vector<float> x(static_cast<std::size_t>(shape.size() * batch), 0.5F);
    const BatchView<const float> input(x.data(), shape, batch);
    const Index calls = std::max<Index>(samples_run / batch, 20);
    float sum = 0.0F;
    double best = 1e9;
    for (int repetition = 0; repetition < 7; ++repetition) {
      const double begin = seconds();
      for (Index i = 0; i < calls; ++i) {
        x[0] = sum;  // each call needs the one before: no call is optimised away
        sum = workspace.forward(net, input).span()[0];
      }
      best = std::min(best, seconds() - begin);
    }
    report(net_name + " infer " + std::to_string(batch), 1e6 * best / static_cast<double>(calls * batch));
  }
}

/// A classifier of sequences: training and inference.
template <class Net>
void time_sequences(const std::string& net_name, Net net, Shape shape, Index rows, Index classes,
                    Index samples_run) {
  Rng rng(1);
  net.init(rng);
  time_training(net_name, net, samples(shape, true, rows, classes), CategoricalCrossEntropy{});
  time_inference(net_name, net, shape, {1, 32}, samples_run);
}

}  // namespace

int main() {
  {
    const Dataset<float> data = samples({100}, true);
    Sequential net{Dense{100, 64}, Relu{}, Dense{64, 32}, Relu{}, Dense{32, 1}, Sigmoid{}};
    Rng rng(1);
    net.init(rng);
    time_training("mlp", net, data, BinaryCrossEntropy{});
    time_inference("mlp", net, Shape{100});
    Sequential<Dense<float, 100, 64>, Relu<>, Dense<float, 64, 32>, Relu<>, Dense<float, 32, 1>, Sigmoid<>>
        fixed;
    fixed.init(rng);
    time_inference("mlp (static)", fixed, Shape{100});
  }
  {
    const Dataset<float> data = samples({115}, false);
    Sequential net{Dense{115, 86}, Sigmoid{}, Dense{86, 115}, Sigmoid{}};
    Rng rng(1);
    net.init(rng);
    time_training("ae", net, data, MeanSquaredError{});
    time_inference("ae", net, Shape{115});
  }
  time_sequences("lstm", Sequential{Lstm{8, 64}, Dense{64, 2}, Softmax{}}, Shape{8, 30}, 2048, 2, 4000);
  time_sequences("gru", Sequential{Gru{8, 64}, Dense{64, 2}, Softmax{}}, Shape{8, 30}, 2048, 2, 4000);
  const auto same = [](Index in, Index out) { return Conv1D{in, out, 25, {.padding = Padding::same}}; };
  time_sequences("cnn",
                 Sequential{same(1, 32), Relu{}, MaxPool1D{3}, same(32, 64), Relu{}, MaxPool1D{3}, Flatten{},
                            Dense{5568, 1024}, Relu{}, Dense{1024, 12}, Softmax{}},
                 Shape{1, 784}, 512, 12, 320);
  std::printf("\n}\n");
}
