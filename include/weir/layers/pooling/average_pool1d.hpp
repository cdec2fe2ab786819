// The mean of each window along time:   y(c, t) = sum of x(c, steps of window t) / number of them
//
//   dx += dy / number, at each step of the window
//
// Padding is zeros; `count_include_pad` says whether it counts in the number (PyTorch's default there; Keras
// never counts it, nor does this layer unless asked). Of a window that `ceil` lets reach beyond the padding,
// what lies beyond never counts. Windows: layers/window.hpp.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/layers/pooling/pool1d.hpp>
#include <weir/simd/pool.hpp>
#include <weir/simd/transform.hpp>

namespace weir::inline WEIR_ABI {

struct AveragePool1DOptions {
  Index stride = 0;  ///< 0: the size
  Padding padding = Padding::valid;
  Index pad_left = 0;   ///< with Padding::sides
  Index pad_right = 0;  ///< with Padding::sides
  bool ceil = false;
  bool count_include_pad = false;

  template <class Visitor, class Options>
  static void fields(Visitor& visit, Options& o) {
    detail::pool_fields(visit, o);
    visit("count_include_pad", o.count_include_pad, "padding counts in the mean");
  }
};

template <class T = float>
struct AveragePool1D : Pool1D<AveragePool1D<T>, T, AveragePool1DOptions> {
  static constexpr std::string_view kind = "average_pool1d";
  static constexpr T empty = T(0);

  bool count_include_pad = false;

  AveragePool1D() = default;
  explicit AveragePool1D(Index size, AveragePool1DOptions chosen = {})
      : Pool1D<AveragePool1D, T, AveragePool1DOptions>(size, chosen),
        count_include_pad(chosen.count_include_pad) {}

  [[nodiscard]] bool counts_padding() const noexcept { return count_include_pad; }
  static void pool(Index channels, Index count, T divisor, const T* x, T* y) noexcept {
    simd::mean_columns(channels, count, divisor, x, y);
  }
  static void spread(Index channels, Index count, T divisor, const T*, const T*, const T* dy,
                     T* dx) noexcept {
    simd::add_to_columns(channels, count, divisor, dy, dx);
  }
  static void merge(Index channels, const T* x, T* sum) noexcept { simd::add(channels, x, sum); }
  static void finish(Index channels, T divisor, const T* sum, T* y) noexcept {
    const simd::Simd<T> by(divisor);
    simd::transform(channels, sum, y, [&](const simd::Simd<T>& value) { return value / by; });
  }

  [[nodiscard]] detail::PoolSettings<AveragePool1DOptions> settings() const {
    AveragePool1DOptions chosen = this->window_options();
    chosen.count_include_pad = count_include_pad;
    return {this->window.size, chosen};
  }
};

AveragePool1D(Index, AveragePool1DOptions)->AveragePool1D<float>;
AveragePool1D(Index)->AveragePool1D<float>;

}  // namespace weir::inline WEIR_ABI
