// Training.
//
//   auto history = fit(net, data, BinaryCrossEntropy{}, Adam{},
//                      {.epochs = 10, .batch_size = 32, .validation = 0.1});
//
// The same net, data, options and seed give the same bits, for any number of threads: a batch is cut into
// parts of a fixed number of samples, and the gradients of the parts are added in a fixed tree.
// Continuing a FitState gives what never stopping would have given.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/core/kinds.hpp>
#include <weir/core/layer_contract.hpp>
#include <weir/train/compared.hpp>
#include <weir/train/dataset.hpp>
#include <weir/train/fit_callbacks.hpp>
#include <weir/train/fit_options.hpp>
#include <weir/train/fit_run.hpp>
#include <weir/train/fit_state.hpp>
#include <weir/train/history.hpp>
#include <weir/train/schedules.hpp>
#include <weir/train/validation_split.hpp>

#include <string>
#include <utility>

namespace weir::inline WEIR_ABI {

namespace detail {

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

}  // namespace detail

/// Trains until `options.epochs` epochs are done in all, going on where `state` stands. `validation` rows are
/// not trained on. Callbacks, and how they stop training: train/fit_callbacks.hpp.
///
/// Throws ShapeError or ConfigError before training starts when something does not fit: among that, when a state
/// that was read from a file, or that stands within an epoch, is to go on by other rows, loss, optimizer or options.
/// Throws NumericError when a loss or gradient is not finite: the state then holds the weights before that batch; or
/// when the weights are not: it then holds what it held before that epoch. Both say why, if it can be told, and the
/// mend. Batch normalisation in batches that are all of one row is refused (ConfigError) with the first of them.
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
  detail::FitRun<Net, Loss, Optimizer> run(state, training, validation, against, loss, optimizer, options);
  run.agree_on_terms();
  run.train(callbacks...);
  if (!state.history.interrupted) settle(state, options.early_stopping);
}

/// The same, with the share `options.validation` of the rows held back.
template <class Net, class Loss, class Optimizer, class... Callbacks>
void continue_fit(FitState<Net>& state, const Dataset<typename Net::Scalar>& data, const Loss& loss,
                  const Optimizer& optimizer, const FitOptions& options, Callbacks&&... callbacks) {
  data.check();
  if (!(options.validation > 0.0)) {
    continue_fit(state, data, Dataset<typename Net::Scalar>{}, loss, optimizer, options, callbacks...);
    return;
  }
  const ValidationSplit split = split_rows(data, options.validation, options.seed);
  if (split.validation.empty()) {
    fail(ErrorKind::config, "fit: a 'validation' of " + detail::short_text(options.validation) +
                                " holds back none of " + std::to_string(data.rows()) + " rows");
  }
  continue_fit(state, data.subset(split.training), data.subset(split.validation), loss, optimizer, options,
               callbacks...);
}

/// Trains `net` on `data`. A net whose weights are all zero is initialised from the seed first; any other is
/// trained on. Where a callback stops it, the net gets the weights that training would have ended with.
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
  continue_fit(state, data, loss, optimizer, options, callbacks...);
  settle(state, options.early_stopping);
  return state.history;
}

}  // namespace weir::inline WEIR_ABI
