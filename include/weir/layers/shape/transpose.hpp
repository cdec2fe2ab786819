// Channels and time steps change places (Keras's Permute((2, 1))):
//
//   y_t(c) = x_c(t)        channels x length  ->  length x channels
//
// Values that stand feature by feature become steps: `reshape:30:3,transpose` makes 30 steps of 3 channels of
// 30 sizes, 30 directions and 30 times. Padding behind a sample's length becomes zeros, and all steps of the
// output count.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/layer.hpp>
#include <weir/core/layer_options.hpp>
#include <weir/core/layer_traits.hpp>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace weir::inline WEIR_ABI {

template <class T = float>
struct Transpose {
  using Scalar = T;
  using Cache = NoCache;
  static constexpr std::string_view kind = "transpose";
  static constexpr std::array<std::string_view, 1> arguments{"channels"};
  static constexpr bool along_time = true;

  Index channels = 1;  ///< of the input

  Transpose() = default;
  explicit Transpose(Index of_input) : channels(of_input) { checked_fields(kind, *this); }

  [[nodiscard]] std::string complaint(Shape input) const {
    return detail::channels_complaint(kind, channels, input);
  }
  [[nodiscard]] Shape out_shape(Shape input) const {
    require_fit(*this, input);
    return {input.length, channels};
  }
  [[nodiscard]] Index out_length(Index) const noexcept { return channels; }
  static void init(Rng&) noexcept {}

  void forward(BatchView<const T> x, BatchView<T> y, Cache&, const Pass&) const {
    std::fill_n(y.data(), y.size(), T(0));
    each_value(x, [&](Index from, Index to) { y.data()[to] = x.data()[from]; });
  }
  void backward(BatchView<const T> x, BatchView<const T>, BatchView<const T> dy, BatchView<T> dx, Cache&,
                Transpose&, const Pass&) const {
    if (dx.absent()) return;
    std::fill_n(dx.data(), dx.size(), T(0));
    each_value(x, [&](Index from, Index to) { dx.data()[from] = dy.data()[to]; });
  }

  template <class F, class... L>
  static void visit(F&&, L&...) noexcept {}
  template <class Visitor, class Layer>
  static void fields(Visitor& visit, Layer& o) {
    visit("channels", o.channels, IntegerRange{1, Index{1} << 40},
          "of the input; those of the samples, where a file does not say");
  }
  static void adapt(ConfigReader& read, Transpose& layer, Shape input) {
    if (!read.has("channels")) layer.channels = input.channels;
    if (layer.channels != input.channels) {
      read.complain("channels", "must be those of the samples, " + std::to_string(input.channels));
    }
  }

 private:
  /// f(place in x, place in y) of each value that is no padding.
  template <class F>
  void each_value(BatchView<const T> x, F f) const {
    for (Index i = 0; i < x.count(); ++i) {
      const Index sample = i * x.shape().size();
      for (Index t = 0; t < x.length_of(i); ++t) {
        for (Index c = 0; c < channels; ++c) f(sample + t * channels + c, sample + c * x.length() + t);
      }
    }
  }
};

}  // namespace weir::inline WEIR_ABI
