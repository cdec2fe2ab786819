// Exponential linear unit, a = `alpha` (Clevert, Unterthiner, Hochreiter 2015):
//
//   y = x for x > 0, a (e^x - 1) otherwise        dy/dx = 1 for y > 0, y + a otherwise
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/layer_options.hpp>
#include <weir/layers/activations/activation.hpp>
#include <weir/simd/registers.hpp>

namespace weir::inline WEIR_ABI {

template <class T = float>
struct Elu : Activation<Elu<T>, T> {
  static constexpr std::string_view kind = "elu";
  static constexpr std::array<std::string_view, 1> arguments{"alpha"};

  double alpha = 1.0;

  Elu() = default;
  explicit Elu(double a) : alpha(a) { checked_fields(kind, *this); }

  [[nodiscard]] simd::Simd<T> value(const simd::Simd<T>& x) const noexcept {
    const simd::Simd<T> zero(T(0));
    const simd::Simd<T> below =
        simd::Simd<T>(static_cast<T>(alpha)) * xsimd::expm1(xsimd::select(x > zero, zero, x));
    return xsimd::select(x > zero, x, below);
  }
  [[nodiscard]] simd::Simd<T> slope(const simd::Simd<T>& y) const noexcept {
    return xsimd::select(y > simd::Simd<T>(T(0)), simd::Simd<T>(T(1)),
                         y + simd::Simd<T>(static_cast<T>(alpha)));
  }

  template <class Visitor, class Layer>
  static void fields(Visitor& visit, Layer& o) {
    visit("alpha", o.alpha, RealRange{0.0, 1e6}, "a, of the negative side");
  }
};

}  // namespace weir::inline WEIR_ABI
