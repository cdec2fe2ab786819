// Time stamps as dates, in UTC (days to civil date: Howard Hinnant, "chrono-Compatible Low-Level Date
// Algorithms").
#pragma once

#include <weir/core/abi.hpp>
#include <weir/traffic/flow/flow_options.hpp>

#include <array>
#include <cstdint>
#include <string>

namespace weir::inline WEIR_ABI {

struct UtcTime {
  std::int64_t year = 1970;
  unsigned month = 1, day = 1, hour = 0, minute = 0, second = 0;
  std::uint32_t nanosecond = 0;
};

[[nodiscard]] constexpr UtcTime utc_time(std::int64_t time_ns) noexcept {
  constexpr std::int64_t day_s = 86'400;
  const auto floor_divide = [](std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); };
  const std::int64_t seconds = floor_divide(time_ns, ns_per_s);
  const std::int64_t days = floor_divide(seconds, day_s);
  const auto of_day = static_cast<unsigned>(seconds - days * day_s);
  const std::int64_t z = days + 719'468;
  const std::int64_t era = floor_divide(z, 146'097);
  const auto day_of_era = static_cast<unsigned>(z - era * 146'097);
  const unsigned year_of_era =
      (day_of_era - day_of_era / 1'460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const unsigned day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const unsigned shifted = (5 * day_of_year + 2) / 153;  // months from March on
  const unsigned month = shifted < 10 ? shifted + 3 : shifted - 9;
  return {.year = static_cast<std::int64_t>(year_of_era) + era * 400 + (month <= 2 ? 1 : 0),
          .month = month,
          .day = day_of_year - (153 * shifted + 2) / 5 + 1,
          .hour = of_day / 3'600,
          .minute = of_day / 60 % 60,
          .second = of_day % 60,
          .nanosecond = static_cast<std::uint32_t>(time_ns - seconds * ns_per_s)};
}

namespace detail {
inline void append_padded(std::string& out, std::uint64_t value, std::size_t width) {
  const std::string digits = std::to_string(value);
  if (digits.size() < width) out.append(width - digits.size(), '0');
  out += digits;
}
}  // namespace detail

/// "2017-07-05 14:03:59.000123", microseconds cut.
[[nodiscard]] inline std::string date_text(std::int64_t time_ns) {
  const UtcTime t = utc_time(time_ns);
  std::string out = std::to_string(t.year);
  const auto part = [&](char before, std::uint64_t value, std::size_t width) {
    out += before;
    detail::append_padded(out, value, width);
  };
  part('-', t.month, 2);
  part('-', t.day, 2);
  part(' ', t.hour, 2);
  part(':', t.minute, 2);
  part(':', t.second, 2);
  part('.', t.nanosecond / 1'000, 6);
  return out;
}

/// "05/07/2017 02:03:59 PM", as CICFlowMeter writes it.
[[nodiscard]] inline std::string cic_date_text(std::int64_t time_ns) {
  const UtcTime t = utc_time(time_ns);
  std::string out;
  detail::append_padded(out, t.day, 2);
  out += '/';
  detail::append_padded(out, t.month, 2);
  out += '/' + std::to_string(t.year) + ' ';
  detail::append_padded(out, t.hour % 12 == 0 ? 12 : t.hour % 12, 2);
  out += ':';
  detail::append_padded(out, t.minute, 2);
  out += ':';
  detail::append_padded(out, t.second, 2);
  return out + (t.hour < 12 ? " AM" : " PM");
}

}  // namespace weir::inline WEIR_ABI
