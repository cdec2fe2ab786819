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
#include <weir/data/preparing/column_fit.hpp>
#include <weir/data/preparing/preprocess_options.hpp>
#include <weir/data/preparing/preprocessor.hpp>
#include <weir/data/tables/split.hpp>
#include <weir/data/tables/table.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

#if WEIR_BODIES

WEIR_BODY std::optional<std::string> Preprocessor::difference(const Table& table) const {
  return first_difference(
      schema, detail::subschema(table.schema(), detail::feature_columns(table.schema(), exclude)));
}

WEIR_BODY Result<Preprocessor> Preprocessor::try_fit(const TrainingRows& training,
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

WEIR_BODY Result<Preprocessor> Preprocessor::try_fit(const TrainingRows& training) {
  return try_fit(training, {});
}

WEIR_BODY Preprocessor Preprocessor::fit(const TrainingRows& training, const PreprocessOptions& options) {
  return try_fit(training, options).value();
}

WEIR_BODY Preprocessor Preprocessor::fit(const TrainingRows& training) { return fit(training, {}); }

WEIR_BODY Result<Matrix<float>> Preprocessor::try_transform(const Table& table,
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

WEIR_BODY Matrix<float> Preprocessor::transform(const Table& table, std::vector<std::size_t>* kept) const {
  return try_transform(table, kept).value();
}

#endif

}  // namespace weir::inline WEIR_ABI
