// A penalty that brings the mean activation of each unit to `rate`, a small number: a sparse autoencoder
// (Ng, CS294A lecture notes on sparse autoencoders, 2011). Activations must lie in (0, 1), so this stands
// behind a Sigmoid.
//
//   y = x        L += weight sum over channels j of KL(rate || m_j)        m_j: mean over the batch's items
//   KL(r || m) = r log(r / m) + (1 - r) log((1 - r) / (1 - m))
//   dx_ij = dy_ij + (weight / items) ((1 - r) / (1 - m_j) - r / m_j)
//
// An item is a time step of a sample; padding is none. The mean couples the samples of a batch, so `fit` does
// not cut it into parts. Means are kept 1e-6 away from 0 and 1. The penalty is part of the loss in training
// only.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/layer_options.hpp>
#include <weir/core/layer_traits.hpp>
#include <weir/layers/activations/activation.hpp>
#include <weir/simd/transform.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

namespace weir::inline WEIR_ABI {

template <class T = float>
struct KlSparsity : Parameterless<T> {
  static constexpr std::string_view kind = "kl_sparsity";
  static constexpr std::array<std::string_view, 2> arguments{"rate", "weight"};
  static constexpr bool in_place = true;
  static constexpr bool whole_batch = true;

  double rate = 0.05;
  double weight = 0.1;

  [[nodiscard]] static double scratch(Shape input, Index) { return detail::bytes_of<T>(input.channels); }
  struct Cache {
    std::vector<T> mean;  ///< of each channel in the last training batch
    Index items = 0;

    void prepare(const KlSparsity&, Shape input, Index, bool) {
      mean.assign(static_cast<std::size_t>(input.channels), T(0));
    }
  };

  KlSparsity() = default;
  KlSparsity(double wanted, double chosen) : rate(wanted), weight(chosen) { checked_fields(kind, *this); }

  void forward(BatchView<const T> x, BatchView<T> y, Cache& cache, const Pass& pass) const {
    if (x.data() != y.data()) std::copy_n(x.data(), x.size(), y.data());
    if (!pass.training) return;
    measure(y, cache);
    if (pass.penalty == nullptr || !(pass.scale > 0.0)) return;
    double sum = 0.0;
    for (const T m : cache.mean) sum += divergence(static_cast<double>(m));
    *pass.penalty += weight * sum / pass.scale;
  }
  void backward(BatchView<const T>, BatchView<const T>, BatchView<const T> dy, BatchView<T> dx, Cache& cache,
                KlSparsity&, const Pass& pass) const {
    if (dx.absent()) return;
    if (dx.data() != dy.data()) std::copy_n(dy.data(), dy.size(), dx.data());
    if (!pass.training || !(pass.scale > 0.0) || cache.items == 0) return;
    const Index c = dx.channels();
    for (Index j = 0; j < c; ++j) {
      const double mean = static_cast<double>(cache.mean[static_cast<std::size_t>(j)]);
      const T slope = static_cast<T>(weight / static_cast<double>(cache.items) * derivative(mean));
      for (Index i = 0; i < dx.count(); ++i) {
        T* sample = dx.sample(i).data();
        for (Index t = 0; t < dx.length_of(i); ++t) sample[t * c + j] += slope;
      }
    }
  }

  template <class Visitor, class Layer>
  static void fields(Visitor& visit, Layer& o) {
    visit("rate", o.rate, RealRange{1e-6, 1.0 - 1e-6}, "wanted mean of each unit");
    visit("weight", o.weight, RealRange{0.0, 1e6}, "of the penalty");
  }

 private:
  static constexpr double edge = 1e-6;

  void measure(BatchView<const T> y, Cache& cache) const {
    std::fill(cache.mean.begin(), cache.mean.end(), T(0));
    cache.items = 0;
    for (Index i = 0; i < y.count(); ++i) {
      for (Index t = 0; t < y.length_of(i); ++t) {
        simd::add(y.channels(), y.sample(i).data() + t * y.channels(), cache.mean.data());
        ++cache.items;
      }
    }
    for (T& m : cache.mean) m /= static_cast<T>(std::max<Index>(cache.items, 1));
  }
  [[nodiscard]] double divergence(double mean) const {
    const double m = std::clamp(mean, edge, 1.0 - edge);
    return rate * std::log(rate / m) + (1.0 - rate) * std::log((1.0 - rate) / (1.0 - m));
  }
  /// d divergence / d mean; outside of the edges that of the edge, so that it still leads inside.
  [[nodiscard]] double derivative(double mean) const {
    const double m = std::clamp(mean, edge, 1.0 - edge);
    return (1.0 - rate) / (1.0 - m) - rate / m;
  }
};

}  // namespace weir::inline WEIR_ABI
