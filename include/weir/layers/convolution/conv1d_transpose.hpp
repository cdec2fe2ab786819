// Transposed convolution along time, the adjoint of Conv1D (Zeiler et al. 2010): each step of x is spread
// over `kernel` steps of y, `stride` apart.
//
//   f(:, t stride + k dilation) += W_k^T x(:, t)        y(:, t) = b + f(:, t + crop)
//
//   x: in x L      W: in x (out / groups) x kernel      b: out      y: out x T
//   full = (L - 1) stride + (kernel - 1) dilation + 1 steps of f
//
//   valid      crop = 0, T = full              (PyTorch's padding = 0; Keras's valid if kernel >= stride)
//   same       crop = max(extent - stride, 0) / 2, T = L stride                                   (Keras)
//   causal     crop = 0, T = L stride
//   explicit   crop = pad_left, T = full - pad_left - pad_right + output_padding      (PyTorch's padding)
//
//   dx(:, t) = sum over k of W_k df(:, t stride + k dilation)      dW_k = sum over t of x(:, t) df(:, ...)^T
//
// with df the gradient dy behind `crop` zeros. L is each sample's own length; a sample of no steps gives
// none.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/layer.hpp>
#include <weir/core/layer_options.hpp>
#include <weir/core/layer_traits.hpp>
#include <weir/layers/convolution/conv1d.hpp>
#include <weir/layers/dense/initializers.hpp>
#include <weir/layers/time/window.hpp>
#include <weir/simd/conv.hpp>
#include <weir/simd/reduce.hpp>

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <string_view>

namespace weir::inline WEIR_ABI {

struct Conv1DTransposeOptions {
  Index stride = 1;
  Index dilation = 1;
  Index groups = 1;
  Padding padding = Padding::valid;
  Index pad_left = 0;        ///< with Padding::sides
  Index pad_right = 0;       ///< with Padding::sides
  Index output_padding = 0;  ///< steps more at the end; with Padding::sides
  bool bias = true;
  Initializer initializer = Initializer::glorot_uniform;

  template <class Visitor, class Options>
  static void fields(Visitor& visit, Options& o) {
    detail::convolution_fields(visit, o);
    visit("groups", o.groups, IntegerRange{1, Window::limit},
          "parts of the channels that do not see each other");
    visit("output_padding", o.output_padding, IntegerRange{0, Window::limit},
          "steps more at the end; with explicit padding");
    visit.refuse(o.output_padding > 0 && o.padding != Padding::sides, "output_padding",
                 "goes with explicit padding");
  }
};

/// Extents known at compile time mean one group.
template <class T = float, Index In = dyn, Index Out = dyn, Index Kernel = dyn>
struct Conv1DTranspose {
  using Scalar = T;
  static constexpr std::string_view kind = "conv1d_transpose";
  static constexpr std::array<std::string_view, 3> arguments{"filters", "kernel", "padding"};
  static constexpr bool along_time = true;
  static constexpr Index in_channels = In;
  static constexpr Index out_channels = Out;

  Tensor<T, In, Out, Kernel> weight;
  Tensor<T, Out> bias;
  Conv1DTransposeOptions options;

  Conv1DTranspose() = default;
  explicit Conv1DTranspose(Conv1DTransposeOptions chosen) requires(In != dyn && Out != dyn && Kernel != dyn)
      : options(chosen) {
    check();
  }
  Conv1DTranspose(Index in, Index out, Index kernel, Conv1DTransposeOptions chosen = {})
      : weight(
            in,
            checked_fields(kind, Settings{out, kernel, chosen}).filters / std::max<Index>(chosen.groups, 1),
            kernel),
        bias(out),
        options(chosen) {
    check();
  }

  [[nodiscard]] Index in() const { return weight.extents()[0]; }
  [[nodiscard]] Index out() const { return weight.extents()[1] * options.groups; }
  [[nodiscard]] Index kernel() const { return weight.extents()[2]; }
  /// The window of the convolution that this is the adjoint of; its lengths are not this layer's.
  [[nodiscard]] Window window() const {
    return {kernel(), options.stride, options.dilation, options.padding, options.pad_left, options.pad_right};
  }

  [[nodiscard]] Index out_length(Index used) const {
    return out_length(window(), options.output_padding, used);
  }
  [[nodiscard]] std::string complaint(Shape input) const {
    std::string text = detail::channels_complaint(kind, in(), input);
    return text.empty() ? detail::length_complaint(kind, out_length(input.length), input.length) : text;
  }
  [[nodiscard]] Shape out_shape(Shape input) const {
    require_fit(*this, input);
    return {out(), out_length(input.length)};
  }
  [[nodiscard]] Index flops(Shape input) const { return 2 * weight.size() * input.length; }

  void init(Rng& rng) {
    initialize(weight.view(), options.initializer, in() * kernel(), weight.extents()[1] * kernel(), rng);
    bias.fill(T(0));
  }

  [[nodiscard]] double scratch(Shape input, Index) const {
    const Index steps = full_steps(input.length);
    const double around_x =
        options.stride == 1 ? detail::bytes_of<T>(steps + 2 * window().extent(), in()) : 0.0;
    return detail::bytes_of<T>(steps, out()) + detail::bytes_of<T>(weight.size()) + around_x;
  }
  struct Cache {
    AlignedBuffer<T> full;      ///< f, or df
    AlignedBuffer<T> around_x;  ///< with stride 1: a sample with zeros around it
    AlignedBuffer<T> reversed;  ///< weights from inputs to outputs

    void prepare(const Conv1DTranspose& layer, Shape input, Index, bool) {
      const Window w = layer.window();
      const Index steps = layer.full_steps(input.length);
      full = AlignedBuffer<T>(static_cast<std::size_t>(steps * layer.out()));
      reversed = AlignedBuffer<T>(static_cast<std::size_t>(layer.weight.size()));
      around_x = {};
      if (w.stride == 1) {
        around_x = AlignedBuffer<T>(static_cast<std::size_t>((steps + 2 * w.extent()) * layer.in()));
      }
    }
  };

  void forward(BatchView<const T> x, BatchView<T> y, Cache& cache, const Pass&) const {
    simd::reverse_weights<T>(geometry(), weight.data(), cache.reversed.data());
    for (Index i = 0; i < x.count(); ++i) {
      const Index used = x.length_of(i), n = out_length(used);
      const std::span<T> to = y.sample(i);
      if (n > 0) spread_sample(x.sample(i).data(), used, n, to.data(), cache);
      std::fill(to.begin() + n * out(), to.end(), T(0));
    }
  }

  void backward(BatchView<const T> x, BatchView<const T>, BatchView<const T> dy, BatchView<T> dx,
                Cache& cache, Conv1DTranspose& grad, const Pass&) const {
    for (Index i = 0; i < x.count(); ++i) {
      const Index n = out_length(x.length_of(i)), used = n > 0 ? x.length_of(i) : 0;
      const T* df = n > 0 ? uncropped(dy.sample(i).data(), n, used, cache) : nullptr;
      if (n > 0) {
        simd::weight_gradient<T>(geometry(), used, x.sample(i).data(), df, step(), grad.weight.data());
        if (options.bias) simd::add_row_sums(out(), n, dy.sample(i).data(), grad.bias.data());
      }
      if (dx.absent()) continue;
      const std::span<T> to = dx.sample(i);
      if (n > 0) {
        simd::convolve<T>(geometry(), used, weight.data(), df, step(), to.data(), simd::Init::zero);
      }
      std::fill(to.begin() + used * in(), to.end(), T(0));
    }
  }

  template <class F, class... L>
  static void visit(F&& f, L&... layer) {
    f(Role::weight, "weight", layer.weight.view()...);
    if ((layer.options.bias && ...)) f(Role::bias, "bias", layer.bias.view()...);
  }

  using Settings = detail::ConvolutionSettings<Conv1DTransposeOptions>;
  [[nodiscard]] Settings settings() const { return {out(), kernel(), options}; }
  [[nodiscard]] static Conv1DTranspose made(const Settings& s, Shape input) {
    return {input.channels, s.filters, s.kernel, s.options};
  }
  static void adapt(ConfigReader& read, const Settings& s, Shape input) {
    const Window window = s.window();
    if (input.channels % s.options.groups != 0) read.complain("groups", "must divide the input channels");
    detail::check_window(read, "kernel", window, input.length);
    detail::check_output(read, "kernel", s.filters,
                         out_length(window, s.options.output_padding, input.length));
  }
  [[nodiscard]] static double values_needed(const Settings& s, Shape input) {
    const double per_filter =
        static_cast<double>(input.channels / s.options.groups) * static_cast<double>(s.kernel);
    return static_cast<double>(s.filters) * (per_filter + (s.options.bias ? 1.0 : 0.0));
  }

 private:
  void check() const {
    checked_fields(kind, settings());
    if (in() % options.groups != 0)
      fail(ErrorKind::config, "conv1d_transpose: 'groups' must divide the input channels");
  }
  /// From y to x.
  [[nodiscard]] simd::Convolution geometry() const {
    return {out(), in(), kernel(), options.dilation, options.groups};
  }
  [[nodiscard]] Index step() const { return options.stride * out(); }

  static Index full_length(const Window& w, Index used) { return (used - 1) * w.stride + w.extent(); }
  static Index out_length(const Window& w, Index output_padding, Index used) {
    if (used <= 0) return 0;
    if (w.padding == Padding::same || w.padding == Padding::causal) return used * w.stride;
    if (w.padding == Padding::valid) return full_length(w, used);
    return std::max<Index>(full_length(w, used) - w.pad_left - w.pad_right + output_padding, 0);
  }
  [[nodiscard]] Index crop() const {
    const Window w = window();
    if (w.padding == Padding::same) return std::max<Index>(w.extent() - w.stride, 0) / 2;
    return w.padding == Padding::sides ? w.pad_left : 0;
  }

  /// Columns of f, with those that are cropped, for a sample of `used` steps.
  [[nodiscard]] Index full_steps(Index used) const {
    return std::max(full_length(window(), used), crop() + out_length(used));
  }

  /// y of one sample, n > 0 columns.
  void spread_sample(const T* x, Index used, Index n, T* y, Cache& cache) const {
    const Index extent = window().extent();
    if (options.stride == 1) {  // a convolution itself, with zeros around x
      const Index total = std::max(crop() + n, used + extent - 1) + extent - 1;
      const T* around = detail::surround(x, in(), extent - 1, used, total, cache.around_x);
      simd::convolve<T>(geometry().reversed(), n, cache.reversed.data(), around + crop() * in(), in(), y,
                        options.bias ? simd::Init::bias : simd::Init::zero, bias.data());
      return;
    }
    T* full = cache.full.data();
    const Index columns = std::max(full_length(window(), used), crop() + n);
    std::fill_n(full, columns * out(), T(0));
    for (Index t = 0; options.bias && t < columns; ++t) std::copy_n(bias.data(), out(), full + t * out());
    simd::spread<T>(geometry(), used, cache.reversed.data(), x, full, step());
    std::copy_n(full + crop() * out(), n * out(), y);
  }

  /// df of one sample: dy with what was cropped as zeros.
  const T* uncropped(const T* dy, Index n, Index used, Cache& cache) const {
    const Index total = full_length(window(), used);
    if (crop() == 0 && n >= total) return dy;
    const Index before = std::min(crop(), total);
    return detail::surround(dy, out(), before, std::min(n, total - before), total, cache.full);
  }
};

Conv1DTranspose(Index, Index, Index, Conv1DTransposeOptions)->Conv1DTranspose<float>;
Conv1DTranspose(Index, Index, Index)->Conv1DTranspose<float>;

}  // namespace weir::inline WEIR_ABI
