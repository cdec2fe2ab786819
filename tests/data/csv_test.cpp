#include <weir/data/formats/csv.hpp>

#include "io/support.hpp"

#include <doctest/doctest.h>

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

using namespace weir;
using namespace std::string_literals;

namespace {

CsvOptions texts(std::vector<std::string> names) {
  CsvOptions options{.header = false};
  for (std::string& name : names)
    options.schema.columns.push_back({std::move(name), ColumnKind::categorical});
  return options;
}

/// The error of reading a text, as "kind: what".
std::string error_of(std::string_view text, CsvOptions options = {}) {
  const Result<Table> result = try_parse_csv(text, std::move(options));
  return result.ok() ? "no error" : result.error().what;
}

}  // namespace

TEST_CASE("csv: header, kinds by inference, missing values") {
  const Table t = parse_csv("bytes,proto,rate\n10,tcp,0.5\n?,udp,\n-3,,1e3\n");
  CHECK(t.rows() == 3);
  CHECK(t.schema().columns == std::vector<Column>{{"bytes", ColumnKind::numeric},
                                                  {"proto", ColumnKind::categorical},
                                                  {"rate", ColumnKind::numeric}});
  CHECK(t.numbers("bytes")[0] == 10);
  CHECK(is_missing(t.numbers("bytes")[1]));
  CHECK(t.numbers("bytes")[2] == -3);
  CHECK(t.text("proto", 1) == "udp");
  CHECK(t.text("proto", 2).empty());
  CHECK(is_missing(t.numbers("rate")[1]));
  CHECK(t.numbers("rate")[2] == 1000);
}

TEST_CASE("csv: quoting after RFC 4180") {
  const CsvOptions two = texts({"a", "b"});
  const Table t = parse_csv("\"x,y\",\"say \"\"hi\"\"\"\r\n\"two\nlines\",\"\"\"\"\r\n\"\",\"\"\r\n", two);
  REQUIRE(t.rows() == 3);
  CHECK(t.text("a", 0) == "x,y");
  CHECK(t.text("b", 0) == "say \"hi\"");
  CHECK(t.text("a", 1) == "two\nlines");
  CHECK(t.text("b", 1) == "\"");
  CHECK(t.text("a", 2).empty());
}

TEST_CASE("csv: line ends LF, CR LF, none at the end; byte-order mark; blank lines") {
  for (const char* text : {"a,b\n1,2\n3,4\n", "a,b\r\n1,2\r\n3,4\r\n", "a,b\n1,2\n3,4", "a,b\r\n1,2\r\n3,4\r",
                           "\xEF\xBB\xBF"
                           "a,b\n1,2\n3,4",
                           "\n\na,b\n\r\n1,2\n\n3,4\n\n"}) {
    CAPTURE(text);
    const Table t = parse_csv(text);
    CHECK(t.schema().columns[0].name == "a");
    REQUIRE(t.rows() == 2);
    CHECK(t.numbers("b")[1] == 4);
  }
}

TEST_CASE("csv: other separators and quotes, and no quoting") {
  CHECK(parse_csv("a;b\n1;2\n", {.separator = ';'}).numbers("b")[0] == 2);
  CHECK(parse_csv("a\tb\n1\t'x\ty'\n", {.separator = '\t', .quote = '\''}).text("b", 0) == "x\ty");
  CHECK(parse_csv("a\tb\n1\t\"x\n", {.separator = '\t', .quote = '\0'}).text("b", 0) == "\"x");
  for (const CsvOptions& wrong : {CsvOptions{.separator = '"'}, CsvOptions{.separator = '\n'},
                                  CsvOptions{.separator = '\0'}, CsvOptions{.quote = '\r'}}) {
    CHECK(try_parse_csv("a,b\n", wrong).error().kind == ErrorKind::config);
  }
}

TEST_CASE("csv: names of columns") {
  const Table t = parse_csv(" a ,,a,a\n1,2,3,4\n");
  std::vector<std::string> names;
  for (const Column& column : t.schema().columns) names.push_back(column.name);
  CHECK(names == std::vector<std::string>{"a", "c2", "a.1", "a.2"});
  CHECK(parse_csv("1,x\n", {.header = false}).schema().columns ==
        std::vector<Column>{{"c1", ColumnKind::numeric}, {"c2", ColumnKind::categorical}});
}

TEST_CASE("csv: kinds come from the first rows and can be overridden") {
  const std::string text = "a,b\n1,x\n2,y\nz,w\n";
  CHECK(error_of(text, {.infer_rows = 2}) ==
        "memory:4:1: column 'a': 'z' is not a number that a double can hold");
  CHECK(parse_csv(text).schema().columns[0].kind == ColumnKind::categorical);
  const Table t = parse_csv(
      text, {.kinds = {{"a", ColumnKind::categorical}, {"b", ColumnKind::ignore}}, .infer_rows = 2});
  CHECK(t.columns() == 1);
  CHECK(t.text("a", 2) == "z");
  CHECK(error_of(text, {.kinds = {{"none"}}}) == "memory: there is no column 'none'");
}

TEST_CASE("csv: a given schema is compared with the header line") {
  const Schema schema{{{"a"}, {"b", ColumnKind::ignore}}};
  CHECK(parse_csv("a,b\n1,x\n", {.schema = schema}).columns() == 1);
  CHECK(
      error_of("a,c\n1,x\n", {.schema = schema}) ==
      "memory:1: the header line is not as the schema says: column 2: 'c' (ignore) is given, 'b' (ignore) is "
      "expected");
  CHECK(error_of("a\n1\n", {.schema = schema}).find("no column is given") != std::string::npos);
}

TEST_CASE("csv: missing tokens are the caller's, numbers among them too") {
  const Table t = parse_csv("a,b\n-1,none\n2,x\n -1 ,-\n", {.missing = {"-1", "none"}});
  CHECK(is_missing(t.numbers("a")[0]));
  CHECK(is_missing(t.numbers("a")[2]));
  CHECK(t.text("b", 0).empty());
  CHECK(t.text("b", 2) == "-");
  CHECK(error_of("a\n1\n?\n", {.infer_rows = 1, .missing = {}}).find("'?' is not a number") !=
        std::string::npos);
}

TEST_CASE("csv: infinity is read, to be cleaned later") {
  const Table t = parse_csv("rate\nInfinity\n-inf\nNaN\n");
  CHECK_FALSE(is_finite(t.numbers("rate")[0]));
  CHECK_FALSE(is_missing(t.numbers("rate")[0]));
  CHECK(is_missing(t.numbers("rate")[2]));
}

TEST_CASE("csv: bad rows stop with file, line and column") {
  CHECK(error_of("a,b\n1,2\n1,2,3\n") == "memory:3:3: the row has 3 fields, not 2");
  CHECK(error_of("a,b\n1,2\n1\n") == "memory:3:2: the row has 1 field, not 2");
  CHECK(error_of("a,b\n1,2\n1,x\n", {.infer_rows = 1}) ==
        "memory:3:2: column 'b': 'x' is not a number that a double can hold");
  CHECK(error_of("a,b\n1,1e400\n", {.infer_rows = 0}).find(":2:2: column 'b': '1e400'") != std::string::npos);
  CHECK(error_of("a,b\n1,\"2\n") == "memory:2:2: a quote is not closed");
  CHECK(error_of("a,b\n\"1\"x,2\n") == "memory:2:1: there is text behind a closing quote");
  CHECK(error_of("a,b\n1,2\"\n") == "memory:2:2: there is a quote inside an unquoted field");
  CHECK(error_of("a,b\n1,2\r3\n") == "memory:2:2: there is a carriage return without a line feed");
  CHECK(error_of("a,b\r1,2\r").find("`tr '\\r' '\\n' < FILE`") != std::string::npos);
  CHECK(error_of("a,b\n1,\0 2\n"s) == "memory:2:2: there is a NUL byte");
  CHECK(error_of("a,b\n1,\"\0\"\n"s) == "memory:2:2: there is a NUL byte");
  CHECK(error_of("a,\"b\n") == "memory:1:2: a quote is not closed");
  CHECK_THROWS_AS(static_cast<void>(parse_csv("a\n1\n2,3\n")), DataError);
}

TEST_CASE("csv: foreign text in messages is short and harmless") {
  const std::string what = error_of("a\n1\n\x1B[31m" + std::string(500, 'x') + "\n", {.infer_rows = 1});
  CHECK(what.find('\x1B') == std::string::npos);
  CHECK(what.size() < 150);
}

TEST_CASE("csv: bad rows are skipped and counted, or collected") {
  const std::string text = "a,b\n1,2\n1\nx,2\n\n3,4,5\n6,\"7\n8,9\n";
  CsvReport report;
  Table t = parse_csv(text, {.infer_rows = 1, .bad_rows = BadRows::skip}, &report);
  CHECK(t.rows() == 2);
  CHECK(t.numbers("a")[1] == 8);
  CHECK(report.rows == 2);
  CHECK(report.bad_rows == 4);
  CHECK(report.blank_lines == 1);
  CHECK(report.lines == 8);
  CHECK(report.reasons.empty());

  t = parse_csv(text, {.infer_rows = 1, .bad_rows = BadRows::collect, .max_reasons = 3}, &report);
  CHECK(report.bad_rows == 4);
  REQUIRE(report.reasons.size() == 3);
  CHECK(report.reasons[0].line == 3);
  CHECK(report.reasons[1].line == 4);
  CHECK(report.reasons[1].column == 1);
  CHECK(report.reasons[2].line == 6);
}

TEST_CASE("csv: a bad row leaves no category behind") {
  const Table t = parse_csv("a,b\nx,1\ny,z\n", {.infer_rows = 1, .bad_rows = BadRows::skip});
  CHECK(t.rows() == 1);
  CHECK(t.dictionary(0).size() == 1);
}

TEST_CASE("csv: an unclosed quote costs one line, however late that shows") {
  std::string text = "a,b\n1,\"2\n";
  for (int i = 0; i < 300'000; ++i) text += "3,4\n";
  CsvReport report;
  const Table t = parse_csv(text, {.infer_rows = 0, .bad_rows = BadRows::collect}, &report);
  CHECK(t.rows() == 300'000);
  CHECK(report.bad_rows == 1);
  CHECK(report.reasons[0].line == 2);
}

TEST_CASE("csv: limits on the length of a row and on the number of columns") {
  CHECK(error_of("a,b\n1,2\n" + std::string(2'000'000, '7') + ",1\n") == "memory:3:1: the row is too long");
  const std::string text = "a,b\n12345,67890\n" + std::string(3'000'000, '7') + "\n1,2\n";
  CsvReport report;
  const Table t = parse_csv(text, {.bad_rows = BadRows::skip, .max_row_bytes = 10}, &report);
  CHECK(t.rows() == 1);
  CHECK(report.bad_rows == 2);
  CHECK(report.lines == 4);
  CHECK(error_of(std::string(5'000, ',') + "\n") == "memory:1:4097: there are too many columns");
  CHECK(error_of(std::string(3'000'000, 'x')) == "memory:1:1: the row is too long");
  CHECK(parse_csv(std::string(4'095, ',') + "\n").columns() == 4'096);
}

TEST_CASE("csv: empty files") {
  CHECK(error_of("") == "memory: this is an empty file; a header line is expected");
  CHECK(error_of("\xEF\xBB\xBF\n\n") == "memory: this is an empty file; a header line is expected");
  CHECK(error_of("", {.header = false}) == "memory: there is no row to tell the columns from");
  CHECK(parse_csv("a,b\n").rows() == 0);
  CHECK(parse_csv("", texts({"a"})).rows() == 0);
}

TEST_CASE("csv: in chunks as at once") {
  std::string text = "id,name,value\n";
  for (int i = 0; i < 50'000; ++i) {
    text +=
        std::to_string(i) + (i % 3 == 0 ? ",\"a \"\"b\"\"\n\"," : ",cd,") + std::to_string(i * 0.25) + "\r\n";
  }
  const Table whole = parse_csv(text);
  CsvReader reader = CsvReader::make(std::make_unique<MemorySource>(text));
  Table all = reader.make_table();
  Table chunk = reader.make_table();
  while (reader.read(chunk, 777) > 0) {
    CHECK(chunk.rows() <= 777);
    all.append(chunk);
    chunk = reader.make_table();
  }
  REQUIRE(all.rows() == 50'000);
  REQUIRE(whole.rows() == 50'000);
  CHECK(reader.report().lines == 1 + 50'000 + 16'667);
  bool equal = true;
  for (std::size_t row = 0; row < 50'000; ++row) {
    equal = equal && all.numbers("value")[row] == whole.numbers("value")[row] &&
            all.text("name", row) == whole.text("name", row) &&
            whole.numbers("id")[row] == static_cast<double>(row);
  }
  CHECK(equal);
  CHECK(all.text("name", 3) == "a \"b\"\n");
  Table other(Schema{{{"id"}}});
  CHECK_FALSE(reader.try_read(other).ok());
}

TEST_CASE("csv: files") {
  const weir_test::TemporaryDirectory directory;
  const std::string path = directory / "rows.csv";
  std::FILE* file = std::fopen(path.c_str(), "wb");
  REQUIRE(file != nullptr);
  std::fputs("a\n1\nx,y\n", file);
  std::fclose(file);
  const Result<Table> result = try_read_csv(path);
  REQUIRE_FALSE(result.ok());
  CHECK(result.error().what.rfind(path + ":3:2: ", 0) == 0);
  CHECK(read_csv(path, {.bad_rows = BadRows::skip}).rows() == 1);
  std::remove(path.c_str());
  CHECK_THROWS_AS(static_cast<void>(read_csv(path)), IoError);
  CHECK(try_read_csv("/").error().kind == ErrorKind::io);
}

TEST_CASE("csv: gzip data are recognised, and refused without gzip.hpp") {
  const Result<Table> result = try_parse_csv("\x1F\x8B\x08\x00");
  CHECK(result.error().kind == ErrorKind::format);
  CHECK(result.error().what.find("open_any") != std::string::npos);
}
