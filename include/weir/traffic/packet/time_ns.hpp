// Time: nanoseconds since 1970, as a signed number of 64 bits.
#pragma once

#include <weir/core/abi.hpp>

#include <cstdint>

namespace weir::inline WEIR_ABI {

inline constexpr std::int64_t ns_per_s = 1'000'000'000;
/// Time stamps farther from 1970 than this (73 years) are cut to it: differences of two never overflow.
inline constexpr std::int64_t greatest_time_ns = std::int64_t{1} << 61;

}  // namespace weir::inline WEIR_ABI
