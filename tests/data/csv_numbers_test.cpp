// What is a number, what is missing, and what is neither.
#include <weir/data/formats/csv.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <vector>

using namespace weir;

namespace {

std::string error_of(std::string_view text, CsvOptions options = {}) {
  const Result<Table> result = try_parse_csv(text, std::move(options));
  return result.ok() ? "no error" : result.error().what;
}

/// A column of numbers, 1.5 to n + .5, and some texts behind them; another column beside it.
std::string mixed(int numbers, const std::vector<std::string>& texts) {
  std::string text = "x,label\n";
  for (int i = 1; i <= numbers; ++i) text += std::to_string(i) + ".5,a\n";
  for (const std::string& one : texts) text += one + ",b\n";
  return text;
}

ColumnKind kind_of(const std::string& text, CsvOptions options = {}) {
  options.mixed = MixedColumns::categorical;
  return parse_csv(text, std::move(options)).schema().columns[0].kind;
}

bool refused(const std::string& text) { return !try_parse_csv(text).ok(); }

}  // namespace

TEST_CASE("csv: the words of pandas for a missing value, in columns of numbers and of texts") {
  for (const std::string word :
       {"",       "#N/A",    "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN",    "-nan",
        "1.#IND", "1.#QNAN", "<NA>",     "N/A", "NA",      "NULL",     "NaN",     "None",
        "n/a",    "nan",     "null",     "?",   "-",       " N/A ",    "\"null\""}) {
    CAPTURE(word);
    const Table t = parse_csv("x,proto\n1,tcp\n" + word + "," + word + "\n3,udp\n");
    REQUIRE(t.numeric(0));
    CHECK(is_missing(t.numbers(0)[1]));
    CHECK(t.text(1, 1).empty());
    CHECK(t.dictionary(1).size() == 2);
  }
  const Table t = parse_csv("proto\nnone\nNormal\nnil\nNaNs\n", {.infer_rows = 10});
  for (std::size_t row = 0; row < 4; ++row) CHECK_FALSE(t.text(0, row).empty());
}

TEST_CASE("csv: infinities as flow meters write them are numbers") {
  const Table t = parse_csv("x\nInfinity\ninf\n-inf\n+Inf\n-Infinity\nINF\n");
  REQUIRE(t.numeric(0));
  for (const double x : t.numbers(0)) CHECK((!is_finite(x) && !is_missing(x)));
}

TEST_CASE("numbers: decimal commas and groups of three digits") {
  const auto read = [](std::string_view text, NumberFormat format) {
    double x = 0;
    return parse_number(text, format, x) ? x : std::nan("");
  };
  const NumberFormat comma{.decimal = ','}, groups{.thousands = ','},
      german{.decimal = ',', .thousands = '.'};
  CHECK(read("3,14", comma) == 3.14);
  CHECK(read("-3,5e-2", comma) == -0.035);
  CHECK(read("1000", comma) == 1000);
  CHECK(read(",5", comma) == 0.5);
  CHECK(read("12,000", groups) == 12'000);
  CHECK(read("-1,234,567.25", groups) == -1'234'567.25);
  CHECK(read("1.234.567,25", german) == 1'234'567.25);
  CHECK(read("1 234", {.thousands = ' '}) == 1'234);
  CHECK(read("+Inf", comma) == INFINITY);
  for (const auto& [text, format] :
       std::vector<std::pair<std::string, NumberFormat>>{{"3.14", comma},
                                                         {"1,2,3", comma},
                                                         {"12,00", groups},
                                                         {"1,0000", groups},
                                                         {",123", groups},
                                                         {"0,303", groups},
                                                         {"-0,480", groups},
                                                         {"012,345", groups},
                                                         {"1234,567", groups},
                                                         {"12,000,", groups},
                                                         {"1.5,000", groups},
                                                         {"1.23", german},
                                                         {"1,5.000", german},
                                                         {"", groups},
                                                         {"-", groups},
                                                         {"1e3,000", groups},
                                                         {std::string(70, '1'), groups}}) {
    const std::string& shown = text;
    CAPTURE(shown);
    CHECK(std::isnan(read(text, format)));
  }
}

TEST_CASE("csv: decimal commas and thousands as options") {
  const Table t = parse_csv("x;y\n3,5;1.000\n-0,25;12.345,5\n", {.separator = ';', .numbers = {',', '.'}});
  CHECK(t.numbers("x")[0] == 3.5);
  CHECK(t.numbers("y")[0] == 1'000);
  CHECK(t.numbers("y")[1] == 12'345.5);
  // A sign that separates fields is part of a number in quotes.
  CHECK(parse_csv("x,y\n\"12,000\",1\n", {.numbers = {.thousands = ','}}).numbers("x")[0] == 12'000);
  CHECK(error_of("x,y\n3,5,1\n", {.numbers = {.decimal = ','}}).find("need quotes") != std::string::npos);
  const std::string late = "x\n1,5\n2,5\n1.5\n";
  CHECK(error_of(late, {.separator = ';', .infer_rows = 2, .numbers = {.decimal = ','}}) ==
        "memory:4:1: column 'x': '1.5' is not a number that a double can hold");
}

TEST_CASE("csv: signs that cannot be told from one another are refused") {
  for (const NumberFormat format :
       {NumberFormat{',', ','}, NumberFormat{'5', '\0'}, NumberFormat{'.', '-'}, NumberFormat{'.', '"'},
        NumberFormat{'\0', '\0'}, NumberFormat{'.', 'e'}}) {
    CHECK(try_parse_csv("a\n1\n", {.numbers = format}).error().kind == ErrorKind::config);
  }
  CHECK(try_parse_csv("a\n1\n", {.quote = '\0', .numbers = {.decimal = ','}}).error().kind ==
        ErrorKind::config);
}

TEST_CASE("csv: a column of numbers with a few texts is refused by name, with the texts") {
  const std::string what = error_of(mixed(30, {"abc", "abc", "missing"}));
  CHECK(what ==
        "memory: column 'x': 3 of 33 cells are no numbers: 'abc' (2, first in line 32), 'missing' (line 34); "
        "say what they are by CsvOptions::missing, numbers or kinds");
  // As a missing word, as a category, or left out by the caller's word.
  CHECK(is_missing(parse_csv(mixed(30, {"abc"}), {.missing = {"abc"}}).numbers(0)[30]));
  CHECK(parse_csv(mixed(30, {"abc"}), {.kinds = {{"x", ColumnKind::categorical}}}).text(0, 30) == "abc");
  CHECK(parse_csv(mixed(30, {"abc"}), {.kinds = {{"x", ColumnKind::ignore}}}).columns() == 1);
  CHECK(kind_of(mixed(30, {"abc"})) == ColumnKind::categorical);
}

TEST_CASE("csv: numbers in another notation are told as such") {
  const auto format_of = [](const std::string& text) {
    const CsvReader reader =
        CsvReader::make(std::make_unique<MemorySource>(text), {.mixed = MixedColumns::categorical});
    REQUIRE(reader.mixed().size() == 1);
    return reader.mixed()[0].format;
  };
  CHECK(format_of("x,l\n850.5,a\n\"12,000\",a\n\"1,234.5\",b\n") == NumberFormat{'.', ','});
  CHECK(format_of("x,l\n\"12,000\",a\n850,b\n") == NumberFormat{'.', ','});
  CHECK(format_of("x,l\n\"3,14\",a\n\"12,5\",b\n7,b\n") == NumberFormat{',', '\0'});
  CHECK(format_of("x,l\n\"1.234,5\",a\n\"12,5\",b\n7,b\n") == NumberFormat{',', '.'});
  CHECK(refused("x,l\n\"3,14\",a\n\"12,5\",b\n"));  // not one plain number among them
  CHECK(format_of("x,l\n\"3,976\",a\n\"-0,480\",b\n") == NumberFormat{',', '\0'});
}

TEST_CASE("csv: commas that may be decimal or between thousands") {
  const auto other_of = [](const std::string& text) {
    const CsvReader reader =
        CsvReader::make(std::make_unique<MemorySource>(text), {.mixed = MixedColumns::categorical});
    REQUIRE(reader.mixed().size() == 1);
    return reader.mixed()[0].other;
  };
  CHECK(other_of("x,l\n\"3,976\",a\n\"12,480\",b\n") == NumberFormat{',', '\0'});
  CHECK_FALSE(other_of("x,l\n\"3,976\",a\n\"0,480\",b\n"));
  CHECK_FALSE(other_of("x,l\n\"3,976\",a\n\"1,234,480\",b\n"));
  CHECK_FALSE(other_of("x,l\n\"3,976\",a\n2.5,b\n7.5,a\n"));
}

TEST_CASE("csv: words of spreadsheets and databases make no names of a column of numbers") {
  for (const std::string word : {"#DIV/0!", "(null)", "\\N"}) {
    std::string text = "x,label\n";
    for (int i = 0; i < 40; ++i) text += (i % 4 == 0 ? std::to_string(i) : word) + ",a\n";
    CHECK(refused(text));
    CHECK_FALSE(refused("x,label\n" + word + ",a\ntcp,b\nudp,a\n"));
  }
}

TEST_CASE("csv: few different words beside many different numbers are refused, too") {
  std::string text = "x,label\n";
  for (int i = 0; i < 60; ++i)
    text += (i % 3 == 0 ? std::string("no data") : std::to_string(i) + ".5") + ",a\n";
  CHECK(refused(text));
}

TEST_CASE("csv: names some of which look like numbers are categories") {
  const auto column = [](const std::vector<std::string>& cells) {
    std::string text = "x,label\n";
    for (int i = 0; i < 10; ++i) {
      for (const std::string& cell : cells) text += "\"" + cell + "\",a\n";
    }
    return text;
  };
  for (const auto& cells :
       std::vector<std::vector<std::string>>{{"SF", "S0", "REJ", "RSTO"},               // NSL-KDD's flags
                                             {"http", "443", "domain", "8080", "dns"},  // ports and services
                                             {"192.168.100.101", "192.168.100.102",
                                              "172.016.001.100"},  // addresses, not groups of three digits
                                             {"10.0.0.1", "10.0.0.2"},
                                             {"3A", "41", "B4", "12"},        // codes
                                             {"1e", "a3", "00", "7f", "99"},  // hexadecimal digits
                                             {"0x02", "0x12", "0x10"},
                                             {"2017-07-05", "05/07/2017"},  // dates
                                             {"1.2.3", "1.2.4"},            // versions
                                             {"tcp", "6", "udp", "17"}}) {
    CAPTURE(cells[0]);
    Result<Table> t = try_parse_csv(column(cells));
    REQUIRE(t.ok());
    CHECK_FALSE(t->numeric(0));
  }
}

TEST_CASE("csv: a text behind the sample is an error with line, column and text") {
  std::string text = "x,y\n";
  for (int i = 0; i < 1'500; ++i) text += "1,2\n";
  CHECK(error_of(text + "1,abc\n") ==
        "memory:1502:2: column 'y': 'abc' is not a number that a double can hold");
  CsvReport report;
  CHECK(parse_csv(text + "1,abc\n1,2\n", {.bad_rows = BadRows::collect}, &report).rows() == 1'501);
  REQUIRE(report.reasons.size() == 1);
  CHECK(report.reasons[0].kind == BadField::number);
}
