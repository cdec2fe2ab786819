// From a table to what a net reads: missing values replaced, numbers scaled, categories one-hot coded. Fitted
// once, on training rows; saved with the model; applied to every table and every single record alike.
//
//   Split parts = split(flows, {.stratify_by = "label"});
//   Preprocessor pre = Preprocessor::fit(parts.training, {.exclude = {"label"}});
//   Matrix<float> x = pre.transform(parts.held_out.table());    // features x rows: one sample a column
//   bool usable = pre.encode(numbers, texts, out);              // one record: no allocation, the same bits
//
// Everything that comes out is finite. A table whose columns are not those of the fit is refused.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/core/tensor.hpp>
#include <weir/data/column_plan.hpp>
#include <weir/data/preprocess_options.hpp>
#include <weir/data/schema.hpp>
#include <weir/data/split.hpp>
#include <weir/data/table.hpp>

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

struct Preprocessor {
  Schema schema;                     ///< the columns that become features, in order
  std::vector<std::string> exclude;  ///< columns that a table may have besides
  std::vector<NumericPlan> numeric;  ///< of the numeric columns, in order
  std::vector<CategoricalPlan> categorical;

  [[nodiscard]] static Result<Preprocessor> try_fit(const TrainingRows& training,
                                                    const PreprocessOptions& options = {});
  [[nodiscard]] static Preprocessor fit(const TrainingRows& training, const PreprocessOptions& options = {}) {
    return try_fit(training, options).value();
  }

  /// Features x rows. `kept` gets the numbers of the rows that are in the result: all of them but those that
  /// a rule rejects; without `kept`, such a row is an error. DataError names the first column that differs
  /// from those of the fit, or the row whose missing value is not allowed.
  [[nodiscard]] Result<Matrix<float>> try_transform(const Table& table,
                                                    std::vector<std::size_t>* kept = nullptr) const;
  [[nodiscard]] Matrix<float> transform(const Table& table, std::vector<std::size_t>* kept = nullptr) const {
    return try_transform(table, kept).value();
  }

  /// One record: its numbers and texts, each in the order of `schema`; NaN and "" are missing values. False
  /// when a rule does not allow a value to be missing; `out` is then worthless. Does not allocate.
  [[nodiscard]] bool encode(std::span<const double> numbers, std::span<const std::string_view> texts,
                            std::span<float> out) const noexcept;

  /// Rows of the matrix.
  [[nodiscard]] std::size_t features() const noexcept {
    std::size_t sum = 0;
    for (const NumericPlan& plan : numeric) sum += plan.features();
    for (const CategoricalPlan& plan : categorical) sum += plan.features();
    return sum;
  }
  /// "src_bytes", "protocol_type=tcp", "protocol_type=(unknown)", ...
  [[nodiscard]] std::vector<std::string> feature_names() const;

  /// The first point in which a table is not like that of the fit, in words.
  [[nodiscard]] std::optional<std::string> difference(const Table& table) const;

  friend bool operator==(const Preprocessor&, const Preprocessor&) = default;

  /// Calls on_number(plan, n, feature, i) or on_text(plan, n, feature, i) for each column i of the schema:
  /// the n-th of its kind, whose first feature is `feature`.
  template <class OnNumber, class OnText>
  void each_column(OnNumber&& on_number, OnText&& on_text) const {
    std::size_t number = 0;
    std::size_t text = 0;
    std::size_t feature = 0;
    for (std::size_t i = 0; i < schema.columns.size(); ++i) {
      if (schema.columns[i].kind == ColumnKind::numeric) {
        on_number(numeric[number], number, feature, i);
        feature += numeric[number++].features();
      } else {
        on_text(categorical[text], text, feature, i);
        feature += categorical[text++].features();
      }
    }
  }
};

inline std::optional<std::string> Preprocessor::difference(const Table& table) const {
  return first_difference(
      schema, detail::subschema(table.schema(), detail::feature_columns(table.schema(), exclude)));
}

inline std::vector<std::string> Preprocessor::feature_names() const {
  std::vector<std::string> names;
  each_column(
      [&names](const NumericPlan& plan, auto...) {
        if (plan.used) names.push_back(plan.name);
      },
      [&names](const CategoricalPlan& plan, auto...) {
        for (const std::string& category : plan.categories) names.push_back(plan.name + "=" + category);
        names.push_back(plan.name + "=(unknown)");
      });
  return names;
}

inline Result<Preprocessor> Preprocessor::try_fit(const TrainingRows& training,
                                                  const PreprocessOptions& options) {
  const Table& table = training.table();
  if (Status status = detail::check_names(table.schema(), options); !status) return status.error();
  const std::vector<std::size_t> columns = detail::feature_columns(table.schema(), options.exclude);
  const auto number_rule = [&options](const std::string& name) -> const NumericRule& {
    return detail::rule_for(name, options.numeric_rules, options.numeric);
  };
  const auto text_rule = [&options](const std::string& name) -> const CategoricalRule& {
    return detail::rule_for(name, options.categorical_rules, options.categorical);
  };
  std::vector<OnMissing> rules;
  for (const std::size_t i : columns) {
    const std::string& name = table.schema().columns[i].name;
    rules.push_back(table.numeric(i) ? number_rule(name).on_missing : text_rule(name).on_missing);
  }
  const Result<std::vector<std::size_t>> rows = detail::usable_rows(table, columns, rules, true);
  if (!rows) return rows.error();
  if (rows.value().empty()) return Failure{ErrorKind::data, "preprocess: there are no training rows"};

  Preprocessor result{detail::subschema(table.schema(), columns), options.exclude, {}, {}};
  for (const std::size_t i : columns) {
    const std::string& name = table.schema().columns[i].name;
    if (table.numeric(i)) {
      Result<NumericPlan> plan =
          fit_numeric(name, number_rule(name), detail::numbers_of(table, i, rows.value()));
      if (!plan) return plan.error();
      result.numeric.push_back(std::move(plan).value());
    } else {
      Result<CategoricalPlan> plan =
          fit_categorical(name, text_rule(name), detail::texts_of(table, i, rows.value()));
      if (!plan) return plan.error();
      result.categorical.push_back(std::move(plan).value());
    }
  }
  if (result.features() == 0) {
    return Failure{ErrorKind::data, "preprocess: no column differs from training row to training row"};
  }
  return result;
}

inline Result<Matrix<float>> Preprocessor::try_transform(const Table& table,
                                                         std::vector<std::size_t>* kept) const {
  if (const auto text = difference(table)) {
    return Failure{ErrorKind::data, "preprocess: the table is not like that of the fit: " + *text};
  }
  const std::vector<std::size_t> columns = detail::feature_columns(table.schema(), exclude);
  std::vector<OnMissing> rules;
  each_column([&rules](const NumericPlan& plan, auto...) { rules.push_back(plan.on_missing); },
              [&rules](const CategoricalPlan& plan, auto...) { rules.push_back(plan.on_missing); });
  Result<std::vector<std::size_t>> rows = detail::usable_rows(table, columns, rules, kept != nullptr);
  if (!rows) return rows.error();

  const std::size_t height = features();
  Matrix<float> result(height, rows->size());
  float* const out = result.data();
  each_column(
      [&](const NumericPlan& plan, std::size_t, std::size_t feature, std::size_t i) {
        if (!plan.used) return;
        const auto numbers = table.numbers(columns[i]);
        for (std::size_t k = 0; k < rows->size(); ++k) out[k * height + feature] = plan(numbers[(*rows)[k]]);
      },
      [&](const CategoricalPlan& plan, std::size_t, std::size_t feature, std::size_t i) {
        const Dictionary& dictionary = table.dictionary(columns[i]);
        const auto codes = table.codes(columns[i]);
        std::vector<std::size_t> hot(dictionary.size());
        for (std::uint32_t code = 0; code < hot.size(); ++code) hot[code] = plan(dictionary[code]);
        for (std::size_t k = 0; k < rows->size(); ++k) {
          const std::uint32_t code = codes[(*rows)[k]];
          out[k * height + feature + (code == missing_code ? plan.categories.size() : hot[code])] = 1.0F;
        }
      });
  if (kept != nullptr) *kept = std::move(*rows);
  return result;
}

inline bool Preprocessor::encode(std::span<const double> numbers, std::span<const std::string_view> texts,
                                 std::span<float> out) const noexcept {
  assert(numbers.size() == numeric.size() && texts.size() == categorical.size() && out.size() == features());
  bool usable = true;
  each_column(
      [&](const NumericPlan& plan, std::size_t n, std::size_t feature, std::size_t) {
        usable = usable && plan.accepts(numbers[n]);
        if (plan.used) out[feature] = plan(numbers[n]);
      },
      [&](const CategoricalPlan& plan, std::size_t n, std::size_t feature, std::size_t) {
        usable = usable && plan.accepts(texts[n]);
        std::fill_n(out.data() + feature, plan.features(), 0.0F);
        out[feature + plan(texts[n])] = 1.0F;
      });
  return usable;
}

}  // namespace weir::inline WEIR_ABI
