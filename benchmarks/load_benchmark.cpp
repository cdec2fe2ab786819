// Reading the article's net from its file, all checks included: layers known to the program, or from the
// file.
#include "support.hpp"

#include <weir/io/load_any.hpp>
#include <weir/io/save.hpp>

#include <benchmark/benchmark.h>

namespace {

using namespace weir;

std::vector<std::byte> file() {
  const auto net = weir_benchmark::article_net();
  Pipeline<std::remove_const_t<decltype(net)>> pipeline{{.input = Shape{100}}, net};
  pipeline.labels.classes = {"benign", "attack"};
  return try_serialize(pipeline).value();
}

void load_known(benchmark::State& state) {
  const auto bytes = file();
  const auto net = weir_benchmark::article_net();
  for (auto _ : state) benchmark::DoNotOptimize(try_parse(std::span<const std::byte>(bytes), net).ok());
}
void load_unknown(benchmark::State& state) {
  const auto bytes = file();
  for (auto _ : state) benchmark::DoNotOptimize(try_parse_any(bytes).ok());
}

}  // namespace

BENCHMARK(load_known);
BENCHMARK(load_unknown);
