// Products C = A B: weir's kernel and Eigen's, square and in the shapes of layers.
#include "support.hpp"

#include <weir/simd/gemm.hpp>

#include <benchmark/benchmark.h>
#include <Eigen/Core>

namespace {

using weir::Index;
using weir_benchmark::uniform;

void shapes(benchmark::internal::Benchmark* b) {
  for (const Index n : {64, 128, 256, 512, 1024}) b->Args({n, n, n});
  b->Args({64, 1, 100})->Args({64, 32, 100})->Args({64, 256, 100})->Args({32, 32, 64})->Args({1, 32, 32});
  b->Args({86, 32, 115})->Args({115, 256, 86});
}

/// Runs `product` and counts its floating-point operations.
template <class F>
void run(benchmark::State& state, F product) {
  const Index m = state.range(0), n = state.range(1), k = state.range(2);
  const auto a = uniform(static_cast<std::size_t>(m * k));
  const auto b = uniform(static_cast<std::size_t>(k * n));
  std::vector<float> c(static_cast<std::size_t>(m * n));
  for (auto _ : state) {
    product(m, n, k, a.data(), b.data(), c.data());
    benchmark::ClobberMemory();
  }
  state.counters["FLOPS"] =
      benchmark::Counter(static_cast<double>(2 * m * n * k), benchmark::Counter::kIsIterationInvariantRate);
}

void weir_gemm(benchmark::State& state) {
  run(state, [](Index m, Index n, Index k, const float* a, const float* b, float* c) {
    weir::simd::gemm<float>(m, n, k, weir::simd::columns(a, m), weir::simd::columns(b, k), c, m,
                            weir::simd::Init::zero);
  });
}

void eigen_gemm(benchmark::State& state) {
  run(state, [](Index m, Index n, Index k, const float* a, const float* b, float* c) {
    using Const = Eigen::Map<const Eigen::MatrixXf>;
    Eigen::Map<Eigen::MatrixXf>(c, m, n).noalias() = Const(a, m, k) * Const(b, k, n);
  });
}

}  // namespace

BENCHMARK(weir_gemm)->Apply(shapes);
BENCHMARK(eigen_gemm)->Apply(shapes);
