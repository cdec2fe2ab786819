// The labels of tables: the classes that training rows have, and the class of each row.
//
//   const LabelRule rule = LabelRule::fit(parts.training, "label");
//   const std::vector<std::int32_t> classes = rule.encode(flows);
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/data/labels/label_rule.hpp>
#include <weir/data/tables/split.hpp>
#include <weir/data/tables/strata.hpp>
#include <weir/data/tables/table.hpp>
#include <weir/data/text/finite.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

/// The rows whose value in `column` (a text or a number) is there. `missing` says how many are not.
[[nodiscard]] inline Table labelled_rows(Table table, std::string_view column, std::size_t& missing) {
  const std::size_t index = table.index_of(column);
  std::vector<std::size_t> rows;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const bool there =
        table.numeric(index) ? is_finite(table.numbers(index)[row]) : table.codes(index)[row] != missing_code;
    if (there) rows.push_back(row);
  }
  missing = table.rows() - rows.size();
  return missing == 0 ? std::move(table) : table.take(rows);
}

#if WEIR_BODIES

WEIR_BODY LabelRule LabelRule::fit(const TrainingRows& rows, std::string_view label_column) {
  LabelRule rule{.column = std::string(label_column)};
  for (auto& [name, count] : text_counts(rows.table(), label_column)) {
    if (name.empty()) fail(ErrorKind::data, "a label of column '" + rule.column + "' is missing");
    rule.classes.push_back(std::move(name));
  }
  return rule;
}

WEIR_BODY std::vector<std::int32_t> LabelRule::encode(const Table& table) const {
  const std::size_t index = table.index_of(column);
  const Dictionary& dictionary = table.dictionary(index);
  std::vector<std::int32_t> result;
  result.reserve(table.rows());
  for (const std::uint32_t code : table.codes(index)) {
    const std::string_view label =
        code == missing_code ? std::string_view() : std::string_view(dictionary[code]);
    const std::optional<std::int32_t> found = class_of(label);
    if (!found) {
      fail(ErrorKind::data, table.place(result.size()) + ": label '" + std::string(label) +
                                "' is none of the model's classes");
    }
    result.push_back(*found);
  }
  return result;
}

#endif

}  // namespace weir::inline WEIR_ABI
