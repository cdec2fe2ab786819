// A penalty on large activations, which makes them sparse:
//
//   y = x        L += (1 / items) sum over items i and channels j of weight |x_ij|
//   dx = dy + weight sign(x) / items
//
// An item is a time step of a sample, as in the losses. The penalty is part of the loss in training only.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/layer_options.hpp>
#include <weir/layers/activations/activation.hpp>
#include <weir/simd/transform.hpp>

#include <algorithm>
#include <cmath>
#include <span>

namespace weir::inline WEIR_ABI {

template <class T = float>
struct L1Activity : Parameterless<T> {
  using Cache = NoCache;
  static constexpr std::string_view kind = "l1_activity";
  static constexpr std::array<std::string_view, 1> arguments{"weight"};
  static constexpr bool in_place = true;
  static constexpr bool reads_output = true;

  double weight = 1e-3;

  L1Activity() = default;
  explicit L1Activity(double chosen) : weight(chosen) { checked_fields(kind, *this); }

  void forward(BatchView<const T> x, BatchView<T> y, Cache&, const Pass& pass) const {
    if (x.data() != y.data()) std::copy_n(x.data(), x.size(), y.data());
    if (!pass.training || pass.penalty == nullptr) return;
    double sum = 0.0;
    for (Index i = 0; i < y.count(); ++i) {
      for (const T v : used_of(y, i)) sum += std::fabs(static_cast<double>(v));
    }
    *pass.penalty += weight * sum;
  }
  void backward(BatchView<const T>, BatchView<const T> y, BatchView<const T> dy, BatchView<T> dx, Cache&,
                L1Activity&, const Pass& pass) const {
    if (dx.absent()) return;
    if (dx.data() != dy.data()) std::copy_n(dy.data(), dy.size(), dx.data());
    if (!pass.training) return;
    const T slope = static_cast<T>(weight * pass.scale);
    for (Index i = 0; i < y.count(); ++i) {
      const std::span<const T> value = used_of(y, i);
      T* to = dx.sample(i).data();
      for (std::size_t k = 0; k < value.size(); ++k) {
        to[k] += value[k] > T(0) ? slope : value[k] < T(0) ? -slope : T(0);
      }
    }
  }

  template <class Visitor, class Layer>
  static void fields(Visitor& visit, Layer& o) {
    visit("weight", o.weight, RealRange{0.0, 1e6}, "of the penalty");
  }

 private:
  [[nodiscard]] static std::span<const T> used_of(BatchView<const T> y, Index i) {
    return y.sample(i).first(static_cast<std::size_t>(y.length_of(i) * y.channels()));
  }
};

}  // namespace weir::inline WEIR_ABI
