// A page is well-formed, needs nothing besides itself, and holds exact numbers.
#include "report/well_formed.hpp"

#include <weir/report/page.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <string>

using namespace weir;
using namespace weir::charts;
using report_test::WellFormed;

TEST_CASE("page: well-formed, whatever its names are") {
  const std::string evil = "</title><script>alert(1)</script>\x01\xFF";
  const PageTable table{evil, {evil, "n"}, {{evil, 1234567}, {"b", Cell(0.1, "10 %")}}};
  const std::string html = page(
      evil, evil, {{"one", evil, draw(table) + list_of({evil})}, {"two", "Two", verdict(evil, true)}}, evil);
  const WellFormed found(html);
  CHECK(found.complaint() == "");
  CHECK(found.count("script") == 0);
  CHECK(found.count("h1") == 1);
  CHECK(found.count("h2") == 2);
  CHECK(found.count("main") == 1);
  CHECK(html.rfind("<!DOCTYPE html>\n<html lang=\"en\"", 0) == 0);
}

TEST_CASE("page: no other host, no script, no link but to itself") {
  const std::string html = page("t", "s", {{"one", "One", {}}}, "f");
  CHECK(html.find("default-src 'none'") != std::string::npos);
  CHECK(html.find("src=") == std::string::npos);
  CHECK(html.find("url(") == std::string::npos);
  CHECK(html.find("@import") == std::string::npos);
  for (std::size_t at = html.find("href="); at != std::string::npos; at = html.find("href=", at + 1))
    CHECK(html.substr(at, 7) == "href=\"#");
}

TEST_CASE("page: a table tells which cells are heads, and has exact values") {
  const std::string html =
      draw(PageTable{"Rows", {"class", "rows", "share"}, {{"a", 52'734, Cell(1.0 / 3.0, "33.33 %")}}}).str();
  CHECK(html.find("<caption>Rows</caption>") != std::string::npos);
  CHECK(
      html.find("<th scope=\"col\" class=\"words\">class</th><th scope=\"col\" class=\"number\">rows</th>") !=
      std::string::npos);
  CHECK(html.find("<th scope=\"row\" class=\"words\">a</th>") != std::string::npos);
  CHECK(html.find("<data value=\"52734\">52,734</data>") != std::string::npos);
  CHECK(html.find("<data value=\"0.3333333333333333\">33.33 %</data>") != std::string::npos);
  CHECK(draw(PageTable{"", {"x"}, {{Cell(std::nan(""), "-")}}}).str().find("<data") == std::string::npos);
}

TEST_CASE("page: counts are grouped by thousands") {
  CHECK(grouped(0) == "0");
  CHECK(grouped(999) == "999");
  CHECK(grouped(1000) == "1,000");
  CHECK(grouped(-1234567) == "-1,234,567");
}

TEST_CASE("page: what is not well-formed is found") {
  CHECK(WellFormed("<a><b></a></b>").complaint() != "");
  CHECK(WellFormed("<a b=\"1\" b=\"2\"></a>").complaint() != "");
  CHECK(WellFormed("<a>&nbsp;</a>").complaint() != "");
  CHECK(WellFormed("<a/><b/>").complaint() != "");
  CHECK(WellFormed("<a id=\"x\"><b id=\"x\"/></a>").complaint() != "");
}
