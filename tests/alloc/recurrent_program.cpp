// The promise of streams: a million steps of a recurrent layer, over many flows, allocate nothing.
#include <weir/core/layer_traits.hpp>
#include <weir/layers/recurrent/gru.hpp>
#include <weir/layers/recurrent/lstm.hpp>
#include <weir/layers/recurrent/simple_rnn.hpp>

#include "alloc/allocations.hpp"

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <vector>

#if defined(WEIR_TEST_COUNTS_ALLOCATIONS)

namespace {

using namespace weir;

/// Allocations during a million steps, `together` streams at a time.
template <class L>
bool check(L layer, Index together) {
  constexpr Index steps = 1'000'000;
  Rng rng(1);
  layer.init(rng);
  const Shape input{layer.in(), 30};
  const Index size = state_size(layer, input), flows = 64, out = layer.out_shape(input).channels;
  std::vector<float> memory(static_cast<std::size_t>(size * flows));
  for (Index i = 0; i < flows; ++i) start_stream(layer, memory.data() + i * size, input);
  std::vector<float> x(static_cast<std::size_t>(layer.in() * together), 0.5F);
  std::vector<float> y(static_cast<std::size_t>(out * together));
  std::vector<float*> states(static_cast<std::size_t>(together));
  std::vector<unsigned char> ready(static_cast<std::size_t>(together), 1);
  StepCache<L> cache;
  cache.prepare(layer, input, together);
  double sum = 0.0;
  const long before = weir_test::allocations;
  for (Index step_number = 0; step_number < steps; step_number += together) {
    for (Index i = 0; i < together; ++i) {
      states[static_cast<std::size_t>(i)] = memory.data() + (step_number + i) % flows * size;
    }
    x[0] = static_cast<float>(step_number % 7);
    step<L>(layer, {x.data(), {layer.in(), 1}, together}, {y.data(), {out, 1}, together}, states, ready,
            cache);
    sum += std::fabs(static_cast<double>(y[0]));
  }
  const long during = weir_test::allocations - before;
  std::printf("%.*s, %td streams at a time: %ld allocations in %td steps\n", static_cast<int>(L::kind.size()),
              L::kind.data(), together, during, steps);
  return during == 0 && sum > 0.0 && std::isfinite(sum);
}

}  // namespace

int main() {
  const bool counts = weir_test::counter_works();
  std::printf("the counter %s\n", counts ? "counts" : "does not count");
  bool good = check(Lstm<float>(4, 8), 1);
  good = check(Lstm<float>(4, 20, {.returns = Returns::state, .peephole = true}), 32) && good;
  good = check(Gru<float>(4, 8), 1) && good;
  good = check(Gru<float>(4, 20, {.reset_after = false}), 32) && good;
  good = check(SimpleRnn<float>(4, 8, {.outputs = 3, .feedback = Feedback::output}), 1) && good;
  return good && counts ? EXIT_SUCCESS : EXIT_FAILURE;
}

#else

int main() {
  std::puts("skipped: allocations are counted with glibc and without sanitizers only");
  return EXIT_SUCCESS;
}

#endif
