// Categorical cross-entropy of c logits z, in the log domain:
//
//   l = lse(z) - sum_j t_j z_j        dl/dz_j = softmax(z)_j - t_j
//
// t is one-hot for a class label k: (1 - s) at k plus s / c everywhere, s = label_smoothing (Szegedy et al.
// 2016); or given as values that sum to 1. It takes over a final Softmax of the net.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/layer.hpp>
#include <weir/core/layer_traits.hpp>
#include <weir/losses/target.hpp>
#include <weir/simd/reduce.hpp>
#include <weir/simd/softmax_columns.hpp>
#include <weir/simd/transform.hpp>

#include <array>
#include <string_view>

namespace weir::inline WEIR_ABI {

struct CategoricalCrossEntropy {
  static constexpr std::string_view kind = "categorical_crossentropy";
  static constexpr Link link = Link::softmax;
  static constexpr Takes takes = Takes::both;

  double label_smoothing = 0.0;

  template <class T>
  double operator()(BatchView<const T> outputs, const Targets<T>& targets, std::span<const T> weights,
                    T scale, BatchView<T> gradient) const {
    const Index c = outputs.channels();
    return sum_items(outputs, weights, gradient, [&](Index column, T weight) {
      const T* z = outputs.data() + column * c;
      T* g = gradient.absent() ? nullptr : gradient.data() + column * c;
      const T lse = g != nullptr ? simd::softmax(c, z, g) : simd::log_sum_exp(c, z);
      const T loss = targets.values.absent()
                         ? against_label(z, lse, targets.labels[static_cast<std::size_t>(column)], c, g)
                         : against_values(z, lse, targets.values.data() + column * c, c, g);
      if (g != nullptr) simd::scale(c, weight * scale, g, g);
      return static_cast<double>(loss);
    });
  }

 private:
  template <class T>
  T against_label(const T* z, T lse, Label label, Index c, T* g) const {
    const T smoothing = static_cast<T>(label_smoothing);
    const T everywhere = smoothing / static_cast<T>(c);
    if (g != nullptr) {
      g[label] -= T(1) - smoothing;
      if (smoothing != T(0)) {
        for (Index j = 0; j < c; ++j) g[j] -= everywhere;
      }
    }
    const T smoothed = smoothing == T(0) ? T(0) : everywhere * simd::sum(c, z);
    return lse - (T(1) - smoothing) * z[label] - smoothed;
  }

  template <class T>
  static T against_values(const T* z, T lse, const T* wanted, Index c, T* g) {
    if (g != nullptr) simd::add_scaled(c, T(-1), wanted, g);
    return lse * simd::sum(c, wanted) - simd::dot(c, z, wanted);
  }
};

}  // namespace weir::inline WEIR_ABI
