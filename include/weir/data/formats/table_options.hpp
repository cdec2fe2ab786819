// How a table is to be read, in the words in which people say it: what open_table() (open_table.hpp) is told,
// and what a model's record keeps, so that later tables are read as the first one was.
//
//   TableOptions{.separator = ";", .decimal_comma = true}
//   recorded_options({}, pipeline.record)          // as the table was that the model was trained on
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/core/option_words.hpp>
#include <weir/data/formats/csv_options.hpp>
#include <weir/data/sources/byte_source.hpp>
#include <weir/data/text/number_format.hpp>
#include <weir/data/text/text_encoding.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

/// What was not asked for but comes from a model's record (recorded_options).
struct RecordedReading {
  std::string format{};                 ///< taken where a file's first bytes do not tell
  NumberFormat numbers{};               ///< for messages
  std::vector<const char*> csv_only{};  ///< options of CSV, which other formats then pass over
};

struct TableOptions {
  std::string format{};                       ///< a name of table_formats(); empty: by the file's first bytes
  std::string labels{};                       ///< images: the file of labels
  std::string separator{};                    ///< one character, "tab" or "space"; empty: a comma
  bool no_header = false;                     ///< CSV: the first line is a row
  std::vector<std::string> columns{};         ///< and the columns have these names; empty: c1, c2, ...
  bool skip_bad_rows = false;                 ///< leave out rows that cannot be read, and count them
  std::vector<std::string> missing_values{};  ///< more words that stand for a missing value
  std::vector<std::string> not_missing{};     ///< words that do not, although they usually do
  bool decimal_comma = false;
  std::string thousands{};  ///< one character; empty: none
  TextEncoding encoding = TextEncoding::automatic;
  bool common_columns = false;  ///< several files: the columns that all have, instead of a refusal
  std::string
      source_column{};  ///< name of the column with the file of each row; empty: source, of several files
  /// For pipes: read() gives the rows that have come, and the first of them alone tells the kinds of columns,
  /// which whoever reads has to know.
  bool as_they_come = false;

  Opener open = &open_file;  ///< &open_any of <weir/data/sources/gzip.hpp> reads gzip files too
  OptionWords words = OptionWords::members;  ///< how messages call these options
  RecordedReading recorded{};
};

/// Names and values, such as a model keeps of its training (PipelineSettings::record).
using TextRecord = std::vector<std::pair<std::string, std::string>>;

/// The value of a name; empty when there is none.
[[nodiscard]] inline std::string_view recorded(const TextRecord& record, std::string_view name) noexcept {
  for (const auto& [key, value] : record) {
    if (key == name) return value;
  }
  return {};
}

namespace detail {

[[nodiscard]] inline std::string joined_words(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text.append(text.empty() ? "" : ",").append(word);
  return text;
}
[[nodiscard]] inline std::vector<std::string> parted_words(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    words.emplace_back(text.substr(0, comma));
    text.remove_prefix(std::min(text.size(), comma + 1));
  }
  return words;
}

/// Those that are given of the options that not every format has: with notations of numbers, and without.
[[nodiscard]] inline std::vector<const char*> csv_only_options(const TableOptions& options,
                                                               bool notation = true) {
  std::vector<const char*> given;
  const auto add = [&given](const char* member, bool is_given) {
    if (is_given) given.push_back(member);
  };
  add("separator", !options.separator.empty());
  add("no_header", options.no_header);
  add("columns", !options.columns.empty());
  add("decimal_comma", notation && options.decimal_comma);
  add("thousands", notation && !options.thousands.empty());
  return given;
}

/// One character; 'tab' and 'space' have names.
[[nodiscard]] inline char sign_of(const TableOptions& options, const char* member, const std::string& text) {
  if (text == "tab") return '\t';
  if (text == "space") return ' ';
  if (text.size() == 1) return text[0];
  fail(ErrorKind::config,
       option_word(options.words, member) + " takes one character or 'tab' or 'space', not '" + text + "'");
}
[[nodiscard]] inline std::string sign_text(char sign) {
  return sign == '\t' ? std::string("tab") : sign == ' ' ? std::string("space") : std::string(1, sign);
}

}  // namespace detail

/// The same for a CsvReader. ConfigError when a sign is not one character, or when there are names of columns
/// beside a header line.
[[nodiscard]] inline CsvOptions csv_options(const TableOptions& options) {
  CsvOptions csv;
  csv.mixed = MixedColumns::categorical;  // refused by TableFile, with the mend
  if (!options.columns.empty() && !options.no_header) {
    fail(ErrorKind::config, option_word(options.words, "columns") + " is for tables without a header line: " +
                                option_word(options.words, "no_header"));
  }
  csv.header = !options.no_header;
  csv.names = options.columns;
  if (!options.separator.empty()) csv.separator = detail::sign_of(options, "separator", options.separator);
  if (options.decimal_comma) csv.numbers.decimal = ',';
  if (!options.thousands.empty())
    csv.numbers.thousands = detail::sign_of(options, "thousands", options.thousands);
  csv.encoding = options.encoding;
  csv.missing.insert(csv.missing.end(), options.missing_values.begin(), options.missing_values.end());
  for (const std::string& word : options.not_missing) std::erase(csv.missing, word);
  csv.bad_rows = options.skip_bad_rows ? BadRows::collect : BadRows::stop;
  csv.max_reasons = 1;
  csv.as_they_come = options.as_they_come;
  if (options.as_they_come) csv.infer_rows = 1;
  csv.open = options.open;
  return csv;
}

/// The same for a format that says by itself which values are missing: no words but those that are named.
[[nodiscard]] inline CsvOptions typed_options(const TableOptions& options) {
  CsvOptions typed = csv_options(options);
  typed.header = true;
  typed.names = {};
  typed.separator = ',';
  typed.missing = options.missing_values;
  typed.missing.emplace_back();
  return typed;
}

/// What a model's record keeps of them.
[[nodiscard]] inline TextRecord record_of(const TableOptions& options) {
  const CsvOptions csv = csv_options(options);
  TextRecord record{{"format", options.format.empty() ? "csv" : options.format},
                    {"separator", detail::sign_text(csv.separator)}};
  const auto keep = [&record](const char* name, const std::string& value) {
    if (!value.empty()) record.emplace_back(name, value);
  };
  if (options.no_header) keep("header line", "none");
  keep("columns", detail::joined_words(options.columns));
  if (csv.numbers.decimal != '.') keep("decimal sign", detail::sign_text(csv.numbers.decimal));
  if (csv.numbers.thousands != '\0') keep("thousands sign", detail::sign_text(csv.numbers.thousands));
  keep("missing words", detail::joined_words(options.missing_values));
  keep("not missing", detail::joined_words(options.not_missing));
  keep("source column", options.source_column);
  return record;
}

/// With what the record says where the options say nothing. The format that it names is no more than a hint.
[[nodiscard]] inline TableOptions recorded_options(TableOptions options, const TextRecord& record) {
  const auto fill = [&record](std::string& option, std::string_view name) {
    if (option.empty()) option = recorded(record, name);
  };
  const auto fill_words = [&record](std::vector<std::string>& option, std::string_view name) {
    if (option.empty()) option = detail::parted_words(recorded(record, name));
  };
  const std::vector<const char*> asked = detail::csv_only_options(options);
  options.recorded.format = recorded(record, "format");
  fill(options.separator, "separator");
  fill(options.thousands, "thousands sign");
  fill(options.source_column, "source column");
  fill_words(options.missing_values, "missing words");
  fill_words(options.not_missing, "not missing");
  if (recorded(record, "header line") == "none") options.no_header = true;
  if (options.no_header) fill_words(options.columns, "columns");
  TableOptions alone;
  alone.decimal_comma = recorded(record, "decimal sign") == ",";
  alone.thousands = recorded(record, "thousands sign");
  options.recorded.numbers = csv_options(alone).numbers;
  options.decimal_comma = options.decimal_comma || alone.decimal_comma;
  for (const char* member : detail::csv_only_options(options)) {
    if (std::find(asked.begin(), asked.end(), std::string_view(member)) == asked.end())
      options.recorded.csv_only.push_back(member);
  }
  return options;
}

}  // namespace weir::inline WEIR_ABI
