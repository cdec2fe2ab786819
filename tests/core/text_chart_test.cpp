// Curves as text.
#include <weir/core/text_chart.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <vector>

using weir::text_chart;

TEST_CASE("text_chart: each point stands where its numbers say") {
  const std::vector<double> x{1.0, 10.0, 100.0}, y{3.0, 1.0, 2.0};
  CHECK(text_chart(x, y, {.width = 3, .height = 3, .log_x = true, .marked = 1}) ==
        "      3.0000 |*\n"
        "             |  *\n"
        "      1.0000 | O\n"
        "             +---\n"
        "              1 100\n");
}

TEST_CASE("text_chart: what is too high is drawn at the edge, what is no number is left out") {
  const std::vector<double> x{0.0, 1.0, 2.0, 3.0}, y{0.0, 1.0, 1e9, std::nan("")};
  const std::string text = text_chart(x, y, {.width = 10, .height = 4, .highest = 2.0, .x_title = "epoch"});
  CHECK(text.find("      2.0000 |         *\n") == 0);
  CHECK(text.find("   epoch\n") != std::string::npos);
  CHECK(text.find("0        2") != std::string::npos);  // 3 has no height
  CHECK(text_chart(std::vector<double>{-1.0}, std::vector<double>{1.0}, {.log_x = true}).empty());
  CHECK(text_chart({}, {}).empty());
}

TEST_CASE("text_chart: one point, and points of one height") {
  const std::vector<double> x{5.0}, y{7.0};
  CHECK(text_chart(x, y, {.width = 8, .height = 2}).find("|*\n") != std::string::npos);
}
