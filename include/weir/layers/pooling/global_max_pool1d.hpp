// The largest value of each channel over all time steps:   y_c = max over t of x(c, t)
//
//   dx gets dy at the first step that is the largest.
//
// x: channels x L, y: channels x 1. Only a sample's own steps count; a sample of no steps gives 0.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/layer.hpp>
#include <weir/simd/pool.hpp>
#include <weir/simd/transform.hpp>

#include <algorithm>
#include <array>
#include <limits>
#include <span>
#include <string_view>

namespace weir::inline WEIR_ABI {

template <class T = float>
struct GlobalMaxPool1D {
  using Scalar = T;
  using Cache = NoCache;
  static constexpr std::string_view kind = "global_max_pool1d";
  static constexpr std::array<std::string_view, 0> arguments{};
  static constexpr bool along_time = true;
  static constexpr bool reads_output = true;

  [[nodiscard]] static Index out_length(Index) noexcept { return 1; }
  [[nodiscard]] static Shape out_shape(Shape input) noexcept { return {input.channels, 1}; }
  static void init(Rng&) noexcept {}
  template <class F, class... L>
  static void visit(F&&, L&...) noexcept {}

  void forward(BatchView<const T> x, BatchView<T> y, Cache&, const Pass&) const {
    for (Index i = 0; i < x.count(); ++i) {
      const std::span<T> to = y.sample(i);
      if (x.length_of(i) == 0) {
        std::fill(to.begin(), to.end(), T(0));
      } else {
        simd::max_columns(x.channels(), x.length_of(i), x.sample(i).data(), to.data());
      }
    }
  }
  void backward(BatchView<const T> x, BatchView<const T> y, BatchView<const T> dy, BatchView<T> dx, Cache&,
                GlobalMaxPool1D&, const Pass&) const {
    if (dx.absent()) return;
    std::fill_n(dx.data(), dx.size(), T(0));
    for (Index i = 0; i < x.count(); ++i) {
      simd::add_to_first_max(x.channels(), x.length_of(i), x.sample(i).data(), y.sample(i).data(),
                             dy.sample(i).data(), dx.sample(i).data());
    }
  }

  // Streaming: the largest so far.
  struct StepCache {
    void prepare(const GlobalMaxPool1D&, Shape, Index) noexcept {}
  };
  [[nodiscard]] static Index state_size(Shape input) noexcept { return input.channels; }
  static void start(T* state, Shape input) noexcept {
    std::fill_n(state, input.channels, -std::numeric_limits<T>::infinity());
  }
  void step(BatchView<const T> x, BatchView<T> y, std::span<T* const> states, std::span<unsigned char>,
            StepCache&) const {
    for (Index i = 0; i < x.count(); ++i) {
      T* largest = states[static_cast<std::size_t>(i)];
      simd::transform(x.channels(), largest, x.sample(i).data(), largest,
                      [](const simd::Simd<T>& a, const simd::Simd<T>& b) { return simd::larger<T>(a, b); });
      std::copy_n(largest, x.channels(), y.sample(i).data());
    }
  }
};

}  // namespace weir::inline WEIR_ABI
