// Compiled twice, for two instruction sets, into one program; ENTRY names the function.
#include <weir/infer.hpp>

#include <array>

float ENTRY(std::array<float, 7> sample);

float ENTRY(std::array<float, 7> sample) {
  weir::Sequential net{weir::Dense{7, 19}, weir::Gelu{},      weir::Dense{19, 5},
                       weir::Tanh{},       weir::Dense{5, 1}, weir::Sigmoid{}};
  weir::Rng rng(42);
  net.init(rng);
  weir::Workspace workspace(net, weir::Shape{7}, 1);
  return workspace.predict(net, sample)[0];
}
