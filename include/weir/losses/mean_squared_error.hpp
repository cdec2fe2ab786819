// Mean squared error of c outputs:   l = (1/c) sum_j (y_j - t_j)^2        dl/dy_j = (2/c) (y_j - t_j)
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/layer.hpp>
#include <weir/core/layer_traits.hpp>
#include <weir/losses/target.hpp>
#include <weir/simd/reduce.hpp>
#include <weir/simd/transform.hpp>

#include <string_view>

namespace weir::inline WEIR_ABI {

struct MeanSquaredError {
  static constexpr std::string_view kind = "mse";
  static constexpr Link link = Link::identity;
  static constexpr Takes takes = Takes::values;

  /// The loss times `scale`'s inverse, see target.hpp; fills `gradient` unless it is absent.
  template <class T>
  double operator()(BatchView<const T> outputs, const Targets<T>& targets, std::span<const T> weights,
                    T scale, BatchView<T> gradient) const {
    const Index c = outputs.channels();
    const T* wanted = targets.values.data();
    return sum_items(outputs, weights, gradient, [&](Index column, T weight) {
      const T* y = outputs.data() + column * c;
      const T* t = wanted + column * c;
      double squares = 0.0;
      for (Index j = 0; j < c; ++j) squares += static_cast<double>((y[j] - t[j]) * (y[j] - t[j]));
      if (!gradient.absent()) {
        const simd::Simd<T> factor(T(2) * weight * scale / static_cast<T>(c));
        simd::transform(c, y, t, gradient.data() + column * c,
                        [&](const simd::Simd<T>& a, const simd::Simd<T>& b) { return factor * (a - b); });
      }
      return squares / static_cast<double>(c);
    });
  }
};

}  // namespace weir::inline WEIR_ABI
