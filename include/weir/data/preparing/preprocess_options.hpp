// What a Preprocessor needs to know about the columns and rows of a table: the options, and which columns and
// rows they leave.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/data/preparing/column_fit.hpp>
#include <weir/data/tables/schema.hpp>
#include <weir/data/tables/table.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace weir::inline WEIR_ABI {

struct NamedNumericRule {
  std::string column;
  NumericRule rule;
};
struct NamedCategoricalRule {
  std::string column;
  CategoricalRule rule;
};

struct PreprocessOptions {
  std::vector<std::string> exclude = {};  ///< labels, identifiers: not features; tables may have them or not
  NumericRule numeric = {};
  CategoricalRule categorical = {};
  std::vector<NamedNumericRule> numeric_rules = {};  ///< instead of the above, for one column
  std::vector<NamedCategoricalRule> categorical_rules = {};

  template <class Visitor, class Options>
  static void fields(Visitor& visit, Options& o) {
    visit("exclude", o.exclude, "columns that are no features: labels, identifiers");
    visit.group("Numbers");
    NumericRule::fields(visit, o.numeric);
    visit.group("Categories");
    CategoricalRule::fields(visit, o.categorical);
  }
};

namespace detail {

[[nodiscard]] inline bool contains(const std::vector<std::string>& names, std::string_view name) noexcept {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// The columns of a table that are not excluded, by position.
[[nodiscard]] inline std::vector<std::size_t> feature_columns(const Schema& schema,
                                                              const std::vector<std::string>& exclude) {
  std::vector<std::size_t> result;
  for (std::size_t i = 0; i < schema.columns.size(); ++i) {
    if (!contains(exclude, schema.columns[i].name)) result.push_back(i);
  }
  return result;
}

[[nodiscard]] inline Schema subschema(const Schema& schema, std::span<const std::size_t> columns) {
  Schema result{{}, schema.version};
  for (const std::size_t i : columns) result.columns.push_back(schema.columns[i]);
  return result;
}

/// The rule for a column: its own if it has one.
template <class Named, class Rule>
[[nodiscard]] const Rule& rule_for(std::string_view column, const std::vector<Named>& named,
                                   const Rule& otherwise) {
  for (const Named& one : named) {
    if (one.column == column) return one.rule;
  }
  return otherwise;
}

/// Names in the options that are no column, or not one of the right kind, are mistakes of spelling.
[[nodiscard]] inline Status check_names(const Schema& schema, const PreprocessOptions& options) {
  const auto column_of = [&schema](std::string_view name, std::optional<ColumnKind> kind) -> Status {
    const auto index = schema.find(name);
    if (index && (!kind || schema.columns[*index].kind == *kind)) return std::monostate{};
    return Failure{ErrorKind::config, "preprocess: the training rows have no " +
                                          (kind ? std::string(to_string(*kind)) + " " : std::string()) +
                                          "column '" + std::string(name) + "'"};
  };
  for (const std::string& name : options.exclude) {
    if (Status status = column_of(name, std::nullopt); !status) return status;
  }
  for (const NamedNumericRule& named : options.numeric_rules) {
    if (Status status = column_of(named.column, ColumnKind::numeric); !status) return status;
  }
  for (const NamedCategoricalRule& named : options.categorical_rules) {
    if (Status status = column_of(named.column, ColumnKind::categorical); !status) return status;
  }
  return std::monostate{};
}

[[nodiscard]] inline bool absent(const Table& table, std::size_t column, std::size_t row) {
  return table.numeric(column) ? !is_finite(table.numbers(column)[row])
                               : table.codes(column)[row] == missing_code;
}

/// The rows without a value that is missing and must not be.
[[nodiscard]] inline Result<std::vector<std::size_t>> usable_rows(const Table& table,
                                                                  std::span<const std::size_t> columns,
                                                                  std::span<const OnMissing> rules,
                                                                  bool may_reject) {
  std::vector<bool> rejected(table.rows());
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (rules[i] == OnMissing::impute) continue;
    for (std::size_t row = 0; row < table.rows(); ++row) {
      if (!absent(table, columns[i], row)) continue;
      if (rules[i] == OnMissing::error || !may_reject) {
        return Failure{ErrorKind::data, "preprocess: " + table.place(row) + ": column '" +
                                            table.schema().columns[columns[i]].name +
                                            "' is missing or not finite, which its rule does not allow"};
      }
      rejected[row] = true;
    }
  }
  std::vector<std::size_t> rows;
  for (std::size_t row = 0; row < rejected.size(); ++row) {
    if (!rejected[row]) rows.push_back(row);
  }
  return rows;
}

[[nodiscard]] inline std::vector<double> numbers_of(const Table& table, std::size_t column,
                                                    std::span<const std::size_t> rows) {
  const auto values = table.numbers(column);
  std::vector<double> result;
  result.reserve(rows.size());
  for (const std::size_t row : rows) result.push_back(values[row]);
  return result;
}

[[nodiscard]] inline std::vector<std::pair<std::string, std::size_t>> texts_of(
    const Table& table, std::size_t column, std::span<const std::size_t> rows) {
  const Dictionary& dictionary = table.dictionary(column);
  const auto codes = table.codes(column);
  std::vector<std::size_t> counts(dictionary.size());
  for (const std::size_t row : rows) {
    if (codes[row] != missing_code) ++counts[codes[row]];
  }
  std::vector<std::pair<std::string, std::size_t>> result;
  for (std::uint32_t code = 0; code < counts.size(); ++code) {
    if (counts[code] > 0) result.emplace_back(dictionary[code], counts[code]);
  }
  std::sort(result.begin(), result.end());
  return result;
}

}  // namespace detail

}  // namespace weir::inline WEIR_ABI
