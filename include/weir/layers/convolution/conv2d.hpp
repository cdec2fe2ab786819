// Convolution over images (LeCun et al. 1989; the cross-correlation of every framework):
//
//   y(:, u, t) = b + sum over r, k of W_rk x(:, u stride_columns - left + k dilation_columns,
//                                               t stride - top + r dilation)
//
//   x: planes x width x H      W: filters x planes x kernel x kernel_columns      b: filters
//   y: filters x width' x T    r = 0 ... kernel - 1,  k = 0 ... kernel_columns - 1
//
// An image is a sample whose steps are rows of pixels: layers/window2d.hpp. Pixels outside of it, and rows
// outside of a sample's own length, are zeros.
//
// Output row t sees `kernel` rows. Laid one above the other, they are one strip of `width` pixels of
// kernel * planes channels, and what is left to do is a Conv1D along that strip, which does the work:
//
//   strip(r, :, j) = x(:, j, t stride - top + r dilation)           y(:, :, t) = b + W * strip
//   dx(:, j, t stride - top + r dilation) += dstrip(r, :, j)
//
// `Conv2D{1, 32, 5, 5, {.padding = Padding::same}}`: 1 plane to 32 with a kernel of 5 rows by 5 columns.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/layer.hpp>
#include <weir/core/layer_options.hpp>
#include <weir/core/layer_traits.hpp>
#include <weir/layers/convolution/conv1d.hpp>
#include <weir/layers/time/window2d.hpp>

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <string_view>

namespace weir::inline WEIR_ABI {

struct Conv2DOptions {
  Index stride = 1;
  Index stride_columns = 0;  ///< 0: as the rows
  Index dilation = 1;
  Index dilation_columns = 0;        ///< 0: as the rows
  Padding padding = Padding::valid;  ///< valid or same
  bool bias = true;
  Initializer initializer = Initializer::glorot_uniform;

  template <class Visitor, class Options>
  static void fields(Visitor& visit, Options& o) {
    visit("padding", o.padding, FirstNames{2}, "none, or zeros around an image that keep its size");
    detail::axes_fields(visit, "stride", o.stride, o.stride_columns, IntegerRange{1, Window::limit},
                        "rows from one window to the next");
    detail::axes_fields(visit, "dilation", o.dilation, o.dilation_columns, IntegerRange{1, Window::limit},
                        "rows from one tap to the next");
    detail::weights_fields(visit, o);
  }
};

template <class T = float>
struct Conv2D {
  using Scalar = T;
  static constexpr std::string_view kind = "conv2d";
  static constexpr std::array<std::string_view, 3> arguments{"filters", "kernel", "padding"};
  static constexpr bool along_time = true;

  Index planes = 1;   ///< of the input
  Window rows;        ///< which rows make the strip of an output row
  Conv1D<T> columns;  ///< along the strip

  Conv2D() = default;
  Conv2D(Index planes_in, Index filters, Index kernel, Index kernel_columns, Conv2DOptions chosen = {})
      : Conv2D(checked_fields(kind, Settings{filters, kernel, kernel_columns, planes_in, chosen})) {}

  [[nodiscard]] Index filters() const { return columns.out(); }
  [[nodiscard]] Window2D window() const { return {rows, columns.window()}; }

  [[nodiscard]] Index out_length(Index used) const { return rows.out_length(used); }
  [[nodiscard]] std::string complaint(Shape input) const { return window().complaint(kind, input, planes); }
  [[nodiscard]] Shape out_shape(Shape input) const {
    require_fit(*this, input);
    return window().out_shape(input, planes, filters());
  }
  [[nodiscard]] Index flops(Shape input) const {
    return columns.flops(strip_shape(input.channels)) * out_length(input.length);
  }

  void init(Rng& rng) {
    const Index taps = rows.size * columns.kernel();
    initialize(columns.weight.view(), columns.options.initializer, planes * taps, filters() * taps, rng);
    columns.bias.fill(T(0));
  }

  [[nodiscard]] double scratch(Shape input, Index) const {
    const Shape strip = strip_shape(input.channels);
    return columns.scratch(strip, 1) + detail::bytes_of<T>(detail::size_of(strip));
  }
  struct Cache {
    typename Conv1D<T>::Cache columns;
    AlignedBuffer<T> strip, dstrip;

    void prepare(const Conv2D& layer, Shape input, Index, bool training) {
      const Shape shape = layer.strip_shape(input.channels);
      columns.prepare(layer.columns, shape, 1, training);
      strip = AlignedBuffer<T>(static_cast<std::size_t>(shape.size()));
      dstrip = AlignedBuffer<T>(training ? static_cast<std::size_t>(shape.size()) : 0);
    }
  };

  void forward(BatchView<const T> x, BatchView<T> y, Cache& cache, const Pass& pass) const {
    columns.prepare_forward(cache.columns, pass);
    for (Index i = 0; i < x.count(); ++i) {
      const std::span<T> to = y.sample(i);
      each_strip(x, i, cache, [&](BatchView<const T> strip, Index t) {
        columns.forward_prepared(strip, row(y, i, t), cache.columns);
      });
      std::fill(to.begin() + out_length(x.length_of(i)) * y.channels(), to.end(), T(0));
    }
  }

  void backward(BatchView<const T> x, BatchView<const T>, BatchView<const T> dy, BatchView<T> dx,
                Cache& cache, Conv2D& grad, const Pass&) const {
    if (!dx.absent()) {
      columns.prepare_backward(cache.columns);
      std::fill_n(dx.data(), dx.size(), T(0));
    }
    for (Index i = 0; i < x.count(); ++i) {
      each_strip(x, i, cache, [&](BatchView<const T> strip, Index t) {
        const BatchView<T> dstrip(dx.absent() ? nullptr : cache.dstrip.data(), strip.shape(), 1);
        columns.backward_prepared(strip, row(dy, i, t), dstrip, cache.columns, grad.columns);
        if (!dx.absent()) add_strip(dstrip, dx.sample(i).data(), x.length_of(i), t);
      });
    }
  }

  template <class F, class... L>
  static void visit(F&& f, L&... layer) {
    f(Role::weight, "weight", weight_of(layer)...);
    if ((layer.columns.options.bias && ...)) f(Role::bias, "bias", layer.columns.bias.view()...);
  }

  struct Settings {
    Index filters = 1;
    Index kernel = 1, kernel_columns = 1;
    Index planes = 1;
    Conv2DOptions options{};

    template <class Visitor, class Values>
    static void fields(Visitor& visit, Values& s) {
      visit.required("filters", s.filters, detail::filters_range, "planes of the output");
      visit.required("kernel", s.kernel, detail::kernel_range, "rows of a window");
      if constexpr (Visitor::reads) s.kernel_columns = s.kernel;
      visit("kernel_columns", s.kernel_columns, detail::kernel_range,
            "its columns; as many as rows, where a file does not say");
      visit("planes", s.planes, detail::planes_range, "of the input");
      Conv2DOptions::fields(visit, s.options);
    }
    [[nodiscard]] Window2D window() const noexcept {
      const auto or_rows = [](Index chosen, Index other) { return chosen == 0 ? other : chosen; };
      const Conv2DOptions& o = options;
      return {{kernel, o.stride, o.dilation, o.padding},
              {kernel_columns, or_rows(o.stride_columns, o.stride), or_rows(o.dilation_columns, o.dilation),
               o.padding}};
    }
  };
  [[nodiscard]] Settings settings() const {
    const Window along = columns.window();
    return {filters(),
            rows.size,
            along.size,
            planes,
            {.stride = rows.stride,
             .stride_columns = along.stride,
             .dilation = rows.dilation,
             .dilation_columns = along.dilation,
             .padding = rows.padding,
             .bias = columns.options.bias,
             .initializer = columns.options.initializer}};
  }
  [[nodiscard]] static Conv2D made(const Settings& s, Shape) {
    return {s.planes, s.filters, s.kernel, s.window().columns.size, s.options};
  }
  static void adapt(ConfigReader& read, const Settings& s, Shape input) {
    detail::check_window2d(read, "kernel", s.window(), input, s.planes, s.filters);
  }
  [[nodiscard]] static double values_needed(const Settings& s, Shape) {
    const double per_filter = static_cast<double>(s.planes) * static_cast<double>(s.kernel) *
                              static_cast<double>(s.window().columns.size);
    return static_cast<double>(s.filters) * (per_filter + (s.options.bias ? 1.0 : 0.0));
  }

 private:
  explicit Conv2D(const Settings& s)
      : planes(s.planes),
        rows(s.window().rows),
        columns(s.planes * s.kernel, s.filters, s.window().columns.size,
                {.stride = s.window().columns.stride,
                 .dilation = s.window().columns.dilation,
                 .padding = s.options.padding,
                 .bias = s.options.bias,
                 .initializer = s.options.initializer}) {}

  /// The weights with an extent for each axis: filters, planes, rows, columns.
  template <class L>
  [[nodiscard]] static auto weight_of(L& layer) {
    return TensorView(layer.columns.weight.data(),
                      Extents{layer.filters(), layer.planes, layer.rows.size, layer.columns.kernel()});
  }

  [[nodiscard]] Shape strip_shape(Index channels) const { return {planes * rows.size, channels / planes}; }

  /// Row t of sample i, as a sample whose steps are its pixels.
  template <class U>
  [[nodiscard]] BatchView<U> row(BatchView<U> y, Index i, Index t) const {
    return {y.sample(i).data() + t * y.channels(), Shape{filters(), y.channels() / filters()}, 1};
  }

  /// Runs f(strip, output row) for each row of the output of sample i.
  template <class F>
  void each_strip(BatchView<const T> x, Index i, Cache& cache, F f) const {
    const Shape shape = strip_shape(x.channels());
    for (Index t = 0; t < out_length(x.length_of(i)); ++t) {
      each_run(shape.length, x.length_of(i), t, [&](Index from, Index to, Index count) {
        if (from < 0) {
          std::fill_n(cache.strip.data() + to, count, T(0));
        } else {
          std::copy_n(x.sample(i).data() + from, count, cache.strip.data() + to);
        }
      });
      f(BatchView<const T>(cache.strip.data(), shape, 1), t);
    }
  }
  /// Adds the gradient of the strip of output row t to a sample's.
  void add_strip(BatchView<const T> dstrip, T* dx, Index used, Index t) const {
    each_run(dstrip.length(), used, t, [&](Index to, Index from, Index count) {
      for (Index p = 0; to >= 0 && p < count; ++p) dx[to + p] += dstrip.data()[from + p];
    });
  }
  /// Runs f(place in a sample of `used` rows or -1 in padding, place in the strip of output row t, count) for
  /// all elements of the strip that lie side by side in both. Of a few planes there is nothing to gain from
  /// that: then one by one, plane after plane.
  template <class F>
  void each_run(Index width, Index used, Index t, F f) const {
    constexpr Index few = 8;
    for (Index r = 0; r < rows.size; ++r) {
      const Index at = t * rows.stride - rows.left(used) + r * rows.dilation;
      const bool inside = at >= 0 && at < used;
      const auto run = [&](Index j, Index plane, Index count) {
        f(inside ? (at * width + j) * planes + plane : -1, (j * rows.size + r) * planes + plane, count);
      };
      if (planes >= few) {
        for (Index j = 0; j < width; ++j) run(j, 0, planes);
      } else {
        for (Index plane = 0; plane < planes; ++plane) {
          for (Index j = 0; j < width; ++j) run(j, plane, 1);
        }
      }
    }
  }
};

Conv2D(Index, Index, Index, Index, Conv2DOptions)->Conv2D<float>;
Conv2D(Index, Index, Index, Index)->Conv2D<float>;

}  // namespace weir::inline WEIR_ABI
