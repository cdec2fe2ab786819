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
#include <weir/core/layer.hpp>
#include <weir/core/layer_options.hpp>
#include <weir/simd/transform.hpp>

#include <algorithm>
#include <array>
#include <cmath>
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

  Tensor<T, Dimension, Vocabulary> weight;
  EmbeddingOptions options;

  Embedding() = default;
  explicit Embedding(EmbeddingOptions chosen) requires(Vocabulary != dyn && Dimension != dyn)
      : options(chosen) {
    checked_fields(kind, settings());
  }
  Embedding(Index vocabulary, Index dimension, EmbeddingOptions chosen = {})
      : weight(checked_fields(kind, Settings{vocabulary, dimension, chosen}).dimension, vocabulary),
        options(chosen) {}

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

  struct Settings {
    Index vocabulary = 1, dimension = 1;
    EmbeddingOptions options{};

    template <class Visitor, class Values>
    static void fields(Visitor& visit, Values& s) {
      visit.required("vocabulary", s.vocabulary, IntegerRange{1, Index{1} << 24}, "codes, from 0");
      visit.required("dimension", s.dimension, IntegerRange{1, Index{1} << 16}, "numbers for each code");
      visit("unknown", s.options.unknown, IntegerRange{0, s.vocabulary - 1}, "stands for what is no code");
      visit("padding", s.options.padding, IntegerRange{-1, s.vocabulary - 1},
            "code whose numbers are zero; -1: none");
    }
  };
  [[nodiscard]] Settings settings() const { return {vocabulary(), dimension(), options}; }
  [[nodiscard]] static Embedding made(const Settings& s, Shape) {
    return {s.vocabulary, s.dimension, s.options};
  }
  [[nodiscard]] static double values_needed(const Settings& s, Shape) {
    return static_cast<double>(s.vocabulary) * static_cast<double>(s.dimension);
  }

 private:
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
