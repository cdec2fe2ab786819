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
#include <weir/data/byte_source.hpp>
#include <weir/data/csv_fields.hpp>
#include <weir/data/csv_options.hpp>
#include <weir/data/csv_splitter.hpp>
#include <weir/data/schema.hpp>
#include <weir/data/table.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace weir::inline WEIR_ABI {

class CsvReader {
 public:
  /// Opens a file by options.open, and reads its header line and, for the kinds of columns, its first rows.
  static Result<CsvReader> try_open(const std::string& path, CsvOptions options = {}) {
    Result<std::unique_ptr<ByteSource>> source = options.open(path);
    if (!source) return source.error();
    return try_make(std::move(source).value(), std::move(options));
  }
  static Result<CsvReader> try_make(std::unique_ptr<ByteSource> source, CsvOptions options = {}) {
    if (Status status = check(options); !status) return status.error();
    CsvReader reader(std::move(source), std::move(options));
    if (Status status = reader.prepare(); !status) return status.error();
    return reader;
  }
  static CsvReader open(const std::string& path, CsvOptions options = {}) {
    return try_open(path, std::move(options)).value();
  }
  static CsvReader make(std::unique_ptr<ByteSource> source, CsvOptions options = {}) {
    return try_make(std::move(source), std::move(options)).value();
  }

  /// The columns of the file, ignored ones too.
  [[nodiscard]] const Schema& schema() const noexcept { return schema_; }
  /// An empty table for read().
  [[nodiscard]] Table make_table() const { return Table(schema_); }
  [[nodiscard]] const CsvReport& report() const noexcept { return report_; }

  /// Appends up to max_rows rows; returns how many, 0 only at the end of the file.
  Result<std::size_t> try_read(Table& table, std::size_t max_rows = std::numeric_limits<std::size_t>::max()) {
    if (const auto difference = first_difference(schema_.kept(), table.schema())) {
      return Failure{ErrorKind::data, source_name() + ": the table does not fit: " + *difference};
    }
    std::size_t count = 0;
    while (count < max_rows) {
      const CsvSplitter::Step step = splitter_.next();
      report_.lines = splitter_.lines();
      report_.blank_lines = splitter_.blank_lines();
      if (step == CsvSplitter::Step::end) break;
      if (step == CsvSplitter::Step::failed) return splitter_.failure();
      const bool good = step == CsvSplitter::Step::row && fields_.parse(splitter_.fields());
      if (good) {
        table.append_row(fields_.numbers(), fields_.texts());
        ++report_.rows;
        ++count;
      } else if (Status status = reject(step); !status) {
        return status.error();
      }
    }
    return count;
  }
  std::size_t read(Table& table, std::size_t max_rows = std::numeric_limits<std::size_t>::max()) {
    return try_read(table, max_rows).value();
  }

 private:
  CsvReader(std::unique_ptr<ByteSource> source, CsvOptions options)
      : source_(std::move(source)),
        options_(std::move(options)),
        splitter_(*source_, {.separator = options_.separator,
                             .quote = options_.quote,
                             .max_row_bytes = options_.max_row_bytes,
                             .max_columns = options_.max_columns}) {}

  static Status check(const CsvOptions& options) {
    const auto ends_lines = [](char c) { return c == '\n' || c == '\r'; };
    if (options.separator == '\0' || options.separator == options.quote || ends_lines(options.separator) ||
        ends_lines(options.quote)) {
      return Failure{ErrorKind::config,
                     "CSV: this separator and this quote cannot be told from each other or from a "
                     "line end"};
    }
    return std::monostate{};
  }

  /// Finds the schema: from the options, or from the header line and a sample of the rows.
  Status prepare() {
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
    if (const auto twin = repeated_name(schema_)) {
      return Failure{ErrorKind::config, source_name() + ": two columns are called '" + *twin + "'"};
    }
    fields_ = CsvFields(schema_, options_.missing);
    return std::monostate{};
  }

  Status read_header(std::vector<std::string>& header) {
    const CsvSplitter::Step step = splitter_.next();
    if (step == CsvSplitter::Step::failed) return splitter_.failure();
    if (step == CsvSplitter::Step::end) {
      return Failure{ErrorKind::data, source_name() + ": the file is empty; a header line is expected"};
    }
    if (step == CsvSplitter::Step::bad) return Failure{ErrorKind::data, message(bad_line(step))};
    header = unique_names(splitter_.fields());
    report_.lines = splitter_.lines();
    return std::monostate{};
  }

  Status compare(const std::vector<std::string>& header) const {
    Schema given = schema_;
    given.columns.resize(header.size());
    for (std::size_t i = 0; i < header.size(); ++i) {
      given.columns[i] = {header[i],
                          i < schema_.columns.size() ? schema_.columns[i].kind : ColumnKind::ignore};
    }
    if (const auto difference = first_difference(schema_, given)) {
      return Failure{ErrorKind::data,
                     source_name() + ":1: the header line is not as the schema says: " + *difference};
    }
    return std::monostate{};
  }

  /// Kinds of columns from the first rows, which are read again afterwards.
  Status infer(const std::vector<std::string>& header) {
    constexpr std::size_t sample_bytes = std::size_t{4} << 20;
    KindGuess guess(header, options_.missing);
    splitter_.hold();
    std::size_t rows = 0;
    while (rows < options_.infer_rows && splitter_.held_bytes() < sample_bytes) {
      const CsvSplitter::Step step = splitter_.next();
      if (step == CsvSplitter::Step::failed) return splitter_.failure();
      if (step == CsvSplitter::Step::end) break;
      if (step == CsvSplitter::Step::bad) continue;
      guess.look_at(splitter_.fields());
      ++rows;
    }
    splitter_.rewind();
    schema_ = guess.schema();
    if (!schema_.columns.empty()) return std::monostate{};
    return Failure{ErrorKind::data, source_name() + ": there is no row to tell the columns from"};
  }

  Status reject(CsvSplitter::Step step) {
    ++report_.bad_rows;
    if (options_.bad_rows == BadRows::skip) return std::monostate{};
    const BadRow row = bad_line(step);
    if (options_.bad_rows == BadRows::stop) return Failure{ErrorKind::data, message(row)};
    if (report_.reasons.size() < options_.max_reasons) report_.reasons.push_back(row);
    return std::monostate{};
  }

  [[nodiscard]] BadRow bad_line(CsvSplitter::Step step) const {
    if (step == CsvSplitter::Step::bad) return {splitter_.line(), splitter_.column(), splitter_.reason()};
    return {splitter_.line(), fields_.bad_column(), fields_.reason(splitter_.fields())};
  }
  [[nodiscard]] std::string message(const BadRow& row) const {
    return source_name() + ":" + std::to_string(row.line) + ":" + std::to_string(row.column) + ": " +
           row.reason;
  }
  [[nodiscard]] const std::string& source_name() const noexcept { return source_->name(); }

  std::unique_ptr<ByteSource> source_;
  CsvOptions options_;
  CsvSplitter splitter_;
  Schema schema_;
  CsvFields fields_;
  CsvReport report_;
};

/// A whole file as a table. What was left out is told to `report`, if there is one.
[[nodiscard]] inline Result<Table> try_read_csv(std::unique_ptr<ByteSource> source, CsvOptions options = {},
                                                CsvReport* report = nullptr) {
  Result<CsvReader> reader = CsvReader::try_make(std::move(source), std::move(options));
  if (!reader) return reader.error();
  Table table = reader->make_table();
  const Result<std::size_t> count = reader->try_read(table);
  if (report != nullptr) *report = reader->report();
  if (!count.ok()) return count.error();
  return table;
}
[[nodiscard]] inline Result<Table> try_read_csv(const std::string& path, CsvOptions options = {},
                                                CsvReport* report = nullptr) {
  Result<std::unique_ptr<ByteSource>> source = options.open(path);
  if (!source) return source.error();
  return try_read_csv(std::move(source).value(), std::move(options), report);
}
/// CSV text that lies in memory.
[[nodiscard]] inline Result<Table> try_parse_csv(std::string_view text, CsvOptions options = {},
                                                 CsvReport* report = nullptr) {
  return try_read_csv(std::make_unique<MemorySource>(text), std::move(options), report);
}

[[nodiscard]] inline Table read_csv(std::unique_ptr<ByteSource> source, CsvOptions options = {},
                                    CsvReport* report = nullptr) {
  return try_read_csv(std::move(source), std::move(options), report).value();
}
[[nodiscard]] inline Table read_csv(const std::string& path, CsvOptions options = {},
                                    CsvReport* report = nullptr) {
  return try_read_csv(path, std::move(options), report).value();
}
[[nodiscard]] inline Table parse_csv(std::string_view text, CsvOptions options = {},
                                     CsvReport* report = nullptr) {
  return try_parse_csv(text, std::move(options), report).value();
}

}  // namespace weir::inline WEIR_ABI
