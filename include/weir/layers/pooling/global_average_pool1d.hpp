// The mean of each channel over all time steps:
//
//   y_c = 1 / L sum over t of x(c, t)        dx(c, t) = dy_c / L
//
// x: channels x L, y: channels x 1. L is each sample's own number of steps; a sample of no steps gives 0.
//
// Step by step, sum and count are numbers of type T: in float a stream's mean stands still after 2^24 steps.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/layer.hpp>
#include <weir/simd/pool.hpp>
#include <weir/simd/transform.hpp>

#include <algorithm>
#include <array>
#include <span>
#include <string_view>

namespace weir::inline WEIR_ABI {

template <class T = float>
struct GlobalAveragePool1D {
  using Scalar = T;
  using Cache = NoCache;
  static constexpr std::string_view kind = "global_average_pool1d";
  static constexpr std::array<std::string_view, 0> arguments{};
  static constexpr bool along_time = true;

  [[nodiscard]] static Index out_length(Index) noexcept { return 1; }
  [[nodiscard]] static Shape out_shape(Shape input) noexcept { return {input.channels, 1}; }
  static void init(Rng&) noexcept {}
  template <class F, class... L>
  static void visit(F&&, L&...) noexcept {}

  void forward(BatchView<const T> x, BatchView<T> y, Cache&, const Pass&) const {
    for (Index i = 0; i < x.count(); ++i) {
      const Index used = x.length_of(i);
      const std::span<T> to = y.sample(i);
      if (used == 0) {
        std::fill(to.begin(), to.end(), T(0));
      } else {
        simd::mean_columns(x.channels(), used, static_cast<T>(used), x.sample(i).data(), to.data());
      }
    }
  }
  void backward(BatchView<const T> x, BatchView<const T>, BatchView<const T> dy, BatchView<T> dx, Cache&,
                GlobalAveragePool1D&, const Pass&) const {
    if (dx.absent()) return;
    std::fill_n(dx.data(), dx.size(), T(0));
    for (Index i = 0; i < x.count(); ++i) {
      const Index used = x.length_of(i);
      if (used == 0) continue;
      simd::add_to_columns(x.channels(), used, static_cast<T>(used), dy.sample(i).data(),
                           dx.sample(i).data());
    }
  }

  // Streaming: sum and count so far.
  struct StepCache {
    void prepare(const GlobalAveragePool1D&, Shape, Index) noexcept {}
  };
  [[nodiscard]] static Index state_size(Shape input) noexcept { return input.channels + 1; }
  static void start(T* state, Shape input) noexcept { std::fill_n(state, input.channels + 1, T(0)); }
  void step(BatchView<const T> x, BatchView<T> y, std::span<T* const> states, std::span<unsigned char>,
            StepCache&) const {
    const Index channels = x.channels();
    for (Index i = 0; i < x.count(); ++i) {
      T* sum = states[static_cast<std::size_t>(i)];
      sum[channels] += T(1);
      simd::add(channels, x.sample(i).data(), sum);
      simd::mean_columns(channels, 1, sum[channels], sum, y.sample(i).data());
    }
  }
};

}  // namespace weir::inline WEIR_ABI
