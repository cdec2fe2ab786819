// Training.
//
//   auto history = fit(net, data, BinaryCrossEntropy{}, Adam{},
//                      {.epochs = 10, .batch_size = 32, .validation = 0.1});
//
// The same net, data, options and seed give the same bits, for any number of threads: a batch is cut into
// parts of a fixed number of samples, each part has its own gradient, and they are added up in order.
// Continuing a FitState gives what never stopping would have given: everything random is drawn from (seed,
// epoch, batch).
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/layer.hpp>
#include <weir/core/parallel.hpp>
#include <weir/core/rng.hpp>
#include <weir/models/workspace.hpp>
#include <weir/optimizers/optimizer.hpp>
#include <weir/simd/reduce.hpp>
#include <weir/train/batches.hpp>
#include <weir/train/compared.hpp>
#include <weir/train/dataset.hpp>
#include <weir/train/evaluate.hpp>
#include <weir/train/history.hpp>
#include <weir/train/not_finite.hpp>
#include <weir/train/schedules.hpp>
#include <weir/train/validation_split.hpp>

#include <chrono>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

/// Stops when the monitored loss (validation if there is one) has not fallen by more than `min_delta` for
/// `patience` epochs; 0 never stops. With a `tolerance` losses up to lowest * (1 + tolerance) are as good as
/// the lowest one, and the latest such epoch is the best.
struct EarlyStopping {
  Index patience = 0;
  double min_delta = 0.0;
  bool restore_best = true;  ///< at the end, put back the weights of the best epoch
  double tolerance = 0.0;
};

struct FitOptions {
  Index epochs = 10;
  Index batch_size = 32;
  double validation = 0.0;  ///< share of the rows held back, the same of every class
  bool shuffle = true;
  std::uint64_t seed = 0;
  std::vector<double> class_weights{};  ///< by label; empty: all 1
  double clip_norm = 0.0;               ///< largest global norm of the gradient; 0: no limit
  Schedule schedule{};                  ///< factor of the learning rate; empty: always 1
  EarlyStopping early_stopping{};
  ThreadPool* pool = nullptr;  ///< the caller's threads; null: this thread alone
};

/// All that training needs to go on later.
template <class Net, class Optimizer>
struct FitState {
  Net net;
  typename Optimizer::template State<Net> optimizer;
  Net best;  ///< weights of the best epoch, if early stopping restores them
  double best_loss = std::numeric_limits<double>::infinity();
  Index waited = 0;  ///< epochs since the best one
  History history{};

  [[nodiscard]] Index epochs_done() const { return static_cast<Index>(history.epochs.size()); }
};

/// The batch that has just been trained on, for callbacks with a member `on_batch`.
struct BatchReport {
  Index epoch = 0;  ///< counted from 1
  Index epochs = 0;
  Index batch = 0;  ///< counted from 1
  Index batches = 0;
  double loss = 0.0;
};

namespace detail {

inline constexpr Index train_part = 64;  // samples whose gradient is summed in one go

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

/// The part of training that does not change with the epoch: memory and the step on one batch.
template <class Net, class Loss, class Optimizer>
class Trainer {
 public:
  using T = typename Net::Scalar;
  using State = FitState<Net, Optimizer>;

  Trainer(const Net& net, const Dataset<T>& data, Against against, const Loss& loss,
          const Optimizer& optimizer, const FitOptions& options)
      : loss_(loss),
        optimizer_(optimizer),
        options_(options),
        logits_(takes_logits(net, loss)),
        output_(net.out_shape(data.shape)),
        part_(couples_samples(net) ? options.batch_size : std::min(train_part, options.batch_size)),
        memory_(data, against, std::min(options.batch_size, data.rows()), options.class_weights),
        lone_rows_(std::min(options.batch_size, data.rows()) == 1) {
    const Index parts = (options.batch_size + part_ - 1) / part_;
    const Index workers = options.pool == nullptr ? 1 : std::min(options.pool->size(), parts);
    for (Index i = 0; i < workers; ++i) workspaces_.emplace_back(net, data.shape, part_, true);
    gradients_.assign(static_cast<std::size_t>(parts), zeros_like(net));
    losses_.assign(static_cast<std::size_t>(parts), 0.0);
  }

  /// Trains on one batch. Returns its loss and total weight; leaves the net alone and returns NaN when the
  /// loss or the gradient is not finite.
  std::pair<double, double> step(State& state, std::span<const Index> rows, RngKey key, double rate_factor) {
    const Batch<T> batch = memory_.gather(rows, output_);
    lengths_.resize(batch.x.lengths().size());
    for (std::size_t i = 0; i < lengths_.size(); ++i)
      lengths_[i] = out_length(state.net, batch.x.lengths()[i]);
    const BatchView<const T> outputs(nullptr, output_, batch.x.count(), lengths_);
    const double weight = total_weight(outputs, batch.weights);
    if (!(weight > 0.0)) return {0.0, 0.0};
    lone_value_ = false;
    const Index parts = (batch.x.count() + part_ - 1) / part_;
    for_tasks(parts > 1 ? options_.pool : nullptr, parts, [&](Index part, Index worker) {
      differentiate(state.net, batch, part, static_cast<T>(1.0 / weight), key, worker);
    });
    double total = 0.0;
    for (Index p = 0; p < parts; ++p) total += losses_[static_cast<std::size_t>(p)];
    for (Index p = 1; p < parts; ++p) add_gradient(gradients_[0], gradients_[static_cast<std::size_t>(p)]);
    if (lone_value_ && lone_rows_ && batch.x.length_of(0) == batch.x.length()) refuse_lone_rows();
    const double loss = total / weight;
    if (!std::isfinite(loss) || !finite(gradients_[0])) return {std::nan(""), weight};
    optimizer_.step(state.net, gradients_[0], state.optimizer, {rate_factor, clipping(gradients_[0])});
    return {loss, weight};
  }

 private:
  void differentiate(const Net& net, const Batch<T>& batch, Index part, T scale, RngKey key, Index worker) {
    const Index first = part * part_;
    const Batch<T> mine = batch.slice(first, std::min(part_, batch.x.count() - first), output_.length);
    Workspace<Net>& workspace = workspaces_[static_cast<std::size_t>(worker)];
    Net& gradient = gradients_[static_cast<std::size_t>(part)];
    double penalty = 0.0;
    const Pass pass{true, logits_, key, first, static_cast<double>(scale), &penalty, lone_value_of(part)};
    set_zero(gradient);
    const BatchView<const T> y = workspace.forward(net, mine.x, pass);
    const BatchView<T> dy = workspace.gradient_of(y);
    losses_[static_cast<std::size_t>(part)] = loss_(y, mine.targets, mine.weights, scale, dy) + penalty;
    net.backward(mine.x, y, dy, BatchView<T>{}, workspace.cache(), gradient, pass);
  }

  static void add_gradient(Net& sum, const Net& part) {
    Net::visit([](Role, const ParamName&, TensorView<T> s,
                  TensorView<const T> p) { simd::add(s.size(), p.data(), s.data()); },
               sum, part);
  }

  /// Only a net whose samples depend on each other asks for a variance, and its batches have one part.
  [[nodiscard]] bool* lone_value_of(Index part) noexcept { return part == 0 ? &lone_value_ : nullptr; }
  [[noreturn]] static void refuse_lone_rows() {
    fail(ErrorKind::config,
         "fit: batch normalisation has no variance in batches of one row, so it would learn no statistics: "
         "take a 'batch_size' of at least 2, better 16 or more, or layer_norm");
  }

  /// The factor that brings the global norm down to the limit (Pascanu, Mikolov, Bengio 2013).
  [[nodiscard]] double clipping(const Net& gradient) const {
    if (options_.clip_norm <= 0.0) return 1.0;
    double squares = 0.0;
    Net::visit(
        [&](Role role, const ParamName&, auto g) {
          if (role != Role::buffer) squares += static_cast<double>(simd::sum_of_squares(g.size(), g.data()));
        },
        gradient);
    return std::min(1.0, options_.clip_norm / (std::sqrt(squares) + 1e-6));
  }

  const Loss& loss_;
  const Optimizer& optimizer_;
  const FitOptions& options_;
  bool logits_;
  Shape output_;
  Index part_;
  BatchMemory<T> memory_;
  std::vector<Workspace<Net>> workspaces_;
  std::vector<Net> gradients_;
  std::vector<double> losses_;
  std::vector<Index> lengths_;  ///< of the batch's outputs
  bool lone_rows_;              ///< every batch is of one row
  bool lone_value_ = false;     ///< a layer had no variance in the last one
};

inline void check_options(const FitOptions& options, Index classes) {
  const auto wrong = [](const char* what) { fail(ErrorKind::config, std::string("fit: ") + what); };
  if (options.epochs < 0) wrong("'epochs' must not be negative");
  if (options.batch_size < 1) wrong("'batch_size' must be at least 1");
  if (!(options.validation >= 0.0 && options.validation < 1.0)) wrong("'validation' must lie in [0, 1)");
  if (!(options.clip_norm >= 0.0)) wrong("'clip_norm' must not be negative");
  if (std::isnan(options.early_stopping.min_delta)) wrong("'min_delta' is not a number");
  if (options.early_stopping.patience < 0) wrong("'patience' must not be negative");
  if (!options.class_weights.empty() && static_cast<Index>(options.class_weights.size()) < classes) {
    wrong("'class_weights' needs a weight for every label");
  }
  for (const double weight : options.class_weights) {
    if (!(weight >= 0.0 && std::isfinite(weight))) wrong("a class weight is negative or not finite");
  }
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
[[nodiscard]] FitState<Net, Optimizer> start_fit(Net net, const Optimizer& optimizer, std::uint64_t seed) {
  if (detail::untouched(net)) {
    Rng rng(RngKey{seed}.fork(0x494e'4954));
    net.init(rng);
  }
  return {net, optimizer.start(net), net};
}

/// Trains until `options.epochs` epochs are done in all, going on where `state` stands. `validation` rows are
/// not trained on. Callbacks may have `on_epoch(state, report)`, `on_epoch(report)` and `on_batch(report)`.
///
/// Throws ShapeError or ConfigError before training starts when something does not fit, and NumericError when
/// a loss or gradient is not finite: the state then holds the weights before that batch; or when the weights
/// are not: it then holds what it held before that epoch. Both say why, if it can be told, and the mend.
/// Batch normalisation in batches that are all of one row is refused (ConfigError) with the first of them.
template <class Net, class Loss, class Optimizer, class... Callbacks>
void continue_fit(FitState<Net, Optimizer>& state, const Dataset<typename Net::Scalar>& training,
                  const Dataset<typename Net::Scalar>& validation, const Loss& loss,
                  const Optimizer& optimizer, const FitOptions& options, Callbacks&&... callbacks) {
  training.check();
  const Shape output = state.net.out_shape(training.shape);
  static_cast<void>(detail::takes_logits(state.net, loss));
  const detail::Against against = detail::check_targets(training, output, loss, "fit: ");
  detail::check_validation(validation, training.shape, output, loss);
  detail::check_options(options, class_count(training.labels));
  if (training.rows() == 0) fail(ErrorKind::data, "fit: there are no rows to train on");
  if (!(optimizer.learning_rate >= 0.0)) fail(ErrorKind::config, "fit: the learning rate must not be negative");
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
  data.check();
  auto state = start_fit(net, optimizer, options.seed);
  // The caller gets the last good weights back also when training stops with an exception.
  struct GiveBack {
    Net& net;
    FitState<Net, Optimizer>& state;
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
