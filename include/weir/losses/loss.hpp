// What a loss is, and the weighing common to all losses.
//
//   L = sum over items i of w_i l_i / sum of w_i
//
// An item is one time step of one sample; padding is no item. w_i is the sample's weight (1 if none are
// given), into which `fit` multiplies the class weight. A loss gets 1 / sum of w_i over the whole batch as
// `scale`, so that parts of a batch add up to the batch.
//
// A loss is a struct with one member; nothing of weir needs to change for one of your own (docs/add_a_layer.md):
//
//   template <class T>
//   double operator()(const LossBatch<T>& batch) const   sum of w_i l_i; fills batch.gradient with dL/d(outputs)
//                                                        unless it is absent
// It may say of itself
//   static constexpr Takes takes                         default: values
//   static constexpr Link link                           final activation that it takes over; default: identity
//   static constexpr std::string_view kind               its name in messages and texts
//   fields(visit, loss)                                  its options, with bounds (core/fields.hpp)
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/batch.hpp>
#include <weir/core/layer.hpp>
#include <weir/core/layer_traits.hpp>
#include <weir/losses/target.hpp>

#include <algorithm>
#include <concepts>
#include <span>
#include <string_view>

namespace weir::inline WEIR_ABI {

/// Outputs of a net and all that its loss needs besides.
template <class T>
struct LossBatch {
  BatchView<const T> outputs;
  Targets<T> targets;
  std::span<const T> weights;  ///< one a sample; empty: all 1
  T scale = T(1);              ///< of the gradient: 1 / sum of the weights of the whole batch
  BatchView<T> gradient;       ///< dL/d(outputs); absent: only the value is wanted

  [[nodiscard]] T weight_of(Index sample) const noexcept {
    return weights.empty() ? T(1) : weights[static_cast<std::size_t>(sample)];
  }
};

template <class L>
concept LossFunction = requires(const L loss, const LossBatch<float>& narrow, const LossBatch<double>& wide) {
  { loss(narrow) } -> std::convertible_to<double>;
  { loss(wide) } -> std::convertible_to<double>;
};

/// What `loss` takes. One that does not say takes values, and labels as well if it takes over a final
/// activation of the net.
template <class Loss>
[[nodiscard]] Takes taken_by(const Loss& loss) {
  if constexpr (requires { loss.takes(); }) {
    return loss.takes();
  } else if constexpr (requires { Loss::takes; }) {
    return Loss::takes;
  } else {
    return final_link(loss) == Link::identity ? Takes::values : Takes::both;
  }
}

/// Sum of the weights of all items of a batch of outputs.
template <class T>
[[nodiscard]] double total_weight(BatchView<const T> outputs, std::span<const T> weights) {
  double total = 0.0;
  for (Index i = 0; i < outputs.count(); ++i) {
    const double weight = weights.empty() ? 1.0 : static_cast<double>(weights[static_cast<std::size_t>(i)]);
    total += weight * static_cast<double>(outputs.length_of(i));
  }
  return total;
}

/// The loop of a loss: calls item(column number, weight) for each item, which returns l_i and fills its
/// column of the gradient; clears the gradient of padding. Returns the sum of w_i l_i.
template <class T, class F>
[[nodiscard]] double sum_items(const LossBatch<T>& batch, F item) {
  const BatchView<const T>& outputs = batch.outputs;
  double sum = 0.0;
  for (Index i = 0; i < outputs.count(); ++i) {
    const T weight = batch.weight_of(i);
    const Index first = i * outputs.length();
    const Index used = outputs.length_of(i);
    for (Index t = 0; t < used; ++t) sum += static_cast<double>(weight) * item(first + t, weight);
    if (!batch.gradient.absent()) {
      const std::span<T> rest =
          batch.gradient.sample(i).subspan(static_cast<std::size_t>(used * outputs.channels()));
      std::fill(rest.begin(), rest.end(), T(0));
    }
  }
  return sum;
}

}  // namespace weir::inline WEIR_ABI
