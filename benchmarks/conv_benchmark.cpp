// Convolution along time in the shapes of the field's nets, forward and backward, a batch of 32; and the
// whole 1D-CNN on 784 bytes (Wang et al. 2017), inference and training.
#include "support.hpp"

#include <weir/layers/conv1d.hpp>
#include <weir/layers/flatten.hpp>
#include <weir/layers/max_pool1d.hpp>

#include <benchmark/benchmark.h>

#include <vector>

namespace {

using namespace weir;

constexpr Index batch = 32;

/// Channels in, filters, kernel, length, stride, dilation, groups.
void shapes(benchmark::internal::Benchmark* b) {
  b->Args({1, 32, 25, 784, 1, 1, 1});   // the 1D-CNN
  b->Args({32, 64, 25, 261, 1, 1, 1});  // the 1D-CNN
  b->Args({200, 200, 5, 30, 1, 1, 1});  // packet sequences
  b->Args({64, 64, 3, 128, 1, 1, 1});   // temporal convolution
  b->Args({64, 64, 3, 128, 1, 8, 1});   // the same, dilated
  b->Args({64, 64, 5, 128, 2, 1, 1});   // strided
  b->Args({64, 64, 5, 128, 1, 1, 64});  // depthwise
}

struct Run {
  Conv1D<float> layer;
  Shape input, output;
  std::vector<float> x, y, dx;
  Conv1D<float>::Cache cache;

  explicit Run(const benchmark::State& state)
      : layer(state.range(0), state.range(1), state.range(2),
              {.stride = state.range(4),
               .dilation = state.range(5),
               .groups = state.range(6),
               .padding = Padding::same}),
        input{state.range(0), state.range(3)},
        output(layer.out_shape(input)),
        x(weir_benchmark::uniform(static_cast<std::size_t>(input.size() * batch))),
        y(static_cast<std::size_t>(output.size() * batch)),
        dx(x.size()) {
    Rng rng(1);
    layer.init(rng);
    cache.prepare(layer, input, batch, true);
  }
  void forward() { layer.forward({x.data(), input, batch}, {y.data(), output, batch}, cache, {}); }
  void count(benchmark::State& state, Index products) const {
    state.counters["FLOPS"] = benchmark::Counter(static_cast<double>(products * layer.flops(input) * batch),
                                                 benchmark::Counter::kIsIterationInvariantRate);
  }
};

void conv1d_forward(benchmark::State& state) {
  Run run(state);
  for (auto _ : state) {
    run.forward();
    benchmark::ClobberMemory();
  }
  run.count(state, 1);
}

void conv1d_backward(benchmark::State& state) {
  Run run(state);
  run.forward();
  Conv1D<float> grad = zeros_like(run.layer);
  for (auto _ : state) {
    run.layer.backward({run.x.data(), run.input, batch}, {}, {run.y.data(), run.output, batch},
                       {run.dx.data(), run.input, batch}, run.cache, grad, {});
    benchmark::ClobberMemory();
  }
  run.count(state, 2);
}

auto bytes_net() {
  Sequential net{Conv1D(1, 32, 25, {.padding = Padding::same}),
                 Relu{},
                 MaxPool1D(3),
                 Conv1D(32, 64, 25, {.padding = Padding::same}),
                 Relu{},
                 MaxPool1D(3),
                 Flatten{},
                 Dense{5568, 1024},
                 Relu{},
                 Dense{1024, 12}};
  Rng rng(1);
  net.init(rng);
  return net;
}

void cnn_inference(benchmark::State& state) {
  const auto net = bytes_net();
  const Shape input{1, 784};
  const Index count = state.range(0);
  Workspace<std::remove_cv_t<decltype(net)>> workspace(net, input, count);
  const std::vector<float> x = weir_benchmark::uniform(static_cast<std::size_t>(784 * count));
  for (auto _ : state) {
    benchmark::DoNotOptimize(workspace.forward(net, BatchView<const float>(x.data(), input, count)).data());
  }
  state.SetItemsProcessed(state.iterations() * count);
}

void cnn_training(benchmark::State& state) {
  constexpr Index rows = 512;
  Dataset<float> data;
  data.shape = {1, 784};
  data.x = Matrix<float>(784, rows);
  Rng rng(3);
  for (float& value : data.x.span()) value = static_cast<float>(rng.uniform());
  for (Index i = 0; i < rows; ++i) data.labels.push_back(static_cast<std::int32_t>(i % 12));
  auto net = bytes_net();
  for (auto _ : state) {
    fit(net, data, CategoricalCrossEntropy{}, Adam{}, {.epochs = 1, .batch_size = state.range(0)});
  }
  state.SetItemsProcessed(state.iterations() * rows);
}

}  // namespace

BENCHMARK(conv1d_forward)->Apply(shapes)->Unit(benchmark::kMicrosecond);
BENCHMARK(conv1d_backward)->Apply(shapes)->Unit(benchmark::kMicrosecond);
BENCHMARK(cnn_inference)->Arg(1)->Arg(32)->Unit(benchmark::kMillisecond);
BENCHMARK(cnn_training)->Arg(32)->Arg(256)->Unit(benchmark::kMillisecond);
