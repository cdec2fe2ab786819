// Means along time to a given number of steps, whatever their number was:
//
//   y(c, j) = mean of x(c, t),  floor(j L / N) <= t < ceil((j + 1) L / N),  j = 0 ... N - 1
//
// x: channels x L, y: channels x N (PyTorch's AdaptiveAvgPool1d). L is each sample's own number of steps; a
// sample of no steps gives zeros.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/layer.hpp>
#include <weir/core/layer_options.hpp>
#include <weir/layers/time/window.hpp>
#include <weir/simd/pool.hpp>

#include <algorithm>
#include <array>
#include <string_view>

namespace weir::inline WEIR_ABI {

template <class T = float>
struct AdaptiveAveragePool1D {
  using Scalar = T;
  using Cache = NoCache;
  static constexpr std::string_view kind = "adaptive_average_pool1d";
  static constexpr std::array<std::string_view, 1> arguments{"length"};
  static constexpr bool along_time = true;

  Index length = 1;

  AdaptiveAveragePool1D() = default;
  explicit AdaptiveAveragePool1D(Index steps) : length(steps) { checked_fields(kind, *this); }

  [[nodiscard]] Index out_length(Index) const noexcept { return length; }
  [[nodiscard]] Shape out_shape(Shape input) const noexcept { return {input.channels, length}; }
  static void init(Rng&) noexcept {}
  template <class F, class... L>
  static void visit(F&&, L&...) noexcept {}

  void forward(BatchView<const T> x, BatchView<T> y, Cache&, const Pass&) const {
    const Index channels = x.channels();
    for (Index i = 0; i < x.count(); ++i) {
      T* to = y.sample(i).data();
      if (x.length_of(i) == 0) std::fill_n(to, channels * length, T(0));
      each_window(x.length_of(i), [&](Index j, Index first, Index count) {
        simd::mean_columns(channels, count, static_cast<T>(count), x.sample(i).data() + first * channels,
                           to + j * channels);
      });
    }
  }
  void backward(BatchView<const T> x, BatchView<const T>, BatchView<const T> dy, BatchView<T> dx, Cache&,
                AdaptiveAveragePool1D&, const Pass&) const {
    if (dx.absent()) return;
    const Index channels = x.channels();
    std::fill_n(dx.data(), dx.size(), T(0));
    for (Index i = 0; i < x.count(); ++i) {
      each_window(x.length_of(i), [&](Index j, Index first, Index count) {
        simd::add_to_columns(channels, count, static_cast<T>(count), dy.sample(i).data() + j * channels,
                             dx.sample(i).data() + first * channels);
      });
    }
  }

  template <class Visitor, class Layer>
  static void fields(Visitor& visit, Layer& o) {
    visit.required("length", o.length, IntegerRange{1, Window::limit}, "steps of the output");
  }
  static void adapt(ConfigReader& read, const AdaptiveAveragePool1D& layer, Shape input) {
    detail::check_output(read, "length", input.channels, layer.length);
  }

 private:
  /// Calls f(j, first step, number of steps) for each window of a sample that has steps.
  template <class F>
  void each_window(Index used, F f) const {
    for (Index j = 0; j < length && used > 0; ++j) {
      const Index first = j * used / length;
      const Index end = ((j + 1) * used + length - 1) / length;
      f(j, first, end - first);
    }
  }
};

AdaptiveAveragePool1D(Index)->AdaptiveAveragePool1D<float>;

}  // namespace weir::inline WEIR_ABI
