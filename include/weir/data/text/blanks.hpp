// The blanks of a text in UTF-8: Unicode's White_Space (spaces of any width, tabs, no-break spaces), and those
// without width: U+180E, U+200B, U+2060, U+FEFF (a byte-order mark within a file). CR and LF, which end lines,
// are none.
//
//   blank_before(text)     bytes of the blank at the front; 0: there is none
//   trim_blanks(text)      without the blanks at both ends
#pragma once

#include <weir/core/abi.hpp>

#include <cstddef>
#include <string_view>

namespace weir::inline WEIR_ABI {

[[nodiscard]] constexpr std::size_t blank_before(std::string_view text) noexcept {
  const auto at = [text](std::size_t i) -> unsigned {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0;
  };
  const unsigned first = at(0);
  if (first < 0x80) return first == ' ' || first == '\t' || first == '\v' || first == '\f' ? 1 : 0;
  const unsigned rest = at(1) << 8U | at(2);
  switch (first) {
    case 0xC2: return at(1) == 0x85 || at(1) == 0xA0 ? 2 : 0;    // next line, no-break space
    case 0xE1: return rest == 0x9A80 || rest == 0xA08E ? 3 : 0;  // U+1680, U+180E
    case 0xE2:
      return (rest >= 0x8080 && rest <= 0x808B) || rest == 0x80A8 || rest == 0x80A9 || rest == 0x80AF ||
                     rest == 0x819F || rest == 0x81A0
                 ? 3  // U+2000 to U+200B, U+2028, U+2029, U+202F, U+205F, U+2060
                 : 0;
    case 0xE3: return rest == 0x8080 ? 3 : 0;  // U+3000
    case 0xEF: return rest == 0xBBBF ? 3 : 0;  // U+FEFF
    default: return 0;
  }
}

[[nodiscard]] constexpr std::size_t blank_behind(std::string_view text) noexcept {
  const bool ascii = !text.empty() && static_cast<unsigned char>(text.back()) < 0x80;
  if (ascii) return blank_before(text.substr(text.size() - 1));
  for (std::size_t size = 2; size <= 3 && size <= text.size(); ++size) {
    if (blank_before(text.substr(text.size() - size)) == size) return size;
  }
  return 0;
}

/// Whether a blank parts what stands before it from what stands behind it.
[[nodiscard]] constexpr bool has_width(std::string_view blank) noexcept {
  return blank != "\xE1\xA0\x8E" && blank != "\xE2\x80\x8B" && blank != "\xE2\x81\xA0" &&
         blank != "\xEF\xBB\xBF";
}

[[nodiscard]] constexpr std::string_view trim_blanks(std::string_view text) noexcept {
  while (const std::size_t size = blank_before(text)) text.remove_prefix(size);
  while (const std::size_t size = blank_behind(text)) text.remove_suffix(size);
  return text;
}

}  // namespace weir::inline WEIR_ABI
