// A net at a glance: what each of its layers gives, how many parameters it has, and what it computes.
//
//   std::puts(to_text(summary(net, Shape{41})).c_str());
//
//   layer              output  parameters  FLOPs a row
//   dense:64               64        2688         5248
//   relu                   64           0            0
//   dense:2                 2         130          256
//   all                              2818         5504
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/batch.hpp>
#include <weir/core/config.hpp>
#include <weir/core/layer.hpp>
#include <weir/core/layer_traits.hpp>
#include <weir/core/plain_text.hpp>
#include <weir/models/each.hpp>
#include <weir/models/layer_spec.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace weir::inline WEIR_ABI {

/// A layer of a net that was asked what it makes of samples of some shape.
struct LayerSummary {
  std::string layer{};  ///< its kind and first option, as build() reads them: "dense:64"
  Shape output{};       ///< of one sample
  Index parameters = 0;
  Index flops = 0;  ///< floating-point operations for one sample in inference; activations are not counted
};

struct NetSummary {
  std::vector<LayerSummary> layers{};

  [[nodiscard]] Index parameters() const noexcept { return sum_of(&LayerSummary::parameters); }
  [[nodiscard]] Index flops() const noexcept { return sum_of(&LayerSummary::flops); }

 private:
  [[nodiscard]] Index sum_of(Index LayerSummary::*part) const noexcept {
    Index sum = 0;
    for (const LayerSummary& layer : layers) sum += layer.*part;
    return sum;
  }
};

namespace detail {

[[nodiscard]] std::string brief_layer(const LayerSpec& layer);

#if WEIR_BODIES

/// The first option is what tells layers of a kind apart.
WEIR_BODY std::string brief_layer(const LayerSpec& layer) {
  const auto& options = layer.config.entries();
  return options.empty() ? layer.kind : layer.kind + ":" + value_text(options.front().second);
}

#endif

}  // namespace detail

/// For samples of that shape. A layer made of layers is one line. ShapeError when the net cannot take them.
template <class Net>
[[nodiscard]] NetSummary summary(const Net& net, Shape input) {
  static_cast<void>(net.out_shape(input));
  NetSummary result;
  detail::each_layer(net, [&](std::size_t, const auto& layer) {
    const Index operations = flops(layer, input);
    input = layer.out_shape(input);
    result.layers.push_back(
        {detail::brief_layer(describe_layer(layer)), input, parameter_count(layer), operations});
  });
  return result;
}

/// An aligned table, a layer a line and their sums in the last one.
[[nodiscard]] std::string to_text(const NetSummary& net);

#if WEIR_BODIES

WEIR_BODY std::string to_text(const NetSummary& net) {
  std::string text = "  layer              output  parameters  FLOPs a row\n";
  const auto add = [&text](const LayerSummary& layer, const std::string& output) {
    text += "  " + pad_right(layer.layer, 16) + pad_left(output, 9) +
            pad_left(std::to_string(layer.parameters), 12) + pad_left(std::to_string(layer.flops), 13) + "\n";
  };
  for (const LayerSummary& layer : net.layers) add(layer, layer.output.str());
  add({"all", {}, net.parameters(), net.flops()}, "");
  return text;
}

#endif

}  // namespace weir::inline WEIR_ABI
