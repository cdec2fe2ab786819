// The memory of a flow table: places for a fixed number of records, each with what the profiles keep beside
// it. Places of flows that never were are not touched.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/large_memory.hpp>
#include <weir/traffic/flow/flow_options.hpp>
#include <weir/traffic/flow/flow_record.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>
#include <type_traits>

namespace weir::inline WEIR_ABI {
namespace detail {

template <class... Profiles>
class FlowPool {
 public:
  using Record = FlowRecord<Profiles...>;
  using Memory = typename FlowView<Profiles...>::Memory;
  static constexpr std::uint32_t none = 0xFFFF'FFFF;

  FlowPool(std::size_t places, const FlowFeatureOptions& features)
      : places_(places),
        strides_{round_up(Profiles::memory_bytes(features))...},
        records_(places * sizeof(Record)),
        memory_(places * stride()) {
    static_assert(std::is_trivially_destructible_v<Record> && alignof(Record) <= 64);
  }

  [[nodiscard]] Record& operator[](std::uint32_t place) noexcept {
    return *std::launder(reinterpret_cast<Record*>(bytes_of(place)));
  }
  [[nodiscard]] Memory memory(std::uint32_t place) noexcept {
    Memory result{};
    std::byte* next = memory_.get() + place * stride();
    for (std::size_t i = 0; i < result.size(); ++i) {
      result[i] = {next, strides_[i]};
      next += strides_[i];
    }
    return result;
  }

  /// The place of a new record, or none.
  [[nodiscard]] std::uint32_t take() noexcept {
    std::uint32_t place = free_;
    if (place != none) {
      std::memcpy(&free_, bytes_of(place), sizeof(free_));
      --free_count_;
    } else if (used_ < places_) {
      place = static_cast<std::uint32_t>(used_++);
    } else {
      return none;
    }
    ::new (static_cast<void*>(bytes_of(place))) Record();
    return place;
  }
  void give_back(std::uint32_t place) noexcept {
    std::memcpy(bytes_of(place), &free_, sizeof(free_));
    free_ = place;
    ++free_count_;
  }

  /// How many places are taken.
  [[nodiscard]] std::size_t size() const noexcept { return used_ - free_count_; }
  [[nodiscard]] std::size_t bytes_per_place() const noexcept { return sizeof(Record) + stride(); }

  void prefetch_key(std::uint32_t place) const noexcept { __builtin_prefetch(bytes_of(place), 1); }
  /// Most of a record is touched by every packet: the lines behind the key's are fetched at once, but for
  /// what only a disturbed connection asks for.
  void prefetch_rest(std::uint32_t place) const noexcept {
    constexpr std::size_t most = std::min<std::size_t>(sizeof(Record), 1280);
    fetch(place, line, offsetof(FlowBase, apart));
    if constexpr (most > sizeof(FlowBase)) fetch(place, sizeof(FlowBase), most);
  }

 private:
  static constexpr std::size_t line = 64;

  /// The lines of bytes [begin, end) of a record, which starts anywhere in a line.
  void fetch(std::uint32_t place, std::size_t begin, std::size_t end) const noexcept {
    const std::byte* const record = bytes_of(place);
    for (std::size_t i = begin; i < end; i += line) __builtin_prefetch(record + i, 1);
    __builtin_prefetch(record + end - 1, 1);
  }
  [[nodiscard]] static std::size_t round_up(std::size_t bytes) noexcept { return (bytes + 15) / 16 * 16; }
  [[nodiscard]] std::size_t stride() const noexcept {
    std::size_t sum = 0;
    for (const std::size_t bytes : strides_) sum += bytes;
    return sum;
  }
  [[nodiscard]] std::byte* bytes_of(std::uint32_t place) const noexcept {
    return records_.get() + place * sizeof(Record);
  }

  std::size_t places_;
  std::array<std::size_t, sizeof...(Profiles)> strides_;
  LargeMemory records_;
  LargeMemory memory_;
  std::size_t used_ = 0;  ///< places that were ever taken
  std::size_t free_count_ = 0;
  std::uint32_t free_ = none;  ///< of them the one given back last; it holds the number of the one before
};

}  // namespace detail
}  // namespace weir::inline WEIR_ABI
