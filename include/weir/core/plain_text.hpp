// Counts, shares and numbers as people read them, and columns of text.
//
//   count_text(1, "row")  "1 row"      percent_text(0.9725)  "97.25 %"      pad_left("7", 3)  "  7"
#pragma once

#include <weir/core/abi.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdio>
#include <string>
#include <string_view>

namespace weir::inline WEIR_ABI {

/// "1 row", "2 rows"
template <std::integral Count>
[[nodiscard]] std::string count_text(Count count, std::string_view thing) {
  return std::to_string(count).append(" ").append(thing).append(count == 1 ? "" : "s");
}

namespace detail {
[[nodiscard]] inline std::string formatted(const char* format, double value) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), format, value);
  return text.data();
}
}  // namespace detail

/// "97.25 %", or "-" for NaN.
[[nodiscard]] inline std::string percent_text(double share) {
  return std::isnan(share) ? std::string("-") : detail::formatted("%.2f %%", 100.0 * share);
}
/// With four decimals, or "-" for NaN.
[[nodiscard]] inline std::string number_text(double value) {
  if (std::isnan(value)) return "-";
  const double size = std::fabs(value);
  return detail::formatted(size != 0.0 && (size < 1e-3 || size >= 1e6) ? "%.4g" : "%.4f", value);
}
/// As short as it goes: "0.001".
[[nodiscard]] inline std::string brief_text(double value) { return detail::formatted("%g", value); }

namespace detail {
[[nodiscard]] inline std::string blanks_for(std::string_view text, std::size_t width) {
  const auto letters = static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
  return std::string(width > letters ? width - letters : 0, ' ');
}
}  // namespace detail

/// The text with blanks before it up to the width; counts letters of UTF-8 once.
[[nodiscard]] inline std::string pad_left(const std::string& text, std::size_t width) {
  return detail::blanks_for(text, width) + text;
}
/// The same with blanks behind it.
[[nodiscard]] inline std::string pad_right(const std::string& text, std::size_t width) {
  return text + detail::blanks_for(text, width);
}

/// "a, b, c and 297 more": the first parts of a list that is too long for a line.
[[nodiscard]] inline std::string brief_list(std::string_view list, std::size_t most = 20) {
  constexpr std::string_view comma = ", ";
  std::size_t parts = 1, end = list.size();
  for (std::size_t at = list.find(comma); at != std::string_view::npos; at = list.find(comma, at + 1)) {
    if (parts++ == most) end = at;
  }
  std::string text(list.substr(0, end));
  return parts > most ? text + " and " + std::to_string(parts - most) + " more" : text;
}

}  // namespace weir::inline WEIR_ABI
