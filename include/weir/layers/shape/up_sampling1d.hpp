// Repeats each time step:   y(:, t) = x(:, t / factor)        dx(:, t) = sum of dy over its copies
//
// x: channels x L, y: channels x (L factor).
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/layer.hpp>
#include <weir/core/layer_options.hpp>
#include <weir/layers/time/window.hpp>
#include <weir/simd/pool.hpp>

#include <algorithm>
#include <array>
#include <span>
#include <string_view>

namespace weir::inline WEIR_ABI {

template <class T = float>
struct UpSampling1D {
  using Scalar = T;
  using Cache = NoCache;
  static constexpr std::string_view kind = "up_sampling1d";
  static constexpr std::array<std::string_view, 1> arguments{"factor"};
  static constexpr bool along_time = true;

  Index factor = 2;

  UpSampling1D() = default;
  explicit UpSampling1D(Index times) : factor(times) { checked_fields(kind, *this); }

  [[nodiscard]] Index out_length(Index used) const noexcept { return used * factor; }
  [[nodiscard]] Shape out_shape(Shape input) const noexcept {
    return {input.channels, out_length(input.length)};
  }
  static void init(Rng&) noexcept {}
  template <class F, class... L>
  static void visit(F&&, L&...) noexcept {}

  void forward(BatchView<const T> x, BatchView<T> y, Cache&, const Pass&) const {
    const Index channels = x.channels();
    for (Index i = 0; i < x.count(); ++i) {
      const std::span<T> to = y.sample(i);
      const Index n = out_length(x.length_of(i));
      for (Index t = 0; t < n; ++t)
        std::copy_n(x.sample(i).data() + t / factor * channels, channels, to.data() + t * channels);
      std::fill(to.begin() + n * channels, to.end(), T(0));
    }
  }
  void backward(BatchView<const T> x, BatchView<const T>, BatchView<const T> dy, BatchView<T> dx, Cache&,
                UpSampling1D&, const Pass&) const {
    if (dx.absent()) return;
    const Index channels = x.channels();
    for (Index i = 0; i < x.count(); ++i) {
      const std::span<T> to = dx.sample(i);
      const Index used = x.length_of(i);
      for (Index t = 0; t < used; ++t) {
        simd::mean_columns(channels, factor, T(1), dy.sample(i).data() + t * factor * channels,
                           to.data() + t * channels);
      }
      std::fill(to.begin() + used * channels, to.end(), T(0));
    }
  }

  template <class Visitor, class Layer>
  static void fields(Visitor& visit, Layer& o) {
    visit.required("factor", o.factor, IntegerRange{1, Window::limit}, "how often each step is repeated");
  }
  static void adapt(ConfigReader& read, const UpSampling1D& layer, Shape input) {
    detail::check_output(read, "factor", input.channels, input.length * layer.factor);
  }
};

UpSampling1D(Index)->UpSampling1D<float>;

}  // namespace weir::inline WEIR_ABI
