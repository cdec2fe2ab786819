// The activations of layers that hold one inside: autoencoders of one layer.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/layers/activations/relu.hpp>
#include <weir/layers/activations/sigmoid.hpp>
#include <weir/layers/activations/tanh.hpp>
#include <weir/simd/registers.hpp>
#include <weir/simd/transform.hpp>

#include <array>
#include <string_view>

namespace weir::inline WEIR_ABI {

enum class CodeActivation : unsigned char { sigmoid, tanh, relu, identity };

[[nodiscard]] constexpr std::array<std::string_view, 4> names_of(CodeActivation) noexcept {
  return {"sigmoid", "tanh", "relu", "identity"};
}

namespace detail {

/// Calls f(the activation's layer); identity does nothing.
template <class T, class F>
void with_activation(CodeActivation activation, F f) {
  switch (activation) {
    case CodeActivation::sigmoid: return f(Sigmoid<T>{});
    case CodeActivation::tanh: return f(Tanh<T>{});
    case CodeActivation::relu: return f(Relu<T>{});
    case CodeActivation::identity: return;
  }
}

/// values <- f(values)
template <class T>
void activate(CodeActivation activation, Index count, T* values) {
  with_activation<T>(activation, [&](const auto& f) {
    simd::transform(count, values, values, [&](const simd::Simd<T>& v) { return f.value(v); });
  });
}

/// slope <- slope f'(h), given the outputs f(h).
template <class T>
void times_slope(CodeActivation activation, Index count, const T* outputs, T* slope) {
  with_activation<T>(activation, [&](const auto& f) {
    simd::transform(count, outputs, slope, slope,
                    [&](const simd::Simd<T>& out, const simd::Simd<T>& s) { return s * f.slope(out); });
  });
}

}  // namespace detail
}  // namespace weir::inline WEIR_ABI
