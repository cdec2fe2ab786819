// The fields of a CSV row to the numbers and texts of a schema.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/plain_text.hpp>
#include <weir/data/formats/csv_cells.hpp>
#include <weir/data/formats/csv_options.hpp>
#include <weir/data/tables/schema.hpp>
#include <weir/data/text/blanks.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

/// Parses the rows of one schema.
class CsvFields {
 public:
  CsvFields() = default;
  CsvFields(const Schema& schema, const CsvOptions& options)
      : cells_(options.missing, options.numbers),
        encoding_(options.encoding),
        needs_quotes_(options.separator == options.numbers.decimal ||
                      options.separator == options.numbers.thousands),
        trimmed_(schema.columns.size()) {
    for (const Column& column : schema.columns) {
      columns_.push_back(column);
      if (column.kind == ColumnKind::numeric) numbers_.push_back(0);
      if (column.kind == ColumnKind::categorical) texts_.emplace_back();
    }
    decoded_.resize(texts_.size());
  }

  /// False when the row is bad. Blanks around a text do not belong to it.
  [[nodiscard]] bool parse(std::span<const std::string_view> fields) {
    bad_ = std::min(fields.size(), columns_.size());
    if (fields.size() != columns_.size()) return false;
    std::size_t number = 0;
    std::size_t text = 0;
    trimmed_here_.clear();
    recoded_.clear();
    lost_.clear();
    for (std::size_t i = 0; i < fields.size(); ++i) {
      if (columns_[i].kind == ColumnKind::numeric) {
        bad_ = i;
        if (!cells_.number(fields[i], numbers_[number++])) return false;
      } else if (columns_[i].kind == ColumnKind::categorical) {
        bad_ = i;
        if (!read_text(fields[i], i, text++)) return false;
      }
    }
    for (const std::size_t column : trimmed_here_) ++trimmed_[column];
    return true;
  }

  /// Of the row just parsed.
  [[nodiscard]] std::span<const double> numbers() const noexcept { return numbers_; }
  [[nodiscard]] std::span<const std::string_view> texts() const noexcept { return texts_; }
  /// The columns whose texts were Windows-1252, and those texts.
  [[nodiscard]] std::span<const std::pair<std::size_t, std::string_view>> recoded() const noexcept {
    return recoded_;
  }
  /// The same for texts with U+FFFD: a character was lost.
  [[nodiscard]] std::span<const std::pair<std::size_t, std::string_view>> lost() const noexcept {
    return lost_;
  }
  /// Of all good rows: texts with blanks around them, by column.
  [[nodiscard]] const std::vector<std::uint64_t>& trimmed() const noexcept { return trimmed_; }

  /// After parse() was false: the field at fault, from 1, and why.
  [[nodiscard]] std::size_t bad_column() const noexcept { return bad_ + 1; }
  [[nodiscard]] BadField bad_field(std::span<const std::string_view> fields) const noexcept {
    if (fields.size() != columns_.size()) return BadField::count;
    return columns_[bad_].kind == ColumnKind::numeric ? BadField::number : BadField::encoding;
  }
  /// Which other one makes a number of it.
  [[nodiscard]] std::optional<NumberFormat> other_format(std::span<const std::string_view> fields) const {
    double ignored = 0;
    if (bad_field(fields) != BadField::number) return std::nullopt;
    for (const NumberFormat& format : number_formats) {
      if (parse_number(trim_blanks(fields[bad_]), format, ignored)) return format;
    }
    return std::nullopt;
  }
  [[nodiscard]] std::string reason(std::span<const std::string_view> fields) const {
    const BadField kind = bad_field(fields);
    if (kind == BadField::count) {
      std::string text =
          "the row has " + count_text(fields.size(), "field") + ", not " + std::to_string(columns_.size());
      if (needs_quotes_) text += "; numbers with the sign that separates fields need quotes around them";
      return text;
    }
    const std::string what =
        "column " + quoted_excerpt(columns_[bad_].name) + ": " + quoted_excerpt(fields[bad_]);
    return what + (kind == BadField::number ? " is not a number that a double can hold" : " is not UTF-8");
  }

 private:
  [[nodiscard]] bool read_text(std::string_view field, std::size_t column, std::size_t place) {
    std::string_view text = trim_blanks(field);
    bool blanks = text.size() != field.size();
    if (!is_ascii(text)) {
      if (!decode(text, column, place)) return false;
      const std::string_view decoded = text;
      text = trim_blanks(decoded);  // the no-break space of Windows-1252 is one byte
      blanks = blanks || text.size() != decoded.size();
      if (has_lost_character(text)) lost_.emplace_back(column, text);
    }
    if (blanks && !text.empty()) trimmed_here_.push_back(column);
    texts_[place] = cells_.missing(text) ? std::string_view{} : text;
    return true;
  }

  /// A text is decoded by itself, so that it is the same text in every file.
  [[nodiscard]] bool decode(std::string_view& text, std::size_t column, std::size_t place) {
    const bool windows = encoding_ == TextEncoding::windows_1252;
    if (!windows && is_utf8(text)) return true;
    if (encoding_ == TextEncoding::utf8) return false;
    decoded_[place].clear();
    append_windows_1252(decoded_[place], text);
    text = decoded_[place];
    recoded_.emplace_back(column, text);
    return true;
  }

  CsvCells cells_;
  TextEncoding encoding_ = TextEncoding::automatic;
  bool needs_quotes_ = false;
  std::vector<Column> columns_;
  std::vector<double> numbers_;
  std::vector<std::string_view> texts_;
  std::vector<std::string> decoded_;  // by text: where a decoded one lies
  std::vector<std::pair<std::size_t, std::string_view>> recoded_;
  std::vector<std::pair<std::size_t, std::string_view>> lost_;
  std::vector<std::uint64_t> trimmed_;
  std::vector<std::size_t> trimmed_here_;  // the columns of this row
  std::size_t bad_ = 0;
};

/// c1, c2, ...: columns without a name of their own.
[[nodiscard]] inline std::string positional_name(std::size_t index) {
  std::string name(1, 'c');
  return name.append(std::to_string(index + 1));
}

/// The names of a header line: blanks around them removed, empty ones named by position (c3), repeated ones
/// made different (bytes, bytes.1), as flow meters are known to write both. What is not UTF-8 is decoded.
[[nodiscard]] inline std::vector<std::string> unique_names(std::span<const std::string_view> fields) {
  std::vector<std::string> names;
  std::map<std::string, std::size_t> twins;  // of each name: the number that its next twin gets
  for (std::size_t i = 0; i < fields.size(); ++i) {
    std::string name(trim_blanks(to_utf8(fields[i])));
    if (name.empty()) name = positional_name(i);
    auto [place, is_new] = twins.try_emplace(name, 1);
    while (!is_new) {
      const std::string twin = place->first + "." + std::to_string(place->second++);
      if (twins.try_emplace(twin, 1).second) {
        name = twin;
        break;
      }
    }
    names.push_back(std::move(name));
  }
  return names;
}

}  // namespace weir::inline WEIR_ABI
