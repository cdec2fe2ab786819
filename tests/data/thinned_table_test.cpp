#include <weir/core/error.hpp>
#include <weir/data/formats/csv.hpp>
#include <weir/data/tables/thinned_table.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <string>
#include <vector>

using namespace weir;

namespace {

/// Rows i = first, ..., last - 1 with a text of their own.
Table rows(int first, int last) {
  Table table(Schema{{{"i", ColumnKind::numeric}, {"name", ColumnKind::categorical}}, {}});
  for (int i = first; i < last; ++i) {
    const std::string name = "n" + std::to_string(i);
    const double number = i;
    const std::string_view text = name;
    table.append_row(std::span(&number, 1), std::span(&text, 1));
  }
  return table;
}

}  // namespace

TEST_CASE("thinned table: rows are evenly spread over pieces of any size") {
  for (const int piece : {1, 7, 50, 1'000}) {
    ThinnedTable kept(10);
    for (int at = 0; at < 1'000; at += piece) kept.add(rows(at, std::min(1'000, at + piece)));
    const Table& table = kept.table();
    INFO(piece);
    REQUIRE(table.rows() == 8);  // every 128th
    for (std::size_t row = 0; row < table.rows(); ++row) {
      CHECK(table.numbers("i")[row] == 128.0 * static_cast<double>(row));
      CHECK(table.text("name", row) == "n" + std::to_string(128 * row));
    }
  }
}

TEST_CASE("thinned table: of a series the first rows, and none where none are wanted") {
  ThinnedTable first(5, true);
  for (int at = 0; at < 20; at += 2) first.add(rows(at, at + 2));
  REQUIRE(first.table().rows() == 5);
  CHECK(first.table().numbers("i")[4] == 4.0);
  ThinnedTable none(0);
  none.add(rows(0, 3));
  CHECK(none.table().rows() == 0);
}

TEST_CASE("table: a column is put in another order apart from the others") {
  Table table = rows(0, 3);
  const std::vector<std::size_t> order{2, 0, 1};
  table.reorder(0, order);
  CHECK(std::vector<double>(table.numbers(std::size_t{0}).begin(), table.numbers(std::size_t{0}).end()) ==
        std::vector<double>{2.0, 0.0, 1.0});
  CHECK(table.text("name", 0) == "n0");
  table.reorder(1, order);
  CHECK(table.text("name", 0) == "n2");
  CHECK_THROWS_AS(table.reorder(0, std::vector<std::size_t>{0, 1}), ShapeError);
  CHECK_THROWS_AS(table.reorder(0, std::vector<std::size_t>{0, 1, 3}), DataError);
}
