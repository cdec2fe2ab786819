// The rows of a table by the text of a categorical column.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/data/tables/table.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

struct Stratum {
  std::string text;
  std::vector<std::size_t> rows;
};
using Strata = std::vector<Stratum>;

/// One stratum a text, in the order of the texts, so that nothing depends on how the table was put together;
/// rows whose text is missing come first. No column: all rows are one stratum.
[[nodiscard]] inline Strata strata_of(const Table& table, std::string_view column) {
  if (column.empty()) {
    Strata all(1);
    all[0].rows.resize(table.rows());
    std::iota(all[0].rows.begin(), all[0].rows.end(), std::size_t{0});
    return all;
  }
  const std::size_t index = table.index_of(column);
  const Dictionary& dictionary = table.dictionary(index);
  const auto codes = table.codes(index);
  Strata strata(dictionary.size() + 1);  // the last: missing
  for (std::uint32_t code = 0; code < dictionary.size(); ++code) strata[code].text = dictionary[code];
  for (std::size_t row = 0; row < codes.size(); ++row) {
    strata[std::min<std::size_t>(codes[row], dictionary.size())].rows.push_back(row);
  }
  strata.erase(std::remove_if(strata.begin(), strata.end(), [](const Stratum& s) { return s.rows.empty(); }),
               strata.end());
  std::sort(strata.begin(), strata.end(), [](const Stratum& a, const Stratum& b) { return a.text < b.text; });
  return strata;
}

/// How many rows have each text of a column, in the order of the texts.
[[nodiscard]] inline std::vector<std::pair<std::string, std::size_t>> text_counts(const Table& table,
                                                                                  std::string_view column) {
  static_cast<void>(table.index_of(column));
  std::vector<std::pair<std::string, std::size_t>> counts;
  for (Stratum& stratum : strata_of(table, column))
    counts.emplace_back(std::move(stratum.text), stratum.rows.size());
  return counts;
}

}  // namespace weir::inline WEIR_ABI
