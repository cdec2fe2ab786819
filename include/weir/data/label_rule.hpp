// From what a label column says to the classes of a model.
//
//   LabelRule{"attack_type", {"benign", "attack"}, {{"normal", "benign"}}, "attack"}  // two classes of many
//   LabelRule{"label", {"scan", "web"}}                                               // a class each
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/data/split.hpp>
#include <weir/data/strata.hpp>
#include <weir/data/table.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

struct LabelRule {
  std::string column{};
  std::vector<std::string> classes{};                      ///< of class 0, 1, ...; class 0 raises no alarm
  std::vector<std::pair<std::string, std::string>> map{};  ///< label to class, where they differ
  std::string otherwise{};                                 ///< class of every other label; empty: an error

  /// Each label of the training rows is a class, in the order of their names. Throws DataError when one is
  /// missing.
  [[nodiscard]] static LabelRule fit(const TrainingRows& rows, std::string_view label_column) {
    LabelRule rule{.column = std::string(label_column)};
    for (auto& [name, count] : text_counts(rows.table(), label_column)) {
      if (name.empty()) fail(ErrorKind::data, "a label of column '" + rule.column + "' is missing");
      rule.classes.push_back(std::move(name));
    }
    return rule;
  }

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
    if (!found && !mapped && !otherwise.empty()) found = position(otherwise);
    return found;
  }

  /// The class of each row. Throws DataError at a label without class.
  [[nodiscard]] std::vector<std::int32_t> encode(const Table& table) const {
    const std::size_t index = table.index_of(column);
    const Dictionary& dictionary = table.dictionary(index);
    std::vector<std::int32_t> result;
    result.reserve(table.rows());
    for (const std::uint32_t code : table.codes(index)) {
      const std::string_view label =
          code == missing_code ? std::string_view() : std::string_view(dictionary[code]);
      const std::optional<std::int32_t> found = class_of(label);
      if (!found) {
        fail(ErrorKind::data, "row " + std::to_string(result.size() + 1) + ": label '" + std::string(label) +
                                  "' is none of the model's classes");
      }
      result.push_back(*found);
    }
    return result;
  }

  friend bool operator==(const LabelRule&, const LabelRule&) = default;

 private:
  [[nodiscard]] std::optional<std::int32_t> position(std::string_view name) const {
    const auto at = std::find(classes.begin(), classes.end(), name);
    if (at == classes.end()) return std::nullopt;
    return static_cast<std::int32_t>(at - classes.begin());
  }
};

}  // namespace weir::inline WEIR_ABI
