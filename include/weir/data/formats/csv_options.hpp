// What a CSV reader is told, and what it tells.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/data/sources/byte_source.hpp>
#include <weir/data/tables/schema.hpp>
#include <weir/data/text/number_format.hpp>
#include <weir/data/text/text_encoding.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

/// What becomes of a row that cannot be read.
enum class BadRows : std::uint8_t {
  stop,    ///< an error that names file, line and column
  skip,    ///< left out and counted
  collect  ///< left out, counted, and the first `max_reasons` written down
};

/// What becomes of a column of numbers, by the first rows, that holds a few texts besides.
enum class MixedColumns : std::uint8_t {
  refuse,      ///< an error that names the column, the texts and the mend
  categorical  ///< a category for each number and each text; CsvReader::mixed() names the columns
};

/// The words that pandas' read_csv takes for a missing value, and two more that flow meters and Zeek write.
[[nodiscard]] inline std::vector<std::string> usual_missing_words() {
  return {"",     "#N/A",   "#N/A N/A", "#NA",  "-1.#IND", "-1.#QNAN", "-NaN",
          "-nan", "1.#IND", "1.#QNAN",  "<NA>", "N/A",     "NA",       "NULL",
          "NaN",  "None",   "n/a",      "nan",  "null",    "?",        "-"};
}

struct CsvOptions {
  char separator = ',';
  char quote = '"';    ///< '\0': no quoting
  bool header = true;  ///< the first line holds the names of the columns
  std::vector<std::string> names =
      {};              ///< of the columns of a file without a header line; empty: c1, c2, ...
  Schema schema = {};  ///< empty: names from the header line or `names`, kinds from the first rows
  std::vector<Column> kinds = {};  ///< kinds by name, stronger than the schema and the inference
  bool as_they_come = false;       ///< read() does not wait for rows that are not there yet
  std::size_t infer_rows = 1'000;  ///< a column with a text other than a number in them is categorical
  MixedColumns mixed = MixedColumns::refuse;
  /// Fields that stand for a missing value. An empty text is always a missing category.
  std::vector<std::string> missing = usual_missing_words();
  /// Decimal comma, thousands; a sign that separates fields needs quotes around it.
  NumberFormat numbers = {};
  TextEncoding encoding = TextEncoding::automatic;
  BadRows bad_rows = BadRows::stop;
  std::size_t max_reasons = 100;
  std::size_t max_row_bytes = std::size_t{1} << 20;
  std::size_t max_columns = 4'096;
  Opener open = &open_file;  ///< &open_any of <weir/data/sources/gzip.hpp> reads gzip files too
};

/// What is wrong with a field.
enum class BadField : std::uint8_t {
  count,     ///< there are too many or too few of them
  layout,    ///< quotes, line ends or bytes in the wrong place
  number,    ///< a text where a number is expected
  encoding,  ///< bytes that are not UTF-8
};

/// A row that was left out. Line and column count from 1; the column is that of the fields, not of bytes, but
/// in a line of JSON that cannot be taken apart.
struct BadRow {
  std::uint64_t line = 0;
  std::size_t column = 0;
  std::string reason;
  BadField kind = BadField::layout;
  std::optional<NumberFormat> format{};  ///< in which the text would be the number that it should be
  std::string file{};                    ///< of several
};

/// A text in a file. Line and column count from 1.
struct CsvPlace {
  std::uint64_t line = 0;
  std::size_t column = 0;
  std::string text;
  std::string file{};  ///< of several
};

/// What is odd about a column and had to be decided.
enum class ColumnOddity : std::uint8_t {
  number_strings,  ///< JSON: numbers that are written as strings, read as numbers
  number_names,    ///< JSON: the same, but so few different ones that they are names
  unknown_type,    ///< Zeek: a type that is not Zeek's; the first rows told the kind
  repeated_name,   ///< Zeek: the name came before, so that it got a number
  not_in_all       ///< several files: one of them lacks it, so that it is left out
};

struct OddColumn {
  std::string name;
  ColumnOddity oddity = ColumnOddity::number_strings;
};

/// Every line belongs to the header, to a row, to a bad row, to a header line that is repeated, or is blank, or
/// is a declaration, a directive, a comment or of nfdump's summary; rows with line ends inside quotes have more
/// than one.
struct CsvReport {
  std::uint64_t lines = 0;
  std::uint64_t rows = 0;
  std::uint64_t bad_rows = 0;
  std::uint64_t blank_lines = 0;
  std::uint64_t head_lines = 0;    ///< declarations, directives and comments of ARFF files and Zeek's logs
  std::uint64_t summary_line = 0;  ///< where nfdump's summary begins, which is left out; 0: there is none
  std::string summary_in{};        ///< and its file, of several
  std::uint64_t summaries = 0;
  std::uint64_t repeated_headers = 0;  ///< left out: the header line again, as in files put together
  std::uint64_t first_repeated = 0;    ///< the line of the first of them
  std::string repeated_in{};           ///< and its file, of several
  std::uint64_t recoded = 0;           ///< texts that were read as Windows-1252
  std::optional<CsvPlace> first_recoded = {};
  std::uint64_t unlisted = 0;  ///< values in JSON under names that the first rows do not have, left out
  std::optional<CsvPlace> first_unlisted = {};
  std::uint64_t lost =
      0;  ///< names and texts with U+FFFD, such as of UTF-16 that is cut: a character is lost
  std::optional<CsvPlace> first_lost = {};
  std::vector<std::uint64_t> trimmed = {};  ///< by column of the file: texts with blanks around, removed
  std::vector<OddColumn> odd_columns = {};
  std::vector<BadRow> reasons = {};
  /// Columns that are read under another name than they have in the file (column_spellings.hpp): wanted, found.
  std::vector<std::pair<std::string, std::string>> respelt = {};
  /// Of several files those that begin with the same data (same_beginnings.hpp).
  std::vector<std::pair<std::string, std::string>> same_files = {};
};

}  // namespace weir::inline WEIR_ABI
