// What an assessment of classes is drawn as on a page: confusion matrix, ROC and precision-recall, scores by class,
// calibration; and the columns that it rests on. Each figure has its numbers besides, exactly.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/plain_text.hpp>
#include <weir/pipeline/assessment.hpp>
#include <weir/pipeline/assessment_text.hpp>
#include <weir/pipeline/permutation_importance.hpp>
#include <weir/report/bar_chart.hpp>
#include <weir/report/line_chart.hpp>
#include <weir/report/matrix_chart.hpp>
#include <weir/report/page.hpp>
#include <weir/train/metrics.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

namespace detail {

/// Ids of a page's drawings begin with `id`, which is unique.
[[nodiscard]] charts::Markup confusion_figure(const Assessment& result, const std::string& id);
/// Empty where there are none, and of two classes, where the matrix tells them.
[[nodiscard]] charts::Markup mistakes_table(const Assessment& result);
/// Empty where classes are too many to be told apart, or one alone has rows.
[[nodiscard]] charts::Markup ranking_figures(const Assessment& result, const std::string& id);
[[nodiscard]] charts::Markup score_figure(const Assessment& result, const std::string& id);
[[nodiscard]] charts::Markup calibration_figure(const Assessment& result, const std::string& id);
[[nodiscard]] charts::Markup importance_figure(const Importance& found, const std::string& id);

inline constexpr std::size_t most_curves = 6;
inline constexpr Index most_matrix_classes = 40;

#if WEIR_BODIES

[[nodiscard]] inline charts::PageTable confusion_table(const Assessment& result) {
  charts::PageTable table{
      "Rows by true class and by the class they were taken for, and shares of the true class",
      {"true class", "taken for", "rows", "share"}};
  const ConfusionMatrix& m = result.confusion;
  for (Index t = 0; t < m.classes(); ++t) {
    for (Index p = 0; p < m.classes(); ++p) {
      const std::int64_t count = m.count(t, p);
      if (count == 0 && m.classes() > 2) continue;
      const double share =
          m.support(t) == 0 ? std::nan("") : static_cast<double>(count) / static_cast<double>(m.support(t));
      table.rows.push_back({result.classes[static_cast<std::size_t>(t)],
                            result.classes[static_cast<std::size_t>(p)], count, charts::share_cell(share)});
    }
  }
  return table;
}

WEIR_BODY charts::Markup confusion_figure(const Assessment& result, const std::string& id) {
  const ConfusionMatrix& m = result.confusion;
  if (m.classes() > most_matrix_classes) {
    return charts::words("p", "No confusion matrix is drawn of " + std::to_string(m.classes()) +
                                  " classes; the most frequent mistakes are below.");
  }
  charts::MatrixChart chart{
      {id + "-confusion", "Confusion matrix",
       std::to_string(m.correct()) + " of " + std::to_string(m.rows()) +
           " rows are taken for the class that they are of. The table below has all counts."},
      result.classes};
  for (Index t = 0; t < m.classes(); ++t) {
    auto& row = chart.counts.emplace_back();
    for (Index p = 0; p < m.classes(); ++p) row.push_back(m.count(t, p));
  }
  return charts::figure(
      "Confusion matrix", charts::draw(chart),
      "A row of the matrix is a true class, a column what its rows were taken for; shaded by the share of "
      "the row. Right answers lie on the diagonal.",
      charts::draw(confusion_table(result)));
}

WEIR_BODY charts::Markup mistakes_table(const Assessment& result) {
  constexpr std::size_t most_told = 10;
  struct Mistake {
    std::int64_t count;
    Index truth, said;
  };
  const ConfusionMatrix& m = result.confusion;
  std::vector<Mistake> mistakes;
  for (Index t = 0; t < m.classes(); ++t) {
    for (Index p = 0; p < m.classes(); ++p) {
      if (t != p && m.count(t, p) > 0) mistakes.push_back({m.count(t, p), t, p});
    }
  }
  if (mistakes.empty() || m.classes() < 3) return {};
  std::stable_sort(mistakes.begin(), mistakes.end(),
                   [](const Mistake& a, const Mistake& b) { return a.count > b.count; });
  charts::PageTable table{"The most frequent mistakes",
                          {"true class", "taken for", "rows", "share of the true class"}};
  for (const Mistake& one : mistakes) {
    if (table.rows.size() == most_told) break;
    const double share = static_cast<double>(one.count) / static_cast<double>(m.support(one.truth));
    table.rows.push_back({result.classes[static_cast<std::size_t>(one.truth)],
                          result.classes[static_cast<std::size_t>(one.said)], one.count,
                          charts::share_cell(share)});
  }
  return charts::draw(table);
}

/// What the i-th curve is of.
[[nodiscard]] inline const std::string& curve_name(const Assessment& result, std::size_t i) {
  return result.classes[result.two_classes() ? 1 : i];
}

[[nodiscard]] inline charts::PageTable curve_table(const Assessment& result) {
  charts::PageTable table{"Thresholds, some of all: what a row has to score to count as the class",
                          {"class", "threshold", "false alarms", "found (recall)", "precision"}};
  for (std::size_t i = 0; i < result.curves.size(); ++i) {
    const RankingCurve& curve = result.curves[i];
    if (!curve.has_both()) continue;
    for (const Ranking::Step& step : curve.steps) {
      table.rows.push_back({curve_name(result, i), charts::number_cell(step.score),
                            charts::share_cell(curve.false_positive_rate(step)),
                            charts::share_cell(curve.recall(step)),
                            charts::share_cell(RankingCurve::precision(step))});
    }
  }
  return table;
}

/// "ROC-AUC 0.9812"
[[nodiscard]] inline std::string area_text(const Assessment& result, std::string_view kind,
                                           const char* name) {
  const Measure* measure = result.measures.find(kind);
  return measure == nullptr ? "" : std::string(name) + " " + number_text(measure->value);
}

[[nodiscard]] inline charts::LineChart roc_chart(const Assessment& result, const std::string& id) {
  charts::LineChart chart{{id + "-roc", "ROC curve",
                           "Share of a class that is found against false alarms, over all thresholds. " +
                               area_text(result, "roc_auc", "ROC-AUC") + "."},
                          {.title = "false alarms (false positive rate)", .low = 0.0, .high = 1.0},
                          {.title = "found (recall)", .low = 0.0, .high = 1.0}};
  chart.diagonal = true;
  for (std::size_t i = 0; i < result.curves.size(); ++i) {
    const RankingCurve& curve = result.curves[i];
    charts::Series series{curve_name(result, i), {{0.0, 0.0}}};
    if (!curve.has_both()) continue;
    for (const Ranking::Step& step : curve.steps)
      series.points.push_back({curve.false_positive_rate(step), curve.recall(step)});
    chart.series.push_back(std::move(series));
  }
  if (result.two_classes()) {
    chart.series.push_back({"at the threshold",
                            {{result.confusion.false_positive_rate(1), result.confusion.recall(1)}},
                            charts::SeriesForm::dots});
  }
  return chart;
}

[[nodiscard]] inline charts::LineChart precision_chart(const Assessment& result, const std::string& id) {
  charts::LineChart chart{
      {id + "-pr", "Precision and recall",
       "Share of alarms that are right against the share of a class that is found, over all thresholds. " +
           area_text(result, "pr_auc", "PR-AUC") + "."},
      {.title = "found (recall)", .low = 0.0, .high = 1.0},
      {.title = "right alarms (precision)", .low = 0.0, .high = 1.0}};
  for (std::size_t i = 0; i < result.curves.size(); ++i) {
    const RankingCurve& curve = result.curves[i];
    charts::Series series{curve_name(result, i)};
    if (!curve.has_both()) continue;
    for (const Ranking::Step& step : curve.steps)
      series.points.push_back({curve.recall(step), RankingCurve::precision(step)});
    chart.series.push_back(std::move(series));
  }
  if (result.two_classes()) {
    chart.series.push_back({"at the threshold",
                            {{result.confusion.recall(1), result.confusion.precision(1)}},
                            charts::SeriesForm::dots});
  }
  return chart;
}

WEIR_BODY charts::Markup ranking_figures(const Assessment& result, const std::string& id) {
  const auto both = [](const RankingCurve& curve) { return curve.has_both(); };
  if (result.curves.size() > most_curves || std::none_of(result.curves.begin(), result.curves.end(), both))
    return {};
  const std::string others = result.two_classes() ? "" : " Each class against all others.";
  return charts::figure("ROC curve", charts::draw(roc_chart(result, id)),
                        area_text(result, "roc_auc", "ROC-AUC") +
                            ": 1 is perfect; the dotted line, 0.5, is chance." + others,
                        charts::draw(curve_table(result))) +
         charts::figure(
             "Precision and recall", charts::draw(precision_chart(result, id)),
             area_text(result, "pr_auc", "PR-AUC") +
                 " (average precision). Chance is the share of the class: it depends on how many rows of it "
                 "there are." +
                 others);
}

WEIR_BODY charts::Markup score_figure(const Assessment& result, const std::string& id) {
  if (result.scores.empty()) return {};
  const bool probability = result.task == Task::classify;
  const Histogram& scores = result.scores;
  charts::LineChart chart{
      {id + "-scores", "Scores by class",
       "How many rows of each class got which score; from the threshold " + number_text(result.threshold) +
           " on, a row raises an alarm."},
      {.title = probability ? "probability of '" + charts::shortened(result.classes[1], 30) + "'" : "score",
       .logarithmic = scores.logarithmic()},
      {.title = "rows", .logarithmic = true, .low = 0.5}};
  charts::PageTable table{"Rows by score", {"from", "to", result.classes[0], result.classes[1]}};
  for (std::size_t group = 0; group < 2; ++group) {
    std::vector<double> heights;
    for (const std::int64_t count : scores.counts[group])
      heights.push_back(std::max(0.5, static_cast<double>(count)));
    chart.series.push_back(
        {result.classes[group], charts::steps_of(scores.edges, heights), charts::SeriesForm::filled});
  }
  for (std::size_t i = 0; i + 1 < scores.edges.size(); ++i) {
    table.rows.push_back({charts::number_cell(scores.edges[i]), charts::number_cell(scores.edges[i + 1]),
                          scores.counts[0][i], scores.counts[1][i]});
  }
  chart.marks.push_back({result.threshold, "threshold " + number_text(result.threshold)});
  return charts::figure(
      "Scores by class", charts::draw(chart),
      "The axis of rows is logarithmic, so that few rows are seen beside many. What lies right of the "
      "threshold raises an alarm.",
      charts::draw(table));
}

WEIR_BODY charts::Markup calibration_figure(const Assessment& result, const std::string& id) {
  const Calibration& calibration = result.calibration;
  if (calibration.rows() == 0) return {};
  const std::string error = number_text(calibration.expected_error());
  const bool two = result.two_classes();
  charts::LineChart chart{
      {id + "-calibration", "Calibration",
       "Share of hits against the probability that was given, in ten bins. Expected calibration error " +
           error + "."},
      {.title = two ? "probability that was given" : "probability of the class that was said",
       .low = 0.0,
       .high = 1.0},
      {.title = two ? "share that is of the class" : "share that was right", .low = 0.0, .high = 1.0}};
  chart.diagonal = true;
  charts::Series many{"bins of 20 rows or more", {}, charts::SeriesForm::line_and_dots};
  charts::Series few{"fewer rows", {}, charts::SeriesForm::dots};
  charts::PageTable table{"Bins of probability", {"from", "to", "rows", "mean probability", "share of hits"}};
  for (std::size_t i = 0; i < Calibration::bins; ++i) {
    const Calibration::Bin& bin = calibration.all()[i];
    const auto edge = [](std::size_t at) {
      return static_cast<double>(at) / static_cast<double>(Calibration::bins);
    };
    if (bin.rows == 0) continue;
    (bin.rows < 20 ? few : many).points.push_back({bin.mean(), bin.share()});
    table.rows.push_back({charts::number_cell(edge(i)), charts::number_cell(edge(i + 1)), bin.rows,
                          charts::number_cell(bin.mean()), charts::share_cell(bin.share())});
  }
  chart.series = {std::move(many), std::move(few)};
  return charts::figure("Calibration", charts::draw(chart),
                        "On the dotted line probabilities mean what they say. Expected calibration error " +
                            error + ", in which a bin counts by its rows.",
                        charts::draw(table));
}

WEIR_BODY charts::Markup importance_figure(const Importance& found, const std::string& id) {
  constexpr std::size_t most_bars = 20;
  charts::BarChart chart{
      {id + "-importance", "Most important columns",
       "How much " + found.metric + " gets worse when a column is shuffled; the most important first."}};
  charts::PageTable table{"All columns that the model reads",
                          {"column", "worse by", "deviation of the repeats"}};
  for (const ColumnImportance& column : found.columns) {
    if (chart.bars.size() < most_bars)
      chart.bars.push_back({column.column, column.mean, column.deviation, number_text(column.mean)});
    table.rows.push_back(
        {column.column, charts::number_cell(column.mean), charts::number_cell(column.deviation)});
  }
  return charts::figure(
      "Most important columns", charts::draw(chart),
      "How much " + found.metric + ", " + number_text(found.baseline) +
          " for the rows as they are, gets worse when the values of a column are shuffled among the rows: " +
          count_text(found.rows, "row") + ", each column " + count_text(found.repeats, "time") +
          "; lines show the deviation. Columns that say the same share their importance.",
      charts::draw(table));
}

#endif

}  // namespace detail

}  // namespace weir::inline WEIR_ABI
