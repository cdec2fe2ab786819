// How the outputs of branches become one: one under the other, or their sum.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/config.hpp>

#include <string>
#include <string_view>

namespace weir::inline WEIR_ABI {

enum class Merge : unsigned char { concat, add };

[[nodiscard]] inline std::string_view name_of(Merge merge) noexcept {
  return merge == Merge::concat ? "concat" : "add";
}

namespace detail {

/// The option "merge" of a layer made of layers.
[[nodiscard]] inline Merge read_merge(ConfigReader& read) {
  const std::string merge = read.text("merge", name_of(Merge::concat));
  if (merge == name_of(Merge::add)) return Merge::add;
  if (merge != name_of(Merge::concat)) read.complain("merge", "must be concat or add");
  return Merge::concat;
}

}  // namespace detail

}  // namespace weir::inline WEIR_ABI
