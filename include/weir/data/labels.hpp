// Class names to class numbers, and numeric targets.
//
//   LabelMap labels = LabelMap::fit(parts.training, "label");
//   std::vector<std::uint32_t> y = labels.encode(parts.training.table(), "label");
//   labels.names[y[0]];                                        // back again
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/data/finite.hpp>
#include <weir/data/split.hpp>
#include <weir/data/strata.hpp>
#include <weir/data/table.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

struct LabelMap {
  std::vector<std::string> names;  ///< of class 0, 1, ...

  /// The classes of the training rows, in the order of their names. Throws DataError when a label is missing.
  [[nodiscard]] static LabelMap fit(const TrainingRows& rows, std::string_view column) {
    LabelMap map;
    for (auto& [name, count] : text_counts(rows.table(), column)) {
      if (name.empty()) fail(ErrorKind::data, "a label of column '" + std::string(column) + "' is missing");
      map.names.push_back(std::move(name));
    }
    return map;
  }

  [[nodiscard]] std::optional<std::uint32_t> find(std::string_view name) const noexcept {
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (names[i] == name) return static_cast<std::uint32_t>(i);
    }
    return std::nullopt;
  }

  /// The class number of each row. Throws DataError at a label that is none of `names`.
  [[nodiscard]] std::vector<std::uint32_t> encode(const Table& table, std::string_view column) const {
    const std::size_t index = table.index_of(column);
    const Dictionary& dictionary = table.dictionary(index);
    std::vector<std::optional<std::uint32_t>> classes(dictionary.size());
    for (std::uint32_t code = 0; code < classes.size(); ++code) classes[code] = find(dictionary[code]);
    std::vector<std::uint32_t> result;
    result.reserve(table.rows());
    for (const std::uint32_t code : table.codes(index)) {
      if (code == missing_code || !classes[code]) {
        fail(ErrorKind::data, "row " + std::to_string(result.size()) + ": label '" +
                                  std::string(dictionary[code]) + "' is none of the classes");
      }
      result.push_back(*classes[code]);
    }
    return result;
  }

  friend bool operator==(const LabelMap&, const LabelMap&) = default;
};

/// A numeric column as what a regression is to predict. Throws DataError where it is missing or infinite.
[[nodiscard]] inline std::vector<float> numeric_target(const Table& table, std::string_view column) {
  std::vector<float> result;
  result.reserve(table.rows());
  for (const double value : table.numbers(column)) {
    const auto number = static_cast<float>(value);
    if (!is_finite(static_cast<double>(number))) {
      fail(ErrorKind::data, "row " + std::to_string(result.size()) + ": the target '" + std::string(column) +
                                "' is missing or not finite");
    }
    result.push_back(number);
  }
  return result;
}

}  // namespace weir::inline WEIR_ABI
