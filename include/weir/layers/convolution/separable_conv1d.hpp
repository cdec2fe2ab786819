// Separable convolution along time (Sifre 2014; Chollet 2017): each channel by itself, then across channels.
//
//   z(c, t) = sum over k of d(c, k) x(c, t stride - left + k dilation)        y(:, t) = b + P z(:, t)
//
// x: channels x L, d: channels x 1 x kernel, P: filters x channels x 1, y: filters x T. Two Conv1D do the
// work.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/layer.hpp>
#include <weir/core/layer_options.hpp>
#include <weir/core/layer_traits.hpp>
#include <weir/layers/convolution/conv1d.hpp>
#include <weir/layers/convolution/depthwise_conv1d.hpp>

#include <array>
#include <span>
#include <string_view>

namespace weir::inline WEIR_ABI {

using SeparableConv1DOptions = DepthwiseConv1DOptions;

template <class T = float>
struct SeparableConv1D {
  using Scalar = T;
  static constexpr std::string_view kind = "separable_conv1d";
  static constexpr std::array<std::string_view, 3> arguments{"filters", "kernel", "padding"};
  static constexpr bool along_time = true;

  Conv1D<T> depthwise;
  Conv1D<T> pointwise;

  SeparableConv1D() = default;
  SeparableConv1D(Index channels, Index filters, Index kernel, SeparableConv1DOptions chosen = {})
      : depthwise(detail::depthwise<T>(channels, kernel, without_bias(chosen))),
        pointwise(channels, filters, 1, {.bias = chosen.bias, .initializer = chosen.initializer}) {}

  [[nodiscard]] Index out_length(Index used) const { return depthwise.out_length(used); }
  [[nodiscard]] std::string complaint(Shape input) const {
    std::string text = depthwise.complaint(input);
    return text.empty() ? pointwise.complaint(depthwise.out_shape(input)) : text;
  }
  [[nodiscard]] Shape out_shape(Shape input) const { return pointwise.out_shape(depthwise.out_shape(input)); }
  [[nodiscard]] Index flops(Shape input) const {
    return depthwise.flops(input) + pointwise.flops(depthwise.out_shape(input));
  }
  void init(Rng& rng) {
    depthwise.init(rng);
    pointwise.init(rng);
  }

  [[nodiscard]] double scratch(Shape input, Index count) const {
    const Shape between = depthwise.out_shape(input);
    return depthwise.scratch(input, count) + pointwise.scratch(between, count) +
           detail::bytes_of<T>(detail::size_of(between), count);
  }
  struct Cache {
    typename Conv1D<T>::Cache depthwise, pointwise;
    AlignedBuffer<T> z, dz;

    void prepare(const SeparableConv1D& layer, Shape input, Index count, bool training) {
      const Shape between = layer.depthwise.out_shape(input);
      depthwise.prepare(layer.depthwise, input, count, training);
      pointwise.prepare(layer.pointwise, between, count, training);
      z = AlignedBuffer<T>(static_cast<std::size_t>(between.size() * count));
      dz = AlignedBuffer<T>(training ? static_cast<std::size_t>(between.size() * count) : 0);
    }
  };

  void forward(BatchView<const T> x, BatchView<T> y, Cache& cache, const Pass& pass) const {
    const BatchView<T> z = between(x, y, cache.z);
    depthwise.forward(x, z, cache.depthwise, pass);
    pointwise.forward(z, y, cache.pointwise, pass);
  }
  void backward(BatchView<const T> x, BatchView<const T> y, BatchView<const T> dy, BatchView<T> dx,
                Cache& cache, SeparableConv1D& grad, const Pass& pass) const {
    const BatchView<const T> z = between(x, dy, cache.z);
    const BatchView<T> dz = between(x, dy, cache.dz);
    pointwise.backward(z, y, dy, dz, cache.pointwise, grad.pointwise, pass);
    depthwise.backward(x, z, dz, dx, cache.depthwise, grad.depthwise, pass);
  }

  struct StepCache {
    typename Conv1D<T>::StepCache depthwise;
    typename Conv1D<T>::Cache pointwise;
    AlignedBuffer<T> z;

    void prepare(const SeparableConv1D& layer, Shape input, Index streams) {
      depthwise.prepare(layer.depthwise, input, streams);
      pointwise.prepare(layer.pointwise, Shape{input.channels}, streams, false);
      z = AlignedBuffer<T>(static_cast<std::size_t>(input.channels * streams));
    }
  };
  [[nodiscard]] bool streams() const { return depthwise.streams(); }
  [[nodiscard]] Index state_size(Shape input) const { return depthwise.state_size(input); }
  void start(T* state, Shape input) const { depthwise.start(state, input); }
  void step(BatchView<const T> x, BatchView<T> y, std::span<T* const> states, std::span<unsigned char> ready,
            StepCache& cache) const {
    const BatchView<T> z = between(x, y, cache.z);
    depthwise.step(x, z, states, ready, cache.depthwise);
    pointwise.forward(z, y, cache.pointwise, {});
  }

  template <class F, class... L>
  static void visit(F&& f, L&... layer) {
    f(Role::weight, "depthwise_weight", layer.depthwise.weight.view()...);
    f(Role::weight, "pointwise_weight", layer.pointwise.weight.view()...);
    if ((layer.pointwise.options.bias && ...)) f(Role::bias, "bias", layer.pointwise.bias.view()...);
  }

  using Settings = detail::ConvolutionSettings<SeparableConv1DOptions>;
  [[nodiscard]] Settings settings() const {
    SeparableConv1DOptions chosen = detail::depthwise_options(depthwise.options);
    chosen.bias = pointwise.options.bias;
    chosen.initializer = pointwise.options.initializer;
    return {pointwise.out(), depthwise.kernel(), chosen};
  }
  [[nodiscard]] static SeparableConv1D made(const Settings& s, Shape input) {
    return {input.channels, s.filters, s.kernel, s.options};
  }
  static void adapt(ConfigReader& read, const Settings& s, Shape input) {
    const Window window = s.window();
    detail::check_window(read, "kernel", window, input.length);
    detail::check_output(read, "kernel", std::max(s.filters, input.channels),
                         window.out_length(input.length));
  }
  [[nodiscard]] static double values_needed(const Settings& s, Shape input) {
    const double channels = static_cast<double>(input.channels);
    return channels * static_cast<double>(s.kernel) +
           static_cast<double>(s.filters) * (channels + (s.options.bias ? 1.0 : 0.0));
  }

 private:
  static SeparableConv1DOptions without_bias(SeparableConv1DOptions options) {
    options.bias = false;
    return options;
  }
  /// z or dz: the channels of x at the times of y.
  template <class U>
  static BatchView<T> between(BatchView<const T> x, BatchView<U> y, AlignedBuffer<T>& buffer) {
    return {buffer.data(), Shape{x.channels(), y.length()}, x.count(), y.lengths()};
  }
};

SeparableConv1D(Index, Index, Index, SeparableConv1DOptions)->SeparableConv1D<float>;
SeparableConv1D(Index, Index, Index)->SeparableConv1D<float>;

}  // namespace weir::inline WEIR_ABI
