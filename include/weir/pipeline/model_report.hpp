// A model on one page, for who was not there: what it was trained on, how the training went, how it does, what its answers
// rest on and how it was made. The page needs no other file, no network and no script.
//
//   const Assessment result = assess(learned.pipeline, samples);
//   ModelReport report{"ids.weir", learned.pipeline, learned.pipeline.record};
//   report.training.emplace(TrainingReport{samples, learned.history, learned.kept_epoch(), learned.alarm_rate});
//   report.judged.push_back({"Rows held back from training", result, notes_on(learned.pipeline, result),
//                            permutation_importance(learned.pipeline, samples.held_back)});
//   std::ofstream("ids.html") << to_html(report);
//
// The same model and rows give the same page: nothing in it is of the day or of the machine.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/plain_text.hpp>
#include <weir/data/formats/table_options.hpp>
#include <weir/pipeline/alarm_rate.hpp>
#include <weir/pipeline/assessment.hpp>
#include <weir/pipeline/assessment_text.hpp>
#include <weir/pipeline/permutation_importance.hpp>
#include <weir/pipeline/pipeline.hpp>
#include <weir/pipeline/report_figures.hpp>
#include <weir/pipeline/report_training.hpp>
#include <weir/pipeline/report_value_figures.hpp>
#include <weir/pipeline/samples.hpp>
#include <weir/report/page.hpp>
#include <weir/train/history.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

/// How a model came about; what is referred to must outlive it.
struct TrainingReport {
  const Samples& samples;
  const History& history;
  Index kept = 0;  ///< epoch whose weights the net has
  AlarmRate alarm_rate{};
};

/// Rows that a model was judged by.
struct JudgedRows {
  std::string name{};  ///< "Held back from training", "day2.csv"
  Assessment result{};
  std::vector<std::string> notes{};
  Importance importance{};
};

struct ModelReport {
  std::string name{};  ///< of the model
  const PipelineSettings& model;
  std::optional<TrainingReport> training{};
  std::vector<JudgedRows> judged{};
};

/// The page, as UTF-8.
[[nodiscard]] std::string to_html(const ModelReport& report);

#if WEIR_BODIES

namespace detail {

/// "A classifier of 5 classes"
[[nodiscard]] inline std::string kind_text(const PipelineSettings& model) {
  const std::vector<std::string>& classes = model.labels.classes;
  if (model.task == Task::anomaly)
    return "An anomaly model: it knows '" + classes[0] + "' rows and tells what is unlike them";
  if (model.task == Task::classify) {
    return classes.size() == 2 ? "A classifier: '" + classes[0] + "' or '" + classes[1] + "'"
                               : "A classifier of " + std::to_string(classes.size()) + " classes";
  }
  return model.samples.kind == SampleKind::window
             ? "A forecast of '" + model.labels.column + "', " + count_text(model.samples.horizon, "step") +
                   " ahead"
             : "A model that tells a number: '" + model.labels.column + "'";
}

/// The figures that have a title in words, those of the naive forecast beside them.
[[nodiscard]] inline charts::Markup figure_tiles(const Assessment& result) {
  std::vector<charts::Tile> tiles{{"rows judged", charts::Cell(result.rows)}};
  for (const Measure& measure : result.measures) {
    const MetricText& metric = measure.metric.text;
    if (metric.title.empty() || (result.classes.size() > 2 && !measure.of_classes.empty())) continue;
    std::string meaning = meaning_text(metric, result.classes);
    if (const Measure* naive = result.naive.find(metric.kind))
      meaning += (meaning.empty() ? "" : "; ") + ("naive forecast: " + figure_text(metric, naive->value));
    tiles.push_back(
        {std::string(metric.title), {measure.value, figure_text(metric, measure.value)}, std::move(meaning)});
  }
  return charts::draw(tiles);
}

/// Value by value beside those of the naive forecast.
[[nodiscard]] inline charts::Markup naive_table(const Assessment& result) {
  if (!result.forecast) return {};
  charts::PageTable table{"Errors beside those of the naive forecast, the last known value",
                          {"error", "model", "naive forecast"}};
  for (const Measure& measure : result.measures) {
    const MetricText& metric = measure.metric.text;
    const Measure* naive = result.naive.find(metric.kind);
    const double other = naive == nullptr ? std::nan("") : naive->value;
    table.rows.push_back({std::string(metric.title.empty() ? metric.kind : metric.title),
                          charts::Cell(measure.value, figure_text(metric, measure.value)),
                          charts::Cell(other, figure_text(metric, other))});
  }
  return charts::draw(table);
}

[[nodiscard]] inline charts::Markup class_figures_table(const Assessment& result) {
  charts::PageTable table{"Figures of each class", {"class", "rows (support)"}};
  std::vector<const Measure*> shown;
  for (const Measure& measure : result.measures) {
    if (measure.metric.text.heading.empty() || measure.of_classes.size() != result.classes.size()) continue;
    shown.push_back(&measure);
    table.head.emplace_back(measure.metric.text.heading);
  }
  for (std::size_t k = 0; k < result.classes.size(); ++k) {
    std::vector<charts::Cell>& row = table.rows.emplace_back(
        std::vector<charts::Cell>{result.classes[k], result.confusion.support(static_cast<Index>(k))});
    for (const Measure* measure : shown)
      row.emplace_back(measure->of_classes[k], figure_text(measure->metric.text, measure->of_classes[k]));
  }
  return charts::draw(table);
}

[[nodiscard]] inline charts::Markup left_out_list(const Assessment& result) {
  std::vector<std::string> lines;
  const auto add = [&](std::int64_t count, const char* why) {
    if (count > 0) lines.push_back("Left out: " + count_text(count, "row") + " " + why);
  };
  add(result.unusable, result.forecast ? "for want of a whole window before the forecast"
                                       : "with a missing value that the model does not allow");
  add(result.unlabelled, "without a label");
  add(result.unknown, "with a label that the model does not know");
  return charts::list_of(lines);
}

[[nodiscard]] inline charts::Markup judged_section(const JudgedRows& judged, const std::string& id) {
  const Assessment& result = judged.result;
  charts::Markup content = left_out_list(result) + charts::list_of(judged.notes);
  if (result.rows == 0) return content;
  if (result.task == Task::regress) {
    return content + naive_table(result) +
           charts::element("div", {{"class", "figures"}}, value_figures(result, id));
  }
  return content +
         charts::element("div", {{"class", "figures"}},
                         confusion_figure(result, id) + score_figure(result, id) +
                             ranking_figures(result, id) + calibration_figure(result, id)) +
         charts::words("h3", "Class by class") + class_figures_table(result) + mistakes_table(result);
}

/// The threshold, and what it does; empty where there is none.
[[nodiscard]] inline charts::Markup threshold_text(const ModelReport& report) {
  if (!report.model.has_threshold()) return {};
  const std::string set =
      report.training ? to_text(report.training->alarm_rate, report.model.labels) : std::string();
  std::string sentence;
  for (const char c : set) {
    if (c != '\n' && !(c == ' ' && (sentence.empty() || sentence.back() == ' '))) sentence += c;
    if (c == '\n' && !sentence.empty()) sentence += ' ';
  }
  if (sentence.empty())
    sentence = "A row raises an alarm from score " + brief_text(report.model.threshold) + " on.";
  return charts::words("h3", "Threshold") + charts::words("p", sentence);
}

[[nodiscard]] inline charts::Markup record_table(const TextRecord& record) {
  charts::PageTable table{"Settings and record of the training, as the model file has them",
                          {"what", "value"}};
  for (const auto& [name, value] : record) table.rows.push_back({name, value});
  return charts::draw(table);
}

[[nodiscard]] inline charts::Markup importance_section(const Importance& found, const std::string& id) {
  if (found.columns.empty()) return charts::words("p", "Not told: " + found.why_none + ".");
  return charts::element("div", {{"class", "figures"}}, importance_figure(found, id));
}

/// What a reader in a hurry is to see: the figures of the first rows, and whether the training went well.
[[nodiscard]] inline charts::Markup summary_section(const ModelReport& report) {
  charts::Markup content;
  if (!report.judged.empty()) {
    const JudgedRows& first = report.judged[0];
    content += charts::words("p", first.name + ": " + count_text(first.result.rows, "row") + ".") +
               figure_tiles(first.result);
  }
  return report.training ? content + fit_verdict(report.training->history, report.training->kept) : content;
}

}  // namespace detail

WEIR_BODY std::string to_html(const ModelReport& report) {
  std::vector<charts::PageSection> sections;
  if (!report.judged.empty() || report.training)
    sections.push_back({"summary", "Summary", detail::summary_section(report)});
  if (report.training) {
    sections.push_back({"data", "Data", detail::data_section(report.training->samples)});
    sections.push_back(
        {"training", "Training", detail::training_section(report.training->history, report.training->kept)});
  }
  for (std::size_t i = 0; i < report.judged.size(); ++i) {
    const std::string id = "rows" + std::to_string(i + 1);
    charts::Markup content = i == 0 ? charts::Markup() : detail::figure_tiles(report.judged[i].result);
    content += detail::judged_section(report.judged[i], id);
    if (i == 0) content += detail::threshold_text(report);
    sections.push_back({id, report.judged[i].name, std::move(content)});
  }
  for (std::size_t i = 0; i < report.judged.size(); ++i) {
    const Importance& found = report.judged[i].importance;
    if (found.columns.empty() && found.why_none.empty()) continue;
    sections.push_back({"columns", "Columns", detail::importance_section(found, "columns")});
    break;
  }
  if (!report.model.record.empty())
    sections.push_back({"record", "How it was made", detail::record_table(report.model.record)});
  return charts::page(report.name, detail::kind_text(report.model) + ".", sections, charts::made_by_weir());
}

#endif

}  // namespace weir::inline WEIR_ABI
