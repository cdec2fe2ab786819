// How a file writes numbers: the decimal sign, and the sign between groups of three digits.
//
//   double x = 0;
//   parse_number("1.234,5", {.decimal = ',', .thousands = '.'}, x);      // true, 1234.5
#pragma once

#include <weir/core/abi.hpp>
#include <weir/data/text/number.hpp>

#include <array>
#include <cstddef>
#include <string_view>

namespace weir::inline WEIR_ABI {

struct NumberFormat {
  char decimal = '.';
  char thousands = '\0';  ///< '\0': none

  [[nodiscard]] constexpr bool plain() const noexcept { return decimal == '.' && thousands == '\0'; }
  friend constexpr bool operator==(const NumberFormat&, const NumberFormat&) = default;
};

/// Those in use, the plain one first.
inline constexpr std::array<NumberFormat, 8> number_formats{{{},
                                                             {.thousands = ','},
                                                             {.decimal = ','},
                                                             {.decimal = ',', .thousands = '.'},
                                                             {.thousands = ' '},
                                                             {.thousands = '\''},
                                                             {.thousands = '_'},
                                                             {.decimal = ',', .thousands = ' '}}};

namespace detail {

/// Takes a number written in a format apart, sign by sign, and puts it together as parse_number knows it.
class NumberRewriter {
 public:
  explicit constexpr NumberRewriter(NumberFormat format) noexcept : format_(format) {}

  /// False when these signs are no number of the format.
  [[nodiscard]] constexpr bool take(std::string_view text) noexcept {
    if (text.size() > buffer_.size()) return false;
    for (const char c : text) {
      if (!take(c)) return false;
    }
    return whole_ ? end_whole() : true;
  }
  [[nodiscard]] constexpr std::string_view text() const noexcept { return {buffer_.data(), size_}; }

 private:
  constexpr bool take(char c) noexcept {
    if (whole_ && c == format_.thousands && format_.thousands != '\0') return end_group();
    if (whole_ && c == format_.decimal) {
      if (!end_whole()) return false;
      c = '.';
    } else if (c == '.') {
      return false;
    } else if (c >= '0' && c <= '9') {
      if (group_++ == 0 && !grouped_) leading_zero_ = c == '0';
    } else if (c == 'e' || c == 'E') {
      if (whole_ && !end_whole()) return false;
    }
    buffer_[size_++] = c;
    return true;
  }
  /// One to three digits at the front, the first of them no zero; three in every other group.
  constexpr bool end_group() noexcept {
    if (leading_zero_ || group_ == 0 || group_ > 3 || (grouped_ && group_ != 3)) return false;
    grouped_ = true;
    group_ = 0;
    return true;
  }
  constexpr bool end_whole() noexcept {
    whole_ = false;
    return !grouped_ || group_ == 3;
  }

  NumberFormat format_;
  std::array<char, 64> buffer_{};
  std::size_t size_ = 0;
  std::size_t group_ = 0;  // digits since the last sign between groups
  bool grouped_ = false;
  bool leading_zero_ = false;  // 0,303 is a fraction
  bool whole_ = true;          // before the decimal sign and the exponent
};

}  // namespace detail

/// True and the number, when all of `text` is a number in this format. In a format other than the plain one
/// a number has at most 64 signs.
[[nodiscard]] inline bool parse_number(std::string_view text, NumberFormat format, double& out) noexcept {
  if (format.plain()) return parse_number(text, out);
  detail::NumberRewriter rewriter(format);
  return rewriter.take(text) && parse_number(rewriter.text(), out);
}

}  // namespace weir::inline WEIR_ABI
