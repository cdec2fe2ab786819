// Zeros before and behind each sample:   y = [0 (left steps), x, 0 (right steps)]
//
// x: channels x L, y: channels x (left + L + right), L each sample's own number of steps. The zeros count as
// steps of the output. A sample of no steps gives none.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/layer.hpp>
#include <weir/core/layer_options.hpp>
#include <weir/layers/time/window.hpp>

#include <algorithm>
#include <array>
#include <span>
#include <string_view>

namespace weir::inline WEIR_ABI {

template <class T = float>
struct ZeroPadding1D {
  using Scalar = T;
  using Cache = NoCache;
  static constexpr std::string_view kind = "zero_padding1d";
  static constexpr std::array<std::string_view, 2> arguments{"left", "right"};
  static constexpr bool along_time = true;

  Index left = 1;
  Index right = 1;

  ZeroPadding1D() = default;
  ZeroPadding1D(Index before, Index behind) : left(before), right(behind) { checked_fields(kind, *this); }

  [[nodiscard]] Index out_length(Index used) const noexcept { return used > 0 ? left + used + right : 0; }
  [[nodiscard]] Shape out_shape(Shape input) const noexcept {
    return {input.channels, out_length(input.length)};
  }
  static void init(Rng&) noexcept {}
  template <class F, class... L>
  static void visit(F&&, L&...) noexcept {}

  void forward(BatchView<const T> x, BatchView<T> y, Cache&, const Pass&) const {
    std::fill_n(y.data(), y.size(), T(0));
    for (Index i = 0; i < x.count(); ++i) {
      std::copy_n(x.sample(i).data(), x.length_of(i) * x.channels(),
                  y.sample(i).data() + left * x.channels());
    }
  }
  void backward(BatchView<const T> x, BatchView<const T>, BatchView<const T> dy, BatchView<T> dx, Cache&,
                ZeroPadding1D&, const Pass&) const {
    if (dx.absent()) return;
    for (Index i = 0; i < x.count(); ++i) {
      const std::span<T> to = dx.sample(i);
      const Index size = x.length_of(i) * x.channels();
      std::copy_n(dy.sample(i).data() + left * x.channels(), size, to.data());
      std::fill(to.begin() + size, to.end(), T(0));
    }
  }

  template <class Visitor, class Layer>
  static void fields(Visitor& visit, Layer& o) {
    visit.required("left", o.left, IntegerRange{0, Window::limit}, "steps of zeros before");
    if constexpr (Visitor::reads) o.right = o.left;
    visit("right", o.right, IntegerRange{0, Window::limit},
          "steps of zeros behind; as before, where a file does not say");
  }
  static void adapt(ConfigReader& read, const ZeroPadding1D& layer, Shape input) {
    detail::check_output(read, "left", input.channels, layer.left + input.length + layer.right);
  }
};

ZeroPadding1D(Index, Index)->ZeroPadding1D<float>;

}  // namespace weir::inline WEIR_ABI
