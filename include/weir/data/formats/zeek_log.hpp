// Zeek's logs of tab-separated values (https://docs.zeek.org/en/master/log-formats.html):
//
//   #separator \x09                      lines with # are directives; the log may lack its end, and may be several
//   #unset_field	-                       logs of the same columns put together
//   #fields	ts	proto	orig_bytes
//   #types	time	enum	count
//   1647504456.03	tcp	-
//
// Numbers are of the types time, interval, count, int, double and port; Zeek's others are texts, sets and vectors as
// they are written, with "(empty)" for one without elements. Without #types, and of a type that is not Zeek's, the
// first rows tell. An unset field is missing. Signs written as \x2e are undone, unless that makes a text that is not
// UTF-8 or holds control characters other than tabs and line ends.
// Rows under a #fields line that names other columns than the first one are bad.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/content_kind.hpp>
#include <weir/core/error.hpp>
#include <weir/data/formats/csv_cells.hpp>
#include <weir/data/formats/csv_fields.hpp>
#include <weir/data/formats/csv_options.hpp>
#include <weir/data/formats/field_reader.hpp>
#include <weir/data/formats/line_rows.hpp>
#include <weir/data/formats/table_text.hpp>
#include <weir/data/sources/byte_source.hpp>
#include <weir/data/sources/line_source.hpp>
#include <weir/data/tables/schema.hpp>
#include <weir/data/text/blanks.hpp>
#include <weir/data/text/text_encoding.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <variant>
#include <vector>

namespace weir::inline WEIR_ABI {

class ZeekRows final : public LineRows {
 public:
  ZeekRows(std::unique_ptr<ByteSource> source, const CsvOptions& options)
      : LineRows(std::move(source), options.max_row_bytes), max_columns_(options.max_columns) {}

  /// Reads the directives before the first row.
  Status read_head(const std::string& name);
  /// Behind read_head().
  [[nodiscard]] std::vector<std::string> names() const;
  /// By #types, which may be missing.
  [[nodiscard]] std::optional<ColumnKind> kind(std::size_t column) const;
  [[nodiscard]] bool has_types() const noexcept { return !types_.empty(); }
  /// Whether the log called the column otherwise.
  [[nodiscard]] bool renamed(std::size_t column, std::string_view name) const {
    const std::string own = to_utf8(names_[column]);
    return !own.empty() && trim_blanks(own) != name;
  }

 private:
  WEIR_BODY Line take(std::string_view line) override;
  Line take_directive(std::string_view line);
  /// A bool as Zeek's JSON has it, so that both logs of a site say the same.
  [[nodiscard]] static std::string_view json_word(std::string_view flag) noexcept;
  Line take_separator(std::string_view text);
  Line take_names(std::string_view text);
  Line take_types(std::string_view text);

  void split(std::string_view text, std::vector<std::string_view>& parts) const;
  /// The text with its signs undone, in memory_ where there are any.
  [[nodiscard]] std::string_view decoded(std::string_view field);

  std::size_t max_columns_;
  char separator_ = '\t';
  std::string unset_ = "-";
  std::vector<std::string> names_;
  std::vector<std::string> types_;
  std::string memory_;
  bool other_columns_ = false;  // than the first log of the file
};

/// The reader of a log. Missing is an unset field, and what options.missing names.
[[nodiscard]] Result<FieldReader> try_zeek_reader(std::unique_ptr<ByteSource> source, CsvOptions options);

#if WEIR_BODIES

namespace detail {

/// Appends `text` with \x2e and \\ undone.
WEIR_BODY void append_unescaped(std::string& out, std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned code = 0;
    const std::string_view digits = text.substr(std::min(i + 2, text.size()), 2);
    const char* const end = digits.data() + digits.size();
    if (text.substr(i, 2) == "\\x" && digits.size() == 2 &&
        std::from_chars(digits.data(), end, code, 16).ptr == end) {
      out += static_cast<char>(static_cast<unsigned char>(code));
      i += 3;
    } else {
      out += text[i];
      if (text.substr(i, 2) == "\\\\") ++i;
    }
  }
}

}  // namespace detail

WEIR_BODY Status ZeekRows::read_head(const std::string& name) {
  const auto in_head = [](std::string_view line) {
    return line.starts_with('#') || trim_blanks(line).empty();
  };
  while (lines_.next() == LineSource::Step::line && in_head(lines_.line())) {
    lines_.repeat();
    if (next_line() == Step::bad) return refused(name);
  }
  lines_.repeat();
  if (lines_.next() == LineSource::Step::failed) return failure();
  lines_.repeat();
  if (names_.empty()) {
    return Failure{ErrorKind::data, name +
                                        ": there is no #fields line before the first row; a log that lost "
                                        "its head is read as CSV, separated by tabs"};
  }
  if (!types_.empty() && types_.size() != names_.size()) {
    return Failure{ErrorKind::data, name + ": #types names " + std::to_string(types_.size()) +
                                        " columns, #fields " + std::to_string(names_.size())};
  }
  return std::monostate{};
}

WEIR_BODY std::vector<std::string> ZeekRows::names() const {
  return unique_names(std::vector<std::string_view>(names_.begin(), names_.end()));
}

WEIR_BODY std::optional<ColumnKind> ZeekRows::kind(std::size_t column) const {
  constexpr std::array<std::string_view, 6> numbers{"time", "interval", "count", "int", "double", "port"};
  constexpr std::array<std::string_view, 9> texts{"bool",    "string", "enum", "addr", "subnet",
                                                  "pattern", "file",   "func", "any"};
  if (column >= types_.size()) return std::nullopt;
  const std::string_view type = types_[column];
  const auto is_type = [type](std::string_view known) { return type == known; };
  if (std::any_of(numbers.begin(), numbers.end(), is_type)) return ColumnKind::numeric;
  const bool many = type.starts_with("set[") || type.starts_with("vector[") || type.starts_with("table[");
  if (many || std::any_of(texts.begin(), texts.end(), is_type)) return ColumnKind::categorical;
  return std::nullopt;
}

WEIR_BODY LineRows::Line ZeekRows::take(std::string_view line) {
  if (line.starts_with('#')) return take_directive(line);
  if (other_columns_) return refuse(1, "the #fields or #types line above is another than the first one");
  split(line, fields_);
  memory_.clear();
  memory_.reserve(line.size());  // the fields point into it
  for (std::size_t i = 0; i < fields_.size(); ++i) {
    std::string_view& field = fields_[i];
    field = field == unset_ ? std::string_view() : decoded(field);
    if (field.size() == 1 && i < types_.size() && types_[i] == "bool") field = json_word(field);
  }
  return Line::row;
}

WEIR_BODY std::string_view ZeekRows::json_word(std::string_view flag) noexcept {
  if (flag == "T") return "true";
  return flag == "F" ? "false" : flag;
}

WEIR_BODY LineRows::Line ZeekRows::take_directive(std::string_view line) {
  const std::size_t end = std::min(line.find_first_of(std::string{' ', separator_}), line.size());
  const std::string_view word = line.substr(0, end);
  const std::string_view text = line.substr(std::min(end + 1, line.size()));
  if (word == "#separator") return take_separator(text);
  if (word == "#fields") return take_names(text);
  if (word == "#types") return take_types(text);
  if (word == "#unset_field") {
    unset_.clear();
    detail::append_unescaped(unset_, text);
  }
  return Line::head;
}

WEIR_BODY LineRows::Line ZeekRows::take_separator(std::string_view text) {
  std::string sign;
  detail::append_unescaped(sign, text);
  if (sign.size() != 1 || sign == "#" || sign == "\\")
    return refuse(1, "#separator: one character is expected, such as \\x09, not " + quoted_excerpt(text));
  separator_ = sign[0];
  return Line::head;
}

WEIR_BODY LineRows::Line ZeekRows::take_names(std::string_view text) {
  std::vector<std::string_view> names;
  split(text, names);
  if (names.size() > max_columns_) return refuse(1, "there are too many columns");
  other_columns_ = !names_.empty() && !std::equal(names.begin(), names.end(), names_.begin(), names_.end());
  if (!names_.empty()) return Line::repeated;
  names_.assign(names.begin(), names.end());
  return Line::head;
}

WEIR_BODY LineRows::Line ZeekRows::take_types(std::string_view text) {
  std::vector<std::string_view> types;
  split(text, types);
  if (types.size() > max_columns_) return refuse(1, "there are too many columns");
  if (types_.empty()) {
    types_.assign(types.begin(), types.end());
  } else if (!std::equal(types.begin(), types.end(), types_.begin(), types_.end())) {
    other_columns_ = true;
  }
  return Line::head;
}

WEIR_BODY void ZeekRows::split(std::string_view text, std::vector<std::string_view>& parts) const {
  parts.clear();
  while (true) {
    const std::size_t end = std::min(text.find(separator_), text.size());
    parts.push_back(text.substr(0, end));
    if (end == text.size()) return;
    text.remove_prefix(end + 1);
  }
}

WEIR_BODY std::string_view ZeekRows::decoded(std::string_view field) {
  if (field.find('\\') == std::string_view::npos) return field;
  const std::size_t first = memory_.size();
  detail::append_unescaped(memory_, field);
  const std::string_view text = std::string_view(memory_).substr(first);
  const bool plain = std::none_of(text.begin(), text.end(), [](char c) {
    const bool blank = c == '\t' || c == '\n' || c == '\r';
    return !blank && (static_cast<unsigned char>(c) < 0x20 || c == 0x7F);
  });
  return plain && is_utf8(text) ? text : field;
}

WEIR_BODY Result<FieldReader> try_zeek_reader(std::unique_ptr<ByteSource> source, CsvOptions options) {
  Result<std::unique_ptr<ByteSource>> text =
      detail::table_text(std::move(source), options.encoding, ContentKind::zeek_log);
  if (!text) return text.error();
  options.separator = '\t';
  options.numbers = {};  // Zeek writes a point and nothing else
  std::string name = text.value()->name();
  auto rows = std::make_unique<ZeekRows>(std::move(text).value(), options);
  if (Status status = rows->read_head(name); !status) return status.error();
  const std::vector<std::string> names = rows->names();
  std::vector<OddColumn> odd;
  std::vector<Column> known;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::optional<ColumnKind> kind = rows->kind(i);
    if (kind) known.push_back({names[i], *kind});
    if (!kind && rows->has_types()) odd.push_back({names[i], ColumnOddity::unknown_type});
    if (rows->renamed(i, names[i])) odd.push_back({names[i], ColumnOddity::repeated_name});
  }
  const bool all_known = known.size() == names.size();
  if (!all_known) options.kinds.insert(options.kinds.begin(), known.begin(), known.end());
  Result<FieldReader> reader =
      all_known ? FieldReader::try_make(std::move(name), std::move(rows), Schema{known}, std::move(options))
                : FieldReader::try_guess(std::move(name), std::move(rows), names, std::move(options));
  if (!reader) return reader;
  for (const OddColumn& column : odd) reader->remark(column.name, column.oddity);
  return reader;
}

#endif

}  // namespace weir::inline WEIR_ABI
