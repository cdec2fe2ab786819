// Events of a log of many kinds that lack a model's columns.
#include <weir/data/preparing/event_types.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

using namespace weir;

namespace {

constexpr double none = std::numeric_limits<double>::quiet_NaN();

Table rows_of(const std::vector<std::array<double, 2>>& numbers) {
  Table table(Schema{{{"bytes", ColumnKind::numeric},
                      {"packets", ColumnKind::numeric},
                      {"state", ColumnKind::categorical}}});
  for (const std::array<double, 2>& row : numbers) {
    const std::string_view state = row[0] == row[0] ? "closed" : "";
    table.append_row(row, std::array{state}, std::uint64_t{1});
  }
  return table;
}

}  // namespace

TEST_CASE("events that lack most columns are told by type, where they are most of the rows") {
  const std::vector<std::string> types{"flow", "alert", "dns", "dns", "flow"};
  const auto type_of = [&](std::size_t row) { return std::string_view(types[row]); };
  EventTypes events;
  events.add(rows_of({{1, 2}, {none, none}, {none, none}, {none, none}}), type_of);
  CHECK(events.text() ==
        "3 of 4 rows lack most of the model's columns, by event_type: 'flow' 0 of 1, 'alert' 1 of 1, 'dns' 2 "
        "of 2; "
        "leave out the events that the model is not for");
  events.add(rows_of({{1, none}, {1, 2}}), type_of);
  CHECK(events.text().empty());  // half of the rows
  CHECK(EventTypes().text().empty());
}

TEST_CASE("a log with a type for each row takes no more memory") {
  EventTypes events;
  const Table row = rows_of({{none, none}});
  for (int i = 0; i < 1'000; ++i) events.add(row, [&](std::size_t) { return "type " + std::to_string(i); });
  CHECK(events.types().size() == 65);
  CHECK(events.types().back().rows == 936);
  CHECK(events.text().find(" and 45 more; leave out") != std::string::npos);
}
