// Text to number by std::from_chars: the same in every locale.
//
// Accepted is what from_chars accepts (decimal and scientific notation, inf, infinity, nan in any case),
// after one optional '+'. A number beyond the range of double (1e400, 1e-400) is refused instead of bent.
#pragma once

#include <weir/core/abi.hpp>

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <system_error>

namespace weir::inline WEIR_ABI {

namespace detail {

/// Decimals of up to 15 digits: nearly all fields of flow records. Digits and power of ten are exact doubles,
/// so that their quotient is the correctly rounded number (Clinger, "How to read floating point numbers
/// accurately", 1990), the same that from_chars finds.
[[nodiscard]] inline bool parse_short_decimal(std::string_view text, double& out) noexcept {
  constexpr std::array<double, 16> power{1,   1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                         1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
  const bool negative = !text.empty() && text.front() == '-';
  if (negative) text.remove_prefix(1);
  if (text.empty() || text.size() > 16) return false;
  std::int64_t value = 0;
  std::size_t point = text.size();
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto digit = static_cast<unsigned>(static_cast<unsigned char>(text[i])) - unsigned{'0'};
    if (digit <= 9) {
      value = value * 10 + static_cast<std::int64_t>(digit);
    } else if (text[i] == '.' && point == text.size()) {
      point = i;
    } else {
      return false;
    }
  }
  const bool pointed = point != text.size();
  const std::size_t decimals = pointed ? text.size() - point - 1 : 0;
  const std::size_t digits = text.size() - (pointed ? 1U : 0U);
  if (digits == 0 || digits > 15) return false;
  const auto whole = static_cast<double>(value);
  const double magnitude = decimals == 0 ? whole : whole / power[decimals];
  out = negative ? -magnitude : magnitude;
  return true;
}

}  // namespace detail

/// True and the number, when all of `text` is a number.
[[nodiscard]] inline bool parse_number(std::string_view text, double& out) noexcept {
  if (detail::parse_short_decimal(text, out)) return true;
  if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
  double value = 0;
  const char* end = text.data() + text.size();
  const std::from_chars_result result = std::from_chars(text.data(), end, value);
  if (result.ec != std::errc{} || result.ptr != end) return false;
  out = value;
  return true;
}

}  // namespace weir::inline WEIR_ABI
