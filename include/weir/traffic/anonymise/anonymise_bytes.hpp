// Bytes of a frame that is rewritten in place, and what that does to its checksums.
#pragma once

#include <weir/core/abi.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace weir::inline WEIR_ABI {
namespace detail {

using Bytes = std::span<std::byte>;

[[nodiscard]] inline std::uint8_t byte_at(Bytes bytes, std::size_t at) noexcept {
  return std::to_integer<std::uint8_t>(bytes[at]);
}
[[nodiscard]] inline std::uint16_t word_at(Bytes bytes, std::size_t at) noexcept {
  return static_cast<std::uint16_t>(byte_at(bytes, at) << 8 | byte_at(bytes, at + 1));
}
inline void put_word(Bytes bytes, std::size_t at, std::uint32_t word) noexcept {
  bytes[at] = static_cast<std::byte>(word >> 8 & 0xFF);
  bytes[at + 1] = static_cast<std::byte>(word & 0xFF);
}
inline void clear(Bytes bytes) noexcept { std::fill(bytes.begin(), bytes.end(), std::byte{0}); }
/// From `at` on; nothing where there is nothing.
[[nodiscard]] inline Bytes rest(Bytes bytes, std::size_t at) noexcept {
  return bytes.subspan(std::min(at, bytes.size()));
}

/// What changed bytes do to an Internet checksum: HC' = ~(~HC + sum of (~m + m')) (RFC 1624, eqn. 3). Changes
/// begin at even places; a lone byte at the end is the first of a word.
class ChecksumChange {
 public:
  /// Writes `to` over the bytes.
  void write(Bytes bytes, std::span<const std::uint8_t> to) noexcept {
    for (std::size_t i = 0; i < bytes.size(); i += 2) {
      const bool lone = i + 1 == bytes.size();
      const std::uint32_t before = lone ? std::uint32_t{byte_at(bytes, i)} << 8 : word_at(bytes, i);
      const std::uint32_t after = std::uint32_t{to[i]} << 8 | (lone ? 0U : to[i + 1]);
      sum_ += (~before & 0xFFFF) + after;
    }
    std::memcpy(bytes.data(), to.data(), bytes.size());
  }
  void add(const ChecksumChange& other) noexcept { sum_ += other.sum_; }
  void apply(Bytes bytes, std::size_t at) const noexcept {
    std::uint64_t sum = sum_ + (~static_cast<std::uint32_t>(word_at(bytes, at)) & 0xFFFF);
    while (sum > 0xFFFF) sum = (sum & 0xFFFF) + (sum >> 16);
    put_word(bytes, at, static_cast<std::uint32_t>(~sum & 0xFFFF));
  }

 private:
  std::uint64_t sum_ = 0;
};

}  // namespace detail
}  // namespace weir::inline WEIR_ABI
