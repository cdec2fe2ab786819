// Lines, dots and filled steps over two axes: learning curves, ROC, histograms, forecasts.
//
//   LineChart chart{{"roc", "ROC curve", "..."}, {"false alarms"}, {"found"}};
//   chart.series.push_back({"attack", {{0.0, 0.0}, {0.1, 0.9}, {1.0, 1.0}}});
//   const Markup svg = draw(chart);
//
// Series are told apart by colour and by dashes; those beyond the sixth begin again. Points that are not finite break a line.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/report/axes.hpp>
#include <weir/report/svg.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

namespace charts {

enum class SeriesForm : unsigned char { line, dots, line_and_dots, filled };

struct Series {
  std::string name{};
  std::vector<Point> points{};
  SeriesForm form = SeriesForm::line;
};

/// A vertical line with a word beside it, if it has one.
struct ChartMark {
  double at = 0.0;
  std::string name{};
};

struct LineChart {
  DrawingText text{};
  Axis x{}, y{};
  std::vector<Series> series{};
  std::vector<ChartMark> marks{};
  bool diagonal = false;  ///< a line from the corner of least values to that of the largest ones
};

/// Corners of steps: `heights[i]` from `edges[i]` to `edges[i + 1]`.
[[nodiscard]] std::vector<Point> steps_of(const std::vector<double>& edges,
                                          const std::vector<double>& heights);

[[nodiscard]] Markup draw(const LineChart& chart);

#if WEIR_BODIES

namespace detail {

inline constexpr double chart_height = 300.0, chart_left = 70.0, chart_right = 14.0, chart_bottom = 46.0;
inline constexpr double legend_row = 19.0;

struct Extent {
  double least = std::numeric_limits<double>::infinity(), most = -std::numeric_limits<double>::infinity();

  void add(double value, bool positive) {
    if (!std::isfinite(value) || (positive && value <= 0.0)) return;
    least = std::min(least, value);
    most = std::max(most, value);
  }
};

[[nodiscard]] inline std::string style_of(const char* kind, std::size_t series) {
  return std::string(kind) + " s" + std::to_string(series % 6);
}

/// Lines, from the top, of a swatch and a name for each series.
class Legend {
 public:
  explicit Legend(const std::vector<Series>& series) {
    if (series.size() < 2) return;
    double x = chart_left, y = legend_row - 6.0;
    for (std::size_t i = 0; i < series.size(); ++i) {
      const std::string name = shortened(series[i].name, 40);
      const double width = 40.0 + letter_width * static_cast<double>(name.size());
      if (x > chart_left && x + width > drawing_width) x = chart_left, y += legend_row;
      if (series[i].form == SeriesForm::dots) {
        markup_ +=
            element("circle", {{"cx", x + 12.0}, {"cy", y - 4.0}, {"r", 3}, {"class", style_of("dot", i)}});
      } else {
        markup_ += line({x, y - 4.0}, {x + 24.0, y - 4.0}, style_of("line", i));
      }
      markup_ += label({x + 29.0, y}, "start", name);
      x += width;
    }
    height_ = y + 8.0;
  }
  [[nodiscard]] const Markup& markup() const noexcept { return markup_; }
  [[nodiscard]] double height() const noexcept { return height_; }

 private:
  Markup markup_{};
  double height_ = 10.0;
};

struct PlotScales {
  Scale x, y;
};

[[nodiscard]] inline PlotScales scales_of(const LineChart& chart, double top) {
  Extent x, y;
  for (const Series& series : chart.series) {
    for (const Point& point : series.points) {
      if (!std::isfinite(point.y)) continue;
      x.add(point.x, chart.x.logarithmic);
      y.add(point.y, chart.y.logarithmic);
    }
  }
  for (const ChartMark& mark : chart.marks) x.add(mark.at, chart.x.logarithmic);
  return {scale_for(chart.x, x.least, x.most, chart_left, drawing_width - chart_right),
          scale_for(chart.y, y.least, y.most, top + chart_height, top)};
}

[[nodiscard]] inline Markup axes_of(const LineChart& chart, const PlotScales& at) {
  Markup markup;
  for (const double tick : at.y.ticks()) {
    markup += line({at.x.from, at.y(tick)}, {at.x.to, at.y(tick)}, "grid");
    markup += label({at.x.from - 7.0, at.y(tick) + 4.0}, "end", tick_text(tick), "tick");
  }
  for (const double tick : at.x.ticks()) {
    markup += line({at.x(tick), at.y.from}, {at.x(tick), at.y.from + 4.0}, "axis");
    markup += label({at.x(tick), at.y.from + 17.0}, "middle", tick_text(tick), "tick");
  }
  markup += line({at.x.from, at.y.from}, {at.x.to, at.y.from}, "axis");
  markup += label({0.5 * (at.x.from + at.x.to), at.y.from + 38.0}, "middle", chart.x.title);
  const double middle = 0.5 * (at.y.from + at.y.to);
  markup += element("text",
                    {{"transform", "translate(13 " + coordinate(middle) + ") rotate(-90)"},
                     {"text-anchor", "middle"},
                     {"class", "label"}},
                    text(chart.y.title));
  return markup;
}

[[nodiscard]] inline Markup lines_of(const Series& series, std::size_t number, const PlotScales& at) {
  Markup markup;
  std::vector<Point> run;
  const auto finish = [&] {
    if (run.size() > 1) {
      markup += element("path", {{"d", path_through(run)}, {"class", style_of("line", number)}});
      if (series.form == SeriesForm::filled) {
        const std::string area = path_through(run) + " L" + coordinate(run.back().x) + " " +
                                 coordinate(at.y.from) + " L" + coordinate(run.front().x) + " " +
                                 coordinate(at.y.from) + " Z";
        markup += element("path", {{"d", area}, {"class", style_of("area", number)}});
      }
    }
    run.clear();
  };
  for (const Point& point : series.points) {
    if (!std::isfinite(point.x) || !std::isfinite(point.y)) {
      finish();
    } else {
      run.push_back({at.x(point.x), at.y(point.y)});
    }
  }
  finish();
  return markup;
}

[[nodiscard]] inline Markup dots_of(const Series& series, std::size_t number, const PlotScales& at) {
  Markup markup;
  const double radius = series.points.size() > 60 ? 2.0 : 3.5;
  for (const Point& point : series.points) {
    if (!std::isfinite(point.x) || !std::isfinite(point.y)) continue;
    markup += element(
        "circle",
        {{"cx", at.x(point.x)}, {"cy", at.y(point.y)}, {"r", radius}, {"class", style_of("dot", number)}});
  }
  return markup;
}

/// Its word stands on the side that has room.
[[nodiscard]] inline Markup mark_of(const ChartMark& mark, const PlotScales& at) {
  const double x = at.x(mark.at);
  const Markup stroke = line({x, at.y.from}, {x, at.y.to}, "mark");
  if (mark.name.empty()) return stroke;
  const bool left = x > 0.5 * (at.x.from + at.x.to);
  return stroke +
         label({left ? x - 5.0 : x + 5.0, at.y.to + 12.0}, left ? "end" : "start", mark.name, "label halo");
}

}  // namespace detail

WEIR_BODY std::vector<Point> steps_of(const std::vector<double>& edges, const std::vector<double>& heights) {
  std::vector<Point> points;
  for (std::size_t i = 0; i < heights.size(); ++i) {
    points.push_back({edges[i], heights[i]});
    points.push_back({edges[i + 1], heights[i]});
  }
  return points;
}

WEIR_BODY Markup draw(const LineChart& chart) {
  const detail::Legend legend(chart.series);
  const detail::PlotScales at = detail::scales_of(chart, legend.height());
  Markup content = legend.markup() + detail::axes_of(chart, at);
  if (chart.diagonal) content += line({at.x.from, at.y.from}, {at.x.to, at.y.to}, "diagonal");
  for (std::size_t i = 0; i < chart.series.size(); ++i) {
    const Series& series = chart.series[i];
    if (series.form != SeriesForm::dots) content += detail::lines_of(series, i, at);
    if (series.form == SeriesForm::dots || series.form == SeriesForm::line_and_dots)
      content += detail::dots_of(series, i, at);
  }
  for (const ChartMark& mark : chart.marks) content += detail::mark_of(mark, at);
  return drawing(chart.text, at.y.from + detail::chart_bottom, content);
}

#endif

}  // namespace charts

}  // namespace weir::inline WEIR_ABI
