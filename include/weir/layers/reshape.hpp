// The same values of a sample as time steps of another number of channels:
//
//   channels x length  ->  channels' x length',    channels * length = channels' * length'
//
// Values keep their order: channels fastest, then time. Padding behind a sample's length becomes zeros, and
// all steps of the output count.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/bounds.hpp>
#include <weir/core/layer_needs.hpp>
#include <weir/layers/flatten.hpp>

#include <array>
#include <string_view>

namespace weir::inline WEIR_ABI {

template <class T = float>
struct Reshape : detail::SameValues<T> {
  using typename detail::SameValues<T>::Cache;
  static constexpr std::string_view kind = "reshape";
  static constexpr std::array<std::string_view, 2> arguments{"channels", "length"};
  static constexpr IntegerBounds channels_bounds{"channels", 1, 1 << 24};
  static constexpr IntegerBounds length_bounds{"length", 1, 1 << 24};

  Shape shape{};

  Reshape() = default;
  Reshape(Index channels, Index length)
      : shape{channels_bounds.checked(kind, channels), length_bounds.checked(kind, length)} {}

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

  [[nodiscard]] Config config() const {
    return {{"channels", static_cast<std::int64_t>(shape.channels)},
            {"length", static_cast<std::int64_t>(shape.length)}};
  }
  /// Without a length, as many steps as the values fill.
  [[nodiscard]] static Result<Reshape> from_config(const Config& config, Shape input) {
    ConfigReader read(kind, config);
    Reshape layer;
    layer.shape.channels = channels_bounds.require(read);
    layer.shape.length = length_bounds.read(read, input.size() / layer.shape.channels);
    if (layer.shape.size() != input.size()) {
      read.complain("channels", "times the length must be " + std::to_string(input.size()));
    }
    return read.finish(layer);
  }
};

}  // namespace weir::inline WEIR_ABI
