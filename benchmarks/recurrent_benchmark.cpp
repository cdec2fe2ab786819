// Recurrent layers over 30 steps of 8 features with 64 units: forward, forward and backward, single steps of
// streams; and their gate kernels.
#include "support.hpp"

#include <weir/core/layer_traits.hpp>
#include <weir/layers/recurrent/gru.hpp>
#include <weir/layers/recurrent/lstm.hpp>
#include <weir/layers/recurrent/min_gru.hpp>
#include <weir/layers/recurrent/simple_rnn.hpp>
#include <weir/simd/gates.hpp>

#include <benchmark/benchmark.h>

#include <vector>

namespace {

using namespace weir;

constexpr Shape input{8, 30};
constexpr Index units = 64;

template <class L>
L made() {
  L layer(input.channels, units);
  Rng rng(1);
  layer.init(rng);
  return layer;
}

template <class L>
void forward(benchmark::State& state) {
  const L layer = made<L>();
  const Index batch = state.range(0);
  typename L::Cache cache;
  cache.prepare(layer, input, batch, false);
  const auto x = weir_benchmark::uniform(static_cast<std::size_t>(input.size() * batch));
  std::vector<float> y(static_cast<std::size_t>(units * batch));
  for (auto _ : state) {
    layer.forward({x.data(), input, batch}, {y.data(), {units, 1}, batch}, cache, {});
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * batch);
}

template <class L>
void forward_backward(benchmark::State& state) {
  const L layer = made<L>();
  L grad = zeros_like(layer);
  const Index batch = state.range(0);
  typename L::Cache cache;
  cache.prepare(layer, input, batch, true);
  const auto x = weir_benchmark::uniform(static_cast<std::size_t>(input.size() * batch));
  std::vector<float> y(static_cast<std::size_t>(units * batch), 0.1F);
  for (auto _ : state) {
    layer.forward({x.data(), input, batch}, {y.data(), {units, 1}, batch}, cache, {});
    layer.backward({x.data(), input, batch}, {}, {y.data(), {units, 1}, batch}, {}, cache, grad, {});
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * batch);
}

/// One step of as many streams.
template <class L>
void stream(benchmark::State& state) {
  const L layer = made<L>();
  const Index count = state.range(0), size = state_size(layer, input);
  StepCache<L> cache;
  cache.prepare(layer, input, count);
  std::vector<float> memory(static_cast<std::size_t>(size * count));
  std::vector<float*> states;
  for (Index i = 0; i < count; ++i) {
    states.push_back(memory.data() + i * size);
    start_stream(layer, states.back(), input);
  }
  std::vector<unsigned char> ready(static_cast<std::size_t>(count), 1);
  const auto x = weir_benchmark::uniform(static_cast<std::size_t>(input.channels * count));
  std::vector<float> y(static_cast<std::size_t>(units * count));
  for (auto _ : state) {
    step<L>(layer, {x.data(), {input.channels, 1}, count}, {y.data(), {units, 1}, count}, states, ready,
            cache);
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * count);
}

/// Columns a second.
void lstm_gates(benchmark::State& state) {
  auto sums = weir_benchmark::uniform(4 * units), c = weir_benchmark::uniform(units);
  std::vector<float> tanh_c(units), h(units), sums_now(4 * units);
  for (auto _ : state) {
    sums_now = sums;
    simd::lstm_forward<float>(units, {sums_now.data(), c.data(), c.data(), tanh_c.data(), h.data()});
    benchmark::ClobberMemory();
  }
}
void gru_gates(benchmark::State& state) {
  auto sums = weir_benchmark::uniform(4 * units), h = weir_benchmark::uniform(units);
  std::vector<float> sums_now(4 * units);
  for (auto _ : state) {
    sums_now = sums;
    simd::gru_forward<float>(units, sums_now.data(), h.data(), h.data());
    benchmark::ClobberMemory();
  }
}

}  // namespace

BENCHMARK_TEMPLATE(forward, Lstm<float>)->Arg(1)->Arg(32)->Arg(256);
BENCHMARK_TEMPLATE(forward, Gru<float>)->Arg(1)->Arg(32)->Arg(256);
BENCHMARK_TEMPLATE(forward, MinGru<float>)->Arg(1)->Arg(32)->Arg(256);
BENCHMARK_TEMPLATE(forward, SimpleRnn<float>)->Arg(1)->Arg(32)->Arg(256);
BENCHMARK_TEMPLATE(forward_backward, Lstm<float>)->Arg(32)->Arg(64);
BENCHMARK_TEMPLATE(forward_backward, Gru<float>)->Arg(32)->Arg(64);
BENCHMARK_TEMPLATE(forward_backward, MinGru<float>)->Arg(32)->Arg(64);
BENCHMARK_TEMPLATE(forward_backward, SimpleRnn<float>)->Arg(32)->Arg(64);
BENCHMARK_TEMPLATE(stream, Lstm<float>)->Arg(1)->Arg(64);
BENCHMARK_TEMPLATE(stream, Gru<float>)->Arg(1)->Arg(64);
BENCHMARK_TEMPLATE(stream, MinGru<float>)->Arg(1)->Arg(64);
BENCHMARK(lstm_gates);
BENCHMARK(gru_gates);
