// Fast Fourier transform along time of a register of channels (Cooley, Tukey 1965; decimation in frequency by fours):
//
//   X(f) = sum over t of x(t) e^(-2 pi i f t / N),      N a power of two, 4 or more
//
// Channels lie side by side, so each lane of a register is a transform of its own, and there is nothing to shuffle.
// Frequency f ends at place(f), its bits in reverse order; `inverse` takes them from there. Neither divides by N.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/simd/registers.hpp>

#include <cassert>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <vector>

namespace weir::inline WEIR_ABI::simd {

namespace detail {

template <class T>
struct Complex {
  Simd<T> re, im;

  [[nodiscard]] static Complex from(const T* at) noexcept { return {load(at), load(at + width<T>)}; }
  void to(T* at) const noexcept {
    store(at, re);
    store(at + width<T>, im);
  }
  [[nodiscard]] Complex operator+(const Complex& b) const noexcept { return {re + b.re, im + b.im}; }
  [[nodiscard]] Complex operator-(const Complex& b) const noexcept { return {re - b.re, im - b.im}; }
  /// i times it.
  [[nodiscard]] Complex turned() const noexcept { return {-im, re}; }
  /// Times w = w[0] + i w[1], or its conjugate.
  template <bool Conjugate>
  [[nodiscard]] Complex times(const T* w) const noexcept {
    const Simd<T> c(w[0]), s(Conjugate ? -w[1] : w[1]);
    return {fma<T>(re, c, -(im * s)), fma<T>(re, s, im * c)};
  }
};

}  // namespace detail

template <class T>
class Fft {
 public:
  Fft() = default;
  explicit Fft(std::ptrdiff_t size) : size_(size) {
    assert(size >= 4 && (size & (size - 1)) == 0);
    for (std::ptrdiff_t length = size; length >= 4; length /= 4) {
      for (std::ptrdiff_t j = 0; j < length / 4; ++j) {
        for (const std::ptrdiff_t power : {2, 1, 3}) {
          const double angle =
              -2.0 * std::numbers::pi * static_cast<double>(power * j) / static_cast<double>(length);
          turns_.push_back(static_cast<T>(std::cos(angle)));
          turns_.push_back(static_cast<T>(std::sin(angle)));
        }
      }
    }
  }

  [[nodiscard]] std::ptrdiff_t size() const noexcept { return size_; }
  [[nodiscard]] std::ptrdiff_t place(std::ptrdiff_t f) const noexcept {
    std::ptrdiff_t reversed = 0;
    for (std::ptrdiff_t bit = 1; bit < size_; bit *= 2, f /= 2) reversed = 2 * reversed + f % 2;
    return reversed;
  }

  /// `block`: for each step a register of real and one of imaginary parts.
  void forward(T* block) const noexcept {
    const T* turns = turns_.data();
    std::ptrdiff_t length = size_;
    for (; length >= 4; turns += 6 * (length / 4), length /= 4) {
      each_quarter(block, length, turns, [](T* a, std::ptrdiff_t apart, const T* w) { split(a, apart, w); });
    }
    if (length == 2) pairs(block);
  }
  void inverse(T* block) const noexcept {
    const bool odd = ends_in_pairs();
    if (odd) pairs(block);
    const T* turns = turns_.data() + turns_.size();
    for (std::ptrdiff_t length = odd ? 8 : 4; length <= size_; length *= 4) {
      turns -= 6 * (length / 4);
      each_quarter(block, length, turns, [](T* a, std::ptrdiff_t apart, const T* w) { join(a, apart, w); });
    }
  }

 private:
  using Value = detail::Complex<T>;
  static constexpr std::ptrdiff_t step = 2 * width<T>;

  /// Whether the size is an odd power of two.
  [[nodiscard]] bool ends_in_pairs() const noexcept {
    std::ptrdiff_t length = size_;
    while (length >= 4) length /= 4;
    return length == 2;
  }

  /// one(first of four values, distance to the next, their turns) over all blocks of `length`.
  template <class F>
  void each_quarter(T* block, std::ptrdiff_t length, const T* turns, F one) const noexcept {
    const std::ptrdiff_t quarter = length / 4;
    for (std::ptrdiff_t first = 0; first < size_; first += length) {
      for (std::ptrdiff_t j = 0; j < quarter; ++j)
        one(block + (first + j) * step, quarter * step, turns + 6 * j);
    }
  }

  static void split(T* at, std::ptrdiff_t apart, const T* turns) noexcept {
    const Value a = Value::from(at), b = Value::from(at + apart), c = Value::from(at + 2 * apart),
                d = Value::from(at + 3 * apart);
    const Value even = a + c, odd = b + d, across = a - c, turned = (b - d).turned();
    (even + odd).to(at);
    (even - odd).template times<false>(turns).to(at + apart);
    (across - turned).template times<false>(turns + 2).to(at + 2 * apart);
    (across + turned).template times<false>(turns + 4).to(at + 3 * apart);
  }
  static void join(T* at, std::ptrdiff_t apart, const T* turns) noexcept {
    const Value a = Value::from(at), b = Value::from(at + apart).template times<true>(turns),
                c = Value::from(at + 2 * apart).template times<true>(turns + 2),
                d = Value::from(at + 3 * apart).template times<true>(turns + 4);
    const Value even = a + b, odd = a - b, across = c + d, turned = (c - d).turned();
    (even + across).to(at);
    (odd + turned).to(at + apart);
    (even - across).to(at + 2 * apart);
    (odd - turned).to(at + 3 * apart);
  }
  void pairs(T* block) const noexcept {
    for (T* at = block; at != block + size_ * step; at += 2 * step) {
      const Value a = Value::from(at), b = Value::from(at + step);
      (a + b).to(at);
      (a - b).to(at + step);
    }
  }

  std::ptrdiff_t size_ = 0;
  std::vector<T> turns_;  ///< of each pass, for each j: w^2j, w^j, w^3j of its length
};

}  // namespace weir::inline WEIR_ABI::simd
