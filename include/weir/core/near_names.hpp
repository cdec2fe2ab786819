// "There is no column 'lable'; did you mean 'label'?"
#pragma once

#include <weir/core/abi.hpp>

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

namespace detail {

[[nodiscard]] inline char folded(char c) noexcept {
  if (c >= 'A' && c <= 'Z') return static_cast<char>(c - 'A' + 'a');
  return c == '-' || c == ' ' ? '_' : c;
}

/// Letters to insert, leave out, replace or exchange with the next one (the optimal string alignment
/// distance), with letters of either case and all blanks alike.
[[nodiscard]] inline std::size_t spelling_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before, above(b.size() + 1), row(b.size() + 1);
  std::iota(above.begin(), above.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const auto same = [&](std::size_t x, std::size_t y) { return folded(a[x - 1]) == folded(b[y - 1]); };
      row[j] = std::min({above[j - 1] + (same(i, j) ? 0 : 1), above[j] + 1, row[j - 1] + 1});
      const bool exchanged = i > 1 && j > 1 && same(i, j - 1) && same(i - 1, j);
      if (exchanged) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before = above;
    above = row;
  }
  return above.back();
}

}  // namespace detail

/// "'a', 'b', 'c' and 4 more"
[[nodiscard]] inline std::string name_list(const std::vector<std::string>& names, std::size_t most = 8) {
  constexpr std::size_t longest = 40;
  std::string text;
  for (std::size_t i = 0; i < names.size() && i < most; ++i) {
    text += (i == 0 ? "'" : ", '") + names[i].substr(0, longest) + (names[i].size() > longest ? "...'" : "'");
  }
  if (names.size() > most) text += " and " + std::to_string(names.size() - most) + " more";
  return text;
}

/// "; did you mean 'label'?", or empty when nothing is spelt like it.
[[nodiscard]] inline std::string did_you_mean(std::string_view wrong, const std::vector<std::string>& known) {
  constexpr std::size_t most_letters = 100;  // a column's name may be of any length
  const std::string_view part = wrong.substr(0, most_letters);
  std::vector<std::pair<std::size_t, std::string>> near;
  for (const std::string& name : known) {
    const std::size_t changes =
        detail::spelling_distance(part, std::string_view(name).substr(0, most_letters));
    if (changes <= std::max<std::size_t>(2, part.size() / 3)) near.emplace_back(changes, name);
  }
  if (near.empty()) return {};
  std::stable_sort(near.begin(), near.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<std::string> names;
  for (const auto& [changes, name] : near) names.push_back(name);
  return "; did you mean " + name_list(names, 3) + "?";
}

/// A sentence that names those of `known` which are spelt like `wrong`, or at most `most` of them when none
/// is, the last one among them: of a table's columns that is often the label. It begins with "; ", or is empty when
/// nothing is known.
[[nodiscard]] inline std::string near_names(std::string_view wrong, const std::vector<std::string>& known,
                                            std::size_t most = 8) {
  if (known.empty()) return {};
  const std::string near = did_you_mean(wrong, known);
  if (!near.empty()) return near;
  if (known.size() <= most || most < 2) return "; there are " + name_list(known, most);
  const std::vector<std::string> first(known.begin(), known.begin() + static_cast<std::ptrdiff_t>(most - 1));
  return "; there are " + name_list(first, most) + ", " + std::to_string(known.size() - most) + " more and " +
         name_list({known.back()});
}

}  // namespace weir::inline WEIR_ABI
