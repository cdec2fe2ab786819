#include "labels.hpp"

#include "input.hpp"
#include "near_names.hpp"
#include "report.hpp"

#include <weir/core/error.hpp>
#include <weir/data/finite.hpp>
#include <weir/data/label_spelling.hpp>
#include <weir/data/nsl_kdd.hpp>
#include <weir/data/strata.hpp>

#include <algorithm>
#include <array>
#include <filesystem>
#include <iterator>
#include <system_error>
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

[[nodiscard]] std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ",") + word;
  return text;
}

/// Of these texts, those that are read as a missing value.
[[nodiscard]] std::vector<std::string> missing_among(const std::vector<std::string>& texts,
                                                     const TrainOptions& options) {
  const std::vector<std::string> words = table_format(options.input).csv.missing;
  std::vector<std::string> missing;
  std::copy_if(texts.begin(), texts.end(), std::back_inserter(missing), [&](const std::string& text) {
    return !text.empty() && std::find(words.begin(), words.end(), text) != words.end();
  });
  return missing;
}

/// The words of the label column that are read as a missing value; none when the table cannot be read again.
[[nodiscard]] std::vector<std::string> words_left_out(const TrainOptions& options) {
  std::error_code none;
  if (options.input.format == "idx" || !std::filesystem::is_regular_file(options.table, none)) return {};
  TableFormat format = table_format(options.input);
  format.csv.missing.clear();
  TableFile file(options.table, format, options.input.skip_bad_rows);
  weir::CsvReader reader = std::move(file).open({{options.label, weir::ColumnKind::categorical}}, false);
  weir::Table table = reader.make_table();
  read_all_rows(reader, table);
  return missing_among(texts_of(table, options.label), options);
}

/// The labels that the values stand for: all that differ from one of them by blanks only.
[[nodiscard]] std::vector<std::string> labels_for(const std::vector<std::string>& wanted,
                                                  const std::vector<std::string>& found, const char* option,
                                                  const TrainOptions& options) {
  std::vector<std::string> labels;
  for (const std::string& value : wanted) {
    const std::string key = weir::without_extra_blanks(value);
    const std::size_t before = labels.size();
    std::copy_if(found.begin(), found.end(), std::back_inserter(labels),
                 [&](const std::string& label) { return weir::without_extra_blanks(label) == key; });
    if (labels.size() > before) continue;
    const bool missing = !missing_among({key}, options).empty();
    wrong(std::string(option) + ": column '" + options.label + "' has no value '" + value + "'" +
          (missing ? ", which stands for a missing value: --not-missing " + shell_word(key) + " keeps it"
                   : near_names(value, found)));
  }
  return labels;
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

/// "no attack", "non-malware"
[[nodiscard]] bool denies(std::string_view lower) {
  const auto begins = [lower](std::string_view word) { return lower.starts_with(word); };
  return begins("no ") || begins("no-") || begins("no_") || begins("non") || begins("not");
}

[[nodiscard]] bool sounds_like_attack(std::string_view name) {
  const std::string lower = weir::without_case(name);
  if (denies(lower)) return false;
  constexpr std::array<std::string_view, 16> parts{
      "attack", "malic",   "malware",    "anomal", "abnormal", "intru", "infect", "ddos",
      "botnet", "exploit", "suspicious", "trojan", "ransom",   "phish", "worm",   "threat"};
  constexpr std::array<std::string_view, 7> words{"bad", "bot", "dos", "scan", "spam", "virus", "positive"};
  return std::any_of(parts.begin(), parts.end(),
                     [&](std::string_view part) { return lower.find(part) != std::string::npos; }) ||
         std::find(words.begin(), words.end(), lower) != words.end();
}

/// Each label is a class, those that differ by blanks only being one; ordinary traffic, if a label sounds
/// like it, comes first, else one that does not sound like an attack.
[[nodiscard]] weir::LabelRule all_classes(const std::string& column, std::vector<std::string> labels) {
  std::vector<std::pair<std::string, std::string>> map;
  for (const auto& group : weir::same_labels(labels, weir::without_extra_blanks)) {
    for (std::size_t i = 1; i < group.size(); ++i) {
      map.emplace_back(group[i], group[0]);
      std::erase(labels, group[i]);
    }
  }
  if (labels.size() > most_classes) {
    wrong("column '" + column + "' has " + std::to_string(labels.size()) +
          " different values, which is no label; --task regress learns numbers");
  }
  std::stable_partition(labels.begin(), labels.end(), sounds_benign);
  const auto quiet = std::find_if_not(labels.begin(), labels.end(), sounds_like_attack);
  if (quiet != labels.end()) std::rotate(labels.begin(), quiet, quiet + 1);
  return {column, std::move(labels), std::move(map), {}};
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
  const std::string lower = weir::without_case(name);
  constexpr std::array<std::string_view, 14> names{"benign",   "normal", "background", "legitimate", "legit",
                                                   "negative", "other",  "clean",      "good",       "ok",
                                                   "safe",     "human",  "regular",    "uninfected"};
  return std::find(names.begin(), names.end(), lower) != names.end() ||
         (denies(lower) && sounds_like_attack(lower.substr(2)));
}

std::string left_out_text(const TrainOptions& options, std::size_t unlabelled) {
  if (unlabelled == 0) return {};
  std::string text = "; " + count_of(static_cast<std::int64_t>(unlabelled), "row") +
                     (unlabelled == 1 ? " is" : " are") + " left out, having no label";
  const std::vector<std::string> words = words_left_out(options);
  if (words.empty()) return text;
  return text + " but " + name_list(words) + ", which stands for a missing value: --not-missing " +
         shell_word(joined(words)) + " keeps such rows";
}

weir::LabelRule make_rule(const TrainOptions& options, const weir::Table& table, std::size_t unlabelled) {
  const std::vector<std::string> found = texts_of(table, options.label);
  const std::vector<std::string> benign = labels_for(options.benign, found, "--benign", options);
  const std::vector<std::string> positive = labels_for(options.positive, found, "--positive", options);
  weir::LabelRule rule;
  if (options.task == "anomaly") {
    rule = two_classes(options.label, {"benign", "anomaly"}, benign, 0);
  } else if (!options.benign.empty()) {
    rule = two_classes(options.label, {"benign", "attack"}, benign, 0);
  } else if (!options.positive.empty()) {
    rule = two_classes(options.label, {"negative", "positive"}, positive, 1);
  } else if (options.classes) {
    rule = five_classes(options.label);
  } else {
    rule = all_classes(options.label, found);
  }
  if (rule.classes.size() < 2) {
    wrong("column '" + options.label + "' has one value only" +
          (found.empty() ? std::string() : ", '" + found.front() + "'") + ": there is nothing to tell apart" +
          left_out_text(options, unlabelled));
  }
  return rule;
}

std::vector<std::string> spelling_notes(const weir::LabelRule& rule, const weir::Table& table) {
  std::vector<std::string> notes;
  const std::vector<std::string> found = texts_of(table, rule.column);
  for (const auto& group : weir::same_labels(found, weir::without_extra_blanks)) {
    notes.push_back("labels " + name_list(group) + " differ by blanks only and are one class");
  }
  std::vector<std::string> apart;
  for (const std::string& label : found) {
    if (weir::without_extra_blanks(label) == label) apart.push_back(label);
  }
  for (const auto& group : weir::same_labels(apart, weir::without_case)) {
    const auto class_of_first = rule.class_of(group[0]);
    const bool one_class = std::all_of(group.begin(), group.end(), [&](const std::string& label) {
      return rule.class_of(label) == class_of_first;
    });
    if (!one_class) {
      notes.push_back("labels " + name_list(group) +
                      " differ by small and capital letters only, and are different classes");
    }
  }
  for (const auto& group : weir::same_labels(apart, weir::without_form)) {
    const auto apart_in_class = [&](const std::string& label) {
      return rule.class_of(label) != rule.class_of(group[0]);
    };
    const auto in_letters = [&](const std::string& label) {
      return weir::without_case(label) == weir::without_case(group[0]);
    };
    if (std::any_of(group.begin(), group.end(), apart_in_class) &&
        !std::all_of(group.begin(), group.end(), in_letters)) {
      notes.push_back("labels " + name_list(group) + " are one number, and are different classes");
    }
  }
  return notes;
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
