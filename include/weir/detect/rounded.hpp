// A product that is rounded before it is added to anything: a * b + c computed as two operations, where the
// compiler would make one of them (-ffp-contract). What has to agree with another program to the last bit
// needs it.
#pragma once

#include <weir/core/abi.hpp>

namespace weir::inline WEIR_ABI::detail {

template <class T>
[[nodiscard]] inline T rounded(T value) noexcept {
#if defined(__GNUC__) && !defined(__clang__)
  return __builtin_assoc_barrier(value);
#else
  return value;  // clang does not look beyond one expression
#endif
}

}  // namespace weir::inline WEIR_ABI::detail
