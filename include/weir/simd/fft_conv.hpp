// Long convolutions along time by Fourier transforms (overlap-save; Oppenheim, Schafer, Discrete-Time Signal
// Processing): a tile of N steps gives N - kernel + 1 outputs,
//
//   y = F^-1 ( sum over channels of conj(F w) F x )
//
// Two tiles travel as real and imaginary part of one transform: w is real, so they do not mix. For each frequency f the
// channels meet in one product, of the spectra of x at f and at N - f with [Re, Im] of the weights' spectrum.
//
// A convolution of `kernel` taps takes 2 in out kernel operations an output, this some 8 in out N / (N - kernel + 1)
// and the transforms. Rounding errors are as large as those of the direct sums, relative to the largest values of the
// tile instead of the window.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/tensor.hpp>
#include <weir/simd/fft.hpp>
#include <weir/simd/gemm.hpp>
#include <weir/simd/registers.hpp>

#include <algorithm>
#include <bit>
#include <cstddef>

namespace weir::inline WEIR_ABI::simd {

/// Steps of a transform for so many channels and taps: about twice the taps, so that a spectrum takes at most 3.6 times
/// the memory of the weights. 0 where direct products are faster, as measured with and
/// without AVX-512 (benchmarks/conv_benchmark.cpp).
[[nodiscard]] inline std::ptrdiff_t fft_steps(std::ptrdiff_t in, std::ptrdiff_t out,
                                              std::ptrdiff_t kernel) noexcept {
  constexpr std::ptrdiff_t least_kernel = 16, most_kernel = 256, least_channels = 8, least_products = 256;
  if (kernel < least_kernel || kernel > most_kernel) return 0;
  if (in < least_channels || out < least_channels || in * out < least_products) return 0;
  return static_cast<std::ptrdiff_t>(std::bit_ceil(static_cast<std::size_t>(7 * kernel / 4)));
}

/// The convolution of simd/conv.hpp for stride 1, no dilation and one group, with memory of its own.
template <class T>
class FftConvolution {
 public:
  FftConvolution() = default;
  /// `steps`: of fft_steps.
  FftConvolution(std::ptrdiff_t in, std::ptrdiff_t out, std::ptrdiff_t kernel, std::ptrdiff_t steps)
      : in_(in), out_(out), kernel_(kernel), fft_(steps) {
    x_ = AlignedBuffer<T>(static_cast<std::size_t>(frequencies() * columns * 2 * in));
    y_ = AlignedBuffer<T>(static_cast<std::size_t>(frequencies() * columns * out));
    block_ = AlignedBuffer<T>(static_cast<std::size_t>(2 * steps * width<T>));
  }

  /// Bytes that the object takes, and its weights.
  [[nodiscard]] static double bytes(std::ptrdiff_t in, std::ptrdiff_t out, std::ptrdiff_t steps) noexcept {
    const auto frequencies = static_cast<double>(steps / 2 + 1), channels = static_cast<double>(2 * in + out);
    return static_cast<double>(sizeof(T)) *
           (frequencies * static_cast<double>(columns) * channels +
            static_cast<double>(2 * steps * (width<T> + 6)) + spectrum_size(in, out, steps));
  }

  /// Whether it computes n outputs faster than direct products, which have no tiles to fill.
  [[nodiscard]] bool pays(std::ptrdiff_t n) const noexcept { return fft_.size() > 0 && 2 * n >= outputs(); }

  /// The spectrum of weights, out x in x kernel.
  void transform(const T* weight, AlignedBuffer<T>& spectrum) noexcept {
    const std::ptrdiff_t filters = in_ * out_, n = fft_.size();
    const Simd<T> scale(T(1) / static_cast<T>(n));
    for (std::ptrdiff_t e = 0; e < filters; e += width<T>) {
      const std::ptrdiff_t count = std::min(width<T>, filters - e);
      for (std::ptrdiff_t t = 0; t < n; ++t) {
        put(t, t < kernel_ ? some(weight + e + t * filters, count) : Simd<T>(T(0)), Simd<T>(T(0)));
      }
      fft_.forward(block_.data());
      for (std::ptrdiff_t f = 0; f < frequencies(); ++f) {
        const detail::Complex<T> value = get(fft_.place(f));
        T* to = spectrum.data() + f * 2 * filters + e;
        keep(to, value.re * scale, count);
        keep(to + filters, -value.im * scale, count);
      }
    }
  }
  /// Room for a spectrum; none where the object is empty.
  [[nodiscard]] AlignedBuffer<T> room() const {
    return AlignedBuffer<T>(static_cast<std::size_t>(frequencies() * 2 * in_ * out_));
  }

  /// y (out x n) = the convolution of the n + kernel - 1 steps of x, + bias where there is one.
  void run(const AlignedBuffer<T>& spectrum, std::ptrdiff_t n, const T* x, T* y, const T* bias) noexcept {
    const std::ptrdiff_t tile = outputs(), all = n + kernel_ - 1;
    for (std::ptrdiff_t t = 0; t < n; t += 2 * pairs * tile) {
      const std::ptrdiff_t here = std::min(pairs, (n - t + 2 * tile - 1) / (2 * tile));
      for (std::ptrdiff_t p = 0; p < here; ++p) {
        const std::ptrdiff_t first = t + 2 * p * tile;
        read(p, x + first * in_, all - first, tile);
      }
      multiply(spectrum, here);
      for (std::ptrdiff_t p = 0; p < here; ++p) {
        const std::ptrdiff_t first = t + 2 * p * tile;
        write(p, y + first * out_, n - first, bias);
      }
    }
  }

 private:
  static constexpr std::ptrdiff_t pairs = 4;            ///< of tiles at a time
  static constexpr std::ptrdiff_t columns = 4 * pairs;  ///< re and im, of f and N - f

  [[nodiscard]] static double spectrum_size(std::ptrdiff_t in, std::ptrdiff_t out,
                                            std::ptrdiff_t steps) noexcept {
    return 2.0 * static_cast<double>(steps / 2 + 1) * static_cast<double>(in) * static_cast<double>(out);
  }
  [[nodiscard]] std::ptrdiff_t frequencies() const noexcept { return fft_.size() / 2 + 1; }
  /// Outputs of a tile.
  [[nodiscard]] std::ptrdiff_t outputs() const noexcept { return fft_.size() - kernel_ + 1; }
  /// Frequency f is its own mirror image.
  [[nodiscard]] bool alone(std::ptrdiff_t f) const noexcept { return f == 0 || 2 * f == fft_.size(); }

  [[nodiscard]] static Simd<T> some(const T* from, std::ptrdiff_t count) noexcept {
    return count == width<T> ? load(from) : load_part(from, count);
  }
  static void keep(T* to, const Simd<T>& value, std::ptrdiff_t count) noexcept {
    count == width<T> ? store(to, value) : store_part(to, value, count);
  }
  void put(std::ptrdiff_t t, const Simd<T>& re, const Simd<T>& im) noexcept {
    detail::Complex<T>{re, im}.to(block_.data() + 2 * t * width<T>);
  }
  [[nodiscard]] detail::Complex<T> get(std::ptrdiff_t t) const noexcept {
    return detail::Complex<T>::from(block_.data() + 2 * t * width<T>);
  }

  /// The spectrum of two tiles, the second `apart` steps behind the first; from step `end` on there is nothing.
  void read(std::ptrdiff_t pair, const T* x, std::ptrdiff_t end, std::ptrdiff_t apart) noexcept {
    const std::ptrdiff_t n = fft_.size(), height = 2 * in_;
    for (std::ptrdiff_t c = 0; c < in_; c += width<T>) {
      const std::ptrdiff_t count = std::min(width<T>, in_ - c);
      const auto step = [&](std::ptrdiff_t t) {
        return t < end ? some(x + t * in_ + c, count) : Simd<T>(T(0));
      };
      for (std::ptrdiff_t t = 0; t < n; ++t) put(t, step(t), step(t + apart));
      fft_.forward(block_.data());
      for (std::ptrdiff_t f = 0; f < frequencies(); ++f) {
        // of rows (in, in): Re y = [Wr Wi] [re; -im], Im y = [Wr Wi] [im; re]
        T* const to = x_.data() + f * columns * height + (alone(f) ? 2 : 4) * pair * height + c;
        const auto column = [&](std::ptrdiff_t j, const Simd<T>& above, const Simd<T>& below) {
          keep(to + j * height, above, count);
          keep(to + j * height + in_, below, count);
        };
        const detail::Complex<T> value = get(fft_.place(f));
        column(0, value.re, -value.im);
        column(1, value.im, value.re);
        if (alone(f)) continue;
        const detail::Complex<T> mirrored = get(fft_.place(n - f));
        column(2, mirrored.re, mirrored.im);
        column(3, -mirrored.im, mirrored.re);
      }
    }
  }

  void multiply(const AlignedBuffer<T>& spectrum, std::ptrdiff_t count) noexcept {
    const std::ptrdiff_t height = 2 * in_;
    for (std::ptrdiff_t f = 0; f < frequencies(); ++f) {
      gemm<T>(out_, (alone(f) ? 2 : 4) * count, height,
              simd::columns(spectrum.data() + f * height * out_, out_),
              simd::columns<T>(x_.data() + f * columns * height, height), y_.data() + f * columns * out_,
              out_, Init::zero);
    }
  }

  /// The outputs of two tiles, one behind the other, up to `end`.
  void write(std::ptrdiff_t pair, T* y, std::ptrdiff_t end, const T* bias) noexcept {
    const std::ptrdiff_t n = fft_.size(), tile = outputs();
    for (std::ptrdiff_t c = 0; c < out_; c += width<T>) {
      const std::ptrdiff_t count = std::min(width<T>, out_ - c);
      for (std::ptrdiff_t f = 0; f < frequencies(); ++f) {
        const T* from = y_.data() + (f * columns + (alone(f) ? 2 : 4) * pair) * out_ + c;
        put(fft_.place(f), some(from, count), some(from + out_, count));
        if (alone(f)) continue;
        put(fft_.place(n - f), some(from + 2 * out_, count), -some(from + 3 * out_, count));
      }
      fft_.inverse(block_.data());
      const Simd<T> start = bias == nullptr ? Simd<T>(T(0)) : some(bias + c, count);
      for (std::ptrdiff_t t = 0; t < std::min(end, tile); ++t) {
        keep(y + t * out_ + c, get(t).re + start, count);
      }
      for (std::ptrdiff_t t = tile; t < std::min(end, 2 * tile); ++t) {
        keep(y + t * out_ + c, get(t - tile).im + start, count);
      }
    }
  }

  std::ptrdiff_t in_ = 0, out_ = 0, kernel_ = 0;
  Fft<T> fft_;
  AlignedBuffer<T> x_, y_;  ///< spectra: for each frequency 2 in x columns, out x columns
  AlignedBuffer<T> block_;
};

}  // namespace weir::inline WEIR_ABI::simd
