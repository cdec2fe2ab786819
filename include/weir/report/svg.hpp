// Drawings: an <svg> that says what it shows to who cannot see it, and that takes its colours from the page (page_style.hpp).
// Places are pixels of a drawing as wide as its figure is meant to be on a phone, so that texts stay readable there.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/report/markup.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace weir::inline WEIR_ABI {

namespace charts {

struct Point {
  double x = 0.0, y = 0.0;
};

/// What a drawing is called, and what it shows, in words. The id is unique within the page.
struct DrawingText {
  std::string id{};
  std::string title{};
  std::string description{};
};

inline constexpr double drawing_width = 440.0;
inline constexpr double letter_width = 7.0;  ///< of the page's font at the size of labels, about

/// So many pixels down.
[[nodiscard]] inline Markup drawing(const DrawingText& text_of, double height, const Markup& content) {
  const std::string title = text_of.id + "-title", description = text_of.id + "-desc";
  return element("svg",
                 {{"xmlns", "http://www.w3.org/2000/svg"},
                  {"role", "img"},
                  {"aria-labelledby", title + " " + description},
                  {"viewBox", "0 0 " + coordinate(drawing_width) + " " + coordinate(height)}},
                 element("title", {{"id", title}}, text(text_of.title)) +
                     element("desc", {{"id", description}}, text(text_of.description)) + content);
}

/// A label; `anchor` is "start", "middle" or "end".
[[nodiscard]] inline Markup label(Point at, std::string_view anchor, std::string_view of,
                                  std::string_view kind = "label") {
  return element("text", {{"x", at.x}, {"y", at.y}, {"text-anchor", anchor}, {"class", kind}}, text(of));
}

[[nodiscard]] inline Markup line(Point from, Point to, std::string_view kind) {
  return element("line", {{"x1", from.x}, {"y1", from.y}, {"x2", to.x}, {"y2", to.y}, {"class", kind}});
}

/// With words that show up under the pointer, if there are any.
[[nodiscard]] inline Markup box(Point corner, double width, double height, std::string_view kind,
                                std::string_view hint = {}) {
  return element("rect",
                 {{"x", corner.x}, {"y", corner.y}, {"width", width}, {"height", height}, {"class", kind}},
                 hint.empty() ? Markup() : words("title", hint));
}

/// The "d" of a path through points.
[[nodiscard]] inline std::string path_through(std::span<const Point> points) {
  std::string path;
  for (const Point& point : points) {
    path += (path.empty() ? "M" : " L") + coordinate(point.x) + " " + coordinate(point.y);
  }
  return path;
}

}  // namespace charts

}  // namespace weir::inline WEIR_ABI
