// The classes that options ask for, from the labels that occur, with an error that names the mend where they
// do not fit.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/core/glob.hpp>
#include <weir/core/near_names.hpp>
#include <weir/core/plain_text.hpp>
#include <weir/data/labels/label_classes.hpp>
#include <weir/data/labels/label_map.hpp>
#include <weir/data/labels/label_outlook.hpp>
#include <weir/data/labels/label_rule.hpp>
#include <weir/data/tables/strata.hpp>
#include <weir/data/tables/table.hpp>
#include <weir/pipeline/sample_options.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

namespace detail {

/// The different labels of a column.
[[nodiscard]] inline std::vector<std::string> label_texts(const Table& table, const std::string& column) {
  std::vector<std::string> texts;
  for (const auto& [text, count] : text_counts(table, column)) texts.push_back(text);
  return texts;
}

/// "; 280 rows are left out, having no label": for an error about what is left.
[[nodiscard]] inline std::string left_out_text(const SampleOptions& options, std::size_t unlabelled) {
  if (unlabelled == 0) return {};
  return "; " + count_text(unlabelled, "row") + (unlabelled == 1 ? " is" : " are") +
         " left out, having no label" + (options.why_unlabelled ? options.why_unlabelled() : std::string());
}

/// The labels that the values of an option stand for: all that differ from one of them by blanks only, or fit
/// it as a pattern.
[[nodiscard]] inline std::vector<std::string> labels_for(const std::vector<std::string>& wanted,
                                                         const std::vector<std::string>& found,
                                                         const char* option, const SampleOptions& options) {
  std::vector<std::string> labels;
  for (const std::string& value : wanted) {
    const std::vector<std::string> same =
        is_label_pattern(value, found) ? labels_fitting(value, found) : labels_spelt(value, found);
    for (const std::string& label : same) {
      if (std::find(labels.begin(), labels.end(), label) == labels.end()) labels.push_back(label);
    }
    if (!same.empty()) continue;
    const std::string key = without_extra_blanks(value);
    const auto& words = options.missing_words;
    const bool missing = !key.empty() && std::find(words.begin(), words.end(), key) != words.end();
    fail(ErrorKind::config, option_word(options.words, option) + ": column '" + options.label +
                                "' has no value " + (is_glob(value) ? "like '" : "'") + value + "'" +
                                (missing ? ", which stands for a missing value: " +
                                               option_word(options.words, "not_missing", {key}) + " keeps it"
                                         : near_names(value, found)));
  }
  return labels;
}

/// Throws ConfigError when the values of an option stand for every label.
inline void refuse_all(const std::vector<std::string>& named, const std::vector<std::string>& found,
                       const char* option, const SampleOptions& options) {
  if (named.empty() || named.size() < found.size()) return;
  fail(ErrorKind::config,
       option_word(options.words, option) + ": all labels of column '" + options.label +
           "' are among its values: there is nothing to tell apart" +
           (std::string_view(option) == "benign"
                ? "; " + option_word(options.words, "task") + " anomaly learns from ordinary rows alone"
                : std::string()));
}

/// The values of an option that are patterns.
[[nodiscard]] inline std::vector<std::string> patterns_among(const std::vector<std::string>& wanted,
                                                             const std::vector<std::string>& found) {
  std::vector<std::string> patterns;
  for (const std::string& value : wanted) {
    std::string pattern = without_extra_blanks(value);
    const bool is_new = std::find(patterns.begin(), patterns.end(), pattern) == patterns.end();
    if (is_new && is_label_pattern(value, found)) patterns.push_back(std::move(pattern));
  }
  return patterns;
}

/// Throws ConfigError when each value is a class of its own and the column is no label.
inline void refuse_quantities(const SampleOptions& options, const LabelRule& rule, std::size_t rows) {
  const auto& meant = options.categorical;
  if (std::find(meant.begin(), meant.end(), options.label) != meant.end()) return;
  const LabelOutlook outlook = label_outlook(rule.classes, rows);
  if (!outlook.quantity && !outlook.identifier) return;
  const auto is = [&](const char* member) { return option_word(options.words, member); };
  fail(ErrorKind::config,
       is("label") + ": column '" + options.label + "' has " + std::to_string(rule.classes.size()) +
           " different values in " + count_text(rows, "row") +
           (outlook.quantity ? ", which looks like a quantity: " + is("task") + " regress learns numbers"
                             : ", which names rows rather than classes: choose another " + is("label") +
                                   ", or join values with " + is("benign") + " or " + is("positive")) +
           "; or, if they are names of classes, " + is("categorical") + " " + options.label);
}

}  // namespace detail

/// The classes of the label column. ConfigError when a value does not occur, when there is one class only, or
/// when the column is none of labels; `unlabelled` rows have been left out, which the message tells.
[[nodiscard]] inline LabelRule choose_labels(const SampleOptions& options, const Table& table,
                                             std::size_t unlabelled = 0) {
  constexpr std::size_t most_classes = 1'000;
  const bool mapped = !options.rule && !options.label_map.empty();
  const LabelPatterns map = mapped ? read_label_map(options.label_map) : LabelPatterns{};
  const std::vector<std::string> labels = detail::label_texts(table, options.label);
  const std::vector<std::string> found = mapped_labels(map, labels);
  const auto named = [&](const std::vector<std::string>& values, const char* option) {
    return options.rule ? std::vector<std::string>() : detail::labels_for(values, found, option, options);
  };
  const auto benign = named(options.benign, "benign"), positive = named(options.positive, "positive");
  if (options.task == Task::classify) {
    detail::refuse_all(benign, found, "benign", options);
    detail::refuse_all(positive, found, "positive", options);
  }
  const auto two = [&](std::array<std::string, 2> classes, std::size_t here) {
    LabelRule of_two = two_classes(options.label, classes, here == 0 ? benign : positive, here);
    for (std::string& pattern : detail::patterns_among(here == 0 ? options.benign : options.positive, found))
      of_two.patterns.emplace_back(std::move(pattern), classes[here]);
    return of_two;
  };
  LabelRule rule;
  bool each_a_class = false;
  if (options.rule) {
    rule = *options.rule;
  } else if (options.task == Task::anomaly) {
    rule = two({"benign", "anomaly"}, 0);
  } else if (!benign.empty()) {
    rule = two({"benign", "attack"}, 0);
  } else if (!positive.empty()) {
    rule = two({"negative", "positive"}, 1);
  } else {
    rule = class_each(options.label, found);
    each_a_class = true;
  }
  rule = behind_map(map, std::move(rule), labels);
  if (each_a_class && rule.classes.size() > most_classes) {
    fail(ErrorKind::config, "column '" + options.label + "' has " + std::to_string(rule.classes.size()) +
                                " different values, which is no label; " +
                                option_word(options.words, "task") + " regress learns numbers");
  }
  if (rule.classes.size() < 2) {
    fail(ErrorKind::config, "column '" + options.label + "' has one value only" +
                                (found.empty() ? std::string() : ", '" + found.front() + "'") +
                                ": there is nothing to tell apart" +
                                detail::left_out_text(options, unlabelled));
  }
  if (each_a_class) detail::refuse_quantities(options, rule, table.rows());
  return rule;
}

/// What is odd about the spelling of the labels, a sentence each.
[[nodiscard]] inline std::vector<std::string> spelling_notes(const LabelRule& rule, const Table& table) {
  std::vector<std::string> notes;
  for (const LabelTwins& twins : label_twins(rule, detail::label_texts(table, rule.column))) {
    const char* how = twins.differ == LabelTwins::Differ::blanks ? " differ by blanks only and are one class"
                      : twins.differ == LabelTwins::Differ::letters
                          ? " differ by small and capital letters only, and are different classes"
                          : " are one number, and are different classes";
    notes.push_back("labels " + name_list(twins.labels) + how);
  }
  return notes;
}

/// Labels that a map of labels does not name, and its patterns that no label is the first to fit.
[[nodiscard]] inline std::vector<std::string> label_map_notes(const SampleOptions& options,
                                                              const Table& table) {
  if (options.label_map.empty()) return {};
  const LabelPatterns map = read_label_map(options.label_map);
  std::vector<std::string> unnamed, idle, notes;
  for (const auto& [pattern, name] : map) idle.push_back(pattern);
  for (const std::string& label : detail::label_texts(table, options.label)) {
    const auto* const line = first_fitting(map, without_extra_blanks(label));
    if (line == nullptr) {
      unnamed.push_back(label);
    } else {
      std::erase(idle, line->first);
    }
  }
  const std::string file = option_word(options.words, "label_map") + " " + options.label_map;
  if (!unnamed.empty())
    notes.push_back(file + " does not name " + name_list(unnamed) + ", taken as they are");
  if (!idle.empty()) notes.push_back(file + ": no label is left for " + name_list(idle));
  return notes;
}

}  // namespace weir::inline WEIR_ABI
