// Tables of every format through one door.
#include <weir/data/formats/open_table.hpp>
#include <weir/data/formats/report_sum.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

using namespace weir;

namespace {

const std::string connection =
    "0,tcp,http,SF,181,5450,0,0,0,0,0,1,0,0,0,0,0,0,0,0,0,0,8,8,0,0,0,0,1,0,0,9,9,1,0,0.11,0,0,0,0,0,normal,"
    "21\n";

TableFile opened(std::string_view text, TableOptions options = {}) {
  return {std::make_unique<MemorySource>(text, "t"), std::move(options)};
}

std::string message(std::string_view text, const TableOptions& options,
                    const std::vector<Column>& kinds = {}) {
  try {
    TableFile file = opened(text, options);
    file.read_as(kinds);
    static_cast<void>(file.read_all());
  } catch (const Error& error) {
    return error.what();
  }
  return {};
}

bool holds(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("open_table tells the formats by their first bytes") {
  TableFile csv = opened("bytes,label\n12,a\n13,b\n");
  CHECK(csv.format().name == "csv");
  CHECK(csv.read_all().rows() == 2);

  TableFile kdd = opened(connection + connection);
  CHECK(kdd.format().name == "nsl-kdd");
  CHECK(kdd.schema().columns.size() == 43);
  const Table connections = kdd.read_all();
  CHECK(connections.rows() == 2);
  CHECK(connections.text(nsl_kdd::label, 0) == "normal");

  const std::string images(
      "\0\0\x08\x03\0\0\0\x02\0\0\0\x01\0\0\0\x03"
      "\x01\x02\x03\x04\x05\xFF",
      22);
  TableFile idx = opened(images);
  CHECK(idx.format().name == "idx");
  const Table pixels = idx.read_all();
  REQUIRE(pixels.rows() == 2);
  CHECK(pixels.numbers("pixel_3")[0] == 3);
  CHECK(pixels.numbers("pixel_3")[1] == 255);
}

TEST_CASE("open_table: a format that is asked for is taken, and a wrong one is told") {
  CHECK(opened(connection, {.format = "nsl-kdd"}).schema().columns.size() == 43);
  TableFile taken_for_csv = opened(connection + connection, {.format = "csv"});
  try {
    taken_for_csv.require("label");
    FAIL("there is no such column");
  } catch (const DataError& error) {
    CHECK(holds(error.what(), "it looks like NSL-KDD without a header line: format nsl-kdd"));
  }
  CHECK(holds(message("a,b\n1,2\n", {.format = "nslkdd"}),
              "format: there is no 'nslkdd'; did you mean 'nsl-kdd'?"));
  CHECK(holds(message("1,2\n", {.format = "nsl-kdd"}), "NSL-KDD has 43"));
  CHECK(holds(message("a,b\n1,2\n", {.format = "idx"}), "magic number"));
}

TEST_CASE("IDX images with labels are rows with a label") {
  const std::filesystem::path labels = std::filesystem::temp_directory_path() / "weir_open_table_labels";
  const std::string images(
      "\0\0\x08\x03\0\0\0\x02\0\0\0\x01\0\0\0\x01"
      "\x07\x08",
      18);
  const auto write = [&](std::string_view bytes) { std::ofstream(labels, std::ios::binary) << bytes; };
  write(std::string_view("\0\0\x08\x01\0\0\0\x02\x05\x09", 10));
  TableFile file = opened(images, {.labels = labels.string()});
  Table rows = file.make_table();
  CHECK(file.read(rows, 1) == 1);
  CHECK(file.read(rows, 9) == 1);
  CHECK(file.read(rows) == 0);
  CHECK(rows.text("label", 1) == "9");
  CHECK(rows.numbers("pixel_1")[1] == 8);
  write(std::string_view("\0\0\x08\x01\0\0\0\x01\x05", 9));
  CHECK(holds(message(images, {.labels = labels.string()}), "1 labels for 2 images"));
  std::filesystem::remove(labels);
}

TEST_CASE("messages end with what to write, in the words of who reads them") {
  const TableOptions flags{.words = OptionWords::flags};
  CHECK(holds(message("a;b\n1;2\n", flags), "it looks like --separator ';'"));
  CHECK(holds(message("a;b\n1;2\n", {}), "it looks like separator ';'"));
  std::string mixed = "a,b\n";
  for (int i = 0; i < 40; ++i) mixed += std::to_string(i) + ",1\n";
  mixed += "none,1\n";
  CHECK(holds(message(mixed, flags), "--missing-values none as missing, --categorical a as names, --drop a"));
  CHECK(message(mixed, flags, {{"a", ColumnKind::categorical}}).empty());
  CHECK(holds(message("a,b\n1,2\n3\n", flags), "--skip-bad-rows leaves such rows out"));
  TableFile file = opened("a,b\n1,2\n3\n4,5\n", {.skip_bad_rows = true});
  CHECK(file.read_all().rows() == 2);
  const std::vector<std::string> notes = reading_notes(file.report());
  REQUIRE(notes.size() == 1);
  CHECK(holds(notes[0], "1 row that cannot be read left out, the first in line 3"));
  CHECK_THROWS_WITH_AS(
      opened("src_ip,flow_duration\na,1\n").require("Flow Duration"),
      doctest::Contains("there is no column 'Flow Duration'; CICFlowMeter writes times in micro"), DataError);
  TableFile cut = opened("a,b\n1,x\n2,y\xEF\xBF\xBD\n", {});
  CHECK(cut.read_all().rows() == 2);
  REQUIRE(reading_notes(cut.report()).size() == 1);
  CHECK(holds(reading_notes(cut.report())[0],
              "1 text with U+FFFD, which stands for a character that was lost, the first in line 3"));
}

TEST_CASE("a table is read as the record of another says") {
  const TableOptions first{.separator = "tab", .missing_values = {"x", "y"}, .decimal_comma = true};
  const TextRecord record = record_of(first);
  CHECK(recorded(record, "separator") == "tab");
  CHECK(recorded(record, "missing words") == "x,y");
  const TableOptions second = recorded_options({}, record);
  CHECK(second.separator == "tab");
  CHECK(second.decimal_comma);
  CHECK(second.missing_values == first.missing_values);
  CHECK(second.recorded.format == "csv");
  CHECK(recorded_options({.separator = ";"}, record).separator == ";");
  TableFile file = opened("a\tb\n1,5\tx\n", second);
  file.read_as({{"b", ColumnKind::numeric}});
  const Table table = file.read_all();
  CHECK(table.numbers("a")[0] == 1.5);
  TableFile wrong = opened("a\tb\n1.5\t2\n", second);
  wrong.read_only({{"a", ColumnKind::numeric}});
  Table rows = wrong.make_table();
  CHECK_THROWS_WITH_AS(wrong.read(rows), doctest::Contains("the model was trained with decimal_comma"),
                       DataError);
}

TEST_CASE("the format of a record is no more than a hint") {
  const auto later = [](const char* format) { return recorded_options({}, {{"format", format}}); };
  const std::string json = "{\"a\": 1}\n";
  CHECK(opened("a,b\n1,2\n", later("json")).format().name == "csv");
  CHECK(opened("a,b\n1,2\n", later("nsl-kdd")).format().name == "csv");
  CHECK(opened(json, later("zeek")).format().name == "json");
  CHECK(opened(json, later("csv")).format().name == "json");
  CHECK(opened(connection, later("csv")).format().name == "csv");
  CHECK(opened(connection, later("arff")).format().name == "nsl-kdd");
  CHECK(holds(message("a line\n", later("json")), "t:1:1: expected '{'"));
  CHECK_THROWS_WITH_AS(
      opened("a,b\n1,2\n", later("nsl-kdd")).require("flag"),
      doctest::Contains("the model's table was NSL-KDD without a header line: format nsl-kdd"), DataError);
  CHECK(holds(message(json, {.format = "arff", .words = OptionWords::flags}),
              "t: this is not an ARFF table: it looks like JSON"));
  CHECK(holds(message("a,b\n1,2\n", {.format = "json", .words = OptionWords::flags}),
              "expected '{'; it looks like CSV with a header line: --format csv"));
}

TEST_CASE("nfdump's summary is told apart from the flows") {
  const std::string flows =
      "ts,te,td,sa,da,sp\n2024-01-01 10:00:00,2024-01-01 10:00:01,1.0,10.0.0.1,10.0.0.2,80\n";
  const std::string summary = "Summary\nflows,bytes,packets,avg_bps,avg_pps,avg_bpp\n\n1,60,1,0,0,60\n";
  TableFile file = opened(flows + summary);
  CHECK(file.read_all().rows() == 1);
  CHECK(file.report().lines == 6);
  CHECK(file.report().head_lines == 3);
  CHECK(file.report().blank_lines == 1);
  const std::vector<std::string> notes = reading_notes(file.report());
  REQUIRE(notes.size() == 1);
  CHECK(notes[0] == "nfdump's summary left out, from line 3 on");
  CsvReport sum;
  for (const char* name : {"a.csv", "b.csv", "c.csv"}) add_report(sum, file.report(), name);
  CHECK(reading_notes(sum)[0] ==
        "nfdump's summary left out, from line 3 of a.csv on, and so in 2 more files");
  CHECK(holds(message("a,b\n1,2\nSummary\n", {}), "t:3:2: the row has 1 field, not 2"));
}

TEST_CASE("columns that nobody names are left out by read_only") {
  TableFile file = opened("a,b,c\n1,2,x\n");
  CHECK(file.has("c"));
  file.read_only({{"b", ColumnKind::numeric}});
  const Table table = file.read_all();
  CHECK(table.columns() == 1);
  CHECK(table.numbers("b")[0] == 2);
}

TEST_CASE("CSV without a header line has columns of the names that are given") {
  const std::string rows = "1,x\n2,y\n";
  CHECK(opened(rows, {.no_header = true}).schema().columns[1] == Column{"c2", ColumnKind::categorical});
  const TableOptions named{.no_header = true, .columns = {"bytes", "label"}};
  const Table table = opened(rows, named).read_all();
  REQUIRE(table.rows() == 2);
  CHECK(table.numbers("bytes")[0] == 1);
  CHECK(table.text("label", 1) == "y");
  CHECK(holds(message("1,2,3\n", named), "t:1:3: the row has 3 fields, not 2"));
  CHECK(holds(message(rows, {.columns = {"a"}, .words = OptionWords::flags}),
              "--columns is for tables without a header line: --no-header"));
  CHECK(holds(message(rows, {.no_header = true, .columns = {"a", "a"}}), "two columns are called 'a'"));

  const TableOptions later = recorded_options({}, record_of(named));
  CHECK(later.no_header);
  CHECK(later.columns == named.columns);
  TableFile with_header = opened("bytes,label\n" + rows, later);
  CHECK(with_header.read_all().rows() == 2);
  CHECK(with_header.report().repeated_headers == 1);
}
