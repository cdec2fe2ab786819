#include "near_names.hpp"

#include <algorithm>
#include <cctype>
#include <numeric>
#include <utility>

namespace cli {

namespace {

[[nodiscard]] char folded(char c) {
  return c == '-' || c == ' ' ? '_' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
}

/// Levenshtein's distance, with letters of either case and all blanks alike.
[[nodiscard]] std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (folded(a[i]) == folded(b[j]) ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, diagonal + 1, row[j] + 1});
    }
  }
  return row.back();
}

}  // namespace

std::string name_list(const std::vector<std::string>& names, std::size_t most) {
  constexpr std::size_t longest = 40;
  std::string text;
  for (std::size_t i = 0; i < names.size() && i < most; ++i) {
    text += (i == 0 ? "'" : ", '") + names[i].substr(0, longest) + (names[i].size() > longest ? "...'" : "'");
  }
  if (names.size() > most) text += " and " + std::to_string(names.size() - most) + " more";
  return text;
}

std::string near_names(std::string_view wrong, const std::vector<std::string>& known) {
  if (known.empty()) return {};
  const std::string_view part = wrong.substr(0, 100);  // a column's name may be of any length
  std::vector<std::pair<std::size_t, std::string>> near;
  for (const std::string& name : known) {
    const std::size_t changes = distance(part, std::string_view(name).substr(0, 100));
    if (changes <= std::max<std::size_t>(2, part.size() / 3)) near.emplace_back(changes, name);
  }
  if (near.empty()) return "; there are " + name_list(known);
  std::stable_sort(near.begin(), near.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<std::string> names;
  for (const auto& [changes, name] : near) names.push_back(name);
  return "; did you mean " + name_list(names, 3) + "?";
}

}  // namespace cli
