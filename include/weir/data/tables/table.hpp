// Records, column by column: numbers as double (NaN: missing), categories as codes into a dictionary.
//
//   Table flows(Schema{{{"bytes", ColumnKind::numeric}, {"proto", ColumnKind::categorical}}});
//   flows.append_row(std::array{1500.0}, std::array<std::string_view, 1>{"tcp"});
//   flows.numbers("bytes")[0];     // 1500
//   flows.text("proto", 0);        // "tcp"
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/data/tables/dictionary.hpp>
#include <weir/data/tables/schema.hpp>
#include <weir/data/text/finite.hpp>

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

class Table {
 public:
  Table() = default;
  /// An empty table; ignored columns are left out. Throws ConfigError when a name occurs twice.
  explicit Table(const Schema& schema) : schema_(schema.kept()) {
    if (const auto twin = repeated_name(schema_)) {
      fail(ErrorKind::config, "two columns are called '" + *twin + "'");
    }
    for (const Column& column : schema_.columns) {
      if (column.kind == ColumnKind::numeric) {
        slots_.push_back(numeric_.size());
        numeric_.emplace_back();
      } else {
        slots_.push_back(categorical_.size());
        categorical_.emplace_back();
      }
    }
    codes_.resize(categorical_.size());
  }

  [[nodiscard]] std::size_t rows() const noexcept { return rows_; }
  [[nodiscard]] std::size_t columns() const noexcept { return schema_.columns.size(); }
  [[nodiscard]] const Schema& schema() const noexcept { return schema_; }
  [[nodiscard]] bool numeric(std::size_t column) const { return kind(column) == ColumnKind::numeric; }

  /// The position of a column; throws DataError when there is none of this name.
  [[nodiscard]] std::size_t index_of(std::string_view name) const {
    const auto index = schema_.find(name);
    if (!index) fail(ErrorKind::data, "the table has no column '" + std::string(name) + "'");
    return *index;
  }

  /// The values of a numeric column; throws DataError when it is categorical.
  [[nodiscard]] std::span<const double> numbers(std::size_t column) const {
    return numeric_[slot(column, ColumnKind::numeric)];
  }
  [[nodiscard]] std::span<const double> numbers(std::string_view name) const {
    return numbers(index_of(name));
  }
  [[nodiscard]] std::span<double> numbers(std::size_t column) {
    return numeric_[slot(column, ColumnKind::numeric)];
  }

  /// The values of a categorical column as codes of its dictionary; throws DataError when it is numeric.
  [[nodiscard]] std::span<const std::uint32_t> codes(std::size_t column) const {
    return categorical_[slot(column, ColumnKind::categorical)].codes;
  }
  [[nodiscard]] std::span<const std::uint32_t> codes(std::string_view name) const {
    return codes(index_of(name));
  }
  /// May hold texts that no row has any more.
  [[nodiscard]] const Dictionary& dictionary(std::size_t column) const {
    return categorical_[slot(column, ColumnKind::categorical)].dictionary;
  }
  [[nodiscard]] std::string_view text(std::size_t column, std::size_t row) const {
    assert(row < rows_);
    return dictionary(column)[codes(column)[row]];
  }
  [[nodiscard]] std::string_view text(std::string_view name, std::size_t row) const {
    return text(index_of(name), row);
  }

  /// What a message calls a row: "line 17" of the file that it was read from, "line 17 of b.csv" where there are
  /// several (begin_source()), or "row 3" of the table that it was made in, counted from 1. It keeps it in every
  /// other table.
  [[nodiscard]] std::string place(std::size_t row) const {
    assert(row < rows_);
    const std::string source(this->source(row));
    const std::uint64_t line = this->line(row);
    const std::string place =
        line > 0 ? "line " + std::to_string(line) : "row " + std::to_string(places_[row] % per_source);
    return source.empty() ? place : place + " of " + source;
  }
  /// The file that a row was read from; empty where nobody said.
  [[nodiscard]] std::string_view source(std::size_t row) const {
    assert(row < rows_);
    const std::int64_t place = places_[row];
    const auto number = static_cast<std::size_t>((place < 0 ? -place : place) / per_source);
    return number == 0 ? std::string_view() : std::string_view(sources_[number - 1]);
  }
  /// Its line there, from 1; 0: none.
  [[nodiscard]] std::uint64_t line(std::size_t row) const {
    assert(row < rows_);
    return places_[row] < 0 ? static_cast<std::uint64_t>(-places_[row] % per_source) : 0;
  }
  /// The file that the rows which are appended from now on come from. ConfigError when there are too many.
  void begin_source(std::string_view name) { source_ = source_number(name); }

  void reserve(std::size_t rows) {
    for (auto& column : numeric_) column.reserve(rows);
    for (auto& column : categorical_) column.codes.reserve(rows);
    places_.reserve(rows);
    capacity_ = std::max(capacity_, rows);
  }

  /// One more row: its numbers and its texts, each in the order of the schema; NaN and "" are missing values.
  /// `line` is that of its file, from 1; 0: none. When memory runs out the table stays as it was.
  void append_row(std::span<const double> numbers, std::span<const std::string_view> texts,
                  std::uint64_t line = 0) {
    if (numbers.size() != numeric_.size() || texts.size() != categorical_.size()) {
      fail(ErrorKind::shape, "a row of " + std::to_string(numbers.size()) + " numbers and " +
                                 std::to_string(texts.size()) + " texts does not fit a table of " +
                                 std::to_string(numeric_.size()) + " and " +
                                 std::to_string(categorical_.size()));
    }
    for (std::size_t i = 0; i < texts.size(); ++i) codes_[i] = categorical_[i].dictionary.intern(texts[i]);
    if (rows_ == capacity_) reserve(std::max<std::size_t>(64, capacity_ * 2));
    for (std::size_t i = 0; i < numbers.size(); ++i) numeric_[i].push_back(numbers[i]);
    for (std::size_t i = 0; i < texts.size(); ++i) categorical_[i].codes.push_back(codes_[i]);
    ++rows_;
    const std::int64_t source = static_cast<std::int64_t>(source_) * per_source;
    places_.push_back(line > 0 ? -static_cast<std::int64_t>(line) - source
                               : static_cast<std::int64_t>(rows_) + source);
  }

  /// All rows of a table of equal schema; throws DataError that names the first difference.
  void append(const Table& other) {
    if (const auto difference = first_difference(schema_, other.schema_)) {
      fail(ErrorKind::data, "tables do not fit together: " + *difference);
    }
    const std::size_t more = other.rows_;
    reserve(std::max(rows_ + more, std::min(capacity_ * 2, rows_ + more * 16)));
    for (std::size_t i = 0; i < categorical_.size(); ++i)
      append_texts(categorical_[i], other.categorical_[i], more);
    for (std::size_t i = 0; i < numeric_.size(); ++i) {
      for (std::size_t row = 0; row < more; ++row) numeric_[i].push_back(other.numeric_[i][row]);
    }
    append_places(other);
    rows_ += more;
  }

  /// The rows with the given numbers, in that order.
  [[nodiscard]] Table take(std::span<const std::size_t> rows) const {
    Table result(schema_);
    result.reserve(rows.size());
    for (std::size_t i = 0; i < numeric_.size(); ++i) gather(numeric_[i], rows, result.numeric_[i]);
    for (std::size_t i = 0; i < categorical_.size(); ++i) {
      gather(categorical_[i].codes, rows, result.categorical_[i].codes);
      result.categorical_[i].dictionary = categorical_[i].dictionary;
    }
    gather(places_, rows, result.places_);
    result.sources_ = sources_;
    result.rows_ = rows.size();
    return result;
  }

  /// The named columns, in the given order; throws DataError when one is not there.
  [[nodiscard]] Table select(const std::vector<std::string>& names) const {
    Schema wanted{{}, schema_.version};
    for (const std::string& name : names) wanted.columns.push_back(schema_.columns[index_of(name)]);
    Table result(wanted);
    for (std::size_t i = 0; i < names.size(); ++i) {
      const std::size_t from = slots_[index_of(names[i])];
      if (result.numeric(i)) {
        result.numeric_[result.slots_[i]] = numeric_[from];
      } else {
        result.categorical_[result.slots_[i]] = categorical_[from];
      }
    }
    result.places_ = places_;
    result.sources_ = sources_;
    result.rows_ = rows_;
    return result;
  }

  /// All but the named columns; throws DataError when one is not there.
  [[nodiscard]] Table drop(const std::vector<std::string>& names) const {
    for (const std::string& name : names) static_cast<void>(index_of(name));
    std::vector<std::string> rest;
    for (const Column& column : schema_.columns) {
      if (std::find(names.begin(), names.end(), column.name) == names.end()) rest.push_back(column.name);
    }
    return select(rest);
  }

  /// Puts the values of one column in another order, apart from all others: row i gets what row `order[i]` had.
  void reorder(std::size_t column, std::span<const std::size_t> order) {
    if (order.size() != rows_)
      fail(ErrorKind::shape, "the new order of a column has other rows than the table");
    if (numeric(column)) {
      reorder(numeric_[slots_[column]], order);
    } else {
      reorder(categorical_[slots_[column]].codes, order);
    }
  }

  /// Replaces every text of a column by `rename(text)`; texts that become equal become one category.
  template <class Rename>
  void rename_texts(std::string_view name, Rename&& rename) {
    TextColumn& column = categorical_[slot(index_of(name), ColumnKind::categorical)];
    Dictionary renamed;
    std::vector<std::uint32_t> map(column.dictionary.size());
    for (std::uint32_t code = 0; code < map.size(); ++code)
      map[code] = renamed.intern(rename(column.dictionary[code]));
    for (std::uint32_t& code : column.codes) code = code == missing_code ? code : map[code];
    column.dictionary = std::move(renamed);
  }

 private:
  struct TextColumn {
    std::vector<std::uint32_t> codes;
    Dictionary dictionary;
  };

  [[nodiscard]] ColumnKind kind(std::size_t column) const {
    if (column >= columns())
      fail(ErrorKind::data, "the table has no column number " + std::to_string(column));
    return schema_.columns[column].kind;
  }
  [[nodiscard]] std::size_t slot(std::size_t column, ColumnKind wanted) const {
    if (kind(column) != wanted) {
      fail(ErrorKind::data,
           "column '" + schema_.columns[column].name + "' is not " + std::string(to_string(wanted)));
    }
    return slots_[column];
  }

  static void append_texts(TextColumn& to, const TextColumn& from, std::size_t count) {
    std::vector<std::uint32_t> map(from.dictionary.size());
    for (std::uint32_t code = 0; code < map.size(); ++code)
      map[code] = to.dictionary.intern(from.dictionary[code]);
    for (std::size_t row = 0; row < count; ++row) {
      const std::uint32_t code = from.codes[row];
      to.codes.push_back(code == missing_code ? code : map[code]);
    }
  }

  /// Of the name in sources_, from 1.
  [[nodiscard]] std::size_t source_number(std::string_view name) {
    const auto at = std::find(sources_.begin(), sources_.end(), name);
    if (at != sources_.end()) return static_cast<std::size_t>(at - sources_.begin()) + 1;
    if (sources_.size() == most_sources) fail(ErrorKind::config, "a table is of too many files");
    sources_.emplace_back(name);
    return sources_.size();
  }
  void append_places(const Table& other) {
    std::vector<std::int64_t> shifts{0};  // by source of the other table
    for (std::size_t i = 0; i < other.sources_.size(); ++i) {
      const auto number = static_cast<std::int64_t>(source_number(other.sources_[i]));
      shifts.push_back((number - static_cast<std::int64_t>(i) - 1) * per_source);
    }
    for (std::size_t row = 0; row < other.rows_; ++row) {
      const std::int64_t place = other.places_[row];
      const std::int64_t shift = shifts[static_cast<std::size_t>((place < 0 ? -place : place) / per_source)];
      places_.push_back(place < 0 ? place - shift : place + shift);
    }
  }

  template <class T>
  void gather(const std::vector<T>& from, std::span<const std::size_t> rows, std::vector<T>& to) const {
    for (const std::size_t row : rows) {
      if (row >= rows_) fail(ErrorKind::data, "the table has no row " + std::to_string(row));
      to.push_back(from[row]);
    }
  }

  template <class T>
  void reorder(std::vector<T>& values, std::span<const std::size_t> order) const {
    std::vector<T> reordered;
    reordered.reserve(order.size());
    gather(values, order, reordered);
    values = std::move(reordered);
  }

  Schema schema_;
  std::vector<std::size_t> slots_;  // of each column among those of its kind
  std::vector<std::vector<double>> numeric_;
  std::vector<TextColumn> categorical_;
  static constexpr std::int64_t per_source = std::int64_t{1} << 42;  // lines
  static constexpr std::size_t most_sources = std::size_t{1} << 20;

  std::vector<std::int64_t>
      places_;  // of each row: its number, or minus the line; source * per_source beside
  std::vector<std::string> sources_;  // their names
  std::size_t source_ = 0;            // of the rows that are appended, from 1; 0: none
  std::vector<std::uint32_t> codes_;  // of the row that is being added
  std::size_t rows_ = 0;
  std::size_t capacity_ = 0;  // rows that fit in all columns
};

}  // namespace weir::inline WEIR_ABI
