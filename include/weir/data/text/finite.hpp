// Finite or not, decided by the bits, so that the answer stays right under -ffast-math.
//
// A number that is missing from a table is a NaN.
#pragma once

#include <weir/core/abi.hpp>

#include <bit>
#include <cstdint>

namespace weir::inline WEIR_ABI {

/// What a table holds where a number is missing.
inline constexpr double missing_number = std::bit_cast<double>(std::uint64_t{0x7FF8000000000000});

[[nodiscard]] constexpr bool is_finite(double value) noexcept {
  constexpr std::uint64_t exponent = 0x7FF0000000000000;
  return (std::bit_cast<std::uint64_t>(value) & exponent) != exponent;
}

/// NaN: the number is missing. Infinity is a number that is there, but of no use.
[[nodiscard]] constexpr bool is_missing(double value) noexcept {
  constexpr std::uint64_t infinity = 0x7FF0000000000000;
  return (std::bit_cast<std::uint64_t>(value) & ~(std::uint64_t{1} << 63)) > infinity;
}

}  // namespace weir::inline WEIR_ABI
