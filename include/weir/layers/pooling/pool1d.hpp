// The common part of pooling over windows along time; windows by layers/window.hpp.
//
// A kind of pooling is a struct with `kind`, `Options`, and these static functions over one window, whose
// steps inside of the sample are `count` > 0 columns from x on; `divisor` is the number of its steps that an
// average counts:
//
//   pool(channels, count, divisor, x, y)                 y = the value of the window
//   spread(channels, count, divisor, x, y, dy, dx)       adds the gradient to the same columns of dx
//   empty                                                what a window starts from step by step
//   merge(channels, x, sum)                              takes one step more into a window
//   finish(channels, divisor, sum, y)
//
// Step by step, a stream's state is one accumulator for each window that is open at a time.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/layer.hpp>
#include <weir/core/layer_options.hpp>
#include <weir/core/layer_traits.hpp>
#include <weir/layers/time/window.hpp>

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <string_view>

namespace weir::inline WEIR_ABI {

namespace detail {

template <class Visitor, class Options>
void pool_fields(Visitor& visit, Options& o) {
  visit("stride", o.stride, IntegerRange{0, Window::limit}, "steps from one window to the next; 0: the size");
  padding_fields(visit, o);
  visit("ceil", o.ceil, "a last window may reach beyond the end");
}

/// All that a file says of a layer that pools.
template <class Options>
struct PoolSettings {
  Index size = 1;
  Options options{};

  template <class Visitor, class Settings>
  static void fields(Visitor& visit, Settings& s) {
    visit.required("size", s.size, IntegerRange{1, Window::limit}, "steps of a window");
    Options::fields(visit, s.options);
    visit.refuse(s.options.pad_left >= s.size || s.options.pad_right >= s.size, "padding",
                 "must be smaller than the window");
  }
  [[nodiscard]] Window window() const noexcept {
    const Options& o = options;
    return {size, o.stride == 0 ? size : o.stride, 1, o.padding, o.pad_left, o.pad_right, o.ceil};
  }
};

}  // namespace detail

template <class Self, class T, class Options>
struct Pool1D {
  using Scalar = T;
  using Cache = NoCache;
  using Settings = detail::PoolSettings<Options>;
  static constexpr std::array<std::string_view, 3> arguments{"size", "stride", "padding"};
  static constexpr bool along_time = true;

  Window window;

  Pool1D() = default;
  Pool1D(Index size, const Options& chosen)
      : window(checked_fields(Self::kind, Settings{size, chosen}).window()) {}

  [[nodiscard]] Index out_length(Index used) const { return window.out_length(used); }
  [[nodiscard]] std::string complaint(Shape input) const {
    return detail::length_complaint(Self::kind, out_length(input.length), input.length);
  }
  [[nodiscard]] Shape out_shape(Shape input) const {
    require_fit(*this, input);
    return {input.channels, out_length(input.length)};
  }
  [[nodiscard]] double work(Shape input) const {
    const Index inside = std::min(window.size, input.length);
    return detail::size_of(out_shape(input)) * static_cast<double>(inside);
  }
  static void init(Rng&) noexcept {}
  template <class F, class... L>
  static void visit(F&&, L&...) noexcept {}

  void forward(BatchView<const T> x, BatchView<T> y, Cache&, const Pass&) const {
    const Index channels = x.channels();
    for (Index i = 0; i < x.count(); ++i) {
      const std::span<T> to = y.sample(i);
      each_window(x.length_of(i), [&](Index t, Index first, Index count, T divisor) {
        Self::pool(channels, count, divisor, x.sample(i).data() + first * channels, to.data() + t * channels);
      });
      std::fill(to.begin() + out_length(x.length_of(i)) * channels, to.end(), T(0));
    }
  }

  void backward(BatchView<const T> x, BatchView<const T> y, BatchView<const T> dy, BatchView<T> dx, Cache&,
                Self&, const Pass&) const {
    if (dx.absent()) return;
    const Index channels = x.channels();
    std::fill_n(dx.data(), dx.size(), T(0));
    for (Index i = 0; i < x.count(); ++i) {
      each_window(x.length_of(i), [&](Index t, Index first, Index count, T divisor) {
        Self::spread(channels, count, divisor, x.sample(i).data() + first * channels,
                     y.sample(i).data() + t * channels, dy.sample(i).data() + t * channels,
                     dx.sample(i).data() + first * channels);
      });
    }
  }

  // Streaming: number the steps from the first one of padding, so that window j covers [j stride, j stride +
  // size); it uses slot j mod slots. The state is each slot's accumulator and number of steps taken, then the
  // step's number modulo twice the period after which slots repeat.
  struct StepCache {
    template <class L>
    void prepare(const L&, Shape, Index) {}
  };
  [[nodiscard]] bool streams() const { return window.streams(); }
  [[nodiscard]] Index state_size(Shape input) const { return slots() * (input.channels + 1) + 1; }
  void start(T* state, Shape input) const {
    for (Index slot = 0; slot < slots(); ++slot) clear(state + slot * (input.channels + 1), input.channels);
    state[slots() * (input.channels + 1)] = static_cast<T>(window.left(1));
  }
  void step(BatchView<const T> x, BatchView<T> y, std::span<T* const> states, std::span<unsigned char> ready,
            StepCache&) const {
    for (Index i = 0; i < x.count(); ++i) {
      const auto s = static_cast<std::size_t>(i);
      ready[s] = take_step(x.channels(), x.sample(i).data(), y.sample(i).data(), states[s]) ? 1 : 0;
    }
  }

  [[nodiscard]] static Self made(const Settings& s, Shape) { return Self(s.size, s.options); }
  static void adapt(ConfigReader& read, const Settings& s, Shape input) {
    detail::check_window(read, "size", s.window(), input.length);
    detail::check_output(read, "size", input.channels, s.window().out_length(input.length));
  }

 protected:
  /// The options of the window.
  [[nodiscard]] Options window_options() const {
    Options o;
    o.stride = window.stride;
    o.padding = window.padding;
    o.pad_left = window.pad_left;
    o.pad_right = window.pad_right;
    o.ceil = window.ceil;
    return o;
  }

 private:
  /// Calls f(window, its first step inside the sample, their number, divisor).
  template <class F>
  void each_window(Index used, F f) const {
    const Index left = window.left(used), end = used + window.right(used), out = out_length(used);
    const bool padding_counts = static_cast<const Self&>(*this).counts_padding();
    for (Index t = 0; t < out; ++t) {
      const Index begin = t * window.stride - left;
      const Index first = std::max<Index>(begin, 0);
      const Index count = std::min(begin + window.size, used) - first;
      const Index counted = padding_counts ? std::min(begin + window.size, end) - begin : count;
      f(t, first, count, static_cast<T>(counted));
    }
  }

  [[nodiscard]] Index slots() const { return (window.size + window.stride - 1) / window.stride; }
  static void clear(T* slot, Index channels) {
    std::fill_n(slot, channels, Self::empty);
    slot[channels] = T(0);
  }

  /// Takes x into all open windows; whether one of them is complete and its value in y.
  [[nodiscard]] bool take_step(Index channels, const T* x, T* y, T* state) const {
    T& number = state[slots() * (channels + 1)];
    const Index now = static_cast<Index>(number), period = slots() * window.stride;
    number = static_cast<T>(now + 1 < 2 * period ? now + 1 : now + 1 - period);

    const Index newest = now / window.stride;
    bool complete = false;
    for (Index j = std::max<Index>(newest - slots() + 1, 0); j <= newest; ++j) {
      const Index age = now - j * window.stride;  // of window j
      if (age >= window.size) continue;
      T* slot = state + j % slots() * (channels + 1);
      if (age == 0) clear(slot, channels);
      Self::merge(channels, x, slot);
      slot[channels] += T(1);
      if (age + 1 < window.size) continue;
      const bool padding_counts = static_cast<const Self&>(*this).counts_padding();
      Self::finish(channels, padding_counts ? static_cast<T>(window.size) : slot[channels], slot, y);
      complete = true;
    }
    return complete;
  }
};

}  // namespace weir::inline WEIR_ABI
