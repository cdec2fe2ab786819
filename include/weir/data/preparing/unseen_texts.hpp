// Texts of a table that are none of a model's categories, which a pipeline reads as unknown.
//
//   unseen_text(scorer.unseen())
//   // "12 texts that the training did not have, read as unknown: 'service' 9 (such as 'http2'), 'flag' 3 (...)"
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/plain_text.hpp>
#include <weir/data/formats/csv_cells.hpp>
#include <weir/data/preparing/preprocessor.hpp>
#include <weir/data/tables/dictionary.hpp>
#include <weir/data/tables/table.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace weir::inline WEIR_ABI {

/// Counts them over the pieces of a table.
class UnseenTexts {
 public:
  struct Column {
    std::string name;
    std::size_t cells = 0;
    std::string example;
  };

  /// Rows that have the columns of the preprocessor.
  void add(const Table& rows, const Preprocessor& preprocess) {
    const auto of_numbers = [](const NumericPlan&, auto...) {};
    preprocess.each_column(of_numbers, [&](const CategoricalPlan& plan, auto...) {
      const std::size_t column = rows.index_of(plan.name);
      const Dictionary& dictionary = rows.dictionary(column);
      std::vector<bool> known(dictionary.size());
      for (std::uint32_t code = 0; code < known.size(); ++code)
        known[code] = plan(dictionary[code]) < plan.categories.size();
      for (const std::uint32_t code : rows.codes(column)) {
        if (code != missing_code && !known[code]) count(plan.name, dictionary[code]);
      }
    });
  }

  /// The columns that have any, in the order in which they were met.
  [[nodiscard]] const std::vector<Column>& columns() const noexcept { return columns_; }

 private:
  void count(const std::string& name, std::string_view text) {
    const auto same = [&name](const Column& one) { return one.name == name; };
    auto place = std::find_if(columns_.begin(), columns_.end(), same);
    if (place == columns_.end()) place = columns_.insert(place, {name, 0, std::string(text)});
    ++place->cells;
  }

  std::vector<Column> columns_{};
};

/// Empty when there are none.
[[nodiscard]] inline std::string unseen_text(const UnseenTexts& unseen) {
  constexpr std::size_t most_columns = 12;
  const std::vector<UnseenTexts::Column>& columns = unseen.columns();
  if (columns.empty()) return {};
  std::size_t cells = 0;
  std::string list;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    cells += columns[i].cells;
    if (i >= most_columns) continue;
    list += (i == 0 ? "'" : ", '") + columns[i].name + "' " + std::to_string(columns[i].cells) +
            " (such as " + quoted_excerpt(columns[i].example) + ")";
  }
  if (columns.size() > most_columns)
    list += " and " + std::to_string(columns.size() - most_columns) + " more columns";
  return count_text(cells, "text") + " that the training did not have, read as unknown: " + list;
}

}  // namespace weir::inline WEIR_ABI
