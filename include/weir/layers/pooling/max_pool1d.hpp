// The largest value of each window along time:   y(c, t) = max of x(c, steps of window t)
//
//   dx gets dy at the first step that is the largest.
//
// Padding takes no part. `MaxPool1D{3}` has stride 3; `MaxPool1D{3, {.stride = 2, .padding =
// Padding::same}}`. Windows: layers/time/window.hpp; `ceil` is PyTorch's ceil_mode.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/layers/pooling/pool1d.hpp>
#include <weir/simd/pool.hpp>
#include <weir/simd/transform.hpp>

#include <limits>

namespace weir::inline WEIR_ABI {

struct MaxPool1DOptions {
  Index stride = 0;  ///< 0: the size
  Padding padding = Padding::valid;
  Index pad_left = 0;   ///< with Padding::sides
  Index pad_right = 0;  ///< with Padding::sides
  bool ceil = false;

  template <class Visitor, class Options>
  static void fields(Visitor& visit, Options& o) {
    detail::pool_fields(visit, o);
  }
};

template <class T = float>
struct MaxPool1D : Pool1D<MaxPool1D<T>, T, MaxPool1DOptions> {
  static constexpr std::string_view kind = "max_pool1d";
  static constexpr bool reads_output = true;
  static constexpr T empty = -std::numeric_limits<T>::infinity();

  MaxPool1D() = default;
  explicit MaxPool1D(Index size, MaxPool1DOptions chosen = {})
      : Pool1D<MaxPool1D, T, MaxPool1DOptions>(size, chosen) {}

  [[nodiscard]] static constexpr bool counts_padding() noexcept { return false; }
  static void pool(Index channels, Index count, T, const T* x, T* y) noexcept {
    simd::max_columns(channels, count, x, y);
  }
  static void spread(Index channels, Index count, T, const T* x, const T* y, const T* dy, T* dx) noexcept {
    simd::add_to_first_max(channels, count, x, y, dy, dx);
  }
  static void merge(Index channels, const T* x, T* largest) noexcept {
    simd::transform(channels, largest, x, largest,
                    [](const simd::Simd<T>& a, const simd::Simd<T>& b) { return simd::larger<T>(a, b); });
  }
  static void finish(Index channels, T, const T* largest, T* y) noexcept {
    std::copy_n(largest, channels, y);
  }

  [[nodiscard]] detail::PoolSettings<MaxPool1DOptions> settings() const {
    return {this->window.size, this->window_options()};
  }
};

MaxPool1D(Index, MaxPool1DOptions)->MaxPool1D<float>;
MaxPool1D(Index)->MaxPool1D<float>;

}  // namespace weir::inline WEIR_ABI
