// ARFF files, as tables and through open_table.
#include "opened_table.hpp"

#include <weir/data/formats/arff.hpp>
#include <weir/data/formats/open_table.hpp>
#include <weir/data/sources/gzip.hpp>
#include <weir/data/tables/strata.hpp>

#include <doctest/doctest.h>

#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace weir;
using namespace data_test;

namespace {

const std::string head =
    "% made by hand\n\n@RELATION flows\n@ATTRIBUTE duration NUMERIC % seconds\n@attribute 'the service' "
    "string\n@attribute\tclass{VPN, 'Non-VPN' ,\"a b\"}\n@data\n";

}  // namespace

TEST_CASE("arff: names and kinds are as declared") {
  const std::string text = head + "0.5,dns,VPN\n 1e3 ,\t'it\\'s, %1' , \"a b\"  % the second\n?,?,'?'\r\n";
  TableFile file = opened(text, {.skip_bad_rows = true});
  CHECK(file.format().name == "arff");
  REQUIRE(file.schema().columns.size() == 3);
  CHECK(file.schema().columns[0] == Column{"duration", ColumnKind::numeric});
  CHECK(file.schema().columns[1] == Column{"the service", ColumnKind::categorical});
  CHECK(file.schema().columns[2] == Column{"class", ColumnKind::categorical});
  const Table table = file.read_all();
  REQUIRE(table.rows() == 2);
  CHECK(table.numbers("duration")[1] == 1000);
  CHECK(table.text("the service", 1) == "it's, %1");
  CHECK(table.text("class", 1) == "a b");
  const CsvReport& report = file.report();
  CHECK(report.lines == 10);
  CHECK(report.head_lines == 6);
  CHECK(report.blank_lines == 1);
  CHECK(report.bad_rows == 1);
  REQUIRE(report.reasons.size() == 1);
  CHECK(report.reasons[0].line == 10);
  CHECK(report.reasons[0].column == 3);
  CHECK(holds(report.reasons[0].reason, "column 'class': '?' is none of its values"));
}

TEST_CASE("arff: ? is missing, words that CSV takes for missing are texts") {
  const std::string text = head + "?,?,?\n1,NA,VPN\n2,'?',VPN\n3,-,VPN\n";
  const Table table = opened(text).read_all();
  CHECK(is_missing(table.numbers("duration")[0]));
  CHECK(table.codes("class")[0] == missing_code);
  CHECK(table.text("the service", 1) == "NA");
  CHECK(table.text("the service", 2) == "?");
  CHECK(opened(text, {.missing_values = {"NA"}}).read_all().codes("the service")[1] == missing_code);
}

TEST_CASE("arff: declared kinds give way to those asked for, and names that are numbers stay names") {
  const std::string text = "@relation r\n@attribute port {80,443}\n@attribute x real\n@data\n80,1\n443,2\n";
  CHECK(opened(text).read_all().text("port", 1) == "443");
  TableFile file = opened(text);
  file.read_as({{"port", ColumnKind::numeric}, {"x", ColumnKind::ignore}});
  CHECK(file.read_all().numbers("port")[1] == 443);
}

TEST_CASE("arff: sparse rows leave out zeros and the first of the values") {
  const std::string text = head + "{0 2.5, 2 'a b'}\n{}\n{ 1 x }  % one\n{0 ?}\n";
  const Table table = opened(text).read_all();
  REQUIRE(table.rows() == 4);
  CHECK(table.numbers("duration")[0] == 2.5);
  CHECK(table.text("class", 0) == "a b");
  CHECK(table.codes("the service")[0] == missing_code);
  CHECK(table.numbers("duration")[1] == 0);
  CHECK(table.text("class", 1) == "VPN");
  CHECK(table.text("the service", 2) == "x");
  CHECK(is_missing(table.numbers("duration")[3]));
  CHECK(holds(message(head + "{0 1, 0 2}\n"), "t:8:1: attribute 0 comes twice"));
  CHECK(holds(message(head + "{3 1}\n"), "attribute 3 is not there; they count from 0"));
  CHECK(holds(message(head + "{duration 1}\n"), "not 'duration'"));
  CHECK(holds(message(head + "{0 1\n"), "not closed"));
}

TEST_CASE("arff: tabs part values as commas do, and notations are as for CSV") {
  CHECK(opened(head + "1\tdns\t\tVPN\n").read_all().text("class", 0) == "VPN");
  CHECK(holds(message(head + "1,dns,VPN\n", {.separator = ";"}),
              "separator is for CSV, and t is read as an ARFF"));
  CHECK(opened(head + "'1,5',dns,VPN\n", {.decimal_comma = true}).read_all().numbers("duration")[0] == 1.5);
}

TEST_CASE("arff: bad rows name line and column, and what to write") {
  CHECK(holds(message(head + "1,dns,VPN\nx,dns,VPN\n"),
              "t:9:1: column 'duration': 'x' is not a number that a double can hold"));
  CHECK(holds(message(head + "1,dns,tor\n"),
              "t:8:3: column 'class': 'tor' is none of its values; "
              "skip_bad_rows leaves such rows out"));
  CHECK(holds(message(head + "1,dns\n"), "t:8:3: the row has 2 fields, not 3"));
  CHECK(holds(message(head + "1,,VPN\n"), "t:8:2: there is no value; ? is a missing one"));
  CHECK(holds(message(head + "1,'dns,VPN\n"), "t:8:2: a quote is not closed"));
  CHECK(holds(message(head + "1,'dns'x,VPN\n"), "t:8:2: there is text behind the value"));
  CHECK(holds(message(head + "1,dns,VPN,{0.5}\n"), "t:8:4: weights of rows are not read"));
  CHECK(holds(message(head + "{0 1},{0.5}\n"), "weights of rows are not read"));
  CHECK(holds(message(head + "1,d\rns,VPN\n"), "carriage return"));
}

TEST_CASE("arff: bad declarations name line and column") {
  const std::string r = "@relation r\n";
  CHECK(holds(message(r + "@attribute a numbers\n@data\n"), "t:2:3: 'numbers' is no type that is read"));
  CHECK(holds(message(r + "@attribute a relational\n@data\n"), "'relational' is no type"));
  CHECK(holds(message(r + "@attribute a {x,y\n@data\n"), "t:2:3: the list of values is not closed"));
  CHECK(holds(message(r + "@attribute a {}\n@data\n"), "t:2:3: the list of values is empty"));
  CHECK(holds(message(r + "@attribute 'a numeric\n@data\n"), "t:2:2: a quote is not closed"));
  CHECK(holds(message(r + "@data\n1\n"), "t:2:1: there is no @attribute line before @data"));
  CHECK(holds(message(r + "@attribute a real\n1\n"), "t:3:1: @relation, @attribute or @data is expected"));
  CHECK(holds(message(r + "@attribute a real\n"), "t: there is no @data line"));
  CHECK(
      holds(message("a,b\n1,2\n", {.format = "arff"}), "t:1:1: @relation, @attribute or @data is expected"));
}

TEST_CASE("arff: long comments before the declarations, names that repeat, an empty table") {
  std::string text;
  for (int i = 0; i < 100; ++i) text += "% a long comment about the origin of the data\n";
  text += "@relation r\n@attribute a real\n@attribute a DATE \"yyyy-MM-dd\"\n@data\n";
  TableFile file = opened(text + "1,2024-01-02\n");
  CHECK(file.format().name == "arff");
  CHECK(file.schema().columns[1] == Column{"a.1", ColumnKind::categorical});
  CHECK(file.read_all().text("a.1", 0) == "2024-01-02");
  CHECK(opened(text).read_all().rows() == 0);
}

TEST_CASE("arff: where a table of text is asked for, a file of its first bytes is read as what it is") {
  CHECK(opened(head + "1,dns,VPN\n", {.format = "csv"}).format().name == "arff");
}

TEST_CASE("arff: the ISCX VPN set has the rows and classes of its CSV") {
  const char* folder = std::getenv("WEIR_DATA");
  if (folder == nullptr) {
    MESSAGE("SKIPPED: WEIR_DATA not set");
    return;
  }
  const std::string base = std::string(folder) + "/iscx-vpn-2016/A1_15s";
  const Table arff = read_table(base + ".arff.gz", {.open = open_any});
  const Table csv = read_table(base + ".csv.gz", {.open = open_any});
  REQUIRE(arff.rows() == 18'758);
  REQUIRE(csv.rows() == arff.rows());
  CHECK(text_counts(arff, "class1") ==
        std::vector<std::pair<std::string, std::size_t>>{{"Non-VPN", 8'965}, {"VPN", 9'793}});
}
