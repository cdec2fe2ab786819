// Labels that are spelt in more than one way.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/data/text/blanks.hpp>
#include <weir/data/text/finite.hpp>
#include <weir/data/text/number.hpp>

#include <array>
#include <charconv>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace weir::inline WEIR_ABI {

/// Without blanks at the ends, with one space for several, and without those that have no width; line ends are
/// blanks, too.
[[nodiscard]] inline std::string without_extra_blanks(std::string_view label) {
  std::string result;
  bool parted = false;
  while (!label.empty()) {
    const bool line_end = label.front() == '\r' || label.front() == '\n';
    const std::size_t blank = line_end ? 1 : blank_before(label);
    if (blank > 0) {
      parted = parted || has_width(label.substr(0, blank));
      label.remove_prefix(blank);
      continue;
    }
    if (parted && !result.empty()) result += ' ';
    parted = false;
    result += label.front();
    label.remove_prefix(1);
  }
  return result;
}

/// The same in small letters, as far as ASCII goes.
[[nodiscard]] inline std::string without_case(std::string_view label) {
  std::string result = without_extra_blanks(label);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

/// The same, and numbers in one form: 0, +0 and 0.0 are one.
[[nodiscard]] inline std::string without_form(std::string_view label) {
  std::string result = without_case(label);
  double value = 0;
  if (!parse_number(result, value) || !is_finite(value)) return result;
  std::array<char, 32> digits{};
  const auto end =
      std::to_chars(digits.data(), digits.data() + digits.size(), value == 0.0 ? 0.0 : value).ptr;
  return {digits.data(), end};
}

/// The labels that are the same under `key`, in groups of two and more.
template <class Key>
[[nodiscard]] std::vector<std::vector<std::string>> same_labels(const std::vector<std::string>& labels,
                                                                Key&& key) {
  std::map<std::string, std::vector<std::string>> groups;
  for (const std::string& label : labels) groups[key(label)].push_back(label);
  std::vector<std::vector<std::string>> result;
  for (auto& [name, group] : groups) {
    if (group.size() > 1) result.push_back(group);
  }
  return result;
}

}  // namespace weir::inline WEIR_ABI
