#include <weir/data/tables/split.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

using namespace weir;

// Test rows cannot become training rows, and nothing else can either.
static_assert(!std::is_constructible_v<TrainingRows, Table>);
static_assert(!std::is_constructible_v<TrainingRows, HeldOutRows>);
static_assert(!std::is_convertible_v<Table, TrainingRows> &&
              !std::is_convertible_v<HeldOutRows, TrainingRows>);
static_assert(!std::is_default_constructible_v<TrainingRows> &&
              !std::is_default_constructible_v<HeldOutRows>);
static_assert(!std::is_assignable_v<TrainingRows&, HeldOutRows> &&
              !std::is_assignable_v<TrainingRows&, Table>);
static_assert(!std::is_invocable_v<decltype(training_rows), Table&>);

namespace {

/// 100 rows: 80 of class a, 15 of b, 4 of c, one without a class; the number is the row.
Table hundred() {
  Table table(Schema{{{"row"}, {"class", ColumnKind::categorical}}});
  for (int i = 0; i < 100; ++i) {
    const std::string_view name = i < 80 ? "a" : i < 95 ? "b" : i < 99 ? "c" : "";
    table.append_row(std::array{static_cast<double>(i)}, std::array{name});
  }
  return table;
}

std::vector<double> rows_of(const Table& table) {
  const auto numbers = table.numbers("row");
  return {numbers.begin(), numbers.end()};
}

std::size_t count(const Table& table, std::string_view name) {
  for (const auto& [text, rows] : text_counts(table, "class")) {
    if (text == name) return rows;
  }
  return 0;
}

}  // namespace

TEST_CASE("split: every row is in one part, in the order of the table") {
  const Table table = hundred();
  const Split parts = split(table, {.held_out = 0.3, .seed = 5});
  CHECK(parts.training.rows() == 70);
  CHECK(parts.held_out.rows() == 30);
  std::vector<double> all = rows_of(parts.training.table());
  const std::vector<double> rest = rows_of(parts.held_out.table());
  CHECK(std::is_sorted(all.begin(), all.end()));
  CHECK(std::is_sorted(rest.begin(), rest.end()));
  all.insert(all.end(), rest.begin(), rest.end());
  std::sort(all.begin(), all.end());
  CHECK(all == rows_of(table));
}

TEST_CASE("split: the seed decides") {
  const Table table = hundred();
  const auto held_out = [&](std::uint64_t seed) {
    return rows_of(split(table, {.seed = seed, .stratify_by = "class"}).held_out.table());
  };
  CHECK(held_out(1) == held_out(1));
  CHECK(held_out(1) != held_out(2));
}

TEST_CASE("split: strata keep their share, and a row for training") {
  const Split parts = split(hundred(), {.held_out = 0.2, .seed = 9, .stratify_by = "class"});
  CHECK(parts.held_out.rows() == 20);
  CHECK(count(parts.held_out.table(), "a") == 16);
  CHECK(count(parts.held_out.table(), "b") == 3);
  CHECK(count(parts.held_out.table(), "c") == 1);  // 0.8, the largest remainder
  CHECK(count(parts.held_out.table(), "") == 0);
  const Split most = split(hundred(), {.held_out = 0.99, .stratify_by = "class"});
  CHECK(count(most.training.table(), "") == 1);
  CHECK(count(most.training.table(), "c") == 1);
}

TEST_CASE("split: the order in which classes appeared does not matter") {
  Table turned(hundred().schema());
  turned.append_row(std::array{-1.0}, std::array<std::string_view, 1>{"c"});  // c gets code 0
  turned.append(hundred());
  std::vector<std::size_t> rows(100);
  for (std::size_t i = 0; i < 100; ++i) rows[i] = i + 1;
  const SplitOptions options{.seed = 4, .stratify_by = "class"};
  CHECK(rows_of(split(turned.take(rows), options).held_out.table()) ==
        rows_of(split(hundred(), options).held_out.table()));
}

TEST_CASE("split: impossible ones are refused") {
  const Table table = hundred();
  CHECK_THROWS_AS(static_cast<void>(split(table, {.held_out = 0})), ConfigError);
  CHECK_THROWS_AS(static_cast<void>(split(table, {.held_out = 1})), ConfigError);
  CHECK_THROWS_AS(static_cast<void>(split(table, {.held_out = missing_number})), ConfigError);
  CHECK_THROWS_AS(static_cast<void>(split(table, {.held_out = 0.001})), ConfigError);
  CHECK_THROWS_AS(static_cast<void>(split(table, {.stratify_by = "nothing"})), DataError);
  CHECK_THROWS_AS(static_cast<void>(split(table, {.stratify_by = "row"})), DataError);
  CHECK_THROWS_AS(static_cast<void>(split(Table(table.schema()))), ConfigError);
  CHECK_THROWS_AS(static_cast<void>(split_by_mask(table, std::vector<bool>(3))), ShapeError);
}

TEST_CASE("split: a group left out") {
  const Split parts = leave_group_out(hundred(), "class", "b");
  CHECK(parts.held_out.rows() == 15);
  CHECK(parts.training.rows() == 85);
  CHECK(count(parts.training.table(), "b") == 0);
  CHECK(leave_group_out(hundred(), "class", "").held_out.rows() == 1);
  CHECK_THROWS_AS(static_cast<void>(leave_group_out(hundred(), "class", "z")), DataError);
  CHECK_THROWS_AS(static_cast<void>(leave_group_out(parts.training.table(), "class", "b")), DataError);
}

TEST_CASE("strata: by text, missing ones first, empty ones left out") {
  const Table table = hundred();
  const Strata strata = strata_of(table.take(std::vector<std::size_t>{99, 81, 0, 82}), "class");
  REQUIRE(strata.size() == 3);
  CHECK(strata[0].text.empty());
  CHECK(strata[1].text == "a");
  CHECK(strata[2].rows == std::vector<std::size_t>{1, 3});
}
