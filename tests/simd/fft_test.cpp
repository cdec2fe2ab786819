// The transform against its definition, and convolutions by it against plain sums.
#include <weir/core/rng.hpp>
#include <weir/simd/fft.hpp>
#include <weir/simd/fft_conv.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <complex>
#include <cstddef>
#include <limits>
#include <numbers>
#include <set>
#include <vector>

using namespace weir;
using std::ptrdiff_t;

namespace {

template <class T>
AlignedBuffer<T> normal(ptrdiff_t count, std::uint64_t seed) {
  AlignedBuffer<T> values(static_cast<std::size_t>(count));
  Rng rng(seed);
  for (ptrdiff_t i = 0; i < count; ++i) values.data()[i] = static_cast<T>(rng.normal());
  return values;
}

/// sum over t of x(t) e^(-2 pi i f t / n) of one lane of a block.
template <class T>
std::complex<double> defined(const AlignedBuffer<T>& block, ptrdiff_t n, ptrdiff_t lane, ptrdiff_t f) {
  std::complex<double> sum;
  for (ptrdiff_t t = 0; t < n; ++t) {
    const T* at = block.data() + 2 * t * simd::width<T> + lane;
    const double angle = -2.0 * std::numbers::pi * static_cast<double>(f * t % n) / static_cast<double>(n);
    sum += std::complex<double>(static_cast<double>(at[0]), static_cast<double>(at[simd::width<T>])) *
           std::polar(1.0, angle);
  }
  return sum;
}

/// Of convolutions by transforms of `steps`: right within rounding, and nothing but y is written.
template <class T>
void check_convolution(ptrdiff_t in, ptrdiff_t out, ptrdiff_t kernel, ptrdiff_t n, ptrdiff_t steps,
                       bool bias) {
  INFO(in, " -> ", out, ", kernel ", kernel, ", outputs ", n, ", steps ", steps);
  const auto weight = normal<T>(out * in * kernel, 1), start = normal<T>(out, 3);
  AlignedBuffer<T> x = normal<T>((n + kernel - 1) * in + 1, 2);
  x.data()[(n + kernel - 1) * in] = std::numeric_limits<T>::quiet_NaN();  // behind the last step
  simd::FftConvolution<T> fft(in, out, kernel, steps);
  AlignedBuffer<T> spectrum = fft.room();
  fft.transform(weight.data(), spectrum);
  std::vector<T> y(static_cast<std::size_t>(out * n + 2), T(7));
  fft.run(spectrum, n, x.data(), y.data() + 1, bias ? start.data() : nullptr);
  CHECK(y.front() == T(7));
  CHECK(y.back() == T(7));
  double worst = 0.0;
  for (ptrdiff_t t = 0; t < n; ++t) {
    for (ptrdiff_t o = 0; o < out; ++o) {
      long double sum = bias ? static_cast<long double>(start.data()[o]) : 0.0L;
      for (ptrdiff_t k = 0; k < kernel; ++k) {
        for (ptrdiff_t c = 0; c < in; ++c) {
          sum += static_cast<long double>(weight.data()[o + (c + k * in) * out]) *
                 static_cast<long double>(x.data()[(t + k) * in + c]);
        }
      }
      const double found = static_cast<double>(y[static_cast<std::size_t>(1 + o + t * out)]);
      worst = std::max(worst, found == found ? std::fabs(found - static_cast<double>(sum)) : 1e9);
    }
  }
  // Sums of in * kernel products of size 1, as direct products round them.
  CHECK(worst <= static_cast<double>(std::numeric_limits<T>::epsilon()) * 8.0 *
                     std::sqrt(static_cast<double>(in * kernel)) * std::log2(static_cast<double>(steps)));
}

}  // namespace

TEST_CASE_TEMPLATE("fft: its definition, forward and back", T, float, double) {
  for (const ptrdiff_t n : {4, 8, 16, 32, 64, 128, 256, 512}) {
    CAPTURE(n);
    const simd::Fft<T> fft(n);
    const AlignedBuffer<T> before = normal<T>(2 * n * simd::width<T>, 5);
    AlignedBuffer<T> block = before;
    fft.forward(block.data());
    std::set<ptrdiff_t> places;
    double worst = 0.0;
    for (ptrdiff_t f = 0; f < n; ++f) {
      places.insert(fft.place(f));
      const ptrdiff_t lane = f % simd::width<T>;
      const T* at = block.data() + 2 * fft.place(f) * simd::width<T> + lane;
      const std::complex<double> found(static_cast<double>(at[0]), static_cast<double>(at[simd::width<T>]));
      worst = std::max(worst, std::abs(found - defined(before, n, lane, f)));
    }
    const double rounding = static_cast<double>(std::numeric_limits<T>::epsilon()) * 4.0;
    CHECK(static_cast<ptrdiff_t>(places.size()) == n);
    CHECK(worst <= rounding * std::sqrt(static_cast<double>(n)) * std::log2(static_cast<double>(n)));
    fft.inverse(block.data());
    double off = 0.0;
    for (std::size_t i = 0; i < block.size(); ++i) {
      off = std::max(off, std::fabs(static_cast<double>(block.data()[i]) / static_cast<double>(n) -
                                    static_cast<double>(before.data()[i])));
    }
    CHECK(off <= rounding * std::log2(static_cast<double>(n)));
  }
}

TEST_CASE_TEMPLATE("fft: convolutions, with parts of registers and of tiles", T, float, double) {
  for (const auto& [in, out] : {std::pair<ptrdiff_t, ptrdiff_t>{8, 32}, {9, 30}, {17, 16}, {1, 3}}) {
    for (const auto& [kernel, steps] :
         {std::pair<ptrdiff_t, ptrdiff_t>{16, 32}, {25, 64}, {3, 8}, {64, 128}}) {
      for (const ptrdiff_t n : {1, 5, 39, 40, 41, 200}) {
        check_convolution<T>(in, out, kernel, n, steps, n % 2 == 0);
      }
    }
  }
}

TEST_CASE("fft: an output does not depend on how many follow") {
  constexpr ptrdiff_t in = 16, out = 20, kernel = 25, n = 700;
  const auto weight = normal<float>(out * in * kernel, 1), x = normal<float>((n + kernel - 1) * in, 2);
  simd::FftConvolution<float> fft(in, out, kernel, 64);
  AlignedBuffer<float> spectrum = fft.room();
  fft.transform(weight.data(), spectrum);
  std::vector<float> all(out * n), some(out * 640);  // whole rounds of tiles
  fft.run(spectrum, n, x.data(), all.data(), nullptr);
  fft.run(spectrum, 640, x.data(), some.data(), nullptr);
  CHECK(std::equal(some.begin(), some.end(), all.begin()));
}

TEST_CASE("fft: which convolutions it is for depends on channels and taps") {
  CHECK(simd::fft_steps(32, 64, 25) == 64);
  CHECK(simd::fft_steps(64, 32, 16) == 32);
  CHECK(simd::fft_steps(64, 32, 18) == 32);
  CHECK(simd::fft_steps(64, 32, 19) == 64);
  CHECK(simd::fft_steps(32, 64, 15) == 0);
  CHECK(simd::fft_steps(1, 64, 25) == 0);
  CHECK(simd::fft_steps(8, 16, 25) == 0);
  CHECK(simd::fft_steps(64, 64, 300) == 0);
}
