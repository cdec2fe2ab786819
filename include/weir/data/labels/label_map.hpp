// A file that says which labels are one class: "pattern,class" a line, # begins a comment, the first pattern
// that fits a label counts.
//
//   # CTU-13
//   flow=*Botnet*, botnet
//   flow=*Normal*, normal
//   *,             background
//
// * and ? in a pattern as in core/glob.hpp; blanks around both count for nothing, and the class is what stands
// behind the last comma, or without one behind the last tab, so that a pattern may hold commas.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/data/labels/label_rule.hpp>
#include <weir/data/labels/label_spelling.hpp>
#include <weir/data/sources/byte_source.hpp>
#include <weir/data/sources/line_source.hpp>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

/// DataError that names file and line.
[[nodiscard]] Result<LabelPatterns> try_read_label_map(std::unique_ptr<ByteSource> source);
[[nodiscard]] inline LabelPatterns read_label_map(const std::string& path) {
  return try_read_label_map(open_file(path).value()).value();
}

/// The different names that labels have behind a map: their class there, or their own.
[[nodiscard]] inline std::vector<std::string> mapped_labels(const LabelPatterns& map,
                                                            const std::vector<std::string>& labels) {
  std::set<std::string> names;
  for (const std::string& label : labels) {
    const auto* const line = first_fitting(map, without_extra_blanks(label));
    names.insert(line == nullptr ? label : line->second);
  }
  return {names.begin(), names.end()};
}

/// A rule for names behind a map as a rule for labels before it; `labels` are those that occur.
[[nodiscard]] inline LabelRule behind_map(const LabelPatterns& map, LabelRule rule,
                                          const std::vector<std::string>& labels) {
  if (map.empty()) return rule;
  const auto class_name = [](const LabelRule& of, std::string_view name) {
    const auto found = of.class_of(name);
    return found ? of.classes[static_cast<std::size_t>(*found)] : std::string(name);
  };
  LabelRule result = rule;
  result.patterns.clear();
  for (const auto& [pattern, name] : map) result.patterns.emplace_back(pattern, class_name(rule, name));
  for (const auto& line : rule.patterns) {
    const auto same = [&line](const auto& earlier) { return earlier.first == line.first; };
    if (std::none_of(map.begin(), map.end(), same)) result.patterns.push_back(line);
  }
  for (const std::string& label : labels) {  // called like a class, or with blanks around
    const auto* const line = first_fitting(map, without_extra_blanks(label));
    if (line == nullptr || class_name(result, label) == class_name(rule, line->second)) continue;
    std::erase_if(result.map, [&label](const auto& pair) { return pair.first == label; });
    result.map.emplace_back(label, class_name(rule, line->second));
  }
  return result;
}

#if WEIR_BODIES

namespace detail {

/// Nothing for a line that says nothing; an empty pattern where it is no pair.
[[nodiscard]] inline std::optional<LabelPatterns::value_type> label_map_line(std::string_view line) {
  const std::string text = without_extra_blanks(line);
  if (text.empty() || text.front() == '#') return std::nullopt;
  const std::size_t comma = line.rfind(',');
  const std::size_t cut = comma == std::string_view::npos ? line.rfind('\t') : comma;
  if (cut == std::string_view::npos) return LabelPatterns::value_type{};
  std::string pattern = without_extra_blanks(line.substr(0, cut));
  std::string name = without_extra_blanks(line.substr(cut + 1));
  if (name.empty()) pattern.clear();
  return LabelPatterns::value_type{std::move(pattern), std::move(name)};
}

}  // namespace detail

WEIR_BODY Result<LabelPatterns> try_read_label_map(std::unique_ptr<ByteSource> source) {
  constexpr std::size_t longest = std::size_t{1} << 16, most = 10'000;
  const std::string name = source->name();
  LineSource lines(std::move(source), longest);
  LabelPatterns map;
  const auto refused = [&](const std::string& why) {
    return Failure{ErrorKind::data, name + ":" + std::to_string(lines.lines()) + ": " + why};
  };
  for (auto step = lines.next(); step != LineSource::Step::end; step = lines.next()) {
    if (step == LineSource::Step::failed) return lines.failure();
    if (step == LineSource::Step::too_long) return refused("the line is too long for a map of labels");
    auto pair = detail::label_map_line(lines.line());
    if (!pair) continue;
    if (pair->first.empty()) {
      return refused("a line is 'pattern,class', such as 'Web Attack*,web'; # begins a comment");
    }
    if (map.size() == most) return refused("a map of labels has at most 10000 patterns");
    const auto same = [&pair](const auto& earlier) { return earlier.first == pair->first; };
    if (std::any_of(map.begin(), map.end(), same)) return refused("'" + pair->first + "' is there already");
    map.push_back(std::move(*pair));
  }
  if (map.empty()) return Failure{ErrorKind::data, name + ": there is no 'pattern,class' in it"};
  return map;
}

#endif

}  // namespace weir::inline WEIR_ABI
