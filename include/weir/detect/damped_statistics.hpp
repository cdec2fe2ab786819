// Damped incremental statistics of a stream of numbers v, for the five decay factors lambda of Kitsune
// (Mirsky, Doitshman, Elovici, Shabtai, "Kitsune: an ensemble of autoencoders for online network intrusion
// detection", NDSS 2018, section IV.A). When a number comes dt seconds after the one before:
//
//   g = 2^(-lambda dt),  w = g w + 1,  mean = mean + (v - mean) / w,
//   variance = g w_old (variance + (v - mean_old)^2 / w) / w
//
// which is the paper's (w, LS, SS) with mean = LS / w and variance = SS / w - mean^2, in a form that does not
// lose the variance of large numbers in rounding and never makes it negative. Two streams i and j that answer
// each other share
//
//   c = g c + r r_j,  n = g n + 1,  r_i = r       with r = v - mean_i after i's own update with v
//   covariance = c / n,  correlation = covariance / sqrt(variance_i variance_j)
//   radius = sqrt(variance_i^2 + variance_j^2),  magnitude = sqrt(mean_i^2 + mean_j^2)
//
// The correlation is in [-1, 1], and 0 without variance.
//
// A stream that is not updated keeps its mean and variance: decay changes its weight alone. A clock that
// steps back counts as no time passed.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/simd/math.hpp>
#include <weir/simd/registers.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace weir::inline WEIR_ABI {

/// Decay factors in 1/s, in the order of the features.
inline constexpr std::size_t damped_windows = 5;
inline constexpr std::array<double, damped_windows> damped_lambdas{5.0, 3.0, 1.0, 0.1, 0.01};

namespace detail {

/// Seconds from `last` to `now`, not below 0.
[[nodiscard]] inline double seconds_since(std::int64_t last, std::int64_t now) noexcept {
  // Unsigned, for the difference of any two times fits.
  return now <= last
             ? 0.0
             : static_cast<double>(static_cast<std::uint64_t>(now) - static_cast<std::uint64_t>(last)) * 1e-9;
}

/// log2 w + lambda t of the longest window; the logarithm is straight between powers of two. w > 0.
[[nodiscard]] inline double weight_rank(double weight, std::int64_t time_ns) noexcept {
  return static_cast<double>(std::bit_cast<std::int64_t>(weight)) * 0x1p-52 +
         damped_lambdas.back() * 1e-9 * static_cast<double>(time_ns);
}

/// -lambda ln 2, padded to whole registers.
inline constexpr std::array<double, 8> decay_rates{-5.0 * 0.693147180559945309417,
                                                   -3.0 * 0.693147180559945309417,
                                                   -0.693147180559945309417,
                                                   -0.1 * 0.693147180559945309417,
                                                   -0.01 * 0.693147180559945309417,
                                                   0.0,
                                                   0.0,
                                                   0.0};

using WindowLanes = simd::Simd<double>;
inline constexpr std::ptrdiff_t window_width = simd::width<double>;
inline constexpr std::ptrdiff_t window_count = static_cast<std::ptrdiff_t>(damped_windows);

[[nodiscard]] inline WindowLanes load_windows(const double* from, std::ptrdiff_t first) noexcept {
  return first + window_width <= window_count ? simd::load(from + first)
                                              : simd::load_part(from + first, window_count - first);
}
inline void store_windows(double* to, std::ptrdiff_t first, const WindowLanes& value) noexcept {
  if (first + window_width <= window_count) return simd::store(to + first, value);
  simd::store_part(to + first, value, window_count - first);
}
[[nodiscard]] inline WindowLanes decay(std::ptrdiff_t first, double seconds) noexcept {
  return simd::exp<double>(simd::load(decay_rates.data() + first) * WindowLanes(seconds));
}

}  // namespace detail

/// One stream.
struct DampedStream {
  std::int64_t last_ns = 0;
  std::array<double, damped_windows> weight{}, mean{}, variance{};

  /// Also gives v - mean for each window, free of the rounding of the difference of two near numbers.
  void insert(double value, std::int64_t now_ns, double* residual = nullptr) noexcept {
    const double seconds = detail::seconds_since(last_ns, now_ns);
    last_ns = now_ns;
    const detail::WindowLanes v(value), one(1.0);
    for (std::ptrdiff_t i = 0; i < detail::window_count; i += detail::window_width) {
      const detail::WindowLanes kept = detail::load_windows(weight.data(), i) * detail::decay(i, seconds);
      const detail::WindowLanes total = kept + one;
      const detail::WindowLanes share = one / total;
      const detail::WindowLanes old_mean = detail::load_windows(mean.data(), i);
      const detail::WindowLanes distance = v - old_mean;
      const detail::WindowLanes new_mean = simd::fma(distance, share, old_mean);
      const detail::WindowLanes squares =
          simd::fma(distance * distance, share, detail::load_windows(variance.data(), i));
      detail::store_windows(weight.data(), i, total);
      detail::store_windows(mean.data(), i, new_mean);
      detail::store_windows(variance.data(), i, squares * (kept * share));
      if (residual != nullptr) detail::store_windows(residual, i, distance * (kept * share));
    }
  }

  /// Orders streams by the weight that is left of them in the longest window, at any time.
  [[nodiscard]] double rank() const noexcept { return detail::weight_rank(weight.back(), last_ns); }
};

/// What two streams share; side 0 and side 1 are the streams.
struct DampedPair {
  std::int64_t last_ns = 0;
  std::array<double, damped_windows> products{}, weight{};
  std::array<std::array<double, damped_windows>, 2> residual{};

  /// After the stream at `side` gave `left` as its residual. With `other == side` it is a stream beside
  /// itself.
  void insert(const double* left, std::size_t side, std::size_t other, std::int64_t now_ns) noexcept {
    const double seconds = detail::seconds_since(last_ns, now_ns);
    last_ns = now_ns;
    for (std::ptrdiff_t i = 0; i < detail::window_count; i += detail::window_width) {
      const detail::WindowLanes g = detail::decay(i, seconds);
      const detail::WindowLanes r = detail::load_windows(left, i);
      const detail::WindowLanes product = r * detail::load_windows(residual[other].data(), i);
      detail::store_windows(products.data(), i,
                            simd::fma(detail::load_windows(products.data(), i), g, product));
      detail::store_windows(weight.data(), i,
                            simd::fma(detail::load_windows(weight.data(), i), g, detail::WindowLanes(1.0)));
      detail::store_windows(residual[side].data(), i, r);
    }
  }

  [[nodiscard]] double rank() const noexcept { return detail::weight_rank(weight.back(), last_ns); }
};

namespace detail {

/// Writes weight, mean and standard deviation for each window, `stride` numbers apart.
template <class T>
inline void write_stream(const DampedStream& stream, T* out, std::size_t stride) noexcept {
  std::array<double, damped_windows> deviation;
  for (std::ptrdiff_t i = 0; i < window_count; i += window_width) {
    store_windows(deviation.data(), i, xsimd::sqrt(load_windows(stream.variance.data(), i)));
  }
  for (std::size_t k = 0; k < damped_windows; ++k, out += stride) {
    out[0] = static_cast<T>(stream.weight[k]);
    out[1] = static_cast<T>(stream.mean[k]);
    out[2] = static_cast<T>(deviation[k]);
  }
}

/// Writes radius, magnitude, covariance and correlation for each window, `stride` numbers apart.
template <class T>
inline void write_pair(const DampedPair& pair, const DampedStream& a, const DampedStream& b, T* out,
                       std::size_t stride) noexcept {
  std::array<std::array<double, damped_windows>, 4> result;
  for (std::ptrdiff_t i = 0; i < window_count; i += window_width) {
    const WindowLanes va = load_windows(a.variance.data(), i), vb = load_windows(b.variance.data(), i);
    const WindowLanes ma = load_windows(a.mean.data(), i), mb = load_windows(b.mean.data(), i);
    const WindowLanes one(1.0), zero(0.0);
    const WindowLanes covariance =
        load_windows(pair.products.data(), i) / load_windows(pair.weight.data(), i);
    const WindowLanes deviations = xsimd::sqrt(va) * xsimd::sqrt(vb);
    const auto varies = deviations > zero;
    const WindowLanes ratio = covariance / xsimd::select(varies, deviations, one);
    store_windows(result[0].data(), i, xsimd::sqrt(simd::fma(va, va, vb * vb)));
    store_windows(result[1].data(), i, xsimd::sqrt(simd::fma(ma, ma, mb * mb)));
    store_windows(result[2].data(), i, covariance);
    store_windows(result[3].data(), i,
                  xsimd::select(varies, xsimd::min(xsimd::max(ratio, zero - one), one), zero));
  }
  for (std::size_t k = 0; k < damped_windows; ++k, out += stride) {
    for (std::size_t s = 0; s < 4; ++s) out[s] = static_cast<T>(result[s][k]);
  }
}

}  // namespace detail

}  // namespace weir::inline WEIR_ABI
