// Masking noise:   training: y = x m, m = 0 with probability `rate`, else 1        inference: y = x
//                  dx = dy m
//
// In front of an autoencoder whose target is the clean x it makes a denoising one (Vincent et al. 2008).
// Unlike Dropout, what is kept keeps its size. The mask is a function of (step, layer, sample, element) and
// is drawn again in backward.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/layer_options.hpp>
#include <weir/layers/activations/activation.hpp>

#include <algorithm>
#include <cstdint>
#include <span>

namespace weir::inline WEIR_ABI {

template <class T = float>
struct MaskingNoise : Parameterless<T> {
  using Cache = NoCache;
  static constexpr std::string_view kind = "masking_noise";
  static constexpr std::array<std::string_view, 1> arguments{"rate"};
  static constexpr bool in_place = true;

  double rate = 0.25;

  MaskingNoise() = default;
  explicit MaskingNoise(double share) : rate(share) { checked_fields(kind, *this); }

  void forward(BatchView<const T> x, BatchView<T> y, Cache&, const Pass& pass) const { apply(x, y, pass); }
  void backward(BatchView<const T>, BatchView<const T>, BatchView<const T> dy, BatchView<T> dx, Cache&,
                MaskingNoise&, const Pass& pass) const {
    if (!dx.absent()) apply(dy, dx, pass);
  }

  template <class Visitor, class Layer>
  static void fields(Visitor& visit, Layer& o) {
    visit("rate", o.rate, RealRange{0.0, 1.0}, "share of the values that become zero in training");
  }

 private:
  void apply(BatchView<const T> from, BatchView<T> to, const Pass& pass) const {
    if (from.data() != to.data()) std::copy_n(from.data(), from.size(), to.data());
    if (!pass.training) return;
    for (Index i = 0; i < to.count(); ++i) {
      Rng rng(pass.key.fork(static_cast<std::uint64_t>(pass.first_sample + i)));
      for (T& v : to.sample(i)) v = static_cast<double>(to_unit_float(rng.next32())) < rate ? T(0) : v;
    }
  }
};

}  // namespace weir::inline WEIR_ABI
