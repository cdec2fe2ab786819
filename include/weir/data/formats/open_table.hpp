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
#include <weir/data/formats/row_reader.hpp>
#include <weir/data/formats/table_content.hpp>
#include <weir/data/formats/table_formats.hpp>
#include <weir/data/formats/table_mends.hpp>
#include <weir/data/formats/table_options.hpp>
#include <weir/data/sources/byte_source.hpp>
#include <weir/data/sources/peeked_source.hpp>
#include <weir/data/tables/schema.hpp>
#include <weir/data/tables/table.hpp>

#include <algorithm>
#include <cstddef>
#include <memory>
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
    looks_like_ = &table_format_of(peeked->head());
    format_ = options_.format.empty() ? looks_like_ : &table_format_named(options_);
    // "csv" is what people and records of models say of any table of text.
    const bool text = format_ == &table_formats.front();
    if (text && detail::is_kind_of_text(content_kind(peeked->head()))) format_ = looks_like_;
    reader_ = format_->open(std::move(peeked), options_).value();
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
  void check_separator() const;

  void use(const std::vector<Column>& kinds, bool others);

  void refuse_mixed(const std::vector<Column>& kinds) const;

  /// Where it is a row that is at fault.
  [[nodiscard]] std::string mend_of_row(const Failure& failure) const;
  [[nodiscard]] std::string recorded_notation() const {
    if (options_.recorded.plain()) return {};
    return "; the model was trained with " + detail::options_for(options_.recorded, options_.words) +
           " and reads numbers so in every table";
  }

  TableOptions options_;
  std::string name_;
  const TableFormat* looks_like_ = nullptr;  // by its first bytes
  const TableFormat* format_ = nullptr;
  std::unique_ptr<RowReader> reader_;
  bool chosen_ = false;  // which columns are read
  bool others_ = true;   // also those that nobody named
};

/// Its beginning is read. Throws weir::Error.
[[nodiscard]] inline TableFile open_table(const std::string& path, const TableOptions& options = {}) {
  return {options.open(path).value(), options};
}
/// All of it.
[[nodiscard]] inline Table read_table(const std::string& path, const TableOptions& options = {}) {
  return open_table(path, options).read_all();
}

/// What was left out or read in another way, a sentence each: bad rows, header lines, texts.
[[nodiscard]] std::vector<std::string> reading_notes(const CsvReport& report,
                                                     OptionWords words = OptionWords::members);

#if WEIR_BODIES

WEIR_BODY void TableFile::require(std::string_view column) const {
  if (has(column)) return;
  std::vector<std::string> names;
  for (const Column& one : schema().columns) names.push_back(one.name);
  const bool other = format_ == &table_formats.front() && looks_like_ != format_;
  fail(ErrorKind::data,
       name_ + ": there is no column '" + std::string(column) + "'" +
           (other ? "; it looks like " + std::string(looks_like_->description) + ": " +
                        option_word(options_.words, "format") + " " + std::string(looks_like_->name)
                  : near_names(column, names)));
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
  for (Column& column : schema.columns) {
    const auto wanted = std::find_if(kinds.begin(), kinds.end(),
                                     [&](const Column& kind) { return kind.name == column.name; });
    if (wanted != kinds.end()) {
      column.kind = wanted->kind;
    } else if (!others) {
      column.kind = ColumnKind::ignore;
    }
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
  const std::string mend = detail::mend_of(rows.front(), options_.words);
  if (rows.front().kind != BadField::number) return mend;
  if (!others_) return mend + recorded_notation();
  const std::string& column = schema().columns[rows.front().column - 1].name;
  return mend + ", " + option_word(options_.words, "categorical", {column}) + " reads the column as names, " +
         option_word(options_.words, "drop", {column}) + " leaves it out";
}

WEIR_BODY std::vector<std::string> reading_notes(const CsvReport& report, OptionWords words) {
  std::vector<std::string> notes;
  if (report.bad_rows > 0) {
    std::string note = count_text(report.bad_rows, "row") + " that cannot be read left out";
    if (!report.reasons.empty()) {
      note +=
          ", the first in line " + std::to_string(report.reasons[0].line) + ": " + report.reasons[0].reason;
    }
    notes.push_back(note);
  }
  if (report.repeated_headers > 0) {
    notes.push_back(count_text(report.repeated_headers, "line") + " left out: the header line again, " +
                    (report.repeated_headers > 1 ? "first " : "") + "in line " +
                    std::to_string(report.first_repeated));
  }
  if (report.first_unlisted) {
    notes.push_back(count_text(report.unlisted, "value") +
                    " left out under names that the first rows do not have, the first in line " +
                    std::to_string(report.first_unlisted->line) + ": " +
                    quoted_excerpt(report.first_unlisted->text));
  }
  if (report.first_recoded) {
    notes.push_back(
        count_text(report.recoded, "text") + " read as Windows-1252, not being UTF-8, the first in line " +
        std::to_string(report.first_recoded->line) + ": " + quoted_excerpt(report.first_recoded->text) +
        " (" + option_word(words, "encoding") + " utf-8 refuses such texts)");
  }
  if (report.first_lost) {
    notes.push_back(count_text(report.lost, "text") +
                    " with U+FFFD, which stands for a character that was lost, the first in line " +
                    std::to_string(report.first_lost->line) + ": " + quoted_excerpt(report.first_lost->text));
  }
  return notes;
}

#endif

}  // namespace weir::inline WEIR_ABI
