// Points in time from text: RFC 3339 in UTC ("2017-07-05T14:00:00.5Z"), or seconds since 1970 with a
// fraction.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/traffic/packet/address_text.hpp>
#include <weir/traffic/packet/time_ns.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace weir::inline WEIR_ABI {

namespace detail {

/// Seconds since 1970 with up to nine decimals.
[[nodiscard]] inline std::optional<std::int64_t> parse_seconds(std::string_view text) noexcept {
  const std::size_t dot = text.find('.');
  const auto seconds = whole_number<std::int64_t>(text.substr(0, dot));
  if (!seconds || *seconds < 0 || *seconds > greatest_time_ns / ns_per_s) return std::nullopt;
  std::int64_t fraction = 0;
  if (dot != std::string_view::npos) {
    const std::string_view digits = text.substr(dot + 1);
    const auto part = digits.size() <= 9 ? whole_number<std::uint32_t>(digits) : std::nullopt;
    if (!part) return std::nullopt;
    fraction = *part;
    for (std::size_t i = digits.size(); i < 9; ++i) fraction *= 10;
  }
  return *seconds * ns_per_s + fraction;
}

/// "2017-07-05T14:00:00.5Z"
[[nodiscard]] inline std::optional<std::int64_t> parse_rfc3339(std::string_view text) noexcept {
  constexpr std::string_view shape = "dddd-dd-ddTdd:dd:dd";
  if (text.size() <= shape.size() || text.back() != 'Z') return std::nullopt;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    const bool digit = text[i] >= '0' && text[i] <= '9';
    if (shape[i] == 'd' ? !digit : text[i] != shape[i]) return std::nullopt;
  }
  const auto number = [&](std::size_t at, std::size_t size) {
    return *whole_number<std::int64_t>(text.substr(at, size));
  };
  const std::int64_t month = number(5, 2);
  const std::int64_t day = number(8, 2);
  const std::int64_t seconds = number(11, 2) * 3'600 + number(14, 2) * 60 + number(17, 2);
  if (month < 1 || month > 12 || day < 1 || day > 31 || number(11, 2) > 23 || number(14, 2) > 59 ||
      number(17, 2) > 60) {
    return std::nullopt;
  }
  // Days from civil date (Howard Hinnant), years from March on.
  const std::int64_t year = number(0, 4) - (month <= 2 ? 1 : 0);
  const std::int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  const std::int64_t era = year / 400;
  const std::int64_t of_era = year - era * 400;
  const std::int64_t days = era * 146'097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719'468;
  if (days < 0 || days > greatest_time_ns / ns_per_s / 86'400 - 1) return std::nullopt;
  std::int64_t fraction = 0;
  if (text[19] != 'Z') {
    const auto part = parse_seconds("0" + std::string(text.substr(19, text.size() - 20)));
    if (!part || text[19] != '.') return std::nullopt;
    fraction = *part;
  }
  return (days * 86'400 + seconds) * ns_per_s + fraction;
}

[[nodiscard]] inline std::optional<std::int64_t> parse_time(std::string_view text) noexcept {
  return text.find('T') == std::string_view::npos ? parse_seconds(text) : parse_rfc3339(text);
}

}  // namespace detail

}  // namespace weir::inline WEIR_ABI
