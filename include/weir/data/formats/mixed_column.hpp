// A column of numbers that holds a few texts besides: words for "missing" that nobody has named, numbers in
// another notation, a stray line.
//
// Such a column is no category: read as one, each number would be a name of its own. It is told from a
// column of names, some of which are numbers (ports and services, codes such as 3A and 41, hexadecimal
// digits), by how many of its cells are numbers: nine of ten; half of them when there are few different texts
// beside many different numbers; any share when there are one or two texts.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/data/formats/csv_cells.hpp>
#include <weir/data/text/blanks.hpp>
#include <weir/data/text/number_format.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::inline WEIR_ABI {

struct MixedText {
  std::string text;
  std::uint64_t count = 0;
  std::uint64_t first_line = 0;
};

struct MixedColumn {
  std::string name;
  std::size_t index = 0;               ///< of the column
  std::uint64_t cells = 0;             ///< looked at, without missing ones
  std::vector<MixedText> texts;        ///< a few of those that are no numbers, the most frequent first
  std::uint64_t text_cells = 0;        ///< cells that are no numbers
  std::size_t different = 0;           ///< texts
  std::optional<NumberFormat> format;  ///< in which most of the texts are numbers, too
  std::optional<NumberFormat> other;   ///< in which as many are, but others: 1,234 may be a fraction
  std::string file{};                  ///< of several
  std::string numbers_in{};            ///< the column is texts in `file`, and numbers in this one
};

/// "3 of 1000 cells are no numbers: 'N/A' (2, first in line 17), 'abc' (line 40)"
[[nodiscard]] inline std::string describe(const MixedColumn& column) {
  if (!column.numbers_in.empty()) return "it holds texts here, and numbers in " + column.numbers_in;
  std::string text = std::to_string(column.text_cells) + " of " + std::to_string(column.cells) +
                     (column.text_cells == 1 ? " cells is no number: " : " cells are no numbers: ");
  for (std::size_t i = 0; i < column.texts.size(); ++i) {
    const MixedText& one = column.texts[i];
    text += (i == 0 ? "" : ", ") + quoted_excerpt(one.text) + " (" +
            (one.count > 1 ? std::to_string(one.count) + ", first in line " : std::string("line ")) +
            std::to_string(one.first_line) + ")";
  }
  const std::size_t more = column.different - std::min(column.different, column.texts.size());
  return more == 0 ? text : text + " and " + std::to_string(more) + " more";
}

/// What is seen of a column that has not turned out to be a category.
class ColumnCensus {
 public:
  void number(double value, std::string_view field) {
    ++numbers_;
    if (field.find('.') != std::string_view::npos) ++points_;
    if (different_numbers_.size() >= many_numbers) return;
    const auto place = std::lower_bound(different_numbers_.begin(), different_numbers_.end(), value);
    if (place == different_numbers_.end() || *place != value) different_numbers_.insert(place, value);
  }
  void text(std::string_view field, std::uint64_t line) {
    const std::string_view text = trim_blanks(field);
    ++texts_;
    if (std::find(error_words.begin(), error_words.end(), text) != error_words.end()) ++errors_;
    for (std::size_t i = 0; i < number_formats.size(); ++i) {
      double ignored = 0;
      if (!is_dotted_quad(text) && parse_number(text, number_formats[i], ignored)) ++fits_[i];
    }
    const auto same = [text](const MixedText& one) { return one.text == text; };
    const auto place = std::find_if(seen_.begin(), seen_.end(), same);
    if (place != seen_.end()) {
      ++place->count;
    } else if (seen_.size() < most_texts) {
      seen_.push_back({std::string(text), 1, line});
    } else {
      overflown_ = true;
    }
  }

  [[nodiscard]] bool has_texts() const noexcept { return texts_ > 0; }
  /// Nothing when the column has no texts, or is a category.
  [[nodiscard]] std::optional<MixedColumn> mixed() const {
    if (texts_ == 0) return std::nullopt;
    const std::optional<std::size_t> format = best_format();
    const std::uint64_t all = numbers_ + texts_;
    const std::uint64_t numeric = numbers_ + (format ? fits_[*format] : 0);
    const bool nearly_all = numeric > 0 && numeric * 10 >= (all - errors_) * 9;
    const bool often = numbers_ * 2 >= all;
    const bool few_words = !overflown_ && seen_.size() <= (often ? few_texts : lone_texts) &&
                           different_numbers_.size() >= many_numbers;
    if (!nearly_all && !few_words) return std::nullopt;
    MixedColumn column{.name = {},
                       .index = 0,
                       .cells = all,
                       .texts = seen_,
                       .text_cells = texts_,
                       .different = seen_.size(),
                       .format = format ? std::optional(number_formats[*format]) : std::nullopt,
                       .other = format ? other_format(*format) : std::nullopt,
                       .file = {},
                       .numbers_in = {}};
    std::stable_sort(column.texts.begin(), column.texts.end(),
                     [](const MixedText& a, const MixedText& b) { return a.count > b.count; });
    if (column.texts.size() > shown_texts) column.texts.resize(shown_texts);
    return column;
  }

 private:
  static constexpr std::size_t many_numbers = 20;
  static constexpr std::size_t few_texts = 10;
  static constexpr std::size_t lone_texts = 2;
  static constexpr std::size_t most_texts = 64;  // enough to tell what is wrong
  static constexpr std::size_t shown_texts = 4;
  /// What spreadsheets and databases write where there is no number: however many, they make no names.
  static constexpr std::array<std::string_view, 8> error_words{"#DIV/0!", "#VALUE!", "#REF!",  "#NAME?",
                                                               "#NUM!",   "#NULL!",  "(null)", "\\N"};

  /// An IPv4 address whose parts all have three digits is no number in groups of three.
  [[nodiscard]] static bool is_dotted_quad(std::string_view text) noexcept {
    return std::count(text.begin(), text.end(), '.') == 3 && text.find(',') == std::string_view::npos;
  }
  /// The format in which the most texts are numbers, of those in which the other numbers stay what they are.
  [[nodiscard]] std::optional<std::size_t> best_format() const noexcept {
    std::optional<std::size_t> best;
    for (std::size_t i = 0; i < number_formats.size(); ++i) {
      if (fits_[i] == 0 || bends_others(i)) continue;
      if (!best || fits_[i] > fits_[*best]) best = i;
    }
    return best;
  }
  [[nodiscard]] bool bends_others(std::size_t format) const noexcept {
    return number_formats[format].decimal != '.' && points_ > fits_[format];
  }
  /// One with another decimal sign that fits as well.
  [[nodiscard]] std::optional<NumberFormat> other_format(std::size_t best) const noexcept {
    for (std::size_t i = 0; i < number_formats.size(); ++i) {
      if (number_formats[i].decimal != number_formats[best].decimal && fits_[i] == fits_[best] &&
          !bends_others(i))
        return number_formats[i];
    }
    return std::nullopt;
  }

  std::uint64_t numbers_ = 0;
  std::uint64_t points_ = 0;  // numbers with a decimal point
  std::uint64_t texts_ = 0;
  std::uint64_t errors_ = 0;                                 // texts that are error_words
  std::array<std::uint64_t, number_formats.size()> fits_{};  // texts that are numbers in a format
  std::vector<double> different_numbers_;                    // ascending; up to many_numbers
  std::vector<MixedText> seen_;
  bool overflown_ = false;
};

}  // namespace weir::inline WEIR_ABI
