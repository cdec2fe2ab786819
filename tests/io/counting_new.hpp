// A global operator new that counts, for a test program of one file.
#pragma once

#include <malloc.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <limits>
#include <new>

namespace weir_test {

struct Counter {
  std::size_t live = 0;
  std::size_t peak = 0;
  std::size_t allocations = 0;
  std::size_t fail_at = std::numeric_limits<std::size_t>::max();
};

inline Counter counter;

inline void* allocate(std::size_t size, std::size_t align) noexcept {
  if (counter.allocations++ == counter.fail_at) return nullptr;
  void* memory = nullptr;
  if (::posix_memalign(&memory, std::max(align, sizeof(void*)), size == 0 ? 1 : size) != 0) return nullptr;
  counter.live += ::malloc_usable_size(memory);
  counter.peak = std::max(counter.peak, counter.live);
  return memory;
}

inline void* allocate_or_throw(std::size_t size, std::size_t align) {
  void* memory = allocate(size, align);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

inline void release(void* memory) noexcept {
  if (memory == nullptr) return;
  counter.live -= ::malloc_usable_size(memory);
  std::free(memory);
}

inline constexpr std::size_t plain = alignof(std::max_align_t);

}  // namespace weir_test

void* operator new(std::size_t size) { return weir_test::allocate_or_throw(size, weir_test::plain); }
void* operator new[](std::size_t size) { return weir_test::allocate_or_throw(size, weir_test::plain); }
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  return weir_test::allocate(size, weir_test::plain);
}
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
  return weir_test::allocate(size, weir_test::plain);
}
void* operator new(std::size_t size, std::align_val_t align) {
  return weir_test::allocate_or_throw(size, static_cast<std::size_t>(align));
}
void* operator new[](std::size_t size, std::align_val_t align) {
  return weir_test::allocate_or_throw(size, static_cast<std::size_t>(align));
}
void operator delete(void* memory) noexcept { weir_test::release(memory); }
void operator delete[](void* memory) noexcept { weir_test::release(memory); }
void operator delete(void* memory, std::size_t) noexcept { weir_test::release(memory); }
void operator delete[](void* memory, std::size_t) noexcept { weir_test::release(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { weir_test::release(memory); }
void operator delete[](void* memory, std::align_val_t) noexcept { weir_test::release(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { weir_test::release(memory); }
void operator delete[](void* memory, std::size_t, std::align_val_t) noexcept { weir_test::release(memory); }
void operator delete(void* memory, const std::nothrow_t&) noexcept { weir_test::release(memory); }
void operator delete[](void* memory, const std::nothrow_t&) noexcept { weir_test::release(memory); }
