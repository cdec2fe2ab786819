// All that training needs to go on later, as if it had never been stopped: between two epochs or between two batches.
// There are no random numbers in it, for all of them are drawn from (seed, epoch, batch). A file of it:
// io/checkpoint.hpp.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/layer.hpp>
#include <weir/core/rng.hpp>
#include <weir/optimizers/optimizer.hpp>
#include <weir/train/fit_options.hpp>
#include <weir/train/fit_terms.hpp>
#include <weir/train/history.hpp>

#include <cstdint>
#include <limits>

namespace weir::inline WEIR_ABI {

/// The epoch that training stands in.
struct PartialEpoch {
  Index batches = 0;  ///< that are done; 0: none of it
  double loss_sum = 0.0;
  double weight_sum = 0.0;
  double learning_rate = 0.0;  ///< of the last batch
  double seconds = 0.0;
};

template <class Net>
struct FitState {
  Net net;
  OptimizerState<Net> optimizer;
  Net best;  ///< weights of the best epoch, if early stopping restores them
  double best_loss = std::numeric_limits<double>::infinity();
  Index waited = 0;  ///< epochs since the best one
  History history{};
  PartialEpoch partial{};
  FitTerms terms{};    ///< by which it came here
  bool bound = false;  ///< read from a file: goes on by the same terms only; clear it to go on by others

  [[nodiscard]] Index epochs_done() const { return static_cast<Index>(history.epochs.size()); }
  /// Of training, over all runs.
  [[nodiscard]] double seconds() const {
    double sum = partial.seconds;
    for (const EpochReport& epoch : history.epochs) sum += epoch.seconds;
    return sum;
  }
};

/// The weights that training would end with if it ended now.
template <class Net>
[[nodiscard]] const Net& chosen_net(const FitState<Net>& state, const EarlyStopping& rule) {
  const bool restores = rule.patience > 0 && rule.restore_best && state.history.best_epoch > 0;
  return restores ? state.best : state.net;
}

/// Ends training with them.
template <class Net>
void settle(FitState<Net>& state, const EarlyStopping& rule) {
  const Net& chosen = chosen_net(state, rule);
  if (&chosen != &state.net) state.net = chosen;
}

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

}  // namespace weir::inline WEIR_ABI
