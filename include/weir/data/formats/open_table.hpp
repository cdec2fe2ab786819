// A table of any format (table_formats.hpp): its beginning is read first, so that a wrong column is named
// before anything is read in earnest, and every message ends with what to write instead.
//
//   TableFile file = open_table("flows.csv.gz", {.separator = ";", .open = open_any});
//   file.read_as({{"label", ColumnKind::categorical}});      // the others as the beginning tells
//   Table flows = file.read_all();
//
//   Table flows = read_table("flows.csv");                   // the same in one call
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/content_kind.hpp>
#include <weir/core/error.hpp>
#include <weir/core/near_names.hpp>
#include <weir/core/option_words.hpp>
#include <weir/core/plain_text.hpp>
#include <weir/data/formats/csv_cells.hpp>
#include <weir/data/formats/csv_options.hpp>
#include <weir/data/formats/kept_texts.hpp>
#include <weir/data/formats/mixed_column.hpp>
#include <weir/data/formats/reading_notes.hpp>
#include <weir/data/formats/row_reader.hpp>
#include <weir/data/formats/table_content.hpp>
#include <weir/data/formats/table_formats.hpp>
#include <weir/data/formats/table_mends.hpp>
#include <weir/data/formats/table_options.hpp>
#include <weir/data/formats/table_text.hpp>
#include <weir/data/sources/byte_source.hpp>
#include <weir/data/sources/peeked_source.hpp>
#include <weir/data/tables/schema.hpp>
#include <weir/data/tables/table.hpp>
#include <weir/data/text/blanks.hpp>

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
  TableFile(std::unique_ptr<ByteSource> source, TableOptions options)
      : options_(std::move(options)), name_(source->name()) {
    constexpr std::size_t head = std::size_t{16} << 10;  // ARFF files begin with long comments
    std::unique_ptr<PeekedSource> peeked = PeekedSource::try_make(std::move(source), head).value();
    const std::string beginning = detail::text_head(peeked->head(), options_.encoding);
    if (peeked->head().size() < head && trim_blanks(beginning).empty())
      fail(ErrorKind::data, name_ + ": this is an empty file; the rows of a table are expected");
    looks_like_ = &table_format_of(beginning);
    kind_ = content_kind(beginning);
    format_ = &chosen_format();
    refuse_csv_options();
    Result<std::unique_ptr<RowReader>> reader = format_->open(std::move(peeked), options_);
    if (!reader) fail(reader.error().kind, reader.error().what + other_format());
    reader_ = std::move(reader).value();
    check_separator();
  }

  /// What messages call it.
  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] const TableFormat& format() const noexcept { return *format_; }
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
  /// What was asked for, or else what the first bytes tell, or else what the record says.
  [[nodiscard]] const TableFormat& chosen_format() const;
  /// ConfigError when an option is given that the format does not have.
  void refuse_csv_options() const;
  /// What the file looks like, if it is another format than the one that is read; the end of a message.
  [[nodiscard]] std::string other_format() const;

  void check_separator() const;

  void use(const std::vector<Column>& kinds, bool others);

  void refuse_mixed(const std::vector<Column>& kinds) const;

  /// Where it is a row that is at fault.
  [[nodiscard]] std::string mend_of_row(const Failure& failure) const;
  [[nodiscard]] std::string recorded_notation() const {
    if (!format_->any_notation || options_.recorded.numbers.plain()) return {};
    return "; the model was trained with " + detail::options_for(options_.recorded.numbers, options_.words) +
           " and reads numbers so in every table";
  }

  TableOptions options_;
  std::string name_;
  ContentKind kind_ = ContentKind::empty;    // by its first bytes
  const TableFormat* looks_like_ = nullptr;  // likewise
  const TableFormat* format_ = nullptr;
  std::unique_ptr<RowReader> reader_;
  std::vector<bool> asked_;  // by column: its kind was asked for
  bool chosen_ = false;      // which columns are read
  bool others_ = true;       // also those that nobody named
};

/// Its beginning is read. Throws weir::Error.
[[nodiscard]] inline TableFile open_table(const std::string& path, const TableOptions& options = {}) {
  return {options.open(path).value(), options};
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
  const std::string other = other_format();
  fail(ErrorKind::data, name_ + ": there is no column '" + std::string(column) + "'" +
                            (other.empty() ? near_names(column, names) : other));
}

WEIR_BODY const TableFormat& TableFile::chosen_format() const {
  const TableFormat& csv = table_formats.front();
  const bool asked = !options_.format.empty();
  const std::string& name = asked ? options_.format : options_.recorded.format;
  if (name.empty()) return *looks_like_;
  const TableFormat& named = table_format_named(name, options_.words);
  // "csv" is what people and records of models say of any table of text.
  if (&named == &csv) return detail::is_kind_of_text(kind_) ? *looks_like_ : csv;
  const bool told = looks_like_ != &csv || kind_ == ContentKind::table;
  return asked || !told ? named : *looks_like_;
}

WEIR_BODY void TableFile::refuse_csv_options() const {
  if (format_->lines_of_csv) return;
  const std::vector<const char*>& recorded = options_.recorded.csv_only;
  for (const char* member : detail::csv_only_options(options_, !format_->any_notation)) {
    if (std::find(recorded.begin(), recorded.end(), std::string_view(member)) != recorded.end()) continue;
    fail(ErrorKind::config, option_word(options_.words, member) + " is for CSV, and " + name_ +
                                " is read as " + std::string(format_->description));
  }
}

WEIR_BODY std::string TableFile::other_format() const {
  const TableFormat& csv = table_formats.front();
  const auto is = [this](const char* what, const TableFormat& format) {
    return what + std::string(format.description) + ": " + option_word(options_.words, "format") + " " +
           std::string(format.name);
  };
  if (looks_like_ != format_) {
    const bool told = looks_like_ != &csv || kind_ == ContentKind::table;
    return told ? is("; it looks like ", *looks_like_) : std::string();
  }
  const std::string& recorded = options_.recorded.format;
  const bool left = format_ == &csv && options_.format.empty() && !recorded.empty() && recorded != csv.name;
  return left ? is("; it is read as CSV, and the model's table was ",
                   table_format_named(recorded, options_.words))
              : std::string();
}

WEIR_BODY void TableFile::check_separator() const {
  if (format_ != &table_formats.front() || schema().columns.size() != 1) return;
  for (const char other : {';', '\t', ',', '|'}) {
    if (schema().columns[0].name.find(other) == std::string::npos) continue;
    const std::string found = other == '\t' ? "tab" : "'" + std::string(1, other) + "'";
    fail(ErrorKind::data, name_ + ": the header line is one column; it looks like " +
                              option_word(options_.words, "separator") + " " + found);
  }
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
    if (!format_->any_notation) column.format = column.other = std::nullopt;  // it has one notation
    refused.push_back(std::move(column));
  }
  if (refused.empty()) return;
  std::string what = name_ + ": column '" + refused[0].name + "': " + describe(refused[0]);
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
  if (!format_->any_notation) row.format = std::nullopt;  // it has one notation
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
