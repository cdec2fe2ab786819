// What a loss compares the outputs of a net with: labels or values.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/batch.hpp>

#include <cstdint>
#include <span>

namespace weir::inline WEIR_ABI {

using Label = std::int32_t;

/// What a loss can be compared with: it is never given anything else.
enum class Takes : unsigned char { values, labels, both };

/// Either one class label an item or a column of target values an item.
template <class T>
struct Targets {
  std::span<const Label> labels;
  BatchView<const T> values;

  /// Those of samples [first, first + count); `length` items a sample.
  [[nodiscard]] Targets slice(Index first, Index count, Index length) const {
    Targets part;
    if (!labels.empty()) {
      part.labels =
          labels.subspan(static_cast<std::size_t>(first * length), static_cast<std::size_t>(count * length));
    }
    if (!values.absent()) part.values = values.slice(first, count);
    return part;
  }
};

}  // namespace weir::inline WEIR_ABI
