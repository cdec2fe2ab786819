// What a user's program does with weir at the least.
#include <weir/core/version.hpp>
#include <weir/infer.hpp>

#include <array>
#include <cstdio>

int main() {
  weir::Sequential net{weir::Dense{4, 8}, weir::Relu{}, weir::Dense{8, 1}, weir::Sigmoid{}};
  weir::Rng rng(1);
  net.init(rng);
  weir::Workspace workspace(net, weir::Shape{4}, 1);
  const std::array<float, 4> flow{0.1F, 0.2F, 0.3F, 0.4F};
  const float score = workspace.predict(net, flow)[0];
  std::printf("weir %d.%d.%d: %g\n", WEIR_VERSION_MAJOR, WEIR_VERSION_MINOR, WEIR_VERSION_PATCH,
              static_cast<double>(score));
  return score > 0.0F && score < 1.0F ? 0 : 1;
}
