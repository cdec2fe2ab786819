// The promise of the packet loop: a prediction, or a step of a stream, allocates nothing.
#include <weir/layers/activations/relu.hpp>
#include <weir/layers/activations/sigmoid.hpp>
#include <weir/layers/dense/dense.hpp>
#include <weir/models/sequential.hpp>
#include <weir/models/stream_workspace.hpp>
#include <weir/models/workspace.hpp>

#include <weir/models/registry.hpp>
#include "alloc/allocations.hpp"

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <string_view>
#include <vector>

#if defined(WEIR_TEST_COUNTS_ALLOCATIONS)

namespace {

using namespace weir;
using weir_test::allocations;

constexpr int predictions = 1'000'000;

/// Allocations during a million predictions of one sample each.
template <class Net>
long count_allocations(const Net& net) {
  Workspace<Net> workspace(net, Shape{100}, 1);
  std::array<float, 100> sample{};
  Rng rng(2);
  for (float& v : sample) v = static_cast<float>(rng.normal());
  double sum = 0.0;
  const long before = allocations;
  for (int i = 0; i < predictions; ++i) {
    sample[static_cast<std::size_t>(i % 100)] += 1e-3F;
    sum += static_cast<double>(workspace.predict(net, sample)[0]);
  }
  const long during = allocations - before;
  if (!(sum > 0.0 && sum < predictions)) return -1;  // no probabilities: nothing was computed
  return during;
}

/// Allocations during a million steps of a few streams, those of their starts with them.
long count_stream_allocations(const char* layers) {
  constexpr Shape input{3, 50};
  constexpr std::size_t flows = 4;
  auto net = build<float>(std::string_view(layers), input);
  Rng rng(3);
  net.init(rng);
  StreamWorkspace<AnyModel<float>> steps(net, input, 1);
  const auto size = static_cast<std::size_t>(steps.state_size());
  std::vector<float> states(flows * size);
  std::array<float, 3> packet{0.1F, -0.2F, 0.3F};
  double sum = 0.0;
  const long before = allocations;
  for (int i = 0; i < predictions; ++i) {
    const auto state = std::span(states).subspan(static_cast<std::size_t>(i) % flows * size, size);
    if (i % 160 < 4) steps.start(net, state);  // each stream anew every 40 steps
    packet[static_cast<std::size_t>(i) % 3] += 1e-6F;
    for (const float y : steps.step(net, packet, state)) sum += static_cast<double>(y);
  }
  const long during = allocations - before;
  return sum != 0.0 && std::isfinite(sum) ? during : -1;
}

bool check(const char* name, long count) {
  std::printf("%s: %ld allocations in %d runs\n", name, count, predictions);
  return count == 0;
}

}  // namespace

int main() {
  const bool counts = weir_test::counter_works();
  std::printf("the counter %s\n", counts ? "counts" : "does not count");

  Rng rng(1);
  auto fixed = Sequential<Dense<float, 100, 64>, Relu<float>, Dense<float, 64, 32>, Relu<float>,
                          Dense<float, 32, 1>, Sigmoid<float>>{};
  fixed.init(rng);
  auto free_extents = Sequential{Dense{100, 64}, Relu{}, Dense{64, 32}, Relu{}, Dense{32, 1}, Sigmoid{}};
  free_extents.init(rng);
  auto any = build<float>(std::string_view("dense:64,relu,dense:32,relu,dense:1,sigmoid"), Shape{100});
  any.init(rng);
  bool good = check("Sequential, extents known at compile time", count_allocations(fixed));
  good = check("Sequential", count_allocations(free_extents)) && good;
  good = check("AnyModel", count_allocations(any)) && good;
  for (const char* layers :
       {"gru:32,dense:2", "min_gru:32,dense:2", "lstm:32,dense:2", "simple_rnn:32:outputs=2",
        "conv1d:16:3:causal,relu,max_pool1d:2,conv1d:8:2:valid:dilation=2,global_average_pool1d,dense:2",
        "residual[conv1d:3:3:causal,relu],gru:8:return=sequence,last_step,dense:2",
        "positional_encoding,multi_head_attention:1:causal=true,layer_norm,dense:2"}) {
    good = check(layers, count_stream_allocations(layers)) && good;
  }
  return good && counts ? EXIT_SUCCESS : EXIT_FAILURE;
}

#else

int main() {
  std::puts("skipped: allocations are counted with glibc and without sanitizers only");
  return EXIT_SUCCESS;
}

#endif
