// Columns of texts that look like numbers in a spelling that is not read: 12.4 M, <5.3, 50%, 1 240 000.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/data/dictionary.hpp>
#include <weir/data/table.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace weir::inline WEIR_ABI {

struct NumberLike {
  std::string column;
  std::size_t names = 0;  ///< different texts
  std::string example;
};

/// Whether a digit comes first, behind signs, marks of comparison or currency, blanks, and a decimal sign.
[[nodiscard]] inline bool begins_like_a_number(std::string_view text) noexcept {
  constexpr std::string_view minus = "\xE2\x88\x92", euro = "\xE2\x82\xAC";  // U+2212, U+20AC
  while (text.starts_with(minus) || text.starts_with(euro)) text.remove_prefix(minus.size());
  text.remove_prefix(std::min(text.find_first_not_of("+-<>=~$( "), text.size()));
  if (!text.empty() && (text.front() == '.' || text.front() == ',')) text.remove_prefix(1);
  return !text.empty() && text.front() >= '0' && text.front() <= '9';
}

/// Columns of texts of which most cells begin like a number, with more than a few different ones.
[[nodiscard]] inline std::vector<NumberLike> find_number_like(const Table& table) {
  constexpr std::size_t few_names = 20;
  std::vector<NumberLike> result;
  for (std::size_t i = 0; i < table.columns(); ++i) {
    if (table.numeric(i) || table.dictionary(i).size() <= few_names) continue;
    const Dictionary& names = table.dictionary(i);
    std::vector<bool> like(names.size());
    for (std::uint32_t code = 0; code < like.size(); ++code) like[code] = begins_like_a_number(names[code]);
    std::size_t texts = 0, numbers = 0;
    std::uint32_t example = missing_code;
    for (const std::uint32_t code : table.codes(i)) {
      if (code == missing_code) continue;
      ++texts;
      if (!like[code]) continue;
      ++numbers;
      if (example == missing_code) example = code;
    }
    if (2 * numbers > texts)
      result.push_back({table.schema().columns[i].name, names.size(), std::string(names[example])});
  }
  return result;
}

}  // namespace weir::inline WEIR_ABI
