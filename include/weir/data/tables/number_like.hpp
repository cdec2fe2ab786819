// Columns of texts that look like numbers, in a spelling that is not read (12.4 M, <5.3, 50%), or among many
// words.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/data/tables/dictionary.hpp>
#include <weir/data/tables/table.hpp>
#include <weir/data/text/number_format.hpp>

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
  bool spelt_well = false;  ///< the numbers are read; `example` is a text that is none
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
    std::uint32_t odd = missing_code, none = missing_code;  // the first ones
    for (const std::uint32_t code : table.codes(i)) {
      if (code == missing_code) continue;
      ++texts;
      numbers += std::size_t{like[code]};
      double ignored = 0;
      std::uint32_t& first = like[code] ? odd : none;
      if (first == missing_code && !parse_number(names[code], {}, ignored)) first = code;
    }
    if (2 * numbers <= texts || (odd == missing_code && none == missing_code)) continue;
    const bool spelt_well = odd == missing_code;
    result.push_back({table.schema().columns[i].name, names.size(),
                      std::string(names[spelt_well ? none : odd]), spelt_well});
  }
  return result;
}

}  // namespace weir::inline WEIR_ABI
