// One step of training, on one batch: its parts run forward and backward, gradients and losses of the parts
// are added in a tree (core/tree_sum.hpp), and the optimizer takes their sum.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/layer.hpp>
#include <weir/core/layer_traits.hpp>
#include <weir/core/rng.hpp>
#include <weir/core/thread_pool.hpp>
#include <weir/core/tree_sum.hpp>
#include <weir/losses/loss.hpp>
#include <weir/models/workspace.hpp>
#include <weir/optimizers/optimizer.hpp>
#include <weir/simd/reduce.hpp>
#include <weir/train/batches.hpp>
#include <weir/train/compared.hpp>
#include <weir/train/dataset.hpp>
#include <weir/train/fit_options.hpp>
#include <weir/train/fit_state.hpp>
#include <weir/train/not_finite.hpp>
#include <weir/train/predict.hpp>

#include <algorithm>
#include <cmath>
#include <span>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI::detail {

/// Samples of a batch whose gradient is summed in one go. It follows from the batch and the net alone, so
/// that the bits do not depend on the number of threads. A net that couples its samples is not cut. Smaller
/// parts would occupy more threads, but for each of them a gradient is cleared and added: at 32 samples a net
/// of dense layers takes a tenth to a quarter longer.
template <class Net>
[[nodiscard]] Index part_size(const Net& net, Index batch) {
  constexpr Index most = 64;
  return couples_samples(net) ? batch : std::min(most, batch);
}

/// What a part of a batch, or several parts, add to the step.
template <class Net>
struct PartSum {
  Net gradient;
  double loss = 0.0;

  void add(const PartSum& right) {
    using T = typename Net::Scalar;
    Net::visit([](Role, const ParamName&, TensorView<T> s,
                  TensorView<const T> r) { simd::add(s.size(), r.data(), s.data()); },
               gradient, right.gradient);
    loss += right.loss;
  }
};

/// The part of training that does not change with the epoch: memory and the step on one batch.
template <class Net, class Loss, class Optimizer>
class Trainer {
 public:
  using T = typename Net::Scalar;
  using State = FitState<Net>;

  Trainer(const Net& net, const Dataset<T>& data, Against against, const Loss& loss,
          const Optimizer& optimizer, const FitOptions& options)
      : loss_(loss),
        optimizer_(optimizer),
        options_(options),
        logits_(takes_logits(net, loss)),
        output_(net.out_shape(data.shape)),
        largest_(std::min(options.batch_size, data.rows())),
        part_(part_size(net, largest_)),
        memory_(data, against, largest_, options.class_weights),
        sums_({zeros_like(net)}, parts_of(largest_)),
        lone_rows_(largest_ == 1) {
    const Index parts = parts_of(largest_);
    const Index workers = options.pool == nullptr ? 1 : std::min(options.pool->size(), parts);
    for (Index i = 0; i < workers; ++i) workspaces_.emplace_back(net, data.shape, part_, true);
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
    const Index parts = parts_of(batch.x.count());
    sums_.begin(parts);
    for_tasks(parts > 1 ? options_.pool : nullptr, parts, [&](Index part, Index worker) {
      differentiate(state.net, batch, part, static_cast<T>(1.0 / weight), key, worker);
    });
    const PartSum<Net>& total = sums_.total();
    if (lone_value_ && lone_rows_ && batch.x.length_of(0) == batch.x.length()) refuse_lone_rows();
    const double loss = total.loss / weight;
    if (!std::isfinite(loss) || !finite(total.gradient)) return {std::nan(""), weight};
    optimizer_step(optimizer_, state.net, total.gradient, state.optimizer,
                   {rate_factor, clipping(total.gradient)});
    return {loss, weight};
  }

 private:
  [[nodiscard]] Index parts_of(Index samples) const noexcept { return (samples + part_ - 1) / part_; }

  void differentiate(const Net& net, const Batch<T>& batch, Index part, T scale, RngKey key, Index worker) {
    const Index first = part * part_;
    const Batch<T> mine = batch.slice(first, std::min(part_, batch.x.count() - first), output_.length);
    Workspace<Net>& workspace = workspaces_[static_cast<std::size_t>(worker)];
    PartSum<Net>& sum = sums_.take();
    double penalty = 0.0;
    const Pass pass{true, logits_, key, first, static_cast<double>(scale), &penalty, lone_value_of(part)};
    set_zero(sum.gradient);
    const BatchView<const T> y = workspace.forward(net, mine.x, pass);
    const BatchView<T> dy = workspace.gradient_of(y);
    sum.loss = loss_(LossBatch<T>{y, mine.targets, mine.weights, scale, dy}) + penalty;
    net.backward(mine.x, y, dy, BatchView<T>{}, workspace.cache(), sum.gradient, pass);
    sums_.give(part, part + 1, sum);
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
  Index largest_;  ///< batch, in samples
  Index part_;
  BatchMemory<T> memory_;
  std::vector<Workspace<Net>> workspaces_;
  TreeSum<PartSum<Net>> sums_;
  std::vector<Index> lengths_;  ///< of the batch's outputs
  bool lone_rows_;              ///< every batch is of one row
  bool lone_value_ = false;     ///< a layer had no variance in the last one
};

}  // namespace weir::inline WEIR_ABI::detail
