// Counter-based random numbers: Philox4x32-10 (Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy
// as 1, 2, 3", SC 2011).
//
// A number is a pure function of (key, counter), so it is the same on every platform and whatever the number
// of threads: dropout asks for the number of "this step, this layer, this sample, this unit". No <random>,
// whose distributions differ between standard libraries.
#pragma once

#include <weir/core/abi.hpp>

#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace weir::inline WEIR_ABI {

/// Names a stream of random numbers. `fork(i)` names an independent sub-stream.
struct RngKey {
  std::uint64_t value = 0;

  [[nodiscard]] constexpr RngKey fork(std::uint64_t index) const noexcept {
    std::uint64_t z = value + 0x9E3779B97F4A7C15ULL * (index + 1);  // SplitMix64 (Steele, Lea, Flood 2014)
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    return {z ^ (z >> 31)};
  }
};

using PhiloxBlock = std::array<std::uint32_t, 4>;

/// Four random words for block number (high, low) of the stream `key`.
[[nodiscard]] constexpr PhiloxBlock philox(RngKey key, std::uint64_t low, std::uint64_t high = 0) noexcept {
  auto k0 = static_cast<std::uint32_t>(key.value);
  auto k1 = static_cast<std::uint32_t>(key.value >> 32);
  PhiloxBlock c{static_cast<std::uint32_t>(low), static_cast<std::uint32_t>(low >> 32),
                static_cast<std::uint32_t>(high), static_cast<std::uint32_t>(high >> 32)};
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t p0 = 0xD2511F53ULL * c[0];
    const std::uint64_t p1 = 0xCD9E8D57ULL * c[2];
    c = {static_cast<std::uint32_t>(p1 >> 32) ^ c[1] ^ k0, static_cast<std::uint32_t>(p1),
         static_cast<std::uint32_t>(p0 >> 32) ^ c[3] ^ k1, static_cast<std::uint32_t>(p0)};
    k0 += 0x9E3779B9U;
    k1 += 0xBB67AE85U;
  }
  return c;
}

/// A uniform number in [0, 1) from 24 of the word's bits: exact in float, so equal on every platform.
[[nodiscard]] constexpr float to_unit_float(std::uint32_t word) noexcept {
  return static_cast<float>(word >> 8) * 0x1p-24F;
}

/// A sequential generator over a stream: initialisation, shuffling, synthetic traffic.
class Rng {
 public:
  explicit Rng(std::uint64_t seed = 0) noexcept : key_{RngKey{seed}.fork(0)} {}
  explicit Rng(RngKey key) noexcept : key_(key) {}

  [[nodiscard]] RngKey key() const noexcept { return key_; }

  std::uint32_t next32() noexcept {
    if (used_ == 4) {
      block_ = philox(key_, counter_++);
      used_ = 0;
    }
    return block_[used_++];
  }
  std::uint64_t next64() noexcept {
    const std::uint64_t high = next32();
    return (high << 32) | next32();
  }

  /// Uniform in [0, 1), 53 bits.
  double uniform() noexcept { return static_cast<double>(next64() >> 11) * 0x1p-53; }
  /// Uniform in [low, high).
  double uniform(double low, double high) noexcept { return low + (high - low) * uniform(); }
  /// Uniform integer in [0, bound), bound > 0, without bias (Lemire, "Fast random integer generation", 2019).
  std::uint64_t below(std::uint64_t bound) noexcept {
    // 32 x 32 -> 64 bits is enough for the sizes used here; larger bounds take the rejection loop on 64 bits.
    if (bound <= 0xFFFFFFFFULL) {
      std::uint64_t product = next32() * bound;
      auto low = static_cast<std::uint32_t>(product);
      const auto threshold = static_cast<std::uint32_t>((0x100000000ULL - bound) % bound);
      while (low < threshold) {
        product = next32() * bound;
        low = static_cast<std::uint32_t>(product);
      }
      return product >> 32;
    }
    const std::uint64_t mask = ~std::uint64_t{0} >> std::countl_zero(bound - 1);
    std::uint64_t draw = next64() & mask;
    while (draw >= bound) draw = next64() & mask;
    return draw;
  }
  /// Standard normal (Box-Muller; two uniforms a number, so that a draw never depends on the one before).
  double normal() noexcept {
    const double radius = std::sqrt(-2.0 * std::log1p(-uniform()));
    return radius * std::cos(6.283185307179586476925 * uniform());
  }
  /// Exponential with the given mean.
  double exponential(double mean) noexcept { return -mean * std::log1p(-uniform()); }
  bool chance(double probability) noexcept { return uniform() < probability; }

 private:
  RngKey key_;
  std::uint64_t counter_ = 0;
  PhiloxBlock block_{};
  std::size_t used_ = 4;
};

/// Fisher-Yates shuffle.
template <class T>
void shuffle(std::span<T> items, Rng& rng) noexcept {
  for (std::size_t i = items.size(); i > 1; --i) {
    const auto j = static_cast<std::size_t>(rng.below(i));
    using std::swap;
    swap(items[i - 1], items[j]);
  }
}

}  // namespace weir::inline WEIR_ABI
