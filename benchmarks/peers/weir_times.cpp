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

Dataset<float> samples(Index features, bool labelled) {
  constexpr Index rows = 32'000;
  Dataset<float> data;
  data.shape = {features};
  data.x = Matrix<float>(features, rows);
  Rng rng(1);
  for (float& value : data.x.span()) value = static_cast<float>(rng.uniform());
  for (Index i = 0; labelled && i < rows; ++i) data.labels.push_back(rng.chance(0.5) ? 1 : 0);
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

template <class Net>
void time_inference(const std::string& net_name, const Net& net, Index features) {
  for (const Index batch : {1, 32, 1024}) {
    Workspace<Net> workspace(net, Shape{features}, batch);
    std::vector<float> x(static_cast<std::size_t>(features * batch), 0.5F);
    const BatchView<const float> input(x.data(), Shape{features}, batch);
    const Index calls = std::max<Index>(20'000 / batch, 20);
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

}  // namespace

int main() {
  {
    const Dataset<float> data = samples(100, true);
    Sequential net{Dense{100, 64}, Relu{}, Dense{64, 32}, Relu{}, Dense{32, 1}, Sigmoid{}};
    Rng rng(1);
    net.init(rng);
    time_training("mlp", net, data, BinaryCrossEntropy{});
    time_inference("mlp", net, 100);
    Sequential<Dense<float, 100, 64>, Relu<>, Dense<float, 64, 32>, Relu<>, Dense<float, 32, 1>, Sigmoid<>>
        fixed;
    fixed.init(rng);
    time_inference("mlp (static)", fixed, 100);
  }
  {
    const Dataset<float> data = samples(115, false);
    Sequential net{Dense{115, 86}, Sigmoid{}, Dense{86, 115}, Sigmoid{}};
    Rng rng(1);
    net.init(rng);
    time_training("ae", net, data, MeanSquaredError{});
    time_inference("ae", net, 115);
  }
  std::printf("\n}\n");
}
