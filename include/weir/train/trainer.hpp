// One step of training, on one batch: its parts run forward and backward, each with a gradient of its own,
// and the optimizer takes their sum.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/layer.hpp>
#include <weir/core/parallel.hpp>
#include <weir/core/rng.hpp>
#include <weir/losses/target.hpp>
#include <weir/models/workspace.hpp>
#include <weir/optimizers/optimizer.hpp>
#include <weir/simd/reduce.hpp>
#include <weir/train/batches.hpp>
#include <weir/train/compared.hpp>
#include <weir/train/dataset.hpp>
#include <weir/train/fit_options.hpp>
#include <weir/train/not_finite.hpp>
#include <weir/train/predict.hpp>

#include <algorithm>
#include <cmath>
#include <span>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI::detail {

inline constexpr Index train_part = 64;  // samples whose gradient is summed in one go

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

}  // namespace weir::inline WEIR_ABI::detail
