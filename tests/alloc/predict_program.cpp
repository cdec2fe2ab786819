// The promise of the packet loop: a prediction allocates nothing. Every way to the heap is counted: operator
// new in all its forms ends in the C functions, which are replaced here.
#include <weir/layers/dense.hpp>
#include <weir/layers/relu.hpp>
#include <weir/layers/sigmoid.hpp>
#include <weir/models/registry.hpp>
#include <weir/models/sequential.hpp>
#include <weir/models/workspace.hpp>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <span>
#include <string_view>

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

bool check(const char* name, long count) {
  std::printf("%s: %ld allocations in %d predictions\n", name, count, predictions);
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
  return good && counts ? EXIT_SUCCESS : EXIT_FAILURE;
}

#else

int main() {
  std::puts("skipped: allocations are counted with glibc and without sanitizers only");
  return EXIT_SUCCESS;
}

#endif
