// Kernels that touch each element once: activations and the optimizer's step.
#include "support.hpp"

#include <weir/simd/math.hpp>
#include <weir/simd/update.hpp>

#include <benchmark/benchmark.h>

namespace {

using weir::Index;
using Batch = weir::simd::Simd<float>;

template <class F>
void elements(benchmark::State& state, F f) {
  const auto x = weir_benchmark::uniform(static_cast<std::size_t>(state.range(0)));
  std::vector<float> y(x.size());
  for (auto _ : state) {
    weir::simd::transform(state.range(0), x.data(), y.data(), f);
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

void exponential(benchmark::State& state) {
  elements(state, [](const Batch& v) { return weir::simd::exp<float>(v); });
}
void sigmoid(benchmark::State& state) {
  elements(state, [](const Batch& v) { return weir::simd::sigmoid<float>(v); });
}
void tanh(benchmark::State& state) {
  elements(state, [](const Batch& v) { return weir::simd::tanh<float>(v); });
}
void relu(benchmark::State& state) {
  elements(state, [](const Batch& v) { return weir::Relu<float>{}.value(v); });
}

void adam(benchmark::State& state) {
  const auto g = weir_benchmark::uniform(static_cast<std::size_t>(state.range(0)));
  std::vector<float> p(g.size()), m(g.size()), v(g.size());
  const weir::simd::AdamStep<float> step{1e-3F, 0.1F, 1e-3F, 1.0F, 1e-8F, 1.0F, 0.0F, 0.0F};
  for (auto _ : state) {
    weir::simd::adam_update(state.range(0), p.data(), g.data(), m.data(), v.data(), step);
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

}  // namespace

BENCHMARK(exponential)->Arg(7)->Arg(4096);
BENCHMARK(sigmoid)->Arg(7)->Arg(4096);
BENCHMARK(tanh)->Arg(7)->Arg(4096);
BENCHMARK(relu)->Arg(7)->Arg(4096);
BENCHMARK(adam)->Arg(8545);
