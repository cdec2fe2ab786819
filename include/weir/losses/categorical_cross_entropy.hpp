// Categorical cross-entropy of c logits z, in the log domain:
//
//   l = lse(z) - sum_j t_j z_j        dl/dz_j = softmax(z)_j - t_j
//
// t is one-hot for a class label k: (1 - s) at k plus s / c everywhere, s = label_smoothing (Szegedy et al.
// 2016); or given as values that sum to 1. It takes over a final Softmax of the net.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/fields.hpp>
#include <weir/core/layer.hpp>
#include <weir/core/layer_traits.hpp>
#include <weir/losses/loss.hpp>
#include <weir/simd/reduce.hpp>
#include <weir/simd/softmax_columns.hpp>
#include <weir/simd/transform.hpp>

#include <string_view>

namespace weir::inline WEIR_ABI {

struct CategoricalCrossEntropy {
  static constexpr std::string_view kind = "categorical_crossentropy";
  static constexpr Link link = Link::softmax;
  static constexpr Takes takes = Takes::both;
  static constexpr std::string_view formula = "lse(z) - sum_j t_j z_j";

  double label_smoothing = 0.0;

  template <class Visitor, class Options>
  static void fields(Visitor& visit, Options& o) {
    visit("label_smoothing", o.label_smoothing, RealRange{0.0, 1.0},
          "share of each label that is spread evenly over all classes");
  }

  template <class T>
  double operator()(const LossBatch<T>& batch) const {
    const Index c = batch.outputs.channels();
    return sum_items(batch, [&](Index column, T weight) {
      const T* z = batch.outputs.data() + column * c;
      T* g = batch.gradient.absent() ? nullptr : batch.gradient.data() + column * c;
      const T lse = g != nullptr ? simd::softmax(c, z, g) : simd::log_sum_exp(c, z);
      const T loss = batch.targets.values.absent()
                         ? against_label(z, lse, batch.targets.labels[static_cast<std::size_t>(column)], c, g)
                         : against_values(z, lse, batch.targets.values.data() + column * c, c, g);
      if (g != nullptr) simd::scale(c, weight * batch.scale, g, g);
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
