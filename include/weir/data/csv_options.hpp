// What a CSV reader is told, and what it tells.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/data/byte_source.hpp>
#include <weir/data/schema.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace weir::inline WEIR_ABI {

/// What becomes of a row that cannot be read.
enum class BadRows : std::uint8_t {
  stop,    ///< an error that names file, line and column
  skip,    ///< left out and counted
  collect  ///< left out, counted, and the first `max_reasons` written down
};

struct CsvOptions {
  char separator = ',';
  char quote = '"';    ///< '\0': no quoting
  bool header = true;  ///< the first line holds the names of the columns
  Schema schema = {};  ///< empty: names from the header line (else c1, c2, ...), kinds from the first rows
  std::vector<Column> kinds = {};  ///< kinds by name, stronger than the schema and the inference
  std::size_t infer_rows = 1'000;  ///< a column with a text other than a number in them is categorical
  /// Fields that stand for a missing value. An empty text is always a missing category.
  std::vector<std::string> missing = {"", "?", "-", "NaN", "nan", "NA"};
  BadRows bad_rows = BadRows::stop;
  std::size_t max_reasons = 100;
  std::size_t max_row_bytes = std::size_t{1} << 20;
  std::size_t max_columns = 4'096;
  Opener open = &open_file;  ///< &open_any of <weir/data/gzip.hpp> reads gzip files too
};

/// A row that was left out. Line and column count from 1; the column is that of the fields, not of bytes.
struct BadRow {
  std::uint64_t line = 0;
  std::size_t column = 0;
  std::string reason;
};

/// Every line belongs to the header, to a row, to a bad row, or is blank; rows with line ends inside quotes
/// have more than one.
struct CsvReport {
  std::uint64_t lines = 0;
  std::uint64_t rows = 0;
  std::uint64_t bad_rows = 0;
  std::uint64_t blank_lines = 0;
  std::vector<BadRow> reasons;
};

}  // namespace weir::inline WEIR_ABI
