// Autoencoder of one hidden layer whose decoder is the encoder's weight turned over:
//
//   z = f(W x + b)        y = g(W^T z + c)        W: units x in    b: units    c: in
//
//   du = dy g'(u)                dz = W du                dh = dz f'(h)
//   dW = dh x^T + z du^T         db = row sums of dh      dc = row sums of du      dx = W^T dh
//
// `encode` and `decode` are its two halves. `contraction` > 0 adds the contractive penalty (contraction.hpp)
// to the loss in training; it needs f sigmoid or tanh. With sigmoids it is the autoencoder of Kitsune (Mirsky
// et al. 2018). With g sigmoid and inputs in [0, 1], train it by mean squared error: the decoder's activation
// is part of the layer, so that no loss takes it over.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/layer.hpp>
#include <weir/core/layer_options.hpp>
#include <weir/core/layer_traits.hpp>
#include <weir/layers/activations/code_activation.hpp>
#include <weir/layers/autoencoder/contraction.hpp>
#include <weir/layers/dense/initializers.hpp>
#include <weir/simd/gemm.hpp>
#include <weir/simd/reduce.hpp>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace weir::inline WEIR_ABI {

struct TiedAutoencoderOptions {
  CodeActivation encoder = CodeActivation::sigmoid;  ///< f
  CodeActivation decoder = CodeActivation::sigmoid;  ///< g
  double contraction = 0.0;                          ///< weight of the penalty

  template <class Visitor, class Options>
  static void fields(Visitor& visit, Options& o) {
    visit("encoder", o.encoder, "activation of the code");
    visit("decoder", o.decoder, "activation of the output");
    visit("contraction", o.contraction, RealRange{0.0, 1e6}, "weight of the contractive penalty");
    visit.refuse(o.contraction > 0.0 && !detail::can_contract(o.encoder), "contraction",
                 "needs a sigmoid or tanh encoder");
  }
};

template <class T = float, Index In = dyn, Index Units = dyn>
struct TiedAutoencoder {
  using Scalar = T;
  static constexpr std::string_view kind = "tied_autoencoder";
  static constexpr std::array<std::string_view, 1> arguments{"units"};
  static constexpr bool reads_output = true;
  static constexpr Index in_channels = In;
  static constexpr Index out_channels = In;

  Tensor<T, Units, In> weight;
  Tensor<T, Units> bias;
  Tensor<T, In> decoder_bias;
  TiedAutoencoderOptions options;

  [[nodiscard]] double scratch(Shape input, Index count) const {
    return detail::bytes_of<T>(units(), input.length, count) + detail::bytes_of<double>(2, units());
  }
  struct Cache {
    AlignedBuffer<T> code, d_code;  ///< units x columns
    AlignedBuffer<T> slope;         ///< du, in x columns
    std::vector<double> rows, squares;

    void prepare(const TiedAutoencoder& layer, Shape input, Index count, bool training) {
      const Index columns = input.length * count;
      code = AlignedBuffer<T>(static_cast<std::size_t>(layer.units() * columns));
      d_code = AlignedBuffer<T>(training ? code.size() : 0);
      slope = AlignedBuffer<T>(training ? static_cast<std::size_t>(layer.in() * columns) : 0);
      rows.assign(static_cast<std::size_t>(layer.units()), 0.0);
      squares.assign(static_cast<std::size_t>(layer.units()), 0.0);
    }
  };

  TiedAutoencoder() = default;
  TiedAutoencoder(Index in, Index units, TiedAutoencoderOptions chosen = {})
      : weight(checked_fields(kind, Settings{units, chosen}).units, in),
        bias(units),
        decoder_bias(in),
        options(chosen) {}

  [[nodiscard]] Index in() const { return decoder_bias.size(); }
  [[nodiscard]] Index units() const { return bias.size(); }

  [[nodiscard]] std::string complaint(Shape input) const {
    return detail::channels_complaint(kind, in(), input);
  }
  [[nodiscard]] Shape out_shape(Shape input) const {
    require_fit(*this, input);
    return input;
  }
  [[nodiscard]] Index flops(Shape input) const { return 4 * in() * units() * input.length; }

  void init(Rng& rng) {
    initialize(weight.view(), Initializer::glorot_uniform, in(), units(), rng);
    bias.fill(T(0));
    decoder_bias.fill(T(0));
  }

  /// z = f(W x + b): `columns` codes of `units` numbers.
  void encode(Index columns, const T* x, T* z) const {
    simd::gemm<T>(units(), columns, in(), simd::columns(weight.data(), units()), simd::columns(x, in()), z,
                  units(), simd::Init::bias, bias.data());
    detail::activate(options.encoder, units() * columns, z);
  }
  /// y = g(W^T z + c)
  void decode(Index columns, const T* z, T* y) const {
    simd::gemm<T>(in(), columns, units(), simd::columns(weight.data(), units()).transposed(),
                  simd::columns(z, units()), y, in(), simd::Init::bias, decoder_bias.data());
    detail::activate(options.decoder, in() * columns, y);
  }

  void forward(BatchView<const T> x, BatchView<T> y, Cache& cache, const Pass& pass) const {
    encode(x.columns(), x.data(), cache.code.data());
    decode(x.columns(), cache.code.data(), y.data());
    if (!pass.training || pass.penalty == nullptr || options.contraction == 0.0) return;
    *pass.penalty += options.contraction *
                     detail::contraction<T>(options.encoder, weight.view(), codes(x, cache.code), cache.rows);
  }

  void backward(BatchView<const T> x, BatchView<const T> y, BatchView<const T> dy, BatchView<T> dx,
                Cache& cache, TiedAutoencoder& grad, const Pass& pass) const {
    const Index n = x.columns();
    T* du = cache.slope.data();
    std::copy_n(dy.data(), dy.size(), du);
    detail::times_slope(options.decoder, y.size(), y.data(), du);
    simd::add_row_sums(in(), n, du, grad.decoder_bias.data());

    const auto w = simd::columns(weight.data(), units());
    const BatchView<T> dz = codes(x, cache.d_code);
    simd::gemm<T>(units(), n, in(), w, simd::columns<T>(du, in()), dz.data(), units(), simd::Init::zero);
    if (pass.training && options.contraction > 0.0 && pass.scale > 0.0) {
      detail::add_contraction_gradient<T>(options.encoder, weight.view(), codes(x, cache.code),
                                          options.contraction * pass.scale, dz, grad.weight.view(),
                                          cache.rows, cache.squares);
    }
    detail::times_slope(options.encoder, units() * n, cache.code.data(), dz.data());
    simd::add_row_sums(units(), n, dz.data(), grad.bias.data());
    const auto dh = simd::columns<T>(dz.data(), units());
    simd::gemm<T>(units(), in(), n, dh, simd::columns(x.data(), in()).transposed(), grad.weight.data(),
                  units(), simd::Init::add);
    simd::gemm<T>(units(), in(), n, simd::columns<T>(cache.code.data(), units()),
                  simd::columns<T>(du, in()).transposed(), grad.weight.data(), units(), simd::Init::add);
    if (dx.absent()) return;
    simd::gemm<T>(in(), n, units(), w.transposed(), dh, dx.data(), in(), simd::Init::zero);
  }

  template <class F, class... L>
  static void visit(F&& f, L&... layer) {
    f(Role::weight, "weight", layer.weight.view()...);
    f(Role::bias, "bias", layer.bias.view()...);
    f(Role::bias, "decoder_bias", layer.decoder_bias.view()...);
  }

  struct Settings {
    Index units = 1;
    TiedAutoencoderOptions options{};

    template <class Visitor, class Values>
    static void fields(Visitor& visit, Values& s) {
      visit.required("units", s.units, IntegerRange{1, Index{1} << 24}, "numbers of the code");
      TiedAutoencoderOptions::fields(visit, s.options);
    }
  };
  [[nodiscard]] Settings settings() const { return {units(), options}; }
  [[nodiscard]] static TiedAutoencoder made(const Settings& s, Shape input) {
    return {input.channels, s.units, s.options};
  }
  [[nodiscard]] static double values_needed(const Settings& s, Shape input) {
    const auto units = static_cast<double>(s.units), in = static_cast<double>(input.channels);
    return units * in + units + in;
  }

 private:
  [[nodiscard]] BatchView<T> codes(BatchView<const T> x, AlignedBuffer<T>& buffer) const {
    return {buffer.data(), {units(), x.length()}, x.count(), x.lengths()};
  }
};

TiedAutoencoder(Index, Index)->TiedAutoencoder<float>;
TiedAutoencoder(Index, Index, TiedAutoencoderOptions)->TiedAutoencoder<float>;

}  // namespace weir::inline WEIR_ABI
