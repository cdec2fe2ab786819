// KitNET's autoencoders: n inputs, h hidden units, one matrix W (n x h) for both ways, learning online with
// batches of one (Mirsky and others, NDSS 2018, section IV.C; constants as in KitNET-py's dA.py):
//
//   x' = (x - min) / (max - min + 1e-16)      min and max of all training samples up to this one
//   y = s(x' W + b),  z = s(y W' + a),  error = sqrt(mean (x' - z)^2),  s(t) = 1 / (1 + e^-t)
//   e = x' - z,  d = (e W) y (1 - y),  W += rate (x' d + e y),  b += rate d,  a += rate e
//
// e is the gradient of the cross entropy: no z (1 - z). W starts uniform in (-1/n, 1/n), drawn row by row by
// MT19937 with seed 1234 anew for each autoencoder, as numpy's RandomState does; biases start at 0. The error
// of a training sample is that before the update. x' is not clipped when scoring; it is held within +-1e15,
// so that squares stay finite in float.
//
// `OnlineAutoencoder` is one of them. `OnlineAutoencoders` are many small ones side by side: lane k of a
// register belongs to autoencoder k, and all lanes do the same work, padded with zero weights to the largest.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/core/tensor.hpp>
#include <weir/simd/math.hpp>
#include <weir/simd/registers.hpp>

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <random>
#include <span>
#include <vector>

namespace weir::inline WEIR_ABI {

/// The parameters of one autoencoder, apart from how they lie in memory.
struct OnlineParameters {
  std::size_t inputs = 0, hidden = 0;
  std::vector<double> low, high;  ///< inputs
  std::vector<double> weight;     ///< inputs x hidden, row by row
  std::vector<double> hidden_bias, input_bias;

  /// As KitNET-py starts it.
  [[nodiscard]] static OnlineParameters initial(std::size_t inputs, double hidden_ratio) {
    OnlineParameters p;
    p.inputs = inputs;
    p.hidden = static_cast<std::size_t>(std::ceil(static_cast<double>(inputs) * hidden_ratio));
    p.low.assign(inputs, std::numeric_limits<double>::infinity());
    p.high.assign(inputs, -std::numeric_limits<double>::infinity());
    p.hidden_bias.assign(p.hidden, 0.0);
    p.input_bias.assign(inputs, 0.0);
    std::mt19937 engine(1234);
    const double bound = 1.0 / static_cast<double>(inputs);
    for (std::size_t i = 0; i < inputs * p.hidden; ++i) {
      const auto a = static_cast<double>(engine() >> 5), b = static_cast<double>(engine() >> 6);
      const double unit = (a * 67108864.0 + b) / 9007199254740992.0;  // 53 bits, as numpy takes them
      p.weight.push_back(-bound + (bound + bound) * unit);
    }
    return p;
  }
};

namespace detail {

inline constexpr double tied_epsilon = 1e-16, tied_limit = 1e15;

/// x' of a register of x.
template <class T>
[[nodiscard]] inline simd::Simd<T> scale_to_range(const simd::Simd<T>& x, const simd::Simd<T>& low,
                                                  const simd::Simd<T>& high) noexcept {
  using V = simd::Simd<T>;
  const V limit(static_cast<T>(tied_limit));
  const V scaled = (x - low) / (high - low + V(static_cast<T>(tied_epsilon)));
  return xsimd::min(xsimd::max(scaled, V(T(0)) - limit), limit);
}

[[nodiscard]] inline std::size_t round_up(std::size_t n, std::size_t to) noexcept {
  return (n + to - 1) / to * to;
}

}  // namespace detail

/// One autoencoder, of any size.
template <class T>
class OnlineAutoencoder {
  using V = simd::Simd<T>;
  static constexpr std::size_t width = static_cast<std::size_t>(simd::width<T>);

 public:
  explicit OnlineAutoencoder(const OnlineParameters& p)
      : n_(p.inputs), h_(p.hidden), nn_(detail::round_up(n_, width)), hh_(detail::round_up(h_, width)) {
    for (AlignedBuffer<T>* by_input : {&low_, &high_, &a_, &x_, &z_}) *by_input = AlignedBuffer<T>(nn_);
    for (AlignedBuffer<T>* by_hidden : {&b_, &y_, &d_}) *by_hidden = AlignedBuffer<T>(hh_);
    w_ = AlignedBuffer<T>(n_ * hh_);
    wt_ = AlignedBuffer<T>(h_ * nn_);
    for (std::size_t i = 0; i < n_; ++i) {
      low_.data()[i] = static_cast<T>(p.low[i]);
      high_.data()[i] = static_cast<T>(p.high[i]);
      a_.data()[i] = static_cast<T>(p.input_bias[i]);
      for (std::size_t j = 0; j < h_; ++j) {
        w_.data()[i * hh_ + j] = wt_.data()[j * nn_ + i] = static_cast<T>(p.weight[i * h_ + j]);
      }
    }
    for (std::size_t j = 0; j < h_; ++j) b_.data()[j] = static_cast<T>(p.hidden_bias[j]);
  }

  [[nodiscard]] std::size_t inputs() const noexcept { return n_; }

  [[nodiscard]] OnlineParameters parameters() const {
    OnlineParameters p{n_, h_, {}, {}, {}, {}, {}};
    p.low.assign(low_.data(), low_.data() + n_);
    p.high.assign(high_.data(), high_.data() + n_);
    p.input_bias.assign(a_.data(), a_.data() + n_);
    p.hidden_bias.assign(b_.data(), b_.data() + h_);
    for (std::size_t i = 0; i < n_; ++i) {
      p.weight.insert(p.weight.end(), w_.data() + i * hh_, w_.data() + i * hh_ + h_);
    }
    return p;
  }

  /// The error of x, which has `inputs()` elements.
  T score(const T* x) noexcept {
    std::copy_n(x, n_, x_.data());
    return forward();
  }
  /// The error of x before learning from it.
  T train(const T* x, T rate) noexcept {
    std::copy_n(x, n_, x_.data());
    for (std::size_t i = 0; i < n_; ++i) {
      low_.data()[i] = std::min(low_.data()[i], x[i]);
      high_.data()[i] = std::max(high_.data()[i], x[i]);
    }
    const T error = forward();
    learn(rate);
    return error;
  }
  /// |x'_i - z_i| of the last sample.
  [[nodiscard]] T difference(std::size_t i) const noexcept { return std::fabs(x_.data()[i] - z_.data()[i]); }

 private:
  /// to = s(bias + sum over k of from_k * rows_k), `size` elements in whole registers.
  static void layer(const T* from, std::size_t count, const T* rows, const T* bias, T* to,
                    std::size_t size) noexcept {
    for (std::size_t at = 0; at < size; at += width) {
      V even = simd::load(bias + at), odd(T(0));
      std::size_t k = 0;
      for (; k + 2 <= count; k += 2) {
        even = simd::fma(V(from[k]), simd::load(rows + k * size + at), even);
        odd = simd::fma(V(from[k + 1]), simd::load(rows + (k + 1) * size + at), odd);
      }
      if (k < count) even = simd::fma(V(from[k]), simd::load(rows + k * size + at), even);
      simd::store(to + at, simd::sigmoid<T>(even + odd));
    }
  }

  /// x_ to x', then y, z and the error.
  T forward() noexcept {
    for (std::size_t at = 0; at < nn_; at += width) {
      simd::store(x_.data() + at,
                  detail::scale_to_range<T>(simd::load(x_.data() + at), simd::load(low_.data() + at),
                                            simd::load(high_.data() + at)));
    }
    layer(x_.data(), n_, w_.data(), b_.data(), y_.data(), hh_);
    layer(y_.data(), h_, wt_.data(), a_.data(), z_.data(), nn_);
    for (std::size_t i = n_; i < nn_; ++i) x_.data()[i] = z_.data()[i] = T(0);
    V sum(T(0));
    for (std::size_t at = 0; at < nn_; at += width) {
      const V e = simd::load(x_.data() + at) - simd::load(z_.data() + at);
      sum = simd::fma(e, e, sum);
    }
    return std::sqrt(simd::sum<T>(sum) / static_cast<T>(n_));
  }

  void learn(T rate) noexcept {
    T* const e = z_.data();  // z is not needed beyond e
    for (std::size_t i = 0; i < n_; ++i) e[i] = x_.data()[i] - e[i];
    for (std::size_t at = 0; at < hh_; at += width) {
      V sum(T(0));
      for (std::size_t i = 0; i < n_; ++i)
        sum = simd::fma(V(e[i]), simd::load(w_.data() + i * hh_ + at), sum);
      const V y = simd::load(y_.data() + at);
      simd::store(d_.data() + at, sum * y * (V(T(1)) - y) * V(rate));
    }
    for (std::size_t j = h_; j < hh_; ++j) y_.data()[j] = d_.data()[j] = T(0);
    for (std::size_t i = 0; i < n_; ++i) {
      const V x(x_.data()[i]), step(rate * e[i]);
      for (std::size_t at = 0; at < hh_; at += width) {
        T* const w = w_.data() + i * hh_ + at;
        const V change = simd::fma(x, simd::load(d_.data() + at), step * simd::load(y_.data() + at));
        simd::store(w, simd::load(w) + change);
      }
    }
    // The same arithmetic for the copy that lies the other way: both stay equal to the bit.
    for (std::size_t j = 0; j < h_; ++j) {
      const V d(d_.data()[j]), y(y_.data()[j]), step(rate);
      for (std::size_t at = 0; at < nn_; at += width) {
        T* const w = wt_.data() + j * nn_ + at;
        const V change = simd::fma(simd::load(x_.data() + at), d, (step * simd::load(e + at)) * y);
        simd::store(w, simd::load(w) + change);
      }
    }
    for (std::size_t at = 0; at < hh_; at += width) {
      simd::store(b_.data() + at, simd::load(b_.data() + at) + simd::load(d_.data() + at));
    }
    for (std::size_t i = 0; i < n_; ++i) {
      a_.data()[i] += rate * e[i];
      e[i] = x_.data()[i] - e[i];  // z again, for `difference`
    }
  }

  std::size_t n_, h_, nn_, hh_;  ///< inputs and hidden units, and both in whole registers
  AlignedBuffer<T> low_, high_, a_, x_, z_, b_, y_, d_, w_, wt_;
};

/// Up to simd::width<T> autoencoders side by side.
template <class T>
class OnlineAutoencoders {
  using V = simd::Simd<T>;

 public:
  static constexpr std::size_t lanes = static_cast<std::size_t>(simd::width<T>);

  /// `features[k]` are the places in the sample that autoencoder k takes.
  OnlineAutoencoders(const std::vector<OnlineParameters>& parameters,
                     const std::vector<std::vector<std::size_t>>& features) {
    assert(parameters.size() <= lanes && parameters.size() == features.size());
    for (const OnlineParameters& p : parameters) {
      n_ = std::max(n_, p.inputs);
      h_ = std::max(h_, p.hidden);
    }
    for (AlignedBuffer<T>* by_input : {&low_, &high_, &a_, &x_, &z_, &is_input_}) {
      *by_input = AlignedBuffer<T>(n_ * lanes);
    }
    for (AlignedBuffer<T>* by_hidden : {&b_, &y_, &d_, &is_hidden_})
      *by_hidden = AlignedBuffer<T>(h_ * lanes);
    w_ = AlignedBuffer<T>(n_ * h_ * lanes);
    std::fill_n(share_.begin(), lanes, T(0));
    for (std::size_t k = 0; k < parameters.size(); ++k) put(k, parameters[k], features[k]);
  }

  [[nodiscard]] std::size_t size() const noexcept { return sizes_.size(); }

  [[nodiscard]] OnlineParameters parameters(std::size_t k) const {
    OnlineParameters p{sizes_[k].inputs, sizes_[k].hidden, {}, {}, {}, {}, {}};
    for (std::size_t i = 0; i < p.inputs; ++i) {
      p.low.push_back(low_.data()[i * lanes + k]);
      p.high.push_back(high_.data()[i * lanes + k]);
      p.input_bias.push_back(a_.data()[i * lanes + k]);
      for (std::size_t j = 0; j < p.hidden; ++j) p.weight.push_back(w_.data()[(i * h_ + j) * lanes + k]);
    }
    for (std::size_t j = 0; j < p.hidden; ++j) p.hidden_bias.push_back(b_.data()[j * lanes + k]);
    return p;
  }

  /// errors[k] for each autoencoder; `errors` has room for `lanes`.
  void score(const T* sample, T* errors) noexcept {
    gather(sample);
    forward(errors);
  }
  void train(const T* sample, T rate, T* errors) noexcept {
    gather(sample);
    for (std::size_t i = 0; i < n_; ++i) {
      const V x = simd::load(x_.data() + i * lanes);
      simd::store(low_.data() + i * lanes, xsimd::min(x, simd::load(low_.data() + i * lanes)));
      simd::store(high_.data() + i * lanes, xsimd::max(x, simd::load(high_.data() + i * lanes)));
    }
    forward(errors);
    learn(rate);
  }
  /// |x'_i - z_i| of autoencoder k for the last sample.
  [[nodiscard]] T difference(std::size_t k, std::size_t i) const noexcept {
    return std::fabs(x_.data()[i * lanes + k] - z_.data()[i * lanes + k]);
  }

 private:
  struct Size {
    std::size_t inputs, hidden;
  };
  struct Move {
    std::uint32_t from, to;
  };

  void put(std::size_t k, const OnlineParameters& p, const std::vector<std::size_t>& features) {
    sizes_.push_back({p.inputs, p.hidden});
    share_[k] = T(1) / static_cast<T>(p.inputs);
    for (std::size_t i = 0; i < p.inputs; ++i) {
      const std::size_t at = i * lanes + k;
      is_input_.data()[at] = T(1);
      moves_.push_back({static_cast<std::uint32_t>(features[i]), static_cast<std::uint32_t>(at)});
      low_.data()[at] = static_cast<T>(p.low[i]);
      high_.data()[at] = static_cast<T>(p.high[i]);
      a_.data()[at] = static_cast<T>(p.input_bias[i]);
      for (std::size_t j = 0; j < p.hidden; ++j) {
        w_.data()[(i * h_ + j) * lanes + k] = static_cast<T>(p.weight[i * p.hidden + j]);
      }
    }
    for (std::size_t j = 0; j < p.hidden; ++j) {
      is_hidden_.data()[j * lanes + k] = T(1);
      b_.data()[j * lanes + k] = static_cast<T>(p.hidden_bias[j]);
    }
  }

  void gather(const T* sample) noexcept {
    T* const x = x_.data();  // padding stays zero
    for (const Move move : moves_) x[move.to] = sample[move.from];
  }

  /// x_ to x', zero where an autoencoder has no input; then y, z and the errors.
  void forward(T* errors) noexcept {
    for (std::size_t i = 0; i < n_; ++i) {
      T* const x = x_.data() + i * lanes;
      const V scaled = detail::scale_to_range<T>(simd::load(x), simd::load(low_.data() + i * lanes),
                                                 simd::load(high_.data() + i * lanes));
      simd::store(x, scaled * simd::load(is_input_.data() + i * lanes));
    }
    for (std::size_t j = 0; j < h_; ++j) {
      V even = simd::load(b_.data() + j * lanes), odd(T(0));
      std::size_t i = 0;
      for (; i + 2 <= n_; i += 2) {
        even = simd::fma(simd::load(x_.data() + i * lanes), weight(i, j), even);
        odd = simd::fma(simd::load(x_.data() + (i + 1) * lanes), weight(i + 1, j), odd);
      }
      if (i < n_) even = simd::fma(simd::load(x_.data() + i * lanes), weight(i, j), even);
      const V y = simd::sigmoid<T>(even + odd) * simd::load(is_hidden_.data() + j * lanes);
      simd::store(y_.data() + j * lanes, y);
    }
    V sum(T(0));
    for (std::size_t i = 0; i < n_; ++i) {
      V even = simd::load(a_.data() + i * lanes), odd(T(0));
      std::size_t j = 0;
      for (; j + 2 <= h_; j += 2) {
        even = simd::fma(simd::load(y_.data() + j * lanes), weight(i, j), even);
        odd = simd::fma(simd::load(y_.data() + (j + 1) * lanes), weight(i, j + 1), odd);
      }
      if (j < h_) even = simd::fma(simd::load(y_.data() + j * lanes), weight(i, j), even);
      const V z = simd::sigmoid<T>(even + odd) * simd::load(is_input_.data() + i * lanes);
      simd::store(z_.data() + i * lanes, z);
      const V e = simd::load(x_.data() + i * lanes) - z;
      sum = simd::fma(e, e, sum);
    }
    simd::store(errors, xsimd::sqrt(sum * simd::load(share_.data())));
  }

  void learn(T rate) noexcept {
    const V step(rate), one(T(1));
    for (std::size_t j = 0; j < h_; ++j) {
      V sum(T(0));
      for (std::size_t i = 0; i < n_; ++i) sum = simd::fma(error(i), weight(i, j), sum);
      const V y = simd::load(y_.data() + j * lanes);
      const V d = sum * y * (one - y) * step;
      simd::store(d_.data() + j * lanes, d);
      simd::store(b_.data() + j * lanes, simd::load(b_.data() + j * lanes) + d);
    }
    for (std::size_t i = 0; i < n_; ++i) {
      const V x = simd::load(x_.data() + i * lanes), e = error(i) * step;
      simd::store(a_.data() + i * lanes, simd::load(a_.data() + i * lanes) + e);
      for (std::size_t j = 0; j < h_; ++j) {
        T* const w = w_.data() + (i * h_ + j) * lanes;
        const V change =
            simd::fma(x, simd::load(d_.data() + j * lanes), e * simd::load(y_.data() + j * lanes));
        simd::store(w, simd::load(w) + change);
      }
    }
  }

  [[nodiscard]] V weight(std::size_t i, std::size_t j) const noexcept {
    return simd::load(w_.data() + (i * h_ + j) * lanes);
  }
  [[nodiscard]] V error(std::size_t i) const noexcept {
    return simd::load(x_.data() + i * lanes) - simd::load(z_.data() + i * lanes);
  }

  std::size_t n_ = 0, h_ = 0;  ///< of the largest
  std::vector<Size> sizes_;
  std::vector<Move> moves_;       ///< from the sample into the lanes
  std::array<T, lanes> share_{};  ///< 1 / inputs
  AlignedBuffer<T> low_, high_, a_, x_, z_, is_input_, b_, y_, d_, is_hidden_, w_;
};

}  // namespace weir::inline WEIR_ABI
