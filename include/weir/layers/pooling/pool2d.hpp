// The common part of pooling over images, which are samples whose steps are rows of pixels:
// layers/window2d.hpp.
//
//   x: planes x width x H      y: planes x width' x T
//
// The largest, or the mean, of a window is that of its rows' largest, or means. So a layer is two of pooling
// along time: `columns` on each row of an image, a sample whose steps are pixels, then `rows` on the result.
// In that order, the gradient of a maximum goes to the first in the order of memory, as PyTorch's does.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/layer.hpp>
#include <weir/core/layer_options.hpp>
#include <weir/core/layer_traits.hpp>
#include <weir/layers/time/window2d.hpp>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace weir::inline WEIR_ABI {

struct Pool2DOptions {
  Index stride = 0;                  ///< 0: the size
  Index stride_columns = 0;          ///< 0: as the rows, where they have one, or the size
  Padding padding = Padding::valid;  ///< valid or same

  template <class Visitor, class Options>
  static void fields(Visitor& visit, Options& o) {
    detail::axes_fields(visit, "stride", o.stride, o.stride_columns, IntegerRange{0, Window::limit},
                        "rows from one window to the next; 0: the size");
    visit("padding", o.padding, FirstNames{2}, "none, or zeros around an image that keep its size");
  }
};

/// Self is the layer, Pool the same along time.
template <class Self, class Pool>
struct Pool2D {
  using T = typename Pool::Scalar;
  using Scalar = T;
  static constexpr std::array<std::string_view, 3> arguments{"size", "stride", "padding"};
  static constexpr bool along_time = true;
  static constexpr bool reads_output = weir::reads_output<Pool>;

  Index planes = 1;
  Pool rows;
  Pool columns;

  Pool2D() = default;
  Pool2D(Index planes_in, Index size, Index size_columns, Pool2DOptions chosen)
      : planes(checked_fields(Self::kind, Settings{planes_in, size, size_columns, chosen}).planes),
        rows(size, {.stride = chosen.stride, .padding = chosen.padding}),
        columns(size_columns, {.stride = chosen.stride_columns == 0 ? chosen.stride : chosen.stride_columns,
                               .padding = chosen.padding}) {}

  [[nodiscard]] Window2D window() const { return {rows.window, columns.window}; }
  [[nodiscard]] Index out_length(Index used) const { return rows.out_length(used); }
  [[nodiscard]] std::string complaint(Shape input) const {
    return window().complaint(Self::kind, input, planes);
  }
  [[nodiscard]] Shape out_shape(Shape input) const {
    require_fit(*this, input);
    return window().out_shape(input, planes, planes);
  }
  [[nodiscard]] double work(Shape input) const {
    const Index width = input.channels / planes;
    return detail::size_of(between_shape(input)) * static_cast<double>(std::min(columns.window.size, width)) +
           rows.work(between_shape(input));
  }
  static void init(Rng&) noexcept {}
  template <class F, class... L>
  static void visit(F&&, L&...) noexcept {}

  [[nodiscard]] double scratch(Shape input, Index count) const {
    return detail::bytes_of<T>(detail::size_of(between_shape(input)), count);
  }
  struct Cache {
    AlignedBuffer<T> between, dbetween;  ///< behind `columns`

    void prepare(const Pool2D& layer, Shape input, Index count, bool training) {
      const auto size = static_cast<std::size_t>(layer.between_shape(input).size() * count);
      between = AlignedBuffer<T>(size);
      dbetween = AlignedBuffer<T>(training ? size : 0);
    }
  };

  void forward(BatchView<const T> x, BatchView<T> y, Cache& cache, const Pass& pass) const {
    NoCache none;
    const BatchView<T> between = between_view(x, cache.between);
    columns.forward(rows_of(x), rows_of(between), none, pass);
    rows.forward(between, y, none, pass);
  }

  void backward(BatchView<const T> x, BatchView<const T> y, BatchView<const T> dy, BatchView<T> dx,
                Cache& cache, Self&, const Pass& pass) const {
    if (dx.absent()) return;
    NoCache none;
    Pool no_gradient;
    const BatchView<T> between = between_view(x, cache.between), dbetween = between_view(x, cache.dbetween);
    rows.backward(between, y, dy, dbetween, none, no_gradient, pass);
    columns.backward(rows_of(x), rows_of<const T>(between), rows_of<const T>(dbetween), rows_of(dx), none,
                     no_gradient, pass);
  }

  struct Settings {
    Index planes = 1;
    Index size = 1, size_columns = 1;
    Pool2DOptions options{};

    template <class Visitor, class Values>
    static void fields(Visitor& visit, Values& s) {
      visit.required("size", s.size, IntegerRange{1, Window::limit}, "rows of a window");
      if constexpr (Visitor::reads) s.size_columns = s.size;
      visit("size_columns", s.size_columns, IntegerRange{1, Window::limit},
            "its columns; as many as rows, where a file does not say");
      Pool2DOptions::fields(visit, s.options);
      visit.required("planes", s.planes, detail::planes_range, "of the images");
    }
  };
  [[nodiscard]] Settings settings() const {
    return {planes,
            rows.window.size,
            columns.window.size,
            {rows.window.stride, columns.window.stride, rows.window.padding}};
  }
  [[nodiscard]] static Self made(const Settings& s, Shape) {
    return {s.planes, s.size, s.size_columns, s.options};
  }
  static void adapt(ConfigReader& read, const Settings& s, Shape input) {
    detail::check_window2d(read, "size", made(s, input).window(), input, s.planes, s.planes);
  }

 private:
  [[nodiscard]] Shape between_shape(Shape input) const {
    return {planes * columns.out_length(input.channels / planes), input.length};
  }
  [[nodiscard]] BatchView<T> between_view(BatchView<const T> x, AlignedBuffer<T>& buffer) const {
    return {buffer.data(), between_shape(x.shape()), x.count(), x.lengths()};
  }
  /// The rows of all images as samples whose steps are pixels; those of padding are among them.
  template <class U>
  [[nodiscard]] BatchView<U> rows_of(BatchView<U> x) const {
    return {x.data(), Shape{planes, x.channels() / planes}, x.columns()};
  }
};

}  // namespace weir::inline WEIR_ABI
