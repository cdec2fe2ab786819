// An assessment in words: aligned tables, and what is odd about the rows that it rests on.
//
//   const Assessment result = assess(pipeline, table);
//   std::fputs(to_text(result).c_str(), stdout);
//   for (const std::string& note : notes_on(pipeline, result)) std::puts(note.c_str());
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/near_names.hpp>
#include <weir/core/plain_text.hpp>
#include <weir/data/csv_cells.hpp>
#include <weir/data/gaps_text.hpp>
#include <weir/data/label_rule.hpp>
#include <weir/data/label_sound.hpp>
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

/// A figure, what it is, and what it means.
struct FigureLine {
  std::string name;
  std::string value;
  std::string meaning;
};

[[nodiscard]] std::string figures_text(const std::vector<FigureLine>& lines);

/// True classes down, verdicts across; names are cut where many classes must fit a line.
[[nodiscard]] std::string confusion_text(const Assessment& result);

[[nodiscard]] std::string two_class_text(const Assessment& result);

[[nodiscard]] std::string class_table(const Assessment& result);

[[nodiscard]] std::string many_class_text(const Assessment& result);

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

WEIR_BODY std::string two_class_text(const Assessment& result) {
  const ConfusionMatrix& m = result.confusion;
  const std::string& positive = result.classes[1];
  const std::string& negative = result.classes[0];
  return confusion_text(result) + "\n" +
         figures_text(
             {{"accuracy", percent_text(m.accuracy()), "of all rows are judged rightly"},
              {"balanced accuracy", percent_text(m.balanced_accuracy()), "mean of what is found per class"},
              {"recall", percent_text(m.recall(1)), "of '" + positive + "' rows are found"},
              {"false positive rate", percent_text(m.false_positive_rate(1)),
               "of '" + negative + "' rows raise a false alarm"},
              {"precision", percent_text(m.precision(1)), "of all alarms are right"},
              {"F1", number_text(m.f1(1)), "of precision and recall"},
              {"macro F1", number_text(m.f1(ConfusionMatrix::Average::macro)), "mean F1 of the classes"},
              {"MCC", number_text(m.mcc()), "Matthews' correlation: 1 perfect, 0 chance"},
              {"ROC-AUC", number_text(result.area().roc), "1 perfect, 0.5 chance; of all thresholds"},
              {"PR-AUC", number_text(result.area().pr), "average precision over all thresholds"}});
}

WEIR_BODY std::string class_table(const Assessment& result) {
  const ConfusionMatrix& m = result.confusion;
  std::size_t width = 5;
  for (const std::string& name : result.classes)
    width = std::max(width, std::min<std::size_t>(name.size(), 32));
  std::string text = "  " + pad_right("class", width) + pad_left("rows", 9) + pad_left("precision", 12) +
                     pad_left("recall", 11) + pad_left("F1", 11) + pad_left("FPR", 11) +
                     pad_left("ROC-AUC", 10) + "\n";
  for (Index k = 0; k < m.classes(); ++k) {
    const auto at = static_cast<std::size_t>(k);
    text += "  " + pad_right(result.classes[at].substr(0, 32), width) +
            pad_left(std::to_string(m.support(k)), 9) + pad_left(percent_text(m.precision(k)), 12) +
            pad_left(percent_text(m.recall(k)), 11) + pad_left(percent_text(m.f1(k)), 11) +
            pad_left(percent_text(m.false_positive_rate(k)), 11) +
            pad_left(number_text(result.areas[at].roc), 10) + "\n";
  }
  return text;
}

WEIR_BODY std::string many_class_text(const Assessment& result) {
  const ConfusionMatrix& m = result.confusion;
  std::string text = class_table(result) + "\n";
  if (m.classes() <= 10) text += confusion_text(result) + "\n";
  std::vector<FigureLine> lines{
      {"accuracy", percent_text(m.accuracy()), "of all rows are judged rightly"},
      {"balanced accuracy", percent_text(m.balanced_accuracy()), "mean recall of the classes"},
      {"macro F1", number_text(m.f1(ConfusionMatrix::Average::macro)), "mean F1 of the classes"},
      {"MCC", number_text(m.mcc()), "correlation: 1 perfect, 0 chance"}};
  if (sounds_benign(result.classes[0])) {
    const ConfusionMatrix alarms = alarms_of(m);
    lines.push_back(
        {"alarms: recall", percent_text(alarms.recall(1)),
         "of the other rows than '" + result.classes[0] + "' are taken for some other class too"});
    lines.push_back({"alarms: FPR", percent_text(alarms.false_positive_rate(1)),
                     "of '" + result.classes[0] + "' rows raise a false alarm"});
  }
  return text + figures_text(lines);
}

#endif

}  // namespace detail

/// All figures of an assessment as aligned tables.
[[nodiscard]] std::string to_text(const Assessment& result);

/// What a threshold did to the rows held back, and what it will do to fresh ones like them.
[[nodiscard]] std::string to_text(const AlarmRate& rate, const LabelRule& labels);

/// What is odd about labels and cells, a sentence each. Two classes, one of them being all other labels, hide labels that are spelt in another way than the model
/// knows them; and a class without a row makes figures that mean little.
[[nodiscard]] std::vector<std::string> notes_on(const PipelineSettings& model, const Assessment& result);

#if WEIR_BODIES

WEIR_BODY ConfusionMatrix alarms_of(const ConfusionMatrix& confusion) {
  ConfusionMatrix two(2);
  for (Index t = 0; t < confusion.classes(); ++t) {
    for (Index p = 0; p < confusion.classes(); ++p) {
      for (std::int64_t i = 0; i < confusion.count(t, p); ++i) two.add(t == 0 ? 0 : 1, p == 0 ? 0 : 1);
    }
  }
  return two;
}

WEIR_BODY std::string to_text(const Assessment& result) {
  if (result.task == Task::regress) {
    std::vector<detail::FigureLine> lines{
        {"RMSE", number_text(std::sqrt(result.mse)), "root of the mean squared error"},
        {"MAE", number_text(result.mae), "mean absolute error"},
        {"R²", number_text(result.r2), "1 perfect, 0 no better than the mean"}};
    if (result.forecast) {
      lines.push_back({"MAPE", percent_text(result.mape), "mean absolute error, as a share of the value"});
      lines.push_back({"naive MAPE", percent_text(result.naive_mape), "of the last known value as forecast"});
    }
    return detail::figures_text(lines);
  }
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
  if (std::string text = gaps_text(result.gaps, model.preprocess); !text.empty())
    notes.push_back(std::move(text));
  if (std::string text = unseen_text(result.unseen); !text.empty()) notes.push_back(std::move(text));
  return notes;
}

#endif

}  // namespace weir::inline WEIR_ABI
