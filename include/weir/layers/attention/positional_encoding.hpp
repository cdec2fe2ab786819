// Sinusoidal positional encoding (Vaswani et al. 2017, section 3.5): attention does not see the order of time
// steps, so each step is marked with waves of c channels' different lengths.
//
//   y(2i, t)     = x(2i, t)     + sin(t / 10000^(2i / c))
//   y(2i + 1, t) = x(2i + 1, t) + cos(t / 10000^(2i / c))
//
// t counts from 0. The slope is 1: dx = dy. Streaming keeps t; in float it counts up to 2^24 steps.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/layer_traits.hpp>
#include <weir/layers/activations/activation.hpp>
#include <weir/layers/time/padding.hpp>
#include <weir/simd/transform.hpp>

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

namespace weir::inline WEIR_ABI {

template <class T = float>
struct PositionalEncoding : Parameterless<T> {
  static constexpr std::string_view kind = "positional_encoding";
  static constexpr std::array<std::string_view, 0> arguments{};
  static constexpr bool along_time = true;
  static constexpr bool in_place = true;

  [[nodiscard]] static double scratch(Shape input, Index) {
    return detail::bytes_of<T>(detail::size_of(input));
  }
  struct Cache {
    std::vector<T> waves;  ///< c x length

    void prepare(const PositionalEncoding&, Shape input, Index, bool) { waves = table(input); }
  };

  [[nodiscard]] static Index out_length(Index used) noexcept { return used; }
  [[nodiscard]] static Index flops(Shape input) noexcept { return input.size(); }

  void forward(BatchView<const T> x, BatchView<T> y, Cache& cache, const Pass&) const {
    for (Index i = 0; i < x.count(); ++i) {
      simd::transform(x.length_of(i) * x.channels(), x.sample(i).data(), cache.waves.data(),
                      y.sample(i).data(), std::plus<simd::Simd<T>>{});
    }
    detail::clear_behind_lengths(y);
  }
  void backward(BatchView<const T>, BatchView<const T>, BatchView<const T> dy, BatchView<T> dx, Cache&,
                PositionalEncoding&, const Pass&) const {
    if (!dx.absent() && dx.data() != dy.data()) std::copy_n(dy.data(), dy.size(), dx.data());
  }

  struct StepCache {
    std::vector<T> waves;
    std::vector<T> later;  ///< one step behind the table's end

    void prepare(const PositionalEncoding&, Shape input, Index) {
      waves = table(input);
      later.assign(static_cast<std::size_t>(input.channels), T(0));
    }
  };
  [[nodiscard]] static Index state_size(Shape) noexcept { return 1; }
  static void start(T* state, Shape) noexcept { *state = T(0); }
  void step(BatchView<const T> x, BatchView<T> y, std::span<T* const> states, std::span<unsigned char>,
            StepCache& cache) const {
    const auto known = static_cast<Index>(cache.waves.size()) / x.channels();
    for (Index i = 0; i < x.count(); ++i) {
      T& now = *states[static_cast<std::size_t>(i)];
      const auto t = static_cast<Index>(now);
      const T* wave = cache.waves.data() + t * x.channels();
      if (t >= known) {
        write_waves(x.channels(), t, cache.later.data());
        wave = cache.later.data();
      }
      simd::transform(x.channels(), x.sample(i).data(), wave, y.sample(i).data(), std::plus<simd::Simd<T>>{});
      now += T(1);
    }
  }

 private:
  static void write_waves(Index channels, Index t, T* to) {
    for (Index c = 0; c < channels; ++c) {
      const double exponent = static_cast<double>(c - c % 2) / static_cast<double>(channels);
      const double angle = static_cast<double>(t) / std::pow(10000.0, exponent);
      to[c] = static_cast<T>(c % 2 == 0 ? std::sin(angle) : std::cos(angle));
    }
  }
  [[nodiscard]] static std::vector<T> table(Shape input) {
    std::vector<T> waves(static_cast<std::size_t>(input.size()));
    for (Index t = 0; t < input.length; ++t) {
      write_waves(input.channels, t, waves.data() + t * input.channels);
    }
    return waves;
  }
};

}  // namespace weir::inline WEIR_ABI
