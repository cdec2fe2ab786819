// From what a label column says to the classes of a model.
//
//   LabelRule{"attack_type", {"benign", "attack"}, {{"normal", "benign"}}, "attack"}  // two classes of many
//   LabelRule{"label", {"scan", "web"}}                                               // a class each
//   LabelRule{"label", {"benign", "attack"}, {}, "attack", {{"Normal*", "benign"}}}   // by pattern
//
// Fitting, and the labels of whole tables: data/labels/labels.hpp.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/glob.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

class Table;
class TrainingRows;

/// Pattern of labels (core/glob.hpp) to class; the first that fits counts.
using LabelPatterns = std::vector<std::pair<std::string, std::string>>;

/// The first that fits a label; null when none does.
[[nodiscard]] inline const LabelPatterns::value_type* first_fitting(const LabelPatterns& patterns,
                                                                    std::string_view label) noexcept {
  for (const auto& line : patterns) {
    if (matches_glob(line.first, label)) return &line;
  }
  return nullptr;
}

struct LabelRule {
  std::string column{};
  std::vector<std::string> classes{};                      ///< of class 0, 1, ...; class 0 raises no alarm
  std::vector<std::pair<std::string, std::string>> map{};  ///< label to class, where they differ
  std::string otherwise{};                                 ///< class of every other label; empty: an error
  /// Of labels that are neither a class nor in `map`. One that leads to no class says that such a label has none.
  LabelPatterns patterns{};

  /// The list of its members, for files (io/json_fields.hpp).
  template <class Visitor, class Rule>
  static void fields(Visitor& visit, Rule& rule) {
    visit("column", rule.column);
    visit("classes", rule.classes);
    visit("map", rule.map);
    visit("otherwise", rule.otherwise);
    visit.only_if(!rule.patterns.empty(), "patterns", rule.patterns);
  }

  /// Each label of the training rows is a class, in the order of their names. Throws DataError when one is
  /// missing.
  [[nodiscard]] static LabelRule fit(const TrainingRows& rows, std::string_view label_column);

  /// The class of a label; nothing when it has none.
  [[nodiscard]] std::optional<std::int32_t> class_of(std::string_view label) const {
    std::string_view name = label;
    bool mapped = false;
    for (const auto& [from, to] : map) {
      if (from != label) continue;
      name = to;
      mapped = true;
    }
    std::optional<std::int32_t> found = position(name);
    if (!found && !mapped) {
      if (const auto* const line = first_fitting(patterns, label)) return position(line->second);
    }
    if (!found && !mapped && !otherwise.empty()) found = position(otherwise);
    return found;
  }

  /// The class of each row. Throws DataError at a label without class.
  [[nodiscard]] std::vector<std::int32_t> encode(const Table& table) const;

  friend bool operator==(const LabelRule&, const LabelRule&) = default;

 private:
  [[nodiscard]] std::optional<std::int32_t> position(std::string_view name) const {
    const auto at = std::find(classes.begin(), classes.end(), name);
    if (at == classes.end()) return std::nullopt;
    return static_cast<std::int32_t>(at - classes.begin());
  }
};

}  // namespace weir::inline WEIR_ABI
