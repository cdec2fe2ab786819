// Memory for large tables that are read at random places. Nearly every access to such a table misses the
// processor's cache of page addresses, and with pages of 2 MiB it does not: the kernel is asked for those
// where it gives them on request (Linux, transparent_hugepage=madvise). The first 4 MiB keep small pages, so
// that a table of which little is used takes little.
//
//   std::vector<Slot, LargeAllocator<Slot>> slots;
//   LargeMemory memory(bytes);                       // not initialised, and not touched
#pragma once

#include <weir/core/abi.hpp>

#include <cstddef>
#include <new>
#include <utility>

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace weir::inline WEIR_ABI {
namespace detail {

inline constexpr std::size_t large_page = std::size_t{2} << 20;
inline constexpr std::size_t small_pages = 2 * large_page;  ///< bytes at the front that keep them

/// Tables without large pages begin on a cache line.
[[nodiscard]] constexpr std::align_val_t large_alignment(std::size_t bytes) noexcept {
  return std::align_val_t{bytes > small_pages ? large_page : 64};
}

/// Throws as operator new does.
[[nodiscard]] inline void* allocate_large(std::size_t bytes) {
  void* const memory = ::operator new(bytes, large_alignment(bytes));
#if defined(MADV_HUGEPAGE)
  const std::size_t whole = bytes / large_page * large_page;
  if (whole > small_pages) {
    // It is advice: without it everything works, only slower.
    static_cast<void>(
        madvise(static_cast<std::byte*>(memory) + small_pages, whole - small_pages, MADV_HUGEPAGE));
  }
#endif
  return memory;
}
inline void free_large(void* memory, std::size_t bytes) noexcept {
  ::operator delete(memory, large_alignment(bytes));
}

}  // namespace detail

/// Bytes that nobody has written yet.
class LargeMemory {
 public:
  explicit LargeMemory(std::size_t bytes)
      : bytes_(bytes), data_(static_cast<std::byte*>(detail::allocate_large(bytes))) {}
  LargeMemory(LargeMemory&& other) noexcept
      : bytes_(std::exchange(other.bytes_, 0)), data_(std::exchange(other.data_, nullptr)) {}
  LargeMemory& operator=(LargeMemory&& other) noexcept {
    std::swap(bytes_, other.bytes_);
    std::swap(data_, other.data_);
    return *this;
  }
  ~LargeMemory() {
    if (data_ != nullptr) detail::free_large(data_, bytes_);
  }

  [[nodiscard]] std::byte* get() const noexcept { return data_; }
  [[nodiscard]] std::size_t size() const noexcept { return bytes_; }

 private:
  std::size_t bytes_;
  std::byte* data_;
};

/// The same for a container.
template <class T>
struct LargeAllocator {
  using value_type = T;

  LargeAllocator() = default;
  template <class U>
  LargeAllocator(const LargeAllocator<U>&) noexcept {}  // NOLINT: implicit, as containers convert allocators

  /// A container asks for no more than its `max_size()`, so the product fits.
  [[nodiscard]] T* allocate(std::size_t count) {
    return static_cast<T*>(detail::allocate_large(count * sizeof(T)));
  }
  void deallocate(T* memory, std::size_t count) noexcept { detail::free_large(memory, count * sizeof(T)); }

  template <class U>
  bool operator==(const LargeAllocator<U>&) const noexcept {
    return true;
  }
};

}  // namespace weir::inline WEIR_ABI
