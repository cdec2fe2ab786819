// Sequence autoencoder (Sutskever, Vinyals, Le 2014; Srivastava et al. 2015): the encoder makes one code of a
// sample's steps, and the decoder gets that code at each step and gives the steps back.
//
//   z = encoder(x), one step        y = decoder(z, z, ..., z), as many steps as the sample has
//
//   Sequential{SequenceAutoencoder{Gru{3, 16}, Gru{16, 16, {.returns = Returns::sequence}}}, Dense{16, 3}}
//
// The decoder gets the sample's own length, so that samples of unequal length keep theirs, and the loss
// leaves padding out.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/layer.hpp>
#include <weir/core/layer_contract.hpp>
#include <weir/core/layer_traits.hpp>
#include <weir/layers/time/padding.hpp>
#include <weir/models/layer_spec.hpp>
#include <weir/simd/transform.hpp>

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

template <class Encoder, class Decoder>
struct SequenceAutoencoder {
  static_assert(LayerContract<Encoder>::kept && LayerContract<Decoder>::kept);

  using Scalar = typename Encoder::Scalar;
  static_assert(std::is_same_v<Scalar, typename Decoder::Scalar>);
  static constexpr std::string_view kind = "sequence_autoencoder";
  static constexpr std::array<std::string_view, 0> arguments{};
  static constexpr bool along_time = true;
  static constexpr bool reads_output = weir::reads_output<Decoder>;

  Encoder encoder;
  Decoder decoder;

  SequenceAutoencoder() = default;
  SequenceAutoencoder(Encoder first, Decoder second)
      : encoder(std::move(first)), decoder(std::move(second)) {}

  struct Cache {
    typename Encoder::Cache encoder;
    typename Decoder::Cache decoder;
    AlignedBuffer<Scalar> code, repeated, d_code, d_repeated;
    Index code_channels = 0;

    void prepare(const SequenceAutoencoder& net, Shape input, Index count, bool training) {
      code_channels = net.encoder.out_shape(input).channels;
      encoder.prepare(net.encoder, input, count, training);
      decoder.prepare(net.decoder, {code_channels, input.length}, count, training);
      const auto size = static_cast<std::size_t>(code_channels * count);
      code = AlignedBuffer<Scalar>(size);
      repeated = AlignedBuffer<Scalar>(size * static_cast<std::size_t>(input.length));
      d_code = AlignedBuffer<Scalar>(training ? code.size() : 0);
      d_repeated = AlignedBuffer<Scalar>(training ? repeated.size() : 0);
    }
  };

  /// Why encoder and decoder do not take the input or do not fit together; empty if they do.
  [[nodiscard]] std::string complaint(Shape input) const {
    if (std::string text = weir::complaint(encoder, input); !text.empty()) return text;
    const Shape code = encoder.out_shape(input);
    if (std::string text = code_complaint(code); !text.empty()) return text;
    const Shape repeated{code.channels, input.length};
    if (std::string text = weir::complaint(decoder, repeated); !text.empty()) return text;
    return steps_complaint(decoder.out_shape(repeated), input);
  }
  [[nodiscard]] double work(Shape input) const {
    const Shape repeated{encoder.out_shape(input).channels, input.length};
    return weir::work(encoder, input) + weir::work(decoder, repeated);
  }
  [[nodiscard]] double scratch(Shape input, Index count) const {
    const Shape repeated{encoder.out_shape(input).channels, input.length};
    return weir::scratch(encoder, input, count) + weir::scratch(decoder, repeated, count) +
           detail::bytes_of<Scalar>(repeated.channels, input.length + 1, count);
  }
  [[nodiscard]] Shape out_shape(Shape input) const {
    const Shape code = encoder.out_shape(input);
    if (const std::string text = code_complaint(code); !text.empty()) fail(ErrorKind::shape, text);
    const Shape out = decoder.out_shape({code.channels, input.length});
    if (const std::string text = steps_complaint(out, input); !text.empty()) fail(ErrorKind::shape, text);
    return out;
  }
  [[nodiscard]] static Index out_length(Index used) noexcept { return used; }
  [[nodiscard]] bool couples_samples() const {
    return weir::couples_samples(encoder) || weir::couples_samples(decoder);
  }

  void init(Rng& rng) {
    encoder.init(rng);
    decoder.init(rng);
  }

  void forward(BatchView<const Scalar> x, BatchView<Scalar> y, Cache& cache, const Pass& pass) const {
    const BatchView<Scalar> code = code_view(x, cache.code, cache);
    const BatchView<Scalar> repeated = repeated_view(x, cache.repeated, cache);
    encoder.forward(x, code, cache.encoder, inner_pass(pass, 0));
    for (Index i = 0; i < x.count(); ++i) {
      for (Index t = 0; t < x.length_of(i); ++t) {
        std::copy_n(code.sample(i).data(), code.channels(), repeated.sample(i).data() + t * code.channels());
      }
    }
    detail::clear_behind_lengths(repeated);
    decoder.forward(repeated, y, cache.decoder, inner_pass(pass, 1));
    detail::clear_behind_lengths(y);
  }

  void backward(BatchView<const Scalar> x, BatchView<const Scalar> y, BatchView<const Scalar> dy,
                BatchView<Scalar> dx, Cache& cache, SequenceAutoencoder& grad, const Pass& pass) const {
    const BatchView<Scalar> code = code_view(x, cache.code, cache);
    const BatchView<Scalar> d_code = code_view(x, cache.d_code, cache);
    const BatchView<Scalar> repeated = repeated_view(x, cache.repeated, cache);
    const BatchView<Scalar> d_repeated = repeated_view(x, cache.d_repeated, cache);
    decoder.backward(repeated, y, dy, d_repeated, cache.decoder, grad.decoder, inner_pass(pass, 1));
    std::fill_n(d_code.data(), d_code.size(), Scalar(0));
    for (Index i = 0; i < x.count(); ++i) {
      for (Index t = 0; t < x.length_of(i); ++t) {
        simd::add(code.channels(), d_repeated.sample(i).data() + t * code.channels(),
                  d_code.sample(i).data());
      }
    }
    encoder.backward(x, code, d_code, dx, cache.encoder, grad.encoder, inner_pass(pass, 0));
  }

  template <class F, class... S>
  static void visit(F&& f, S&... net) {
    Encoder::visit(for_part(f, 0), net.encoder...);
    Decoder::visit(for_part(f, 1), net.decoder...);
  }

  [[nodiscard]] std::vector<std::vector<LayerSpec>> branches() const {
    return {describe(encoder), describe(decoder)};
  }
  /// What the next chain gets when the layer gets `input`: the encoder x, the decoder the code at each step.
  [[nodiscard]] static Shape branch_input(Shape input, const std::vector<Encoder>& before) {
    if (before.empty()) return input;
    return {before[0].out_shape(input).channels, input.length};
  }
  [[nodiscard]] static Result<SequenceAutoencoder> from_branches(
      const Config& config, std::vector<Encoder> chains,
      Shape input) requires(std::is_same_v<Encoder, Decoder>) {
    if (chains.size() != 2) {
      return Failure{ErrorKind::config, "sequence_autoencoder: an encoder and a decoder are expected"};
    }
    SequenceAutoencoder layer(std::move(chains[0]), std::move(chains[1]));
    if (const std::string text = layer.complaint(input); !text.empty())
      return Failure{ErrorKind::config, text};
    return ConfigReader(kind, config).finish(std::move(layer));
  }

 private:
  [[nodiscard]] static std::string code_complaint(Shape code) {
    if (code.length == 1) return {};
    return "sequence_autoencoder: the encoder must give one step, but gives " + code.str();
  }
  [[nodiscard]] static std::string steps_complaint(Shape out, Shape input) {
    if (out.length == input.length) return {};
    return "sequence_autoencoder: the decoder must keep " + std::to_string(input.length) +
           " steps, but gives " + out.str();
  }
  [[nodiscard]] static BatchView<Scalar> code_view(BatchView<const Scalar> x, AlignedBuffer<Scalar>& buffer,
                                                   const Cache& cache) {
    return {buffer.data(), {cache.code_channels, 1}, x.count()};
  }
  [[nodiscard]] static BatchView<Scalar> repeated_view(BatchView<const Scalar> x,
                                                       AlignedBuffer<Scalar>& buffer, const Cache& cache) {
    return {buffer.data(), {cache.code_channels, x.length()}, x.count(), x.lengths()};
  }
  [[nodiscard]] static Pass inner_pass(const Pass& pass, Index part) noexcept {
    Pass inner = pass.fork(part);
    inner.logits = false;
    return inner;
  }
};

}  // namespace weir::inline WEIR_ABI
