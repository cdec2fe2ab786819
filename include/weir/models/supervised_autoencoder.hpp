// Supervised autoencoder (Le, Patterson, White 2018): layers that learn what the rest of the net needs of
// them and, in training, also to give their input back.
//
//   y = encoder(x)        L += weight sum over samples of mean over steps of l(decoder(y), x)
//
//   d encoder's output = dy + weight dl/d(encoder's output)
//
//   Sequential{SupervisedAutoencoder{Dense{41, 16}, Dense{16, 41}, {.weight = 0.5}}, Relu{}, Dense{16, 2}}
//
//   values    l = mean over channels of (decoder's output - x)^2
//   codes     l = lse(z) - z_k,   z: the decoder's output at a step, k: the code x, one integer a step
//
// The target is a constant: no gradient goes into x by that way. What is no code counts as 0. Outside of
// training the decoder does not run.
//
// The loss is divided as that of the net is, so in a net with one output a sample it is the mean over the
// batch's samples. Weights of samples do not weigh it.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/layer.hpp>
#include <weir/core/layer_contract.hpp>
#include <weir/core/layer_options.hpp>
#include <weir/core/layer_traits.hpp>
#include <weir/models/layer_spec.hpp>
#include <weir/simd/softmax_columns.hpp>
#include <weir/simd/transform.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

/// What the decoder gives back: numbers, or a logit for each code.
enum class ReconstructionOf : unsigned char { values, codes };
[[nodiscard]] constexpr std::array<std::string_view, 2> names_of(ReconstructionOf) noexcept {
  return {"values", "codes"};
}

struct SupervisedAutoencoderOptions {
  double weight = 0.5;  ///< of the reconstruction beside the net's own loss
  ReconstructionOf target = ReconstructionOf::values;

  template <class Visitor, class Options>
  static void fields(Visitor& visit, Options& o) {
    visit("weight", o.weight, RealRange{0.0, 1e6}, "of the reconstruction beside the net's own loss");
    visit("target", o.target, "what is reconstructed: values, or codes by their probabilities");
  }
};

template <class Encoder, class Decoder>
struct SupervisedAutoencoder {
  static_assert(LayerContract<Encoder>::kept && LayerContract<Decoder>::kept);

  using Scalar = typename Encoder::Scalar;
  static_assert(std::is_same_v<Scalar, typename Decoder::Scalar>);
  static constexpr std::string_view kind = "supervised_autoencoder";
  static constexpr std::array<std::string_view, 2> arguments{"weight", "target"};
  static constexpr bool along_time = true;
  static constexpr bool reads_output = true;

  Encoder encoder;
  Decoder decoder;
  SupervisedAutoencoderOptions options;

  SupervisedAutoencoder() = default;
  SupervisedAutoencoder(Encoder first, Decoder second, SupervisedAutoencoderOptions chosen = {})
      : encoder(std::move(first)), decoder(std::move(second)), options(chosen) {
    checked_fields(kind, options);
  }

  struct Cache {
    typename Encoder::Cache encoder;
    typename Decoder::Cache decoder;
    Shape guess_shape;
    AlignedBuffer<Scalar> guess, d_guess;  ///< of the decoder
    AlignedBuffer<Scalar> d_code;
    std::vector<Index> lengths;  ///< steps of each sample that the decoder gives back

    void prepare(const SupervisedAutoencoder& net, Shape input, Index count, bool training) {
      encoder.prepare(net.encoder, input, count, training);
      if (!training) return;
      const Shape code = net.encoder.out_shape(input);
      guess_shape = net.decoder.out_shape(code);
      decoder.prepare(net.decoder, code, count, training);
      guess = AlignedBuffer<Scalar>(static_cast<std::size_t>(guess_shape.size() * count));
      d_guess = AlignedBuffer<Scalar>(guess.size());
      d_code = AlignedBuffer<Scalar>(static_cast<std::size_t>(code.size() * count));
      lengths.resize(static_cast<std::size_t>(count));
    }
  };

  /// Why the encoder does not take the input or the decoder cannot give it back; empty if they do.
  [[nodiscard]] std::string complaint(Shape input) const {
    if (std::string text = weir::complaint(encoder, input); !text.empty()) return text;
    const Shape code = encoder.out_shape(input);
    if (std::string text = weir::complaint(decoder, code); !text.empty()) return text;
    return guess_complaint(decoder.out_shape(code), input);
  }
  // Outside of training the decoder does not run.
  [[nodiscard]] double work(Shape input) const { return weir::work(encoder, input); }
  [[nodiscard]] double scratch(Shape input, Index count) const {
    return weir::scratch(encoder, input, count);
  }
  [[nodiscard]] Shape out_shape(Shape input) const {
    const Shape code = encoder.out_shape(input);
    const std::string text = guess_complaint(decoder.out_shape(code), input);
    if (!text.empty()) fail(ErrorKind::shape, text);
    return code;
  }
  [[nodiscard]] Index out_length(Index used) const { return weir::out_length(encoder, used); }
  [[nodiscard]] Index flops(Shape input) const {
    if constexpr (requires { encoder.flops(input); }) {
      return encoder.flops(input);
    } else {
      return 0;
    }
  }
  [[nodiscard]] bool couples_samples() const {
    return weir::couples_samples(encoder) || weir::couples_samples(decoder);
  }

  void init(Rng& rng) {
    encoder.init(rng);
    decoder.init(rng);
  }

  void forward(BatchView<const Scalar> x, BatchView<Scalar> y, Cache& cache, const Pass& pass) const {
    encoder.forward(x, y, cache.encoder, part_pass(pass, 0));
    if (!reconstructs(pass)) return;
    for (Index i = 0; i < x.count(); ++i) {
      const Index back = weir::out_length(decoder, weir::out_length(encoder, x.length_of(i)));
      cache.lengths[static_cast<std::size_t>(i)] = std::min(back, x.length_of(i));
    }
    const BatchView<Scalar> guess = guess_view(cache.guess, y, cache);
    decoder.forward(y, guess, cache.decoder, part_pass(pass, 1));
    const double loss = compare(guess, x, pass.scale, guess_view(cache.d_guess, y, cache));
    if (pass.penalty != nullptr) *pass.penalty += loss;
  }

  void backward(BatchView<const Scalar> x, BatchView<const Scalar> y, BatchView<const Scalar> dy,
                BatchView<Scalar> dx, Cache& cache, SupervisedAutoencoder& grad, const Pass& pass) const {
    if (reconstructs(pass)) {
      const BatchView<Scalar> d_code(cache.d_code.data(), y.shape(), y.count(), y.lengths());
      decoder.backward(y, guess_view(cache.guess, y, cache), guess_view(cache.d_guess, y, cache), d_code,
                       cache.decoder, grad.decoder, part_pass(pass, 1));
      simd::add(dy.size(), dy.data(), d_code.data());
      dy = d_code;
    }
    encoder.backward(x, y, dy, dx, cache.encoder, grad.encoder, part_pass(pass, 0));
  }

  struct StepCache {
    weir::StepCache<Encoder> encoder;
    void prepare(const SupervisedAutoencoder& net, Shape input, Index streams) {
      encoder.prepare(net.encoder, input, streams);
    }
  };
  [[nodiscard]] bool streams() const { return weir::streams(encoder); }
  [[nodiscard]] Index state_size(Shape input) const { return weir::state_size(encoder, input); }
  void start(Scalar* state, Shape input) const { start_stream(encoder, state, input); }
  void step(BatchView<const Scalar> x, BatchView<Scalar> y, std::span<Scalar* const> states,
            std::span<unsigned char> ready, StepCache& cache, const Pass& pass = {}) const {
    weir::step(encoder, x, y, states, ready, cache.encoder, pass);
  }

  template <class F, class... S>
  static void visit(F&& f, S&... net) {
    Encoder::visit(for_part(f, 0), net.encoder...);
    Decoder::visit(for_part(f, 1), net.decoder...);
  }

  using Settings = SupervisedAutoencoderOptions;
  [[nodiscard]] Settings settings() const { return options; }
  [[nodiscard]] std::vector<std::vector<LayerSpec>> branches() const {
    return {describe(encoder), describe(decoder)};
  }
  /// What the next chain gets when the layer gets `input`: the encoder x, the decoder what it makes of x.
  [[nodiscard]] static Shape branch_input(Shape input, const std::vector<Encoder>& before) {
    return before.empty() ? input : before[0].out_shape(input);
  }
  [[nodiscard]] static Result<SupervisedAutoencoder> from_branches(
      const Config& config, std::vector<Encoder> chains,
      Shape input) requires(std::is_same_v<Encoder, Decoder>) {
    ConfigReader read(kind, config);
    SupervisedAutoencoderOptions chosen;
    read_fields(read, chosen);
    if (chains.size() != 2) {
      return Failure{ErrorKind::config, "supervised_autoencoder: an encoder and a decoder are expected"};
    }
    SupervisedAutoencoder layer(std::move(chains[0]), std::move(chains[1]), chosen);
    if (const std::string text = layer.complaint(input); !text.empty())
      return Failure{ErrorKind::config, text};
    return read.finish(std::move(layer));
  }

 private:
  [[nodiscard]] std::string guess_complaint(Shape guess, Shape input) const {
    if (learns_codes() && input.channels != 1)
      return "supervised_autoencoder: codes are one channel, but there are " + std::to_string(input.channels);
    if (guess.length == input.length && (learns_codes() || guess.channels == input.channels)) return {};
    return "supervised_autoencoder: the decoder must give " + input.str() + " back, but gives " + guess.str();
  }
  [[nodiscard]] bool learns_codes() const { return options.target == ReconstructionOf::codes; }
  [[nodiscard]] static bool reconstructs(const Pass& pass) { return pass.training && pass.scale > 0.0; }

  // The two losses are those of losses/, which a net that only runs must not reach.

  /// The loss summed over samples; fills its gradient.
  [[nodiscard]] double compare(BatchView<const Scalar> guess, BatchView<const Scalar> x, double scale,
                               BatchView<Scalar> gradient) const {
    const Index c = guess.channels();
    double total = 0.0;
    std::fill_n(gradient.data(), gradient.size(), Scalar(0));
    for (Index i = 0; i < x.count(); ++i) {
      const Index used = guess.length_of(i);
      const double share = options.weight / static_cast<double>(std::max<Index>(used, 1));
      const Scalar factor = static_cast<Scalar>(share * scale);
      for (Index t = 0; t < used; ++t) {
        const Scalar* z = guess.sample(i).data() + t * c;
        const Scalar* wanted = x.sample(i).data() + t * x.channels();
        Scalar* g = gradient.sample(i).data() + t * c;
        total += share * (learns_codes() ? code_loss(c, z, *wanted, g) : value_loss(c, z, wanted, g));
        simd::scale(c, factor, g, g);
      }
    }
    return total;
  }
  [[nodiscard]] static double code_loss(Index c, const Scalar* z, Scalar wanted, Scalar* g) {
    const Scalar nearest = std::nearbyint(wanted);
    const bool known = nearest >= Scalar(0) && nearest < static_cast<Scalar>(c);
    const Index code = known ? static_cast<Index>(nearest) : 0;
    const Scalar lse = simd::softmax(c, z, g);
    g[code] -= Scalar(1);
    return static_cast<double>(lse - z[code]);
  }
  [[nodiscard]] static double value_loss(Index c, const Scalar* y, const Scalar* wanted, Scalar* g) {
    double squares = 0.0;
    for (Index j = 0; j < c; ++j) {
      const Scalar error = y[j] - wanted[j];
      squares += static_cast<double>(error * error);
      g[j] = Scalar(2) / static_cast<Scalar>(c) * error;
    }
    return squares / static_cast<double>(c);
  }
  template <class Y>
  [[nodiscard]] static BatchView<Scalar> guess_view(AlignedBuffer<Scalar>& buffer, const Y& y,
                                                    const Cache& cache) {
    const auto lengths = std::span<const Index>(cache.lengths).first(static_cast<std::size_t>(y.count()));
    return {buffer.data(), cache.guess_shape, y.count(), lengths};
  }
  /// Codes are compared as logits.
  [[nodiscard]] Pass part_pass(const Pass& pass, Index part) const noexcept {
    Pass inner = pass.fork(part);
    inner.logits = part == 1 && learns_codes();
    return inner;
  }
};

}  // namespace weir::inline WEIR_ABI
