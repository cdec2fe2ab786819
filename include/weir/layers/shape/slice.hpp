// Some of the channels:   y_c = x_(first + c),  c = 0 ... count - 1
//
// With `parallel`, gives each branch of a net with several inputs its own part of a record.
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
struct Slice {
  using Scalar = T;
  using Cache = NoCache;
  static constexpr std::string_view kind = "slice";
  static constexpr std::array<std::string_view, 2> arguments{"first", "count"};

  Index first = 0;
  Index count = 1;

  Slice() = default;
  Slice(Index first_channel, Index channels) : first(first_channel), count(channels) {
    checked_fields(kind, *this);
  }

  [[nodiscard]] std::string complaint(Shape input) const {
    if (first + count <= input.channels) return {};
    return "slice takes channels " + std::to_string(first) + " to " + std::to_string(first + count - 1) +
           " but gets " + std::to_string(input.channels) + " channels";
  }
  [[nodiscard]] Shape out_shape(Shape input) const {
    require_fit(*this, input);
    return {count, input.length};
  }
  static void init(Rng&) noexcept {}

  void forward(BatchView<const T> x, BatchView<T> y, Cache&, const Pass&) const {
    for (Index i = 0; i < x.columns(); ++i)
      std::copy_n(x.data() + i * x.channels() + first, count, y.data() + i * count);
  }
  void backward(BatchView<const T> x, BatchView<const T>, BatchView<const T> dy, BatchView<T> dx, Cache&,
                Slice&, const Pass&) const {
    if (dx.absent()) return;
    std::fill_n(dx.data(), dx.size(), T(0));
    for (Index i = 0; i < x.columns(); ++i)
      std::copy_n(dy.data() + i * count, count, dx.data() + i * x.channels() + first);
  }

  template <class F, class... L>
  static void visit(F&&, L&...) noexcept {}

  template <class Visitor, class Layer>
  static void fields(Visitor& visit, Layer& o) {
    visit.required("first", o.first, IntegerRange{0, Index{1} << 40}, "channel");
    visit("count", o.count, IntegerRange{1, Index{1} << 40}, "channels; the rest, where a file does not say");
  }
  static void adapt(ConfigReader& read, Slice& layer, Shape input) {
    if (layer.first >= input.channels) {
      read.complain("first", detail::must_be_integer(0, input.channels - 1));
      return;
    }
    const Index rest = input.channels - layer.first;
    if (!read.has("count")) layer.count = rest;
    if (layer.count > rest) read.complain("count", detail::must_be_integer(1, rest));
  }
};

}  // namespace weir::inline WEIR_ABI
