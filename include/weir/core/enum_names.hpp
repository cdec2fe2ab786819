// The names of an enumeration's values, written once beside it, in the order of the values, which count from
// 0:
//
//   enum class Padding : unsigned char { valid, same };
//   constexpr std::array<std::string_view, 2> names_of(Padding) { return {"valid", "same"}; }
#pragma once

#include <weir/core/abi.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

namespace weir::inline WEIR_ABI {

/// An enumeration with names.
template <class E>
concept Named = std::is_enum_v<E> && requires {
  names_of(E{}).size();
};

template <Named E>
[[nodiscard]] constexpr std::string_view name_of(E value) noexcept {
  return names_of(E{})[static_cast<std::size_t>(value)];
}

/// The value of that name.
template <Named E>
[[nodiscard]] constexpr std::optional<E> named(std::string_view name) noexcept {
  const auto names = names_of(E{});
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i] == name) return static_cast<E>(i);
  }
  return std::nullopt;
}

/// "valid, same or causal", of the first `count` names.
template <Named E>
[[nodiscard]] std::string choices_of(std::size_t count = names_of(E{}).size()) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) {
    if (i > 0) text += i + 1 == count ? " or " : ", ";
    text += names_of(E{})[i];
  }
  return text;
}

}  // namespace weir::inline WEIR_ABI
