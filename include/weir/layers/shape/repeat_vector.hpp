// Repeats a sample of one step, a code, `times` times along time:   y_t = x        dx = sum over t of dy_t
//
// It stands between the encoder and the decoder of a sequence autoencoder (Srivastava et al. 2015). All
// `times` steps count, or none if the sample is empty: lengths are lost in the code. SequenceAutoencoder
// keeps them.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/layer.hpp>
#include <weir/core/layer_options.hpp>
#include <weir/core/layer_traits.hpp>
#include <weir/simd/transform.hpp>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace weir::inline WEIR_ABI {

template <class T = float>
struct RepeatVector {
  using Scalar = T;
  using Cache = NoCache;
  static constexpr std::string_view kind = "repeat_vector";
  static constexpr std::array<std::string_view, 1> arguments{"times"};
  static constexpr bool along_time = true;

  Index times = 1;

  RepeatVector() = default;
  explicit RepeatVector(Index steps) : times(steps) { checked_fields(kind, *this); }

  [[nodiscard]] Index out_length(Index used) const noexcept { return used > 0 ? times : 0; }
  [[nodiscard]] static std::string complaint(Shape input) {
    if (input.length == 1) return {};
    return "repeat_vector takes samples of one time step but gets " + input.str();
  }
  [[nodiscard]] Shape out_shape(Shape input) const {
    require_fit(*this, input);
    return {input.channels, times};
  }
  static void init(Rng&) noexcept {}

  void forward(BatchView<const T> x, BatchView<T> y, Cache&, const Pass&) const {
    for (Index i = 0; i < x.count(); ++i) {
      T* to = y.sample(i).data();
      if (x.length_of(i) == 0) {
        std::fill_n(to, y.shape().size(), T(0));
        continue;
      }
      for (Index t = 0; t < times; ++t) std::copy_n(x.sample(i).data(), x.channels(), to + t * x.channels());
    }
  }
  void backward(BatchView<const T> x, BatchView<const T>, BatchView<const T> dy, BatchView<T> dx, Cache&,
                RepeatVector&, const Pass&) const {
    if (dx.absent()) return;
    std::fill_n(dx.data(), dx.size(), T(0));
    for (Index i = 0; i < x.count(); ++i) {
      if (x.length_of(i) == 0) continue;
      for (Index t = 0; t < times; ++t) {
        simd::add(x.channels(), dy.sample(i).data() + t * x.channels(), dx.sample(i).data());
      }
    }
  }

  template <class F, class... L>
  static void visit(F&&, L&...) noexcept {}
  template <class Visitor, class Layer>
  static void fields(Visitor& visit, Layer& o) {
    visit.required("times", o.times, IntegerRange{1, Index{1} << 20}, "steps of the output");
  }
  static void adapt(ConfigReader& read, const RepeatVector&, Shape input) {
    if (input.length != 1) read.complain("times", "goes with samples of one time step");
  }
};

}  // namespace weir::inline WEIR_ABI
