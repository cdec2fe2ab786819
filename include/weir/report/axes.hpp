// Axes: where ticks stand, what they say, and how a value becomes a place.
//
//   nice_ticks(0.0, 0.93, 5)        0, 0.2, 0.4, 0.6, 0.8      steps of 1, 2 or 5 times a power of ten
//   log_ticks(0.02, 3.0)            0.1, 1
//   Scale{0.0, 2.0, 50.0, 250.0}(1.0)     150
#pragma once

#include <weir/core/abi.hpp>
#include <weir/report/markup.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <string>
#include <vector>

namespace weir::inline WEIR_ABI {

namespace charts {

/// The least of 1, 2, 5, 10 times a power of ten by which a range takes `most` steps or fewer.
[[nodiscard]] inline double nice_step(double range, int most) {
  const double wanted = range / most;
  const double power = std::pow(10.0, std::floor(std::log10(wanted)));
  for (const double times : {1.0, 2.0, 5.0}) {
    if (times * power >= wanted * (1.0 - 1e-9)) return times * power;
  }
  return 10.0 * power;
}

/// Multiples of a nice step within [low, high], low < high.
[[nodiscard]] inline std::vector<double> nice_ticks(double low, double high, int most = 5) {
  const double step = nice_step(high - low, most);
  std::vector<double> ticks;
  const double slack = 1e-9 * (high - low);
  for (double n = std::ceil((low - slack) / step); n * step <= high + slack; n += 1.0)
    ticks.push_back(n * step);
  return ticks;
}

/// Powers of ten within [low, high], 0 < low < high, not more than `most` of them; within less than two decades also
/// their double and fivefold.
[[nodiscard]] inline std::vector<double> log_ticks(double low, double high, int most = 6) {
  const double first = std::floor(std::log10(low)), last = std::ceil(std::log10(high));
  const double step = std::max(1.0, std::ceil((last - first) / most));
  const bool few = std::log10(high / low) < 2.0;
  std::vector<double> ticks;
  for (double power = first; power <= last; power += step) {
    for (const double times : {1.0, 2.0, 5.0}) {
      const double tick = times * std::pow(10.0, power);
      if ((times == 1.0 || few) && tick >= low * (1.0 - 1e-9) && tick <= high * (1.0 + 1e-9))
        ticks.push_back(tick);
    }
  }
  return ticks;
}

/// As short as it goes: "0.25", "20k", "3M", "1e-05".
[[nodiscard]] inline std::string tick_text(double value) {
  const double size = std::fabs(value);
  const auto formatted = [](double number, const char* unit) {
    char digits[32];
    std::snprintf(digits, sizeof digits, "%.6g%s", number == 0.0 ? 0.0 : number, unit);
    return std::string(digits);
  };
  if (size >= 1e12) return formatted(value, "");
  if (size >= 1e9) return formatted(value / 1e9, "G");
  if (size >= 1e6) return formatted(value / 1e6, "M");
  return size >= 1e4 ? formatted(value / 1e3, "k") : formatted(value, "");
}

/// From values to places.
struct Scale {
  double low = 0.0, high = 1.0;  ///< values
  double from = 0.0, to = 1.0;   ///< where they stand
  bool logarithmic = false;
  bool whole = false;  ///< ticks are whole numbers

  [[nodiscard]] double operator()(double value) const {
    const double share = logarithmic ? std::log(std::clamp(value, low, high) / low) / std::log(high / low)
                                     : (std::clamp(value, low, high) - low) / (high - low);
    return from + share * (to - from);
  }
  [[nodiscard]] std::vector<double> ticks(int most = 5) const {
    std::vector<double> found = logarithmic ? log_ticks(low, high, most) : nice_ticks(low, high, most);
    if (whole) std::erase_if(found, [](double tick) { return std::fabs(tick - std::round(tick)) > 1e-6; });
    return found;
  }
};

/// What an axis measures.
struct Axis {
  std::string title{};
  bool logarithmic = false;
  bool whole = false;                              ///< ticks are whole numbers
  bool from_zero = false;                          ///< starts at 0 also where no value is there
  double low = std::nan(""), high = std::nan("");  ///< where it ends; NaN: at the values
};

/// The scale of an axis for values between `least` and `most`, which may be equal or, without values, NaN.
[[nodiscard]] inline Scale scale_for(const Axis& axis, double least, double most, double from, double to) {
  Scale scale{std::isnan(axis.low) ? least : axis.low, std::isnan(axis.high) ? most : axis.high, from, to};
  scale.logarithmic = axis.logarithmic && scale.low > 0.0;
  scale.whole = axis.whole;
  if (axis.from_zero && !scale.logarithmic) scale.low = std::min(scale.low, 0.0);
  if (!std::isfinite(scale.low) || !std::isfinite(scale.high)) scale.low = 0.0, scale.high = 1.0;
  if (!(scale.low < scale.high)) {
    const double room = scale.low == 0.0 ? 1.0 : 0.5 * std::fabs(scale.low);
    scale.low -= axis.from_zero && scale.low == 0.0 ? 0.0 : room;
    scale.high += room;
  }
  return scale;
}

}  // namespace charts

}  // namespace weir::inline WEIR_ABI
