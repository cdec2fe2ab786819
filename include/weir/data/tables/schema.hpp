// What the columns of a table are: names and kinds, in order, and the version of their meaning.
#pragma once

#include <weir/core/abi.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::inline WEIR_ABI {

enum class ColumnKind : std::uint8_t {
  numeric,      ///< a double; NaN where it is missing
  categorical,  ///< a text of a few; empty where it is missing
  ignore        ///< in the file, not in the table
};

[[nodiscard]] constexpr std::string_view to_string(ColumnKind kind) noexcept {
  switch (kind) {
    case ColumnKind::numeric: return "numeric";
    case ColumnKind::categorical: return "categorical";
    case ColumnKind::ignore: return "ignore";
  }
  return "?";
}

struct Column {
  std::string name = {};
  ColumnKind kind = ColumnKind::numeric;
  friend bool operator==(const Column&, const Column&) = default;
};

struct Schema {
  std::vector<Column> columns = {};
  std::uint32_t version = 1;  ///< to be raised when a column changes its meaning and keeps its name

  [[nodiscard]] std::optional<std::size_t> find(std::string_view name) const noexcept {
    for (std::size_t i = 0; i < columns.size(); ++i) {
      if (columns[i].name == name) return i;
    }
    return std::nullopt;
  }
  /// Without the ignored columns: the schema of the table that such a file fills.
  [[nodiscard]] Schema kept() const {
    Schema result{{}, version};
    for (const Column& column : columns) {
      if (column.kind != ColumnKind::ignore) result.columns.push_back(column);
    }
    return result;
  }
  friend bool operator==(const Schema&, const Schema&) = default;
};

/// A name that occurs twice, if there is one.
[[nodiscard]] inline std::optional<std::string> repeated_name(const Schema& schema) {
  std::vector<std::string_view> names;
  for (const Column& column : schema.columns) names.push_back(column.name);
  std::sort(names.begin(), names.end());
  const auto twin = std::adjacent_find(names.begin(), names.end());
  if (twin == names.end()) return std::nullopt;
  return std::string(*twin);
}

/// The first point in which `given` is not what was `expected`, in words; nothing when they are equal.
[[nodiscard]] inline std::optional<std::string> first_difference(const Schema& expected,
                                                                 const Schema& given) {
  const auto describe = [](const Schema& schema, std::size_t i) {
    if (i >= schema.columns.size()) return std::string("no column");
    return "'" + schema.columns[i].name + "' (" + std::string(to_string(schema.columns[i].kind)) + ")";
  };
  if (expected.version != given.version) {
    return "schema version " + std::to_string(given.version) + " is given, " +
           std::to_string(expected.version) + " is expected";
  }
  const std::size_t count = std::max(expected.columns.size(), given.columns.size());
  for (std::size_t i = 0; i < count; ++i) {
    if (i >= expected.columns.size() || i >= given.columns.size() ||
        expected.columns[i] != given.columns[i]) {
      return "column " + std::to_string(i + 1) + ": " + describe(given, i) + " is given, " +
             describe(expected, i) + " is expected";
    }
  }
  return std::nullopt;
}

}  // namespace weir::inline WEIR_ABI
