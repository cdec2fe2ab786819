// Counts every way to the heap: operator new in all its forms ends in the C functions, which are replaced
// here. For one file of a program. Without glibc, or with a sanitizer that replaces them itself, nothing is
// counted.
#pragma once

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <new>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define WEIR_TEST_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define WEIR_TEST_SANITIZED 1
#endif
#endif

#if defined(__GLIBC__) && !defined(WEIR_TEST_SANITIZED)
#define WEIR_TEST_COUNTS_ALLOCATIONS 1

namespace weir_test {
inline std::atomic<long> allocations{0};
}

// The names of glibc, not ours.
extern "C" {
void* __libc_malloc(std::size_t size);                           // NOLINT
void* __libc_calloc(std::size_t count, std::size_t size);        // NOLINT
void* __libc_realloc(void* old, std::size_t size);               // NOLINT
void* __libc_memalign(std::size_t alignment, std::size_t size);  // NOLINT

void* malloc(std::size_t size) noexcept {
  ++weir_test::allocations;
  return __libc_malloc(size);
}
void* calloc(std::size_t count, std::size_t size) noexcept {
  ++weir_test::allocations;
  return __libc_calloc(count, size);
}
void* realloc(void* old, std::size_t size) noexcept {
  ++weir_test::allocations;
  return __libc_realloc(old, size);
}
void* memalign(std::size_t alignment, std::size_t size) noexcept {
  ++weir_test::allocations;
  return __libc_memalign(alignment, size);
}
void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept {
  ++weir_test::allocations;
  return __libc_memalign(alignment, size);
}
int posix_memalign(void** result, std::size_t alignment, std::size_t size) noexcept {
  ++weir_test::allocations;
  *result = __libc_memalign(alignment, size);
  return *result == nullptr ? ENOMEM : 0;
}
}

namespace weir_test {
/// A counter that counts nothing proves nothing.
inline bool counter_works() {
  const long before = allocations;
  void* volatile kept = std::malloc(8);  // volatile, or the compiler sees that nobody needs it
  std::free(kept);
  int* volatile number = new int(1);
  delete number;
  float* volatile aligned = new (std::align_val_t{64}) float(1.0F);
  ::operator delete (aligned, std::align_val_t{64});
  return allocations - before >= 3;
}
}  // namespace weir_test
#endif
