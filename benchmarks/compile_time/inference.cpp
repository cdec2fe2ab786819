// A probe that prepares its samples itself: it loads the net alone. Only compiled (compile_time.sh).
#include <weir/infer.hpp>

#include <span>
#include <string>

namespace {
using Net = weir::Sequential<weir::Dense<float, 100, 64>, weir::Relu<>, weir::Dense<float, 64, 32>,
                             weir::Relu<>, weir::Dense<float, 32, 1>, weir::Sigmoid<>>;
}

float score(const std::string& path, std::span<const float> samples) {
  const Net net = weir::load_net<Net>(path);
  weir::Workspace workspace(net, {100, 1}, 1);
  float highest = 0.0F;
  for (std::size_t at = 0; at + 100 <= samples.size(); at += 100) {
    const float probability = workspace.predict(net, samples.subspan(at, 100))[0];
    highest = highest > probability ? highest : probability;
  }
  return highest;
}
