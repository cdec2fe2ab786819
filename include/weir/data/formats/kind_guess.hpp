// The guess what kind the columns of a file are, from its first rows.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/data/formats/csv_cells.hpp>
#include <weir/data/formats/csv_fields.hpp>
#include <weir/data/formats/csv_options.hpp>
#include <weir/data/formats/mixed_column.hpp>
#include <weir/data/tables/schema.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

/// Columns are numeric until a text turns up in them.
class KindGuess {
 public:
  /// Without names, the first row says how many columns there are.
  KindGuess(std::vector<std::string> names, const CsvOptions& options)
      : cells_(options.missing, options.numbers), names_(std::move(names)), columns_(names_.size()) {}

  void look_at(std::span<const std::string_view> fields, std::uint64_t line) {
    if (columns_.empty()) {
      for (std::size_t i = 0; i < fields.size(); ++i) names_.push_back(positional_name(i));
      columns_.resize(fields.size());
    }
    if (fields.size() != columns_.size()) return;
    for (std::size_t i = 0; i < fields.size(); ++i) {
      double value = 0;
      if (!cells_.number(fields[i], value)) {
        columns_[i].text(fields[i], line);
      } else if (!is_missing(value)) {
        columns_[i].number(value, fields[i]);
      }
    }
  }

  [[nodiscard]] Schema schema() const {
    Schema schema;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      schema.columns.push_back(
          {names_[i], columns_[i].has_texts() ? ColumnKind::categorical : ColumnKind::numeric});
    }
    return schema;
  }
  /// Columns that are categorical by the rule, and look like numbers with a few texts.
  [[nodiscard]] std::vector<MixedColumn> mixed() const {
    std::vector<MixedColumn> result;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      std::optional<MixedColumn> column = columns_[i].mixed();
      if (!column) continue;
      column->name = names_[i];
      column->index = i;
      result.push_back(std::move(*column));
    }
    return result;
  }

 private:
  CsvCells cells_;
  std::vector<std::string> names_;
  std::vector<ColumnCensus> columns_;
};

}  // namespace weir::inline WEIR_ABI
