// Escaping, elements and numbers: whatever a file holds, a page stays one.
#include <weir/report/markup.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace weir;
using namespace weir::charts;

TEST_CASE("markup: names from files cannot become tags or attributes") {
  CHECK(escaped("<script>alert('x')</script> & \"y\"") ==
        "&lt;script&gt;alert('x')&lt;/script&gt; &amp; &quot;y&quot;");
  const Markup cell = element("td", {{"title", "\"><img src=x>"}}, text("</td><b>"));
  CHECK(cell.str() == "<td title=\"&quot;&gt;&lt;img src=x&gt;\">&lt;/td&gt;&lt;b&gt;</td>");
}

TEST_CASE("markup: what XML does not allow becomes U+FFFD, other encodings are read") {
  CHECK(escaped(std::string("a\0b", 3)) ==
        "a\xEF\xBF\xBD"
        "b");
  CHECK(escaped("\x1B[31m") == "\xEF\xBF\xBD[31m");
  CHECK(escaped("tab\tline\n") == "tab\tline\n");
  CHECK(escaped("\xC2\x85") == "\xEF\xBF\xBD");  // a control character beyond ASCII
  CHECK(escaped("\xE2\x80\xAE"
                "gpj.exe") == "\xEF\xBF\xBDgpj.exe");  // right-to-left override
  CHECK(escaped("\xEF\xBF\xBE") == "\xEF\xBF\xBD");    // U+FFFE
  CHECK(escaped("\xE9t\xE9") == "\xC3\xA9t\xC3\xA9");  // Windows-1252
  CHECK(escaped("\xF0\x9F\x90\x9F \xE2\x82\xAC") == "\xF0\x9F\x90\x9F \xE2\x82\xAC");
}

TEST_CASE("markup: texts are cut between characters") {
  CHECK(shortened("abc", 3) == "abc");
  CHECK(shortened("abcd", 3) == "ab\xE2\x80\xA6");
  CHECK(shortened("\xC3\xA4\xC3\xB6\xC3\xBC\xC3\x9F", 3) == "\xC3\xA4\xC3\xB6\xE2\x80\xA6");
  CHECK(shortened("", 3).empty());
}

TEST_CASE("markup: numbers read back, coordinates are short") {
  CHECK(exact(0.1) == "0.1");
  CHECK(std::stod(exact(1.0 / 3.0)) == 1.0 / 3.0);
  CHECK(exact(std::nan("")).empty());
  CHECK(coordinate(12.3456) == "12.35");
  CHECK(coordinate(-0.001) == "0");
  CHECK(coordinate(100.0) == "100");
}

TEST_CASE("markup: elements that never hold anything close themselves, others do not") {
  CHECK(element("line", {{"x1", 1}, {"y1", 2.5}}).str() == "<line x1=\"1\" y1=\"2.5\"/>");
  CHECK(element("td", {}).str() == "<td></td>");
  CHECK(element("rect", {}, words("title", "a<b")).str() == "<rect><title>a&lt;b</title></rect>");
}
