// Convolution along time and over images in the shapes of the field's nets, forward and backward, a batch of
// 32; and the whole 1D-CNN on 784 bytes (Wang et al. 2017), inference and training.
#include "support.hpp"

#include <weir/layers/convolution/conv1d.hpp>
#include <weir/layers/convolution/conv2d.hpp>
#include <weir/layers/pooling/max_pool1d.hpp>
#include <weir/layers/shape/flatten.hpp>

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
struct AlongTime {
  Conv1D<float> layer;
  Shape input;

  explicit AlongTime(const benchmark::State& state)
      : layer(state.range(0), state.range(1), state.range(2),
              {.stride = state.range(4),
               .dilation = state.range(5),
               .groups = state.range(6),
               .padding = Padding::same}),
        input{state.range(0), state.range(3)} {}
};

/// Planes in, filters, kernel, rows and columns.
void image_shapes(benchmark::internal::Benchmark* b) {
  b->Args({1, 32, 5, 28});   // the 2D-CNN
  b->Args({32, 64, 5, 14});  // the 2D-CNN
  b->Args({64, 64, 3, 14});
}
struct OverImages {
  Conv2D<float> layer;
  Shape input;

  explicit OverImages(const benchmark::State& state)
      : layer(state.range(0), state.range(1), state.range(2), state.range(2), {.padding = Padding::same}),
        input{state.range(0) * state.range(3), state.range(3)} {}
};

/// A layer with all that a pass needs.
template <class Case>
struct Run : Case {
  using L = decltype(Case::layer);
  Shape output;
  std::vector<float> x, y, dx;
  typename L::Cache cache;

  explicit Run(const benchmark::State& state)
      : Case(state),
        output(this->layer.out_shape(this->input)),
        x(weir_benchmark::uniform(static_cast<std::size_t>(this->input.size() * batch))),
        y(static_cast<std::size_t>(output.size() * batch)),
        dx(x.size()) {
    Rng rng(1);
    this->layer.init(rng);
    cache.prepare(this->layer, this->input, batch, true);
  }
  void forward() {
    this->layer.forward({x.data(), this->input, batch}, {y.data(), output, batch}, cache, {});
  }
  void backward(L& grad) {
    this->layer.backward({x.data(), this->input, batch}, {}, {y.data(), output, batch},
                         {dx.data(), this->input, batch}, cache, grad, {});
  }
  void count(benchmark::State& state, Index products) const {
    const Index flops = products * this->layer.flops(this->input) * batch;
    state.counters["FLOPS"] =
        benchmark::Counter(static_cast<double>(flops), benchmark::Counter::kIsIterationInvariantRate);
  }
};

template <class Case>
void forward(benchmark::State& state) {
  Run<Case> run(state);
  for (auto _ : state) {
    run.forward();
    benchmark::ClobberMemory();
  }
  run.count(state, 1);
}

template <class Case>
void backward(benchmark::State& state) {
  Run<Case> run(state);
  run.forward();
  auto grad = zeros_like(run.layer);
  for (auto _ : state) {
    run.backward(grad);
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

BENCHMARK(forward<AlongTime>)->Name("conv1d_forward")->Apply(shapes)->Unit(benchmark::kMicrosecond);
BENCHMARK(backward<AlongTime>)->Name("conv1d_backward")->Apply(shapes)->Unit(benchmark::kMicrosecond);
BENCHMARK(forward<OverImages>)->Name("conv2d_forward")->Apply(image_shapes)->Unit(benchmark::kMicrosecond);
BENCHMARK(backward<OverImages>)->Name("conv2d_backward")->Apply(image_shapes)->Unit(benchmark::kMicrosecond);
BENCHMARK(cnn_inference)->Arg(1)->Arg(32)->Unit(benchmark::kMillisecond);
BENCHMARK(cnn_training)->Arg(32)->Arg(256)->Unit(benchmark::kMillisecond);
