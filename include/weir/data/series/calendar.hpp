// Where a point in time stands in the day and in the week, as numbers that a net can use: sine and cosine of
// both angles, so that midnight lies beside midnight.
//
//   with_calendar(series, seconds)      four more channels to each step of a series
//
// A forecast needs the calendar of its target; that of the last step seen tells it, as both are a fixed
// time apart.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/core/tensor.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <optional>
#include <span>
#include <string_view>

namespace weir::inline WEIR_ABI {

namespace detail {

/// Takes `digits` digits from the front of the text; nothing when it has not as many.
[[nodiscard]] inline std::optional<int> take_digits(std::string_view& text, std::size_t digits) noexcept {
  if (text.size() < digits) return std::nullopt;
  int value = 0;
  for (const char c : text.substr(0, digits)) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  text.remove_prefix(digits);
  return value;
}

/// The same after one of the characters `separators`; 0 when the text has ended.
[[nodiscard]] inline std::optional<int> take_part(std::string_view& text,
                                                  std::string_view separators) noexcept {
  if (text.empty()) return 0;
  if (separators.find(text.front()) == std::string_view::npos) return std::nullopt;
  text.remove_prefix(1);
  return take_digits(text, 2);
}

}  // namespace detail

/// Seconds since 1970-01-01 of "2005-06-07 07:00:00", "2005-06-07T07:00" or "2005-06-07", which is taken as
/// it stands, without time zones and leap seconds. Nothing when the text is not such a time.
[[nodiscard]] inline std::optional<std::int64_t> parse_time(std::string_view text) noexcept {
  const auto year = detail::take_digits(text, 4);
  if (!year || text.empty()) return std::nullopt;
  const auto month = detail::take_part(text, "-");
  if (!month || text.empty()) return std::nullopt;
  const auto day = detail::take_part(text, "-");
  const auto hour = detail::take_part(text, " T");
  const auto minute = detail::take_part(text, ":");
  const auto second = detail::take_part(text, ":");
  if (!day || !hour || !minute || !second || !text.empty()) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok() || *hour > 23 || *minute > 59 || *second > 59) return std::nullopt;
  const std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  return days * 86'400 + *hour * 3'600 + *minute * 60 + *second;
}

/// Sine and cosine of the time of day, then of the time of the week.
[[nodiscard]] inline std::array<float, 4> calendar_of(std::int64_t seconds) noexcept {
  constexpr std::int64_t day = 86'400, week = 7 * day;
  const auto angle = [](std::int64_t place, std::int64_t period) {
    const std::int64_t within = (place % period + period) % period;
    return 2.0 * std::numbers::pi * static_cast<double>(within) / static_cast<double>(period);
  };
  const double in_day = angle(seconds, day);
  const double in_week = angle(seconds % week + 3 * day, week);  // from Monday on; 1970 began on a Thursday
  return {static_cast<float>(std::sin(in_day)), static_cast<float>(std::cos(in_day)),
          static_cast<float>(std::sin(in_week)), static_cast<float>(std::cos(in_week))};
}

/// A series (channels x steps) with the calendar of each step as four more channels.
[[nodiscard]] inline Matrix<float> with_calendar(const Matrix<float>& series,
                                                 std::span<const std::int64_t> seconds) {
  const Index channels = series.extents()[0];
  const Index steps = series.extents()[1];
  if (static_cast<Index>(seconds.size()) != steps) {
    fail(ErrorKind::shape, "calendar: a series needs a time for each of its steps");
  }
  Matrix<float> result(channels + 4, steps);
  for (Index step = 0; step < steps; ++step) {
    float* const out = result.data() + step * (channels + 4);
    std::copy_n(series.data() + step * channels, channels, out);
    const std::array<float, 4> calendar = calendar_of(seconds[static_cast<std::size_t>(step)]);
    std::copy(calendar.begin(), calendar.end(), out + channels);
  }
  return result;
}

}  // namespace weir::inline WEIR_ABI
