// Labels that a rule has not been made from: those of another table, which may spell them in another way.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/data/labels/label_rule.hpp>
#include <weir/data/labels/label_spelling.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::inline WEIR_ABI {

/// The labels that a rule names.
[[nodiscard]] inline std::vector<std::string> known_labels(const LabelRule& rule) {
  std::vector<std::string> known = rule.classes;
  for (const auto& [label, name] : rule.map) known.push_back(label);
  return known;
}

/// The class of a label, which may differ by blanks from one that the rule names; nothing when it has none.
[[nodiscard]] inline std::optional<std::int32_t> class_of_spelling(const LabelRule& rule,
                                                                   std::string_view label) {
  const std::vector<std::string> known = known_labels(rule);
  if (std::find(known.begin(), known.end(), label) != known.end()) return rule.class_of(label);
  const std::string key = without_extra_blanks(label);
  const auto same = [&key](const std::string& name) { return without_extra_blanks(name) == key; };
  const auto place = std::find_if(known.begin(), known.end(), same);
  return rule.class_of(place == known.end() ? std::string_view(key) : std::string_view(*place));
}

/// Whether a label counts among "all others" although a map of labels, of which the rule has its patterns,
/// says which labels these are, and does not name it.
[[nodiscard]] inline bool unnamed_among_others(const LabelRule& rule, std::string_view label) {
  const auto of_others = [&rule](const auto& line) { return line.second == rule.otherwise; };
  if (rule.otherwise.empty() || std::none_of(rule.patterns.begin(), rule.patterns.end(), of_others))
    return false;
  const std::string key = without_extra_blanks(label);
  const std::vector<std::string> known = known_labels(rule);
  const auto same = [&key](const std::string& name) { return without_extra_blanks(name) == key; };
  return std::none_of(known.begin(), known.end(), same) && first_fitting(rule.patterns, key) == nullptr;
}

/// For a label that is counted among "all others": one that the rule has in another class and that differs
/// from it by blanks, the case of letters, or the form of a number only.
[[nodiscard]] inline std::optional<std::string> mistaken_for_others(const LabelRule& rule,
                                                                    std::string_view label) {
  if (rule.otherwise.empty()) return std::nullopt;
  const std::optional<std::int32_t> others = rule.class_of(rule.otherwise);
  if (class_of_spelling(rule, label) != others) return std::nullopt;
  const std::string key = without_form(label);
  for (const std::string& name : known_labels(rule)) {
    if (without_form(name) == key && rule.class_of(name) != others) return name;
  }
  return std::nullopt;
}

}  // namespace weir::inline WEIR_ABI
