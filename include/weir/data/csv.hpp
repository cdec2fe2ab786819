// CSV to tables: any separator, quoting after RFC 4180, missing values, kinds by inference or by schema.
//
//   Table flows = read_csv("flows.csv");                                  // all at once; throws
//   Table more = read_csv("flows.csv.gz", {.open = open_any});            // needs <weir/data/gzip.hpp>
//
//   CsvReader reader = CsvReader::open("large.csv", {.bad_rows = BadRows::skip});   // in bounded memory
//   Table chunk = reader.make_table();
//   while (reader.read(chunk, 100'000) > 0) { use(chunk); chunk = reader.make_table(); }
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/data/blanks.hpp>
#include <weir/data/byte_source.hpp>
#include <weir/data/csv_check.hpp>
#include <weir/data/csv_fields.hpp>
#include <weir/data/csv_options.hpp>
#include <weir/data/csv_rows.hpp>
#include <weir/data/csv_splitter.hpp>
#include <weir/data/kind_guess.hpp>
#include <weir/data/mixed_column.hpp>
#include <weir/data/repeated_header.hpp>
#include <weir/data/row_reader.hpp>
#include <weir/data/schema.hpp>
#include <weir/data/table.hpp>
#include <weir/data/table_text.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace weir::inline WEIR_ABI {

class CsvReader final : public RowReader {
 public:
  using RowReader::try_read;

  /// Opens a file by options.open, and reads its header line and, for the kinds of columns, its first rows.
  static Result<CsvReader> try_open(const std::string& path, CsvOptions options = {});
  static Result<CsvReader> try_make(std::unique_ptr<ByteSource> source, CsvOptions options = {});
  static CsvReader open(const std::string& path, CsvOptions options = {}) {
    return try_open(path, std::move(options)).value();
  }
  static CsvReader make(std::unique_ptr<ByteSource> source, CsvOptions options = {}) {
    return try_make(std::move(source), std::move(options)).value();
  }

  [[nodiscard]] const Schema& schema() const noexcept override { return schema_; }
  /// With MixedColumns::categorical; else they are refused.
  [[nodiscard]] const std::vector<MixedColumn>& mixed() const noexcept override { return mixed_; }
  Status try_use(Schema schema) override;
  [[nodiscard]] const CsvReport& report() const noexcept override { return report_; }

  Result<std::size_t> try_read(Table& table, std::size_t max_rows) override;

 private:
  CsvReader(std::unique_ptr<ByteSource> source, CsvOptions options);

  /// Finds the schema: from the options, or from the header line and a sample of the rows.
  Status prepare();

  /// What follows from the names and kinds of the columns.
  Status finish_schema();

  Status refuse_mixed() const;

  Status read_header(std::vector<std::string>& header);

  Status compare(const std::vector<std::string>& header) const;

  /// Kinds of columns from the first rows, which are read again afterwards.
  Status infer(const std::vector<std::string>& header);

  Status reject(CsvRows::Step step);

  [[nodiscard]] BadRow bad_line(CsvRows::Step step) const;

  void count_repeated_header() {
    if (report_.repeated_headers++ == 0) report_.first_repeated = rows_.place().line;
  }
  void count_texts();
  [[nodiscard]] std::string message(const BadRow& row) const;
  [[nodiscard]] const std::string& source_name() const noexcept { return source_->name(); }

  std::unique_ptr<ByteSource> source_;
  CsvOptions options_;
  CsvRows rows_;
  Schema schema_;
  std::vector<MixedColumn> mixed_;
  RepeatedHeader repeated_;
  CsvFields fields_;
  CsvReport report_;
};

/// A whole file as a table. What was left out is told to `report`, if there is one.
[[nodiscard]] Result<Table> try_read_csv(std::unique_ptr<ByteSource> source, CsvOptions options = {},
                                         CsvReport* report = nullptr);
[[nodiscard]] Result<Table> try_read_csv(const std::string& path, CsvOptions options = {},
                                         CsvReport* report = nullptr);
/// CSV text that lies in memory.
[[nodiscard]] Result<Table> try_parse_csv(std::string_view text, CsvOptions options = {},
                                          CsvReport* report = nullptr);

[[nodiscard]] Table read_csv(std::unique_ptr<ByteSource> source, CsvOptions options = {},
                             CsvReport* report = nullptr);
[[nodiscard]] Table read_csv(const std::string& path, CsvOptions options = {}, CsvReport* report = nullptr);
[[nodiscard]] Table parse_csv(std::string_view text, CsvOptions options = {}, CsvReport* report = nullptr);

#if WEIR_BODIES

WEIR_BODY Result<CsvReader> CsvReader::try_open(const std::string& path, CsvOptions options) {
  Result<std::unique_ptr<ByteSource>> source = options.open(path);
  if (!source) return source.error();
  return try_make(std::move(source).value(), std::move(options));
}

WEIR_BODY Result<CsvReader> CsvReader::try_make(std::unique_ptr<ByteSource> source, CsvOptions options) {
  if (Status status = detail::check_csv_options(options); !status) return status.error();
  Result<std::unique_ptr<ByteSource>> text = detail::table_text(std::move(source), options.encoding);
  if (!text) return text.error();
  CsvReader reader(std::move(text).value(), std::move(options));
  if (Status status = reader.prepare(); !status) return status.error();
  return reader;
}

WEIR_BODY Status CsvReader::try_use(Schema schema) {
  if (report_.rows + report_.bad_rows > 0 || schema.columns.size() != schema_.columns.size()) {
    return Failure{ErrorKind::config, source_name() + ": a schema of " +
                                          std::to_string(schema.columns.size()) + " columns for a file of " +
                                          std::to_string(schema_.columns.size()) +
                                          ", or after the first row"};
  }
  schema_ = std::move(schema);
  return finish_schema();
}

WEIR_BODY Result<std::size_t> CsvReader::try_read(Table& table, std::size_t max_rows) {
  if (const auto difference = first_difference(schema_.kept(), table.schema())) {
    return Failure{ErrorKind::data, source_name() + ": the table does not fit: " + *difference};
  }
  std::size_t count = 0;
  while (count < max_rows) {
    const CsvRows::Step step = rows_.next();
    report_.lines = rows_.place().lines;
    report_.blank_lines = rows_.place().blank_lines;
    if (step == CsvRows::Step::end) break;
    if (step == CsvRows::Step::failed) return rows_.failure();
    if (step == CsvRows::Step::row && repeated_(rows_.fields())) {
      count_repeated_header();
    } else if (step == CsvRows::Step::row && fields_.parse(rows_.fields())) {
      table.append_row(fields_.numbers(), fields_.texts(), rows_.place().line);
      ++report_.rows;
      ++count;
      count_texts();
    } else if (Status status = reject(step); !status) {
      return status.error();
    }
  }
  report_.trimmed = fields_.trimmed();
  return count;
}

WEIR_BODY CsvReader::CsvReader(std::unique_ptr<ByteSource> source, CsvOptions options)
    : source_(std::move(source)),
      options_(std::move(options)),
      rows_(*source_, {.separator = options_.separator,
                       .quote = options_.quote,
                       .max_row_bytes = options_.max_row_bytes,
                       .max_columns = options_.max_columns}) {}

WEIR_BODY Status CsvReader::prepare() {
  std::vector<std::string> header;
  if (options_.header) {
    if (Status status = read_header(header); !status) return status;
  }
  schema_ = options_.schema;
  if (schema_.columns.empty()) {
    if (Status status = infer(header); !status) return status;
  } else if (options_.header) {
    if (Status status = compare(header); !status) return status;
  }
  for (const Column& forced : options_.kinds) {
    const auto index = schema_.find(forced.name);
    if (!index)
      return Failure{ErrorKind::config, source_name() + ": there is no column '" + forced.name + "'"};
    schema_.columns[*index].kind = forced.kind;
  }
  if (Status status = refuse_mixed(); !status) return status;
  return finish_schema();
}

WEIR_BODY Status CsvReader::finish_schema() {
  if (const auto twin = repeated_name(schema_)) {
    return Failure{ErrorKind::config, source_name() + ": two columns are called '" + *twin + "'"};
  }
  fields_ = CsvFields(schema_, options_);
  if (options_.header || options_.schema.columns.empty()) return std::monostate{};
  std::vector<std::string> names;
  for (const Column& column : schema_.columns) names.push_back(column.name);
  repeated_ = RepeatedHeader(std::move(names));
  return std::monostate{};
}

WEIR_BODY Status CsvReader::refuse_mixed() const {
  if (options_.mixed == MixedColumns::categorical) return std::monostate{};
  for (const MixedColumn& column : mixed_) {
    const auto forced = [&](const Column& kind) { return kind.name == column.name; };
    if (std::any_of(options_.kinds.begin(), options_.kinds.end(), forced)) continue;
    return Failure{ErrorKind::data, source_name() + ": column " + quoted_excerpt(column.name) + ": " +
                                        describe(column) +
                                        "; say what they are by CsvOptions::missing, numbers or kinds"};
  }
  return std::monostate{};
}

WEIR_BODY Status CsvReader::read_header(std::vector<std::string>& header) {
  const CsvRows::Step step = rows_.next();
  if (step == CsvRows::Step::failed) return rows_.failure();
  if (step == CsvRows::Step::end) {
    return Failure{ErrorKind::data, source_name() + ": this is an empty file; a header line is expected"};
  }
  if (step == CsvRows::Step::bad) return Failure{ErrorKind::data, message(bad_line(step))};
  header = unique_names(rows_.fields());
  std::vector<std::string> names;
  for (const std::string_view field : rows_.fields()) {
    if (options_.encoding == TextEncoding::utf8 && !is_utf8(field)) {
      return Failure{ErrorKind::data, source_name() + ":" + std::to_string(rows_.place().line) + ":" +
                                          std::to_string(names.size() + 1) + ": the name " +
                                          quoted_excerpt(field) + " is not UTF-8"};
    }
    names.emplace_back(trim_blanks(field));
    if (!has_lost_character(field)) continue;
    if (report_.lost++ == 0) report_.first_lost = {rows_.place().line, names.size(), names.back()};
  }
  repeated_ = RepeatedHeader(std::move(names));
  report_.lines = rows_.place().lines;
  return std::monostate{};
}

WEIR_BODY Status CsvReader::compare(const std::vector<std::string>& header) const {
  Schema given = schema_;
  given.columns.resize(header.size());
  for (std::size_t i = 0; i < header.size(); ++i) {
    given.columns[i] = {header[i], i < schema_.columns.size() ? schema_.columns[i].kind : ColumnKind::ignore};
  }
  if (const auto difference = first_difference(schema_, given)) {
    return Failure{ErrorKind::data,
                   source_name() + ":1: the header line is not as the schema says: " + *difference};
  }
  return std::monostate{};
}

WEIR_BODY Status CsvReader::infer(const std::vector<std::string>& header) {
  constexpr std::size_t sample_bytes = std::size_t{8} << 20;
  KindGuess guess(header, options_);
  rows_.keep_from_here();
  std::size_t rows = 0;
  while (rows < options_.infer_rows && rows_.kept_bytes() < sample_bytes) {
    const CsvRows::Step step = rows_.next();
    if (step == CsvRows::Step::failed) return rows_.failure();
    if (step == CsvRows::Step::end) break;
    if (step == CsvRows::Step::bad || repeated_(rows_.fields())) continue;
    guess.look_at(rows_.fields(), rows_.place().line);
    ++rows;
  }
  rows_.rewind();
  schema_ = guess.schema();
  mixed_ = guess.mixed();
  if (!schema_.columns.empty()) return std::monostate{};
  return Failure{ErrorKind::data, source_name() + ": there is no row to tell the columns from"};
}

WEIR_BODY Status CsvReader::reject(CsvRows::Step step) {
  ++report_.bad_rows;
  const bool stop = options_.bad_rows == BadRows::stop;
  const bool wanted = options_.bad_rows != BadRows::skip && report_.reasons.size() < options_.max_reasons;
  if (!stop && !wanted) return std::monostate{};
  BadRow row = bad_line(step);
  const std::string what = stop ? message(row) : std::string();
  if (wanted) report_.reasons.push_back(std::move(row));
  if (stop) return Failure{ErrorKind::data, what};
  return std::monostate{};
}

WEIR_BODY BadRow CsvReader::bad_line(CsvRows::Step step) const {
  const CsvRowPlace& place = rows_.place();
  if (step == CsvRows::Step::bad) return {place.line, place.column, place.reason, BadField::layout, {}};
  return {place.line, fields_.bad_column(), fields_.reason(rows_.fields()), fields_.bad_field(rows_.fields()),
          fields_.other_format(rows_.fields())};
}

WEIR_BODY void CsvReader::count_texts() {
  const auto count = [this](const auto& texts, std::uint64_t& total, std::optional<CsvPlace>& first) {
    if (texts.empty()) return;
    if (!first) first = {rows_.place().line, texts[0].first + 1, std::string(texts[0].second)};
    total += texts.size();
  };
  count(fields_.recoded(), report_.recoded, report_.first_recoded);
  count(fields_.lost(), report_.lost, report_.first_lost);
}

WEIR_BODY std::string CsvReader::message(const BadRow& row) const {
  return source_name() + ":" + std::to_string(row.line) + ":" + std::to_string(row.column) + ": " +
         row.reason;
}

WEIR_BODY Result<Table> try_read_csv(std::unique_ptr<ByteSource> source, CsvOptions options,
                                     CsvReport* report) {
  Result<CsvReader> reader = CsvReader::try_make(std::move(source), std::move(options));
  if (!reader) return reader.error();
  Table table = reader->make_table();
  const Result<std::size_t> count = reader->try_read(table);
  if (report != nullptr) *report = reader->report();
  if (!count.ok()) return count.error();
  return table;
}

WEIR_BODY Result<Table> try_read_csv(const std::string& path, CsvOptions options, CsvReport* report) {
  Result<std::unique_ptr<ByteSource>> source = options.open(path);
  if (!source) return source.error();
  return try_read_csv(std::move(source).value(), std::move(options), report);
}

WEIR_BODY Result<Table> try_parse_csv(std::string_view text, CsvOptions options, CsvReport* report) {
  return try_read_csv(std::make_unique<MemorySource>(text), std::move(options), report);
}

WEIR_BODY Table read_csv(std::unique_ptr<ByteSource> source, CsvOptions options, CsvReport* report) {
  return try_read_csv(std::move(source), std::move(options), report).value();
}

WEIR_BODY Table read_csv(const std::string& path, CsvOptions options, CsvReport* report) {
  return try_read_csv(path, std::move(options), report).value();
}

WEIR_BODY Table parse_csv(std::string_view text, CsvOptions options, CsvReport* report) {
  return try_parse_csv(text, std::move(options), report).value();
}

#endif

}  // namespace weir::inline WEIR_ABI
