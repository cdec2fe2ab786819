// What a net learns from and is judged by: the rows of a table, or images, as samples.
//
//   const Samples samples = make_samples(table, {.label = "label"});     // table_samples.hpp
//   const auto learned = learn(samples);                                 // learn.hpp
//
// Rows are divided before anything is fitted: preprocessing, weights and the target's scale come from the
// training rows alone, and no row that is judged by was trained on.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/near_names.hpp>
#include <weir/core/option_words.hpp>
#include <weir/data/labels/label_sound.hpp>
#include <weir/data/tables/table.hpp>
#include <weir/data/tables/table_gaps.hpp>
#include <weir/pipeline/pipeline.hpp>
#include <weir/train/dataset.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

namespace weir::inline WEIR_ABI {

struct Samples {
  PipelineSettings settings{};  ///< task, input, preprocessing, sample rule, classes and target's scale
  Dataset<float> training{};
  Dataset<float> validation{};         ///< held back; of an anomaly model ordinary rows only, without labels
  Table held_back{};                   ///< the rows of `validation`; for an anomaly model all attacks, too
  Dataset<float> held_back_samples{};  ///< the same where there is no table: images
  std::size_t history = 0;             ///< first rows of `held_back` that are there to look back on

  std::size_t rows = 0;                     ///< with a label
  std::size_t unlabelled = 0;               ///< left out
  std::vector<std::size_t> class_counts{};  ///< rows of each class; none for a regression
  std::vector<std::string> notes{};         ///< what one should know of the table, a sentence each
  GapCount gaps{};                          ///< cells that are missing or infinite
  double held_back_share = 0.0;             ///< that was asked for
  std::string held_back_by{};  ///< the column whose groups or times divide the rows; none: by chance
  OptionWords words = OptionWords::members;
};

namespace detail {

[[nodiscard]] inline std::ptrdiff_t rows_of(const Dataset<float>& data, std::size_t k) {
  return std::count(data.labels.begin(), data.labels.end(), static_cast<Label>(k));
}

/// The classes of which there is no row to learn from.
[[nodiscard]] inline std::vector<std::string> unlearned_classes(const Samples& samples) {
  std::vector<std::string> names;
  if (samples.settings.task != Task::classify) return names;
  const std::vector<std::string>& classes = samples.settings.labels.classes;
  for (std::size_t k = 0; k < classes.size(); ++k) {
    if (rows_of(samples.training, k) == 0) names.push_back(classes[k]);
  }
  return names;
}

/// Below that figures on held-back rows say little.
inline constexpr Index few_rows = 30, few_of_class = 10;

/// Notes classes of which some rows are held back, but few, where there are enough of all together.
inline void note_few_of_class(Samples& samples) {
  if (samples.validation.rows() < few_rows) return;
  std::vector<std::string> few;
  const std::vector<std::string>& classes = samples.settings.labels.classes;
  for (std::size_t k = 0; k < classes.size(); ++k) {
    const std::ptrdiff_t held_back = rows_of(samples.validation, k);
    if (held_back > 0 && held_back < few_of_class) few.push_back(classes[k]);
  }
  if (few.empty()) return;
  samples.notes.push_back("fewer than " + std::to_string(few_of_class) + " rows of " + name_list(few) +
                          " are held back, so figures of them say little; take more rows or a larger " +
                          option_word(samples.words, "validation"));
}

/// Notes few held-back rows, and classes that cannot be learned or judged.
inline void note_few_rows(Samples& samples) {
  const Index held_back = samples.validation.rows();
  if (held_back > 0 && held_back < few_rows) {
    samples.notes.push_back("only " + std::to_string(held_back) + (held_back == 1 ? " row is" : " rows are") +
                            " held back, so figures on them say little; take more rows or a larger " +
                            option_word(samples.words, "validation"));
  }
  if (samples.settings.task != Task::classify) return;
  note_few_of_class(samples);
  const std::vector<std::string> unlearned = unlearned_classes(samples);
  std::vector<std::string> unjudged;
  const std::vector<std::string>& classes = samples.settings.labels.classes;
  for (std::size_t k = 0; k < classes.size(); ++k) {
    if (held_back > 0 && rows_of(samples.training, k) > 0 && rows_of(samples.validation, k) == 0)
      unjudged.push_back(classes[k]);
  }
  if (!unlearned.empty()) samples.notes.push_back("no row to learn from of " + name_list(unlearned));
  if (!unjudged.empty()) {
    samples.notes.push_back("too few rows of " + name_list(unjudged) +
                            (samples.held_back_by.empty() ? " to hold one back" : " in the rows held back") +
                            ", so nothing is said of how well they are found");
  }
}

/// Notes that a model of many classes raises an alarm for all but the first, where others sound as ordinary.
inline void note_ordinary_classes(Samples& samples) {
  const LabelRule& rule = samples.settings.labels;
  if (samples.settings.task != Task::classify || !rule.otherwise.empty() || rule.classes.size() < 3) return;
  std::vector<std::string> ordinary;
  for (const std::string& name : rule.classes) {
    if (sounds_benign(name)) ordinary.push_back(name);
  }
  if (ordinary.size() < 2 || ordinary.front() != rule.classes.front()) return;
  samples.notes.push_back(
      name_list(ordinary) + " sound like ordinary traffic, and all classes but '" + rule.classes.front() +
      "' raise an alarm: " + option_word(samples.words, "benign", ordinary) + " makes one class of them");
}

}  // namespace detail

}  // namespace weir::inline WEIR_ABI
