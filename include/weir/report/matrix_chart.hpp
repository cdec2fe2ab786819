// A confusion matrix as a picture: a cell is shaded by its share of its row, and holds count and share while there is room.
// Above `most_named` classes columns are numbered as the rows are; above `most_written` only shades are left, and words
// under the pointer.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/report/svg.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

namespace weir::inline WEIR_ABI {

namespace charts {

struct MatrixChart {
  DrawingText text{};
  std::vector<std::string> names{};
  std::vector<std::vector<std::int64_t>> counts{};  ///< true class by verdict
};

[[nodiscard]] Markup draw(const MatrixChart& chart);

#if WEIR_BODIES

namespace detail {

inline constexpr std::size_t most_named = 6, most_written = 10, most_rows_named = 60;

struct MatrixPlan {
  std::size_t classes;
  double left, top, cell_width, cell_height;
  bool numbered;

  explicit MatrixPlan(const std::vector<std::string>& names)
      : classes(names.size()), numbered(names.size() > most_named) {
    std::size_t longest = 11;  // "true class"
    for (const std::string& name : names) longest = std::max(longest, name.size() + (numbered ? 3 : 0));
    left = std::min(numbered ? 150.0 : 120.0, letter_width * static_cast<double>(longest) + 10.0);
    top = 42.0;
    cell_width = (drawing_width - left - 2.0) / static_cast<double>(classes);
    cell_height =
        classes > most_written ? std::max(cell_width, 15.0) : std::min(66.0, std::max(34.0, cell_width));
  }
  [[nodiscard]] Point corner(std::size_t row, std::size_t column) const {
    return {left + static_cast<double>(column) * cell_width, top + static_cast<double>(row) * cell_height};
  }
  [[nodiscard]] double bottom() const { return corner(classes, 0).y; }
};

/// "83 %", "<1 %"
[[nodiscard]] inline std::string brief_percent(double share) {
  if (share > 0.0 && share < 0.005) return "<1 %";
  if (share < 1.0 && share > 0.995) return ">99 %";
  return std::to_string(static_cast<int>(std::lround(100.0 * share))) + " %";
}

/// One of 9 shades, of which every text is readable.
[[nodiscard]] inline std::string shade_of(double share, bool right) {
  const int shade = share <= 0.0 ? 0 : 1 + static_cast<int>(std::min(7.0, std::floor(share * 8.0)));
  return std::string(right ? "right" : "wrong") + " h" + std::to_string(shade);
}

[[nodiscard]] inline Markup cell_of(const MatrixChart& chart, const MatrixPlan& plan, std::size_t row,
                                    std::size_t column, std::int64_t all) {
  const std::int64_t count = chart.counts[row][column];
  const double share = all == 0 ? 0.0 : static_cast<double>(count) / static_cast<double>(all);
  const Point at = plan.corner(row, column);
  const double gap = plan.classes > 30 ? 0.4 : 1.5;
  Markup cell =
      box(at, plan.cell_width - gap, plan.cell_height - gap, "cell " + shade_of(share, row == column),
          chart.names[row] + " taken for " + chart.names[column] + ": " + std::to_string(count) + " (" +
              brief_percent(share) + ")");
  if (plan.classes > most_written || (count == 0 && plan.classes > 3)) return cell;
  const double middle = at.x + 0.5 * (plan.cell_width - gap), height = at.y + 0.5 * plan.cell_height;
  const bool two_lines = plan.cell_height >= 34.0;
  cell += label({middle, two_lines ? height - 2.0 : height + 4.0}, "middle", std::to_string(count),
                plan.classes > 4 ? "count small" : "count");
  if (two_lines) cell += label({middle, height + 13.0}, "middle", brief_percent(share), "tick");
  return cell;
}

[[nodiscard]] inline std::string row_name(const MatrixPlan& plan, const std::string& name,
                                          std::size_t number) {
  const auto most = static_cast<std::size_t>((plan.left - 8.0) / letter_width);
  return shortened(plan.numbered ? std::to_string(number + 1) + " " + name : name,
                   std::max<std::size_t>(4, most));
}

[[nodiscard]] inline std::string column_name(const MatrixPlan& plan, const std::string& name,
                                             std::size_t number) {
  if (plan.numbered) return std::to_string(number + 1);
  return shortened(name, std::max<std::size_t>(3, static_cast<std::size_t>(plan.cell_width / letter_width)));
}

}  // namespace detail

WEIR_BODY Markup draw(const MatrixChart& chart) {
  const detail::MatrixPlan plan(chart.names);
  Markup content = label({plan.left, 13.0}, "start", "taken for") +
                   label({plan.left - 8.0, plan.top - 8.0}, "end", "true class");
  const auto numbers_between = static_cast<std::size_t>(std::ceil(18.0 / plan.cell_width));
  for (std::size_t row = 0; row < plan.classes; ++row) {
    std::int64_t all = 0;
    for (const std::int64_t count : chart.counts[row]) all += count;
    for (std::size_t column = 0; column < plan.classes; ++column)
      content += detail::cell_of(chart, plan, row, column, all);
    if (plan.classes <= detail::most_rows_named)
      content += label({plan.left - 8.0, plan.corner(row, 0).y + 0.5 * plan.cell_height + 4.0}, "end",
                       detail::row_name(plan, chart.names[row], row), plan.classes > 15 ? "tick" : "label");
    if (row % numbers_between == 0)
      content += label({plan.corner(0, row).x + 0.5 * plan.cell_width, plan.top - 8.0}, "middle",
                       detail::column_name(plan, chart.names[row], row), "tick");
  }
  return drawing(chart.text, plan.bottom() + 2.0, content);
}

#endif

}  // namespace charts

}  // namespace weir::inline WEIR_ABI
