// What a preprocessor does to one column: the rule that the user gives, and the plan that fitting makes of
// it.
//
// Plans are plain numbers and texts, so that they can be written to a file and compared.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/data/finite.hpp>
#include <weir/data/impute.hpp>
#include <weir/data/scale.hpp>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <limits>
#include <string>
#include <string_view>
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
};

struct CategoricalRule {
  OnMissing on_missing = OnMissing::impute;
  std::size_t min_count = 1;  ///< rarer categories become 'unknown'
  std::size_t max_categories =
      1'000;  ///< more of them are refused: the column is no category, but an identifier
};

/// One number in, one finite feature out (or none, when the column is not used).
struct NumericPlan {
  std::string name = {};
  bool used = true;
  OnMissing on_missing = OnMissing::impute;
  double stand_in = 0;
  Scaler scaler = {};
  float low = std::numeric_limits<float>::lowest();
  float high = std::numeric_limits<float>::max();

  [[nodiscard]] std::size_t features() const noexcept { return used ? 1 : 0; }
  [[nodiscard]] bool accepts(double value) const noexcept {
    return on_missing == OnMissing::impute || is_finite(value);
  }
  [[nodiscard]] float operator()(double value) const noexcept {
    const double scaled = scaler(is_finite(value) ? value : stand_in);
    return static_cast<float>(std::clamp(scaled, static_cast<double>(low), static_cast<double>(high)));
  }
  friend bool operator==(const NumericPlan&, const NumericPlan&) = default;
};

/// One text in; out comes one feature for each category and, as the last, one for 'unknown': a 1, else zeros.
struct CategoricalPlan {
  std::string name = {};
  OnMissing on_missing = OnMissing::impute;
  std::vector<std::string> categories = {};  ///< ascending

  [[nodiscard]] std::size_t features() const noexcept { return categories.size() + 1; }
  [[nodiscard]] bool accepts(std::string_view text) const noexcept {
    return on_missing == OnMissing::impute || !text.empty();
  }
  /// Which of the features is 1.
  [[nodiscard]] std::size_t operator()(std::string_view text) const noexcept {
    const auto place = std::lower_bound(categories.begin(), categories.end(), text);
    const bool known = place != categories.end() && *place == text;
    return known ? static_cast<std::size_t>(place - categories.begin()) : categories.size();
  }
  friend bool operator==(const CategoricalPlan&, const CategoricalPlan&) = default;
};

/// Fits to the numbers of the training rows, at least one; missing and infinite ones count as their stand-in.
[[nodiscard]] inline Result<NumericPlan> fit_numeric(std::string name, const NumericRule& rule,
                                                     std::vector<double> numbers) {
  if (!(rule.low < rule.high) || !is_finite(rule.low) || !is_finite(rule.high) || !is_finite(rule.constant)) {
    return Failure{ErrorKind::config, "preprocess: the rule for column '" + name +
                                          "' has bounds or a constant that are "
                                          "not finite, or bounds in the wrong order"};
  }
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

/// Fits to the texts of the training rows and how often they occur, in the order of the texts.
[[nodiscard]] inline Result<CategoricalPlan> fit_categorical(
    std::string name, const CategoricalRule& rule,
    const std::vector<std::pair<std::string, std::size_t>>& counts) {
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

}  // namespace weir::inline WEIR_ABI
