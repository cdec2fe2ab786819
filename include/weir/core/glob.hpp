// Names by a pattern: * stands for any letters, none of them too, and ? for one letter of
// UTF-8.
//
//   matches_glob("Background*", "Background-UDP")     true
#pragma once

#include <weir/core/abi.hpp>

#include <cstddef>
#include <string_view>

namespace weir::inline WEIR_ABI {

[[nodiscard]] constexpr bool is_glob(std::string_view text) noexcept {
  return text.find_first_of("*?") != std::string_view::npos;
}

namespace detail {

/// Bytes of the letter at the front; one where it is no UTF-8.
[[nodiscard]] constexpr std::size_t letter_bytes(std::string_view text) noexcept {
  const auto bits = [&](std::size_t i) { return static_cast<unsigned char>(text[i]) & 0xC0U; };
  std::size_t size = 1;
  if (bits(0) == 0xC0U) {
    while (size < text.size() && bits(size) == 0x80U) ++size;
  }
  return size;
}

}  // namespace detail

/// In time that grows with the product of the lengths at most: only the last * is ever taken back.
[[nodiscard]] constexpr bool matches_glob(std::string_view pattern, std::string_view text) noexcept {
  constexpr std::size_t none = std::string_view::npos;
  std::size_t p = 0, t = 0, star = none, covered = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      covered = t;
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t])) {
      t += pattern[p++] == '?' ? detail::letter_bytes(text.substr(t)) : 1;
    } else if (star != none) {
      p = star + 1;
      t = ++covered;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

}  // namespace weir::inline WEIR_ABI
