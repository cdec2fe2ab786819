// Contractive encoder (Rifai et al. 2011):   y = f(W x + b), f sigmoid or tanh
//
//   L += (weight / items) sum over items x of ||dy/dx||_F^2, in training only (contraction.hpp)
//
//   x: in x columns    W: units x in    b: units    y: units x columns
//   dh = dy f'(h)        dx = W^T dh        dW = dh x^T        db = row sums of dh, and the penalty's share
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/layer.hpp>
#include <weir/core/layer_options.hpp>
#include <weir/core/layer_traits.hpp>
#include <weir/layers/activations/code_activation.hpp>
#include <weir/layers/autoencoder/contraction.hpp>
#include <weir/layers/dense/dense.hpp>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace weir::inline WEIR_ABI {

struct ContractiveDenseOptions {
  CodeActivation activation = CodeActivation::sigmoid;
  double weight = 0.1;  ///< of the penalty
};

template <class T = float, Index In = dyn, Index Out = dyn>
struct ContractiveDense {
  using Scalar = T;
  static constexpr std::string_view kind = "contractive_dense";
  static constexpr std::array<std::string_view, 2> arguments{"units", "weight"};
  static constexpr bool reads_output = true;
  static constexpr Index in_channels = In;
  static constexpr Index out_channels = Out;

  Dense<T, In, Out> dense;
  ContractiveDenseOptions options;

  [[nodiscard]] double scratch(Shape, Index) const { return detail::bytes_of<double>(2, dense.out()); }
  struct Cache {
    AlignedBuffer<T> slope;  ///< dh, units x columns
    std::vector<double> rows, squares;

    void prepare(const ContractiveDense& layer, Shape input, Index count, bool training) {
      const Index units = layer.dense.out();
      slope = AlignedBuffer<T>(training ? static_cast<std::size_t>(units * input.length * count) : 0);
      rows.assign(static_cast<std::size_t>(units), 0.0);
      squares.assign(static_cast<std::size_t>(units), 0.0);
    }
  };

  ContractiveDense() = default;
  ContractiveDense(Index in, Index units, ContractiveDenseOptions chosen = {})
      : dense(in, checked_fields(kind, Settings{units, chosen}).units), options(chosen) {}

  [[nodiscard]] std::string complaint(Shape input) const { return dense.complaint(input); }
  [[nodiscard]] Shape out_shape(Shape input) const { return dense.out_shape(input); }
  [[nodiscard]] Index flops(Shape input) const { return dense.flops(input); }
  void init(Rng& rng) { dense.init(rng); }

  void forward(BatchView<const T> x, BatchView<T> y, Cache& cache, const Pass& pass) const {
    NoCache none;
    dense.forward(x, y, none, pass);
    detail::activate(options.activation, y.size(), y.data());
    if (!pass.training || pass.penalty == nullptr) return;
    *pass.penalty +=
        options.weight * detail::contraction<T>(options.activation, dense.weight.view(), y, cache.rows);
  }
  void backward(BatchView<const T> x, BatchView<const T> y, BatchView<const T> dy, BatchView<T> dx,
                Cache& cache, ContractiveDense& grad, const Pass& pass) const {
    NoCache none;
    const BatchView<T> slope(cache.slope.data(), y.shape(), y.count(), y.lengths());
    std::copy_n(dy.data(), dy.size(), slope.data());
    if (pass.training && pass.scale > 0.0) {
      detail::add_contraction_gradient<T>(options.activation, dense.weight.view(), y,
                                          options.weight * pass.scale, slope, grad.dense.weight.view(),
                                          cache.rows, cache.squares);
    }
    detail::times_slope(options.activation, y.size(), y.data(), slope.data());
    dense.backward(x, {}, slope, dx, none, grad.dense, pass);
  }

  template <class F, class... L>
  static void visit(F&& f, L&... layer) {
    Dense<T, In, Out>::visit(f, layer.dense...);
  }

  struct Settings {
    Index units = 1;
    ContractiveDenseOptions options{};

    template <class Visitor, class Values>
    static void fields(Visitor& visit, Values& s) {
      visit.required("units", s.units, IntegerRange{1, Index{1} << 24}, "channels of the output");
      visit("weight", s.options.weight, RealRange{0.0, 1e6}, "of the penalty");
      visit("activation", s.options.activation, FirstNames{2}, "of the outputs");
    }
  };
  [[nodiscard]] Settings settings() const { return {dense.out(), options}; }
  [[nodiscard]] static ContractiveDense made(const Settings& s, Shape input) {
    return {input.channels, s.units, s.options};
  }
  [[nodiscard]] static double values_needed(const Settings& s, Shape input) {
    return static_cast<double>(s.units) * (static_cast<double>(input.channels) + 1.0);
  }
};

ContractiveDense(Index, Index)->ContractiveDense<float>;
ContractiveDense(Index, Index, ContractiveDenseOptions)->ContractiveDense<float>;

}  // namespace weir::inline WEIR_ABI
