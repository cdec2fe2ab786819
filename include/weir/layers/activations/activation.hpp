// The common part of activations that act on each element by itself and whose slope follows from their
// output:
//
//   y = value(x)        dx = dy * slope(y)
//
// An activation is a struct with `kind`, `value` and `slope` on registers; the loops are here, once. They run
// in place.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/layer.hpp>
#include <weir/simd/transform.hpp>

#include <array>
#include <string_view>

namespace weir::inline WEIR_ABI {

/// What layers without parameters share.
template <class T>
struct Parameterless {
  using Scalar = T;
  static constexpr bool keeps_shape = true;

  [[nodiscard]] static Shape out_shape(Shape input) noexcept { return input; }
  static void init(Rng&) noexcept {}
  template <class F, class... L>
  static void visit(F&&, L&...) noexcept {}
};

template <class Self, class T>
struct Activation : Parameterless<T> {
  using Cache = NoCache;
  static constexpr bool in_place = true;
  static constexpr bool reads_output = true;
  static constexpr std::array<std::string_view, 0> arguments{};

  void forward(BatchView<const T> x, BatchView<T> y, Cache&, const Pass&) const {
    const Self& self = static_cast<const Self&>(*this);
    simd::transform(x.size(), x.data(), y.data(), [&](const simd::Simd<T>& v) { return self.value(v); });
  }
  void backward(BatchView<const T>, BatchView<const T> y, BatchView<const T> dy, BatchView<T> dx, Cache&,
                Self&, const Pass&) const {
    if (dx.absent()) return;
    const Self& self = static_cast<const Self&>(*this);
    simd::transform(y.size(), y.data(), dy.data(), dx.data(),
                    [&](const simd::Simd<T>& out, const simd::Simd<T>& g) { return g * self.slope(out); });
  }
};

}  // namespace weir::inline WEIR_ABI
