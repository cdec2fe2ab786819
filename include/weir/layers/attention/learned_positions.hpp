// Learned positions (Gehring et al. 2017; Devlin et al. 2019): a vector for each time step, added to it.
//
//   y(:, t) = x(:, t) + P(:, t)        P: c x length
//   dx = dy                            dP(:, t) = sum over samples of dy(:, t)
//
// A stream that runs on behind the last known step goes on with that step's vector.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/layer.hpp>
#include <weir/core/layer_options.hpp>
#include <weir/core/layer_traits.hpp>
#include <weir/layers/time/padding.hpp>
#include <weir/simd/transform.hpp>

#include <algorithm>
#include <array>
#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace weir::inline WEIR_ABI {

template <class T = float, Index Channels = dyn, Index Length = dyn>
struct LearnedPositions {
  using Scalar = T;
  using Cache = NoCache;
  static constexpr std::string_view kind = "learned_positions";
  static constexpr std::array<std::string_view, 0> arguments{};
  static constexpr bool along_time = true;
  static constexpr bool in_place = true;
  static constexpr Index in_channels = Channels;
  static constexpr Index out_channels = Channels;

  Tensor<T, Channels, Length> positions;

  LearnedPositions() = default;
  /// For samples of at most `length` steps.
  LearnedPositions(Index channels, Index length)
      : positions(channels, checked_fields(kind, Settings{length}).length) {}

  [[nodiscard]] Index channels() const { return positions.extents()[0]; }
  [[nodiscard]] Index length() const { return positions.extents()[1]; }

  [[nodiscard]] std::string complaint(Shape input) const {
    if (input.channels == channels() && input.length <= length()) return {};
    return "learned_positions takes " + Shape{channels(), length()}.str() + " but gets " + input.str();
  }
  [[nodiscard]] Shape out_shape(Shape input) const {
    require_fit(*this, input);
    return input;
  }
  [[nodiscard]] static Index out_length(Index used) noexcept { return used; }
  [[nodiscard]] Index flops(Shape input) const { return input.size(); }

  /// N(0, 0.02^2), as in BERT (Devlin et al. 2019).
  void init(Rng& rng) {
    for (T& p : positions.span()) p = static_cast<T>(0.02 * rng.normal());
  }

  void forward(BatchView<const T> x, BatchView<T> y, Cache&, const Pass&) const {
    for (Index i = 0; i < x.count(); ++i) {
      simd::transform(x.length_of(i) * x.channels(), x.sample(i).data(), positions.data(), y.sample(i).data(),
                      std::plus<simd::Simd<T>>{});
    }
    detail::clear_behind_lengths(y);
  }
  void backward(BatchView<const T>, BatchView<const T>, BatchView<const T> dy, BatchView<T> dx, Cache&,
                LearnedPositions& grad, const Pass&) const {
    for (Index i = 0; i < dy.count(); ++i) {
      simd::add(dy.length_of(i) * dy.channels(), dy.sample(i).data(), grad.positions.data());
    }
    if (!dx.absent() && dx.data() != dy.data()) std::copy_n(dy.data(), dy.size(), dx.data());
  }

  struct StepCache {
    void prepare(const LearnedPositions&, Shape, Index) {}
  };
  [[nodiscard]] static Index state_size(Shape) noexcept { return 1; }
  static void start(T* state, Shape) noexcept { *state = T(0); }
  void step(BatchView<const T> x, BatchView<T> y, std::span<T* const> states, std::span<unsigned char>,
            StepCache&) const {
    for (Index i = 0; i < x.count(); ++i) {
      T& now = *states[static_cast<std::size_t>(i)];
      const auto t = static_cast<Index>(now);
      simd::transform(channels(), x.sample(i).data(), positions.data() + t * channels(), y.sample(i).data(),
                      std::plus<simd::Simd<T>>{});
      if (t + 1 < length()) now += T(1);
    }
  }

  template <class F, class... L>
  static void visit(F&& f, L&... layer) {
    f(Role::weight, "positions", layer.positions.view()...);
  }

  struct Settings {
    Index length = 0;

    template <class Visitor, class Values>
    static void fields(Visitor& visit, Values& s) {
      visit("length", s.length, IntegerRange{1, Index{1} << 24},
            "steps that have a position; those of the samples, where a file does not say");
    }
  };
  [[nodiscard]] Settings settings() const { return {length()}; }
  [[nodiscard]] static LearnedPositions made(const Settings& s, Shape input) {
    return {input.channels, s.length};
  }
  static void adapt(ConfigReader& read, Settings& s, Shape input) {
    if (!read.has("length")) s.length = input.length;
    if (s.length < input.length)
      read.complain("length", detail::must_be_integer(input.length, Index{1} << 24));
  }
  [[nodiscard]] static double values_needed(const Settings& s, Shape input) {
    return static_cast<double>(input.channels) * static_cast<double>(s.length);
  }
};

LearnedPositions(Index, Index)->LearnedPositions<float>;

}  // namespace weir::inline WEIR_ABI
