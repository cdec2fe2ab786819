// What to write so that a table can be read: the end of a message about columns or rows that cannot be, in
// the words of whoever reads it (core/option_words.hpp).
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/option_words.hpp>
#include <weir/data/formats/csv_options.hpp>
#include <weir/data/formats/mixed_column.hpp>
#include <weir/data/formats/table_options.hpp>
#include <weir/data/text/number_format.hpp>

#include <algorithm>
#include <array>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

namespace weir::inline WEIR_ABI::detail {

[[nodiscard]] inline std::string digits_text(double value) {
  std::array<char, 32> digits{};
  std::snprintf(digits.data(), digits.size(), "%.15g", value);
  return digits.data();
}

/// "--decimal-comma --thousands ."
[[nodiscard]] inline std::string options_for(NumberFormat format, OptionWords words) {
  std::string text;
  if (format.decimal == ',') text = option_word(words, "decimal_comma");
  if (format.thousands != '\0') {
    text += (text.empty() ? "" : " ") + option_word(words, "thousands", {sign_text(format.thousands)});
  }
  return text;
}

/// The options that read numbers of a format where others are given: "--decimal-comma instead of --thousands
/// ,".
[[nodiscard]] inline std::string change_to(NumberFormat wanted, NumberFormat given, OptionWords words) {
  NumberFormat more = wanted, less = given;
  if (more.decimal == given.decimal) more.decimal = less.decimal = '.';
  if (more.thousands == given.thousands) more.thousands = less.thousands = '\0';
  const std::string add = options_for(more, words), leave = options_for(less, words);
  if (add.empty()) return "leaving out " + leave;
  return leave.empty() ? add : add + " instead of " + leave;
}

/// What reads the texts of the column as numbers; where two ways do, what each makes of one.
[[nodiscard]] inline std::string mend_of_notation(const MixedColumn& column, NumberFormat given,
                                                  OptionWords words) {
  const auto one = [&column](NumberFormat format) {
    double value = 0;
    for (const MixedText& text : column.texts) {
      if (parse_number(text.text, format, value)) return "'" + text.text + "' as " + digits_text(value);
    }
    return std::string("them as numbers");
  };
  const std::string way = change_to(*column.format, given, words);
  if (!column.other) return way + " reads them as numbers, ";
  return way + " reads " + one(*column.format) + ", " + change_to(*column.other, given, words) + " reads " +
         one(*column.other) + ", ";
}

/// Of columns of numbers with a few texts.
[[nodiscard]] inline std::string mend_of(const std::vector<MixedColumn>& columns, NumberFormat given,
                                         OptionWords words) {
  std::vector<std::string> missing, names;
  const MixedColumn* notation = nullptr;
  for (const MixedColumn& column : columns) {
    names.push_back(column.name);
    if (column.format && (notation == nullptr || (notation->other && !column.other))) notation = &column;
    for (const MixedText& text : column.texts) {
      double ignored = 0;
      const bool number = column.format && parse_number(text.text, *column.format, ignored);
      const bool fits = text.text.find(',') == std::string::npos;
      if (!number && fits && std::find(missing.begin(), missing.end(), text.text) == missing.end()) {
        missing.push_back(text.text);
      }
    }
  }
  std::string mend;
  if (notation != nullptr) mend += mend_of_notation(*notation, given, words);
  if (!missing.empty()) mend += option_word(words, "missing_values", missing) + " as missing, ";
  return mend + option_word(words, "categorical", names) + " as names, " + option_word(words, "drop", names) +
         " leaves them out";
}

/// How to go on after a row that cannot be read.
[[nodiscard]] inline std::string mend_of(const BadRow& row, OptionWords words) {
  const std::string skip = option_word(words, "skip_bad_rows") + " leaves such rows out";
  switch (row.kind) {
    case BadField::number: {
      const std::string read = row.format ? options_for(*row.format, words) : std::string();
      return (read.empty() ? std::string() : "; " + read + " reads it") + "; " +
             option_word(words, "missing_values") + " names more words for a missing value, " + skip;
    }
    case BadField::encoding: return "; " + option_word(words, "encoding") + " windows-1252 reads it";
    case BadField::count:
    case BadField::layout: return "; " + skip;
  }
  return {};
}

}  // namespace weir::inline WEIR_ABI::detail
