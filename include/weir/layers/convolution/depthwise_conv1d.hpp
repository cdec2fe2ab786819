// Convolution along time of each channel by itself:
//
//   y(c, t) = b_c + sum over k of w(c, k) x(c, t stride - left + k dilation)
//
// x: channels x L, w: channels x 1 x kernel, y: channels x T. This is Conv1D with as many groups as channels,
// which does the work; its head says the rest.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/layer.hpp>
#include <weir/core/layer_options.hpp>
#include <weir/core/layer_traits.hpp>
#include <weir/layers/convolution/conv1d.hpp>

#include <array>
#include <span>
#include <string_view>

namespace weir::inline WEIR_ABI {

struct DepthwiseConv1DOptions {
  Index stride = 1;
  Index dilation = 1;
  Padding padding = Padding::valid;
  Index pad_left = 0;   ///< with Padding::sides
  Index pad_right = 0;  ///< with Padding::sides
  bool bias = true;
  Initializer initializer = Initializer::glorot_uniform;

  template <class Visitor, class Options>
  static void fields(Visitor& visit, Options& o) {
    detail::convolution_fields(visit, o);
  }
};

namespace detail {
/// A Conv1D of one channel a group. Without channels it has no weights.
template <class T>
[[nodiscard]] Conv1D<T> depthwise(Index channels, Index kernel, const DepthwiseConv1DOptions& o) {
  return Conv1D<T>(channels, channels, kernel,
                   {.stride = o.stride,
                    .dilation = o.dilation,
                    .groups = channels,
                    .padding = o.padding,
                    .pad_left = o.pad_left,
                    .pad_right = o.pad_right,
                    .bias = o.bias,
                    .initializer = o.initializer});
}
[[nodiscard]] inline DepthwiseConv1DOptions depthwise_options(const Conv1DOptions& o) noexcept {
  return {.stride = o.stride,
          .dilation = o.dilation,
          .padding = o.padding,
          .pad_left = o.pad_left,
          .pad_right = o.pad_right,
          .bias = o.bias,
          .initializer = o.initializer};
}
}  // namespace detail

template <class T = float>
struct DepthwiseConv1D {
  using Scalar = T;
  static constexpr std::string_view kind = "depthwise_conv1d";
  static constexpr std::array<std::string_view, 2> arguments{"kernel", "padding"};
  static constexpr bool along_time = true;

  Conv1D<T> convolution;

  DepthwiseConv1D() = default;
  DepthwiseConv1D(Index channels, Index kernel, DepthwiseConv1DOptions chosen = {})
      : convolution(detail::depthwise<T>(channels, kernel, chosen)) {}

  [[nodiscard]] Index out_length(Index used) const { return convolution.out_length(used); }
  [[nodiscard]] std::string complaint(Shape input) const { return convolution.complaint(input); }
  [[nodiscard]] Shape out_shape(Shape input) const { return convolution.out_shape(input); }
  [[nodiscard]] Index flops(Shape input) const { return convolution.flops(input); }
  void init(Rng& rng) { convolution.init(rng); }

  [[nodiscard]] double scratch(Shape input, Index count) const { return convolution.scratch(input, count); }
  struct Cache : Conv1D<T>::Cache {
    void prepare(const DepthwiseConv1D& layer, Shape input, Index count, bool training) {
      Conv1D<T>::Cache::prepare(layer.convolution, input, count, training);
    }
  };
  struct StepCache : Conv1D<T>::StepCache {
    void prepare(const DepthwiseConv1D& layer, Shape input, Index streams) {
      Conv1D<T>::StepCache::prepare(layer.convolution, input, streams);
    }
  };

  void forward(BatchView<const T> x, BatchView<T> y, Cache& cache, const Pass& pass) const {
    convolution.forward(x, y, cache, pass);
  }
  void backward(BatchView<const T> x, BatchView<const T> y, BatchView<const T> dy, BatchView<T> dx,
                Cache& cache, DepthwiseConv1D& grad, const Pass& pass) const {
    convolution.backward(x, y, dy, dx, cache, grad.convolution, pass);
  }

  [[nodiscard]] bool streams() const { return convolution.streams(); }
  [[nodiscard]] Index state_size(Shape input) const { return convolution.state_size(input); }
  void start(T* state, Shape input) const { convolution.start(state, input); }
  void step(BatchView<const T> x, BatchView<T> y, std::span<T* const> states, std::span<unsigned char> ready,
            StepCache& cache) const {
    convolution.step(x, y, states, ready, cache);
  }

  template <class F, class... L>
  static void visit(F&& f, L&... layer) {
    Conv1D<T>::visit(f, layer.convolution...);
  }

  struct Settings {
    Index kernel = 1;
    DepthwiseConv1DOptions options{};

    template <class Visitor, class Values>
    static void fields(Visitor& visit, Values& s) {
      visit.required("kernel", s.kernel, detail::kernel_range, "taps");
      DepthwiseConv1DOptions::fields(visit, s.options);
    }
  };
  [[nodiscard]] Settings settings() const {
    return {convolution.kernel(), detail::depthwise_options(convolution.options)};
  }
  [[nodiscard]] static DepthwiseConv1D made(const Settings& s, Shape input) {
    return {input.channels, s.kernel, s.options};
  }
  static void adapt(ConfigReader& read, const Settings& s, Shape input) {
    const Window window = detail::window_of(s.kernel, s.options);
    detail::check_window(read, "kernel", window, input.length);
    detail::check_output(read, "kernel", input.channels, window.out_length(input.length));
  }
  [[nodiscard]] static double values_needed(const Settings& s, Shape input) {
    return static_cast<double>(input.channels) *
           (static_cast<double>(s.kernel) + (s.options.bias ? 1.0 : 0.0));
  }
};

DepthwiseConv1D(Index, Index, DepthwiseConv1DOptions)->DepthwiseConv1D<float>;
DepthwiseConv1D(Index, Index)->DepthwiseConv1D<float>;

}  // namespace weir::inline WEIR_ABI
