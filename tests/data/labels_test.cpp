#include <weir/data/labels.hpp>

#include <doctest/doctest.h>

#include <array>
#include <limits>
#include <string_view>
#include <vector>

using namespace weir;

namespace {
Table labelled(std::vector<std::string_view> labels) {
  Table table(Schema{{{"x"}, {"label", ColumnKind::categorical}}});
  for (const std::string_view label : labels) table.append_row(std::array{1.5}, std::array{label});
  return table;
}
}  // namespace

TEST_CASE("labels: class numbers in the order of the names") {
  const LabelMap map = LabelMap::fit(training_rows(labelled({"scan", "dos", "normal", "dos"})), "label");
  CHECK(map.names == std::vector<std::string>{"dos", "normal", "scan"});
  CHECK(map.encode(labelled({"normal", "dos", "scan"}), "label") == std::vector<std::uint32_t>{1, 0, 2});
  CHECK(map.find("scan") == 2);
  CHECK_FALSE(map.find("worm"));
}

TEST_CASE("labels: unknown and missing ones are refused") {
  const LabelMap map = LabelMap::fit(training_rows(labelled({"a", "b"})), "label");
  CHECK_THROWS_WITH_AS(static_cast<void>(map.encode(labelled({"a", "worm"}), "label")),
                       "row 1: label 'worm' is none of the classes", DataError);
  CHECK_THROWS_AS(static_cast<void>(map.encode(labelled({""}), "label")), DataError);
  CHECK_THROWS_AS(static_cast<void>(LabelMap::fit(training_rows(labelled({"a", ""})), "label")), DataError);
  // A category that no row has any more does no harm.
  CHECK(map.encode(labelled({"worm", "a"}).take(std::vector<std::size_t>{1}), "label").size() == 1);
}

TEST_CASE("labels: numeric targets") {
  Table table = labelled({"a", "b"});
  CHECK(numeric_target(table, "x") == std::vector<float>{1.5F, 1.5F});
  for (const double bad : {missing_number, std::numeric_limits<double>::infinity(), 1e300}) {
    table.numbers(table.index_of("x"))[1] = bad;
    CHECK_THROWS_AS(static_cast<void>(numeric_target(table, "x")), DataError);
  }
}
