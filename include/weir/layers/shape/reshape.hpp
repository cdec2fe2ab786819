// The same values of a sample as time steps of another number of channels:
//
//   channels x length  ->  channels' x length',    channels * length = channels' * length'
//
// Values keep their order: channels fastest, then time. Padding behind a sample's length becomes zeros, and
// all steps of the output count.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/layer_options.hpp>
#include <weir/core/layer_traits.hpp>
#include <weir/layers/shape/flatten.hpp>

#include <array>
#include <string_view>

namespace weir::inline WEIR_ABI {

template <class T = float>
struct Reshape : detail::SameValues<T> {
  using typename detail::SameValues<T>::Cache;
  static constexpr std::string_view kind = "reshape";
  static constexpr std::array<std::string_view, 2> arguments{"channels", "length"};

  Shape shape{};

  Reshape() = default;
  Reshape(Index channels, Index length) : shape{channels, length} { checked_fields(kind, *this); }

  [[nodiscard]] std::string complaint(Shape input) const {
    if (input.size() == shape.size()) return {};
    return "reshape to " + shape.str() + " does not fit " + input.str();
  }
  [[nodiscard]] Shape out_shape(Shape input) const {
    require_fit(*this, input);
    return shape;
  }
  [[nodiscard]] Index out_length(Index) const noexcept { return shape.length; }

  void forward(BatchView<const T> x, BatchView<T> y, Cache&, const Pass&) const { this->copy(x, y, x); }
  void backward(BatchView<const T> x, BatchView<const T>, BatchView<const T> dy, BatchView<T> dx, Cache&,
                Reshape&, const Pass&) const {
    if (!dx.absent()) this->copy(dy, dx, x);
  }

  template <class Visitor, class Layer>
  static void fields(Visitor& visit, Layer& o) {
    visit.required("channels", o.shape.channels, IntegerRange{1, 1 << 24}, "of the output");
    visit("length", o.shape.length, IntegerRange{1, 1 << 24},
          "steps of the output; as many as the values fill, where a file does not say");
  }
  static void adapt(ConfigReader& read, Reshape& layer, Shape input) {
    if (!read.has("length")) layer.shape.length = input.size() / layer.shape.channels;
    if (layer.shape.size() != input.size()) {
      read.complain("channels", "times the length must be " + std::to_string(input.size()));
    }
  }
  /// Without a length, as many steps as the values fill.
};

}  // namespace weir::inline WEIR_ABI
