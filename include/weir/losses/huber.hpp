// Huber's loss (1964) of c outputs: squares near the target, straight lines beyond `delta`, so that a few wild
// targets do not decide.
//
//   l = (1/c) sum_j  e_j^2 / 2                         where |e_j| <= delta,   e_j = y_j - t_j
//                    delta (|e_j| - delta / 2)         beyond
//   dl/dy_j = clamp(e_j, -delta, delta) / c
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/fields.hpp>
#include <weir/core/layer.hpp>
#include <weir/losses/loss.hpp>

#include <algorithm>
#include <cmath>
#include <string_view>

namespace weir::inline WEIR_ABI {

struct Huber {
  static constexpr std::string_view kind = "huber";
  static constexpr Link link = Link::identity;
  static constexpr Takes takes = Takes::values;
  static constexpr std::string_view formula =
      "(1/c) sum_j e^2 / 2, or delta (e - delta / 2) beyond delta; e = abs(y_j - t_j)";

  double delta = 1.0;

  template <class Visitor, class Options>
  static void fields(Visitor& visit, Options& o) {
    visit("delta", o.delta, RealRange{1e-9, 1e9}, "where the squares end and the straight lines begin");
  }

  template <class T>
  double operator()(const LossBatch<T>& batch) const {
    const Index c = batch.outputs.channels();
    const T border = static_cast<T>(delta);
    return sum_items(batch, [&](Index column, T weight) {
      double sum = 0.0;
      const T factor = weight * batch.scale / static_cast<T>(c);
      for (Index j = column * c; j < (column + 1) * c; ++j) {
        const T error = batch.outputs.data()[j] - batch.targets.values.data()[j];
        const T size = std::abs(error);
        sum += static_cast<double>(size <= border ? error * error / T(2) : border * (size - border / T(2)));
        if (!batch.gradient.absent()) batch.gradient.data()[j] = factor * std::clamp(error, -border, border);
      }
      return sum / static_cast<double>(c);
    });
  }
};

}  // namespace weir::inline WEIR_ABI
