// What a model is asked: a class, how unlike normal traffic a record is, or a number.
#pragma once

#include <weir/core/abi.hpp>

#include <array>
#include <cstddef>
#include <string_view>

namespace weir::inline WEIR_ABI {

enum class Task : unsigned char {
  classify,  ///< outputs are logits or probabilities of classes
  anomaly,   ///< the net gives its input back; the score is how badly
  regress    ///< the output is a number
};

namespace detail {
inline constexpr std::array<std::string_view, 3> task_names{"classify", "anomaly", "regress"};
}
[[nodiscard]] inline std::string_view name_of(Task task) noexcept {
  return detail::task_names[static_cast<std::size_t>(task)];
}

}  // namespace weir::inline WEIR_ABI
