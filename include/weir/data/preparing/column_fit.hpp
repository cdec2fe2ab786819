// From the rule that the user gives for a column, and its training values, to the column's plan.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/core/field_check.hpp>
#include <weir/core/option_bounds.hpp>
#include <weir/data/preparing/column_plan.hpp>
#include <weir/data/preparing/impute.hpp>
#include <weir/data/preparing/scale.hpp>
#include <weir/data/text/finite.hpp>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

struct NumericRule {
  Scaling scaling = Scaling::standard;
  OnMissing on_missing = OnMissing::impute;
  Impute impute = Impute::median;
  double constant = 0;        ///< for Impute::constant, and for columns without a number
  bool drop_constant = true;  ///< a column whose training values are all equal tells nothing
  float low = std::numeric_limits<float>::lowest();  ///< scaled values are clipped to [low, high]
  float high = std::numeric_limits<float>::max();

  template <class Visitor, class Options>
  static void fields(Visitor& visit, Options& o) {
    visit("scaling", o.scaling, "of the known numbers (data/preparing/scaler.hpp)");
    visit("on_missing", o.on_missing,
          "a missing or infinite number: a stand-in, the row left out, or an error");
    visit("impute", o.impute, "what stands in");
    visit("constant", o.constant, any_number(), "for impute constant, and for columns without a number");
    visit("drop_constant", o.drop_constant, "leaves out a column whose training values are all equal");
    visit("low", o.low, any_number(), "scaled values are clipped to [low, high]");
    visit("high", o.high, any_number(), "above low");
  }
};

struct CategoricalRule {
  OnMissing on_missing = OnMissing::impute;
  std::size_t min_count = 1;  ///< rarer categories become 'unknown'
  /// More of them are refused: the column is no category, but an identifier.
  std::size_t max_categories = 1'000;

  template <class Visitor, class Options>
  static void fields(Visitor& visit, Options& o) {
    visit("on_missing", o.on_missing, "an empty text: 'unknown', the row left out, or an error");
    visit("min_count", o.min_count, count_from(0), "rarer categories become 'unknown'");
    visit("max_categories", o.max_categories, count_from(0), "more are refused: the column is an identifier");
  }
};

/// Fits to the numbers of the training rows, at least one; missing and infinite ones count as their stand-in.
[[nodiscard]] Result<NumericPlan> fit_numeric(std::string name, const NumericRule& rule,
                                              std::vector<double> numbers);

/// Fits to the texts of the training rows and how often they occur, in the order of the texts.
[[nodiscard]] Result<CategoricalPlan> fit_categorical(
    std::string name, const CategoricalRule& rule,
    const std::vector<std::pair<std::string, std::size_t>>& counts);

#if WEIR_BODIES

namespace detail {

[[nodiscard]] inline Failure wrong_rule(const std::string& column, const std::string& what) {
  return {ErrorKind::config, "preprocess: the rule for column '" + column + "': " + what};
}

}  // namespace detail

WEIR_BODY Result<NumericPlan> fit_numeric(std::string name, const NumericRule& rule,
                                          std::vector<double> numbers) {
  std::string wrong = fields_complaint(rule);
  if (wrong.empty() && !(rule.low < rule.high)) wrong = "'low' must lie below 'high'";
  if (!wrong.empty()) return detail::wrong_rule(name, wrong);
  std::vector<double> known;
  std::copy_if(numbers.begin(), numbers.end(), std::back_inserter(known),
               [](double x) { return is_finite(x); });
  NumericPlan plan{.name = std::move(name),
                   .on_missing = rule.on_missing,
                   .stand_in = fit_impute(rule.impute, rule.constant, known),
                   .low = rule.low,
                   .high = rule.high};
  std::replace_if(
      numbers.begin(), numbers.end(), [](double x) { return !is_finite(x); }, plan.stand_in);
  const auto [smallest, largest] = std::minmax_element(numbers.begin(), numbers.end());
  plan.used = *smallest < *largest || !rule.drop_constant;
  if (plan.used) plan.scaler = fit_scaler(rule.scaling, std::move(numbers));
  return plan;
}

WEIR_BODY Result<CategoricalPlan> fit_categorical(
    std::string name, const CategoricalRule& rule,
    const std::vector<std::pair<std::string, std::size_t>>& counts) {
  if (const std::string wrong = fields_complaint(rule); !wrong.empty())
    return detail::wrong_rule(name, wrong);
  CategoricalPlan plan{.name = std::move(name), .on_missing = rule.on_missing};
  for (const auto& [text, count] : counts) {
    if (!text.empty() && count >= rule.min_count) plan.categories.push_back(text);
  }
  if (plan.categories.size() > rule.max_categories) {
    return Failure{ErrorKind::config, "preprocess: column '" + plan.name + "' has " +
                                          std::to_string(plan.categories.size()) + " categories, more than " +
                                          std::to_string(rule.max_categories) +
                                          ": exclude it, or raise min_count or max_categories"};
  }
  return plan;
}

#endif

}  // namespace weir::inline WEIR_ABI
