// Random starting weights. fan_in and fan_out count the inputs and outputs of one unit.
//
//   glorot_uniform   U(-a, a), a = sqrt(6 / (fan_in + fan_out))     Glorot, Bengio 2010; Keras's default
//   glorot_normal    N(0, 2 / (fan_in + fan_out))
//   he_uniform       U(-a, a), a = sqrt(6 / fan_in)                 He et al. 2015; for relu
//   he_normal        N(0, 2 / fan_in)
//   lecun_normal     N(0, 1 / fan_in)                               LeCun et al. 1998
//   zeros            0
//
// The normal kinds are not truncated.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/enum_names.hpp>
#include <weir/core/rng.hpp>
#include <weir/core/tensor.hpp>

#include <array>
#include <cmath>
#include <string_view>

namespace weir::inline WEIR_ABI {

enum class Initializer : unsigned char {
  glorot_uniform,
  glorot_normal,
  he_uniform,
  he_normal,
  lecun_normal,
  zeros
};

[[nodiscard]] constexpr std::array<std::string_view, 6> names_of(Initializer) noexcept {
  return {"glorot_uniform", "glorot_normal", "he_uniform", "he_normal", "lecun_normal", "zeros"};
}

/// Fills `weights` by the rule.
template <class T>
void initialize(TensorView<T> weights, Initializer initializer, Index fan_in, Index fan_out, Rng& rng) {
  const auto in = static_cast<double>(fan_in > 0 ? fan_in : 1);
  const auto both = static_cast<double>(fan_in + fan_out > 0 ? fan_in + fan_out : 1);
  const auto uniform = [&](double variance) {
    const double bound = std::sqrt(3.0 * variance);
    for (T& w : weights.span()) w = static_cast<T>(rng.uniform(-bound, bound));
  };
  const auto normal = [&](double variance) {
    for (T& w : weights.span()) w = static_cast<T>(std::sqrt(variance) * rng.normal());
  };
  switch (initializer) {
    case Initializer::glorot_uniform: return uniform(2.0 / both);
    case Initializer::glorot_normal: return normal(2.0 / both);
    case Initializer::he_uniform: return uniform(2.0 / in);
    case Initializer::he_normal: return normal(2.0 / in);
    case Initializer::lecun_normal: return normal(1.0 / in);
    case Initializer::zeros: return uniform(0.0);
  }
}

}  // namespace weir::inline WEIR_ABI
