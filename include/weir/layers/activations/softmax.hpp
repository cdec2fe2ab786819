// Softmax over the channels of each time step:
//
//   y_i = e^x_i / sum_j e^x_j        dx = y (dy - sum_j dy_j y_j)
//
// At the end of a net it pairs with categorical cross-entropy, which then works on the logits.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/layer_traits.hpp>
#include <weir/layers/activations/activation.hpp>
#include <weir/simd/gemm.hpp>
#include <weir/simd/softmax_columns.hpp>

namespace weir::inline WEIR_ABI {

template <class T = float>
struct Softmax : Parameterless<T> {
  using Cache = NoCache;
  static constexpr std::string_view kind = "softmax";
  static constexpr std::array<std::string_view, 0> arguments{};
  static constexpr bool in_place = true;
  static constexpr bool reads_output = true;
  static constexpr Link link = Link::softmax;

  void forward(BatchView<const T> x, BatchView<T> y, Cache&, const Pass&) const {
    const Index c = x.channels();
    for (Index i = 0; i < x.columns(); ++i) simd::softmax(c, x.data() + i * c, y.data() + i * c);
  }
  void backward(BatchView<const T>, BatchView<const T> y, BatchView<const T> dy, BatchView<T> dx, Cache&,
                Softmax&, const Pass&) const {
    if (dx.absent()) return;
    const Index c = y.channels();
    for (Index i = 0; i < y.columns(); ++i) {
      const T* out = y.data() + i * c;
      const T* gradient = dy.data() + i * c;
      const simd::Simd<T> mean(simd::dot(c, out, gradient));
      simd::transform(c, out, gradient, dx.data() + i * c,
                      [&](const simd::Simd<T>& p, const simd::Simd<T>& g) { return p * (g - mean); });
    }
  }
};

}  // namespace weir::inline WEIR_ABI
