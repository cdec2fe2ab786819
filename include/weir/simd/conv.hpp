// Convolution along time, on a sample whose padding is already in place (channels fastest, then time):
//
//   convolve          y(:, t) = b + sum over k of W_k x(:, t stride + k dilation)
//   spread            x(:, t stride + k dilation) += W_k^T y(:, t)                 its adjoint
//   weight_gradient   dW_k += sum over t of y(:, t) x(:, t stride + k dilation)^T
//
// Weights are out x (in / groups) x kernel, the first extent fastest. Channels go in groups: output channels
// [g out / groups, (g + 1) out / groups) see only input channels [g in / groups, (g + 1) in / groups).
//
// Windows are columns of a matrix whose columns overlap, so nothing is copied for the products: where taps
// and channels of a window lie side by side (no dilation, one group) the whole convolution of a sample is one
// product; otherwise it is one a tap and group. One channel a group (depthwise) has loops over registers of
// channels.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/simd/gemm.hpp>
#include <weir/simd/registers.hpp>

#include <cstddef>

namespace weir::inline WEIR_ABI::simd {

struct Convolution {
  std::ptrdiff_t in;
  std::ptrdiff_t out;
  std::ptrdiff_t kernel;
  std::ptrdiff_t dilation = 1;
  std::ptrdiff_t groups = 1;

  [[nodiscard]] std::ptrdiff_t extent() const noexcept { return (kernel - 1) * dilation + 1; }
  [[nodiscard]] std::ptrdiff_t group_in() const noexcept { return in / groups; }
  [[nodiscard]] std::ptrdiff_t group_out() const noexcept { return out / groups; }
  /// Whether the elements of a window lie side by side.
  [[nodiscard]] bool contiguous() const noexcept { return groups == 1 && (dilation == 1 || kernel == 1); }
  [[nodiscard]] bool depthwise() const noexcept { return groups > 1 && groups == in && groups == out; }
  /// From outputs to inputs.
  [[nodiscard]] Convolution reversed() const noexcept { return {out, in, kernel, dilation, groups}; }
};

namespace detail {

/// Runs f(group, tap, depth, offset of its weights, offset of its first window) for each product.
template <class F>
void each_product(const Convolution& c, F f) noexcept {
  const std::ptrdiff_t taps = c.contiguous() ? 1 : c.kernel;
  const std::ptrdiff_t depth = c.contiguous() ? c.in * c.kernel : c.group_in();
  for (std::ptrdiff_t g = 0; g < c.groups; ++g) {
    for (std::ptrdiff_t k = 0; k < taps; ++k) {
      f(g, k, depth, g * c.group_out() + k * c.out * c.group_in(), g * c.group_in() + k * c.dilation * c.in);
    }
  }
}

/// Runs f(first channel, load, store) for each register of channels, the last one partial.
template <class T, class F>
void over_channels(std::ptrdiff_t channels, F f) noexcept {
  constexpr std::ptrdiff_t w = width<T>;
  std::ptrdiff_t first = 0;
  for (; first + w <= channels; first += w) {
    f(
        first, [](const T* from) { return load(from); },
        [](T* to, const Simd<T>& value) { store(to, value); });
  }
  const std::ptrdiff_t rest = channels - first;
  if (rest == 0) return;
  f(
      first, [rest](const T* from) { return load_part(from, rest); },
      [rest](T* to, const Simd<T>& value) { store_part(to, value, rest); });
}

inline constexpr std::ptrdiff_t depthwise_together = 4;  ///< independent sums that hide the latency of adding

template <class T>
void convolve_depthwise(const Convolution& c, std::ptrdiff_t n, const T* weight, const T* x,
                        std::ptrdiff_t x_step, T* y, Init init, const T* bias) noexcept {
  over_channels<T>(c.in, [&](std::ptrdiff_t first, auto load_from, auto store_to) {
    const Simd<T> start = init == Init::bias ? load_from(bias + first) : Simd<T>(T(0));
    const auto block = [&](std::ptrdiff_t t, auto together) {
      constexpr std::ptrdiff_t count = decltype(together)::value;
      Simd<T> sum[static_cast<std::size_t>(count)];
      WEIR_UNROLL
      for (std::ptrdiff_t j = 0; j < count; ++j) sum[j] = start;
      for (std::ptrdiff_t k = 0; k < c.kernel; ++k) {
        const Simd<T> w = load_from(weight + first + k * c.in);
        const T* at = x + first + t * x_step + k * c.dilation * c.in;
        WEIR_UNROLL
        for (std::ptrdiff_t j = 0; j < count; ++j) sum[j] = fma(w, load_from(at + j * x_step), sum[j]);
      }
      WEIR_UNROLL
      for (std::ptrdiff_t j = 0; j < count; ++j) {
        T* to = y + first + (t + j) * c.in;
        store_to(to, init == Init::add ? load_from(to) + sum[j] : sum[j]);
      }
    };
    std::ptrdiff_t t = 0;
    for (; t + depthwise_together <= n; t += depthwise_together) {
      block(t, std::integral_constant<std::ptrdiff_t, depthwise_together>{});
    }
    for (; t < n; ++t) block(t, std::integral_constant<std::ptrdiff_t, 1>{});
  });
}

template <class T>
void spread_depthwise(const Convolution& c, std::ptrdiff_t n, const T* reversed, const T* y, T* x,
                      std::ptrdiff_t x_step) noexcept {
  over_channels<T>(c.in, [&](std::ptrdiff_t first, auto load_from, auto store_to) {
    for (std::ptrdiff_t t = 0; t < n; ++t) {
      const Simd<T> from = load_from(y + first + t * c.in);
      for (std::ptrdiff_t k = 0; k < c.kernel; ++k) {
        T* to = x + first + t * x_step + k * c.dilation * c.in;
        store_to(to, fma(load_from(reversed + first + (c.kernel - 1 - k) * c.in), from, load_from(to)));
      }
    }
  });
}

template <class T>
void weight_gradient_depthwise(const Convolution& c, std::ptrdiff_t n, const T* y, const T* x,
                               std::ptrdiff_t x_step, T* gradient) noexcept {
  over_channels<T>(c.in, [&](std::ptrdiff_t first, auto load_from, auto store_to) {
    for (std::ptrdiff_t k = 0; k < c.kernel; ++k) {
      Simd<T> even(T(0)), odd(T(0));
      const T* from = y + first;
      const T* at = x + first + k * c.dilation * c.in;
      std::ptrdiff_t t = 0;
      for (; t + 2 <= n; t += 2, from += 2 * c.in, at += 2 * x_step) {
        even = fma(load_from(from), load_from(at), even);
        odd = fma(load_from(from + c.in), load_from(at + x_step), odd);
      }
      if (t < n) even = fma(load_from(from), load_from(at), even);
      T* to = gradient + first + k * c.in;
      store_to(to, load_from(to) + (even + odd));
    }
  });
}

}  // namespace detail

/// n windows, `x_step` elements of x from the first of one to the first of the next; y is out x n.
template <class T>
void convolve(const Convolution& c, std::ptrdiff_t n, const T* weight, const T* x, std::ptrdiff_t x_step,
              T* y, Init init, const T* bias = nullptr) noexcept {
  if (c.depthwise()) return detail::convolve_depthwise(c, n, weight, x, x_step, y, init, bias);
  detail::each_product(c, [&](auto g, auto tap, auto depth, auto weights, auto window) {
    const std::ptrdiff_t row = g * c.group_out();
    gemm<T>(c.group_out(), n, depth, columns(weight + weights, c.out), columns(x + window, x_step), y + row,
            c.out, tap == 0 ? init : Init::add, bias == nullptr ? nullptr : bias + row);
  });
}

/// `gradient` += the gradient of the weights.
template <class T>
void weight_gradient(const Convolution& c, std::ptrdiff_t n, const T* y, const T* x, std::ptrdiff_t x_step,
                     T* gradient) noexcept {
  if (c.depthwise()) return detail::weight_gradient_depthwise(c, n, y, x, x_step, gradient);
  detail::each_product(c, [&](auto g, auto, auto depth, auto weights, auto window) {
    gemm<T>(c.group_out(), depth, n, columns(y + g * c.group_out(), c.out),
            columns(x + window, x_step).transposed(), gradient + weights, c.out, Init::add);
  });
}

/// The weights of the convolution from outputs to inputs: in x (out / groups) x kernel, the taps in reverse.
template <class T>
void reverse_weights(const Convolution& c, const T* weight, T* reversed) noexcept {
  const std::ptrdiff_t in = c.group_in(), out = c.group_out();
  for (std::ptrdiff_t k = 0; k < c.kernel; ++k) {
    T* to = reversed + (c.kernel - 1 - k) * c.in * out;
    for (std::ptrdiff_t g = 0; g < c.groups; ++g) {
      for (std::ptrdiff_t o = 0; o < out; ++o) {
        for (std::ptrdiff_t i = 0; i < in; ++i) {
          to[g * in + i + o * c.in] = weight[g * out + o + (i + k * in) * c.out];
        }
      }
    }
  }
}

/// The adjoint of `convolve`, added to x; takes the reversed weights.
template <class T>
void spread(const Convolution& c, std::ptrdiff_t n, const T* reversed, const T* y, T* x,
            std::ptrdiff_t x_step) noexcept {
  if (c.depthwise()) return detail::spread_depthwise(c, n, reversed, y, x, x_step);
  for (std::ptrdiff_t g = 0; g < c.groups; ++g) {
    for (std::ptrdiff_t k = 0; k < c.kernel; ++k) {
      const T* weights = reversed + g * c.group_in() + (c.kernel - 1 - k) * c.in * c.group_out();
      gemm<T>(c.group_in(), n, c.group_out(), columns(weights, c.in), columns(y + g * c.group_out(), c.out),
              x + g * c.group_in() + k * c.dilation * c.in, x_step, Init::add);
    }
  }
}

}  // namespace weir::inline WEIR_ABI::simd
