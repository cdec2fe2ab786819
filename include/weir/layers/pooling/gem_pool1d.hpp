// Generalised mean over all time steps (Radenovic, Tolias, Chum 2018), p learned:
//
//   y_c = (1 / L sum over t of u(c, t)^p)^(1/p),    u = max(x, epsilon)
//
// p = 1 is the mean, p -> infinity the maximum. One p for all channels, or one a channel.
//
//   w_t = u_t^p / sum of u^p      dx_t = dy y w_t / u_t where x_t >= epsilon, else 0
//   dp = dy y / p (sum of w_t ln(u_t) - ln(y))
//
// x: channels x L, y: channels x 1. L is each sample's own number of steps; a sample of no steps gives 0.
// Powers are taken of u / m, m the term with the largest power, so that none overflows.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/layer.hpp>
#include <weir/core/layer_options.hpp>
#include <weir/core/layer_traits.hpp>
#include <weir/layers/time/window.hpp>
#include <weir/simd/conv.hpp>
#include <weir/simd/math.hpp>
#include <weir/simd/reduce.hpp>
#include <weir/simd/registers.hpp>

#include <algorithm>
#include <array>
#include <span>
#include <string_view>

namespace weir::inline WEIR_ABI {

struct GemPool1DOptions {
  double p = 3.0;  ///< at first
  double epsilon = 1e-6;
  bool per_channel = false;

  template <class Visitor, class Options>
  static void fields(Visitor& visit, Options& o) {
    visit("p", o.p, RealRange{0.01, 1000.0}, "the power at first");
    visit("epsilon", o.epsilon, RealRange{1e-12, 1.0}, "the least value: smaller ones count as it");
    visit("per_channel", o.per_channel, "each channel has a power of its own");
  }
};

template <class T = float>
struct GemPool1D {
  using Scalar = T;
  static constexpr std::string_view kind = "gem_pool1d";
  static constexpr std::array<std::string_view, 1> arguments{"p"};
  static constexpr bool along_time = true;
  static constexpr bool reads_output = true;

  Tensor<T, dyn> p;
  GemPool1DOptions options;

  explicit GemPool1D(GemPool1DOptions chosen = {}) : p(1), options(chosen) {
    if (options.per_channel) fail(ErrorKind::config, "gem_pool1d: one p a channel needs their number");
    checked_fields(kind, options);
    reset();
  }
  explicit GemPool1D(Index channels, GemPool1DOptions chosen = {})
      : p(chosen.per_channel ? channels : 1), options(chosen) {
    checked_fields(kind, options);
    reset();
  }

  [[nodiscard]] static Index out_length(Index) noexcept { return 1; }
  [[nodiscard]] std::string complaint(Shape input) const {
    if (!options.per_channel) return {};
    return detail::channels_complaint(kind, p.size(), input);
  }
  [[nodiscard]] Shape out_shape(Shape input) const {
    require_fit(*this, input);
    return {input.channels, 1};
  }
  void init(Rng&) { reset(); }

  [[nodiscard]] static double scratch(Shape input, Index) { return detail::bytes_of<T>(2, input.channels); }
  struct Cache {
    AlignedBuffer<T> p, dp;  ///< of each channel

    void prepare(const GemPool1D&, Shape input, Index, bool) {
      p = AlignedBuffer<T>(static_cast<std::size_t>(input.channels));
      dp = AlignedBuffer<T>(static_cast<std::size_t>(input.channels));
    }
  };

  void forward(BatchView<const T> x, BatchView<T> y, Cache& cache, const Pass&) const {
    const Index channels = x.channels();
    spread_p(channels, cache.p.data());
    for (Index i = 0; i < x.count(); ++i) {
      const Index used = x.length_of(i);
      T* to = y.sample(i).data();
      if (used == 0) std::fill_n(to, channels, T(0));
      const T* from = x.sample(i).data();
      simd::detail::over_channels<T>(used > 0 ? channels : 0, [&](Index c, auto load, auto store) {
        const V power = load(cache.p.data() + c);
        const V top = top_of(channels, used, from + c, power, load);
        V sum(T(0));
        for (Index t = 0; t < used; ++t)
          sum = sum + raised(clamped(load(from + c + t * channels)) / top, power);
        store(to + c, value(top, sum, static_cast<T>(used), power));
      });
    }
  }

  void backward(BatchView<const T> x, BatchView<const T> y, BatchView<const T> dy, BatchView<T> dx,
                Cache& cache, GemPool1D& grad, const Pass&) const {
    const Index channels = x.channels();
    spread_p(channels, cache.p.data());
    std::fill_n(cache.dp.data(), channels, T(0));
    if (!dx.absent()) std::fill_n(dx.data(), dx.size(), T(0));
    for (Index i = 0; i < x.count(); ++i) {
      const Index used = x.length_of(i);
      const T* from = x.sample(i).data();
      simd::detail::over_channels<T>(used > 0 ? channels : 0, [&](Index c, auto load, auto store) {
        const V power = load(cache.p.data() + c), top = top_of(channels, used, from + c, power, load);
        V sum(T(0)), sum_of_logs(T(0));
        for (Index t = 0; t < used; ++t) {
          const V log = simd::log<T>(clamped(load(from + c + t * channels)) / top);
          const V term = simd::exp<T>(power * log);
          sum = sum + term;
          sum_of_logs = simd::fma<T>(term, log, sum_of_logs);
        }
        const V out = load(y.sample(i).data() + c);
        const V slope = load(dy.sample(i).data() + c) * out;
        T* dp = cache.dp.data() + c;
        store(dp, simd::fma<T>(slope / power, sum_of_logs / sum - simd::log<T>(out / top), load(dp)));
        if (dx.absent()) return;
        for (Index t = 0; t < used; ++t) {
          const V at = load(from + c + t * channels), u = clamped(at);
          const V gradient = slope * raised(u / top, power) / (sum * u);
          store(dx.sample(i).data() + c + t * channels,
                xsimd::select(at >= V(static_cast<T>(options.epsilon)), gradient, V(T(0))));
        }
      });
    }
    if (options.per_channel) {
      simd::add(channels, cache.dp.data(), grad.p.data());
    } else {
      grad.p[0] += simd::sum(channels, cache.dp.data());
    }
  }

  // Streaming: m, the sum of (u / m)^p and their count so far; p of each channel is laid out by `prepare`.
  struct StepCache {
    AlignedBuffer<T> p;

    void prepare(const GemPool1D& layer, Shape input, Index) {
      p = AlignedBuffer<T>(static_cast<std::size_t>(input.channels));
      layer.spread_p(input.channels, p.data());
    }
  };
  [[nodiscard]] static Index state_size(Shape input) noexcept { return 2 * input.channels + 1; }
  static void start(T* state, Shape input) noexcept { std::fill_n(state, state_size(input), T(0)); }
  void step(BatchView<const T> x, BatchView<T> y, std::span<T* const> states, std::span<unsigned char>,
            StepCache& cache) const {
    const Index channels = x.channels();
    for (Index i = 0; i < x.count(); ++i) {
      T* state = states[static_cast<std::size_t>(i)];
      T& count = state[2 * channels];
      const bool first = count == T(0);
      count += T(1);
      simd::detail::over_channels<T>(channels, [&](Index c, auto load, auto store) {
        const V power = load(cache.p.data() + c), u = clamped(load(x.sample(i).data() + c));
        const V before = first ? u : load(state + c);
        const V top = first ? u : higher(before, u, power);
        const V kept = first ? V(T(0)) : load(state + channels + c) * raised(before / top, power);
        const V sum = kept + raised(u / top, power);
        store(state + c, top);
        store(state + channels + c, sum);
        store(y.sample(i).data() + c, value(top, sum, count, power));
      });
    }
  }

  template <class F, class... L>
  static void visit(F&& f, L&... layer) {
    f(Role::bias, "p", layer.p.view()...);  // as a bias: weight decay would pull the power to zero
  }

  using Settings = GemPool1DOptions;
  [[nodiscard]] Settings settings() const { return options; }
  [[nodiscard]] static GemPool1D made(const Settings& s, Shape input) { return GemPool1D(input.channels, s); }
  [[nodiscard]] static double values_needed(const Settings& s, Shape input) {
    return s.per_channel ? static_cast<double>(input.channels) : 1.0;
  }

 private:
  using V = simd::Simd<T>;

  void reset() { p.fill(static_cast<T>(options.p)); }
  void spread_p(Index channels, T* to) const {
    for (Index c = 0; c < channels; ++c) to[c] = p[options.per_channel ? c : 0];
  }

  [[nodiscard]] V clamped(const V& x) const {
    const V least(static_cast<T>(options.epsilon));
    return xsimd::select(x < least, least, x);
  }
  [[nodiscard]] static V raised(const V& ratio, const V& power) {
    return simd::exp<T>(power * simd::log<T>(ratio));
  }
  /// Of a and b the one with the larger power.
  [[nodiscard]] static V higher(const V& a, const V& b, const V& power) {
    return xsimd::select(power > V(T(0)), xsimd::max(a, b), xsimd::min(a, b));
  }
  template <class Load>
  [[nodiscard]] V top_of(Index channels, Index used, const T* x, const V& power, Load load) const {
    V top = clamped(load(x));
    for (Index t = 1; t < used; ++t) top = higher(top, clamped(load(x + t * channels)), power);
    return top;
  }
  [[nodiscard]] static V value(const V& top, const V& sum, T count, const V& power) {
    return top * simd::exp<T>(simd::log<T>(sum / V(count)) / power);
  }
};

}  // namespace weir::inline WEIR_ABI
