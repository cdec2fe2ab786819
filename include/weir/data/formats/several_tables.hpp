// Several files of one layout as one table: each day of a data set, each hour of a log.
//
//   OpenedRows rows = try_open_several({"Monday.csv", "Tuesday.csv.gz"}, options).value();
//
// The first file says which columns there are and in which order. Those of the others are found by name, or by a
// known spelling (traffic/features/column_spellings.hpp); a file that lacks one or has another is refused, unless
// TableOptions::common_columns takes what all have. A column is of numbers when it is in the first rows of all
// files. The last column, `source`, tells the file of each row; it is read only where it is asked for.
//
// Rows of JSON may lack any column, so no file of JSON is refused for its columns.
//
// Each file is opened twice, its beginning before the first row of any is read, and one at a time; standard input
// and its like, which cannot be opened again, stay open.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/core/option_words.hpp>
#include <weir/data/formats/csv_options.hpp>
#include <weir/data/formats/mapped_rows.hpp>
#include <weir/data/formats/mixed_column.hpp>
#include <weir/data/formats/opened_rows.hpp>
#include <weir/data/formats/report_sum.hpp>
#include <weir/data/formats/row_reader.hpp>
#include <weir/data/formats/table_options.hpp>
#include <weir/data/sources/byte_source.hpp>
#include <weir/data/sources/file_names.hpp>
#include <weir/data/sources/same_beginnings.hpp>
#include <weir/data/tables/schema.hpp>
#include <weir/data/tables/table.hpp>
#include <weir/data/text/finite.hpp>
#include <weir/traffic/features/column_spellings.hpp>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <variant>
#include <vector>

namespace weir::inline WEIR_ABI {

class SeveralTables final : public RowReader {
 public:
  using RowReader::try_read;

  [[nodiscard]] static Result<std::unique_ptr<SeveralTables>> try_make(const std::vector<std::string>& paths,
                                                                       TableOptions options);

  [[nodiscard]] const Schema& schema() const noexcept override { return schema_; }
  [[nodiscard]] const std::vector<MixedColumn>& mixed() const noexcept override { return mixed_; }
  WEIR_BODY Status try_use(Schema schema) override;
  WEIR_BODY Result<std::size_t> try_read(Table& table, std::size_t max_rows) override;
  /// Of all files read so far.
  [[nodiscard]] const CsvReport& report() const noexcept override { return report_; }

  /// "Monday.csv and 7 more files"
  [[nodiscard]] std::string name() const;
  /// The format of the first file.
  [[nodiscard]] const ToldFormat& told() const noexcept { return told_; }

 private:
  struct File {
    std::string path{};
    std::string name{};
    Schema schema{};
    std::size_t own = 0;  // columns that it shows at its beginning; others may come where rows may lack any
    std::vector<MixedColumn> mixed{};
    bool open_ended = false;
    std::unique_ptr<RowReader> rows{};  // where it cannot be opened again
    std::vector<std::size_t> places{};  // in it, of our columns
  };

  explicit SeveralTables(TableOptions options) : options_(std::move(options)) {}

  Status look_at(const std::string& path);
  /// The columns, and where each file has them.
  Status match();
  Status find_columns(const Schema& first);
  [[nodiscard]] Failure refusal(const std::string& what) const;
  [[nodiscard]] std::string first_stranger(const File& file) const;
  void settle_kinds();
  /// Why a column that is texts in a file is no category; nothing when it is one.
  [[nodiscard]] std::optional<MixedColumn> mixed_in(std::size_t column, const File& texts) const;
  /// Whether there is a number among the first rows, as in no column that is missing throughout.
  [[nodiscard]] bool has_numbers(const File& file, std::size_t column) const;
  /// Columns of some files that are not among ours.
  void tell_left_out();
  void tell_same_files();
  Status add_source_column();
  Status open(File& file);
  void add_kept(const KeptTexts& rows);

  TableOptions options_;
  ToldFormat told_;
  std::vector<File> files_;
  Schema schema_;
  std::vector<MixedColumn> mixed_;
  bool has_source_ = false;           // the last column names the file of each row
  std::unique_ptr<MappedRows> rows_;  // of the file that is being read
  std::size_t at_ = 0;                // the file that is read next, or now
  CsvReport before_;                  // of the files that have been read
  CsvReport report_;
};

/// Several files, or one whose rows get a column `source`.
[[nodiscard]] Result<OpenedRows> try_open_several(const std::vector<std::string>& paths,
                                                  const TableOptions& options);

#if WEIR_BODIES

WEIR_BODY Result<std::unique_ptr<SeveralTables>> SeveralTables::try_make(
    const std::vector<std::string>& paths, TableOptions options) {
  if (paths.empty()) return Failure{ErrorKind::config, "there is no file to read a table from"};
  std::unique_ptr<SeveralTables> tables(new SeveralTables(std::move(options)));
  for (const std::string& path : paths) {
    if (Status status = tables->look_at(path); !status) return status.error();
  }
  if (Status status = tables->match(); !status) return status.error();
  return tables;
}

WEIR_BODY std::string SeveralTables::name() const {
  std::vector<std::string> names;
  for (const File& file : files_) names.push_back(file.name);
  return files_text(names);
}

WEIR_BODY Status SeveralTables::look_at(const std::string& path) {
  Result<std::unique_ptr<ByteSource>> source = options_.open(path);
  if (!source) return source.error();
  Result<OpenedRows> opened = try_open_rows(std::move(source).value(), options_);
  if (!opened) return opened.error();
  if (files_.empty()) told_ = opened.value().told;
  File file{.path = path,
            .name = opened.value().name,
            .schema = opened.value().rows->schema(),
            .own = opened.value().rows->schema().columns.size(),
            .mixed = opened.value().rows->mixed(),
            .open_ended = opened.value().rows->open_ended()};
  if (opened.value().told.format->name == "idx" && !files_.empty()) {
    return Failure{ErrorKind::config, file.name + ": images are read from one file at a time"};
  }
  std::error_code none;
  if (!std::filesystem::is_regular_file(path, none)) file.rows = std::move(opened.value().rows);
  files_.push_back(std::move(file));
  return std::monostate{};
}

WEIR_BODY Failure SeveralTables::refusal(const std::string& what) const {
  return {ErrorKind::data, what + "; " + option_word(options_.words, "common_columns") +
                               " reads the columns that all files have"};
}

WEIR_BODY Status SeveralTables::match() {
  if (Status status = find_columns(files_[0].schema); !status) return status;
  for (const File& file : files_) {
    const std::string stranger = first_stranger(file);
    if (stranger.empty() || options_.common_columns) continue;
    return refusal(file.name + ": there is no column '" + stranger + "' in " + files_[0].name);
  }
  settle_kinds();
  tell_left_out();
  tell_same_files();
  report_ = before_;
  return add_source_column();
}

WEIR_BODY void SeveralTables::tell_left_out() {
  CsvReport left_out;
  for (const File& file : files_) {
    for (std::size_t i = 0; i < file.own; ++i) {
      if (std::find(file.places.begin(), file.places.end(), i) == file.places.end())
        left_out.odd_columns.push_back({file.schema.columns[i].name, ColumnOddity::not_in_all});
    }
  }
  add_report(before_, left_out, "");
}

WEIR_BODY void SeveralTables::tell_same_files() {
  std::vector<std::string> paths;
  for (const File& file : files_) paths.push_back(file.path);
  before_.same_files = same_beginnings(paths, options_.open);
}

WEIR_BODY Status SeveralTables::find_columns(const Schema& first) {
  schema_.version = first.version;
  for (const Column& column : first.columns) {
    std::vector<std::size_t> places;
    for (File& file : files_) {
      auto place = find_column(file.schema.columns, column.name);
      if (!place && file.open_ended) {
        place = file.schema.columns.size();
        file.schema.columns.push_back(column);
      }
      if (place) places.push_back(*place);
      if (place || options_.common_columns) continue;
      return refusal(file.name + ": there is no column '" + column.name + "', which " + files_[0].name +
                     " has");
    }
    if (places.size() < files_.size()) continue;
    for (std::size_t i = 0; i < files_.size(); ++i) files_[i].places.push_back(places[i]);
    schema_.columns.push_back(column);
  }
  if (!schema_.columns.empty()) return std::monostate{};
  return Failure{ErrorKind::data, name() + ": there is no column that all files have"};
}

WEIR_BODY std::string SeveralTables::first_stranger(const File& file) const {
  for (std::size_t i = 0; i < file.own && !file.open_ended; ++i) {
    const bool ours = std::find(file.places.begin(), file.places.end(), i) != file.places.end();
    if (!ours) return file.schema.columns[i].name;
  }
  return {};
}

WEIR_BODY void SeveralTables::settle_kinds() {
  for (std::size_t i = 0; i < schema_.columns.size(); ++i) {
    if (schema_.columns[i].kind == ColumnKind::ignore) continue;  // the format says so
    const auto is_text = [i](const File& file) {
      return file.schema.columns[file.places[i]].kind != ColumnKind::numeric;
    };
    const auto texts = std::find_if(files_.begin(), files_.end(), is_text);
    if (texts == files_.end()) continue;
    schema_.columns[i].kind = ColumnKind::categorical;
    if (std::optional<MixedColumn> mixed = mixed_in(i, *texts)) {
      mixed->index = i;
      mixed->name = schema_.columns[i].name;
      mixed_.push_back(std::move(*mixed));
    }
  }
}

WEIR_BODY std::optional<MixedColumn> SeveralTables::mixed_in(std::size_t column, const File& texts) const {
  for (const File& file : files_) {
    for (MixedColumn mixed : file.mixed) {
      if (mixed.index != file.places[column]) continue;
      mixed.file = file.name;
      return mixed;
    }
  }
  for (const File& file : files_) {
    const std::size_t place = file.places[column];
    if (file.schema.columns[place].kind != ColumnKind::numeric || !has_numbers(file, place)) continue;
    MixedColumn mixed;
    mixed.file = texts.name;
    mixed.numbers_in = file.name;
    return mixed;
  }
  return std::nullopt;
}

WEIR_BODY bool SeveralTables::has_numbers(const File& file, std::size_t column) const {
  if (column >= file.own) return false;
  if (file.rows) return true;
  Result<std::unique_ptr<ByteSource>> source = options_.open(file.path);
  if (!source) return true;
  Result<OpenedRows> opened = try_open_rows(std::move(source).value(), options_);
  if (!opened) return true;
  RowReader& rows = *opened.value().rows;
  Schema alone = rows.schema();
  for (std::size_t i = 0; i < alone.columns.size(); ++i) {
    if (i != column) alone.columns[i].kind = ColumnKind::ignore;
  }
  if (!rows.try_use(std::move(alone))) return true;
  Table table = rows.make_table();
  if (!rows.try_read(table, CsvOptions{}.infer_rows)) return true;
  const auto values = table.numbers(std::size_t{0});
  return std::any_of(values.begin(), values.end(), [](double value) { return is_finite(value); });
}

WEIR_BODY Status SeveralTables::add_source_column() {
  const bool asked = !options_.source_column.empty();
  if (!asked && !options_.recorded.format.empty()) return std::monostate{};  // a model without it reads none
  std::string name = asked ? options_.source_column : "source";
  if (asked && schema_.find(name)) {
    return Failure{ErrorKind::config, option_word(options_.words, "source_column") + ": " + files_[0].name +
                                          " has a column '" + name + "'; give it another name"};
  }
  while (schema_.find(name)) name += "_file";
  schema_.columns.push_back({std::move(name), ColumnKind::ignore});
  has_source_ = true;
  return std::monostate{};
}

WEIR_BODY Status SeveralTables::try_use(Schema schema) {
  if (report_.rows + report_.bad_rows > 0 || schema.columns.size() != schema_.columns.size()) {
    return Failure{ErrorKind::config, name() + ": a schema of other columns, or after the first row"};
  }
  schema_ = std::move(schema);
  return std::monostate{};
}

WEIR_BODY Status SeveralTables::open(File& file) {
  std::unique_ptr<RowReader> rows = std::move(file.rows);
  if (!rows) {
    Result<std::unique_ptr<ByteSource>> source = options_.open(file.path);
    if (!source) return source.error();
    Result<OpenedRows> opened = try_open_rows(std::move(source).value(), options_);
    if (!opened) return opened.error();
    rows = std::move(opened.value().rows);
    Schema own = file.schema;
    own.columns.resize(file.own);
    if (rows->schema() != own) {
      return Failure{ErrorKind::data, file.name + ": its columns are not what they were a moment ago"};
    }
  }
  std::vector<MappedColumn> map;
  std::vector<std::pair<std::string, std::string>> respelt;
  for (std::size_t i = 0; i < file.places.size(); ++i) {
    map.push_back({schema_.columns[i], file.places[i]});
    const std::string& theirs = file.schema.columns[file.places[i]].name;
    const std::string& first = files_[0].schema.columns[files_[0].places[i]].name;
    if (theirs != first) respelt.emplace_back(first, theirs);
  }
  if (has_source_) map.push_back({schema_.columns.back(), MappedColumn::constant, file.name});
  rows_ = std::make_unique<MappedRows>(std::move(rows), std::move(map));
  rows_->tell_respelt(std::move(respelt));
  rows_->keep(kept_.columns());
  return rows_->try_use(schema_);
}

WEIR_BODY void SeveralTables::add_kept(const KeptTexts& rows) {
  std::vector<std::string_view> texts(kept_.columns().size());
  for (std::size_t row = 0; row < rows.rows(); ++row) {
    for (std::size_t k = 0; k < texts.size(); ++k) texts[k] = rows.text(row, k);
    kept_.add_texts(texts);
  }
}

WEIR_BODY Result<std::size_t> SeveralTables::try_read(Table& table, std::size_t max_rows) {
  std::size_t done = 0;
  kept_.clear();
  while (done < max_rows && at_ < files_.size()) {
    File& file = files_[at_];
    if (!rows_) {
      if (Status status = open(file); !status) return status.error();
    }
    table.begin_source(file.name);
    const Result<std::size_t> count = rows_->try_read(table, max_rows - done);
    report_ = before_;
    add_report(report_, rows_->report(), file.name);
    if (!count) return count.error();
    done += count.value();
    add_kept(rows_->kept());
    if (count.value() > 0 && options_.as_they_come) break;
    if (count.value() > 0) continue;
    before_ = report_;
    rows_.reset();
    ++at_;
  }
  return done;
}

WEIR_BODY Result<OpenedRows> try_open_several(const std::vector<std::string>& paths,
                                              const TableOptions& options) {
  Result<std::unique_ptr<SeveralTables>> tables = SeveralTables::try_make(paths, options);
  if (!tables) return tables.error();
  std::unique_ptr<SeveralTables> rows = std::move(tables).value();
  OpenedRows opened{rows->name(), rows->told(), {}};
  opened.rows = std::move(rows);
  return opened;
}

#endif

}  // namespace weir::inline WEIR_ABI
