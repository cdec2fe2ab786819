// Bars that lie: a name, a bar from 0 and its value in words; where it is known how far the value spreads, a whisker. Values
// may be negative.
//
//   draw(BarChart{{"columns", "Most important columns", "..."}, {{"bytes", 0.21, 0.02, "0.21"}, {"port", 0.04, 0.01, "0.04"}}})
#pragma once

#include <weir/core/abi.hpp>
#include <weir/report/axes.hpp>
#include <weir/report/svg.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

namespace weir::inline WEIR_ABI {

namespace charts {

struct Bar {
  std::string name{};
  double value = 0.0;
  double spread = 0.0;  ///< to both sides; 0: no whisker
  std::string words{};  ///< the value as it is written beside the bar
};

struct BarChart {
  DrawingText text{};
  std::vector<Bar> bars{};
};

[[nodiscard]] Markup draw(const BarChart& chart);

#if WEIR_BODIES

namespace detail {

inline constexpr double bar_row = 24.0;

/// Names on the left, words on the right, bars between them.
[[nodiscard]] inline Scale bar_scale(const BarChart& chart) {
  double low = 0.0, high = 0.0;
  std::size_t name = 0, words_of = 0;
  for (const Bar& bar : chart.bars) {
    low = std::min(low, bar.value - bar.spread);
    high = std::max(high, bar.value + bar.spread);
    name = std::max(name, bar.name.size());
    words_of = std::max(words_of, bar.words.size());
  }
  const double left = std::min(168.0, letter_width * static_cast<double>(name) + 12.0);
  const double right = std::min(130.0, letter_width * static_cast<double>(words_of) + 12.0);
  return {low, low < high ? high : low + 1.0, left, drawing_width - right};
}

[[nodiscard]] inline Markup bar_at(const Bar& bar, double top, const Scale& at) {
  const double zero = at(0.0), end = at(bar.value), middle = top + 0.5 * bar_row;
  const auto most_letters = static_cast<std::size_t>((at.from - 8.0) / letter_width);
  Markup markup =
      element("text", {{"x", at.from - 8.0}, {"y", middle + 4.0}, {"text-anchor", "end"}, {"class", "label"}},
              words("title", bar.name) + text(shortened(bar.name, std::max<std::size_t>(3, most_letters))));
  markup += box({std::min(zero, end), top + 4.0}, std::max(1.0, std::max(zero, end) - std::min(zero, end)),
                bar_row - 8.0, bar.value < 0.0 ? "bar below" : "bar", bar.name + ": " + bar.words);
  double right = std::max(zero, end);
  if (bar.spread > 0.0) {
    const double from = at(bar.value - bar.spread), to = at(bar.value + bar.spread);
    markup += line({from, middle}, {to, middle}, "whisker");
    markup += line({from, middle - 4.0}, {from, middle + 4.0}, "whisker");
    markup += line({to, middle - 4.0}, {to, middle + 4.0}, "whisker");
    right = std::max(right, to);
  }
  return markup + label({right + 6.0, middle + 4.0}, "start", bar.words);
}

}  // namespace detail

WEIR_BODY Markup draw(const BarChart& chart) {
  const Scale at = detail::bar_scale(chart);
  const double height = detail::bar_row * static_cast<double>(chart.bars.size());
  Markup content;
  for (std::size_t i = 0; i < chart.bars.size(); ++i)
    content += detail::bar_at(chart.bars[i], detail::bar_row * static_cast<double>(i), at);
  content += line({at(0.0), 0.0}, {at(0.0), height}, "axis");
  return drawing(chart.text, height, content);
}

#endif

}  // namespace charts

}  // namespace weir::inline WEIR_ABI
