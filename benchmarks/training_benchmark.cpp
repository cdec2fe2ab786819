// One epoch of `fit` of the article's net over 8,192 samples; the argument is the batch.
#include "support.hpp"

#include <benchmark/benchmark.h>

namespace {

using namespace weir;

void training(benchmark::State& state) {
  constexpr Index rows = 8192;
  Dataset<float> data;
  data.shape = {100};
  data.x = Matrix<float>(100, rows);
  Rng rng(3);
  for (float& value : data.x.span()) value = static_cast<float>(rng.uniform());
  for (Index i = 0; i < rows; ++i) data.labels.push_back(rng.chance(0.5) ? 1 : 0);
  auto net = weir_benchmark::article_net();
  for (auto _ : state) {
    fit(net, data, BinaryCrossEntropy{}, Adam{}, {.epochs = 1, .batch_size = state.range(0)});
  }
  state.SetItemsProcessed(state.iterations() * rows);
}

}  // namespace

BENCHMARK(training)->Arg(32)->Arg(256);
