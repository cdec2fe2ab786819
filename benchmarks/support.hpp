// What the benchmarks share: the article's net and samples to feed it.
#pragma once

#include <weir/train.hpp>

#include <vector>

namespace weir_benchmark {

inline auto article_net() {
  using namespace weir;
  Sequential net{Dense{100, 64}, Relu{}, Dense{64, 32}, Relu{}, Dense{32, 1}, Sigmoid{}};
  Rng rng(1);
  net.init(rng);
  return net;
}

inline std::vector<float> uniform(std::size_t count) {
  std::vector<float> values(count);
  weir::Rng rng(2);
  for (float& value : values) value = static_cast<float>(rng.uniform(-1.0, 1.0));
  return values;
}

}  // namespace weir_benchmark
