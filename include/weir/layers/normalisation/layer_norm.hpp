// Layer normalisation (Ba, Kiros, Hinton 2016) of each time step over its c channels:
//
//   y = gamma xhat + beta        xhat = (x - m) / sqrt(v + epsilon)
//
// with m and v mean and (biased) variance of the step's channels.
//
//   g = gamma dy        dx = (g - mean(g) - xhat mean(g xhat)) / sqrt(v + epsilon)
//   dgamma = sum(dy xhat)        dbeta = sum(dy)
//
// Training and inference do the same. epsilon is PyTorch's; Keras has 1e-3.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/layer.hpp>
#include <weir/core/layer_options.hpp>
#include <weir/core/layer_traits.hpp>
#include <weir/simd/reduce.hpp>
#include <weir/simd/registers.hpp>
#include <weir/simd/transform.hpp>

#include <array>
#include <cmath>
#include <string>
#include <string_view>
#include <vector>

namespace weir::inline WEIR_ABI {

struct LayerNormOptions {
  double epsilon = 1e-5;

  template <class Visitor, class Options>
  static void fields(Visitor& visit, Options& o) {
    visit("epsilon", o.epsilon, RealRange{1e-12, 1.0}, "added to the variance");
  }
};

template <class T = float, Index Channels = dyn>
struct LayerNorm {
  using Scalar = T;
  static constexpr std::string_view kind = "layer_norm";
  static constexpr std::array<std::string_view, 0> arguments{};
  static constexpr Index in_channels = Channels;
  static constexpr Index out_channels = Channels;

  Tensor<T, Channels> gamma, beta;
  LayerNormOptions options;

  [[nodiscard]] static double scratch(Shape input, Index count) {
    return detail::bytes_of<T>(2, input.length, count);
  }
  struct Cache {
    std::vector<T> mean, inverse_deviation;  ///< of each column

    void prepare(const LayerNorm&, Shape input, Index count, bool) {
      for (std::vector<T>* v : {&mean, &inverse_deviation})
        v->assign(static_cast<std::size_t>(input.length * count), T(0));
    }
  };

  LayerNorm() requires(Channels != dyn) { reset(); }
  LayerNorm() requires(Channels == dyn) = default;
  explicit LayerNorm(Index channels, LayerNormOptions chosen = {})
      : gamma(channels), beta(channels), options(chosen) {
    checked_fields(kind, options);
    reset();
  }

  [[nodiscard]] Index channels() const { return gamma.size(); }

  [[nodiscard]] std::string complaint(Shape input) const {
    return detail::channels_complaint(kind, channels(), input);
  }
  [[nodiscard]] Shape out_shape(Shape input) const {
    require_fit(*this, input);
    return input;
  }
  [[nodiscard]] Index flops(Shape input) const { return 8 * input.size(); }

  void init(Rng&) { reset(); }

  void forward(BatchView<const T> x, BatchView<T> y, Cache& cache, const Pass&) const {
    const Index c = channels();
    for (Index column = 0; column < x.columns(); ++column) {
      const T* from = x.data() + column * c;
      T* to = y.data() + column * c;
      const T mean = simd::sum(c, from) / static_cast<T>(c);
      const V shift(mean);
      simd::transform(c, from, to, [&](const V& v) { return v - shift; });
      const T variance = simd::sum_of_squares(c, to) / static_cast<T>(c);
      const T inverse = T(1) / std::sqrt(variance + static_cast<T>(options.epsilon));
      const V factor(inverse);
      each_register(c, [&](auto load, auto store, Index at) {
        store(to + at, simd::fma<T>(load(gamma.data() + at), load(to + at) * factor, load(beta.data() + at)));
      });
      cache.mean[static_cast<std::size_t>(column)] = mean;
      cache.inverse_deviation[static_cast<std::size_t>(column)] = inverse;
    }
  }

  void backward(BatchView<const T> x, BatchView<const T>, BatchView<const T> dy, BatchView<T> dx,
                Cache& cache, LayerNorm& grad, const Pass&) const {
    const Index c = channels();
    for (Index column = 0; column < x.columns(); ++column) {
      const T* from = x.data() + column * c;
      const T* slope = dy.data() + column * c;
      const V mean(cache.mean[static_cast<std::size_t>(column)]);
      const V inverse(cache.inverse_deviation[static_cast<std::size_t>(column)]);
      V sum_g(T(0)), sum_g_xhat(T(0));  // the last, partial register has dy = 0 behind its end
      each_register(c, [&](auto load, auto store, Index at) {
        const V out = load(slope + at);
        const V xhat = (load(from + at) - mean) * inverse;
        const V g = out * load(gamma.data() + at);
        sum_g = sum_g + g;
        sum_g_xhat = simd::fma<T>(g, xhat, sum_g_xhat);
        store(grad.gamma.data() + at, simd::fma<T>(out, xhat, load(grad.gamma.data() + at)));
        store(grad.beta.data() + at, load(grad.beta.data() + at) + out);
      });
      if (dx.absent()) continue;
      const V mean_g(simd::sum<T>(sum_g) / static_cast<T>(c));
      const V mean_g_xhat(simd::sum<T>(sum_g_xhat) / static_cast<T>(c));
      T* to = dx.data() + column * c;
      each_register(c, [&](auto load, auto store, Index at) {
        const V xhat = (load(from + at) - mean) * inverse;
        const V g = load(slope + at) * load(gamma.data() + at);
        store(to + at, inverse * simd::fma<T>(-xhat, mean_g_xhat, g - mean_g));
      });
    }
  }

  template <class F, class... L>
  static void visit(F&& f, L&... layer) {
    f(Role::bias, "gamma", layer.gamma.view()...);  // as a bias: weight decay would pull the scale to zero
    f(Role::bias, "beta", layer.beta.view()...);
  }

  using Settings = LayerNormOptions;
  [[nodiscard]] Settings settings() const { return options; }
  [[nodiscard]] static LayerNorm made(const Settings& s, Shape input) { return LayerNorm(input.channels, s); }
  [[nodiscard]] static double values_needed(const Settings&, Shape input) {
    return 2.0 * static_cast<double>(input.channels);
  }

 private:
  using V = simd::Simd<T>;

  void reset() {
    gamma.fill(T(1));
    beta.fill(T(0));
  }

  /// Calls f(load, store, first channel) for each register of channels; the last one may be partial.
  template <class F>
  static void each_register(Index count, F f) {
    Index at = 0;
    for (; at + simd::width<T> <= count; at += simd::width<T>) {
      f([](const T* from) { return simd::load(from); }, [](T* to, const V& v) { simd::store(to, v); }, at);
    }
    if (const Index rest = count - at; rest > 0) {
      f([rest](const T* from) { return simd::load_part(from, rest); },
        [rest](T* to, const V& v) { simd::store_part(to, v, rest); }, at);
    }
  }
};

LayerNorm(Index)->LayerNorm<float>;
LayerNorm(Index, LayerNormOptions)->LayerNorm<float>;

}  // namespace weir::inline WEIR_ABI
