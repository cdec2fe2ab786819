// How the generator draws sizes and times: in integers only.
//
// log, cos and their like differ in the last bit between C libraries, and one such bit would turn a whole
// capture into another one. So a skewed quantity is written down as six points of its quantile function,
// which is linear in between; that is also how such quantities are usually published.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/rng.hpp>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace weir::inline WEIR_ABI {
namespace synth {

/// A distribution by its quantiles 0, 1/4, 1/2, 3/4, 15/16 and 1, ascending; values below 2^43.
using Quantiles = std::array<std::uint64_t, 6>;

[[nodiscard]] inline std::uint64_t draw(Rng& rng, const Quantiles& q) noexcept {
  constexpr std::array<std::uint64_t, 6> edges{0,          1ULL << 30,  2ULL << 30,
                                               3ULL << 30, 15ULL << 28, 1ULL << 32};
  const std::uint64_t u = rng.next32();
  std::size_t i = 0;
  while (u >= edges[i + 1]) ++i;
  const std::uint64_t fraction = ((u - edges[i]) << 20) / (edges[i + 1] - edges[i]);
  return q[i] + (((q[i + 1] - q[i]) * fraction) >> 20);
}

/// Nearly exponential: the exponential's quantile function, made linear between the powers of two. mean <
/// 2^42.
[[nodiscard]] inline std::uint64_t draw_exponential(Rng& rng, std::uint64_t mean) noexcept {
  const std::uint32_t u = rng.next32() | 1U;
  const int zeros = std::countl_zero(u);
  const std::uint64_t mantissa = ((u << zeros) >> 15) & 0xFFFFU;
  const std::uint64_t x = (static_cast<std::uint64_t>(zeros) << 16) + 0x10000U - mantissa;
  return mean * x / 0x18000U;  // x has the mean 1.5 in units of 2^16
}

/// An index below n where small ones are common: popularity of hosts and names.
[[nodiscard]] inline std::uint64_t draw_rank(Rng& rng, std::uint64_t n) noexcept {
  return rng.below(rng.below(n) + 1);
}

/// Index drawn in proportion to integer weights, at least one of them positive.
template <class Weights>
[[nodiscard]] std::size_t draw_weighted(Rng& rng, const Weights& weights) noexcept {
  std::uint64_t total = 0;
  for (const auto w : weights) total += w;
  std::uint64_t ticket = rng.below(total);
  std::size_t i = 0;
  while (ticket >= weights[i]) ticket -= weights[i++];
  return i;
}

}  // namespace synth
}  // namespace weir::inline WEIR_ABI
