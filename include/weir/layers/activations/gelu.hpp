// Gaussian error linear unit (Hendrycks, Gimpel 2016), exact form:
//
//   y = x P(x)                   P(x) = (1 + erf(x / sqrt 2)) / 2
//   dy/dx = P(x) + x p(x)        p(x) = e^(-x^2/2) / sqrt(2 pi)
//
// The slope does not follow from the output, so this layer does not run in place.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/layers/activations/activation.hpp>
#include <weir/simd/math.hpp>

namespace weir::inline WEIR_ABI {

template <class T = float>
struct Gelu : Parameterless<T> {
  using Cache = NoCache;
  static constexpr std::string_view kind = "gelu";
  static constexpr std::array<std::string_view, 0> arguments{};

  void forward(BatchView<const T> x, BatchView<T> y, Cache&, const Pass&) const {
    simd::transform(x.size(), x.data(), y.data(), [](const Register& v) { return v * cumulative(v); });
  }
  void backward(BatchView<const T> x, BatchView<const T>, BatchView<const T> dy, BatchView<T> dx, Cache&,
                Gelu&, const Pass&) const {
    if (dx.absent()) return;
    simd::transform(x.size(), x.data(), dy.data(), dx.data(), [](const Register& v, const Register& g) {
      const Register density =
          Register(T(0.398942280401432677939946)) * simd::exp<T>(Register(T(-0.5)) * v * v);
      return g * (cumulative(v) + v * density);
    });
  }

 private:
  using Register = simd::Simd<T>;
  static Register cumulative(const Register& x) noexcept {
    return Register(T(0.5)) * (Register(T(1)) + simd::erf<T>(x * Register(T(0.707106781186547524400844))));
  }
};

}  // namespace weir::inline WEIR_ABI
