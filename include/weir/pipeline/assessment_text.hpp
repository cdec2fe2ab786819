// An assessment in words: aligned tables, and what is odd about the rows that it rests on.
//
//   const Assessment result = assess(pipeline, table);
//   std::fputs(to_text(result).c_str(), stdout);
//   for (const std::string& note : notes_on(pipeline, result)) std::puts(note.c_str());
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/near_names.hpp>
#include <weir/core/plain_text.hpp>
#include <weir/data/formats/csv_cells.hpp>
#include <weir/data/labels/label_rule.hpp>
#include <weir/data/labels/label_sound.hpp>
#include <weir/data/preparing/gaps_text.hpp>
#include <weir/pipeline/alarm_rate.hpp>
#include <weir/pipeline/assessment.hpp>
#include <weir/pipeline/pipeline.hpp>
#include <weir/train/metrics.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

/// All classes but the first against the first: the alarms of a model with several classes of attacks.
[[nodiscard]] ConfusionMatrix alarms_of(const ConfusionMatrix& confusion);

namespace detail {

/// Two digits more than a rate needs, and none that say nothing.
[[nodiscard]] inline std::string rate_text(double rate) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3g %%", 100.0 * rate);
  return text;
}

[[nodiscard]] inline std::string figure_text(const MetricText& metric, double value) {
  return metric.share ? percent_text(value) : number_text(value);
}

/// A figure, what it is, and what it means.
struct FigureLine {
  std::string name;
  std::string value;
  std::string meaning;
};

[[nodiscard]] std::string figures_text(const std::vector<FigureLine>& lines);

/// True classes down, verdicts across; names are cut where many classes must fit a line.
[[nodiscard]] std::string confusion_text(const Assessment& result);

/// The words behind a figure, with the names of the two classes.
[[nodiscard]] std::string meaning_text(const MetricText& metric, const std::vector<std::string>& classes);

[[nodiscard]] FigureLine figure_of(const Measure& measure, const std::vector<std::string>& classes);

[[nodiscard]] std::string two_class_text(const Assessment& result);

[[nodiscard]] std::string class_table(const Assessment& result);

[[nodiscard]] std::string many_class_text(const Assessment& result);

[[nodiscard]] std::string value_text(const Assessment& result);

#if WEIR_BODIES

WEIR_BODY std::string figures_text(const std::vector<FigureLine>& lines) {
  std::string text;
  for (const FigureLine& line : lines) {
    text += "  " + pad_right(line.name, 20) + pad_left(line.value, 10) + "   " + line.meaning + "\n";
  }
  return text;
}

WEIR_BODY std::string confusion_text(const Assessment& result) {
  const ConfusionMatrix& m = result.confusion;
  const std::size_t longest = m.classes() > 4 ? 9 : 16;
  std::size_t name_width = 10, width = 8;
  for (const std::string& name : result.classes) {
    name_width = std::max(name_width, std::min<std::size_t>(name.size(), 24));
    width = std::max(width, std::min(name.size(), longest) + 2);
  }
  std::string text =
      "  " + pad_right("true class", name_width) + "  taken for\n  " + pad_right("", name_width);
  for (const std::string& name : result.classes) text += pad_left(name.substr(0, longest), width);
  text += pad_left("found", 11) + "\n";
  for (Index t = 0; t < m.classes(); ++t) {
    text += "  " + pad_right(result.classes[static_cast<std::size_t>(t)].substr(0, 24), name_width);
    for (Index p = 0; p < m.classes(); ++p) text += pad_left(std::to_string(m.count(t, p)), width);
    text += pad_left(m.support(t) == 0 ? "-" : percent_text(m.recall(t)), 11) + "\n";
  }
  return text;
}

WEIR_BODY std::string meaning_text(const MetricText& metric, const std::vector<std::string>& classes) {
  std::string text(metric.meaning);
  for (std::size_t k = 0; k < classes.size(); ++k) {
    const std::string mark = "{" + std::to_string(k) + "}";
    if (const std::size_t at = text.find(mark); at != std::string::npos)
      text.replace(at, mark.size(), classes[k]);
  }
  return text;
}

WEIR_BODY FigureLine figure_of(const Measure& measure, const std::vector<std::string>& classes) {
  const MetricText& metric = measure.metric.text;
  return {std::string(metric.title), figure_text(metric, measure.value), meaning_text(metric, classes)};
}

WEIR_BODY std::string two_class_text(const Assessment& result) {
  std::vector<FigureLine> lines;
  for (const Measure& measure : result.measures) {
    if (!measure.metric.text.title.empty()) lines.push_back(figure_of(measure, result.classes));
  }
  return confusion_text(result) + "\n" + figures_text(lines);
}

WEIR_BODY std::string class_table(const Assessment& result) {
  std::size_t width = 5;
  for (const std::string& name : result.classes)
    width = std::max(width, std::min<std::size_t>(name.size(), 32));
  std::string text = "  " + pad_right("class", width) + pad_left("rows", 9);
  for (const Measure& measure : result.measures) {
    const std::string heading(measure.metric.text.heading);
    if (!heading.empty()) text += pad_left(heading, 12);
  }
  text += "\n";
  for (std::size_t k = 0; k < result.classes.size(); ++k) {
    text += "  " + pad_right(result.classes[k].substr(0, 32), width) +
            pad_left(std::to_string(result.confusion.support(static_cast<Index>(k))), 9);
    for (const Measure& measure : result.measures) {
      const MetricText& metric = measure.metric.text;
      if (!metric.heading.empty()) text += pad_left(figure_text(metric, measure.of_classes[k]), 12);
    }
    text += "\n";
  }
  return text;
}

WEIR_BODY std::string many_class_text(const Assessment& result) {
  std::string text = class_table(result) + "\n";
  if (result.classes.size() <= 10) text += confusion_text(result) + "\n";
  std::vector<FigureLine> lines;
  for (const Measure& measure : result.measures) {
    const bool shown = !measure.metric.text.title.empty() && measure.of_classes.empty();
    if (shown) lines.push_back(figure_of(measure, result.classes));
  }
  if (sounds_benign(result.classes[0])) {
    const ConfusionMatrix alarms = alarms_of(result.confusion);
    lines.push_back(
        {"alarms: recall", percent_text(alarms.recall(1)),
         "of the other rows than '" + result.classes[0] + "' are taken for some other class too"});
    lines.push_back({"alarms: FPR", percent_text(alarms.false_positive_rate(1)),
                     "of '" + result.classes[0] + "' rows raise a false alarm"});
  }
  return text + figures_text(lines);
}

WEIR_BODY std::string value_text(const Assessment& result) {
  std::vector<FigureLine> lines;
  for (const Measure& measure : result.measures) {
    if (!measure.metric.text.title.empty()) lines.push_back(figure_of(measure, result.classes));
  }
  if (const Measure* naive = result.naive.find(metrics::MeanAbsolutePercentageError::kind)) {
    lines.push_back({"naive MAPE", percent_text(naive->value), "of the last known value as forecast"});
  }
  return figures_text(lines);
}

#endif

}  // namespace detail

/// All figures of an assessment as aligned tables.
[[nodiscard]] std::string to_text(const Assessment& result);

/// What a threshold did to the rows held back, and what it will do to fresh ones like them.
[[nodiscard]] std::string to_text(const AlarmRate& rate, const LabelRule& labels);

/// Rows that were not judged and why, a line each; empty when all were. Honest figures need it.
[[nodiscard]] std::string unjudged_text(const Assessment& result);

/// What is odd about labels and cells, a sentence each. Two classes, one of them being all other labels, hide
/// labels that are spelt in another way than the model knows them; and a class without a row makes figures that
/// mean little.
[[nodiscard]] std::vector<std::string> notes_on(const PipelineSettings& model, const Assessment& result);

#if WEIR_BODIES

WEIR_BODY ConfusionMatrix alarms_of(const ConfusionMatrix& confusion) {
  ConfusionMatrix two(2);
  for (Index t = 0; t < confusion.classes(); ++t) {
    for (Index p = 0; p < confusion.classes(); ++p) {
      two.add(t == 0 ? 0 : 1, p == 0 ? 0 : 1, confusion.count(t, p));
    }
  }
  return two;
}

WEIR_BODY std::string to_text(const Assessment& result) {
  if (result.task == Task::regress) return detail::value_text(result);
  return result.two_classes() ? detail::two_class_text(result) : detail::many_class_text(result);
}

WEIR_BODY std::string to_text(const AlarmRate& rate, const LabelRule& labels) {
  if (rate.asked == 0.0) return {};
  // A threshold of rank k of n is exceeded by a share of fresh rows that follows a beta law.
  const auto n = static_cast<double>(rate.ordinary);
  const double mean = std::floor((n + 1.0) * rate.asked + 1e-9) / (n + 1.0);
  const double spread = 2.0 * std::sqrt(mean * (1.0 - mean) / (n + 2.0));
  std::string text = "\nThreshold " + brief_text(rate.threshold) + ": " + std::to_string(rate.alarms) +
                     " of " + count_text(rate.ordinary, "held-back row") + " of '" + labels.classes[0] +
                     "' raise an alarm, asked for " + detail::rate_text(rate.asked) +
                     "; of fresh ones like them " + detail::rate_text(std::max(0.0, mean - spread)) + " to " +
                     detail::rate_text(mean + spread) + " will\n";
  if (rate.attacks > 0) {
    text += "  and " + std::to_string(rate.found) + " of " + std::to_string(rate.attacks) + " of '" +
            labels.classes[1] + "' (" +
            percent_text(static_cast<double>(rate.found) / static_cast<double>(rate.attacks)) + ")\n";
  }
  if (rate.attacks > 0 && rate.found == 0) {
    text += "  Nothing is found at this rate: ask for a larger one, or train longer\n";
  }
  return text;
}

WEIR_BODY std::string unjudged_text(const Assessment& result) {
  std::string text;
  const auto add = [&text](std::int64_t count, const char* why) {
    if (count > 0) text += "  left out: " + count_text(count, "row") + " " + why + "\n";
  };
  add(result.unusable, result.forecast ? "for want of a whole window before the forecast"
                                       : "with a missing value that the model does not allow");
  add(result.unlabelled, "without a label");
  add(result.unknown, "with a label that the model does not know");
  return text;
}

WEIR_BODY std::vector<std::string> notes_on(const PipelineSettings& model, const Assessment& result) {
  std::vector<std::string> notes;
  const LabelRule& rule = model.labels;
  const auto& classes = rule.classes;
  const bool one_of_many = !rule.otherwise.empty();
  for (const auto& [label, known] : result.mistaken) {
    notes.push_back("label " + quoted_excerpt(label) + " (not '" + known + "') counts as '" + rule.otherwise +
                    "': labels are told apart by capital letters and the form of numbers; if they are one, "
                    "write them as in training");
  }
  if (!result.unnamed.empty()) {
    notes.push_back("labels that the map of labels does not name count as '" + rule.otherwise +
                    "', such as " + name_list(result.unnamed));
  }
  for (std::size_t k = 0; k < classes.size(); ++k) {
    const bool told = one_of_many ? classes[k] != rule.otherwise : k == 0 && sounds_benign(classes[k]);
    if (!told || result.rows == 0 || result.confusion.support(static_cast<Index>(k)) > 0) continue;
    std::string note = "no row is '" + classes[k] + "'";
    std::vector<std::string> names;
    for (const auto& [label, name] : rule.map) {
      if (name == classes[k]) names.push_back(label);
    }
    if (!names.empty()) note += " (labels " + name_list(names) + ")";
    notes.push_back(note + ", so the figures say nothing of how such rows are judged");
  }
  if (std::string text = result.events.text(); !text.empty()) notes.push_back(std::move(text));
  if (std::string text = foreign_table_text(result.gaps); !text.empty()) notes.push_back(std::move(text));
  if (std::string text = gaps_text(result.gaps, model.preprocess); !text.empty())
    notes.push_back(std::move(text));
  if (std::string text = unseen_text(result.unseen); !text.empty()) notes.push_back(std::move(text));
  return notes;
}

#endif

}  // namespace weir::inline WEIR_ABI
