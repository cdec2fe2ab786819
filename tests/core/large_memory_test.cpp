// Memory of large tables: aligned, moved with its bytes, and usable by containers at every size.
#include <weir/core/large_memory.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

using namespace weir;

namespace {

constexpr std::size_t mebibyte = std::size_t{1} << 20;

bool stands_at(const void* p, std::size_t alignment) {
  return reinterpret_cast<std::uintptr_t>(p) % alignment == 0;
}

}  // namespace

TEST_CASE("large memory: small ones on a cache line, large ones on a large page, all of it usable") {
  for (const std::size_t bytes : {std::size_t{0}, std::size_t{1}, 4 * mebibyte, 4 * mebibyte + 1,
                                  6 * mebibyte - 1, 6 * mebibyte, 9 * mebibyte + 5}) {
    const LargeMemory memory(bytes);
    CHECK(memory.size() == bytes);
    CHECK(stands_at(memory.get(), bytes > 4 * mebibyte ? 2 * mebibyte : 64));
    for (std::size_t i = 0; i < bytes; i += 4'096) memory.get()[i] = std::byte{7};
    if (bytes > 0) memory.get()[bytes - 1] = std::byte{8};
    if (bytes > 4'096) CHECK(memory.get()[4'096 * ((bytes - 2) / 4'096)] == std::byte{7});
  }
}

TEST_CASE("large memory: moving hands the bytes over") {
  LargeMemory a(8);
  a.get()[3] = std::byte{5};
  LargeMemory b(std::move(a));
  CHECK(b.size() == 8);
  CHECK(b.get()[3] == std::byte{5});
  LargeMemory c(16);
  c = std::move(b);
  CHECK(c.size() == 8);
  CHECK(c.get()[3] == std::byte{5});
}

TEST_CASE("large memory: a vector grows across the sizes, and copies") {
  std::vector<std::uint64_t, LargeAllocator<std::uint64_t>> numbers;
  for (std::uint64_t i = 0; i < 2 * mebibyte; ++i) numbers.push_back(i * i);
  const auto copy = numbers;
  CHECK(copy == numbers);
  CHECK(stands_at(numbers.data(), 2 * mebibyte));
  bool right = true;
  for (std::uint64_t i = 0; i < numbers.size(); ++i) right = right && numbers[i] == i * i;
  CHECK(right);
}
