// The version of weir's model files (docs/model_format.md).
#pragma once

#include <weir/core/abi.hpp>

#include <string_view>

namespace weir::inline WEIR_ABI::detail {

/// What this version writes, and all that it reads.
inline constexpr std::string_view format_version = "1";

}  // namespace weir::inline WEIR_ABI::detail
