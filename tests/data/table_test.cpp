#include <weir/data/tables/table.hpp>

#include <doctest/doctest.h>

#include <array>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

using namespace weir;

namespace {

Schema flow_schema() {
  return {{{"bytes", ColumnKind::numeric},
           {"proto", ColumnKind::categorical},
           {"id", ColumnKind::ignore},
           {"packets", ColumnKind::numeric}}};
}

void add(Table& table, double bytes, std::string_view proto, double packets) {
  table.append_row(std::array{bytes, packets}, std::array{proto});
}

Table three_flows() {
  Table table(flow_schema());
  add(table, 10, "tcp", 1);
  add(table, 20, "udp", 2);
  add(table, missing_number, "", 3);
  return table;
}

}  // namespace

TEST_CASE("table: rows go in and come out by column") {
  const Table table = three_flows();
  CHECK(table.rows() == 3);
  CHECK(table.columns() == 3);  // the ignored one is not here
  CHECK(table.numbers("bytes")[1] == 20);
  CHECK(is_missing(table.numbers("bytes")[2]));
  CHECK(table.numbers("packets")[2] == 3);
  CHECK(table.text("proto", 1) == "udp");
  CHECK(table.text("proto", 2).empty());
  CHECK(table.codes("proto")[2] == missing_code);
}

TEST_CASE("table: wrong names, kinds and sizes are named") {
  Table table = three_flows();
  CHECK_THROWS_WITH_AS(static_cast<void>(table.index_of("port")), "the table has no column 'port'",
                       DataError);
  CHECK_THROWS_AS(static_cast<void>(std::as_const(table).numbers("proto")), DataError);
  CHECK_THROWS_AS(static_cast<void>(table.codes("bytes")), DataError);
  CHECK_THROWS_AS(static_cast<void>(table.codes(9)), DataError);
  CHECK_THROWS_AS(table.append_row(std::array{1.0}, std::array<std::string_view, 1>{"tcp"}), ShapeError);
  CHECK_THROWS_AS(Table(Schema{{{"a"}, {"a"}}}), ConfigError);
  CHECK(table.rows() == 3);
}

TEST_CASE("table: select, drop and take") {
  const Table table = three_flows();
  const Table two = table.select({"packets", "proto"});
  CHECK(two.schema().columns[0].name == "packets");
  CHECK(two.rows() == 3);
  CHECK(two.text("proto", 0) == "tcp");
  CHECK_THROWS_AS(static_cast<void>(table.select({"nothing"})), DataError);

  const Table rest = table.drop({"proto"});
  CHECK(rest.columns() == 2);
  CHECK(rest.numbers("packets")[2] == 3);
  CHECK_THROWS_AS(static_cast<void>(table.drop({"nothing"})), DataError);

  const Table taken = table.take(std::vector<std::size_t>{2, 0, 0});
  CHECK(taken.rows() == 3);
  CHECK(taken.numbers("packets")[0] == 3);
  CHECK(taken.text("proto", 0).empty());
  CHECK(taken.text("proto", 2) == "tcp");
  CHECK_THROWS_AS(static_cast<void>(table.take(std::vector<std::size_t>{3})), DataError);
}

TEST_CASE("table: appending a table translates its codes") {
  Table table = three_flows();
  Table more(flow_schema());
  add(more, 40, "icmp", 4);
  add(more, 50, "udp", 5);
  add(more, 60, "", 6);
  table.append(more);
  CHECK(table.rows() == 6);
  CHECK(table.text("proto", 3) == "icmp");
  CHECK(table.text("proto", 4) == "udp");
  CHECK(table.codes("proto")[4] == table.codes("proto")[1]);
  CHECK(table.text("proto", 5).empty());
  CHECK(table.numbers("bytes")[5] == 60);
  add(table, 70, "tcp", 7);
  CHECK(table.rows() == 7);
}

TEST_CASE("table: a table can be appended to itself") {
  Table table = three_flows();
  table.append(table);
  CHECK(table.rows() == 6);
  CHECK(table.text("proto", 4) == "udp");
  CHECK(table.numbers("packets")[5] == 3);
}

TEST_CASE("table: a row keeps its place") {
  const Table made = three_flows();
  CHECK(made.place(2) == "row 3");
  Table read(flow_schema());
  for (const std::uint64_t line : {2U, 5U, 9U}) {
    read.append_row(std::array{1.0, 2.0}, std::array<std::string_view, 1>{"tcp"}, line);
  }
  Table some = read.take(std::vector<std::size_t>{2, 0}).select({"proto"});
  CHECK(some.place(0) == "line 9");
  CHECK(some.place(1) == "line 2");
  some.append(made.drop({"bytes", "packets"}));
  CHECK(some.place(2) == "row 1");
}

TEST_CASE("table: appending names the first difference") {
  Table table = three_flows();
  Schema other = flow_schema();
  other.columns[1].kind = ColumnKind::numeric;
  CHECK_THROWS_WITH_AS(
      table.append(Table(other)),
      "tables do not fit together: column 2: 'proto' (numeric) is given, 'proto' (categorical) is "
      "expected",
      DataError);
  other = flow_schema();
  other.version = 2;
  CHECK_THROWS_WITH_AS(table.append(Table(other)),
                       "tables do not fit together: schema version 2 is given, 1 is expected", DataError);
  other = flow_schema();
  other.columns.pop_back();
  CHECK_THROWS_WITH_AS(
      table.append(Table(other)),
      "tables do not fit together: column 3: no column is given, 'packets' (numeric) is expected", DataError);
}

TEST_CASE("table: texts can be renamed, and so joined") {
  Table table = three_flows();
  table.rename_texts("proto", [](std::string_view) { return std::string("ip"); });
  CHECK(table.text("proto", 0) == "ip");
  CHECK(table.text("proto", 1) == "ip");
  CHECK(table.text("proto", 2).empty());
  CHECK(table.dictionary(1).size() == 1);
}

TEST_CASE("table: many small appends take linear time") {
  Table all(flow_schema());
  const Table three = three_flows();
  for (int i = 0; i < 20'000; ++i) all.append(three);
  CHECK(all.rows() == 60'000);
  CHECK(all.text("proto", 59'998) == "udp");
}
