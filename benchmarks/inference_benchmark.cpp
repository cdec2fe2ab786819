// Scoring with the article's net (extents known at run time, at compile time, and built from text) and with
// an autoencoder; the argument is the batch.
#include "support.hpp"

#include <benchmark/benchmark.h>

namespace {

using namespace weir;

template <class Net>
void score(benchmark::State& state, const Net& net, Index features) {
  const Index batch = state.range(0);
  Workspace<Net> workspace(net, Shape{features}, batch);
  const auto x = weir_benchmark::uniform(static_cast<std::size_t>(features * batch));
  const BatchView<const float> input(x.data(), Shape{features}, batch);
  for (auto _ : state) benchmark::DoNotOptimize(workspace.forward(net, input).data()[0]);
  state.SetItemsProcessed(state.iterations() * batch);
}

template <class Net>
Net initialised(Net net) {
  Rng rng(1);
  net.init(rng);
  return net;
}

void mlp(benchmark::State& state) { score(state, weir_benchmark::article_net(), 100); }
void mlp_static(benchmark::State& state) {
  using Net =
      Sequential<Dense<float, 100, 64>, Relu<>, Dense<float, 64, 32>, Relu<>, Dense<float, 32, 1>, Sigmoid<>>;
  score(state, initialised(Net{}), 100);
}
void mlp_any_model(benchmark::State& state) {
  score(state, initialised(build("dense:64,relu,dense:32,relu,dense:1,sigmoid", Shape{100})), 100);
}
void autoencoder(benchmark::State& state) {
  score(state, initialised(Sequential{Dense{115, 86}, Sigmoid{}, Dense{86, 115}, Sigmoid{}}), 115);
}

}  // namespace

BENCHMARK(mlp)->Arg(1)->Arg(32)->Arg(1024);
BENCHMARK(mlp_static)->Arg(1)->Arg(32)->Arg(1024);
BENCHMARK(mlp_any_model)->Arg(1)->Arg(32)->Arg(1024);
BENCHMARK(autoencoder)->Arg(1)->Arg(32)->Arg(1024);
