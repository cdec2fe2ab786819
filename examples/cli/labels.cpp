#include "labels.hpp"

#include "near_names.hpp"

#include <weir/core/error.hpp>
#include <weir/data/finite.hpp>
#include <weir/data/nsl_kdd.hpp>
#include <weir/data/strata.hpp>

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

namespace cli {

namespace {

constexpr std::size_t most_classes = 1'000;

[[noreturn]] void wrong(const std::string& what) { weir::fail(weir::ErrorKind::config, what); }

[[nodiscard]] std::vector<std::string> texts_of(const weir::Table& table, std::string_view column) {
  std::vector<std::string> texts;
  for (const auto& [text, count] : weir::text_counts(table, column)) texts.push_back(text);
  return texts;
}

void require_values(const std::vector<std::string>& wanted, const std::vector<std::string>& found,
                    const char* option, const std::string& column) {
  for (const std::string& value : wanted) {
    if (std::find(found.begin(), found.end(), value) != found.end()) continue;
    wrong(std::string(option) + ": column '" + column + "' has no value '" + value + "'" +
          near_names(value, found));
  }
}

/// Two classes: `values` are `here`, everything else is `elsewhere`.
[[nodiscard]] weir::LabelRule two_classes(const std::string& column, std::vector<std::string> classes,
                                          const std::vector<std::string>& values, std::size_t here) {
  weir::LabelRule rule{column, std::move(classes), {}, {}};
  const std::string& inside = rule.classes[here];
  const std::string& outside = rule.classes[1 - here];
  rule.otherwise = outside;
  for (const std::string& value : values) {
    if (value != inside) rule.map.emplace_back(value, inside);
  }
  // A label that happens to be called like the class it is not in.
  const auto listed = [&](const std::string& name) {
    return std::find(values.begin(), values.end(), name) != values.end();
  };
  if (!listed(inside)) rule.map.emplace_back(inside, outside);
  return rule;
}

[[nodiscard]] weir::LabelRule five_classes(const std::string& column) {
  weir::LabelRule rule{column, {}, {}, {}};
  for (const std::string_view name : weir::nsl_kdd::classes) rule.classes.emplace_back(name);
  for (const auto& type : weir::nsl_kdd::attack_types) {
    if (type.name != type.attack_class) rule.map.emplace_back(type.name, type.attack_class);
  }
  return rule;
}

/// Each label is a class; ordinary traffic, if a label sounds like it, comes first.
[[nodiscard]] weir::LabelRule all_classes(const std::string& column, std::vector<std::string> labels) {
  if (labels.size() > most_classes) {
    wrong("column '" + column + "' has " + std::to_string(labels.size()) +
          " different values, which is no label; --task regress learns numbers");
  }
  std::stable_partition(labels.begin(), labels.end(), sounds_benign);
  return {column, std::move(labels), {}, {}};
}

}  // namespace

weir::Table labelled_rows(weir::Table table, std::string_view column, std::size_t& missing) {
  const std::size_t index = table.index_of(column);
  std::vector<std::size_t> rows;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const bool there = table.numeric(index) ? weir::is_finite(table.numbers(index)[row])
                                            : table.codes(index)[row] != weir::missing_code;
    if (there) rows.push_back(row);
  }
  missing = table.rows() - rows.size();
  return missing == 0 ? std::move(table) : table.take(rows);
}

bool sounds_benign(std::string_view name) {
  std::string lower(name);
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  constexpr std::array<std::string_view, 6> names{"benign",     "normal",   "background",
                                                  "legitimate", "negative", "other"};
  return std::find(names.begin(), names.end(), lower) != names.end();
}

weir::LabelRule make_rule(const TrainOptions& options, const weir::Table& table) {
  const std::vector<std::string> found = texts_of(table, options.label);
  require_values(options.benign, found, "--benign", options.label);
  require_values(options.positive, found, "--positive", options.label);
  weir::LabelRule rule;
  if (options.task == "anomaly") {
    rule = two_classes(options.label, {"benign", "anomaly"}, options.benign, 0);
  } else if (!options.benign.empty()) {
    rule = two_classes(options.label, {"benign", "attack"}, options.benign, 0);
  } else if (!options.positive.empty()) {
    rule = two_classes(options.label, {"negative", "positive"}, options.positive, 1);
  } else if (options.classes) {
    rule = five_classes(options.label);
  } else {
    rule = all_classes(options.label, found);
  }
  if (rule.classes.size() < 2) {
    wrong("column '" + options.label + "' has one value only" +
          (found.empty() ? std::string() : ", '" + found.front() + "'") + ": there is nothing to tell apart");
  }
  return rule;
}

std::string counts_text(const weir::LabelRule& rule, const std::vector<std::int32_t>& labels) {
  std::vector<std::size_t> counts(rule.classes.size());
  for (const std::int32_t label : labels) ++counts[static_cast<std::size_t>(label)];
  std::string text;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    text += (i == 0 ? "" : ", ") + rule.classes[i] + " " + std::to_string(counts[i]);
  }
  return text;
}

}  // namespace cli
