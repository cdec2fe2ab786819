// Transformer encoder block (Vaswani et al. 2017): two branches, each beside a way around it.
//
//   norm = before (Xiong et al. 2020)    h = x + D(A(N1(x)))      y = h + D(F(N2(h)))
//   norm = after  (the first paper)      h = N1(x + D(A(x)))      y = N2(h + D(F(h)))
//
//   A  MultiHeadAttention            N1, N2  LayerNorm            D  Dropout
//   F  on each time step: dense to `width`, gelu or relu, dense back to x's channels
//
// Dropout is where the first paper has it: on what A and F give. (PyTorch's nn.TransformerEncoderLayer also
// drops attention weights and units within F; without dropout both are the same.)
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/layer.hpp>
#include <weir/core/layer_options.hpp>
#include <weir/core/layer_traits.hpp>
#include <weir/layers/activations/gelu.hpp>
#include <weir/layers/activations/relu.hpp>
#include <weir/layers/attention/multi_head_attention.hpp>
#include <weir/layers/dense/dense.hpp>
#include <weir/layers/normalisation/layer_norm.hpp>
#include <weir/layers/regularisation/dropout.hpp>
#include <weir/layers/time/padding.hpp>
#include <weir/simd/transform.hpp>

#include <array>
#include <span>
#include <string>
#include <string_view>

namespace weir::inline WEIR_ABI {

enum class NormPlace : unsigned char { before, after };
enum class EncoderActivation : unsigned char { gelu, relu };
[[nodiscard]] constexpr std::array<std::string_view, 2> names_of(NormPlace) noexcept {
  return {"before", "after"};
}
[[nodiscard]] constexpr std::array<std::string_view, 2> names_of(EncoderActivation) noexcept {
  return {"gelu", "relu"};
}

struct TransformerEncoderOptions {
  Index heads = 1;
  bool causal = false;
  NormPlace norm = NormPlace::before;
  EncoderActivation activation = EncoderActivation::gelu;
  double dropout = 0.1;
  double epsilon = 1e-5;  ///< of both normalisations

  template <class Visitor, class Options>
  static void fields(Visitor& visit, Options& o) {
    visit.required("heads", o.heads, IntegerRange{1, 1 << 16}, "of the attention");
    visit("causal", o.causal, "a step looks at itself and at earlier steps only");
    visit("norm", o.norm, "normalises before each half, or behind its sum");
    visit("activation", o.activation, "between the two dense layers");
    visit("dropout", o.dropout, RealRange{0.0, 0.999999},
          "share of each half's result that is dropped in training");
    visit("epsilon", o.epsilon, RealRange{1e-12, 1.0}, "of both normalisations");
  }
};

template <class T = float, Index Channels = dyn, Index Width = dyn>
struct TransformerEncoder {
  using Scalar = T;
  using Norm = LayerNorm<T, Channels>;
  using Attention = MultiHeadAttention<T, Channels>;
  static constexpr std::string_view kind = "transformer_encoder";
  static constexpr std::array<std::string_view, 2> arguments{"heads", "width"};
  static constexpr bool along_time = true;
  static constexpr Index in_channels = Channels;
  static constexpr Index out_channels = Channels;

  Norm norm1;
  Attention attention;
  Norm norm2;
  Dense<T, Channels, Width> widen;
  Dense<T, Width, Channels> narrow;
  TransformerEncoderOptions options;

  /// What the parts of a forward pass give. `inner` is N's output where N stands before the branch, else N's
  /// input.
  struct Activations {
    typename Norm::Cache norm1, norm2;
    AlignedBuffer<T> inner1, middle, inner2;  ///< c x columns; middle: h
    AlignedBuffer<T> wide, active;            ///< width x columns, before and after the activation

    void prepare(const TransformerEncoder& layer, Shape input, Index count) {
      norm1.prepare(layer.norm1, input, count, false);
      norm2.prepare(layer.norm2, input, count, false);
      const auto columns = static_cast<std::size_t>(input.length * count);
      for (AlignedBuffer<T>* b : {&inner1, &middle, &inner2})
        *b = AlignedBuffer<T>(static_cast<std::size_t>(layer.channels()) * columns);
      for (AlignedBuffer<T>* b : {&wide, &active})
        *b = AlignedBuffer<T>(static_cast<std::size_t>(layer.width()) * columns);
    }
  };

  [[nodiscard]] double scratch(Shape input, Index count) const {
    return Norm::scratch(input, count) + Norm::scratch(input, count) + attention.scratch(input, count) +
           detail::bytes_of<T>(3 * channels() + 2 * width(), input.length, count);
  }
  struct Cache {
    Activations kept;
    typename Attention::Cache attention;
    AlignedBuffer<T> d_middle, d_sum, d_branch, d_wide;

    void prepare(const TransformerEncoder& layer, Shape input, Index count, bool training) {
      kept.prepare(layer, input, count);
      attention.prepare(layer.attention, input, count, training);
      for (AlignedBuffer<T>* b : {&d_middle, &d_sum, &d_branch})
        *b = AlignedBuffer<T>(training ? kept.middle.size() : 0);
      d_wide = AlignedBuffer<T>(training ? kept.wide.size() : 0);
    }
  };

  TransformerEncoder() = default;
  TransformerEncoder(Index channels, Index width, TransformerEncoderOptions chosen = {})
      : norm1(channels, {checked_fields(kind, Settings{width, chosen}).options.epsilon}),
        attention(channels, {.heads = chosen.heads, .causal = chosen.causal}),
        norm2(channels, {chosen.epsilon}),
        widen(channels, width),
        narrow(width, channels),
        options(chosen) {}

  [[nodiscard]] Index channels() const { return norm1.channels(); }
  [[nodiscard]] Index width() const { return widen.out(); }

  [[nodiscard]] std::string complaint(Shape input) const {
    return detail::channels_complaint(kind, channels(), input);
  }
  [[nodiscard]] Shape out_shape(Shape input) const {
    require_fit(*this, input);
    return input;
  }
  [[nodiscard]] static Index out_length(Index used) noexcept { return used; }
  [[nodiscard]] Index flops(Shape input) const {
    return 2 * norm1.flops(input) + attention.flops(input) + 2 * widen.flops(input);
  }

  void init(Rng& rng) {
    norm1.init(rng);
    attention.init(rng);
    norm2.init(rng);
    widen.init(rng);
    narrow.init(rng);
  }

  void forward(BatchView<const T> x, BatchView<T> y, Cache& cache, const Pass& pass) const {
    forward(x, y, cache.kept, pass, [&](BatchView<const T> from, BatchView<T> to) {
      attention.forward(from, to, cache.attention, pass);
    });
    detail::clear_behind_lengths(y);
  }

  void backward(BatchView<const T> x, BatchView<const T>, BatchView<const T> dy, BatchView<T> dx,
                Cache& cache, TransformerEncoder& grad, const Pass& pass) const {
    Activations& kept = cache.kept;
    const BatchView<const T> middle = like(x, kept.middle);
    const BatchView<T> d_middle = like(x, cache.d_middle);
    backward_half(norm2, kept.norm2, grad.norm2, middle, like(x, kept.inner2), dy, d_middle, cache,
                  pass.fork(1), [&](BatchView<const T> from, BatchView<const T> d_to, BatchView<T> d_from) {
                    backward_steps(from, d_to, d_from, cache, grad, pass);
                  });
    backward_half(norm1, kept.norm1, grad.norm1, x, like(x, kept.inner1), d_middle, dx, cache, pass.fork(0),
                  [&](BatchView<const T> from, BatchView<const T> d_to, BatchView<T> d_from) {
                    attention.backward(from, {}, d_to, d_from, cache.attention, grad.attention, pass);
                  });
  }

  struct StepCache {
    Activations kept;
    typename Attention::StepCache attention;

    void prepare(const TransformerEncoder& layer, Shape input, Index streams) {
      kept.prepare(layer, {input.channels, 1}, streams);
      attention.prepare(layer.attention, input, streams);
    }
  };
  [[nodiscard]] bool streams() const noexcept { return attention.streams(); }
  [[nodiscard]] Index state_size(Shape input) const { return attention.state_size(input); }
  void start(T* state, Shape input) const { attention.start(state, input); }
  void step(BatchView<const T> x, BatchView<T> y, std::span<T* const> states, std::span<unsigned char> ready,
            StepCache& cache) const {
    forward(x, y, cache.kept, {}, [&](BatchView<const T> from, BatchView<T> to) {
      attention.step(from, to, states, ready, cache.attention);
    });
  }

  template <class F, class... L>
  static void visit(F&& f, L&... layer) {
    Norm::visit(for_part(f, 0), layer.norm1...);
    Attention::visit(for_part(f, 1), layer.attention...);
    Norm::visit(for_part(f, 2), layer.norm2...);
    Dense<T, Channels, Width>::visit(for_part(f, 3), layer.widen...);
    Dense<T, Width, Channels>::visit(for_part(f, 4), layer.narrow...);
  }

  struct Settings {
    Index width = 1;
    TransformerEncoderOptions options{};

    template <class Visitor, class Values>
    static void fields(Visitor& visit, Values& s) {
      TransformerEncoderOptions::fields(visit, s.options);
      visit.required("width", s.width, IntegerRange{1, Index{1} << 24},
                     "channels between the two dense layers");
    }
  };
  [[nodiscard]] Settings settings() const { return {width(), options}; }
  [[nodiscard]] static TransformerEncoder made(const Settings& s, Shape input) {
    return {input.channels, s.width, s.options};
  }
  static void adapt(ConfigReader& read, const Settings& s, Shape input) {
    if (input.channels % s.options.heads != 0) read.complain("heads", Attention::must_divide(input.channels));
  }
  [[nodiscard]] static double values_needed(const Settings& s, Shape input) {
    const auto c = static_cast<double>(input.channels), w = static_cast<double>(s.width);
    return Attention::values_needed({}, input) + 2.0 * Norm::values_needed({}, input) + 2.0 * c * w + w + c;
  }

 private:
  /// A buffer as a batch like x, with x's channels or others.
  [[nodiscard]] static BatchView<T> like(BatchView<const T> x, AlignedBuffer<T>& buffer, Index channels) {
    return {buffer.data(), {channels, x.length()}, x.count(), x.lengths()};
  }
  [[nodiscard]] static BatchView<T> like(BatchView<const T> x, AlignedBuffer<T>& buffer) {
    return like(x, buffer, x.channels());
  }
  /// to += from
  static void add(BatchView<const T> from, BatchView<T> to) { simd::add(to.size(), from.data(), to.data()); }

  void drop(BatchView<const T> from, BatchView<T> to, const Pass& pass) const {
    NoCache none;
    Dropout<T>(options.dropout).forward(from, to, none, pass);
  }

  template <class AttentionPass>
  void forward(BatchView<const T> x, BatchView<T> y, Activations& kept, const Pass& pass,
               AttentionPass attend) const {
    const BatchView<T> middle = like(x, kept.middle);
    forward_half(norm1, kept.norm1, x, like(x, kept.inner1), middle, pass.fork(0), attend);
    forward_half(norm2, kept.norm2, middle, like(x, kept.inner2), y, pass.fork(1),
                 [&](BatchView<const T> from, BatchView<T> to) { forward_steps(from, to, kept, pass); });
  }

  /// out = in + D(branch(N(in))), or N(in + D(branch(in))).
  template <class Branch>
  void forward_half(const Norm& norm, typename Norm::Cache& norm_cache, BatchView<const T> in,
                    BatchView<T> inner, BatchView<T> out, const Pass& pass, Branch branch) const {
    const bool before = options.norm == NormPlace::before;
    const BatchView<T> sum = before ? out : inner;
    if (before) norm.forward(in, inner, norm_cache, pass);
    branch(before ? BatchView<const T>(inner) : in, sum);
    drop(sum, sum, pass);
    add(in, sum);
    if (!before) norm.forward(inner, out, norm_cache, pass);
  }

  template <class Branch>
  void backward_half(const Norm& norm, typename Norm::Cache& norm_cache, Norm& norm_grad,
                     BatchView<const T> in, BatchView<const T> inner, BatchView<const T> d_out,
                     BatchView<T> d_in, Cache& cache, const Pass& pass, Branch branch) const {
    const BatchView<T> d_sum = like(in, cache.d_sum);
    const BatchView<T> d_branch = like(in, cache.d_branch);
    if (options.norm == NormPlace::before) {
      drop(d_out, d_branch, pass);
      branch(inner, d_branch, d_sum);  // d_sum: the gradient of N's output
      norm.backward(in, {}, d_sum, d_in, norm_cache, norm_grad, pass);
      if (!d_in.absent()) add(d_out, d_in);
    } else {
      norm.backward(inner, {}, d_out, d_sum, norm_cache, norm_grad, pass);
      drop(d_sum, d_branch, pass);
      branch(in, d_branch, d_in);
      if (!d_in.absent()) add(d_sum, d_in);
    }
  }

  /// F
  void forward_steps(BatchView<const T> from, BatchView<T> to, Activations& kept, const Pass& pass) const {
    NoCache none;
    const BatchView<T> wide = like(from, kept.wide, width());
    const BatchView<T> active = like(from, kept.active, width());
    widen.forward(from, wide, none, pass);
    if (options.activation == EncoderActivation::gelu) {
      Gelu<T>{}.forward(wide, active, none, pass);
    } else {
      Relu<T>{}.forward(wide, active, none, pass);
    }
    narrow.forward(active, to, none, pass);
  }
  void backward_steps(BatchView<const T> from, BatchView<const T> d_to, BatchView<T> d_from, Cache& cache,
                      TransformerEncoder& grad, const Pass& pass) const {
    NoCache none;
    const BatchView<const T> wide = like(from, cache.kept.wide, width());
    const BatchView<const T> active = like(from, cache.kept.active, width());
    const BatchView<T> d_wide = like(from, cache.d_wide, width());
    narrow.backward(active, {}, d_to, d_wide, none, grad.narrow, pass);
    if (options.activation == EncoderActivation::gelu) {
      Gelu<T> gelu;
      gelu.backward(wide, {}, d_wide, d_wide, none, gelu, pass);
    } else {
      Relu<T> relu;
      relu.backward(wide, active, d_wide, d_wide, none, relu, pass);
    }
    widen.backward(from, {}, d_wide, d_from, none, grad.widen, pass);
  }
};

TransformerEncoder(Index, Index)->TransformerEncoder<float>;
TransformerEncoder(Index, Index, TransformerEncoderOptions)->TransformerEncoder<float>;

}  // namespace weir::inline WEIR_ABI
