// What a page tells of the rows that a model was trained on, of what became of their columns, and of the training itself.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/plain_text.hpp>
#include <weir/data/preparing/gaps_text.hpp>
#include <weir/pipeline/pipeline.hpp>
#include <weir/pipeline/samples.hpp>
#include <weir/report/bar_chart.hpp>
#include <weir/report/line_chart.hpp>
#include <weir/report/page.hpp>
#include <weir/train/history.hpp>
#include <weir/train/overfitting.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

namespace detail {

/// Rows, classes, columns by kind, gaps and notes.
[[nodiscard]] charts::Markup data_section(const Samples& samples);
/// Whether it is over-fitted, in words.
[[nodiscard]] charts::Markup fit_verdict(const History& history, Index kept);
/// Loss and learning rate by epoch; `kept` is the epoch whose weights the net has.
[[nodiscard]] charts::Markup training_section(const History& history, Index kept);

#if WEIR_BODIES

[[nodiscard]] inline charts::Markup rows_table(const Samples& samples) {
  charts::PageTable table{"Rows of the table", {"rows", "count"}};
  table.rows.push_back({"with a label", samples.rows});
  if (samples.unlabelled > 0) table.rows.push_back({"left out, without a label", samples.unlabelled});
  table.rows.push_back({"trained on", samples.training.rows()});
  table.rows.push_back({"held back, to judge by", samples.validation.rows()});
  return charts::draw(table);
}

[[nodiscard]] inline charts::Markup class_figure(const Samples& samples) {
  constexpr std::size_t most_bars = 25;
  const std::vector<std::string>& classes = samples.settings.labels.classes;
  if (samples.class_counts.empty()) return {};
  charts::BarChart chart{{"classes", "Rows by class", "How many rows each class has in the table."}};
  charts::PageTable table{"Rows by class", {"class", "rows", "share"}};
  for (std::size_t k = 0; k < samples.class_counts.size(); ++k) {
    const std::size_t count = samples.class_counts[k];
    const double share = static_cast<double>(count) / static_cast<double>(samples.rows);
    chart.bars.push_back(
        {classes[k], static_cast<double>(count), 0.0,
         charts::grouped(static_cast<std::int64_t>(count)) + " (" + percent_text(share) + ")"});
    table.rows.push_back({classes[k], count, charts::share_cell(share)});
  }
  std::stable_sort(chart.bars.begin(), chart.bars.end(),
                   [](const charts::Bar& a, const charts::Bar& b) { return a.value > b.value; });
  const std::size_t left_out = chart.bars.size() > most_bars ? chart.bars.size() - most_bars : 0;
  chart.bars.resize(chart.bars.size() - left_out);
  return charts::figure("Rows by class", charts::draw(chart),
                        left_out == 0 ? "" : count_text(left_out, "class with fewer rows") + " not drawn.",
                        charts::draw(table));
}

/// "3 features (one-hot)"
[[nodiscard]] inline std::string becomes_text(const NumericPlan& plan) {
  return plan.used ? "1 feature, scaled (" + std::string(name_of(plan.scaler.scaling)) + ")"
                   : "not used: constant";
}
[[nodiscard]] inline std::string becomes_text(const CategoricalPlan& plan) {
  return count_text(plan.features(), "feature") + ", one for each text and one for unknown ones";
}

[[nodiscard]] inline charts::Markup columns_table(const Samples& samples) {
  constexpr std::size_t most_columns = 200;
  const Preprocessor& preprocess = samples.settings.preprocess;
  if (preprocess.schema.columns.empty()) return {};
  std::size_t numbers = 0, unused = 0, texts = 0;
  charts::PageTable all{"Columns that the model reads, and what becomes of them",
                        {"column", "kind", "becomes", "missing", "infinite", "read in their place"}};
  const auto add = [&](const auto& plan, const char* kind) {
    std::size_t missing = 0, infinite = 0;
    for (const ColumnGaps& gaps : samples.gaps.gaps()) {
      if (gaps.column == plan.name) missing = gaps.missing, infinite = gaps.infinite;
    }
    if (all.rows.size() < most_columns)
      all.rows.push_back({plan.name, kind, becomes_text(plan), missing, infinite, stand_in_text(plan)});
  };
  preprocess.each_column(
      [&](const NumericPlan& plan, auto...) {
        ++(plan.used ? numbers : unused);
        add(plan, "numbers");
      },
      [&](const CategoricalPlan& plan, auto...) {
        ++texts;
        add(plan, "texts");
      });
  charts::PageTable kinds{"Columns by kind", {"kind", "columns"}};
  kinds.rows.push_back({"numbers", numbers});
  kinds.rows.push_back({"texts", texts});
  if (unused > 0) kinds.rows.push_back({"constant, not used", unused});
  kinds.rows.push_back({"features that the net sees of them", preprocess.features()});
  const std::string title = all.rows.size() < preprocess.schema.columns.size()
                                ? "The first " + std::to_string(all.rows.size()) + " columns"
                                : "All columns";
  return charts::draw(kinds) +
         charts::element("details", charts::words("summary", title) + charts::draw(all));
}

WEIR_BODY charts::Markup data_section(const Samples& samples) {
  const std::string gaps = gaps_text(samples.gaps, samples.settings.preprocess);
  const charts::Markup notes = charts::list_of(samples.notes);
  return charts::element(
             "div", {{"class", "figures"}},
             charts::element("div", rows_table(samples) + columns_table(samples)) + class_figure(samples)) +
         charts::words("h3", "Gaps") +
         charts::words("p", gaps.empty() ? "No cell is missing or infinite." : gaps + ".") +
         (notes.empty() ? notes : charts::words("h3", "Notes") + notes);
}

/// Losses that span more than a decade are drawn over a logarithmic axis.
[[nodiscard]] inline bool spans_decades(const History& history) {
  double least = HUGE_VAL, most = 0.0;
  for (const EpochReport& epoch : history.epochs) {
    for (const double loss : {epoch.loss, epoch.validation_loss}) {
      if (!std::isfinite(loss)) continue;
      least = std::min(least, loss);
      most = std::max(most, loss);
    }
  }
  return least > 0.0 && most > 10.0 * least;
}

[[nodiscard]] inline charts::PageTable epochs_table(const History& history) {
  charts::PageTable table{"Epochs",
                          {"epoch", "loss, training rows", "loss, held-back rows", "learning rate"}};
  for (const EpochReport& epoch : history.epochs) {
    table.rows.push_back({epoch.epoch, charts::number_cell(epoch.loss),
                          charts::number_cell(epoch.validation_loss),
                          charts::Cell(epoch.learning_rate, brief_text(epoch.learning_rate))});
  }
  return table;
}

[[nodiscard]] inline charts::Markup loss_figure(const History& history, Index kept) {
  charts::LineChart chart{{"loss", "Loss by epoch",
                           "Loss on training rows and on held-back rows after each of " +
                               count_text(history.epochs.size(), "epoch") + "; the weights of epoch " +
                               std::to_string(kept) + " are kept."},
                          {.title = "epoch", .whole = true},
                          {.title = "loss", .logarithmic = spans_decades(history), .from_zero = true}};
  charts::Series training{"training rows"}, held_back{"held-back rows"};
  for (const EpochReport& epoch : history.epochs) {
    const auto at = static_cast<double>(epoch.epoch);
    training.points.push_back({at, epoch.loss});
    if (!std::isnan(epoch.validation_loss)) held_back.points.push_back({at, epoch.validation_loss});
  }
  chart.series.push_back(std::move(training));
  if (!held_back.points.empty()) chart.series.push_back(std::move(held_back));
  chart.marks.push_back({static_cast<double>(kept), "weights kept: epoch " + std::to_string(kept)});
  return charts::figure(
      "Loss by epoch", charts::draw(chart),
      "The loss on training rows is a mean over the epoch, while weights change and dropout is at work; "
      "that on held-back rows is taken after it.",
      charts::draw(epochs_table(history)));
}

[[nodiscard]] inline charts::Markup rate_figure(const History& history) {
  charts::LineChart chart{
      {"rate", "Learning rate by epoch", "The learning rate at the last step of each epoch."},
      {.title = "epoch", .whole = true},
      {.title = "learning rate", .from_zero = true}};
  charts::Series rate{"learning rate"};
  for (const EpochReport& epoch : history.epochs)
    rate.points.push_back({static_cast<double>(epoch.epoch), epoch.learning_rate});
  chart.series.push_back(std::move(rate));
  return charts::figure("Learning rate by epoch", charts::draw(chart), "At the last step of each epoch.");
}

WEIR_BODY charts::Markup fit_verdict(const History& history, Index kept) {
  if (history.epochs.empty()) return {};
  const OverfittingSign found = overfitting_of(history, kept);
  const bool warns = found.sign != Overfitting::none && found.sign != Overfitting::unknown;
  return charts::verdict(to_text(found), warns);
}

WEIR_BODY charts::Markup training_section(const History& history, Index kept) {
  if (history.epochs.empty()) return charts::words("p", "No epoch was trained.");
  return charts::element("div", {{"class", "figures"}}, loss_figure(history, kept) + rate_figure(history));
}

#endif

}  // namespace detail

}  // namespace weir::inline WEIR_ABI
