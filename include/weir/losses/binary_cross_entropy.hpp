// Binary cross-entropy of c logits z against targets t in [0, 1], in the log domain, so that no logit
// overflows:
//
//   l = (1/c) sum_j softplus(z_j) - t_j z_j
//     = -(1/c) sum_j [t_j log p_j + (1 - t_j) log(1 - p_j)],   p = sigmoid(z)
//   dl/dz_j = (p_j - t_j) / c
//
// It takes over a final Sigmoid of the net. Targets are labels 0 and 1 (one output), or values.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/layer.hpp>
#include <weir/core/layer_traits.hpp>
#include <weir/losses/loss.hpp>
#include <weir/simd/math.hpp>
#include <weir/simd/transform.hpp>

#include <algorithm>
#include <string_view>

namespace weir::inline WEIR_ABI {

struct BinaryCrossEntropy {
  static constexpr std::string_view kind = "binary_crossentropy";
  static constexpr Link link = Link::sigmoid;
  static constexpr Takes takes = Takes::both;
  static constexpr std::string_view formula = "(1/c) sum_j softplus(z_j) - t_j z_j";

  template <class T>
  double operator()(const LossBatch<T>& batch) const {
    const Index c = batch.outputs.channels();
    if (c == 1 && batch.outputs.lengths().empty()) return single(batch);
    return sum_items(batch, [&](Index column, T weight) {
      double sum = 0.0;
      const T factor = weight * batch.scale / static_cast<T>(c);
      for (Index j = 0; j < c; ++j) {
        const Index at = column * c + j;
        sum += item(batch.outputs.data()[at], target(batch.targets, at), factor,
                    batch.gradient.absent() ? nullptr : batch.gradient.data() + at);
      }
      return sum / static_cast<double>(c);
    });
  }

 private:
  template <class T>
  static T target(const Targets<T>& targets, Index at) noexcept {
    return targets.values.absent() ? static_cast<T>(targets.labels[static_cast<std::size_t>(at)])
                                   : targets.values.data()[at];
  }

  template <class T>
  static double item(T z, T t, T factor, T* gradient) noexcept {
    alignas(64) T loss[simd::Simd<T>::size];
    alignas(64) T probability[simd::Simd<T>::size];
    const simd::Simd<T> logit(z);
    (simd::softplus<T>(logit) - simd::Simd<T>(t) * logit).store_aligned(loss);
    simd::sigmoid<T>(logit).store_aligned(probability);
    if (gradient != nullptr) *gradient = (probability[0] - t) * factor;
    return static_cast<double>(loss[0]);
  }

  /// One output and no padding, the usual detector: a register of samples at a time.
  template <class T>
  static double single(const LossBatch<T>& batch) {
    const BatchView<const T>& outputs = batch.outputs;
    constexpr Index w = simd::width<T>;
    double total = 0.0;
    for (Index i = 0; i < outputs.columns(); i += w) {
      const Index count = std::min(w, outputs.columns() - i);
      alignas(64) T logits[simd::Simd<T>::size] = {};
      alignas(64) T wanted[simd::Simd<T>::size] = {};
      alignas(64) T weight[simd::Simd<T>::size] = {};
      for (Index j = 0; j < count; ++j) {
        logits[j] = outputs.data()[i + j];
        wanted[j] = target(batch.targets, i + j);
        weight[j] = batch.weight_of((i + j) / outputs.length());
      }
      const auto z = simd::Simd<T>::load_aligned(logits);
      const auto t = simd::Simd<T>::load_aligned(wanted);
      const auto item_weight = simd::Simd<T>::load_aligned(weight);
      alignas(64) T loss[simd::Simd<T>::size];
      (item_weight * (simd::softplus<T>(z) - t * z)).store_aligned(loss);
      for (Index j = 0; j < count; ++j) total += static_cast<double>(loss[j]);
      if (batch.gradient.absent()) continue;
      const simd::Simd<T> slope = item_weight * simd::Simd<T>(batch.scale) * (simd::sigmoid<T>(z) - t);
      if (count == w) {
        simd::store(batch.gradient.data() + i, slope);
      } else {
        simd::store_part(batch.gradient.data() + i, slope, count);
      }
    }
    return total;
  }
};

}  // namespace weir::inline WEIR_ABI
