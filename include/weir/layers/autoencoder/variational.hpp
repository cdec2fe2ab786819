// The code of a variational autoencoder (Kingma, Welling 2014), reparametrised. The encoder gives 2d
// channels, means m and logarithms of variances v, one below the other:
//
//   training:  z = m + exp(v / 2) e, e ~ N(0, 1)        inference:  z = m        z: d channels
//   L += (beta / items) sum over items of KL(N(m, exp v) || N(0, 1))
//   KL = 1/2 sum_j (m_j^2 + e^v_j - 1 - v_j)
//
//   dm = dz + (beta / items) m        dv = dz e exp(v / 2) / 2 + (beta / items) (e^v - 1) / 2
//
// MeanSquaredError is a mean over the c outputs, so that its sum belongs to beta = 1 / c: for a decoder with
// the variance s^2, Kingma and Welling's bound is beta = 2 s^2 / c; beta above that is the beta-VAE (Higgins
// et al. 2017). v is kept in [-20, 20]. The penalty is part of the loss in training only. e is a function of
// (step, layer, sample, element) and is drawn again in backward.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/layer.hpp>
#include <weir/core/layer_options.hpp>
#include <weir/core/layer_traits.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>

namespace weir::inline WEIR_ABI {

template <class T = float>
struct Variational {
  using Scalar = T;
  using Cache = NoCache;
  static constexpr std::string_view kind = "variational";
  static constexpr std::array<std::string_view, 1> arguments{"beta"};

  double beta = 1e-3;

  Variational() = default;
  explicit Variational(double chosen) : beta(chosen) { checked_fields(kind, *this); }

  [[nodiscard]] static std::string complaint(Shape input) {
    if (input.channels % 2 == 0) return {};
    return "variational takes means and variances, an even number of channels, but gets " +
           std::to_string(input.channels);
  }
  [[nodiscard]] Shape out_shape(Shape input) const {
    require_fit(*this, input);
    return {input.channels / 2, input.length};
  }
  static void init(Rng&) noexcept {}

  void forward(BatchView<const T> x, BatchView<T> y, Cache&, const Pass& pass) const {
    const Index d = y.channels();
    double divergence = 0.0;
    each_code(x, pass, [&](Index column, bool counts, auto noise) {
      const T* mean = x.data() + column * 2 * d;
      T* code = y.data() + column * d;
      for (Index j = 0; j < d; ++j) {
        const auto [variance, in_range] = variance_of(mean[d + j]);
        const auto m = static_cast<double>(mean[j]);
        if (counts) divergence += 0.5 * (m * m + std::exp(variance) - 1.0 - variance);
        code[j] = static_cast<T>(pass.training ? m + std::exp(0.5 * variance) * noise() : m);
      }
    });
    if (pass.training && pass.penalty != nullptr) *pass.penalty += beta * divergence;
  }

  void backward(BatchView<const T> x, BatchView<const T>, BatchView<const T> dy, BatchView<T> dx, Cache&,
                Variational&, const Pass& pass) const {
    if (dx.absent()) return;
    const Index d = dy.channels();
    each_code(x, pass, [&](Index column, bool counts, auto noise) {
      const T* mean = x.data() + column * 2 * d;
      const T* slope = dy.data() + column * d;
      T* to = dx.data() + column * 2 * d;
      const double factor = pass.training && counts ? beta * pass.scale : 0.0;
      for (Index j = 0; j < d; ++j) {
        const auto [variance, in_range] = variance_of(mean[d + j]);
        const auto dz = static_cast<double>(slope[j]);
        const double sampled = pass.training ? 0.5 * dz * noise() * std::exp(0.5 * variance) : 0.0;
        to[j] = static_cast<T>(dz + factor * static_cast<double>(mean[j]));
        to[d + j] = static_cast<T>(in_range ? sampled + 0.5 * factor * (std::exp(variance) - 1.0) : 0.0);
      }
    });
  }

  template <class F, class... L>
  static void visit(F&&, L&...) noexcept {}

  template <class Visitor, class Layer>
  static void fields(Visitor& visit, Layer& o) {
    visit("beta", o.beta, RealRange{0.0, 1e6}, "weight of the divergence");
  }
  static void adapt(ConfigReader& read, Variational&, Shape input) {
    if (input.channels % 2 != 0) read.complain("beta", "goes with an even number of channels");
  }

 private:
  struct LogVariance {
    double value;
    bool in_range;
  };
  [[nodiscard]] static LogVariance variance_of(T v) noexcept {
    const auto value = static_cast<double>(v);
    return {std::clamp(value, -20.0, 20.0), value > -20.0 && value < 20.0};
  }

  /// Calls f(column, whether it counts, its source of noise) for each time step.
  template <class F>
  static void each_code(BatchView<const T> x, const Pass& pass, F f) {
    for (Index i = 0; i < x.count(); ++i) {
      Rng rng(pass.key.fork(static_cast<std::uint64_t>(pass.first_sample + i)));
      for (Index t = 0; t < x.length(); ++t) {
        f(i * x.length() + t, t < x.length_of(i), [&rng] { return rng.normal(); });
      }
    }
  }
};

}  // namespace weir::inline WEIR_ABI
