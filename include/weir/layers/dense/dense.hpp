// Dense (fully connected) layer:   y = W x + b
//
//   x: in x columns    W: out x in    b: out    y: out x columns
//   dx = W^T dy        dW = dy x^T              db = row sums of dy
//
// Applied to each time step by itself. Extents known at compile time put the weights inside the object:
// `Dense<float, 100, 64>{}`; `Dense{100, 64}` takes them at run time.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/layer.hpp>
#include <weir/core/layer_options.hpp>
#include <weir/core/layer_traits.hpp>
#include <weir/layers/dense/initializers.hpp>
#include <weir/simd/gemm.hpp>
#include <weir/simd/packed.hpp>
#include <weir/simd/reduce.hpp>

#include <array>
#include <string>
#include <string_view>

namespace weir::inline WEIR_ABI {

struct DenseOptions {
  bool bias = true;
  Initializer initializer = Initializer::glorot_uniform;

  template <class Visitor, class Options>
  static void fields(Visitor& visit, Options& o) {
    visit("bias", o.bias, "adds a bias");
    visit("initializer", o.initializer, "how the weights start");
  }
};

template <class T = float, Index In = dyn, Index Out = dyn>
struct Dense {
  using Scalar = T;
  using Cache = NoCache;
  static constexpr std::string_view kind = "dense";
  static constexpr std::array<std::string_view, 1> arguments{"units"};
  static constexpr Index in_channels = In;
  static constexpr Index out_channels = Out;

  Tensor<T, Out, In> weight;
  Tensor<T, Out> bias;
  DenseOptions options;

  Dense() = default;
  explicit Dense(DenseOptions chosen) requires(In != dyn && Out != dyn) : options(chosen) {}
  Dense(Index in, Index out, DenseOptions chosen = {})
      : weight(checked_fields(kind, Settings{out, chosen}).units, in), bias(out), options(chosen) {}

  [[nodiscard]] Index in() const { return weight.extents()[1]; }
  [[nodiscard]] Index out() const { return weight.extents()[0]; }

  [[nodiscard]] std::string complaint(Shape input) const {
    return detail::channels_complaint(kind, in(), input);
  }
  [[nodiscard]] Shape out_shape(Shape input) const {
    require_fit(*this, input);
    return {out(), input.length};
  }
  [[nodiscard]] Index flops(Shape input) const { return 2 * in() * out() * input.length; }

  void init(Rng& rng) {
    initialize(weight.view(), options.initializer, in(), out(), rng);
    bias.fill(T(0));
  }

  void forward(BatchView<const T> x, BatchView<T> y, Cache&, const Pass& pass) const {
    using Rows = simd::PackedRows<T>;
    const simd::Strided<T> w = simd::columns(weight.data(), out()), from = simd::columns(x.data(), in());
    const simd::Init init = options.bias ? simd::Init::bias : simd::Init::zero;
    const auto pack = [&](Rows& rows) {
      rows = Rows(out(), in());
      rows.pack(w);
    };
    if (out() < simd::width<T>) {  // dot products: rows stay where they are
      simd::gemm<T>(out(), x.columns(), in(), w, from, y.data(), out(), init, bias.data());
    } else if (const Rows* packed = find_packed<Rows>(pass, weight.data(), pack)) {
      packed->product(x.columns(), from, y.data(), out(), init, bias.data());
    } else {
      simd::gemm<T>(out(), x.columns(), in(), w, from, y.data(), out(), init, bias.data());
    }
  }

  void backward(BatchView<const T> x, BatchView<const T>, BatchView<const T> dy, BatchView<T> dx, Cache&,
                Dense& grad, const Pass&) const {
    const Index n = x.columns();
    simd::gemm<T>(out(), in(), n, simd::columns(dy.data(), out()), simd::columns(x.data(), in()).transposed(),
                  grad.weight.data(), out(), simd::Init::add);
    if (options.bias) simd::add_row_sums(out(), n, dy.data(), grad.bias.data());
    if (dx.absent()) return;
    simd::gemm<T>(in(), n, out(), simd::columns(weight.data(), out()).transposed(),
                  simd::columns(dy.data(), out()), dx.data(), in(), simd::Init::zero);
  }

  template <class F, class... L>
  static void visit(F&& f, L&... layer) {
    f(Role::weight, "weight", layer.weight.view()...);
    if ((layer.options.bias && ...)) f(Role::bias, "bias", layer.bias.view()...);
  }

  struct Settings {
    Index units = 1;
    DenseOptions options{};

    template <class Visitor, class Values>
    static void fields(Visitor& visit, Values& s) {
      visit.required("units", s.units, IntegerRange{1, 1 << 24}, "channels of the output");
      DenseOptions::fields(visit, s.options);
    }
  };
  [[nodiscard]] Settings settings() const { return {out(), options}; }
  [[nodiscard]] static Dense made(const Settings& s, Shape input) {
    return {input.channels, s.units, s.options};
  }
  [[nodiscard]] static double values_needed(const Settings& s, Shape input) {
    return static_cast<double>(s.units) * static_cast<double>(input.channels + (s.options.bias ? 1 : 0));
  }
};

Dense(Index, Index, DenseOptions)->Dense<float>;
Dense(Index, Index)->Dense<float>;

}  // namespace weir::inline WEIR_ABI
