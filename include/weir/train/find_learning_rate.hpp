// A learning rate by trial: one short training in which the rate grows from step to step, and the loss at each
// (Smith, "Cyclical learning rates for training neural networks", 2017).
//
//   rate(i) = lowest (highest / lowest)^(i / (steps - 1))          i = 0 ... steps - 1
//   s(i)    = b s(i-1) + (1 - b) loss(i),  smoothed(i) = s(i) / (1 - b^(i+1)),  b = 0.9
//
//   const RateCurve curve = find_learning_rate(net, data, BinaryCrossEntropy{}, Adam{});
//   fit(net, data, BinaryCrossEntropy{}, Adam{.learning_rate = curve.suggested()});
//
// While the rate is too small, the loss stays; then it falls, turns and grows. A tenth of the rate at its lowest
// point is a good one to begin with: there the loss still falls steeply.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/core/field_check.hpp>
#include <weir/core/option_bounds.hpp>
#include <weir/core/rng.hpp>
#include <weir/core/thread_pool.hpp>
#include <weir/train/fit.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

struct RateFinderOptions {
  double lowest = 1e-6;
  double highest = 10.0;
  Index steps = 200;
  Index batch_size = 32;
  double clip_norm = 0.0;  ///< as in FitOptions
  std::vector<double> class_weights{};
  std::uint64_t seed = 0;
  ThreadPool* pool = nullptr;

  template <class Visitor, class Options>
  static void fields(Visitor& visit, Options& o) {
    visit("lowest", o.lowest, RealRange{1e-12, 1e3}, "learning rate of the first step");
    visit("highest", o.highest, RealRange{1e-12, 1e3}, "learning rate of the last step");
    visit("steps", o.steps, IntegerRange{10, 100'000}, "batches that are trained on");
    visit("batch_size", o.batch_size, count_from(1), "rows of a step");
    visit("clip_norm", o.clip_norm, at_least(0.0), "largest global norm of the gradient; 0: no limit");
    visit("seed", o.seed, "of the order of the rows and of weights that are not there yet");
  }
};

/// Loss against learning rate; it ends early where the loss has grown to four times its lowest.
struct RateCurve {
  std::vector<double> rates{};
  std::vector<double> losses{};    ///< of the batch, before its step
  std::vector<double> smoothed{};  ///< their moving mean

  /// Where the smoothed loss is lowest; `rates` must not be empty.
  [[nodiscard]] std::size_t lowest() const {
    return static_cast<std::size_t>(std::min_element(smoothed.begin(), smoothed.end()) - smoothed.begin());
  }
  /// Whether the loss fell by at least 2 % before it grew; otherwise no rate in these bounds trains the net.
  [[nodiscard]] bool falls() const { return !rates.empty() && smoothed[lowest()] < 0.98 * smoothed.front(); }
  /// A tenth of the rate at the lowest loss.
  [[nodiscard]] double suggested() const { return rates.empty() ? 0.0 : rates[lowest()] / 10.0; }
};

namespace detail {

/// Adds one step. Returns whether to go on.
inline bool add_step(RateCurve& curve, double rate, double loss, double& sum) {
  constexpr double memory = 0.9;
  if (!std::isfinite(loss)) return false;
  sum = memory * sum + (1.0 - memory) * loss;
  curve.rates.push_back(rate);
  curve.losses.push_back(loss);
  curve.smoothed.push_back(sum / (1.0 - std::pow(memory, static_cast<double>(curve.rates.size()))));
  const double lowest = curve.smoothed[curve.lowest()];
  return curve.smoothed.back() <= lowest + 3.0 * std::abs(lowest);
}

}  // namespace detail

/// Trains a copy of the net; a net without weights gets some from the seed. Errors as for fit(); a loss that is not
/// finite ends the curve.
template <class Net, class Loss, class Optimizer>
[[nodiscard]] RateCurve find_learning_rate(const Net& net, const Dataset<typename Net::Scalar>& data,
                                           const Loss& loss, Optimizer optimizer,
                                           const RateFinderOptions& options = {}) {
  checked_fields("find_learning_rate", options);
  if (options.lowest >= options.highest)
    fail(ErrorKind::config, "find_learning_rate: 'lowest' must lie below 'highest'");
  data.check();
  if (data.rows() == 0) fail(ErrorKind::data, "find_learning_rate: there are no rows to train on");
  const Shape output = net.out_shape(data.shape);
  const detail::Against against = detail::check_targets(data, output, loss, "find_learning_rate: ");
  FitOptions fit;
  fit.batch_size = std::min(options.batch_size, data.rows());
  fit.class_weights = options.class_weights;
  fit.clip_norm = options.clip_norm;
  fit.pool = options.pool;
  detail::check_options(fit, class_count(data.labels));
  optimizer.learning_rate = 1.0;
  auto state = start_fit(net, optimizer, options.seed);
  detail::Trainer<Net, Loss, Optimizer> trainer(state.net, data, against, loss, optimizer, fit);

  const RngKey key = RngKey{options.seed}.fork(0x4C52'46);
  std::vector<Index> order(static_cast<std::size_t>(data.rows()));
  std::iota(order.begin(), order.end(), Index{0});
  const auto batch = static_cast<std::size_t>(fit.batch_size);
  std::size_t used = order.size();
  RateCurve curve;
  double sum = 0.0;
  for (Index i = 0; i < options.steps; ++i) {
    const RngKey step_key = key.fork(static_cast<std::uint64_t>(i));
    if (used + batch > order.size()) {  // every batch is whole, so that the losses compare
      Rng rng(step_key);
      shuffle(std::span<Index>(order), rng);
      used = 0;
    }
    const double part = static_cast<double>(i) / static_cast<double>(options.steps - 1);
    const double rate = options.lowest * std::pow(options.highest / options.lowest, part);
    const auto rows = std::span<const Index>(order).subspan(used, batch);
    used += batch;
    const auto [batch_loss, weight] = trainer.step(state, rows, step_key.fork(1), rate);
    if (weight > 0.0 && !detail::add_step(curve, rate, batch_loss, sum)) break;
  }
  return curve;
}

}  // namespace weir::inline WEIR_ABI
