// Gaussian noise:   training: y = x + deviation n, n ~ N(0, 1)        inference: y = x        dx = dy
//
// In front of an autoencoder whose target is the clean x it makes a denoising one (Vincent et al. 2008). A
// number is a function of (step, layer, sample, element), as in Dropout.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/layer_options.hpp>
#include <weir/layers/activations/activation.hpp>

#include <algorithm>
#include <cstdint>
#include <span>

namespace weir::inline WEIR_ABI {

template <class T = float>
struct GaussianNoise : Parameterless<T> {
  using Cache = NoCache;
  static constexpr std::string_view kind = "gaussian_noise";
  static constexpr std::array<std::string_view, 1> arguments{"deviation"};
  static constexpr bool in_place = true;

  double deviation = 0.1;

  GaussianNoise() = default;
  explicit GaussianNoise(double chosen) : deviation(chosen) { checked_fields(kind, *this); }

  void forward(BatchView<const T> x, BatchView<T> y, Cache&, const Pass& pass) const {
    if (x.data() != y.data()) std::copy_n(x.data(), x.size(), y.data());
    if (!pass.training) return;
    for (Index i = 0; i < y.count(); ++i) {
      Rng rng(pass.key.fork(static_cast<std::uint64_t>(pass.first_sample + i)));
      for (T& v : y.sample(i)) v += static_cast<T>(deviation * rng.normal());
    }
  }
  void backward(BatchView<const T>, BatchView<const T>, BatchView<const T> dy, BatchView<T> dx, Cache&,
                GaussianNoise&, const Pass&) const {
    if (!dx.absent() && dx.data() != dy.data()) std::copy_n(dy.data(), dy.size(), dx.data());
  }

  template <class Visitor, class Layer>
  static void fields(Visitor& visit, Layer& o) {
    visit("deviation", o.deviation, RealRange{0.0, 1e6}, "standard deviation of the noise in training");
  }
};

}  // namespace weir::inline WEIR_ABI
