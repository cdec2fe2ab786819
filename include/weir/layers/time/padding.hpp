// Padding: the time steps of a sample behind its length. A layer that looks along time leaves zeros there.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/batch.hpp>

#include <algorithm>
#include <cstddef>
#include <span>

namespace weir::inline WEIR_ABI::detail {

template <class T>
void clear_behind_lengths(BatchView<T> y) noexcept {
  if (y.lengths().empty()) return;
  for (Index i = 0; i < y.count(); ++i) {
    const std::span<T> sample = y.sample(i);
    std::fill(sample.begin() + static_cast<std::ptrdiff_t>(y.length_of(i) * y.channels()), sample.end(),
              T(0));
  }
}

}  // namespace weir::inline WEIR_ABI::detail
