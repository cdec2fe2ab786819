// From hash to place in a pool: open addressing with linear probing, at most half full; a removal moves the
// entries behind it back, so there are no tombstones and no rebuilding. The memory is fixed.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/large_memory.hpp>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace weir::inline WEIR_ABI {
namespace detail {

class FlowIndex {
 public:
  static constexpr std::uint32_t none = 0xFFFF'FFFF;

  explicit FlowIndex(std::size_t most)
      : slots_(std::bit_ceil(std::max<std::size_t>(most, 4) * 2)), mask_(slots_.size() - 1) {}

  /// The place with this hash that `same` accepts, or none.
  template <class Same>
  [[nodiscard]] std::uint32_t find(std::uint32_t hash, Same&& same) const noexcept {
    for (std::size_t i = hash & mask_; slots_[i] != 0; i = (i + 1) & mask_) {
      if (hash_of(slots_[i]) == hash && same(place_of(slots_[i]))) return place_of(slots_[i]);
    }
    return none;
  }
  /// The place that `find` would ask for first, or none.
  [[nodiscard]] std::uint32_t first(std::uint32_t hash) const noexcept {
    std::size_t i = hash & mask_;
    while (slots_[i] != 0 && hash_of(slots_[i]) != hash) i = (i + 1) & mask_;
    return slots_[i] == 0 ? none : place_of(slots_[i]);
  }
  void insert(std::uint32_t hash, std::uint32_t place) noexcept {
    std::size_t i = hash & mask_;
    while (slots_[i] != 0) i = (i + 1) & mask_;
    slots_[i] = slot(hash, place);
  }
  /// The place must be there.
  void erase(std::uint32_t hash, std::uint32_t place) noexcept {
    std::size_t hole = slot_of(hash, place);
    for (std::size_t i = (hole + 1) & mask_; slots_[i] != 0; i = (i + 1) & mask_) {
      const std::size_t home = hash_of(slots_[i]) & mask_;
      if (((i - home) & mask_) < ((i - hole) & mask_)) continue;
      slots_[hole] = slots_[i];
      hole = i;
    }
    slots_[hole] = 0;
  }
  /// How many slots from its home a place stands, which must be there: what finding it costs.
  [[nodiscard]] std::size_t distance(std::uint32_t hash, std::uint32_t place) const noexcept {
    return (slot_of(hash, place) - hash) & mask_;
  }
  void prefetch(std::uint32_t hash) const noexcept { __builtin_prefetch(&slots_[hash & mask_], 1); }
  [[nodiscard]] std::size_t bytes() const noexcept { return slots_.size() * sizeof(slots_[0]); }

 private:
  [[nodiscard]] static std::uint64_t slot(std::uint32_t hash, std::uint32_t place) noexcept {
    return (std::uint64_t{hash} << 32) | (std::uint64_t{place} + 1);
  }
  [[nodiscard]] std::size_t slot_of(std::uint32_t hash, std::uint32_t place) const noexcept {
    std::size_t i = hash & mask_;
    while (slots_[i] != slot(hash, place)) i = (i + 1) & mask_;
    return i;
  }
  [[nodiscard]] static std::uint32_t hash_of(std::uint64_t slot) noexcept {
    return static_cast<std::uint32_t>(slot >> 32);
  }
  [[nodiscard]] static std::uint32_t place_of(std::uint64_t slot) noexcept {
    return static_cast<std::uint32_t>(slot) - 1;
  }

  std::vector<std::uint64_t, LargeAllocator<std::uint64_t>> slots_;  // hash and place + 1; 0 is free
  std::size_t mask_;
};

}  // namespace detail
}  // namespace weir::inline WEIR_ABI
