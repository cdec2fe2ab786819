// A table of any format (table_formats.hpp): its beginning is read first, so that a wrong column is named
// before anything is read in earnest, and every message ends with what to write instead.
//
//   TableFile file = open_table("flows.csv.gz", {.separator = ";", .open = open_any});
//   file.read_as({{"label", ColumnKind::categorical}});      // the others as the beginning tells
//   Table flows = file.read_all();
//
//   Table flows = read_table("flows.csv");                   // the same in one call
//   TableFile days = open_tables({"Monday.csv", "Tuesday.csv"});
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/core/near_names.hpp>
#include <weir/core/option_words.hpp>
#include <weir/core/plain_text.hpp>
#include <weir/data/formats/csv_cells.hpp>
#include <weir/data/formats/csv_options.hpp>
#include <weir/data/formats/kept_texts.hpp>
#include <weir/data/formats/mapped_rows.hpp>
#include <weir/data/formats/mixed_column.hpp>
#include <weir/data/formats/opened_rows.hpp>
#include <weir/data/formats/reading_notes.hpp>
#include <weir/data/formats/row_reader.hpp>
#include <weir/data/formats/several_tables.hpp>
#include <weir/data/formats/table_formats.hpp>
#include <weir/data/formats/table_mends.hpp>
#include <weir/data/formats/table_options.hpp>
#include <weir/data/formats/table_text.hpp>
#include <weir/data/sources/byte_source.hpp>
#include <weir/data/tables/schema.hpp>
#include <weir/data/tables/table.hpp>
#include <weir/data/text/blanks.hpp>
#include <weir/traffic/features/column_spellings.hpp>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

/// Throws weir::Error, as all of its functions do.
class TableFile {
 public:
  TableFile(std::unique_ptr<ByteSource> source, const TableOptions& options)
      : TableFile(try_open_rows(std::move(source), options).value(), options) {}
  TableFile(OpenedRows opened, TableOptions options)
      : options_(std::move(options)),
        name_(std::move(opened.name)),
        told_(opened.told),
        reader_(std::move(opened.rows)) {}

  /// What messages call it.
  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] const TableFormat& format() const noexcept { return *told_.format; }
  /// Columns and their kinds, as far as the beginning tells.
  [[nodiscard]] const Schema& schema() const noexcept { return reader_->schema(); }
  [[nodiscard]] bool has(std::string_view column) const noexcept { return schema().find(column).has_value(); }
  /// DataError that names the columns spelt alike.
  void require(std::string_view column) const;
  /// The same, but where rows may lack any column (JSON), it need not turn up in the first of them: read_only() and
  /// read_as() read what comes later, and missing cells where nothing does.
  void require_readable(std::string_view column) const {
    if (!reader_->open_ended()) require(column);
  }
  /// Whether a column is of numbers with a few texts, by the first rows.
  [[nodiscard]] bool mixed(std::string_view column) const {
    const std::vector<MixedColumn>& all = reader_->mixed();
    return std::any_of(all.begin(), all.end(),
                       [&](const MixedColumn& one) { return schema().columns[one.index].name == column; });
  }

  /// Gives columns that the file spells in another known way (column_spellings.hpp) the names that are wanted; a
  /// column that is wanted under two names is there twice. report() tells which.
  void respell(const std::vector<Column>& wanted);

  /// Reads these columns as those kinds, and all others as the beginning tells. DataError when one of the
  /// others is of numbers with a few texts.
  void read_as(const std::vector<Column>& kinds) {
    refuse_mixed(kinds);
    use(kinds, true);
  }
  /// Reads these columns and no others.
  void read_only(const std::vector<Column>& columns) { use(columns, false); }

  /// Keeps the own texts of these columns (kept_texts.hpp) beside what is read of them.
  void keep(std::vector<std::size_t> columns) { reader_->keep(std::move(columns)); }
  /// Of the rows that were read last.
  [[nodiscard]] const KeptTexts& kept() const noexcept { return reader_->kept(); }

  [[nodiscard]] Table make_table() const { return reader_->make_table(); }
  /// Appends up to `most` rows and says how many; none at the end. With TableOptions::as_they_come those that
  /// have come, at least one.
  std::size_t read(Table& table, std::size_t most = RowReader::all_rows) {
    if (!chosen_) read_as({});
    const Result<std::size_t> count = reader_->try_read(table, most);
    if (count) return count.value();
    fail(count.error().kind, count.error().what + mend_of_row(count.error()));
  }
  [[nodiscard]] Table read_all() {
    if (!chosen_) read_as({});
    Table table = make_table();
    read(table);
    return table;
  }
  /// What was read and what was left out.
  [[nodiscard]] const CsvReport& report() const noexcept { return reader_->report(); }

 private:
  void use(const std::vector<Column>& kinds, bool others);

  void refuse_mixed(const std::vector<Column>& kinds) const;

  /// Where it is a row that is at fault.
  [[nodiscard]] std::string mend_of_row(const Failure& failure) const;
  [[nodiscard]] std::string recorded_notation() const {
    if (!format().any_notation || options_.recorded.numbers.plain()) return {};
    return "; the model was trained with " + detail::options_for(options_.recorded.numbers, options_.words) +
           " and reads numbers so in every table";
  }

  TableOptions options_;
  std::string name_;
  ToldFormat told_;
  std::unique_ptr<RowReader> reader_;
  std::vector<bool> asked_;  // by column: its kind was asked for
  bool chosen_ = false;      // which columns are read
  bool others_ = true;       // also those that nobody named
};

/// Its beginning is read. Throws weir::Error.
[[nodiscard]] inline TableFile open_table(const std::string& path, const TableOptions& options = {}) {
  return {options.open(path).value(), options};
}
/// Several files of one layout as one table (several_tables.hpp).
[[nodiscard]] inline TableFile open_tables(const std::vector<std::string>& paths,
                                           const TableOptions& options = {}) {
  if (paths.size() == 1 && options.source_column.empty()) return open_table(paths[0], options);
  return {try_open_several(paths, options).value(), options};
}
/// All of it.
[[nodiscard]] inline Table read_table(const std::string& path, const TableOptions& options = {}) {
  return open_table(path, options).read_all();
}

#if WEIR_BODIES

WEIR_BODY void TableFile::require(std::string_view column) const {
  if (has(column)) return;
  std::vector<std::string> names;
  for (const Column& one : schema().columns) names.push_back(one.name);
  std::string other = detail::other_format(told_, options_);
  if (other.empty()) other = other_unit_text(column, names);
  fail(ErrorKind::data, name_ + ": there is no column '" + std::string(column) + "'" +
                            (other.empty() ? near_names(column, names) : other));
}

WEIR_BODY void TableFile::respell(const std::vector<Column>& wanted) {
  std::vector<MappedColumn> map;
  for (const Column& column : schema().columns) map.push_back({column, map.size()});
  const auto is_wanted = [&wanted](const std::string& name) {
    return std::any_of(wanted.begin(), wanted.end(), [&](const Column& one) { return one.name == name; });
  };
  std::vector<std::pair<std::string, std::string>> respelt;
  for (const Column& column : wanted) {
    if (has(column.name)) continue;
    const auto place = find_column(schema().columns, column.name);
    if (!place) continue;
    const Column& found = schema().columns[*place];
    respelt.emplace_back(column.name, found.name);
    if (is_wanted(map[*place].column.name)) {
      map.push_back({{column.name, found.kind}, *place});
    } else {
      map[*place].column.name = column.name;
    }
  }
  if (respelt.empty()) return;
  auto rows = std::make_unique<MappedRows>(std::move(reader_), std::move(map));
  rows->tell_respelt(std::move(respelt));
  reader_ = std::move(rows);
}

WEIR_BODY void TableFile::use(const std::vector<Column>& kinds, bool others) {
  Schema schema = reader_->schema();
  asked_.clear();
  for (Column& column : schema.columns) {
    const auto wanted = std::find_if(kinds.begin(), kinds.end(),
                                     [&](const Column& kind) { return kind.name == column.name; });
    asked_.push_back(wanted != kinds.end());
    if (wanted != kinds.end()) {
      column.kind = wanted->kind;
    } else if (!others) {
      column.kind = ColumnKind::ignore;
    }
  }
  for (const Column& column : kinds) {
    const bool more = reader_->open_ended() && column.kind != ColumnKind::ignore && !has(column.name);
    if (more) schema.columns.push_back(column);
  }
  reader_->use(std::move(schema));
  chosen_ = true;
  others_ = others;
}

WEIR_BODY void TableFile::refuse_mixed(const std::vector<Column>& kinds) const {
  std::vector<MixedColumn> refused;
  for (MixedColumn column : reader_->mixed()) {
    const Column& read_as = schema().columns[column.index];
    const auto wanted = [&](const Column& kind) { return kind.name == read_as.name; };
    if (read_as.kind != ColumnKind::categorical || std::any_of(kinds.begin(), kinds.end(), wanted)) continue;
    column.name = read_as.name;
    if (!format().any_notation) column.format = column.other = std::nullopt;  // it has one notation
    refused.push_back(std::move(column));
  }
  if (refused.empty()) return;
  std::string what = (refused[0].file.empty() ? name_ : refused[0].file) + ": column '" + refused[0].name +
                     "': " + describe(refused[0]);
  if (refused.size() > 1) {
    std::vector<std::string> others;
    for (std::size_t i = 1; i < refused.size(); ++i) others.push_back(refused[i].name);
    what += "; so it is with " + name_list(others, 4);
  }
  fail(ErrorKind::data,
       what + ": " + detail::mend_of(refused, csv_options(options_).numbers, options_.words));
}

WEIR_BODY std::string TableFile::mend_of_row(const Failure& failure) const {
  const std::vector<BadRow>& rows = report().reasons;
  if (failure.kind != ErrorKind::data || rows.empty()) return {};
  BadRow row = rows.front();
  if (!format().any_notation) row.format = std::nullopt;  // it has one notation
  const std::string mend = detail::mend_of(row, options_.words);
  if (row.kind != BadField::number) return mend;
  if (!others_) return mend + recorded_notation();
  if (row.column <= asked_.size() && asked_[row.column - 1]) return mend;
  const std::string& column = schema().columns[rows.front().column - 1].name;
  return mend + ", " + option_word(options_.words, "categorical", {column}) + " reads the column as names, " +
         option_word(options_.words, "drop", {column}) + " leaves it out";
}

#endif

}  // namespace weir::inline WEIR_ABI
