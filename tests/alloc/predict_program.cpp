// The promise of the packet loop: a prediction, or a step of a stream, allocates nothing. Every way to the
// heap is counted: operator new in all its forms ends in the C functions, which are replaced here.
#include <weir/layers/dense.hpp>
#include <weir/layers/relu.hpp>
#include <weir/layers/sigmoid.hpp>
#include <weir/models/sequential.hpp>
#include <weir/models/stream.hpp>
#include <weir/models/workspace.hpp>

#include "any_net.hpp"

#include <array>
#include <atomic>
#include <cerrno>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <span>
#include <string_view>
#include <vector>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define WEIR_TEST_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define WEIR_TEST_SANITIZED 1
#endif
#endif

#if defined(__GLIBC__) && !defined(WEIR_TEST_SANITIZED)

namespace {
std::atomic<long> allocations{0};
}

// The names of glibc, not ours.
extern "C" {
void* __libc_malloc(std::size_t size);                           // NOLINT
void* __libc_calloc(std::size_t count, std::size_t size);        // NOLINT
void* __libc_realloc(void* old, std::size_t size);               // NOLINT
void* __libc_memalign(std::size_t alignment, std::size_t size);  // NOLINT

void* malloc(std::size_t size) noexcept {
  ++allocations;
  return __libc_malloc(size);
}
void* calloc(std::size_t count, std::size_t size) noexcept {
  ++allocations;
  return __libc_calloc(count, size);
}
void* realloc(void* old, std::size_t size) noexcept {
  ++allocations;
  return __libc_realloc(old, size);
}
void* memalign(std::size_t alignment, std::size_t size) noexcept {
  ++allocations;
  return __libc_memalign(alignment, size);
}
void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept {
  ++allocations;
  return __libc_memalign(alignment, size);
}
int posix_memalign(void** result, std::size_t alignment, std::size_t size) noexcept {
  ++allocations;
  *result = __libc_memalign(alignment, size);
  return *result == nullptr ? ENOMEM : 0;
}
}

namespace {

using namespace weir;

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
  // A counter that counts nothing proves nothing.
  const long before = allocations;
  void* volatile kept = std::malloc(8);  // volatile, or the compiler sees that nobody needs it
  std::free(kept);
  int* volatile number = new int(1);
  delete number;
  float* volatile aligned = new (std::align_val_t{64}) float(1.0F);
  ::operator delete (aligned, std::align_val_t{64});
  const bool counts = allocations - before >= 3;
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
       {"gru:32,dense:2", "lstm:32,dense:2", "simple_rnn:32:outputs=2",
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
