// A curve or points as lines of text, for terminals and logs.
//
//   std::fputs(text_chart(rates, losses, {.log_x = true, .x_title = "learning rate"}).c_str(), stdout);
//
//   0.6931 |*************
//          |             ****
//          |                 ***         *
//   0.1012 |                    *********
//          +--------------------------------
//           1e-06                         1   learning rate
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/plain_text.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace weir::inline WEIR_ABI {

struct TextChartOptions {
  std::size_t width = 60;  ///< of the area with the points, characters
  std::size_t height = 12;
  bool log_x = false;
  double highest = std::numeric_limits<double>::infinity();  ///< points above are drawn at the upper edge
  std::size_t marked = static_cast<std::size_t>(-1);         ///< number of a point that is drawn as O
  std::string_view x_title{};
};

/// Points that are not finite, or not above 0 on a logarithmic axis, are left out; empty where none is left.
[[nodiscard]] std::string text_chart(std::span<const double> x, std::span<const double> y,
                                     const TextChartOptions& options = {});

#if WEIR_BODIES

namespace detail {

/// Where a value lies between two others, as one of `cells` cells.
[[nodiscard]] inline std::size_t cell_of(double value, double low, double high, std::size_t cells) {
  if (!(high > low)) return 0;
  const double part = std::clamp((value - low) / (high - low), 0.0, 1.0);
  return std::min(cells - 1, static_cast<std::size_t>(part * static_cast<double>(cells)));
}

/// The points that can be drawn, as they are drawn.
struct ChartPoints {
  std::vector<double> x{}, y{};
  std::size_t marked = static_cast<std::size_t>(-1);

  ChartPoints(std::span<const double> xs, std::span<const double> ys, const TextChartOptions& options) {
    for (std::size_t i = 0; i < std::min(xs.size(), ys.size()); ++i) {
      const double place = options.log_x ? std::log10(xs[i]) : xs[i];
      if (!std::isfinite(place) || !std::isfinite(ys[i])) continue;
      if (i == options.marked) marked = x.size();
      x.push_back(place);
      y.push_back(std::min(ys[i], options.highest));
    }
  }
};

}  // namespace detail

WEIR_BODY std::string text_chart(std::span<const double> x, std::span<const double> y,
                                 const TextChartOptions& options) {
  const detail::ChartPoints points(x, y, options);
  if (points.x.empty()) return {};
  const auto x_range = std::minmax_element(points.x.begin(), points.x.end());
  const auto y_range = std::minmax_element(points.y.begin(), points.y.end());
  const double left = *x_range.first, right = *x_range.second, low = *y_range.first, high = *y_range.second;
  std::vector<std::string> lines(options.height, std::string(options.width, ' '));
  const auto draw = [&](std::size_t i, char sign) {
    const std::size_t line = detail::cell_of(points.y[i], low, high, options.height);
    lines[options.height - 1 - line][detail::cell_of(points.x[i], left, right, options.width)] = sign;
  };
  for (std::size_t i = 0; i < points.x.size(); ++i) draw(i, '*');
  if (points.marked < points.x.size()) draw(points.marked, 'O');

  constexpr std::size_t margin = 12;
  std::string text;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::string label = i == 0                  ? number_text(high)
                              : i + 1 == lines.size() ? number_text(low)
                                                      : std::string();
    text += pad_left(label, margin) + " |" + lines[i].substr(0, lines[i].find_last_not_of(' ') + 1) + "\n";
  }
  const auto value = [&](double place) { return brief_text(options.log_x ? std::pow(10.0, place) : place); };
  const std::string first = value(left), last = value(right);
  const std::size_t room = std::max(options.width, first.size() + last.size() + 1);
  text += pad_left("", margin) + " +" + std::string(options.width, '-') + "\n";
  return text + pad_left("", margin + 2) + first + std::string(room - first.size() - last.size(), ' ') +
         last + (options.x_title.empty() ? "" : "   " + std::string(options.x_title)) + "\n";
}

#endif

}  // namespace weir::inline WEIR_ABI
