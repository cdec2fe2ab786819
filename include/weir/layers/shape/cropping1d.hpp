// Drops time steps at both ends of each sample:   y(:, t) = x(:, left + t)
//
// x: channels x L, y: channels x (L - left - right), L each sample's own number of steps; a sample too short
// for that gives none.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/layer.hpp>
#include <weir/core/layer_options.hpp>
#include <weir/core/layer_traits.hpp>
#include <weir/layers/time/window.hpp>

#include <algorithm>
#include <array>
#include <span>
#include <string_view>

namespace weir::inline WEIR_ABI {

template <class T = float>
struct Cropping1D {
  using Scalar = T;
  using Cache = NoCache;
  static constexpr std::string_view kind = "cropping1d";
  static constexpr std::array<std::string_view, 2> arguments{"left", "right"};
  static constexpr bool along_time = true;

  Index left = 1;
  Index right = 1;

  Cropping1D() = default;
  Cropping1D(Index before, Index behind) : left(before), right(behind) { checked_fields(kind, *this); }

  [[nodiscard]] Index out_length(Index used) const noexcept {
    return std::max<Index>(used - left - right, 0);
  }
  [[nodiscard]] std::string complaint(Shape input) const {
    return detail::length_complaint(kind, out_length(input.length), input.length);
  }
  [[nodiscard]] Shape out_shape(Shape input) const {
    require_fit(*this, input);
    return {input.channels, out_length(input.length)};
  }
  static void init(Rng&) noexcept {}
  template <class F, class... L>
  static void visit(F&&, L&...) noexcept {}

  void forward(BatchView<const T> x, BatchView<T> y, Cache&, const Pass&) const {
    for (Index i = 0; i < x.count(); ++i) {
      const std::span<T> to = y.sample(i);
      const Index size = out_length(x.length_of(i)) * x.channels();
      std::copy_n(x.sample(i).data() + left * x.channels(), size, to.data());
      std::fill(to.begin() + size, to.end(), T(0));
    }
  }
  void backward(BatchView<const T> x, BatchView<const T>, BatchView<const T> dy, BatchView<T> dx, Cache&,
                Cropping1D&, const Pass&) const {
    if (dx.absent()) return;
    std::fill_n(dx.data(), dx.size(), T(0));
    for (Index i = 0; i < x.count(); ++i) {
      std::copy_n(dy.sample(i).data(), out_length(x.length_of(i)) * x.channels(),
                  dx.sample(i).data() + left * x.channels());
    }
  }

  template <class Visitor, class Layer>
  static void fields(Visitor& visit, Layer& o) {
    visit.required("left", o.left, IntegerRange{0, Window::limit}, "steps cut off before");
    if constexpr (Visitor::reads) o.right = o.left;
    visit("right", o.right, IntegerRange{0, Window::limit},
          "steps cut off behind; as before, where a file does not say");
  }
  static void adapt(ConfigReader& read, const Cropping1D& layer, Shape input) {
    detail::check_output(read, "left", input.channels, input.length - layer.left - layer.right);
  }
};

Cropping1D(Index, Index)->Cropping1D<float>;

}  // namespace weir::inline WEIR_ABI
