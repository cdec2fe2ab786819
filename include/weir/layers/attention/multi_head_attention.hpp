// Multi-head self-attention (Vaswani et al. 2017) of each sample's time steps, L of them:
//
//   [Q; K; V] = W_in x + b_in                      x: c x L    W_in: 3c x c
//   A_h = softmax(K_h^T Q_h / sqrt(d))             d = c / heads, rows [h d, (h + 1) d) of Q, K and V
//   y = W_out [V_1 A_1; ...; V_heads A_heads] + b_out        y: c x L    W_out: c x c
//
// A column of A_h holds the weights with which one step (the query) looks at each step (the keys). Keys
// behind the sample's length have no weight; with `causal`, neither have those after the query. The softmax
// runs over the keys. (PyTorch's nn.MultiheadAttention with batch_first and x as query, key and value.)
//
// Backward, for each head, given dO = dL/d(V A):
//
//   dV = dO A^T        dA = V^T dO        dS = A (dA - colsum(A dA)) / sqrt(d)        dQ = K dS
//   dK = Q dS^T
//
// A is made again in backward rather than kept: its memory would grow with L^2 a sample and head.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/layer.hpp>
#include <weir/core/layer_options.hpp>
#include <weir/core/layer_traits.hpp>
#include <weir/layers/dense/initializers.hpp>
#include <weir/layers/time/padding.hpp>
#include <weir/simd/gemm.hpp>
#include <weir/simd/reduce.hpp>
#include <weir/simd/softmax_columns.hpp>
#include <weir/simd/transform.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <span>
#include <string>
#include <string_view>

namespace weir::inline WEIR_ABI {

struct AttentionOptions {
  Index heads = 1;
  bool causal = false;  ///< a step looks at itself and at earlier steps only
  bool bias = true;

  template <class Visitor, class Options>
  static void fields(Visitor& visit, Options& o) {
    visit.required("heads", o.heads, IntegerRange{1, 1 << 16},
                   "parts of the channels that look by themselves");
    visit("causal", o.causal, "a step looks at itself and at earlier steps only");
    visit("bias", o.bias, "adds biases");
  }
};

template <class T = float, Index Channels = dyn>
struct MultiHeadAttention {
  using Scalar = T;
  static constexpr std::string_view kind = "multi_head_attention";
  static constexpr std::array<std::string_view, 1> arguments{"heads"};
  static constexpr bool along_time = true;
  static constexpr Index in_channels = Channels;
  static constexpr Index out_channels = Channels;

  Tensor<T, Channels == dyn ? dyn : 3 * Channels, Channels> in_weight;
  Tensor<T, Channels == dyn ? dyn : 3 * Channels> in_bias;
  Tensor<T, Channels, Channels> out_weight;
  Tensor<T, Channels> out_bias;
  AttentionOptions options;

  [[nodiscard]] double scratch(Shape input, Index count) const {
    return detail::bytes_of<T>(4, channels(), input.length, count) +
           detail::bytes_of<T>(input.length, input.length);
  }
  struct Cache {
    AlignedBuffer<T> projected;  ///< Q, K and V: 3c x columns
    AlignedBuffer<T> mixed;      ///< the heads' results: c x columns
    AlignedBuffer<T> weights;    ///< A of one sample and head
    AlignedBuffer<T> d_projected, d_mixed, d_weights;

    void prepare(const MultiHeadAttention& layer, Shape input, Index count, bool training) {
      const auto size = static_cast<std::size_t>(layer.channels() * input.length * count);
      const auto square = static_cast<std::size_t>(input.length * input.length);
      projected = AlignedBuffer<T>(3 * size);
      mixed = AlignedBuffer<T>(size);
      weights = AlignedBuffer<T>(square);
      d_projected = AlignedBuffer<T>(training ? 3 * size : 0);
      d_mixed = AlignedBuffer<T>(training ? size : 0);
      d_weights = AlignedBuffer<T>(training ? square : 0);
    }
  };

  MultiHeadAttention() = default;
  explicit MultiHeadAttention(AttentionOptions chosen) requires(Channels != dyn) : options(chosen) {
    check();
  }
  explicit MultiHeadAttention(Index channels, AttentionOptions chosen = {})
      : in_weight(3 * channels, channels),
        in_bias(3 * channels),
        out_weight(channels, channels),
        out_bias(channels),
        options(chosen) {
    check();
  }

  [[nodiscard]] Index channels() const { return out_bias.size(); }
  [[nodiscard]] Index head_channels() const { return channels() / options.heads; }

  [[nodiscard]] std::string complaint(Shape input) const {
    return detail::channels_complaint(kind, channels(), input);
  }
  [[nodiscard]] Shape out_shape(Shape input) const {
    require_fit(*this, input);
    return input;
  }
  [[nodiscard]] static Index out_length(Index used) noexcept { return used; }
  [[nodiscard]] Index flops(Shape input) const {
    return input.length * channels() * (8 * channels() + 4 * input.length);
  }

  /// Each of the four c x c matrices by Glorot and Bengio's rule.
  void init(Rng& rng) {
    initialize(in_weight.view(), Initializer::glorot_uniform, channels(), channels(), rng);
    initialize(out_weight.view(), Initializer::glorot_uniform, channels(), channels(), rng);
    in_bias.fill(T(0));
    out_bias.fill(T(0));
  }

  void forward(BatchView<const T> x, BatchView<T> y, Cache& cache, const Pass&) const {
    project(x.columns(), x.data(), cache.projected.data());
    const Index c = channels(), d = head_channels();
    const BatchView<T> mixed(cache.mixed.data(), x.shape(), x.count(), x.lengths());
    for (Index i = 0; i < x.count(); ++i) {
      const Index used = x.length_of(i);
      for (Index h = 0; h < options.heads; ++h) {
        const Head<T> head = head_of(cache.projected.data(), i * x.length(), h);
        weigh(head, used, cache.weights.data());
        simd::gemm<T>(d, used, used, rows(head.value), simd::columns<T>(cache.weights.data(), used),
                      mixed.sample(i).data() + h * d, c, simd::Init::zero);
      }
    }
    detail::clear_behind_lengths(mixed);
    merge(x.columns(), cache.mixed.data(), y.data());
    detail::clear_behind_lengths(y);
  }

  void backward(BatchView<const T> x, BatchView<const T>, BatchView<const T> dy, BatchView<T> dx,
                Cache& cache, MultiHeadAttention& grad, const Pass&) const {
    const Index c = channels(), n = x.columns();
    const auto dy_columns = simd::columns(dy.data(), c);
    simd::gemm<T>(c, c, n, dy_columns, simd::columns<T>(cache.mixed.data(), c).transposed(),
                  grad.out_weight.data(), c, simd::Init::add);
    if (options.bias) simd::add_row_sums(c, n, dy.data(), grad.out_bias.data());
    simd::gemm<T>(c, n, c, simd::columns(out_weight.data(), c).transposed(), dy_columns, cache.d_mixed.data(),
                  c, simd::Init::zero);

    const BatchView<T> d_projected(cache.d_projected.data(), {3 * c, x.length()}, x.count(), x.lengths());
    for (Index i = 0; i < x.count(); ++i) {
      for (Index h = 0; h < options.heads; ++h) backward_head(i * x.length(), x.length_of(i), h, cache);
    }
    detail::clear_behind_lengths(d_projected);

    const auto slope = simd::columns<T>(d_projected.data(), 3 * c);
    simd::gemm<T>(3 * c, c, n, slope, simd::columns(x.data(), c).transposed(), grad.in_weight.data(), 3 * c,
                  simd::Init::add);
    if (options.bias) simd::add_row_sums(3 * c, n, d_projected.data(), grad.in_bias.data());
    if (dx.absent()) return;
    simd::gemm<T>(c, n, 3 * c, simd::columns(in_weight.data(), 3 * c).transposed(), slope, dx.data(), c,
                  simd::Init::zero);
  }

  // Streaming, of the causal form: a stream keeps the keys and values of its last `input.length` steps and
  // looks at these. State: the next place, how many are there, K (c x length), V (c x length).

  struct StepCache {
    AlignedBuffer<T> projected, mixed, weights;
    Index length = 0;

    void prepare(const MultiHeadAttention& layer, Shape input, Index streams) {
      const auto size = static_cast<std::size_t>(layer.channels() * streams);
      projected = AlignedBuffer<T>(3 * size);
      mixed = AlignedBuffer<T>(size);
      weights = AlignedBuffer<T>(static_cast<std::size_t>(input.length));
      length = input.length;
    }
  };
  [[nodiscard]] bool streams() const noexcept { return options.causal; }
  [[nodiscard]] Index state_size(Shape input) const { return 2 + 2 * channels() * input.length; }
  void start(T* state, Shape input) const { std::fill_n(state, state_size(input), T(0)); }
  void step(BatchView<const T> x, BatchView<T> y, std::span<T* const> states, std::span<unsigned char>,
            StepCache& cache) const {
    project(x.count(), x.data(), cache.projected.data());
    const Index c = channels();
    for (Index i = 0; i < x.count(); ++i) {
      T* state = states[static_cast<std::size_t>(i)];
      const T* projected = cache.projected.data() + 3 * c * i;
      const auto place = static_cast<Index>(state[0]);
      const Index used = std::min(static_cast<Index>(state[1]) + 1, cache.length);
      T* keys = state + 2;
      T* values = keys + c * cache.length;
      std::copy_n(projected + c, c, keys + c * place);
      std::copy_n(projected + 2 * c, c, values + c * place);
      state[0] = static_cast<T>((place + 1) % cache.length);
      state[1] = static_cast<T>(used);
      for (Index h = 0; h < options.heads; ++h) {
        const Index row = h * head_channels();
        look(used, projected + row, keys + row, values + row, cache.weights.data(),
             cache.mixed.data() + c * i + row);
      }
    }
    merge(x.count(), cache.mixed.data(), y.data());
  }

  template <class F, class... L>
  static void visit(F&& f, L&... layer) {
    const bool bias = (layer.options.bias && ...);
    f(Role::weight, "in_weight", layer.in_weight.view()...);
    if (bias) f(Role::bias, "in_bias", layer.in_bias.view()...);
    f(Role::weight, "out_weight", layer.out_weight.view()...);
    if (bias) f(Role::bias, "out_bias", layer.out_bias.view()...);
  }

  using Settings = AttentionOptions;
  [[nodiscard]] Settings settings() const { return options; }
  [[nodiscard]] static MultiHeadAttention made(const Settings& s, Shape input) {
    return MultiHeadAttention(input.channels, s);
  }
  static void adapt(ConfigReader& read, const Settings& s, Shape input) {
    if (input.channels % s.heads != 0) read.complain("heads", must_divide(input.channels));
  }
  [[nodiscard]] static double values_needed(const Settings& s, Shape input) {
    const auto c = static_cast<double>(input.channels);
    return 4.0 * c * c + (s.bias ? 4.0 * c : 0.0);
  }
  [[nodiscard]] static std::string must_divide(Index channels) {
    return "must divide the " + std::to_string(channels) + " channels";
  }

 private:
  /// One head's rows of Q, K and V, at a sample's first column; 3c elements from one column to the next.
  template <class U>
  struct Head {
    U* query;
    U* key;
    U* value;
  };

  void check() const {
    if (channels() % checked_fields(kind, options).heads != 0) {
      fail(ErrorKind::config, kind, "'heads' " + must_divide(channels()));
    }
  }
  template <class U>
  [[nodiscard]] Head<U> head_of(U* projected, Index column, Index h) const {
    U* query = projected + 3 * channels() * column + h * head_channels();
    return {query, query + channels(), query + 2 * channels()};
  }
  [[nodiscard]] simd::Strided<T> rows(const T* part) const { return simd::columns(part, 3 * channels()); }
  [[nodiscard]] T scale() const { return T(1) / std::sqrt(static_cast<T>(head_channels())); }
  [[nodiscard]] simd::Init init_of_sum() const noexcept {
    return options.bias ? simd::Init::bias : simd::Init::zero;
  }

  void project(Index n, const T* x, T* projected) const {
    const Index c = channels();
    simd::gemm<T>(3 * c, n, c, simd::columns(in_weight.data(), 3 * c), simd::columns(x, c), projected, 3 * c,
                  init_of_sum(), in_bias.data());
  }
  void merge(Index n, const T* mixed, T* y) const {
    const Index c = channels();
    simd::gemm<T>(c, n, c, simd::columns(out_weight.data(), c), simd::columns(mixed, c), y, c, init_of_sum(),
                  out_bias.data());
  }

  /// A of one head: a column of `used` weights a query.
  void weigh(const Head<T>& head, Index used, T* weights) const {
    simd::gemm<T>(used, used, head_channels(), rows(head.key).transposed(), rows(head.query), weights, used,
                  simd::Init::zero);
    for (Index query = 0; query < used; ++query) {
      T* column = weights + query * used;
      const Index keys = options.causal ? query + 1 : used;
      simd::scale(keys, scale(), column, column);
      simd::softmax(keys, column, column);
      std::fill(column + keys, column + used, T(0));
    }
  }

  /// One query at the last step over `used` keys and values, c elements from one to the next.
  void look(Index used, const T* query, const T* keys, const T* values, T* weights, T* mixed) const {
    const Index c = channels(), d = head_channels();
    for (Index k = 0; k < used; ++k) weights[k] = scale() * simd::dot(d, keys + c * k, query);
    simd::softmax(used, weights, weights);
    std::fill_n(mixed, d, T(0));
    for (Index k = 0; k < used; ++k) simd::add_scaled(d, weights[k], values + c * k, mixed);
  }

  void backward_head(Index column, Index used, Index h, Cache& cache) const {
    const Index c = channels(), d = head_channels();
    const Head<T> head = head_of(cache.projected.data(), column, h);
    const Head<T> slope = head_of(cache.d_projected.data(), column, h);
    const auto d_mixed = simd::columns<T>(cache.d_mixed.data() + c * column + h * d, c);
    T* weights = cache.weights.data();
    T* d_scores = cache.d_weights.data();
    const auto a = simd::columns<T>(weights, used);
    const auto ds = simd::columns<T>(d_scores, used);

    weigh(head, used, weights);
    simd::gemm<T>(d, used, used, d_mixed, a.transposed(), slope.value, 3 * c, simd::Init::zero);
    simd::gemm<T>(used, used, d, rows(head.value).transposed(), d_mixed, d_scores, used, simd::Init::zero);
    for (Index query = 0; query < used; ++query) {
      const T* weight = weights + query * used;
      T* d_score = d_scores + query * used;
      const simd::Simd<T> mean(simd::dot(used, weight, d_score));
      const simd::Simd<T> factor(scale());
      simd::transform(used, weight, d_score, d_score, [&](const simd::Simd<T>& w, const simd::Simd<T>& dw) {
        return factor * w * (dw - mean);
      });
    }
    simd::gemm<T>(d, used, used, rows(head.key), ds, slope.query, 3 * c, simd::Init::zero);
    simd::gemm<T>(d, used, used, rows(head.query), ds.transposed(), slope.key, 3 * c, simd::Init::zero);
  }
};

MultiHeadAttention(Index)->MultiHeadAttention<float>;
MultiHeadAttention(Index, AttentionOptions)->MultiHeadAttention<float>;

}  // namespace weir::inline WEIR_ABI
