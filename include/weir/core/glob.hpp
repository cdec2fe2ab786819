// Names by a pattern: * stands for any letters, none of them too, and ? for one byte.
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

/// In time that grows with the product of the lengths at most: only the last * is ever taken back.
[[nodiscard]] constexpr bool matches_glob(std::string_view pattern, std::string_view text) noexcept {
  constexpr std::size_t none = std::string_view::npos;
  std::size_t p = 0, t = 0, star = none, covered = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      covered = t;
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t])) {
      ++p;
      ++t;
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
