// From the labels that occur in a column to the classes of a model: the rules that data sets call for.
//
//   class_each("label", {"scan", "BENIGN", "web"})                       // BENIGN, scan, web: a class each
//   two_classes("label", {"benign", "attack"}, {"BENIGN", "normal"}, 0)  // these are benign, all others
//   attack
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/glob.hpp>
#include <weir/data/labels/label_rule.hpp>
#include <weir/data/labels/label_sound.hpp>
#include <weir/data/labels/label_spelling.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

/// The labels among `found` that differ from `value` by blanks only; `value` itself is one of them.
[[nodiscard]] inline std::vector<std::string> labels_spelt(std::string_view value,
                                                           const std::vector<std::string>& found) {
  const std::string key = without_extra_blanks(value);
  std::vector<std::string> same;
  for (const std::string& label : found) {
    if (without_extra_blanks(label) == key) same.push_back(label);
  }
  return same;
}

/// Whether a value stands for all labels that fit it (core/glob.hpp): no label is called so itself.
[[nodiscard]] inline bool is_label_pattern(std::string_view value, const std::vector<std::string>& found) {
  return is_glob(value) && labels_spelt(value, found).empty();
}

/// The labels among `found` that fit a pattern.
[[nodiscard]] inline std::vector<std::string> labels_fitting(std::string_view pattern,
                                                             const std::vector<std::string>& found) {
  const std::string key = without_extra_blanks(pattern);
  std::vector<std::string> fitting;
  for (const std::string& label : found) {
    if (matches_glob(key, without_extra_blanks(label))) fitting.push_back(label);
  }
  return fitting;
}

/// Two classes: the labels in `values` are class `here`, all others the other one.
[[nodiscard]] inline LabelRule two_classes(std::string column, std::array<std::string, 2> classes,
                                           const std::vector<std::string>& values, std::size_t here) {
  LabelRule rule{std::move(column), {classes[0], classes[1]}, {}, {}};
  const std::string& inside = rule.classes[here];
  const std::string& outside = rule.classes[1 - here];
  rule.otherwise = outside;
  for (const std::string& value : values) {
    if (value != inside) rule.map.emplace_back(value, inside);
  }
  // A label that happens to be called like the class it is not in.
  if (std::find(values.begin(), values.end(), inside) == values.end()) rule.map.emplace_back(inside, outside);
  return rule;
}

/// Each label is a class, those that differ by blanks only being one. Ordinary traffic comes first, because
/// class 0 raises no alarm: a label that sounds like it, else one that does not sound like an attack.
[[nodiscard]] inline LabelRule class_each(std::string column, std::vector<std::string> labels) {
  std::vector<std::pair<std::string, std::string>> map;
  for (const auto& group : same_labels(labels, without_extra_blanks)) {
    for (std::size_t i = 1; i < group.size(); ++i) {
      map.emplace_back(group[i], group[0]);
      std::erase(labels, group[i]);
    }
  }
  std::stable_partition(labels.begin(), labels.end(), sounds_benign);
  const auto quiet = std::find_if_not(labels.begin(), labels.end(), sounds_like_attack);
  if (quiet != labels.end()) std::rotate(labels.begin(), quiet, quiet + 1);
  return {std::move(column), std::move(labels), std::move(map), {}};
}

/// Classes that are all whole numbers, in the order of the numbers: 2 before 10.
inline void sort_numbers(LabelRule& rule) {
  const auto number = [](const std::string& name) {
    return !name.empty() && name.find_first_not_of("0123456789") == std::string::npos;
  };
  if (!std::all_of(rule.classes.begin(), rule.classes.end(), number)) return;
  std::sort(rule.classes.begin(), rule.classes.end(), [](const std::string& a, const std::string& b) {
    return std::pair(a.size(), a) < std::pair(b.size(), b);
  });
}

/// Labels that may have been meant to be one.
struct LabelTwins {
  enum class Differ : unsigned char {
    blanks,   ///< by blanks only: a rule makes one class of them
    letters,  ///< by small and capital letters only, and the rule makes several classes of them
    form      ///< by the way of writing a number, 0 and 0.0, and the rule makes several classes of them
  };
  std::vector<std::string> labels{};
  Differ differ = Differ::blanks;
};

/// What is odd about the spelling of the labels that occur.
[[nodiscard]] inline std::vector<LabelTwins> label_twins(const LabelRule& rule,
                                                         const std::vector<std::string>& found) {
  using Differ = LabelTwins::Differ;
  std::vector<LabelTwins> twins;
  for (auto& group : same_labels(found, without_extra_blanks)) twins.push_back({group, Differ::blanks});
  std::vector<std::string> apart;
  for (const std::string& label : found) {
    if (without_extra_blanks(label) == label) apart.push_back(label);
  }
  const auto several_classes = [&rule](const std::vector<std::string>& group) {
    return std::any_of(group.begin(), group.end(), [&](const std::string& label) {
      return rule.class_of(label) != rule.class_of(group[0]);
    });
  };
  for (auto& group : same_labels(apart, without_case)) {
    if (several_classes(group)) twins.push_back({group, Differ::letters});
  }
  for (auto& group : same_labels(apart, without_form)) {
    const bool by_letters = std::all_of(group.begin(), group.end(), [&](const std::string& label) {
      return without_case(label) == without_case(group[0]);
    });
    if (several_classes(group) && !by_letters) twins.push_back({group, Differ::form});
  }
  return twins;
}

/// How many of these rows are of each class.
[[nodiscard]] inline std::vector<std::size_t> class_counts(const LabelRule& rule,
                                                           std::span<const std::int32_t> labels) {
  std::vector<std::size_t> counts(rule.classes.size());
  for (const std::int32_t label : labels) ++counts[static_cast<std::size_t>(label)];
  return counts;
}

}  // namespace weir::inline WEIR_ABI
