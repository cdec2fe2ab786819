// JSON lines, as Zeek and Suricata (EVE) write them: an object a line, its values in columns with dotted names
// (json_leaves.hpp).
//
// The columns are those of the first rows, in the order in which they turn up, and those that are asked for
// besides; a row may lack any of them. What later rows have under other names is left out and counted. A column
// with an array, or with as many strings as numbers, is categorical, unless all of its strings are numbers as JSON
// writes them ("12.5", not "007") and do not look like codes: one has a fraction, or more than 32 differ; the others
// are as for CSV. Missing are null, an empty string and an empty array.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/content_kind.hpp>
#include <weir/core/error.hpp>
#include <weir/core/json_cursor.hpp>
#include <weir/data/formats/csv_cells.hpp>
#include <weir/data/formats/csv_options.hpp>
#include <weir/data/formats/field_reader.hpp>
#include <weir/data/formats/json_leaves.hpp>
#include <weir/data/formats/line_rows.hpp>
#include <weir/data/formats/table_text.hpp>
#include <weir/data/sources/byte_source.hpp>
#include <weir/data/sources/line_source.hpp>
#include <weir/data/sources/peeked_source.hpp>
#include <weir/data/tables/schema.hpp>
#include <weir/data/text/text_encoding.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

/// What is found in the first rows.
struct JsonColumns {
  struct Seen {
    std::size_t numbers = 0;
    std::size_t texts = 0;
    std::size_t number_texts = 0;   // of these
    std::set<std::string> whole{};  // the first ones of these without a fraction
    bool fraction = false;          // one of these has one
    bool list = false;

    [[nodiscard]] bool number_strings() const noexcept { return texts > 0 && !list && texts == number_texts; }
    /// Codes, such as TCP flags in hexadecimal digits, may be digits alone for long; quantities vary.
    [[nodiscard]] bool only_numbers() const noexcept {
      if (texts == 0) return !list;
      return number_strings() && (numbers > 0 || fraction || whole.size() > few);
    }
  };
  static constexpr std::size_t few = 32;
  struct Value {
    std::string name;
    JsonLeaves::Kind kind = JsonLeaves::Kind::number;
    bool filled = false;  // not missing
    bool number = false;
    std::string text{};  // of a number that is a string
  };

  std::vector<std::string> names{};
  std::vector<Seen> seen{};
  std::map<std::string, std::size_t, std::less<>> places{};

  void add(const Value& value) {
    const auto [place, is_new] = places.try_emplace(value.name, names.size());
    if (is_new) {
      names.push_back(value.name);
      seen.emplace_back();
    }
    Seen& column = seen[place->second];
    if (value.filled && value.kind == JsonLeaves::Kind::number) ++column.numbers;
    if (value.filled && value.kind == JsonLeaves::Kind::text) ++column.texts;
    if (value.number && value.kind == JsonLeaves::Kind::text) {
      ++column.number_texts;
      column.fraction = column.fraction || value.text.find_first_of(".eE") != std::string::npos;
      if (column.whole.size() <= few) column.whole.insert(value.text);
    }
    column.list = column.list || value.kind == JsonLeaves::Kind::list;
  }
  /// Those that hold texts, as categories.
  [[nodiscard]] std::vector<Column> categories() const {
    std::vector<Column> columns;
    for (std::size_t i = 0; i < names.size(); ++i) {
      const Seen& column = seen[i];
      if (!column.only_numbers() && (column.list || column.texts >= column.numbers))
        columns.push_back({names[i], ColumnKind::categorical});
    }
    return columns;
  }
};

class JsonRows final : public LineRows {
 public:
  JsonRows(std::unique_ptr<ByteSource> source, const CsvOptions& options, JsonColumns columns)
      : LineRows(std::move(source), options.max_row_bytes),
        columns_(std::move(columns)),
        windows_1252_(options.encoding == TextEncoding::windows_1252) {}

  [[nodiscard]] bool open_ended() const noexcept override { return true; }
  void add_columns(const std::vector<std::string>& names) override {
    for (const std::string& name : names) columns_.add({.name = name});
  }
  void tell(CsvReport& report) const override {
    LineRows::tell(report);
    report.unlisted = unlisted_;
    report.first_unlisted = first_unlisted_;
  }

 private:
  WEIR_BODY Line take(std::string_view line) override;
  /// Where the column is, mostly behind the last one.
  [[nodiscard]] std::optional<std::size_t> place_of(std::string_view name);

  JsonColumns columns_;
  bool windows_1252_;
  JsonLeaves leaves_;
  std::string decoded_;
  std::vector<bool> given_;  // in this row, by column
  std::size_t expected_ = 0;
  std::uint64_t unlisted_ = 0;
  std::optional<CsvPlace> first_unlisted_;
};

namespace detail {

/// The line as UTF-8, in `memory` where it is not ASCII.
[[nodiscard]] inline std::string_view decoded_line(std::string_view windows_1252, std::string& memory) {
  if (is_ascii(windows_1252)) return windows_1252;
  memory.clear();
  append_windows_1252(memory, windows_1252);
  return memory;
}

}  // namespace detail

/// The reader of a file of JSON lines. Missing is also what options.missing names.
[[nodiscard]] Result<FieldReader> try_json_reader(std::unique_ptr<ByteSource> source, CsvOptions options);

#if WEIR_BODIES

WEIR_BODY LineRows::Line JsonRows::take(std::string_view line) {
  fields_.assign(columns_.names.size(), {});
  given_.assign(columns_.names.size(), false);
  expected_ = 0;
  if (windows_1252_) line = detail::decoded_line(line, decoded_);
  std::uint64_t unlisted = 0;
  std::string first;
  const auto leaf = [&](std::string_view name, std::string_view text, JsonLeaves::Kind) {
    const std::optional<std::size_t> place = place_of(name);
    if (!place) {
      if (unlisted++ == 0) first = name;
      return true;
    }
    if (given_[*place]) return leaves_.refuse(quoted_excerpt(name) + " comes twice");
    given_[*place] = true;
    fields_[*place] = text;
    return true;
  };
  if (!leaves_.take(line, leaf)) {
    const bool cut = leaves_.position() >= line.size();
    const bool array = detail::without_leading_space(line).starts_with('[');
    const bool encoding = leaves_.reason() == JsonCursor::not_utf8;
    return refuse(
        leaves_.position() + 1,
        leaves_.reason() +
            (array ? "; JSON is read as lines of one object each: `jq -c '.[]'` makes them of an array"
             : cut ? "; each line is to hold one whole object (`jq -c .`)"
                   : ""),
        encoding ? BadField::encoding : BadField::layout);
  }
  if (unlisted > 0 && unlisted_ == 0) first_unlisted_ = {lines_.lines(), 0, std::move(first)};
  unlisted_ += unlisted;
  return Line::row;
}

WEIR_BODY std::optional<std::size_t> JsonRows::place_of(std::string_view name) {
  if (expected_ < columns_.names.size() && columns_.names[expected_] == name) return expected_++;
  const auto found = columns_.places.find(name);
  if (found == columns_.places.end()) return std::nullopt;
  expected_ = found->second + 1;
  return found->second;
}

namespace detail {

/// The columns of the first rows in the beginning of a file.
WEIR_BODY JsonColumns json_columns(std::string_view head, const CsvOptions& options) {
  JsonColumns columns;
  JsonLeaves leaves;
  std::string decoded;
  const bool windows_1252 = options.encoding == TextEncoding::windows_1252;
  LineSource lines(std::make_unique<MemorySource>(head), options.max_row_bytes);
  for (std::size_t rows = 0; rows < options.infer_rows && columns.names.size() <= options.max_columns;) {
    const LineSource::Step step = lines.next();
    if (step == LineSource::Step::end) break;
    if (step != LineSource::Step::line) continue;
    std::vector<JsonColumns::Value> found;
    const auto leaf = [&found](std::string_view name, std::string_view text, JsonLeaves::Kind kind) {
      double ignored = 0;
      JsonCursor cursor(text);
      const bool number = cursor.take_number(ignored) && cursor.at_end();
      const bool is_string = number && kind == JsonLeaves::Kind::text;
      found.push_back({std::string(name), kind, !text.empty(), number, std::string(is_string ? text : "")});
      return true;
    };
    if (!leaves.take(windows_1252 ? decoded_line(lines.line(), decoded) : lines.line(), leaf)) continue;
    for (const JsonColumns::Value& value : found) columns.add(value);
    ++rows;
  }
  return columns;
}

}  // namespace detail

WEIR_BODY Result<FieldReader> try_json_reader(std::unique_ptr<ByteSource> source, CsvOptions options) {
  constexpr std::size_t sample_bytes = std::size_t{8} << 20;
  Result<std::unique_ptr<ByteSource>> text =
      detail::table_text(std::move(source), options.encoding, ContentKind::json);
  if (!text) return text.error();
  std::string name = text.value()->name();
  Result<std::unique_ptr<PeekedSource>> peeked =
      PeekedSource::try_make(std::move(text).value(), sample_bytes);
  if (!peeked) return peeked.error();
  JsonColumns columns = detail::json_columns(peeked.value()->head(), options);
  if (columns.names.size() > options.max_columns) {
    return Failure{ErrorKind::data, name + ": the first rows have more than " +
                                        std::to_string(options.max_columns) + " names"};
  }
  const std::vector<Column> kinds = columns.categories();
  options.kinds.insert(options.kinds.begin(), kinds.begin(), kinds.end());
  options.numbers = {};  // JSON has a point in numbers and nothing else
  const JsonColumns seen = columns;
  const std::vector<std::string>& names = seen.names;
  auto rows = std::make_unique<JsonRows>(std::move(peeked).value(), options, std::move(columns));
  if (names.empty() && rows->next() == RowSplitter::Step::bad) return rows->refused(name);
  options.encoding = TextEncoding::automatic;  // lines are decoded before they are taken apart
  Result<FieldReader> reader =
      FieldReader::try_guess(std::move(name), std::move(rows), names, std::move(options));
  if (!reader) return reader;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const bool numeric = reader->schema().columns[i].kind == ColumnKind::numeric;
    if (seen.seen[i].number_texts > 0 && numeric) reader->remark(names[i], ColumnOddity::number_strings);
    if (seen.seen[i].number_strings() && !numeric) reader->remark(names[i], ColumnOddity::number_names);
  }
  return reader;
}

#endif

}  // namespace weir::inline WEIR_ABI
