// Leaky rectified linear unit:   y = x for x > 0, a x otherwise        dy/dx = 1 for y > 0, a otherwise
// a = 0.01 (PyTorch's default; Keras takes 0.3), a >= 0: the slope is told from the sign of y. Maas, Hannun,
// Ng 2013.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/layer_options.hpp>
#include <weir/layers/activations/activation.hpp>
#include <weir/simd/registers.hpp>

namespace weir::inline WEIR_ABI {

template <class T = float>
struct LeakyRelu : Activation<LeakyRelu<T>, T> {
  static constexpr std::string_view kind = "leaky_relu";
  static constexpr std::array<std::string_view, 1> arguments{"negative_slope"};

  double negative_slope = 0.01;

  LeakyRelu() = default;
  explicit LeakyRelu(double a) : negative_slope(a) { checked_fields(kind, *this); }

  [[nodiscard]] simd::Simd<T> value(const simd::Simd<T>& x) const noexcept {
    return xsimd::select(x > simd::Simd<T>(T(0)), x, x * simd::Simd<T>(static_cast<T>(negative_slope)));
  }
  [[nodiscard]] simd::Simd<T> slope(const simd::Simd<T>& y) const noexcept {
    return xsimd::select(y > simd::Simd<T>(T(0)), simd::Simd<T>(T(1)),
                         simd::Simd<T>(static_cast<T>(negative_slope)));
  }

  template <class Visitor, class Layer>
  static void fields(Visitor& visit, Layer& o) {
    visit("negative_slope", o.negative_slope, RealRange{0.0, 1e6}, "slope of the negative side");
  }
};

}  // namespace weir::inline WEIR_ABI
