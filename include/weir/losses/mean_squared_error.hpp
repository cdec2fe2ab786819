// Mean squared error of c outputs:   l = (1/c) sum_j (y_j - t_j)^2        dl/dy_j = (2/c) (y_j - t_j)
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/layer.hpp>
#include <weir/core/layer_traits.hpp>
#include <weir/losses/loss.hpp>
#include <weir/simd/reduce.hpp>
#include <weir/simd/transform.hpp>

#include <string_view>

namespace weir::inline WEIR_ABI {

struct MeanSquaredError {
  static constexpr std::string_view kind = "mse";
  static constexpr Link link = Link::identity;
  static constexpr Takes takes = Takes::values;
  static constexpr std::string_view formula = "(1/c) sum_j (y_j - t_j)^2";

  template <class T>
  double operator()(const LossBatch<T>& batch) const {
    const Index c = batch.outputs.channels();
    return sum_items(batch, [&](Index column, T weight) {
      const T* y = batch.outputs.data() + column * c;
      const T* t = batch.targets.values.data() + column * c;
      double squares = 0.0;
      for (Index j = 0; j < c; ++j) squares += static_cast<double>((y[j] - t[j]) * (y[j] - t[j]));
      if (!batch.gradient.absent()) {
        const simd::Simd<T> factor(T(2) * weight * batch.scale / static_cast<T>(c));
        simd::transform(c, y, t, batch.gradient.data() + column * c,
                        [&](const simd::Simd<T>& a, const simd::Simd<T>& b) { return factor * (a - b); });
      }
      return squares / static_cast<double>(c);
    });
  }
};

}  // namespace weir::inline WEIR_ABI
