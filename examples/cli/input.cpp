#include "input.hpp"

#include "near_names.hpp"
#include "report.hpp"

#include <weir/core/error.hpp>
#include <weir/data/gzip.hpp>
#include <weir/data/nsl_kdd.hpp>

#include <algorithm>
#include <array>
#include <cstdio>
#include <memory>
#include <optional>
#include <span>

namespace cli {

namespace {

[[nodiscard]] std::unique_ptr<weir::ByteSource> open_source(const std::string& path) {
  if (path == "-") return std::make_unique<weir::GzipSource>(weir::open_stdin());
  return weir::open_any(path).value();
}

[[nodiscard]] std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ",") + word;
  return text;
}

[[nodiscard]] std::vector<std::string> parted(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    words.emplace_back(text.substr(0, comma));
    text.remove_prefix(std::min(text.size(), comma + 1));
  }
  return words;
}

/// One character; 'tab' and 'space' have names.
[[nodiscard]] char sign_of(const char* option, const std::string& text) {
  if (text == "tab") return '\t';
  if (text == "space") return ' ';
  if (text.size() == 1) return text[0];
  weir::fail(weir::ErrorKind::config,
             std::string(option) + " takes one character or 'tab' or 'space', not '" + text + "'");
}
[[nodiscard]] std::string sign_text(char sign) {
  return sign == '\t' ? std::string("tab") : sign == ' ' ? std::string("space") : std::string(1, sign);
}

[[nodiscard]] weir::TextEncoding encoding_of(const std::string& name) {
  if (name == "utf-8") return weir::TextEncoding::utf8;
  if (name == "windows-1252") return weir::TextEncoding::windows_1252;
  return name == "utf-16" ? weir::TextEncoding::utf16 : weir::TextEncoding::automatic;
}

[[nodiscard]] std::string either(const std::string& option, const Record& record, std::string_view name) {
  return option.empty() ? std::string(recorded(record, name)) : option;
}

[[nodiscard]] weir::CsvReader reader_of(const std::string& path, const TableFormat& format,
                                        bool skip_bad_rows) {
  weir::CsvOptions options = format.csv;
  options.bad_rows = skip_bad_rows ? weir::BadRows::collect : weir::BadRows::stop;
  options.max_reasons = 1;
  return weir::CsvReader::make(open_source(path), std::move(options));
}

[[nodiscard]] std::string plain(double value) {
  std::array<char, 32> digits{};
  std::snprintf(digits.data(), digits.size(), "%.15g", value);
  return digits.data();
}

/// "--decimal-comma --thousands ."
[[nodiscard]] std::string options_for(const weir::NumberFormat& format) {
  std::string text;
  if (format.decimal == ',') text = "--decimal-comma";
  if (format.thousands != '\0') {
    text += (text.empty() ? "" : " ") + std::string("--thousands ") + shell_word(sign_text(format.thousands));
  }
  return text;
}

/// The options that read numbers of a format where others are given: "--decimal-comma instead of --thousands
/// ,".
[[nodiscard]] std::string change_to(weir::NumberFormat wanted, weir::NumberFormat given) {
  weir::NumberFormat more = wanted, less = given;
  if (more.decimal == given.decimal) more.decimal = less.decimal = '.';
  if (more.thousands == given.thousands) more.thousands = less.thousands = '\0';
  const std::string add = options_for(more), leave = options_for(less);
  if (add.empty()) return "leaving out " + leave;
  return leave.empty() ? add : add + " instead of " + leave;
}

/// What reads the texts of the column as numbers; where two ways do, what each makes of one.
[[nodiscard]] std::string mend_of_notation(const weir::MixedColumn& column, weir::NumberFormat given) {
  const auto one = [&column](weir::NumberFormat format) {
    double value = 0;
    for (const weir::MixedText& text : column.texts) {
      if (weir::parse_number(text.text, format, value)) return "'" + text.text + "' as " + plain(value);
    }
    return std::string("them as numbers");
  };
  const std::string way = change_to(*column.format, given);
  if (!column.other) return way + " reads them as numbers, ";
  return way + " reads " + one(*column.format) + ", " + change_to(*column.other, given) + " reads " +
         one(*column.other) + ", ";
}

/// What to write so that the columns can be read.
[[nodiscard]] std::string mend_of(const std::vector<weir::MixedColumn>& columns, weir::NumberFormat given) {
  std::vector<std::string> words, names;
  const weir::MixedColumn* notation = nullptr;
  for (const weir::MixedColumn& column : columns) {
    names.push_back(column.name);
    if (column.format && (notation == nullptr || (notation->other && !column.other))) notation = &column;
    for (const weir::MixedText& text : column.texts) {
      double ignored = 0;
      const bool number = column.format && weir::parse_number(text.text, *column.format, ignored);
      const bool fits = text.text.find(',') == std::string::npos;
      if (!number && fits && std::find(words.begin(), words.end(), text.text) == words.end()) {
        words.push_back(text.text);
      }
    }
  }
  std::string mend;
  if (notation != nullptr) mend += mend_of_notation(*notation, given);
  if (!words.empty()) mend += "--missing-values " + shell_word(joined(words)) + " as missing, ";
  return mend + "--categorical " + shell_word(joined(names)) + " as names, --drop " +
         shell_word(joined(names)) + " leaves them out";
}

/// How to go on after a row that cannot be read.
[[nodiscard]] std::string mend_of(const weir::BadRow& row) {
  switch (row.kind) {
    case weir::BadField::number: {
      const std::string read = row.format ? options_for(*row.format) : std::string();
      return (read.empty() ? std::string() : "; " + read + " reads it") +
             "; --missing-values names more words for a missing value, --skip-bad-rows leaves such rows out";
    }
    case weir::BadField::encoding: return "; --encoding windows-1252 reads it";
    case weir::BadField::count:
    case weir::BadField::layout: return "; --skip-bad-rows leaves such rows out";
  }
  return {};
}

}  // namespace

std::string_view recorded(const Record& record, std::string_view name) {
  for (const auto& [key, value] : record) {
    if (key == name) return value;
  }
  return {};
}

TableFormat table_format(const InputOptions& options, const Record& record) {
  TableFormat result;
  result.nsl_kdd = either(options.format, record, "format") == "nsl-kdd";
  result.csv.header = !result.nsl_kdd;
  result.csv.mixed = weir::MixedColumns::categorical;  // refused by their names, with the program's options
  const std::string separator = either(options.separator, record, "separator");
  if (!separator.empty()) result.csv.separator = sign_of("--separator", separator);
  if (options.decimal_comma || recorded(record, "decimal sign") == ",") result.csv.numbers.decimal = ',';
  const std::string thousands = either(options.thousands, record, "thousands sign");
  if (!thousands.empty()) result.csv.numbers.thousands = sign_of("--thousands", thousands);
  result.csv.encoding = encoding_of(options.encoding);
  std::vector<std::string>& missing = result.csv.missing;
  for (const std::string& word : parted(either(joined(options.missing_words), record, "missing words"))) {
    missing.push_back(word);
  }
  for (const std::string& word : parted(either(joined(options.not_missing), record, "not missing"))) {
    std::erase(missing, word);
  }
  return result;
}

Record format_record(const InputOptions& options) {
  const weir::CsvOptions csv = table_format(options).csv;
  Record record{{"format", options.format.empty() ? "csv" : options.format},
                {"separator", sign_text(csv.separator)}};
  if (csv.numbers.decimal != '.') record.emplace_back("decimal sign", sign_text(csv.numbers.decimal));
  if (csv.numbers.thousands != '\0') record.emplace_back("thousands sign", sign_text(csv.numbers.thousands));
  if (!options.missing_words.empty()) record.emplace_back("missing words", joined(options.missing_words));
  if (!options.not_missing.empty()) record.emplace_back("not missing", joined(options.not_missing));
  return record;
}

TableFile::TableFile(const std::string& path, const TableFormat& format, bool skip_bad_rows)
    : numbers_(format.csv.numbers),
      nsl_kdd_(format.nsl_kdd),
      reader_(reader_of(path, format, skip_bad_rows)),
      name_(path == "-" ? "standard input" : path) {
  if (format.nsl_kdd) {
    name_nsl_kdd_columns();
  } else {
    check_separator();
  }
}

void TableFile::name_nsl_kdd_columns() {
  weir::Schema schema = weir::nsl_kdd::schema();
  const std::size_t count = reader_.schema().columns.size();
  // Files to score may lack the difficulty, or the attack type too.
  if (count + 2 < schema.columns.size() || count > schema.columns.size()) {
    weir::fail(weir::ErrorKind::data, name_ + ": the first row has " + std::to_string(count) +
                                          " fields; NSL-KDD has 43, or 41 without label and difficulty");
  }
  schema.columns.resize(count);
  reader_.use(std::move(schema));
}

void TableFile::check_separator() const {
  if (schema().columns.size() != 1) return;
  for (const char other : {';', '\t', ',', '|'}) {
    if (schema().columns[0].name.find(other) == std::string::npos) continue;
    const std::string found = other == '\t' ? "tab" : "'" + sign_text(other) + "'";
    weir::fail(weir::ErrorKind::data,
               name_ + ": the header line is one column; it looks like --separator " + found);
  }
}

void TableFile::require(std::string_view column) const {
  if (has(column)) return;
  std::vector<std::string> names;
  for (const weir::Column& one : schema().columns) names.push_back(one.name);
  weir::fail(weir::ErrorKind::data,
             name_ + ": there is no column '" + std::string(column) + "'" +
                 (looks_like_nsl_kdd()
                      ? std::string("; it looks like NSL-KDD without a header line: --format nsl-kdd")
                      : near_names(column, names)));
}

/// The first line, which is taken for a header, is a connection.
bool TableFile::looks_like_nsl_kdd() const {
  const std::vector<weir::Column>& columns = schema().columns;
  const std::size_t all = weir::nsl_kdd::schema().columns.size();
  if (nsl_kdd_ || columns.size() + 2 < all || columns.size() > all) return false;
  const std::string& protocol = columns[1].name;
  return protocol == "tcp" || protocol == "udp" || protocol == "icmp";
}

void TableFile::refuse_mixed(const std::vector<weir::Column>& kinds) const {
  std::vector<weir::MixedColumn> refused;
  for (weir::MixedColumn column : reader_.mixed()) {
    const weir::Column& read_as = schema().columns[column.index];
    const auto wanted = [&](const weir::Column& kind) { return kind.name == read_as.name; };
    if (read_as.kind != weir::ColumnKind::categorical || std::any_of(kinds.begin(), kinds.end(), wanted))
      continue;
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
  weir::fail(weir::ErrorKind::data, what + ": " + mend_of(refused, numbers_));
}

weir::CsvReader TableFile::open(const std::vector<weir::Column>& kinds, bool others) && {
  if (others) refuse_mixed(kinds);
  weir::Schema schema = reader_.schema();
  for (weir::Column& column : schema.columns) {
    const auto wanted = std::find_if(kinds.begin(), kinds.end(),
                                     [&](const weir::Column& kind) { return kind.name == column.name; });
    if (wanted != kinds.end()) {
      column.kind = wanted->kind;
    } else if (!others) {
      column.kind = weir::ColumnKind::ignore;
    }
  }
  reader_.use(std::move(schema));
  return std::move(reader_);
}

namespace {

[[nodiscard]] const weir::BadRow* row_at_fault(const weir::CsvReader& reader, const weir::Failure& failure) {
  const std::vector<weir::BadRow>& rows = reader.report().reasons;
  return failure.kind == weir::ErrorKind::data && !rows.empty() ? &rows.front() : nullptr;
}

}  // namespace

std::size_t read_rows(weir::CsvReader& reader, weir::Table& table, std::size_t most,
                      const std::string& about_numbers) {
  const weir::Result<std::size_t> count = reader.try_read(table, most);
  if (count) return count.value();
  std::string what = count.error().what;
  if (const weir::BadRow* row = row_at_fault(reader, count.error())) {
    what += mend_of(*row) + (row->kind == weir::BadField::number ? about_numbers : std::string());
  }
  weir::fail(count.error().kind, what);
}

void read_all_rows(weir::CsvReader& reader, weir::Table& table) {
  const weir::Result<std::size_t> count = reader.try_read(table);
  if (count) return;
  std::string what = count.error().what;
  if (const weir::BadRow* row = row_at_fault(reader, count.error())) {
    what += mend_of(*row);
    if (row->kind == weir::BadField::number) {
      const std::string name = shell_word(reader.schema().columns[row->column - 1].name);
      what += ", --categorical " + name + " reads the column as names, --drop " + name + " leaves it out";
    }
  }
  weir::fail(count.error().kind, what);
}

std::string stored_notation(const Record& record) {
  const std::string options = options_for(table_format({}, record).csv.numbers);
  if (options.empty()) return {};
  return "; the model was trained with " + options + " and reads numbers so in every table";
}

std::vector<std::string> reading_notes(const weir::CsvReport& report) {
  const auto counted = [](std::uint64_t count, const char* what) {
    return count_of(static_cast<std::int64_t>(count), what);
  };
  std::vector<std::string> notes;
  if (report.bad_rows > 0) {
    std::string note = counted(report.bad_rows, "row") + " that cannot be read left out";
    if (!report.reasons.empty()) {
      note +=
          ", the first in line " + std::to_string(report.reasons[0].line) + ": " + report.reasons[0].reason;
    }
    notes.push_back(note);
  }
  if (report.repeated_headers > 0) {
    notes.push_back(counted(report.repeated_headers, "line") + " left out: the header line again, " +
                    (report.repeated_headers > 1 ? "first " : "") + "in line " +
                    std::to_string(report.first_repeated));
  }
  if (report.first_recoded) {
    notes.push_back(
        counted(report.recoded, "text") + " read as Windows-1252, not being UTF-8, the first in line " +
        std::to_string(report.first_recoded->line) + ": " + weir::quoted_excerpt(report.first_recoded->text) +
        " (--encoding utf-8 refuses such texts)");
  }
  return notes;
}

}  // namespace cli
