// Drops time steps at both ends of each sample:   y(:, t) = x(:, left + t)
//
// x: channels x L, y: channels x (L - left - right), L each sample's own number of steps; a sample too short
// for that gives none.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/bounds.hpp>
#include <weir/core/layer.hpp>
#include <weir/core/layer_needs.hpp>
#include <weir/layers/window.hpp>

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
  static constexpr IntegerBounds left_bounds{"left", 0, Window::limit},
      right_bounds{"right", 0, Window::limit};

  Index left = 1;
  Index right = 1;

  Cropping1D() = default;
  Cropping1D(Index before, Index behind)
      : left(left_bounds.checked(kind, before)), right(right_bounds.checked(kind, behind)) {}

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

  [[nodiscard]] Config config() const {
    return {{"left", static_cast<std::int64_t>(left)}, {"right", static_cast<std::int64_t>(right)}};
  }
  [[nodiscard]] static Result<Cropping1D> from_config(const Config& config, Shape input) {
    ConfigReader read(kind, config);
    const Index before = left_bounds.require(read);
    const Index behind = right_bounds.read(read, before);
    detail::check_output(read, "left", input.channels, input.length - before - behind);
    if (!read.ok()) return read.failure();
    return read.finish(Cropping1D(before, behind));
  }
};

Cropping1D(Index, Index)->Cropping1D<float>;

}  // namespace weir::inline WEIR_ABI
