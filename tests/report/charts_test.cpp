// What is drawn, and where.
#include "report/well_formed.hpp"

#include <weir/report/bar_chart.hpp>
#include <weir/report/line_chart.hpp>
#include <weir/report/matrix_chart.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

using namespace weir;
using namespace weir::charts;
using report_test::WellFormed;

namespace {

bool has(const Markup& markup, const std::string& part) {
  return markup.str().find(part) != std::string::npos;
}

std::size_t count_of(const Markup& markup, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = markup.str().find(part); at != std::string::npos;
       at = markup.str().find(part, at + 1))
    ++count;
  return count;
}

}  // namespace

TEST_CASE("charts: a drawing says what it shows") {
  const Markup svg =
      draw(LineChart{{"roc", "ROC", "found & false"}, {"x"}, {"y"}, {{"a", {{0, 0}, {1, 1}}}}});
  CHECK(WellFormed(svg.str()).complaint() == "");
  CHECK(has(svg, "role=\"img\" aria-labelledby=\"roc-title roc-desc\""));
  CHECK(has(svg, "<title id=\"roc-title\">ROC</title><desc id=\"roc-desc\">found &amp; false</desc>"));
}

TEST_CASE("charts: a line's points stand where the scales put them") {
  // One series has no legend: the plot is 10 to 310 down and 70 to 426 across.
  const Markup svg = draw(LineChart{{"c", "", ""},
                                    {.low = 0.0, .high = 2.0},
                                    {.low = 0.0, .high = 4.0},
                                    {{"a", {{0.0, 0.0}, {1.0, 3.0}, {2.0, 4.0}}}}});
  CHECK(has(svg, "<path d=\"M70 310 L248 85 L426 10\" class=\"line s0\"/>"));
  CHECK(has(svg, "viewBox=\"0 0 440 356\""));
}

TEST_CASE("charts: lines break where there is no number, and a single point is no line") {
  const double none = std::nan("");
  const Markup svg = draw(LineChart{{"c", "", ""},
                                    {.low = 0.0, .high = 4.0},
                                    {.low = 0.0, .high = 1.0},
                                    {{"a", {{0, 0}, {1, 0}, {2, none}, {3, 1}, {4, 1}}}, {"b", {{2, 1}}}}});
  CHECK(count_of(svg, "class=\"line s0\"/>") == 3);  // two runs, and the legend
  CHECK(count_of(svg, "<path") == 2);
  CHECK_FALSE(has(svg, "nan"));
}

TEST_CASE("charts: a filled series goes down to the axis, marks stand on their value") {
  LineChart chart{{"c", "", ""}, {.low = 0.0, .high = 1.0}, {.low = 0.0, .high = 2.0}};
  chart.series.push_back({"a", steps_of({0.0, 0.5, 1.0}, {1.0, 2.0}), SeriesForm::filled});
  chart.marks.push_back({0.5, "threshold"});
  const Markup svg = draw(chart);
  CHECK(has(svg, "d=\"M70 160 L248 160 L248 10 L426 10\" class=\"line s0\""));
  CHECK(has(svg, "L426 310 L70 310 Z\" class=\"area s0\""));
  CHECK(has(svg, "<line x1=\"248\" y1=\"310\" x2=\"248\" y2=\"10\" class=\"mark\"/>"));
}

TEST_CASE("charts: nothing to draw is drawn without a number that is none") {
  const Markup svg =
      draw(LineChart{{"c", "", ""}, {.logarithmic = true}, {.logarithmic = true}, {{"a", {}}}});
  CHECK(WellFormed(svg.str()).complaint() == "");
  CHECK_FALSE(has(svg, "nan"));
  CHECK_FALSE(has(svg, "inf"));
  CHECK_FALSE(has(draw(BarChart{{"b", "", ""}, {}}), "nan"));
}

TEST_CASE("charts: bars begin at 0, to the left for what is negative") {
  // Names of one letter leave 19 on the left, words of one letter as much on the right.
  const Markup svg = draw(BarChart{{"b", "", ""}, {{"p", 3.0, 0.0, "3"}, {"n", -1.0, 0.5, "x"}}});
  CHECK(WellFormed(svg.str()).complaint() == "");
  const Scale at{-1.5, 3.0, 19.0, 440.0 - 19.0};
  const auto rect = [&](double from, double to, int top, const char* kind) {
    return "<rect x=\"" + coordinate(at(from)) + "\" y=\"" + std::to_string(top) + "\" width=\"" +
           coordinate(at(to) - at(from)) + "\" height=\"16\" class=\"" + kind + "\">";
  };
  CHECK(has(svg, rect(0.0, 3.0, 4, "bar")));
  CHECK(has(svg, rect(-1.0, 0.0, 28, "bar below")));
  CHECK(count_of(svg, "class=\"whisker\"") == 3);
}

TEST_CASE("charts: a matrix is shaded by the shares of its rows") {
  const Markup svg = draw(MatrixChart{{"m", "", ""}, {"benign", "<b>"}, {{90, 10}, {0, 5}}});
  CHECK(WellFormed(svg.str()).complaint() == "");
  CHECK(has(svg, "class=\"cell right h8\"><title>benign taken for benign: 90 (90 %)</title>"));
  CHECK(has(svg, "class=\"cell wrong h1\"><title>benign taken for &lt;b&gt;: 10 (10 %)</title>"));
  CHECK(has(svg, "class=\"cell wrong h0\""));
  CHECK(has(svg, ">100 %<"));
}

TEST_CASE("charts: shares near the ends are not rounded to them") {
  const Markup svg = draw(MatrixChart{{"m", "", ""}, {"a", "b"}, {{99'999, 1}, {0, 0}}});
  CHECK(has(svg, "&gt;99 %"));
  CHECK(has(svg, "&lt;1 %"));
  CHECK_FALSE(has(svg, "nan"));
}

TEST_CASE("charts: many classes are numbered and stay within the drawing") {
  std::vector<std::string> names;
  for (int i = 0; i < 40; ++i) names.push_back("a rather long name of class " + std::to_string(i));
  const std::vector<std::vector<std::int64_t>> counts(40, std::vector<std::int64_t>(40, 1));
  const Markup svg = draw(MatrixChart{{"m", "", ""}, names, counts});
  CHECK(WellFormed(svg.str()).complaint() == "");
  CHECK(WellFormed(svg.str()).count("rect") == 1600);
  CHECK(has(svg, ">40 a rather long"));
  CHECK_FALSE(has(svg, "class=\"count"));
}
