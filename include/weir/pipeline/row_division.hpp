// Which rows are held back from training: some at random, whole groups, or the latest ones (SampleOptions::group,
// time_split, time_column). The column that divides them is no feature: what names a host or a moment is known of no
// record to come.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/core/near_names.hpp>
#include <weir/core/option_words.hpp>
#include <weir/core/plain_text.hpp>
#include <weir/data/labels/labels.hpp>
#include <weir/data/splits/hold_out.hpp>
#include <weir/data/splits/row_groups.hpp>
#include <weir/data/splits/time_order.hpp>
#include <weir/data/tables/split.hpp>
#include <weir/data/tables/table.hpp>
#include <weir/pipeline/sample_options.hpp>
#include <weir/pipeline/task.hpp>
#include <weir/pipeline/window_samples.hpp>
#include <weir/traffic/features/profiles.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace weir::inline WEIR_ABI::detail {

[[nodiscard]] inline std::vector<std::string> column_names(const Schema& schema) {
  std::vector<std::string> names;
  for (const Column& column : schema.columns) names.push_back(column.name);
  return names;
}

/// DataError that names the columns spelt alike.
inline void require_column(const Table& table, const SampleOptions& options, const std::string& name) {
  if (table.schema().find(name)) return;
  fail(ErrorKind::data, in_source(options) + "there is no column '" + name + "'" +
                            near_names(name, column_names(table.schema())));
}

/// Without the columns that are to be left out; the one that divides the rows is no feature in any case.
[[nodiscard]] inline Table without_dropped(Table table, const SampleOptions& options) {
  std::vector<std::string> names;
  for (const std::string& name : options.drop) {
    require_column(table, options, name);
    if (name == options.label) {
      fail(ErrorKind::config, option_word(options.words, "drop") + ": '" + name + "' is the label");
    }
    if (name != options.group && name != options.time_column) names.push_back(name);
  }
  return names.empty() ? std::move(table) : table.drop(names);
}

/// The column whose groups or times divide the rows; empty: chance does.
[[nodiscard]] inline std::string dividing_column(const Table& table, const std::optional<TableProfile>& flows,
                                                 const SampleOptions& options) {
  const std::string& named = options.group.empty() ? options.time_column : options.group;
  if (!named.empty()) require_column(table, options, named);
  if (!named.empty() || !options.time_split) return named;
  for (const std::string& name : column_names(table.schema())) {
    if (flows && flows->role_of(name) == ColumnRole::time) return name;
  }
  fail(ErrorKind::config, in_source(options) + option_word(options.words, "time_split") +
                              ": no column is known to hold the time of a row; " +
                              option_word(options.words, "time_column") + " names it");
}

/// The rows' values of the dividing column, if there is one.
[[nodiscard]] inline Table key_columns(const Table& table, const std::string& dividing) {
  return table.select(dividing.empty() ? std::vector<std::string>() : std::vector<std::string>{dividing});
}

/// The classes that every part of the rows should have its share of; of numbers there is one.
[[nodiscard]] inline std::vector<std::uint32_t> shared_classes(const Table& table, const LabelRule& labels,
                                                               Task task) {
  if (task == Task::regress) return std::vector<std::uint32_t>(table.rows());
  const std::vector<std::int32_t> classes = labels.encode(table);
  return {classes.begin(), classes.end()};
}

/// The groups of the rows. DataError when there is one only.
[[nodiscard]] inline RowGroups dividing_groups(const Table& keys, const SampleOptions& options) {
  RowGroups groups = row_groups(keys, options.group);
  if (groups.names.size() >= 2) return groups;
  fail(ErrorKind::data, in_source(options) + option_word(options.words, "group") + ": all rows" +
                            (options.task == Task::anomaly ? " to learn from" : "") + " have one value in '" +
                            options.group + "', so none can be held back; " +
                            option_word(options.words, "validation", {"0"}) + " holds back none");
}

/// Divides the rows of `table`; `keys` are their values of the dividing column.
[[nodiscard]] inline Split hold_back(const Table& table, const Table& keys, const LabelRule& labels,
                                     const SampleOptions& options) {
  const double share = options.validation;
  if (!options.group.empty()) {
    const RowGroups groups = dividing_groups(keys, options);
    return split_by_mask(table, hold_out_groups(groups, shared_classes(table, labels, options.task),
                                                {.held_out = share, .seed = options.seed}));
  }
  if (keys.columns() > 0)
    return split_by_mask(table, hold_out_latest(time_order(keys, keys.schema().columns[0].name), share));
  const std::string strata = options.task == Task::regress ? std::string() : options.label;
  const SplitOptions how{.held_out = share, .seed = options.seed, .stratify_by = strata};
  if (can_split(table, how)) return split(table, how);
  fail(ErrorKind::data, in_source(options) + count_text(table.rows(), "row") +
                            " are too few to hold some back: more rows, or " +
                            option_word(options.words, "validation", {"0"}));
}

/// What is to be said of flows with hosts or times when chance divides them; empty: nothing.
[[nodiscard]] inline std::string random_split_warning(const Table& table, const TableProfile& flows,
                                                      const SampleOptions& options) {
  if (!options.group.empty() || options.by_time()) return {};
  std::string host, time;
  for (const std::string& name : column_names(table.schema())) {
    if (host.empty() && flows.is_address(name)) host = name;
    if (time.empty() && flows.role_of(name) == ColumnRole::time) time = name;
  }
  if (host.empty() && time.empty()) return {};
  const std::string by_host = host.empty() ? "" : option_word(options.words, "group", {host});
  const std::string by_time = time.empty() ? "" : option_word(options.words, "time_split");
  return "rows are divided at random, and flows of one host or moment resemble each other, so that figures "
         "on them "
         "flatter; " +
         by_host + (host.empty() || time.empty() ? "" : " or ") + by_time +
         " judges by what training has not seen";
}

}  // namespace weir::inline WEIR_ABI::detail
