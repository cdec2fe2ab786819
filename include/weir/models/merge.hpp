// How the outputs of branches become one: one under the other, or their sum.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/fields.hpp>

#include <array>
#include <string_view>

namespace weir::inline WEIR_ABI {

enum class Merge : unsigned char { concat, add };

[[nodiscard]] constexpr std::array<std::string_view, 2> names_of(Merge) noexcept { return {"concat", "add"}; }

struct MergeOptions {
  Merge merge = Merge::concat;

  template <class Visitor, class Options>
  static void fields(Visitor& visit, Options& o) {
    visit("merge", o.merge, "outputs of the branches one under the other, or their sum");
  }
};

}  // namespace weir::inline WEIR_ABI
