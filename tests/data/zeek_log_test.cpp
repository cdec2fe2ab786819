// Zeek's logs of tab-separated values, as tables and through open_table.
#include "opened_table.hpp"

#include <weir/data/formats/open_table.hpp>
#include <weir/data/formats/zeek_log.hpp>
#include <weir/data/sources/gzip.hpp>
#include <weir/data/tables/strata.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace weir;
using namespace data_test;

namespace {

const std::string directives =
    "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tconn\n"
    "#open\t2022-04-01-22-44-05\n";
const std::string columns =
    "#fields\tts\tid.orig_p\tproto\tduration\torig_bytes\tlocal\ttunnels\n"
    "#types\ttime\tport\tenum\tinterval\tcount\tbool\tset[string]\n";
const std::string row = "1647504456.038126\t50527\ttcp\t-\t12\tT\t(empty)\n";
const std::string head = directives + columns;

}  // namespace

TEST_CASE("zeek: names and kinds are as the log says") {
  TableFile file = opened(head + row + "1.5\t53\tudp\t0.25\t-\tF\ta,b\n#close\t2022-04-01-22-44-06\n");
  CHECK(file.format().name == "zeek");
  const std::vector<Column> expected{{"ts", ColumnKind::numeric},         {"id.orig_p", ColumnKind::numeric},
                                     {"proto", ColumnKind::categorical},  {"duration", ColumnKind::numeric},
                                     {"orig_bytes", ColumnKind::numeric}, {"local", ColumnKind::categorical},
                                     {"tunnels", ColumnKind::categorical}};
  CHECK(file.schema().columns == expected);
  const Table table = file.read_all();
  REQUIRE(table.rows() == 2);
  CHECK(table.numbers("ts")[0] == 1647504456.038126);
  CHECK(is_missing(table.numbers("duration")[0]));
  CHECK(is_missing(table.numbers("orig_bytes")[1]));
  CHECK(table.text("local", 0) == "true");  // as in Zeek's JSON
  CHECK(table.text("local", 1) == "false");
  CHECK(table.text("tunnels", 0) == "(empty)");
  CHECK(table.text("tunnels", 1) == "a,b");
  CHECK(file.report().lines == 11);
  CHECK(file.report().head_lines == 9);
}

TEST_CASE("zeek: signs that were escaped are themselves again") {
  const std::string text = "#separator \\x7c\n#unset_field|-\n#fields|name\n#types|string\n";
  const auto name = [&](const std::string& field) {
    return std::string(opened(text + field + "\n").read_all().text("name", 0));
  };
  CHECK(name("a\\x7cb\\x2ec") == "a|b.c");
  CHECK(name("C:\\\\x41") == "C:\\x41");
  CHECK(name("\\x2d") == "-");
  CHECK(name("\\x23x") == "#x");
  CHECK(name("\\xc3\\xa4") == "\xC3\xA4");
  CHECK(name("\\xe4") == "\\xe4");
  CHECK(name("a\\x00b") == "a\\x00b");
  CHECK(name("a\\x09b\\x0ac") == "a\tb\nc");
  CHECK(name("a\\x0") == "a\\x0");
  CHECK(name("a\\xzz\\") == "a\\xzz\\");
  CHECK(opened(text + "-\n").read_all().codes("name")[0] == missing_code);
}

TEST_CASE("zeek: other words for unset, and words that CSV takes for missing") {
  const std::string text =
      "#separator \\x09\n#unset_field\tnil\n#fields\tname\tn\n#types\tstring\tint\nnil\tnil\n-\t1\n";
  const Table table = opened(text).read_all();
  CHECK(table.codes("name")[0] == missing_code);
  CHECK(is_missing(table.numbers("n")[0]));
  CHECK(table.text("name", 1) == "-");
  CHECK(opened(text, {.missing_values = {"-"}}).read_all().codes("name")[1] == missing_code);
}

TEST_CASE("zeek: logs put together are one table; rows of other columns are bad") {
  TableFile file = opened(head + row + "#close\t1\n" + head + row + row);
  CHECK(file.read_all().rows() == 3);
  CHECK(file.report().repeated_headers == 1);
  CHECK(file.report().first_repeated == 17);
  CHECK(file.report().lines == 3 + 1 + 8 + 8);
  CHECK(file.report().head_lines == 16);

  const std::string other = directives + "#fields\tts\tuid\n#types\ttime\tstring\n1\tx\n2\ty\n";
  CHECK(holds(message(head + row + other),
              "t:18:1: the #fields or #types line above is another than the first"));
  TableFile mixed = opened(head + row + other + head + row, {.skip_bad_rows = true});
  CHECK(mixed.read_all().rows() == 2);
  CHECK(mixed.report().bad_rows == 2);
  const std::string types = directives + "#fields\ta\n#types\tcount\n1\n#fields\ta\n#types\tstring\nx\n";
  CHECK(holds(message(types), "t:12:1: the #fields or #types"));
}

TEST_CASE("zeek: a tab may stand behind #separator") {
  TableFile file = opened("#separator\t\\x09\n#fields\ta\n#types\tint\n1\n");
  CHECK(file.format().name == "zeek");
  CHECK(file.read_all().numbers("a")[0] == 1);
}

TEST_CASE("zeek: without types the rows tell the kinds") {
  TableFile file = opened(directives + "#fields\ta\tb\n1\tx\n-\ty\n");
  CHECK(file.schema().columns[0].kind == ColumnKind::numeric);
  CHECK(file.schema().columns[1].kind == ColumnKind::categorical);
  CHECK(is_missing(file.read_all().numbers("a")[1]));
}

TEST_CASE("zeek: types that are not Zeek's and names that come twice are told") {
  TableFile file = opened("#separator \\x09\n#fields\ta\tb\ta\n#types\tfloat\tstring\tcount\n1.5\tx\t2\n");
  CHECK(file.schema().columns[0] == Column{"a", ColumnKind::numeric});
  CHECK(file.schema().columns[2] == Column{"a.1", ColumnKind::numeric});
  CHECK(file.read_all().numbers("a")[0] == 1.5);
  const std::vector<std::string> notes = reading_notes(file.report());
  REQUIRE(notes.size() == 2);
  CHECK(
      holds(notes[0], "column 'a': of a type that is not Zeek's; the first rows tell the kind; categorical"));
  CHECK(holds(notes[1], "column 'a.1': the log calls another one so too"));
}

TEST_CASE("zeek: told without #separator and behind a byte-order mark; CSV's options are refused") {
  for (const std::string& text : {"\xEF\xBB\xBF" + head + row, "#fields\ta\n1\n" + std::string(),
                                  "#path\tconn\n#fields\ta\n#types\tint\n1\n" + std::string()}) {
    TableFile file = opened(text, {.format = "csv"});
    CHECK(file.format().name == "zeek");
    CHECK(file.read_all().rows() == 1);
  }
  CHECK(holds(message(head + row, {.separator = "tab", .words = OptionWords::flags}),
              "--separator is for CSV, and t is read as a Zeek log"));
  CHECK(holds(message(head + row, {.no_header = true}), "no_header is for CSV"));
}

TEST_CASE("zeek: bad logs name line and column") {
  CHECK(holds(message(head + row + "x\t1\ttcp\t1\t1\tT\t-\n"),
              "t:10:1: column 'ts': 'x' is not a number that a double can hold"));
  CHECK(holds(message(head + row + "1.5\t1\ttcp"), "t:10:4: the row has 3 fields, not 7"));
  CHECK(opened(head + row + "1.5\t1\ttcp", {.skip_bad_rows = true}).read_all().rows() == 1);
  CHECK(holds(message(directives), "t: there is no #fields line before the first row"));
  CHECK(holds(message(directives + "1\t2\n" + columns), "t: there is no #fields line"));
  CHECK(holds(message("#separator \\x0909\n"), "t:1:1: #separator: one character is expected"));
  CHECK(holds(message(directives + "#fields\ta\tb\n#types\tcount\n1\t2\n"),
              "#types names 1 columns, #fields 2"));
  CHECK(holds(message("a,b\n1,2\n", {.format = "zeek"}), "there is no #fields line"));
  CHECK(opened(head).read_all().rows() == 0);
}

TEST_CASE("zeek: odd logs") {
  const std::string folder = data_folder();
  if (folder.empty()) return;
  const auto file = [&](const char* name) {
    return open_table(folder + "/zeek-odd/" + name, {.open = open_any});
  };
  TableFile dates = file("conn_date_issue.log");
  const Table table = dates.read_all();
  CHECK(table.rows() == 3);
  CHECK(table.numbers("duration")[2] == 1.235504);
  CHECK(table.codes("service")[0] == missing_code);
  TableFile empty = file("http_empty.log");
  CHECK(empty.schema().columns.size() == 27);
  CHECK(empty.read_all().rows() == 0);
  CHECK(file("tor_ssl.log.gz").read_all().rows() == 733);
  TableFile cut = file("http.log.corrupt.gz");
  CHECK_THROWS_WITH_AS(static_cast<void>(cut.read_all()), doctest::Contains("http.log.corrupt.gz"), Error);
}

TEST_CASE("zeek: labelled logs have the rows and classes that were counted") {
  const std::string folder = data_folder();
  if (folder.empty()) return;
  using Counts = std::vector<std::pair<std::string, std::size_t>>;
  const auto labels = [&](const char* name) {
    return text_counts(read_table(folder + "/zeek-labelled/" + name, {.open = open_any}), "label");
  };
  CHECK(labels("001-zeek-scenario-malicious/labeled-conn.log.gz") ==
        Counts{{"Background", 739}, {"Benign", 9}, {"Malicious", 244}});
  CHECK(labels("008-zeek-mixed/conn.log.labeled.gz") ==
        Counts{{"Background", 60}, {"Benign", 1'402}, {"Malicious", 4'201}});
  CHECK(labels("008-zeek-mixed/http.log.labeled.gz") ==
        Counts{{"Background", 15}, {"Benign", 319}, {"Malicious", 8}});
  CHECK(labels("011-zeek-mixed/weird.log.labeled") ==
        Counts{{"Background", 4}, {"Benign", 30}, {"Malicious", 9}});
}
