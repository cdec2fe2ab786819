// Dropout (Srivastava et al. 2014), inverted:
//
//   training:    y = x m / (1 - rate),  m = 0 with probability `rate`, else 1
//   inference:   y = x
//
// The mask is a pure function of (step, layer, sample, element), so it is drawn again in backward instead of
// kept, and does not depend on the number of threads.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/layer_options.hpp>
#include <weir/layers/activations/activation.hpp>

#include <algorithm>
#include <cstdint>

namespace weir::inline WEIR_ABI {

template <class T = float>
struct Dropout : Parameterless<T> {
  using Cache = NoCache;
  static constexpr std::string_view kind = "dropout";
  static constexpr std::array<std::string_view, 1> arguments{"rate"};
  static constexpr bool in_place = true;

  double rate = 0.5;

  Dropout() = default;
  explicit Dropout(double share) : rate(share) { checked_fields(kind, *this); }

  void forward(BatchView<const T> x, BatchView<T> y, Cache&, const Pass& pass) const { apply(x, y, pass); }
  void backward(BatchView<const T>, BatchView<const T>, BatchView<const T> dy, BatchView<T> dx, Cache&,
                Dropout&, const Pass& pass) const {
    if (!dx.absent()) apply(dy, dx, pass);
  }

  template <class Visitor, class Layer>
  static void fields(Visitor& visit, Layer& o) {
    visit("rate", o.rate, RealRange{0.0, 0.999999}, "share of the values that are dropped in training");
  }

 private:
  void apply(BatchView<const T> from, BatchView<T> to, const Pass& pass) const {
    if (!pass.training || rate == 0.0) {
      if (from.data() != to.data()) std::copy_n(from.data(), from.size(), to.data());
      return;
    }
    const auto threshold = static_cast<std::uint32_t>(rate * 4294967296.0);
    const T factor = static_cast<T>(1.0 / (1.0 - rate));
    for (Index i = 0; i < from.count(); ++i) {
      const RngKey key = pass.key.fork(static_cast<std::uint64_t>(pass.first_sample + i));
      mask(key, threshold, factor, from.sample(i), to.sample(i).data());
    }
  }

  static void mask(RngKey key, std::uint32_t threshold, T factor, std::span<const T> from, T* to) {
    // One 64-bit draw decides on two elements.
    const std::size_t pairs = from.size() / 2;
    for (std::size_t p = 0; p < pairs; ++p) {
      const std::uint64_t bits = key.fork(p).value;
      to[2 * p] = static_cast<std::uint32_t>(bits) >= threshold ? from[2 * p] * factor : T(0);
      to[2 * p + 1] = static_cast<std::uint32_t>(bits >> 32) >= threshold ? from[2 * p + 1] * factor : T(0);
    }
    if (from.size() % 2 == 1) {
      const std::uint64_t bits = key.fork(pairs).value;
      to[2 * pairs] = static_cast<std::uint32_t>(bits) >= threshold ? from[2 * pairs] * factor : T(0);
    }
  }
};

}  // namespace weir::inline WEIR_ABI
