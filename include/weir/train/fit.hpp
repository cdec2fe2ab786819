// Training.
//
//   auto history = fit(net, data, BinaryCrossEntropy{}, Adam{},
//                      {.epochs = 10, .batch_size = 32, .validation = 0.1});
//
// The same net, data, options and seed give the same bits, for any number of threads: a batch is cut into
// parts of a fixed number of samples, and the gradients of the parts are added in a fixed tree.
// Continuing a FitState gives what never stopping would have given: everything random is drawn from (seed,
// epoch, batch).
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/layer.hpp>
#include <weir/core/layer_contract.hpp>
#include <weir/core/rng.hpp>
#include <weir/train/compared.hpp>
#include <weir/train/dataset.hpp>
#include <weir/train/evaluate.hpp>
#include <weir/train/fit_options.hpp>
#include <weir/train/history.hpp>
#include <weir/train/not_finite.hpp>
#include <weir/train/schedules.hpp>
#include <weir/train/trainer.hpp>
#include <weir/train/validation_split.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

namespace detail {

/// Whether nobody has given this net weights yet.
template <class Net>
[[nodiscard]] bool untouched(const Net& net) {
  bool zero = true;
  Net::visit(
      [&](Role role, const ParamName&, auto p) {
        for (const auto value : p.span()) zero = zero && (role != Role::weight || value == 0);
      },
      net);
  return zero;
}

/// Throws when the rows held back do not fit what is trained.
template <class T, class Loss>
void check_validation(const Dataset<T>& validation, Shape input, Shape output, const Loss& loss) {
  if (validation.rows() == 0) return;
  validation.check();
  if (validation.shape != input) {
    fail(ErrorKind::shape,
         "fit: validation rows are " + validation.shape.str() + ", those to train on " + input.str());
  }
  check_targets(validation, output, loss, "fit, validation rows: ");
}

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

template <class Callback, class State>
void tell_batch(Callback& callback, const State&, const BatchReport& report) {
  if constexpr (requires { callback.on_batch(report); }) callback.on_batch(report);
}
template <class Callback, class State>
void tell_epoch(Callback& callback, const State& state, const EpochReport& report) {
  if constexpr (requires { callback.on_epoch(state, report); }) {
    callback.on_epoch(state, report);
  } else if constexpr (requires { callback.on_epoch(report); }) {
    callback.on_epoch(report);
  }
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

}  // namespace detail

/// A net ready to be trained: weights drawn from the seed if it has none yet, optimizer at its start.
template <class Net, class Optimizer>
[[nodiscard]] FitState<Net> start_fit(Net net, const Optimizer& optimizer, std::uint64_t seed) {
  if (detail::untouched(net)) {
    Rng rng(RngKey{seed}.fork(0x494e'4954));
    net.init(rng);
  }
  return {net, start_optimizer(optimizer, net), net};
}

/// Trains until `options.epochs` epochs are done in all, going on where `state` stands. `validation` rows are
/// not trained on. Callbacks may have `on_epoch(state, report)`, `on_epoch(report)` and `on_batch(report)`.
///
/// Throws ShapeError or ConfigError before training starts when something does not fit, and NumericError when
/// a loss or gradient is not finite: the state then holds the weights before that batch; or when the weights
/// are not: it then holds what it held before that epoch. Both say why, if it can be told, and the mend.
/// Batch normalisation in batches that are all of one row is refused (ConfigError) with the first of them.
template <class Net, class Loss, class Optimizer, class... Callbacks>
void continue_fit(FitState<Net>& state, const Dataset<typename Net::Scalar>& training,
                  const Dataset<typename Net::Scalar>& validation, const Loss& loss,
                  const Optimizer& optimizer, const FitOptions& options, Callbacks&&... callbacks) {
  training.check();
  const Shape output = state.net.out_shape(training.shape);
  static_cast<void>(detail::takes_logits(state.net, loss));
  const detail::Against against = detail::check_targets(training, output, loss, "fit: ");
  detail::check_validation(validation, training.shape, output, loss);
  detail::check_options(options, class_count(training.labels));
  if (training.rows() == 0) fail(ErrorKind::data, "fit: there are no rows to train on");
  check_own_options(optimizer);
  if (!(optimizer.learning_rate >= 0.0))
    fail(ErrorKind::config, "fit: the learning rate must not be negative");
  check_state(optimizer, state.optimizer);
  detail::Trainer<Net, Loss, Optimizer> trainer(state.net, training, against, loss, optimizer, options);

  const RngKey key = RngKey{options.seed}.fork(0x4649'54);
  const Index batches = (training.rows() + options.batch_size - 1) / options.batch_size;
  std::vector<Index> order(static_cast<std::size_t>(training.rows()));
  while (state.epochs_done() < options.epochs && !state.history.stopped_early) {
    const auto begin = std::chrono::steady_clock::now();
    EpochReport report{state.epochs_done() + 1, options.epochs};
    const RngKey epoch_key = key.fork(static_cast<std::uint64_t>(report.epoch));
    std::iota(order.begin(), order.end(), Index{0});
    Rng rng(epoch_key);
    if (options.shuffle) shuffle(std::span<Index>(order), rng);

    const Net net_before = state.net;  // finite gradients may still take weights out of the numbers there are
    const auto optimizer_before = state.optimizer;
    const auto undo = [&] {
      state.net = net_before;
      state.optimizer = optimizer_before;
    };
    double loss_sum = 0.0, weight_sum = 0.0;
    for (Index b = 0; b < batches; ++b) {
      const auto first = static_cast<std::size_t>(b * options.batch_size);
      const std::size_t count = std::min(static_cast<std::size_t>(options.batch_size), order.size() - first);
      const double progress =
          static_cast<double>(report.epoch - 1) + static_cast<double>(b) / static_cast<double>(batches);
      const double factor =
          options.schedule ? options.schedule(progress, static_cast<double>(options.epochs)) : 1.0;
      const std::span<const Index> rows = std::span<const Index>(order).subspan(first, count);
      const auto [batch_loss, weight] =
          trainer.step(state, rows, epoch_key.fork(static_cast<std::uint64_t>(b + 1)), factor);
      if (std::isnan(batch_loss)) {
        const bool sound = detail::finite(state.net);
        if (!sound) undo();
        detail::fail_diverged("the loss or its gradient is not finite in epoch " +
                                  std::to_string(report.epoch) + ", batch " + std::to_string(b + 1) + " of " +
                                  std::to_string(batches) + "; the weights are those before this " +
                                  (sound ? "batch" : "epoch"),
                              state.net, training, rows, optimizer.learning_rate * factor);
      }
      loss_sum += batch_loss * weight;
      weight_sum += weight;
      report.learning_rate = optimizer.learning_rate * factor;
      (detail::tell_batch(callbacks, state,
                          BatchReport{report.epoch, options.epochs, b + 1, batches, batch_loss}),
       ...);
    }
    if (!(weight_sum > 0.0)) {
      fail(ErrorKind::config, "fit: all rows together weigh nothing: see weights, class weights and lengths");
    }
    report.loss = loss_sum / weight_sum;
    if (!detail::finite(state.net)) {
      undo();
      detail::fail_diverged("the weights are not finite after epoch " + std::to_string(report.epoch) +
                                "; they are those before it",
                            state.net, training, {}, report.learning_rate);
    }
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    if (validation.rows() > 0) {
      report.validation_loss =
          detail::loss_over(state.net, validation, loss, options.pool, [](Index, const auto&) {});
      if (!std::isfinite(report.validation_loss)) {
        std::vector<Index> all(static_cast<std::size_t>(validation.rows()));
        std::iota(all.begin(), all.end(), Index{0});
        detail::fail_diverged(
            "the loss of the validation rows is not finite after epoch " + std::to_string(report.epoch),
            state.net, validation, all, report.learning_rate);
      }
    }
    report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    report.samples_per_second = static_cast<double>(training.rows()) / std::max(seconds, 1e-9);
    const bool stop = detail::judge(state, report, options.early_stopping);
    state.history.stopped_early = stop;
    state.history.epochs.push_back(report);
    (detail::tell_epoch(callbacks, state, report), ...);
  }
  const bool restore = options.early_stopping.patience > 0 && options.early_stopping.restore_best;
  if (restore && state.history.best_epoch > 0) state.net = state.best;
}

/// Trains `net` on `data`. A net whose weights are all zero is initialised from the seed first; any other is
/// trained on.
template <class Net, class Loss, class Optimizer, class... Callbacks>
History fit(Net& net, const Dataset<typename Net::Scalar>& data, const Loss& loss, const Optimizer& optimizer,
            const FitOptions& options = {}, Callbacks&&... callbacks) {
  static_assert(LayerContract<Net>::kept);
  data.check();
  auto state = start_fit(net, optimizer, options.seed);
  // The caller gets the last good weights back also when training stops with an exception.
  struct GiveBack {
    Net& net;
    FitState<Net>& state;
    ~GiveBack() { net = std::move(state.net); }
  } const give_back{net, state};
  if (options.validation > 0.0) {
    const ValidationSplit split = split_rows(data, options.validation, options.seed);
    if (split.validation.empty()) {
      fail(ErrorKind::config, "fit: a 'validation' of " + detail::short_text(options.validation) +
                                  " holds back none of " + std::to_string(data.rows()) + " rows");
    }
    continue_fit(state, data.subset(split.training), data.subset(split.validation), loss, optimizer, options,
                 callbacks...);
  } else {
    continue_fit(state, data, Dataset<typename Net::Scalar>{}, loss, optimizer, options, callbacks...);
  }
  return state.history;
}

}  // namespace weir::inline WEIR_ABI
