// Mish (Misra 2019), a smooth rectifier that dips below zero:
//
//   y = x t                          t = tanh(softplus(x)) = tanh(log(1 + e^x))
//   dy/dx = t + x (1 - t^2) s        s = sigmoid(x), the slope of softplus
//
// The slope does not follow from the output, so this layer does not run in place.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/layers/activations/activation.hpp>
#include <weir/simd/math.hpp>

namespace weir::inline WEIR_ABI {

template <class T = float>
struct Mish : Parameterless<T> {
  using Cache = NoCache;
  static constexpr std::string_view kind = "mish";
  static constexpr std::array<std::string_view, 0> arguments{};

  void forward(BatchView<const T> x, BatchView<T> y, Cache&, const Pass&) const {
    simd::transform(x.size(), x.data(), y.data(), [](const Register& v) { return v * gate(v); });
  }
  void backward(BatchView<const T> x, BatchView<const T>, BatchView<const T> dy, BatchView<T> dx, Cache&,
                Mish&, const Pass&) const {
    if (dx.absent()) return;
    simd::transform(x.size(), x.data(), dy.data(), dx.data(), [](const Register& v, const Register& g) {
      const Register t = gate(v);
      return g * (t + v * (Register(T(1)) - t * t) * simd::sigmoid<T>(v));
    });
  }

 private:
  using Register = simd::Simd<T>;
  static Register gate(const Register& x) noexcept { return simd::tanh<T>(simd::softplus<T>(x)); }
};

}  // namespace weir::inline WEIR_ABI
