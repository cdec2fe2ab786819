// CRC-64/XZ: polynomial 0x42F0E1EBA9EA3693 (ECMA-182), reflected, start and end inverted. It finds every
// flipped bit and every burst of up to 64 bits, and all but one in 2^64 of other damage. It is no protection
// against someone who forges a file.
//
// Eight bytes a step ("slicing-by-8", Kounavis and Berry, "A systematic approach to building high performance
// software-based CRC generators", 2005).
#pragma once

#include <weir/core/abi.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace weir::inline WEIR_ABI {

namespace detail {

using Crc64Tables = std::array<std::array<std::uint64_t, 256>, 8>;

/// tables[k][b]: the remainder of byte b followed by k zero bytes.
constexpr Crc64Tables make_crc64_tables() {
  constexpr std::uint64_t reflected_polynomial = 0xC96C5795D7870F42ULL;
  Crc64Tables tables{};
  for (std::size_t byte = 0; byte < 256; ++byte) {
    std::uint64_t remainder = byte;
    for (int bit = 0; bit < 8; ++bit) {
      remainder = (remainder >> 1) ^ ((remainder & 1) != 0 ? reflected_polynomial : 0);
    }
    tables[0][byte] = remainder;
  }
  for (std::size_t byte = 0; byte < 256; ++byte) {
    for (std::size_t k = 1; k < tables.size(); ++k) {
      const std::uint64_t shorter = tables[k - 1][byte];
      tables[k][byte] = tables[0][shorter & 0xFF] ^ (shorter >> 8);
    }
  }
  return tables;
}

inline constexpr Crc64Tables crc64_tables = make_crc64_tables();

}  // namespace detail

/// The checksum of bytes that come in pieces.
class Crc64 {
 public:
  constexpr Crc64& update(std::span<const std::byte> bytes) noexcept {
    const auto& table = detail::crc64_tables;
    std::uint64_t state = state_;
    const std::byte* p = bytes.data();
    std::size_t left = bytes.size();
    for (; left >= 8; left -= 8, p += 8) {
      state ^= little_endian_word(p);
      state = table[7][state & 0xFF] ^ table[6][(state >> 8) & 0xFF] ^ table[5][(state >> 16) & 0xFF] ^
              table[4][(state >> 24) & 0xFF] ^ table[3][(state >> 32) & 0xFF] ^
              table[2][(state >> 40) & 0xFF] ^ table[1][(state >> 48) & 0xFF] ^ table[0][state >> 56];
    }
    for (; left > 0; --left, ++p) {
      state = table[0][(state ^ std::to_integer<std::uint64_t>(*p)) & 0xFF] ^ (state >> 8);
    }
    state_ = state;
    return *this;
  }

  [[nodiscard]] constexpr std::uint64_t value() const noexcept { return ~state_; }

 private:
  // Shifts instead of a cast: the same on every host, and compilers make one load of it.
  static constexpr std::uint64_t little_endian_word(const std::byte* p) noexcept {
    std::uint64_t word = 0;
    for (unsigned i = 0; i < 8; ++i) word |= std::to_integer<std::uint64_t>(p[i]) << (8 * i);
    return word;
  }

  std::uint64_t state_ = ~std::uint64_t{0};
};

[[nodiscard]] constexpr std::uint64_t crc64(std::span<const std::byte> bytes) noexcept {
  return Crc64{}.update(bytes).value();
}

}  // namespace weir::inline WEIR_ABI
