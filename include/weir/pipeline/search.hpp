// Random search over nets and rates with successive halving (Bergstra, Bengio 2012; Jamieson, Talwalkar 2016).
//
//   round r = 0, 1, ...:  train n_r nets for e_r epochs, each anew, rank them by held-back rows
//                         n_0 = trials, e_0 = epochs;  n_(r+1) = ceil(n_r / reduction), e_(r+1) = e_r reduction
//   until one is left
//
//   const SearchResult found = search(samples, {.trials = 50, .threads = 2});
//   std::puts(to_text(found).c_str());
//   const auto learned = learn(samples, found.best().options);
//
// Each round trains under a whole schedule of its own, so that its figures are those of finished trainings. Trial 1 is
// what the recipe for the rows would choose (train/recipe.hpp); it comes to every round that has two trials or more, so
// that one sees what the search is worth. The best of
// many is chosen by the held-back rows, and so flattered by them: judge it by rows that the search has not seen.
// Same samples, options and seed, same result, for any number of threads.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/core/near_names.hpp>
#include <weir/core/option_words.hpp>
#include <weir/core/plain_text.hpp>
#include <weir/core/rng.hpp>
#include <weir/core/thread_pool.hpp>
#include <weir/models/any_model.hpp>
#include <weir/models/summary.hpp>
#include <weir/pipeline/assessor.hpp>
#include <weir/pipeline/learn.hpp>
#include <weir/pipeline/samples.hpp>
#include <weir/pipeline/search_options.hpp>
#include <weir/train/metrics.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iterator>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

/// A net and a way to train it, and how it did in the last round that it came to.
struct Trial {
  Index number = 0;             ///< counted from 1, in the order in which they were drawn
  LearnOptions options{};       ///< what learn() takes
  Index round = 0;              ///< counted from 1
  Index epochs = 0;             ///< of that round
  double score = std::nan("");  ///< on the held-back rows; NaN: not defined, or training failed
  double loss = std::nan("");   ///< of the held-back rows, after the last epoch
  Index parameters = 0;
  Index flops = 0;        ///< of a row
  double seconds = 0.0;   ///< of training in that round
  std::string failure{};  ///< why it could not be trained
};

struct SearchResult {
  std::string metric{};         ///< that trials were ranked by
  bool less_is_better = false;  ///< of that metric
  std::vector<Trial> trials{};  ///< best first: later rounds before earlier ones, then by score

  [[nodiscard]] const Trial& best() const { return trials.front(); }
  /// Trial 1.
  [[nodiscard]] const Trial& recipe() const {
    return *std::find_if(trials.begin(), trials.end(), [](const Trial& trial) { return trial.number == 1; });
  }
};

/// Told of each trial that has ended a round; called by one thread at a time, in any order.
using TrialCallback = std::function<void(const Trial& trial, Index of_round, Index left_in_round)>;

namespace detail {

/// Log-uniform.
[[nodiscard]] inline double draw_log(Rng& rng, double low, double high) {
  return low * std::pow(high / low, rng.uniform());
}
/// Three digits, so that a text of it is what was tried.
[[nodiscard]] inline double rounded_to_three(double value) {
  if (value == 0.0) return 0.0;
  const double digit = std::pow(10.0, std::floor(std::log10(value)) - 2.0);
  return std::round(value / digit) * digit;
}
/// 8, 16, 32, ... up to the largest.
[[nodiscard]] inline Index draw_units(Rng& rng, Index largest) {
  Index choices = 0;
  for (Index units = 8; units <= largest; units *= 2) ++choices;
  return Index{8} << static_cast<Index>(rng.below(static_cast<std::uint64_t>(choices)));
}

[[nodiscard]] std::string draw_layers(Rng& rng, const SearchOptions& options,
                                      const PipelineSettings& settings);

/// What the options of `given` leave open is drawn.
[[nodiscard]] LearnOptions draw_trial(RngKey key, const SearchOptions& options, const Samples& samples,
                                      const LearnOptions& given);

/// So many that nets can be told apart by them.
[[nodiscard]] inline Index first_epochs(Index rows) noexcept {
  constexpr Index shown = 100'000, most = 50;
  return std::clamp<Index>((shown + rows - 1) / std::max<Index>(rows, 1), 1, most);
}

[[nodiscard]] std::string usual_metric(const Samples& samples);

/// Whether `a` did better than `b`.
[[nodiscard]] bool better(const Trial& a, const Trial& b, bool less_is_better);

#if WEIR_BODIES

WEIR_BODY std::string draw_layers(Rng& rng, const SearchOptions& options, const PipelineSettings& settings) {
  const auto dense = [&](Index units) { return "dense:" + std::to_string(units) + ",relu"; };
  if (settings.task == Task::anomaly) {  // ..., wide, narrow, wide, ...
    const Index wide = draw_units(rng, options.most_units);
    const Index narrow = std::min(wide, draw_units(rng, std::max<Index>(8, wide / 2)));
    return dense(wide) + "," + dense(narrow) + "," + dense(wide);
  }
  std::string text = settings.input.length > 1 ? "flatten," : "";
  const auto depth = static_cast<Index>(1 + rng.below(static_cast<std::uint64_t>(options.most_layers)));
  const double most = settings.task == Task::classify ? options.most_dropout : 0.0;
  const double dropout = std::round(20.0 * rng.uniform(0.0, most)) / 20.0;
  Index units = draw_units(rng, options.most_units);
  for (Index i = 0; i < depth; ++i) {
    text += (i == 0 ? "" : ",") + dense(units);
    if (dropout > 0.0) text += ",dropout:" + brief_text(dropout);
    if (rng.chance(0.5)) units = std::max<Index>(8, units / 2);
  }
  return text;
}

WEIR_BODY LearnOptions draw_trial(RngKey key, const SearchOptions& options, const Samples& samples,
                                  const LearnOptions& given) {
  Rng rng(key);
  LearnOptions trial = given;
  const std::string layers = draw_layers(rng, options, samples.settings);
  if (trial.layers.empty()) trial.layers = layers;
  const double rate = rounded_to_three(draw_log(rng, options.lowest_rate, options.highest_rate));
  if (!trial.learning_rate) trial.learning_rate = rate;
  const double decay = rng.chance(0.5) ? draw_log(rng, 1e-4, std::max(1e-4, options.most_decay)) : 0.0;
  if (trial.optimizer.empty()) trial.optimizer = "adamw";
  if (!trial.weight_decay && trial.optimizer == "adamw")
    trial.weight_decay = std::min(rounded_to_three(decay), options.most_decay);
  const Index batch = Index{32} << static_cast<Index>(rng.below(4));
  if (!trial.batch_size) trial.batch_size = std::min(batch, std::max<Index>(1, samples.training.rows()));
  return trial;
}

WEIR_BODY std::string usual_metric(const Samples& samples) {
  if (samples.settings.task == Task::classify) return "macro_f1";
  const bool attacks = samples.class_counts.size() == 2 && samples.class_counts[1] > 0 &&
                       samples.settings.task == Task::anomaly;
  return attacks ? "roc_auc" : "loss";
}

WEIR_BODY bool better(const Trial& a, const Trial& b, bool less_is_better) {
  if (a.round != b.round) return a.round > b.round;
  if (std::isnan(a.score) != std::isnan(b.score)) return !std::isnan(a.score);
  if (a.score != b.score && !std::isnan(a.score))
    return less_is_better ? a.score < b.score : a.score > b.score;
  return a.number < b.number;
}

#endif

/// Trains one trial and enters how it did.
template <class Net>
void run_trial(Trial& trial, const Samples& samples, const std::string& metric, Index epochs) {
  trial.epochs = epochs;
  LearnOptions options = trial.options;
  options.epochs = epochs;
  const auto learned = learn<Net>(samples, options);
  const NetSummary net = summary(learned.pipeline.net, samples.settings.input);
  trial.parameters = net.parameters();
  trial.flops = net.flops();
  trial.seconds = learned.seconds;
  const History& history = learned.history;
  const auto kept = static_cast<std::size_t>(learned.choices.patience > 0 ? history.best_epoch
                                                                          : std::ssize(history.epochs));
  trial.loss = history.epochs[kept - 1].validation_loss;
  trial.score = metric == "loss" ? trial.loss : assess(learned.pipeline, samples).value(metric);
}

/// The same, where what cannot be trained is no error but a poor trial.
template <class Net>
void try_trial(Trial& trial, const Samples& samples, const std::string& metric, Index epochs) {
#if WEIR_EXCEPTIONS
  try {
    run_trial<Net>(trial, samples, metric, epochs);
  } catch (const NumericError& error) {
    trial.score = std::nan("");
    trial.failure = error.what();
  }
#else
  run_trial<Net>(trial, samples, metric, epochs);
#endif
}

/// Trial 1 is among the first `count`, in the place of the last of them if it was not.
inline void keep_recipe(std::vector<Trial>& trials, Index count) {
  const auto last = trials.begin() + count - 1;
  const auto recipe = std::find_if(last, trials.end(), [](const Trial& trial) { return trial.number == 1; });
  if (recipe != trials.end()) std::rotate(last, recipe, recipe + 1);
}

[[nodiscard]] bool less_is_better(const std::string& metric, Task task);

[[nodiscard]] std::vector<Trial> first_trials(const Samples& samples, const SearchOptions& options,
                                              const LearnOptions& given);

#if WEIR_BODIES

WEIR_BODY bool less_is_better(const std::string& metric, Task task) {
  if (metric == "loss") return true;
  std::vector<std::string> names{"loss"};
  for (const AnyMetric& known : builtin_metrics()) {
    const bool of_values = known.as<AnyMetric::OfValues>() != nullptr;
    if (of_values != (task == Task::regress)) continue;
    if (known.text.kind == metric) return known.text.less_is_better;
    names.emplace_back(known.text.kind);
  }
  fail(
      ErrorKind::config, "search",
      "there is no metric " + in_quotes(metric) + " for this task" + near_names(metric, names, names.size()));
}

WEIR_BODY std::vector<Trial> first_trials(const Samples& samples, const SearchOptions& options,
                                          const LearnOptions& given) {
  const RngKey key = RngKey{options.seed}.fork(0x5345'4152);
  std::vector<Trial> trials;
  for (Index i = 0; i < options.trials; ++i) {
    LearnOptions drawn =
        i == 0 ? given : draw_trial(key.fork(static_cast<std::uint64_t>(i)), options, samples, given);
    drawn.seed = options.seed;
    drawn.threads = 1;
    drawn.alarm_rate.reset();  // a threshold changes no ranking
    trials.push_back({.number = i + 1, .options = std::move(drawn)});
  }
  return trials;
}

#endif

}  // namespace detail

/// Searches. What `given` says is kept for all trials, and only what it leaves open is tried. ConfigError when an
/// option is out of its bounds or nothing is held back to rank by; a training that goes astray is a trial that failed.
template <class Net = AnyModel<float>>
[[nodiscard]] SearchResult search(const Samples& samples, const SearchOptions& options = {},
                                  const LearnOptions& given = {}, const TrialCallback& tell = {}) {
  check_options(options);
  if (samples.validation.rows() == 0) {
    fail(ErrorKind::config, "search",
         option_word(samples.words, "validation") +
             " above 0: without rows held back there is nothing to rank by");
  }
  SearchResult result;
  result.metric = options.metric.empty() ? detail::usual_metric(samples) : options.metric;
  result.less_is_better = detail::less_is_better(result.metric, samples.settings.task);
  result.trials = detail::first_trials(samples, options, given);
  const auto ranked = [&](const Trial& a, const Trial& b) {
    return detail::better(a, b, result.less_is_better);
  };

  ThreadPool pool(options.threads);
  std::mutex telling;
  auto count = static_cast<Index>(result.trials.size());
  Index epochs = options.epochs.value_or(detail::first_epochs(samples.training.rows()));
  for (Index round = 1;; ++round) {
    Index left = count;
    pool.run(count, [&](Index i, Index) {
      Trial& trial = result.trials[static_cast<std::size_t>(i)];
      trial.round = round;
      detail::try_trial<Net>(trial, samples, result.metric, epochs);
      const std::lock_guard lock(telling);
      --left;
      if (tell) tell(trial, count, left);
    });
    std::sort(result.trials.begin(), result.trials.begin() + count, ranked);
    count = (count + options.reduction - 1) / options.reduction;
    if (count == 1) break;
    detail::keep_recipe(result.trials, count);
    epochs *= options.reduction;
  }
  return result;
}

/// The best trials, a line each; 0: all of them.
[[nodiscard]] std::string to_text(const SearchResult& found, std::size_t most = 20);
/// A sentence: what the search found, and what that is worth beside the recipe.
[[nodiscard]] std::string gain_text(const SearchResult& found);

#if WEIR_BODIES

WEIR_BODY std::string to_text(const SearchResult& found, std::size_t most) {
  std::string text = "  trial  epochs " + pad_left(found.metric, 10) +
                     "  parameters      rate     decay  batch  seconds  layers\n";
  std::size_t shown = 0;
  for (const Trial& trial : found.trials) {
    if (most > 0 && shown++ == most) break;
    const LearnOptions& o = trial.options;
    const auto given = [](const auto& option) {
      return option ? brief_text(static_cast<double>(*option)) : std::string("recipe");
    };
    text += pad_left(std::to_string(trial.number), 7) + pad_left(std::to_string(trial.epochs), 8) +
            pad_left(trial.failure.empty() ? number_text(trial.score) : "failed", 11) +
            pad_left(std::to_string(trial.parameters), 12) + pad_left(given(o.learning_rate), 10) +
            pad_left(given(o.weight_decay), 10) + pad_left(given(o.batch_size), 7) +
            pad_left(detail::formatted("%.1f", trial.seconds), 9) + "  " +
            (o.layers.empty() ? "recipe" : o.layers) + "\n";
  }
  return text;
}

WEIR_BODY std::string gain_text(const SearchResult& found) {
  const Trial& best = found.best();
  const Trial& recipe = found.recipe();
  if (!best.failure.empty()) return "No trial could be trained.";
  const std::string reached =
      found.metric + " " + number_text(best.score) + " after " + count_text(best.epochs, "epoch");
  if (best.number == recipe.number) return "The recipe was the best, with " + reached + ".";
  const std::string of_recipe = recipe.failure.empty() ? number_text(recipe.score) : "nothing";
  return "The best is trial " + std::to_string(best.number) + ", with " + reached + "; the recipe has " +
         of_recipe + " after " + count_text(recipe.epochs, "epoch") + ".";
}

#endif

#if defined(WEIR_COMPILED)
extern template SearchResult search<AnyModel<float>>(const Samples&, const SearchOptions&,
                                                     const LearnOptions&, const TrialCallback&);
#endif

}  // namespace weir::inline WEIR_ABI
