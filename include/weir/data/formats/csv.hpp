// CSV to tables: any separator, quoting after RFC 4180, missing values, kinds by inference or by schema.
//
//   Table flows = read_csv("flows.csv");                                  // all at once; throws
//   Table more = read_csv("flows.csv.gz", {.open = open_any});            // needs <weir/data/sources/gzip.hpp>
//
//   CsvReader reader = CsvReader::open("large.csv", {.bad_rows = BadRows::skip});   // in bounded memory
//   Table chunk = reader.make_table();
//   while (reader.read(chunk, 100'000) > 0) { use(chunk); chunk = reader.make_table(); }
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/data/formats/csv_cells.hpp>
#include <weir/data/formats/csv_check.hpp>
#include <weir/data/formats/csv_fields.hpp>
#include <weir/data/formats/csv_options.hpp>
#include <weir/data/formats/csv_splitter.hpp>
#include <weir/data/formats/field_reader.hpp>
#include <weir/data/formats/nfdump_rows.hpp>
#include <weir/data/formats/repeated_header.hpp>
#include <weir/data/formats/table_text.hpp>
#include <weir/data/sources/byte_source.hpp>
#include <weir/data/tables/schema.hpp>
#include <weir/data/tables/table.hpp>
#include <weir/data/text/blanks.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace weir::inline WEIR_ABI {

class CsvReader final : public FieldReader {
 public:
  /// Opens a file by options.open, and reads its header line and, for the kinds of columns, its first rows.
  static Result<CsvReader> try_open(const std::string& path, CsvOptions options = {});
  static Result<CsvReader> try_make(std::unique_ptr<ByteSource> source, CsvOptions options = {});
  static CsvReader open(const std::string& path, CsvOptions options = {}) {
    return try_open(path, std::move(options)).value();
  }
  static CsvReader make(std::unique_ptr<ByteSource> source, CsvOptions options = {}) {
    return try_make(std::move(source), std::move(options)).value();
  }

 private:
  CsvReader(std::string name, std::unique_ptr<ByteSource> source, CsvOptions options);

  /// Finds the schema: from the options, or from the header line and a sample of the rows.
  Status prepare();

  Status read_header(std::vector<std::string>& header);

  Status compare(const std::vector<std::string>& header) const;
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
  std::string name = text.value()->name();
  CsvReader reader(std::move(name), std::move(text).value(), std::move(options));
  if (Status status = reader.prepare(); !status) return status.error();
  return reader;
}

WEIR_BODY CsvReader::CsvReader(std::string name, std::unique_ptr<ByteSource> source, CsvOptions options)
    : FieldReader(
          std::move(name),
          std::make_unique<NfdumpRows>(std::move(source), CsvDialect{.separator = options.separator,
                                                                     .quote = options.quote,
                                                                     .max_row_bytes = options.max_row_bytes,
                                                                     .max_columns = options.max_columns}),
          options) {}

WEIR_BODY Status CsvReader::prepare() {
  std::vector<std::string> header = options_.names;
  if (options_.header) {
    if (Status status = read_header(header); !status) return status;
  } else {
    repeated_ = RepeatedHeader(options_.names);
  }
  schema_ = options_.schema;
  if (schema_.columns.empty()) {
    if (Status status = infer(header); !status) return status;
  } else if (options_.header) {
    if (Status status = compare(header); !status) return status;
  }
  return settle();
}

WEIR_BODY Status CsvReader::read_header(std::vector<std::string>& header) {
  const Step step = rows_.next();
  if (step == Step::failed) return rows_.failure();
  if (step == Step::end) {
    return Failure{ErrorKind::data, name_ + ": this is an empty file; a header line is expected"};
  }
  if (step == Step::bad) return Failure{ErrorKind::data, message(bad_line(step))};
  header = unique_names(rows_.fields());
  std::vector<std::string> names;
  for (const std::string_view field : rows_.fields()) {
    if (options_.encoding == TextEncoding::utf8 && !is_utf8(field)) {
      return Failure{ErrorKind::data, name_ + ":" + std::to_string(rows_.place().line) + ":" +
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
    return Failure{ErrorKind::data, name_ + ":1: the header line is not as the schema says: " + *difference};
  }
  return std::monostate{};
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
