// Which events of a log of many kinds (Suricata's EVE) lack what a model reads: an alert has not the columns
// of a flow.
//
//   events.add(rows, [&](std::size_t row) { return kept.text(row, 0); });      // the event type of each row
//   events.text()
//   // "1143 of 1190 rows lack most of the model's columns, by event_type: 'alert' 597 of 597, ..."
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/plain_text.hpp>
#include <weir/data/formats/csv_cells.hpp>
#include <weir/data/tables/table.hpp>
#include <weir/data/text/finite.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace weir::inline WEIR_ABI {

inline constexpr std::string_view event_type_column = "event_type";

/// Counts over the pieces of a table.
class EventTypes {
 public:
  struct Type {
    std::string name;
    std::size_t rows = 0;
    std::size_t lacking = 0;  ///< of these, rows that lack more than half of the columns
  };

  /// Rows of a model's columns. `type_of(row)` is a text.
  template <class TypeOf>
  void add(const Table& rows, TypeOf&& type_of) {
    const std::vector<std::size_t> missing = missing_cells(rows);
    for (std::size_t row = 0; row < missing.size(); ++row) {
      Type& type = find(type_of(row));
      ++type.rows;
      type.lacking += std::size_t{2 * missing[row] > rows.columns()};
    }
  }

  [[nodiscard]] const std::vector<Type>& types() const noexcept { return types_; }

  /// Empty unless most rows lack most columns.
  [[nodiscard]] std::string text() const {
    std::size_t rows = 0, lacking = 0;
    std::string list;
    for (const Type& type : types_) {
      rows += type.rows;
      lacking += type.lacking;
      list += (list.empty() ? "" : ", ") + quoted_excerpt(type.name) + " " + std::to_string(type.lacking) +
              " of " + std::to_string(type.rows);
    }
    if (2 * lacking <= rows) return {};
    return std::to_string(lacking) + " of " + count_text(rows, "row") +
           " lack most of the model's columns, by " + std::string(event_type_column) + ": " +
           brief_list(list) + "; leave out the events that the model is not for";
  }

 private:
  [[nodiscard]] static std::vector<std::size_t> missing_cells(const Table& rows) {
    std::vector<std::size_t> missing(rows.rows());
    for (std::size_t i = 0; i < rows.columns(); ++i) {
      for (std::size_t row = 0; row < missing.size(); ++row) {
        const bool none =
            rows.numeric(i) ? is_missing(rows.numbers(i)[row]) : rows.codes(i)[row] == missing_code;
        missing[row] += std::size_t{none};
      }
    }
    return missing;
  }
  /// One for all types behind the first ones: a hostile log has a new one in each row.
  [[nodiscard]] Type& find(std::string_view name) {
    constexpr std::size_t most = 64;
    const auto same = [&](const Type& one) { return one.name == name; };
    const auto place = std::find_if(types_.begin(), types_.end(), same);
    if (place != types_.end()) return *place;
    if (types_.size() <= most) types_.push_back({types_.size() < most ? std::string(name) : "others"});
    return types_.back();
  }

  std::vector<Type> types_{};
};

}  // namespace weir::inline WEIR_ABI
