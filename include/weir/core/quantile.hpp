// A quantile, interpolated linearly between order statistics: type 7 of Hyndman and Fan (1996), numpy's default.
//
//   h = q (n - 1)        Q = (1 - f) x_k + f x_(k + 1),   k = floor(h), f = h - k
#pragma once

#include <weir/core/abi.hpp>

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <span>

namespace weir::inline WEIR_ABI {

/// Of ascending numbers, at least one; 0 <= q <= 1. Between equal numbers it is exactly these.
[[nodiscard]] inline double sorted_quantile(std::span<const double> ascending, double q) noexcept {
  assert(!ascending.empty() && q >= 0.0 && q <= 1.0);
  const double place = q * static_cast<double>(ascending.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const double share = place - static_cast<double>(below);
  const double low = ascending[below], high = ascending[std::min(below + 1, ascending.size() - 1)];
  return share == 0.0 || low == high ? low : (1.0 - share) * low + share * high;
}

}  // namespace weir::inline WEIR_ABI
