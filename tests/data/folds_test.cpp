// Folds: index by index those of scikit-learn where nothing is drawn, and what they promise where something is.
#include <weir/data/splits/folds.hpp>
#include <weir/data/splits/group_folds.hpp>
#include <weir/data/splits/hold_out.hpp>
#include <weir/data/splits/k_fold.hpp>
#include <weir/data/splits/row_groups.hpp>
#include <weir/data/splits/stratified_group_k_fold.hpp>
#include <weir/data/splits/time_order.hpp>
#include <weir/data/splits/time_series_split.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <golden/splits.hpp>

using namespace weir;

namespace {

/// A letter a row, as in the golden file: t is learned from, j judges, . neither.
std::string letters(const Fold& fold, std::size_t rows) {
  std::string text(rows, '.');
  for (const std::size_t row : fold.training) text[row] = 't';
  for (const std::size_t row : fold.held_out) text[row] = 'j';
  return text;
}

std::vector<std::string> letters(const Folds& folds) {
  std::vector<std::string> all;
  for (std::size_t i = 0; i < folds.size(); ++i) all.push_back(letters(folds[i], folds.rows()));
  return all;
}

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

/// A hundred hosts; of ten rows each, those of every tenth host are mostly attacks.
struct Hosts {
  std::vector<std::uint32_t> groups{}, classes{};
};
Hosts hosts() {
  Hosts all;
  for (std::uint32_t row = 0; row < 1'000; ++row) {
    all.groups.push_back(row / 10);
    all.classes.push_back(all.groups.back() % 10 == 0 && row % 10 < 8 ? 1U : 0U);
  }
  return all;
}

/// Whether the rows of each group are all in or all out.
bool whole_groups(const std::vector<bool>& mask, const std::vector<std::uint32_t>& groups) {
  for (std::size_t row = 1; row < mask.size(); ++row) {
    if (groups[row] == groups[row - 1] && mask[row] != mask[row - 1]) return false;
  }
  return true;
}

std::size_t held_of(const std::vector<bool>& mask, const std::vector<std::uint32_t>& classes,
                    std::uint32_t wanted) {
  std::size_t sum = 0;
  for (std::size_t row = 0; row < mask.size(); ++row) sum += mask[row] && classes[row] == wanted ? 1U : 0U;
  return sum;
}

}  // namespace

TEST_CASE("folds without shuffling are those of scikit-learn") {
  const std::size_t rows = golden::classes.size();
  CHECK(letters(k_fold(rows, {.folds = 2})) == golden::k_fold_2);
  CHECK(letters(k_fold(rows)) == golden::k_fold_5);
  CHECK(letters(stratified_k_fold(golden::classes, {.folds = 3})) == golden::stratified_k_fold_3);
  CHECK(letters(stratified_k_fold(golden::classes, {.folds = 7})) == golden::stratified_k_fold_7);
  CHECK(letters(group_k_fold(golden::groups, {.folds = 3})) == golden::group_k_fold_3);
  CHECK(letters(group_k_fold(golden::groups, {.folds = 6})) == golden::group_k_fold_6);
  CHECK(letters(leave_one_group_out(golden::groups)) == golden::leave_one_group_out);
  CHECK(letters(stratified_group_k_fold(golden::classes, golden::groups, {.folds = 2})) ==
        golden::stratified_group_k_fold_2);
  CHECK(letters(stratified_group_k_fold(golden::classes, golden::groups, {.folds = 4})) ==
        golden::stratified_group_k_fold_4);
  CHECK(letters(time_series_split(rows, {.folds = 4})) == golden::time_series_split_4);
  CHECK(letters(time_series_split(rows, {.folds = 3, .held_out = 6, .gap = 4, .max_training = 12})) ==
        golden::time_series_split_gap);
}

TEST_CASE("k-fold: every row is held out once; folds differ by one row at most") {
  const Table table = hundred();
  const RowGroups classes = row_groups(table, "class");
  const auto folds = stratified_k_fold(classes, {.folds = 7, .shuffle = true, .seed = 3});
  std::vector<double> all;
  for (std::size_t i = 0; i < 7; ++i) {
    const Split parts = split_by_fold(table, folds[i]);
    CHECK(parts.training.rows() + parts.held_out.rows() == 100);
    CHECK((parts.held_out.rows() == 14 || parts.held_out.rows() == 15));
    CHECK(count(parts.held_out.table(), "a") >= 11);
    CHECK(count(parts.held_out.table(), "a") <= 12);
    CHECK(count(parts.held_out.table(), "b") >= 2);
    for (const double row : rows_of(parts.held_out.table())) all.push_back(row);
  }
  std::sort(all.begin(), all.end());
  CHECK(all == rows_of(table));
  CHECK(letters(folds) == letters(stratified_k_fold(classes, {.folds = 7, .shuffle = true, .seed = 3})));
  CHECK(letters(folds) != letters(stratified_k_fold(classes, {.folds = 7, .shuffle = true, .seed = 4})));
}

TEST_CASE("k-fold: a group is in one fold only") {
  const Table table = hundred();
  const RowGroups groups = row_groups(table, "class");
  const auto held_in = [&](const Folds& folds, std::size_t row) {
    for (std::size_t i = 0; i < folds.size(); ++i) {
      const auto rows = folds[i].held_out;
      if (std::find(rows.begin(), rows.end(), row) != rows.end()) return i;
    }
    return folds.size();
  };
  for (const bool shuffle : {false, true}) {
    const auto folds = group_k_fold(groups, {.folds = 3, .shuffle = shuffle});
    for (std::size_t row = 0; row < 80; ++row) CHECK(held_in(folds, row) == held_in(folds, 0));
    CHECK(folds[held_in(folds, 0)].held_out.size() == 80);
    CHECK(held_in(folds, 80) != held_in(folds, 0));
    CHECK(held_in(folds, 95) == held_in(folds, 99));  // the small ones share a fold
  }
  CHECK_THROWS_AS(static_cast<void>(group_k_fold(groups, {.folds = 5})), ConfigError);
  CHECK_THROWS_AS(static_cast<void>(k_fold(100, {.folds = 1})), ConfigError);
  CHECK_THROWS_AS(static_cast<void>(k_fold(100, {.folds = 101})), ConfigError);
  CHECK_THROWS_AS(static_cast<void>(stratified_k_fold(groups, {.folds = 81})), ConfigError);
  CHECK_THROWS_AS(static_cast<void>(leave_one_group_out(std::vector<std::uint32_t>(9))), ConfigError);
  CHECK_THROWS_AS(static_cast<void>(stratified_group_k_fold(groups, groups, {.folds = 5})), ConfigError);
}

TEST_CASE("groups and classes at once: each fold has its share of the rare class") {
  const Hosts all = hosts();
  for (const bool shuffle : {false, true}) {
    const auto folds =
        stratified_group_k_fold(all.classes, all.groups, {.folds = 5, .shuffle = shuffle, .seed = 2});
    for (std::size_t i = 0; i < 5; ++i) {
      const Fold fold = folds[i];
      CHECK(fold.held_out.size() == 200);
      const auto attacks = std::count_if(fold.held_out.begin(), fold.held_out.end(),
                                         [&](std::size_t row) { return all.classes[row] == 1; });
      CHECK(attacks == 16);
    }
  }
}

TEST_CASE("a share of the groups, drawn by the seed") {
  const Hosts all = hosts();
  const Fold fold = group_shuffle_split(all.groups, 0.25, 1);
  CHECK(fold.held_out.size() == 250);
  CHECK(fold.training.size() == 750);
  for (const std::size_t row : fold.held_out) {
    CHECK_FALSE(std::any_of(fold.training.begin(), fold.training.end(),
                            [&](std::size_t other) { return all.groups[other] == all.groups[row]; }));
  }
  CHECK(group_shuffle_split(all.groups, 0.25, 1).held_out == fold.held_out);
  CHECK(group_shuffle_split(all.groups, 0.25, 2).held_out != fold.held_out);
  CHECK_THROWS_AS(static_cast<void>(group_shuffle_split(all.groups, 0.995)), ConfigError);
  CHECK_THROWS_AS(static_cast<void>(group_shuffle_split(all.groups, 0.0)), ConfigError);
}

TEST_CASE("hold out: whole groups with about the share of each class") {
  const Hosts all = hosts();
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    const std::vector<bool> mask = hold_out_groups(all.groups, all.classes, {.held_out = 0.2, .seed = seed});
    CHECK(whole_groups(mask, all.groups));
    CHECK(held_of(mask, all.classes, 1) == 16);  // of 80
    CHECK(std::abs(static_cast<int>(held_of(mask, all.classes, 0)) - 184) <= 10);
  }
  CHECK(hold_out_groups(all.groups, all.classes, {.seed = 1}) !=
        hold_out_groups(all.groups, all.classes, {.seed = 2}));
}

TEST_CASE("hold out: groups that are too large, and too few") {
  const std::vector<std::uint32_t> classes(10, 0), two{0, 0, 0, 0, 0, 0, 0, 1, 1, 1};
  const std::vector<bool> smaller = hold_out_groups(two, classes, {.held_out = 0.1});
  CHECK(held_of(smaller, two, 1) == 3);  // nearer to one row than seven are
  CHECK(held_of(smaller, two, 0) == 0);
  const std::vector<bool> most = hold_out_groups(two, classes, {.held_out = 0.9});
  CHECK(std::count(most.begin(), most.end(), false) > 0);  // something is left to learn from
  CHECK_THROWS_AS(static_cast<void>(hold_out_groups(classes, classes)), ConfigError);
  CHECK_THROWS_AS(static_cast<void>(hold_out_groups(two, classes, {.held_out = 1.0})), ConfigError);
  CHECK_THROWS_AS(static_cast<void>(hold_out_groups(two, std::vector<std::uint32_t>(3))), ShapeError);
}

TEST_CASE("hold out: the latest rows") {
  const std::vector<std::size_t> order{2, 0, 3, 1};
  CHECK(hold_out_latest(order, 0.5) == std::vector<bool>{false, true, false, true});
  CHECK(hold_out_latest(order, 0.3) == std::vector<bool>{false, true, false, false});
  CHECK_THROWS_AS(static_cast<void>(hold_out_latest(order, 0.1)), ConfigError);
  CHECK_THROWS_AS(static_cast<void>(hold_out_latest(order, 0.9)), ConfigError);
  CHECK_THROWS_AS(static_cast<void>(hold_out_latest(order, std::nan(""))), ConfigError);
}

TEST_CASE("time: numbers and texts that begin with the year, missing ones first") {
  Table table(Schema{{{"s"}, {"when", ColumnKind::categorical}, {"late", ColumnKind::categorical}}});
  const auto add = [&](double s, std::string_view when, std::string_view late) {
    table.append_row(std::array{s}, std::array{when, late});
  };
  add(5.0, "2011/08/18 15:40:55.4", "18/08/2011");
  add(missing_number, "", "19/08/2011");
  add(2.0, "2011/08/18 15:40:53.826372", "20/08/2011");
  add(5.0, "2011/08/18 15:40:55.4", "21/08/2011");
  add(-1.0, "2010/12/31 23:59:59", "22/08/2011");
  const std::vector<std::size_t> expected{1, 4, 2, 0, 3};
  CHECK(time_order(table, "s") == expected);
  CHECK(time_order(table, "when") == expected);
  CHECK_THROWS_WITH_AS(static_cast<void>(time_order(table, "late")),
                       "column 'late': '18/08/2011' is no time that can be put in order; write 2011-08-18 "
                       "15:40:53 or a number",
                       DataError);
  CHECK(letters(time_series_split(time_order(table, "s"), {.folds = 2})[1], 5) == "tttjt");
}

TEST_CASE("time: folds that do not fit are refused") {
  CHECK_THROWS_AS(static_cast<void>(time_series_split(5, {.folds = 5})), ConfigError);
  CHECK_THROWS_AS(static_cast<void>(time_series_split(10, {.folds = 1})), ConfigError);
  CHECK_THROWS_AS(static_cast<void>(time_series_split(10, {.folds = 3, .held_out = 3, .gap = 1})),
                  ConfigError);
  CHECK_THROWS_AS(static_cast<void>(time_series_split(10, {.folds = 3, .held_out = SIZE_MAX})), ConfigError);
  CHECK(time_series_split(10, {.folds = 3, .held_out = 3}).size() == 3);
}

TEST_CASE("row groups: by text or number, in their order") {
  Table table(Schema{{{"vlan"}, {"host", ColumnKind::categorical}}});
  for (const auto& [vlan, host] :
       {std::pair<double, std::string_view>{20, "b"}, {missing_number, "a"}, {3, ""}, {20, "a"}})
    table.append_row(std::array{vlan}, std::array{host});
  CHECK(row_groups(table, "vlan").of_row == std::vector<std::uint32_t>{2, 0, 1, 2});
  CHECK(row_groups(table, "vlan").names == std::vector<std::string>{"", "3", "20"});
  CHECK(row_groups(table, "host").of_row == std::vector<std::uint32_t>{2, 1, 0, 1});
  CHECK(row_groups(table, "host").names == std::vector<std::string>{"", "a", "b"});
  CHECK_THROWS_AS(static_cast<void>(row_groups(table, "port")), DataError);
}

TEST_CASE("a split by rows: none is both learned from and judged by") {
  const Table table = hundred();
  const Split parts = split_by_fold(table, {{1, 2}, {7}});
  CHECK(rows_of(parts.training.table()) == std::vector<double>{1, 2});
  CHECK(rows_of(parts.held_out.table()) == std::vector<double>{7});
  CHECK_THROWS_AS(static_cast<void>(split_by_fold(table, {{1, 2}, {2}})), ConfigError);
  CHECK_THROWS_AS(static_cast<void>(split_by_fold(table, {{1, 2}, {100}})), DataError);
}
