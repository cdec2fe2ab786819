// Fields of a CSV row to numbers and texts, and the guess what kind a column is.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/data/finite.hpp>
#include <weir/data/number.hpp>
#include <weir/data/schema.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

/// Foreign text for an error message: short, and without control characters.
[[nodiscard]] inline std::string quoted_excerpt(std::string_view text) {
  constexpr std::size_t longest = 40;
  std::string result = "'";
  for (const char c : text.substr(0, longest))
    result += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? '?' : c;
  return result + (text.size() > longest ? "...'" : "'");
}

/// The fields that stand for a missing value.
class MissingTokens {
 public:
  MissingTokens() = default;
  explicit MissingTokens(const std::vector<std::string>& tokens) {
    for (const std::string& token : tokens) {
      double ignored = 0;
      if (parse_number(token, ignored)) numbers_.push_back(token);
      all_.push_back(token);
      begins_[first_byte(token)] = true;
    }
  }
  [[nodiscard]] bool text(std::string_view field) const noexcept {
    return begins_[first_byte(field)] && std::find(all_.begin(), all_.end(), field) != all_.end();
  }
  /// The number in a field, NaN for a missing one; false when it is neither.
  [[nodiscard]] bool number(std::string_view field, double& out) const noexcept {
    if (parse_number(field, out)) {
      if (!numbers_.empty() && is_number_token(field)) out = missing_number;
      return true;
    }
    const std::string_view trimmed = trim_blanks(field);
    if (trimmed.size() != field.size() && parse_number(trimmed, out)) {
      if (is_number_token(trimmed)) out = missing_number;
      return true;
    }
    out = missing_number;
    return text(trimmed);
  }

 private:
  static std::size_t first_byte(std::string_view text) noexcept {
    return text.empty() ? 0 : static_cast<unsigned char>(text.front());
  }
  [[nodiscard]] bool is_number_token(std::string_view field) const noexcept {
    return std::find(numbers_.begin(), numbers_.end(), field) != numbers_.end();
  }

  std::vector<std::string> all_;
  std::vector<std::string> numbers_;  // those that could be taken for a number, such as -1
  std::array<bool, 256> begins_{};    // the first bytes of all: most fields need no other test
};

/// Parses the rows of one schema.
class CsvFields {
 public:
  CsvFields() = default;
  CsvFields(const Schema& schema, const std::vector<std::string>& missing) : missing_(missing) {
    for (const Column& column : schema.columns) {
      columns_.push_back(column);
      if (column.kind == ColumnKind::numeric) numbers_.push_back(0);
      if (column.kind == ColumnKind::categorical) texts_.emplace_back();
    }
  }

  /// False when the row is bad.
  [[nodiscard]] bool parse(std::span<const std::string_view> fields) noexcept {
    bad_ = std::min(fields.size(), columns_.size());
    if (fields.size() != columns_.size()) return false;
    std::size_t number = 0;
    std::size_t text = 0;
    for (std::size_t i = 0; i < fields.size(); ++i) {
      if (columns_[i].kind == ColumnKind::numeric) {
        bad_ = i;
        if (!missing_.number(fields[i], numbers_[number++])) return false;
      } else if (columns_[i].kind == ColumnKind::categorical) {
        texts_[text++] = missing_.text(fields[i]) ? std::string_view{} : fields[i];
      }
    }
    return true;
  }

  /// Of the row just parsed.
  [[nodiscard]] std::span<const double> numbers() const noexcept { return numbers_; }
  [[nodiscard]] std::span<const std::string_view> texts() const noexcept { return texts_; }

  /// After parse() was false: the field at fault, from 1, and why.
  [[nodiscard]] std::size_t bad_column() const noexcept { return bad_ + 1; }
  [[nodiscard]] std::string reason(std::span<const std::string_view> fields) const {
    if (fields.size() != columns_.size()) {
      return "the row has " + std::to_string(fields.size()) + " fields, not " +
             std::to_string(columns_.size());
    }
    return "column " + quoted_excerpt(columns_[bad_].name) + ": " + quoted_excerpt(fields[bad_]) +
           " is not a number that a double can hold";
  }

 private:
  MissingTokens missing_;
  std::vector<Column> columns_;
  std::vector<double> numbers_;
  std::vector<std::string_view> texts_;
  std::size_t bad_ = 0;
};

/// c1, c2, ...: columns without a name of their own.
[[nodiscard]] inline std::string positional_name(std::size_t index) {
  std::string name(1, 'c');
  return name.append(std::to_string(index + 1));
}

/// The names of a header line: blanks around them removed, empty ones named by position (c3), repeated ones
/// made different (bytes, bytes.1), as flow meters are known to write both.
[[nodiscard]] inline std::vector<std::string> unique_names(std::span<const std::string_view> fields) {
  std::vector<std::string> names;
  std::vector<std::string> sorted;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const std::string_view trimmed = trim_blanks(fields[i]);
    const std::string stem = trimmed.empty() ? positional_name(i) : std::string(trimmed);
    std::string name = stem;
    auto place = std::lower_bound(sorted.begin(), sorted.end(), name);
    for (std::size_t twin = 1; place != sorted.end() && *place == name; ++twin) {
      name = stem + "." + std::to_string(twin);
      place = std::lower_bound(sorted.begin(), sorted.end(), name);
    }
    sorted.insert(place, name);
    names.push_back(std::move(name));
  }
  return names;
}

/// Columns are numeric until a text turns up in them.
class KindGuess {
 public:
  KindGuess(const std::vector<std::string>& names, const std::vector<std::string>& missing)
      : missing_(missing) {
    for (const std::string& name : names) schema_.columns.push_back({name, ColumnKind::numeric});
  }

  void look_at(std::span<const std::string_view> fields) {
    if (schema_.columns.empty()) {  // no header line: the first row says how many columns there are
      for (std::size_t i = 0; i < fields.size(); ++i) {
        schema_.columns.push_back({positional_name(i), ColumnKind::numeric});
      }
    }
    if (fields.size() != schema_.columns.size()) return;
    for (std::size_t i = 0; i < fields.size(); ++i) {
      double ignored = 0;
      if (!missing_.number(fields[i], ignored)) schema_.columns[i].kind = ColumnKind::categorical;
    }
  }
  [[nodiscard]] const Schema& schema() const noexcept { return schema_; }

 private:
  MissingTokens missing_;
  Schema schema_;
};

}  // namespace weir::inline WEIR_ABI
