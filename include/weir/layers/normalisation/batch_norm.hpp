// Batch normalisation (Ioffe, Szegedy 2015) of each channel over the samples and time steps of a batch:
//
//   training:    y = gamma (x - m) / sqrt(v + epsilon) + beta,  m, v: mean and (biased) variance in the batch
//   inference:   the same with the running mean and variance
//   running <- running + momentum (batch - running),  the variance unbiased, as in PyTorch
//
// In Keras the momentum is 1 - momentum, epsilon is 1e-3, and the running variance stays biased.
//
//   dx = gamma / sqrt(v + epsilon) (dy - mean(dy) - xhat mean(dy xhat)),  in inference without both means
//   dgamma = sum(dy xhat),  dbeta = sum(dy)
//
// Padding takes no part: it does not count in the statistics, and y and dx are zero there.
//
// One value a channel (a batch of one row, plain features) has no variance. PyTorch refuses it; here it is
// normalised by the running statistics, as in inference, and leaves them alone: so the last row of 65 in
// batches of 32 spoils nothing. `fit` refuses batches that are all of that kind.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/layer.hpp>
#include <weir/core/layer_options.hpp>
#include <weir/core/layer_traits.hpp>
#include <weir/layers/time/padding.hpp>
#include <weir/simd/registers.hpp>
#include <weir/simd/transform.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <string_view>
#include <vector>

namespace weir::inline WEIR_ABI {

struct BatchNormOptions {
  double momentum = 0.1;
  double epsilon = 1e-5;

  template <class Visitor, class Options>
  static void fields(Visitor& visit, Options& o) {
    visit("momentum", o.momentum, RealRange{0.0, 1.0}, "share of the newest batch in the running statistics");
    visit("epsilon", o.epsilon, RealRange{1e-12, 1.0}, "added to the variance");
  }
};

template <class T = float, Index Channels = dyn>
struct BatchNorm {
  using Scalar = T;
  static constexpr std::string_view kind = "batch_norm";
  static constexpr std::array<std::string_view, 0> arguments{};
  static constexpr bool whole_batch = true;
  static constexpr Index in_channels = Channels;
  static constexpr Index out_channels = Channels;

  Tensor<T, Channels> gamma, beta, running_mean, running_variance;
  BatchNormOptions options;

  [[nodiscard]] double scratch(Shape, Index) const { return detail::bytes_of<T>(5, channels()); }
  struct Cache {
    std::vector<T> mean, variance, inverse_deviation, sum_dy, sum_dy_xhat;
    Index columns = 0;      ///< that count, of the last training batch
    bool measured = false;  ///< whether the last forward pass took the statistics of its batch

    void prepare(const BatchNorm& layer, Shape, Index, bool) {
      const auto channels = static_cast<std::size_t>(layer.channels());
      for (std::vector<T>* v : {&mean, &variance, &inverse_deviation, &sum_dy, &sum_dy_xhat})
        v->assign(channels, T(0));
    }
  };

  BatchNorm() requires(Channels != dyn) { reset(); }
  BatchNorm() requires(Channels == dyn) = default;
  explicit BatchNorm(Index channels, BatchNormOptions chosen = {})
      : gamma(channels), beta(channels), running_mean(channels), running_variance(channels), options(chosen) {
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
  [[nodiscard]] Index flops(Shape input) const { return 2 * input.size(); }

  void init(Rng&) { reset(); }

  void forward(BatchView<const T> x, BatchView<T> y, Cache& cache, const Pass& pass) const {
    cache.measured = pass.training && measure(x, cache);
    if (pass.training && cache.columns == 1 && pass.lone_value != nullptr) *pass.lone_value = true;
    if (!cache.measured) {
      for (std::size_t c = 0; c < cache.mean.size(); ++c) {
        cache.mean[c] = running_mean.data()[c];
        cache.inverse_deviation[c] = inverse_deviation(running_variance.data()[c]);
      }
    }
    each_column(x, [&](const T* from, Index column) {
      combine(
          y.data() + column * channels(),
          [](const V& v, const V& mean, const V& inverse, const V& scale, const V& shift) {
            return simd::fma<T>(scale, (v - mean) * inverse, shift);
          },
          from, cache.mean.data(), cache.inverse_deviation.data(), gamma.data(), beta.data());
    });
    detail::clear_behind_lengths(y);
  }

  void backward(BatchView<const T> x, BatchView<const T>, BatchView<const T> dy, BatchView<T> dx,
                Cache& cache, BatchNorm& grad, const Pass&) const {
    std::fill(cache.sum_dy.begin(), cache.sum_dy.end(), T(0));
    std::fill(cache.sum_dy_xhat.begin(), cache.sum_dy_xhat.end(), T(0));
    each_column(x, [&](const T* from, Index column) {
      const T* g = dy.data() + column * channels();
      simd::add(channels(), g, cache.sum_dy.data());
      combine(
          cache.sum_dy_xhat.data(),
          [](const V& sum, const V& slope, const V& v, const V& mean, const V& inverse) {
            return simd::fma<T>(slope, (v - mean) * inverse, sum);
          },
          cache.sum_dy_xhat.data(), g, from, cache.mean.data(), cache.inverse_deviation.data());
    });
    simd::add(channels(), cache.sum_dy_xhat.data(), grad.gamma.data());
    simd::add(channels(), cache.sum_dy.data(), grad.beta.data());
    if (cache.measured) add_increments(cache, grad);
    if (dx.absent()) return;

    for (std::vector<T>* sums : {&cache.sum_dy, &cache.sum_dy_xhat}) {
      const T count = static_cast<T>(std::max<Index>(cache.columns, 1));
      for (T& sum : *sums) sum = cache.measured ? sum / count : T(0);  // running statistics are constants
    }
    each_column(x, [&](const T* from, Index column) {
      combine(
          dx.data() + column * channels(),
          [](const V& slope, const V& v, const V& mean, const V& inverse, const V& mean_dy,
             const V& mean_dy_xhat, const V& scale) {
            const V xhat = (v - mean) * inverse;
            return scale * inverse * simd::fma<T>(-xhat, mean_dy_xhat, slope - mean_dy);
          },
          dy.data() + column * channels(), from, cache.mean.data(), cache.inverse_deviation.data(),
          cache.sum_dy.data(), cache.sum_dy_xhat.data(), gamma.data());
    });
    detail::clear_behind_lengths(dx);
  }

  template <class F, class... L>
  static void visit(F&& f, L&... layer) {
    f(Role::bias, "gamma", layer.gamma.view()...);  // as a bias: weight decay would pull the scale to zero
    f(Role::bias, "beta", layer.beta.view()...);
    f(Role::buffer, "running_mean", layer.running_mean.view()...);
    f(Role::buffer, "running_variance", layer.running_variance.view()...);
  }

  using Settings = BatchNormOptions;
  [[nodiscard]] Settings settings() const { return options; }
  [[nodiscard]] static BatchNorm made(const Settings& s, Shape input) { return BatchNorm(input.channels, s); }
  [[nodiscard]] static double values_needed(const Settings&, Shape input) {
    return 4.0 * static_cast<double>(input.channels);
  }

 private:
  using V = simd::Simd<T>;

  /// y_c = f(x_c...) for each channel. Every sum of a product is spelled as fma, so that the compiler has no
  /// choice, and extents known at compile time give the same bits as others.
  template <class F, class... X>
  void combine(T* y, F f, const X*... x) const {
    constexpr Index w = simd::width<T>;
    const Index count = channels();
    Index c = 0;
    for (; c + w <= count; c += w) simd::store(y + c, V(f(simd::load(x + c)...)));
    if (const Index rest = count - c; rest > 0) {
      simd::store_part(y + c, V(f(simd::load_part(x + c, rest)...)), rest);
    }
  }

  void reset() {
    gamma.fill(T(1));
    beta.fill(T(0));
    running_mean.fill(T(0));
    running_variance.fill(T(1));
  }
  [[nodiscard]] T inverse_deviation(T variance) const {
    return T(1) / std::sqrt(variance + static_cast<T>(options.epsilon));
  }

  /// Mean and variance of the batch; false when it has no variance.
  [[nodiscard]] bool measure(BatchView<const T> x, Cache& cache) const {
    std::vector<T>& mean = cache.mean;
    std::vector<T>& squares = cache.variance;
    std::fill(mean.begin(), mean.end(), T(0));
    std::fill(squares.begin(), squares.end(), T(0));
    cache.columns = 0;
    each_column(x, [&](const T* from, Index) {
      ++cache.columns;
      simd::add(channels(), from, mean.data());
    });
    if (cache.columns < 2) return false;
    const T count = static_cast<T>(cache.columns);
    for (T& m : mean) m /= count;
    each_column(x, [&](const T* from, Index) {
      combine(
          squares.data(),
          [](const V& sum, const V& v, const V& m) { return simd::fma<T>(v - m, v - m, sum); },
          squares.data(), from, mean.data());
    });
    for (std::size_t c = 0; c < squares.size(); ++c) {
      squares[c] /= count;
      cache.inverse_deviation[c] = inverse_deviation(squares[c]);
    }
    return true;
  }

  /// What this batch adds to the running statistics.
  void add_increments(const Cache& cache, BatchNorm& grad) const {
    const T count = static_cast<T>(cache.columns);
    const V momentum(static_cast<T>(options.momentum));
    const V unbiased(count / (count - T(1)));
    combine(
        grad.running_mean.data(),
        [&](const V& sum, const V& mean, const V& running) {
          return simd::fma<T>(momentum, mean - running, sum);
        },
        grad.running_mean.data(), cache.mean.data(), running_mean.data());
    combine(
        grad.running_variance.data(),
        [&](const V& sum, const V& variance, const V& running) {
          return simd::fma<T>(momentum, simd::fma<T>(unbiased, variance, -running), sum);
        },
        grad.running_variance.data(), cache.variance.data(), running_variance.data());
  }

  /// Calls f(column of x, its number) for each time step that counts.
  template <class F>
  static void each_column(BatchView<const T> x, F f) {
    for (Index i = 0; i < x.count(); ++i) {
      for (Index t = 0; t < x.length_of(i); ++t) {
        const Index column = i * x.length() + t;
        f(x.data() + column * x.channels(), column);
      }
    }
  }
};

BatchNorm(Index)->BatchNorm<float>;
BatchNorm(Index, BatchNormOptions)->BatchNorm<float>;

}  // namespace weir::inline WEIR_ABI
