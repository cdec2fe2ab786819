// Training from where a state stands: epoch by epoch, batch by batch, with callbacks told in between. Between two
// batches the state is whole, so that it can be kept there.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/core/rng.hpp>
#include <weir/train/compared.hpp>
#include <weir/train/dataset.hpp>
#include <weir/train/evaluate.hpp>
#include <weir/train/fit_callbacks.hpp>
#include <weir/train/fit_options.hpp>
#include <weir/train/fit_state.hpp>
#include <weir/train/history.hpp>
#include <weir/train/not_finite.hpp>
#include <weir/train/trainer.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI::detail {

/// What ends a training that has gone astray, with the mend.
template <class Net, class T>
[[noreturn]] void fail_diverged(const std::string& what, const Net& net, const Dataset<T>& data,
                                std::span<const Index> rows, double rate) {
  std::string source = source_of_nan(net, data, rows);
  if (source.empty()) {
    source = "the training diverges: lower the learning rate, now " + short_text(rate) +
             ", or set `clip_norm`; scale x and targets that are large";
  }
  fail(ErrorKind::numeric, "fit: " + what + "; " + source);
}

/// Keeps the best weights and says whether to stop.
template <class State>
[[nodiscard]] bool judge(State& state, EpochReport& report, const EarlyStopping& rule) {
  const double loss = report.monitored();
  const bool lower = loss < state.best_loss - rule.min_delta;
  if (lower || (rule.tolerance > 0.0 && loss <= state.best_loss * (1.0 + rule.tolerance))) {
    state.best_loss = std::min(state.best_loss, loss);
    state.waited = 0;
    state.history.best_epoch = report.epoch;
    report.best = true;
    if (rule.patience > 0 && rule.restore_best) state.best = state.net;
  } else {
    ++state.waited;
  }
  return rule.patience > 0 && state.waited >= rule.patience;
}

template <class Net, class Loss, class Optimizer>
class FitRun {
 public:
  using T = typename Net::Scalar;
  using State = FitState<Net>;

  FitRun(State& state, const Dataset<T>& training, const Dataset<T>& validation, Against against,
         const Loss& loss, const Optimizer& optimizer, const FitOptions& options)
      : state_(state),
        training_(training),
        validation_(validation),
        loss_(loss),
        optimizer_(optimizer),
        options_(options),
        trainer_(state.net, training, against, loss, optimizer, options),
        batches_((training.rows() + options.batch_size - 1) / options.batch_size),
        order_(static_cast<std::size_t>(training.rows())) {}

  /// Throws ConfigError when what is to go on did not come here by the same terms.
  void agree_on_terms() {
    const auto wrong = [](const std::string& what) {
      fail(ErrorKind::config, "fit: this training goes on by the terms that it began by: " + what);
    };
    FitTerms now = terms_of(training_, validation_, loss_, optimizer_, options_);
    const bool binding = state_.bound || state_.partial.batches > 0;
    if (binding && !state_.terms.empty()) {
      if (const std::string other = difference(state_.terms, now); !other.empty()) wrong(other);
    }
    if (state_.partial.batches > batches_) {
      wrong("it stands at batch " + std::to_string(state_.partial.batches) + " of an epoch of " +
            std::to_string(batches_));
    }
    if (state_.bound) check_rates(wrong);
    state_.terms = std::move(now);
    state_.bound = false;
  }

  /// Until all epochs are done, early stopping ends it, or a callback does.
  template <class... Callbacks>
  void train(Callbacks&... callbacks) {
    Go go = Go::on;
    while (!done() && go == Go::on) {
      go = train_batches(callbacks...);
      if (state_.partial.batches < batches_) break;
      [[maybe_unused]] const EpochReport report = finish_epoch();
      ((go = both(go, tell_epoch(callbacks, state_, report))), ...);
    }
    state_.history.interrupted = !done();
    (tell_end(callbacks, state_), ...);
  }

 private:
  using Clock = std::chrono::steady_clock;

  [[nodiscard]] static double seconds_since(Clock::time_point begin) {
    return std::chrono::duration<double>(Clock::now() - begin).count();
  }
  [[nodiscard]] static Go both(Go a, Go b) { return a == Go::stop ? a : b; }
  [[nodiscard]] bool done() const {
    return state_.epochs_done() >= options_.epochs || state_.history.stopped_early;
  }

  /// Of the learning rate, at a batch of an epoch, both counted from 0.
  [[nodiscard]] double factor_at(Index epoch, Index batch) const {
    if (!options_.schedule) return 1.0;
    const double progress =
        static_cast<double>(epoch) + static_cast<double>(batch) / static_cast<double>(batches_);
    const std::span<const EpochReport> past(state_.history.epochs);
    return options_.schedule(
        {progress, static_cast<double>(options_.epochs), past.first(static_cast<std::size_t>(epoch))});
  }

  /// What is asked for gives the epochs that are done the learning rates that they had.
  template <class Wrong>
  void check_rates(Wrong wrong) const {
    const std::vector<EpochReport>& past = state_.history.epochs;
    for (std::size_t i = 0; i < past.size(); ++i) {
      const double rate = optimizer_.learning_rate * factor_at(static_cast<Index>(i), batches_ - 1);
      if (std::abs(rate - past[i].learning_rate) <= 1e-9 * std::abs(rate)) continue;
      wrong("the learning rate of epoch " + std::to_string(i + 1) + " was " +
            short_text(past[i].learning_rate) + ", and is " + short_text(rate) +
            ": another schedule, or one that follows another number of epochs");
    }
  }

  void draw_order(RngKey key) {
    std::iota(order_.begin(), order_.end(), Index{0});
    Rng rng(key);
    if (options_.shuffle) shuffle(std::span<Index>(order_), rng);
  }
  [[nodiscard]] std::span<const Index> rows_of(Index batch) const {
    const auto first = static_cast<std::size_t>(batch * options_.batch_size);
    const std::size_t count = std::min(static_cast<std::size_t>(options_.batch_size), order_.size() - first);
    return std::span<const Index>(order_).subspan(first, count);
  }

  /// The batches of the present epoch that are left, until a callback stops it.
  template <class... Callbacks>
  [[nodiscard]] Go train_batches(Callbacks&... callbacks) {
    const auto begin = Clock::now();
    const Index epoch = state_.epochs_done();
    const RngKey key = RngKey{options_.seed}.fork(0x4649'54).fork(static_cast<std::uint64_t>(epoch + 1));
    draw_order(key);
    // Finite gradients may still take weights out of the numbers there are.
    const Net net_before = state_.net;
    const OptimizerState<Net> optimizer_before = state_.optimizer;
    const auto undo = [&] {
      state_.net = net_before;
      state_.optimizer = optimizer_before;
    };
    PartialEpoch& partial = state_.partial;
    const char* const before = partial.batches == 0 ? "epoch" : "run";
    const double spent = partial.seconds;
    Go go = Go::on;
    while (partial.batches < batches_ && go == Go::on) {
      const std::span<const Index> rows = rows_of(partial.batches);
      const double factor = factor_at(epoch, partial.batches);
      const RngKey batch_key = key.fork(static_cast<std::uint64_t>(partial.batches + 1));
      const auto [loss, weight] = trainer_.step(state_, rows, batch_key, factor);
      partial.learning_rate = optimizer_.learning_rate * factor;
      if (std::isnan(loss)) {
        const std::string where = "the loss or its gradient is not finite in epoch " +
                                  std::to_string(epoch + 1) + ", batch " +
                                  std::to_string(partial.batches + 1) + " of " + std::to_string(batches_);
        const bool sound = finite(state_.net);
        if (!sound) undo();
        refuse(where + "; the weights are those before this " + (sound ? "batch" : before), rows);
      }
      partial.loss_sum += loss * weight;
      partial.weight_sum += weight;
      partial.seconds = spent + seconds_since(begin);
      [[maybe_unused]] const BatchReport report{epoch + 1, options_.epochs, ++partial.batches, batches_,
                                                loss};
      ((go = both(go, tell_batch(callbacks, state_, report))), ...);
    }
    if (!finite(state_.net)) {
      undo();
      refuse("the weights are not finite after epoch " + std::to_string(epoch + 1) +
                 "; they are those before this " + before,
             {});
    }
    return go;
  }

  /// Ends training; the epoch then begins anew.
  [[noreturn]] void refuse(const std::string& what, std::span<const Index> rows) {
    const double rate = state_.partial.learning_rate;
    state_.partial = {};
    fail_diverged(what, state_.net, training_, rows, rate);
  }

  /// The loss of the validation rows, and what follows from it.
  EpochReport finish_epoch() {
    const auto begin = Clock::now();
    const PartialEpoch& partial = state_.partial;
    if (!(partial.weight_sum > 0.0)) {
      fail(ErrorKind::config, "fit: all rows together weigh nothing: see weights, class weights and lengths");
    }
    EpochReport report{state_.epochs_done() + 1, options_.epochs};
    report.loss = partial.loss_sum / partial.weight_sum;
    report.learning_rate = partial.learning_rate;
    report.samples_per_second = static_cast<double>(training_.rows()) / std::max(partial.seconds, 1e-9);
    if (validation_.rows() > 0) report.validation_loss = validation_loss(report);
    report.seconds = partial.seconds + seconds_since(begin);
    state_.history.stopped_early = judge(state_, report, options_.early_stopping);
    state_.history.epochs.push_back(report);
    state_.partial = {};
    return report;
  }

  [[nodiscard]] double validation_loss(const EpochReport& report) const {
    const double result = loss_over(state_.net, validation_, loss_, options_.pool, [](Index, const auto&) {});
    if (std::isfinite(result)) return result;
    std::vector<Index> all(static_cast<std::size_t>(validation_.rows()));
    std::iota(all.begin(), all.end(), Index{0});
    fail_diverged("the loss of the validation rows is not finite after epoch " + std::to_string(report.epoch),
                  state_.net, validation_, all, report.learning_rate);
  }

  State& state_;
  const Dataset<T>& training_;
  const Dataset<T>& validation_;
  const Loss& loss_;
  const Optimizer& optimizer_;
  const FitOptions& options_;
  Trainer<Net, Loss, Optimizer> trainer_;
  Index batches_;
  std::vector<Index> order_;
};

}  // namespace weir::inline WEIR_ABI::detail
