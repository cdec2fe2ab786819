// weir search TRAIN --label COLUMN
#include "commands.hpp"
#include "files.hpp"
#include "hints.hpp"
#include "page.hpp"
#include "preparation.hpp"
#include "report.hpp"
#include "training.hpp"

#include <weir/core/option_words.hpp>
#include <weir/core/plain_text.hpp>
#include <weir/core/text_chart.hpp>
#include <weir/data/sources/file_names.hpp>
#include <weir/pipeline/read_samples.hpp>
#include <weir/pipeline/search_report.hpp>

#include <nlohmann/json.hpp>

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

namespace cli {

namespace {

/// What `weir train` has to be told to train a trial's net.
[[nodiscard]] std::string flags_of(const weir::Trial& trial) {
  const weir::LearnOptions& o = trial.options;
  std::string text;
  const auto add = [&text](const char* flag, const auto& value) {
    if (value)
      text.append(text.empty() ? "" : " ")
          .append(flag)
          .append(" ")
          .append(weir::brief_text(static_cast<double>(*value)));
  };
  if (!o.layers.empty()) text = "--layers " + o.layers;
  if (!o.optimizer.empty()) text += (text.empty() ? "" : " ") + std::string("--optimizer ") + o.optimizer;
  add("--lr", o.learning_rate);
  add("--weight-decay", o.weight_decay);
  add("--batch-size", o.batch_size);
  return text;
}

/// Shows on a terminal how far it is.
class SearchProgress {
 public:
  explicit SearchProgress(bool shown) : shown_(shown) {}
  SearchProgress(const SearchProgress&) = delete;
  SearchProgress& operator=(const SearchProgress&) = delete;
  ~SearchProgress() {
    if (shown_) std::fputs("\r\033[K", stderr);
  }
  void operator()(const weir::Trial& trial, weir::Index of_round, weir::Index left) const {
    if (!shown_) return;
    std::fprintf(stderr, "\rround %td: %td of %td, %td epochs each \033[K", trial.round, of_round - left,
                 of_round, trial.epochs);
    std::fflush(stderr);
  }

 private:
  bool shown_;
};

/// Scores of the last round that all had against the number of parameters.
[[nodiscard]] std::string picture_of(const weir::SearchResult& found) {
  std::vector<double> sizes, scores;
  for (const weir::Trial& trial : found.trials) {
    sizes.push_back(static_cast<double>(trial.parameters));
    scores.push_back(trial.score);
  }
  return weir::text_chart(sizes, scores, {.log_x = true, .marked = 0, .x_title = "parameters"});
}

[[nodiscard]] Json trial_json(const weir::Trial& trial) {
  const auto number = [](double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); };
  Json json{{"trial", trial.number},        {"round", trial.round},       {"epochs", trial.epochs},
            {"score", number(trial.score)}, {"loss", number(trial.loss)}, {"parameters", trial.parameters},
            {"flops", trial.flops},         {"seconds", trial.seconds},   {"options", flags_of(trial)}};
  if (!trial.failure.empty()) json["failure"] = trial.failure;
  return json;
}

[[nodiscard]] Json search_json(const weir::SearchResult& found, const weir::Samples& samples,
                               double seconds) {
  Json json{{"metric", found.metric},
            {"rows_trained", samples.training.rows()},
            {"rows_held_back", samples.validation.rows()},
            {"seconds", seconds}};
  for (const weir::Trial& trial : found.trials) json["trials"].push_back(trial_json(trial));
  json["notes"] = samples.notes;
  return json;
}

/// Files as the shell takes them.
[[nodiscard]] std::string words_of(const std::vector<std::string>& paths) {
  std::string text;
  for (const std::string& path : paths) text += (text.empty() ? "" : " ") + weir::shell_word(path);
  return text;
}

/// What a page calls them.
[[nodiscard]] std::string shown_names(const std::vector<std::string>& paths) {
  return paths.size() == 1 ? shown_name(paths[0]) : weir::count_text(paths.size(), "table");
}

[[nodiscard]] std::string advice_for(const weir::SearchResult& found, const TrainOptions& options) {
  const std::string flags = flags_of(found.best());
  return "To train the best: weir train " + words_of(options.tables) + " --label " + options.samples.label +
         (flags.empty() ? "" : " " + flags) + " --model FILE";
}

[[nodiscard]] std::string search_text(const weir::SearchResult& found, const weir::Samples& samples,
                                      const TrainOptions& options, double seconds) {
  const auto trials = static_cast<weir::Index>(found.trials.size());
  return weir::files_text(options.tables) + ": " + weir::count_text(samples.training.rows(), "row") +
         " to train on, " + std::to_string(samples.validation.rows()) + " held back\n" +
         notes_text(samples.notes) + "\n" + weir::count_text(trials, "trial") + " in " +
         weir::detail::formatted("%.0f s", seconds) + ", best first" + (trials > 20 ? ", the first 20" : "") +
         ":\n" + weir::to_text(found) + "\n  " + found.metric +
         (found.less_is_better ? " (less is better)" : "") + "; O is the best\n" + picture_of(found) + "\n" +
         weir::gain_text(found) + "\n" + advice_for(found, options) + "\n" +
         "  It was chosen by the rows held back, so its figure flatters: judge the model by other rows\n";
}

}  // namespace

void search(const SearchCommand& given) {
  TrainOptions wanted = given.train;
  wanted.tables = weir::expand_files(wanted.tables);
  wanted.learning.seed = given.search.seed;
  const TrainOptions options = with_defaults(std::move(wanted));
  refuse_standard_output_for_page(given.report);
  check_files(named("TRAIN", options.tables), {{"--report", given.report}, {"standard output", "-"}});
  const weir::Samples samples = weir::read_samples(options.tables, options.input, options.samples);
  const bool talk = !options.output.json && !options.output.quiet;
  const auto begin = std::chrono::steady_clock::now();
  weir::SearchResult found;
  {
    const SearchProgress progress(isatty(STDERR_FILENO) != 0 && !options.output.quiet);
    found = weir::search(samples, given.search, options.learning,
                         [&](const auto&... report) { progress(report...); });
  }
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  if (!given.report.empty()) {
    std::vector<std::string> notes = samples.notes;
    notes.push_back(advice_for(found, options));
    write_page(given.report, weir::to_html(weir::SearchReport{shown_names(options.tables), found, notes}));
  }
  if (talk) print(search_text(found, samples, options, seconds));
  if (options.output.json) print_json(search_json(found, samples, seconds));
}

}  // namespace cli
