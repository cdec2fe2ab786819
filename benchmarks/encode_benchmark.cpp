// From one record, numbers and texts, to what the net reads.
#include <weir/data/preparing/preprocess.hpp>

#include <benchmark/benchmark.h>

#include <array>

namespace {

using namespace weir;

void encode(benchmark::State& state) {
  Preprocessor pre;
  for (int i = 0; i < 30; ++i) {
    const std::string name = "n" + std::to_string(i);
    pre.schema.columns.push_back({name, ColumnKind::numeric});
    NumericPlan plan;
    plan.name = name;
    pre.numeric.push_back(plan);
  }
  for (int i = 0; i < 3; ++i) {
    const std::string name = "t" + std::to_string(i);
    pre.schema.columns.push_back({name, ColumnKind::categorical});
    CategoricalPlan plan;
    plan.name = name;
    plan.categories = {"icmp", "tcp", "udp"};
    pre.categorical.push_back(plan);
  }
  const std::array<double, 30> numbers{1.0, 2.0, 3.0};
  const std::array<std::string_view, 3> texts{"tcp", "udp", "other"};
  std::vector<float> out(pre.features());
  for (auto _ : state) {
    benchmark::DoNotOptimize(pre.encode(numbers, texts, out));
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations());
}

}  // namespace

BENCHMARK(encode);
