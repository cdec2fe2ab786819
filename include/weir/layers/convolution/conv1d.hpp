// Convolution along time (Waibel et al. 1989; the cross-correlation of every framework):
//
//   y(:, t) = b + sum over k of W_k x(:, t stride - left + k dilation),    k = 0 ... kernel - 1
//
//   x: in x L      W: out x (in / groups) x kernel      b: out      y: out x T, T by layers/time/window.hpp
//
//   dW_k = sum over t of dy(:, t) x(:, t stride - left + k dilation)^T        db = sum over t of dy(:, t)
//   dx(:, t stride - left + k dilation) += W_k^T dy(:, t)
//
// Steps outside of a sample's own length are zeros, whatever the batch holds there. With `groups`, output
// channels [g out / groups, (g + 1) out / groups) see input channels [g in / groups, (g + 1) in / groups).
//
// `Conv1D{8, 32, 5, {.padding = Padding::same}}`: 8 channels to 32 with 5 taps;
// `Conv1D<float, 8, 32, 5>{}` has its weights inside the object.
//
// Long kernels are computed by Fourier transforms (simd/fft_conv.hpp), whatever the batch.
//
// Runs step by step with valid or causal padding, or with explicit padding on the left alone: a stream's
// state is a ring of its last extent - 1 steps.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/layer.hpp>
#include <weir/core/layer_options.hpp>
#include <weir/core/layer_traits.hpp>
#include <weir/layers/dense/initializers.hpp>
#include <weir/layers/time/window.hpp>
#include <weir/simd/conv.hpp>
#include <weir/simd/fft_conv.hpp>
#include <weir/simd/reduce.hpp>

#include <algorithm>
#include <array>
#include <cassert>
#include <span>
#include <string>
#include <string_view>

namespace weir::inline WEIR_ABI {

namespace detail {
inline constexpr IntegerRange filters_range{1, Window::limit};
inline constexpr IntegerRange kernel_range{1, Window::limit};

template <class Visitor, class Options>
void weights_fields(Visitor& visit, Options& o) {
  visit("bias", o.bias, "adds a bias");
  visit("initializer", o.initializer, "how the weights start");
}

/// The options that convolutions along time share.
template <class Visitor, class Options>
void convolution_fields(Visitor& visit, Options& o) {
  padding_fields(visit, o);
  visit("stride", o.stride, IntegerRange{1, Window::limit}, "steps from one window to the next");
  visit("dilation", o.dilation, IntegerRange{1, Window::limit}, "steps from one tap to the next");
  weights_fields(visit, o);
}

template <class Options>
[[nodiscard]] Window window_of(Index size, const Options& o) noexcept {
  return {size, o.stride, o.dilation, o.padding, o.pad_left, o.pad_right};
}

/// All that a file says of a convolution of channels into filters.
template <class Options>
struct ConvolutionSettings {
  Index filters = 1;
  Index kernel = 1;
  Options options{};

  template <class Visitor, class Settings>
  static void fields(Visitor& visit, Settings& s) {
    visit.required("filters", s.filters, filters_range, "channels of the output");
    visit.required("kernel", s.kernel, kernel_range, "taps");
    Options::fields(visit, s.options);
    if constexpr (requires { s.options.groups; }) {
      visit.refuse(s.options.groups > 0 && s.filters % s.options.groups != 0, "groups",
                   "must divide the filters");
    }
  }
  [[nodiscard]] Window window() const noexcept { return window_of(kernel, options); }
};

}  // namespace detail

struct Conv1DOptions {
  Index stride = 1;
  Index dilation = 1;
  Index groups = 1;
  Padding padding = Padding::valid;
  Index pad_left = 0;   ///< with Padding::sides
  Index pad_right = 0;  ///< with Padding::sides
  bool bias = true;
  Initializer initializer = Initializer::glorot_uniform;

  template <class Visitor, class Options>
  static void fields(Visitor& visit, Options& o) {
    detail::convolution_fields(visit, o);
    visit("groups", o.groups, IntegerRange{1, Window::limit},
          "parts of the channels that do not see each other");
  }
};

namespace detail {

/// `columns` columns of `from` behind `before` columns of zeros, zeros up to `total`.
template <class T>
const T* surround(const T* from, Index rows, Index before, Index columns, Index total, AlignedBuffer<T>& to) {
  assert(before + columns <= total && total * rows <= static_cast<Index>(to.size()));
  std::fill_n(to.data(), before * rows, T(0));
  std::copy_n(from, columns * rows, to.data() + before * rows);
  std::fill_n(to.data() + (before + columns) * rows, (total - before - columns) * rows, T(0));
  return to.data();
}

}  // namespace detail

/// Extents known at compile time mean one group.
template <class T = float, Index In = dyn, Index Out = dyn, Index Kernel = dyn>
struct Conv1D {
  using Scalar = T;
  static constexpr std::string_view kind = "conv1d";
  static constexpr std::array<std::string_view, 3> arguments{"filters", "kernel", "padding"};
  static constexpr bool along_time = true;
  static constexpr Index in_channels = In;
  static constexpr Index out_channels = Out;

  Tensor<T, Out, In, Kernel> weight;
  Tensor<T, Out> bias;
  Conv1DOptions options;

  Conv1D() = default;
  explicit Conv1D(Conv1DOptions chosen) requires(In != dyn && Out != dyn && Kernel != dyn) : options(chosen) {
    checked_fields(kind, settings());
  }
  Conv1D(Index in, Index out, Index kernel, Conv1DOptions chosen = {})
      : weight(checked_fields(kind, Settings{out, kernel, chosen}).filters,
               in / std::max<Index>(chosen.groups, 1), kernel),
        bias(out),
        options(chosen) {
    if (in % options.groups != 0) fail(ErrorKind::config, "conv1d: 'groups' must divide the input channels");
  }

  [[nodiscard]] Index in() const { return weight.extents()[1] * options.groups; }
  [[nodiscard]] Index out() const { return weight.extents()[0]; }
  [[nodiscard]] Index kernel() const { return weight.extents()[2]; }
  [[nodiscard]] Window window() const { return detail::window_of(kernel(), options); }

  [[nodiscard]] Index out_length(Index used) const { return window().out_length(used); }
  [[nodiscard]] std::string complaint(Shape input) const {
    std::string text = detail::channels_complaint(kind, in(), input);
    return text.empty() ? detail::length_complaint(kind, out_length(input.length), input.length) : text;
  }
  [[nodiscard]] Shape out_shape(Shape input) const {
    require_fit(*this, input);
    return {out(), out_length(input.length)};
  }
  [[nodiscard]] Index flops(Shape input) const { return 2 * weight.size() * out_length(input.length); }

  void init(Rng& rng) {
    initialize(weight.view(), options.initializer, weight.extents()[1] * kernel(), out() * kernel(), rng);
    bias.fill(T(0));
  }

  [[nodiscard]] double scratch(Shape input, Index) const {
    const Index steps = fft_steps();
    return detail::bytes_of<T>(padded_steps(input.length), in()) +
           (steps > 0 ? simd::FftConvolution<T>::bytes(in(), out(), steps) : 0.0);
  }
  struct Cache {
    AlignedBuffer<T> padded;     ///< a sample with its padding
    AlignedBuffer<T> padded_dy;  ///< with stride 1: the gradient of a sample's output, zeros around it
    AlignedBuffer<T> reversed;   ///< weights from outputs to inputs
    /// Of a long kernel: forward, and from dy to dx; the spectra of their weights, packed once or in this pass.
    simd::FftConvolution<T> fft, fft_back;
    AlignedBuffer<T> spectrum, spectrum_back;
    const AlignedBuffer<T>* spectrum_now = nullptr;

    void prepare(const Conv1D& layer, Shape input, Index, bool training) {
      const Window w = layer.window();
      const Index steps = layer.padded_steps(input.length);
      padded = AlignedBuffer<T>(static_cast<std::size_t>(steps * layer.in()));
      padded_dy = {};
      reversed = {};
      fft = layer.fft();
      spectrum = fft.room();
      fft_back = {};
      if (!training) return;
      reversed = AlignedBuffer<T>(static_cast<std::size_t>(layer.weight.size()));
      if (w.stride != 1) return;
      padded_dy = AlignedBuffer<T>(static_cast<std::size_t>((steps + 2 * w.extent()) * layer.out()));
      fft_back = layer.fft_back();
      spectrum_back = fft_back.room();
    }
  };

  void forward(BatchView<const T> x, BatchView<T> y, Cache& cache, const Pass& pass) const {
    prepare_forward(cache, pass);
    forward_prepared(x, y, cache);
  }
  /// Forward and backward in two parts, for a layer that runs the second one many times: what depends on the
  /// weights alone, and the rest.
  void prepare_forward(Cache& cache, const Pass& pass) const {
    if (fft_steps() == 0) return;
    const auto transform = [&](AlignedBuffer<T>& to) {
      to = cache.fft.room();
      cache.fft.transform(weight.data(), to);
    };
    cache.spectrum_now = find_packed<AlignedBuffer<T>>(pass, weight.data(), transform);
    if (cache.spectrum_now != nullptr) return;
    cache.fft.transform(weight.data(), cache.spectrum);
    cache.spectrum_now = &cache.spectrum;
  }
  void forward_prepared(BatchView<const T> x, BatchView<T> y, Cache& cache) const {
    for (Index i = 0; i < x.count(); ++i) {
      const Index used = x.length_of(i), n = out_length(used);
      // How a sample is computed depends on its own steps alone, as its bits do.
      if (cache.fft.pays(n)) {
        cache.fft.run(*cache.spectrum_now, n, padded_sample(x, i, cache), y.sample(i).data(),
                      options.bias ? bias.data() : nullptr);
      } else if (n > 0) {
        simd::convolve<T>(geometry(), n, weight.data(), padded_sample(x, i, cache), x_step(),
                          y.sample(i).data(), options.bias ? simd::Init::bias : simd::Init::zero,
                          bias.data());
      }
      const std::span<T> to = y.sample(i);
      std::fill(to.begin() + n * out(), to.end(), T(0));
    }
  }

  void backward(BatchView<const T> x, BatchView<const T>, BatchView<const T> dy, BatchView<T> dx,
                Cache& cache, Conv1D& grad, const Pass&) const {
    if (!dx.absent()) prepare_backward(cache);
    backward_prepared(x, dy, dx, cache, grad);
  }
  void prepare_backward(Cache& cache) const {
    simd::reverse_weights<T>(geometry(), weight.data(), cache.reversed.data());
    if (fft_steps() > 0) cache.fft_back.transform(cache.reversed.data(), cache.spectrum_back);
  }
  void backward_prepared(BatchView<const T> x, BatchView<const T> dy, BatchView<T> dx, Cache& cache,
                         Conv1D& grad) const {
    for (Index i = 0; i < x.count(); ++i) {
      const Index n = out_length(x.length_of(i));
      if (n > 0) {
        simd::weight_gradient<T>(geometry(), n, dy.sample(i).data(), padded_sample(x, i, cache), x_step(),
                                 grad.weight.data());
        if (options.bias) simd::add_row_sums(out(), n, dy.sample(i).data(), grad.bias.data());
      }
      if (!dx.absent()) input_gradient(dy.sample(i).data(), n, dx, i, cache);
    }
  }

  // Streaming.
  struct StepCache {
    AlignedBuffer<T> windows;  ///< the last extent steps of each stream, in order

    void prepare(const Conv1D& layer, Shape, Index streams) {
      windows = AlignedBuffer<T>(static_cast<std::size_t>(streams * layer.window().extent() * layer.in()));
    }
  };
  [[nodiscard]] bool streams() const { return window().streams(); }
  /// The ring, the place of its oldest step, and the number of steps to wait until the next output.
  [[nodiscard]] Index state_size(Shape) const { return (window().extent() - 1) * in() + 2; }
  void start(T* state, Shape input) const {
    const Index size = state_size(input);
    std::fill_n(state, size, T(0));
    state[size - 1] = static_cast<T>(window().extent() - 1 - window().left(1));
  }
  void step(BatchView<const T> x, BatchView<T> y, std::span<T* const> states, std::span<unsigned char> ready,
            StepCache& cache) const {
    const Index size = window().extent() * in();
    bool any = false;
    for (Index i = 0; i < x.count(); ++i) {
      const auto s = static_cast<std::size_t>(i);
      T& wait = states[s][size - in() + 1];
      ready[s] = wait == T(0) ? 1 : 0;
      any = any || ready[s] != 0;
      wait = ready[s] != 0 ? static_cast<T>(options.stride - 1) : wait - T(1);
      take_step(x.sample(i).data(), states[s], cache.windows.data() + i * size);
    }
    if (!any) return;
    simd::convolve<T>(geometry(), x.count(), weight.data(), cache.windows.data(), size, y.data(),
                      options.bias ? simd::Init::bias : simd::Init::zero, bias.data());
  }

  template <class F, class... L>
  static void visit(F&& f, L&... layer) {
    f(Role::weight, "weight", layer.weight.view()...);
    if ((layer.options.bias && ...)) f(Role::bias, "bias", layer.bias.view()...);
  }

  using Settings = detail::ConvolutionSettings<Conv1DOptions>;
  [[nodiscard]] Settings settings() const { return {out(), kernel(), options}; }
  [[nodiscard]] static Conv1D made(const Settings& s, Shape input) {
    return {input.channels, s.filters, s.kernel, s.options};
  }
  static void adapt(ConfigReader& read, const Settings& s, Shape input) {
    const Window window = s.window();
    if (input.channels % s.options.groups != 0) read.complain("groups", "must divide the input channels");
    detail::check_window(read, "kernel", window, input.length);
    detail::check_output(read, "kernel", s.filters, window.out_length(input.length));
  }
  [[nodiscard]] static double values_needed(const Settings& s, Shape input) {
    const double per_filter =
        static_cast<double>(input.channels / s.options.groups) * static_cast<double>(s.kernel);
    return static_cast<double>(s.filters) * (per_filter + (s.options.bias ? 1.0 : 0.0));
  }

 private:
  [[nodiscard]] simd::Convolution geometry() const {
    return {in(), out(), kernel(), options.dilation, options.groups};
  }
  /// Steps of the Fourier transforms that compute this layer, 0 where products do.
  [[nodiscard]] Index fft_steps() const {
    const bool plain = options.stride == 1 && options.groups == 1 && (options.dilation == 1 || kernel() == 1);
    return plain ? simd::fft_steps(in(), out(), kernel()) : 0;
  }
  [[nodiscard]] simd::FftConvolution<T> fft() const {
    const Index steps = fft_steps();
    return steps > 0 ? simd::FftConvolution<T>(in(), out(), kernel(), steps) : simd::FftConvolution<T>{};
  }
  [[nodiscard]] simd::FftConvolution<T> fft_back() const {
    const Index steps = fft_steps();
    return steps > 0 ? simd::FftConvolution<T>(out(), in(), kernel(), steps) : simd::FftConvolution<T>{};
  }
  [[nodiscard]] Index x_step() const { return options.stride * in(); }
  /// Room for a sample of up to `length` steps and all that its windows reach.
  [[nodiscard]] Index padded_steps(Index length) const {
    const Window w = window();
    return std::max(w.reach(length), length + w.extent()) + w.left(length);
  }

  /// Sample i with its padding around it; where no padding is needed, the sample itself.
  [[nodiscard]] const T* padded_sample(BatchView<const T> x, Index i, Cache& cache) const {
    const Index used = x.length_of(i), left = window().left(used), reach = window().reach(used);
    if (left == 0 && reach <= used) return x.sample(i).data();
    const Index before = std::min(left, reach);
    return detail::surround(x.sample(i).data(), in(), before, std::min(used, reach - before), reach,
                            cache.padded);
  }
  /// dx of sample i from the n columns of dy.
  void input_gradient(const T* dy, Index n, BatchView<T> dx, Index i, Cache& cache) const {
    const Index used = n > 0 ? dx.length_of(i) : 0, left = window().left(used), extent = window().extent();
    const std::span<T> to = dx.sample(i);
    std::fill(to.begin() + used * in(), to.end(), T(0));
    if (n == 0) return;
    if (options.stride == 1) {  // a convolution itself, with zeros around dy
      const T* around = detail::surround(dy, out(), extent - 1, n,
                                         std::max(n + extent - 1, left + used) + extent - 1, cache.padded_dy);
      const T* from = around + left * out();
      if (cache.fft_back.pays(used)) {
        cache.fft_back.run(cache.spectrum_back, used, from, to.data(), nullptr);
      } else {
        simd::convolve<T>(geometry().reversed(), used, cache.reversed.data(), from, out(), to.data(),
                          simd::Init::zero);
      }
      return;
    }
    T* padded = cache.padded.data();
    std::fill_n(padded, std::max(left + used, window().reach(used)) * in(), T(0));
    simd::spread<T>(geometry(), n, cache.reversed.data(), dy, padded, x_step());
    std::copy_n(padded + left * in(), used * in(), to.data());
  }

  /// Copies the last extent steps, x the last of them, to `to`, and puts x into the ring.
  void take_step(const T* x, T* state, T* to) const {
    const Index columns = in(), size = (window().extent() - 1) * columns;
    if (size > 0) {
      T& place = state[size];
      const Index oldest = static_cast<Index>(place) * columns;
      std::copy_n(state + oldest, size - oldest, to);
      std::copy_n(state, oldest, to + size - oldest);
      std::copy_n(x, columns, state + oldest);
      place = oldest + columns == size ? T(0) : place + T(1);
    }
    std::copy_n(x, columns, to + size);
  }
};

Conv1D(Index, Index, Index, Conv1DOptions)->Conv1D<float>;
Conv1D(Index, Index, Index)->Conv1D<float>;

}  // namespace weir::inline WEIR_ABI
