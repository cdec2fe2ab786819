// A search over nets and rates on one page: what it found and what that gained, how the trials lie, and all of them.
//
//   std::ofstream("search.html") << to_html(SearchReport{"day1.csv", found});
//
// Like the page of a model (model_report.hpp) it needs no other file, no network and no script.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/plain_text.hpp>
#include <weir/pipeline/search.hpp>
#include <weir/report/line_chart.hpp>
#include <weir/report/page.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

/// What is referred to must outlive it.
struct SearchReport {
  std::string name{};  ///< of the rows
  const SearchResult& found;
  std::vector<std::string> notes{};  ///< sentences, such as how to train the best
};

/// The page, as UTF-8.
[[nodiscard]] std::string to_html(const SearchReport& report);

#if WEIR_BODIES

namespace detail {

[[nodiscard]] inline charts::Cell option_cell(const auto& option) {
  if (!option) return "recipe";
  const auto value = static_cast<double>(*option);
  return {value, brief_text(value)};
}

[[nodiscard]] inline charts::Cell score_cell(const Trial& trial) {
  return {trial.score, trial.failure.empty() ? number_text(trial.score) : "failed: " + trial.failure};
}

[[nodiscard]] inline charts::PageTable trials_table(const SearchResult& found) {
  charts::PageTable table{"All trials, best first",
                          {"trial", "round", "epochs", found.metric, "parameters", "learning rate",
                           "weight decay", "batch size", "seconds", "layers"},
                          {}};
  for (const Trial& trial : found.trials) {
    const LearnOptions& o = trial.options;
    table.rows.push_back({trial.number, trial.round, trial.epochs, score_cell(trial), trial.parameters,
                          option_cell(o.learning_rate), option_cell(o.weight_decay),
                          option_cell(o.batch_size),
                          charts::Cell(trial.seconds, formatted("%.1f", trial.seconds)),
                          o.layers.empty() ? "recipe" : o.layers});
  }
  return table;
}

/// The score against something else of the trials, one series for each round that trials ended in.
template <class X>
[[nodiscard]] charts::Markup scatter(const SearchResult& found, const char* id, const std::string& what,
                                     X x_of) {
  const std::string title = found.metric + " by " + what;
  charts::LineChart chart{{id, title, "Each dot is a trial, at its score in the last round that it came to."},
                          {.title = what, .logarithmic = true},
                          {.title = found.metric}};
  for (Index round = found.best().round; round >= 1; --round) {
    charts::Series series{"ended in round " + std::to_string(round), {}, charts::SeriesForm::dots};
    for (const Trial& trial : found.trials) {
      if (trial.round == round && std::isfinite(trial.score))
        series.points.push_back({x_of(trial), trial.score});
    }
    if (!series.points.empty()) chart.series.push_back(std::move(series));
  }
  return charts::figure(title, charts::draw(chart),
                        std::string("Later rounds train longer, so that dots of one colour compare.") +
                            (found.less_is_better ? " Less is better." : ""));
}

[[nodiscard]] inline charts::Markup pictures(const SearchResult& found) {
  charts::Markup drawn = scatter(found, "by_size", "parameters",
                                 [](const Trial& trial) { return static_cast<double>(trial.parameters); });
  drawn += scatter(found, "by_rate", "learning rate",
                   [](const Trial& trial) { return trial.options.learning_rate.value_or(std::nan("")); });
  return charts::element("div", {{"class", "figures"}}, drawn);
}

}  // namespace detail

WEIR_BODY std::string to_html(const SearchReport& report) {
  const SearchResult& found = report.found;
  charts::Markup summary = charts::verdict(gain_text(found), !found.best().failure.empty());
  summary += charts::draw(std::vector<charts::Tile>{
      {found.metric, detail::score_cell(found.best()), found.less_is_better ? "less is better" : ""},
      {"trials", static_cast<Index>(found.trials.size()), ""},
      {"rounds", found.best().round, ""}});
  std::vector<std::string> sentences = report.notes;
  sentences.push_back("The best was chosen by these figures, so they flatter it: judge it by other rows.");
  summary += charts::list_of(sentences);
  return charts::page(report.name, "Search over nets and learning rates.",
                      {{"summary", "Summary", summary},
                       {"pictures", "Pictures", detail::pictures(found)},
                       {"trials", "Trials", charts::draw(detail::trials_table(found))}},
                      charts::made_by_weir());
}

#endif

}  // namespace weir::inline WEIR_ABI
