// Embedding: a learned vector for each integer code.
//
//   y = W_k        x: c x columns, k = the code x rounded to the nearest integer
//                  W: dimension x vocabulary        y: c dimension x columns, one vector below the other
//
// Codes arrive as floats, one or several (c) a time step; all share the table, so codes of different meaning
// need offsets of their own. Float holds integers up to 2^24 exactly. What is no code (negative, too large,
// NaN) becomes the code `unknown`. The vector of the code `padding`, if one is given, is zero and stays so.
// Codes are no place for a gradient: dx = 0.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/bounds.hpp>
#include <weir/core/layer.hpp>
#include <weir/simd/transform.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <string_view>

namespace weir::inline WEIR_ABI {

struct EmbeddingOptions {
  Index unknown = 0;   ///< stands for codes outside of the vocabulary
  Index padding = -1;  ///< whose vector is zero; -1: none
};

template <class T = float, Index Vocabulary = dyn, Index Dimension = dyn>
struct Embedding {
  using Scalar = T;
  using Cache = NoCache;
  static constexpr std::string_view kind = "embedding";
  static constexpr std::array<std::string_view, 2> arguments{"vocabulary", "dimension"};
  static constexpr IntegerBounds vocabulary_bounds{"vocabulary", 1, Index{1} << 24};
  static constexpr IntegerBounds dimension_bounds{"dimension", 1, Index{1} << 16};

  Tensor<T, Dimension, Vocabulary> weight;
  EmbeddingOptions options;

  Embedding() = default;
  explicit Embedding(EmbeddingOptions chosen) requires(Vocabulary != dyn && Dimension != dyn)
      : options(chosen) {
    check();
  }
  Embedding(Index vocabulary, Index dimension, EmbeddingOptions chosen = {})
      : weight(dimension_bounds.checked(kind, dimension), vocabulary_bounds.checked(kind, vocabulary)),
        options(chosen) {
    check();
  }

  [[nodiscard]] Index vocabulary() const { return weight.extents()[1]; }
  [[nodiscard]] Index dimension() const { return weight.extents()[0]; }

  [[nodiscard]] Shape out_shape(Shape input) const { return {input.channels * dimension(), input.length}; }

  /// Standard normal, as in PyTorch.
  void init(Rng& rng) {
    for (T& w : weight.span()) w = static_cast<T>(rng.normal());
    if (options.padding >= 0) std::fill_n(vector_of(weight, options.padding), dimension(), T(0));
  }

  void forward(BatchView<const T> x, BatchView<T> y, Cache&, const Pass&) const {
    for (Index i = 0; i < x.size(); ++i) {
      T* to = y.data() + i * dimension();
      const Index code = code_of(x.data()[i]);
      if (code == options.padding) {
        std::fill_n(to, dimension(), T(0));
      } else {
        std::copy_n(vector_of(weight, code), dimension(), to);
      }
    }
  }

  void backward(BatchView<const T> x, BatchView<const T>, BatchView<const T> dy, BatchView<T> dx, Cache&,
                Embedding& grad, const Pass&) const {
    for (Index i = 0; i < x.size(); ++i) {
      const Index code = code_of(x.data()[i]);
      if (code == options.padding) continue;
      simd::add(dimension(), dy.data() + i * dimension(), vector_of(grad.weight, code));
    }
    if (!dx.absent()) std::fill_n(dx.data(), dx.size(), T(0));
  }

  template <class F, class... L>
  static void visit(F&& f, L&... layer) {
    f(Role::weight, "weight", layer.weight.view()...);
  }

  [[nodiscard]] Config config() const {
    return {{"vocabulary", static_cast<std::int64_t>(vocabulary())},
            {"dimension", static_cast<std::int64_t>(dimension())},
            {"unknown", static_cast<std::int64_t>(options.unknown)},
            {"padding", static_cast<std::int64_t>(options.padding)}};
  }
  [[nodiscard]] static Result<Embedding> from_config(const Config& config, Shape) {
    ConfigReader read(kind, config);
    const Index vocabulary = vocabulary_bounds.require(read);
    const Index dimension = dimension_bounds.require(read);
    EmbeddingOptions chosen;
    chosen.unknown = read.integer("unknown", chosen.unknown, 0, vocabulary - 1);
    chosen.padding = read.integer("padding", chosen.padding, -1, vocabulary - 1);
    if (!read.ok()) return read.failure();
    return read.finish(Embedding(vocabulary, dimension, chosen));
  }
  [[nodiscard]] static double values_needed(const Config& config, Shape) {
    ConfigReader read(kind, config);
    return static_cast<double>(read.integer("vocabulary", 0, 0, vocabulary_bounds.high)) *
           static_cast<double>(read.integer("dimension", 0, 0, dimension_bounds.high));
  }

 private:
  void check() const {
    const auto no_code = [&](Index code, Index lowest) { return code < lowest || code >= vocabulary(); };
    if (no_code(options.unknown, 0)) fail(ErrorKind::config, "embedding: 'unknown' is no code");
    if (no_code(options.padding, -1)) fail(ErrorKind::config, "embedding: 'padding' is no code");
  }
  [[nodiscard]] Index code_of(T x) const noexcept {
    const T nearest = std::nearbyint(x);
    const bool known = nearest >= T(0) && nearest < static_cast<T>(vocabulary());  // false for NaN
    return known ? static_cast<Index>(nearest) : options.unknown;
  }
  template <class W>
  [[nodiscard]] auto vector_of(W& table, Index code) const noexcept {
    return table.data() + code * dimension();
  }
};

Embedding(Index, Index)->Embedding<float>;
Embedding(Index, Index, EmbeddingOptions)->Embedding<float>;

}  // namespace weir::inline WEIR_ABI
