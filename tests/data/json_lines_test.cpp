// JSON lines, as tables and through open_table.
#include "opened_table.hpp"

#include <weir/data/formats/json_lines.hpp>
#include <weir/data/formats/open_table.hpp>
#include <weir/data/sources/gzip.hpp>
#include <weir/data/tables/strata.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace weir;
using namespace data_test;
using namespace std::string_literals;

namespace {

std::string nested(std::size_t depth, const char* open, const char* close) {
  std::string text = "{\"a\":";
  for (std::size_t i = 0; i < depth; ++i) text += open;
  text += "1";
  for (std::size_t i = 0; i < depth; ++i) text += close;
  return text + "}\n";
}

}  // namespace

TEST_CASE("json: objects within objects are columns with dotted names") {
  const std::string text =
      "{\"ts\": 1.5e1, \"id\": {\"p\": 80, \"h\": \"a\\u00e4\"}, \"ok\": true, \"x\": null}\n\n"
      "{\"id\": {\"h\": \"b\"}, \"ts\": -2, \"new\": {\"y\": {\"z\": 7}}}\r\n{}\n";
  TableFile file = opened(text);
  CHECK(file.format().name == "json");
  const std::vector<Column> expected{{"ts", ColumnKind::numeric},       {"id.p", ColumnKind::numeric},
                                     {"id.h", ColumnKind::categorical}, {"ok", ColumnKind::categorical},
                                     {"x", ColumnKind::numeric},        {"new.y.z", ColumnKind::numeric}};
  CHECK(file.schema().columns == expected);
  const Table table = file.read_all();
  REQUIRE(table.rows() == 3);
  CHECK(table.numbers("ts")[0] == 15);
  CHECK(table.numbers("ts")[1] == -2);
  CHECK(is_missing(table.numbers("ts")[2]));
  CHECK(is_missing(table.numbers("id.p")[1]));
  CHECK(table.text("id.h", 0) == "a\xC3\xA4");
  CHECK(table.text("ok", 0) == "true");
  CHECK(table.codes("ok")[1] == missing_code);
  CHECK(table.numbers("new.y.z")[1] == 7);
  CHECK(file.report().lines == 4);
  CHECK(file.report().blank_lines == 1);
}

TEST_CASE("json: an array is one text, and its column a category") {
  const std::string text =
      "{\"ttl\": [60], \"names\": [\"a\", \"b\\n\", null, 1.50], \"answers\": [{\"r\": [1, {}]}, []], \"e\": "
      "[]}\n"
      "{\"ttl\": [60, 5], \"names\": \"c\"}\n";
  TableFile file = opened(text);
  for (const char* name : {"ttl", "names", "answers", "e"}) {
    CHECK(file.schema().columns[*file.schema().find(name)].kind == ColumnKind::categorical);
  }
  const Table table = file.read_all();
  CHECK(table.text("ttl", 0) == "60");
  CHECK(table.text("ttl", 1) == "60,5");
  CHECK(table.text("names", 0) == "a,b\n,,1.50");
  CHECK(table.text("answers", 0) == "{\"r\": [1, {}]},[]");
  CHECK(table.codes("e")[0] == missing_code);
}

TEST_CASE("json: names that the first rows do not have are counted and told") {
  std::string text;
  for (int i = 0; i < 1'000; ++i) text += "{\"a\": " + std::to_string(i) + "}\n";
  text += "{\"a\": 1, \"b\": {\"c\": 2}, \"d\": []}\n{\"b\": {\"c\": 3}}\n";
  TableFile file = opened(text);
  const Table table = file.read_all();
  CHECK(table.columns() == 1);
  CHECK(table.rows() == 1'002);
  CHECK(file.report().unlisted == 3);
  const std::vector<std::string> notes = reading_notes(file.report());
  REQUIRE(notes.size() == 1);
  CHECK(
      holds(notes[0],
            "3 values left out under names that the first rows do not have, the first in line 1001: 'b.c'"));
}

TEST_CASE("json: what Python writes for numbers that are none, strings of digits, words for missing") {
  const std::string text =
      "{\"a\": NaN, \"b\": \"012\", \"c\": \"NA\"}\n{\"a\": -Infinity, \"b\": \"\", \"c\": \"-\"}\n";
  const Table table = opened(text).read_all();
  CHECK(is_missing(table.numbers("a")[0]));
  CHECK(table.numbers("a")[1] < -1e300);
  CHECK(table.text("b", 0) == "012");
  CHECK(table.codes("b")[1] == missing_code);
  CHECK(table.text("c", 0) == "NA");
  CHECK(opened(text, {.missing_values = {"NA"}}).read_all().codes("c")[0] == missing_code);
  const TableOptions comma{.decimal_comma = true, .thousands = ".", .words = OptionWords::flags};
  CHECK(message("{\"a\": 1.234}\n", comma) == "--decimal-comma is for CSV, and t is read as JSON lines");
  const TableOptions model = recorded_options({}, record_of(comma));
  CHECK(opened("{\"a\": 1.234}\n", model).read_all().numbers("a")[0] == 1.234);
}

TEST_CASE("json: strings that are all numbers are numbers, and it is told") {
  const std::string text =
      "{\"a\": \"12.5\", \"b\": \"07\", \"c\": 1, \"d\": \"3\"}\n{\"a\": 2, \"d\": \"\"}\n";
  TableFile file = opened(text);
  const Table table = file.read_all();
  CHECK(table.numbers("a")[0] == 12.5);
  CHECK(table.numbers("a")[1] == 2);
  CHECK(table.text("d", 0) == "3");  // may be a code
  CHECK(table.text("b", 0) == "07");
  const std::vector<std::string> notes = reading_notes(file.report(), OptionWords::flags);
  REQUIRE(notes.size() == 2);
  CHECK(notes[0] == "column 'a': strings that are numbers, read as such; --categorical reads them as names");
  CHECK(notes[1] == "column 'd': strings that are whole numbers, few different ones: read as names");
  TableFile names = opened(text);
  names.read_as({{"a", ColumnKind::categorical}, {"d", ColumnKind::ignore}});
  CHECK(names.read_all().text("a", 0) == "12.5");
  CHECK(reading_notes(names.report()).empty());
}

TEST_CASE("json: many different strings of digits are quantities, few are codes") {
  std::string many, few;
  for (int i = 0; i < 100; ++i) {
    many += "{\"bytes\": \"" + std::to_string(7 * i) + "\"}\n";
    few += "{\"flags\": \"" + std::to_string(10 + i % 30) + "\"}\n";
  }
  CHECK(opened(many).read_all().numbers("bytes")[3] == 21);
  const Table codes = opened(few + "{\"flags\": \"1b\"}\n").read_all();
  CHECK(codes.text("flags", 100) == "1b");
}

TEST_CASE("json: columns that the first rows lack are missing cells, or are read where they turn up") {
  std::string text;
  for (int i = 0; i < 1'000; ++i) text += "{\"a\": 1}\n";
  text += "{\"b\": {\"c\": 7}, \"a\": 2}\n";
  TableFile file = opened(text);
  CHECK_FALSE(file.has("b.c"));
  CHECK_THROWS_AS(file.require("b.c"), DataError);
  file.require_readable("b.c");
  file.read_only({{"b.c", ColumnKind::numeric}, {"x", ColumnKind::categorical}, {"a", ColumnKind::numeric}});
  const Table table = file.read_all();
  REQUIRE(table.rows() == 1'001);
  CHECK(table.columns() == 3);
  CHECK(is_missing(table.numbers("b.c")[999]));
  CHECK(table.numbers("b.c")[1'000] == 7);
  CHECK(table.codes("x")[0] == missing_code);
  CHECK(file.report().unlisted == 0);
  const TableFile csv = opened("a\n1\n");
  CHECK_THROWS_AS(csv.require_readable("b"), DataError);
}

TEST_CASE("json: told in any encoding, and refused in words of its own") {
  const auto utf16 = [](std::string_view text) {
    std::string bytes;
    for (const char c : text) bytes.append(1, c).append(1, '\0');
    return bytes;
  };
  for (const std::string& text : {std::string("{\"a\": 1}\n{\"a\": 2}\n"), utf16("{\"a\": 1}\n{\"a\": 2}\n"),
                                  "\xFF\xFE" + utf16("{\"a\": 1}\n{\"a\": 2}\n"),
                                  std::string("\xEF\xBB\xBF{\"a\": 1}\n{\"a\": 2}\n")}) {
    TableFile file = opened(text, {.format = "csv"});
    CHECK(file.format().name == "json");
    CHECK(file.read_all().rows() == 2);
  }
  CHECK(holds(message("{\"a\": 1}\n\xEF\xBB\xBF{\"a\": 2}\n"), "t:2:1: expected '{'"));
  const std::string latin = "{\"a\": 1, \"b\": \"\xE4\"}\n";
  CHECK(holds(message("{\"a\": 1}\n" + latin), "not UTF-8; encoding windows-1252 reads it"));
  CHECK(opened(latin + latin, {.encoding = TextEncoding::windows_1252}).read_all().text("b", 1) ==
        "\xC3\xA4");
  CHECK(holds(message("{\"a\": \"\0\"}\n{\"a\": 1}\n"s), "t:1:1: there is a NUL byte"));
  CHECK(holds(message("[{\"a\": 1}]\n", {.format = "json"}), "`jq -c '.[]'` makes them of an array"));
  CHECK(holds(message("{\"a\": 007}\n"), "t:1:7: expected a finite number"));
  CHECK(holds(message("", {.format = "json"}), "t: this is an empty file; the rows of a table"));
}

TEST_CASE("json: strings are names, whatever they are, and a few of them among numbers are refused") {
  std::string flags, few;
  for (int i = 0; i < 40; ++i) {
    flags += "{\"flags\": \"" + std::to_string(i) + "\", \"n\": " + std::to_string(i) + "}\n";
    few += "{\"n\": " + std::to_string(i) + "}\n";
  }
  CHECK(opened(flags + "{\"flags\": \"1b\"}\n").read_all().text("flags", 40) == "1b");
  CHECK(holds(message(few + "{\"n\": \"none\"}\n"),
              "column 'n': 1 of 41 cells is no number: 'none' (line 41): missing_values none as missing"));
}

TEST_CASE("json: bad lines name line and byte, and what to write") {
  const std::string good = "{\"a\": 1}\n";
  CHECK(holds(message(good + "{\"a\" 1}\n"), "t:2:6: expected ':'; skip_bad_rows leaves such rows out"));
  CHECK(holds(message(good + "[1]\n"), "t:2:1: expected '{'"));
  CHECK(holds(message(good + "{\"a\": 1} {}\n"), "t:2:10: there is text behind the object"));
  CHECK(holds(message(good + "{\"a\": 1, \"a\": 2}\n"), "'a' comes twice"));
  CHECK(holds(message(good + "{\"a\": {\"b\": 1, \"\": 2}}\n"), "a name is empty"));
  CHECK(holds(message(good + "{\"a\": \"x\\u0000\"}\n"), "NUL"));
  CHECK(holds(message(good + "{\"a\": \"\xE4\"}\n"), "t:2:8: not UTF-8"));
  CHECK(holds(message(good + "{\"a\": 1e999}\n"), "expected a finite number"));
  CHECK(
      holds(message("{\n\"a\": 1\n}\n"), "t:1:2: expected a string; each line is to hold one whole object"));
  TableFile file = opened(good + "{\n" + good, {.skip_bad_rows = true});
  CHECK(file.read_all().rows() == 2);
  CHECK(file.report().bad_rows == 1);
  CHECK(holds(message("[{\"a\": 1}]\n"), "JSON"));
  CHECK(holds(message("a,b\n1,2\n", {.format = "json"}), "t:1:1: expected '{'"));
}

TEST_CASE("json: depth is bounded") {
  CHECK(opened(nested(60, "{\"b\":", "}")).read_all().rows() == 1);
  CHECK(opened(nested(60, "[", "]")).read_all().rows() == 1);
  CHECK(holds(message(nested(70, "{\"b\":", "}")), "too many objects within one another"));
  CHECK(holds(message(nested(100'000, "[", "]")), "too many values within one another"));
}

TEST_CASE("json: Zeek's logs and Suricata's EVE") {
  const std::string folder = data_folder();
  if (folder.empty()) return;
  const auto read = [&](const std::string& name) {
    return read_table(folder + "/" + name, {.open = open_any});
  };
  const Table conn = read("zeek-json/conn.log.gz");
  CHECK(conn.rows() == 576);
  CHECK(conn.numbers("id.orig_p")[0] == 61099);
  CHECK(conn.text("conn_state", 1) == "SF");
  CHECK(read("zeek-json/dns.log.gz").rows() == 239);
  CHECK(read("zeek-json/http.log.gz").rows() == 516);
  CHECK(read("zeek-json/x509.log.gz").rows() == 154);
  CHECK(read("zeek-labelled/002-zeek-scenario-port-scanning/conn.log.gz").rows() == 4'504);
  const Table eve = read("suricata-eve/eve.json.gz");
  CHECK(eve.rows() == 4'000);
  CHECK(text_counts(eve, "event_type") == std::vector<std::pair<std::string, std::size_t>>{{"alert", 597},
                                                                                           {"anomaly", 3},
                                                                                           {"dns", 546},
                                                                                           {"fileinfo", 2},
                                                                                           {"flow", 2'809},
                                                                                           {"http", 42},
                                                                                           {"tls", 1}});
  CHECK(eve.text("alert.metadata.signature_severity", 0) == "Major");
}
