// A probe that loads a pipeline whose layers it knows and scores samples. Only compiled (compile_time.sh).
#include <weir/infer.hpp>

#include <span>
#include <string>

namespace {
using Net = weir::Sequential<weir::Dense<float, 100, 64>, weir::Relu<>, weir::Dense<float, 64, 32>,
                             weir::Relu<>, weir::Dense<float, 32, 1>, weir::Sigmoid<>>;
}

float score(const std::string& path, std::span<const float> samples) {
  const auto pipeline = weir::load<Net>(path);
  weir::Workspace workspace(pipeline.net, pipeline.input, 1);
  float highest = 0.0F;
  for (std::size_t at = 0; at + 100 <= samples.size(); at += 100) {
    const float probability = workspace.predict(pipeline.net, samples.subspan(at, 100))[0];
    highest = highest > probability ? highest : probability;
  }
  return highest;
}
