// What a field of CSV says: a number, a missing value, or a text.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/data/text/blanks.hpp>
#include <weir/data/text/finite.hpp>
#include <weir/data/text/number_format.hpp>
#include <weir/data/text/text_encoding.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace weir::inline WEIR_ABI {

/// Foreign text for an error message: short, UTF-8, and without control characters.
[[nodiscard]] inline std::string quoted_excerpt(std::string_view text) {
  constexpr std::size_t longest = 40;
  const std::string whole = to_utf8(text.substr(0, 4 * longest));
  std::size_t size = std::min(whole.size(), longest);
  while (size < whole.size() && (static_cast<unsigned char>(whole[size]) & 0xC0U) == 0x80) --size;
  std::string result = "'";
  for (const char c : whole.substr(0, size)) {
    result += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? '?' : c;
  }
  return result + (text.size() > longest ? "...'" : "'");
}

/// How fields are read as numbers, and which of them stand for a missing value.
class CsvCells {
 public:
  CsvCells() = default;
  CsvCells(const std::vector<std::string>& missing, NumberFormat format) : format_(format) {
    for (const std::string& word : missing) {
      double ignored = 0;
      if (parse_number(word, format_, ignored)) numbers_.push_back(word);
      words_.push_back(word);
      lengths_[first_byte(word)] |= length_bit(word);
    }
    std::sort(words_.begin(), words_.end(), before);
  }

  /// Whether a text without blanks around it is missing.
  [[nodiscard]] bool missing(std::string_view text) const noexcept {
    return may_be_word(text) && std::binary_search(words_.begin(), words_.end(), text, before);
  }
  /// The number in a field, NaN for a missing one; false when it is neither.
  [[nodiscard]] bool number(std::string_view field, double& out) const noexcept {
    if (field.size() == 1 && is_digit(field[0]) && !may_be_word(field)) {  // very many cells are 0
      out = static_cast<double>(field[0] - '0');
      return true;
    }
    if (parse_number(field, format_, out)) {
      if (is_number_word(field)) out = missing_number;
      return true;
    }
    const std::string_view trimmed = trim_blanks(field);
    if (trimmed.size() != field.size() && parse_number(trimmed, format_, out)) {
      if (is_number_word(trimmed)) out = missing_number;
      return true;
    }
    out = missing_number;
    return missing(trimmed);
  }

 private:
  /// Shorter ones first, so that few words have their letters looked at.
  static bool before(std::string_view a, std::string_view b) noexcept {
    return a.size() != b.size() ? a.size() < b.size() : a < b;
  }
  static std::size_t first_byte(std::string_view text) noexcept {
    return text.empty() ? 0 : static_cast<unsigned char>(text.front());
  }
  static bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
  static std::uint32_t length_bit(std::string_view text) noexcept {
    return std::uint32_t{1} << std::min<std::size_t>(text.size(), 31);
  }
  [[nodiscard]] bool may_be_word(std::string_view text) const noexcept {
    return (lengths_[first_byte(text)] & length_bit(text)) != 0;
  }
  [[nodiscard]] bool is_number_word(std::string_view field) const noexcept {
    return may_be_word(field) && std::find(numbers_.begin(), numbers_.end(), field) != numbers_.end();
  }

  NumberFormat format_;
  std::vector<std::string> words_;
  std::vector<std::string> numbers_;  // those that could be taken for a number, such as -1
  // Lengths of the words by their first byte: most fields need no other test.
  std::array<std::uint32_t, 256> lengths_{};
};

}  // namespace weir::inline WEIR_ABI
