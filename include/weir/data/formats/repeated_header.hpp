// The header line once more among the rows, as in files that were put together.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/data/text/blanks.hpp>
#include <weir/data/text/number.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

/// Compares rows with the names of the columns: without blanks around them (the byte-order mark of the second
/// file is one), small and capital letters being the same; where there is one column, letter by letter.
class RepeatedHeader {
 public:
  RepeatedHeader() = default;
  explicit RepeatedHeader(std::vector<std::string> names) : names_(std::move(names)) {}

  [[nodiscard]] bool operator()(std::span<const std::string_view> fields) const noexcept {
    if (fields.size() != names_.size() || fields.empty()) return false;
    for (std::size_t i = 0; i < fields.size(); ++i) {
      if (!same(fields[i], names_[i])) return false;
    }
    // Names that are all empty or numbers would make a header of data.
    return std::any_of(names_.begin(), names_.end(), [](const std::string& name) {
      double ignored = 0;
      return !name.empty() && !parse_number(name, ignored);
    });
  }

 private:
  [[nodiscard]] bool same(std::string_view field, std::string_view name) const noexcept {
    field = trim_blanks(field);
    if (field.size() != name.size()) return false;
    if (names_.size() == 1) return field == name;
    const auto small = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    return std::equal(field.begin(), field.end(), name.begin(),
                      [small](char a, char b) { return small(a) == small(b); });
  }

  std::vector<std::string> names_;  // without blanks around them
};

}  // namespace weir::inline WEIR_ABI
