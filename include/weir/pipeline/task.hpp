// What a model is asked: a class, how unlike normal traffic a record is, or a number.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/enum_names.hpp>

#include <array>
#include <string_view>

namespace weir::inline WEIR_ABI {

enum class Task : unsigned char {
  classify,  ///< outputs are logits or probabilities of classes
  anomaly,   ///< the net gives its input back; the score is how badly
  regress    ///< the output is a number
};

[[nodiscard]] constexpr std::array<std::string_view, 3> names_of(Task) {
  return {"classify", "anomaly", "regress"};
}

}  // namespace weir::inline WEIR_ABI
