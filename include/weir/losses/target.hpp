// What a loss is: what it compares the net's output with, and the weighing common to all losses.
//
//   L = sum over items i of w_i l_i / sum of w_i
//
// An item is one time step of one sample; padding is no item. w_i is the sample's weight (1 if none are
// given), into which `fit` multiplies the class weight. A loss gets 1 / sum of w_i over the whole batch as
// `scale`, so that parts of a batch add up to the batch.
//
// A loss of your own is a struct with one member; nothing of weir needs to change (docs/train.md):
//
//   double operator()(outputs, targets, weights, scale, gradient) const  sum of w_i l_i; fills dL/d(outputs)
//                                                                        unless `gradient` is absent
//   static constexpr Takes takes                                         default: values
//   static constexpr Link link                                           default: identity
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/batch.hpp>
#include <weir/core/layer.hpp>
#include <weir/core/layer_traits.hpp>

#include <algorithm>
#include <cstdint>
#include <span>

namespace weir::inline WEIR_ABI {

using Label = std::int32_t;

/// What a loss can be compared with: it is never given anything else.
enum class Takes : unsigned char { values, labels, both };

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

/// Either one class label an item or a column of target values an item.
template <class T>
struct Targets {
  std::span<const Label> labels;
  BatchView<const T> values;

  /// Those of samples [first, first + count); `length` items a sample.
  [[nodiscard]] Targets slice(Index first, Index count, Index length) const {
    Targets part;
    if (!labels.empty()) {
      part.labels =
          labels.subspan(static_cast<std::size_t>(first * length), static_cast<std::size_t>(count * length));
    }
    if (!values.absent()) part.values = values.slice(first, count);
    return part;
  }
};

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
[[nodiscard]] double sum_items(BatchView<const T> outputs, std::span<const T> weights, BatchView<T> gradient,
                               F item) {
  double sum = 0.0;
  for (Index i = 0; i < outputs.count(); ++i) {
    const T weight = weights.empty() ? T(1) : weights[static_cast<std::size_t>(i)];
    const Index first = i * outputs.length();
    const Index used = outputs.length_of(i);
    for (Index t = 0; t < used; ++t) sum += static_cast<double>(weight) * item(first + t, weight);
    if (!gradient.absent()) {
      const std::span<T> rest =
          gradient.sample(i).subspan(static_cast<std::size_t>(used * outputs.channels()));
      std::fill(rest.begin(), rest.end(), T(0));
    }
  }
  return sum;
}

}  // namespace weir::inline WEIR_ABI
