// A net's architecture as data: the kind and the options of each layer.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/config.hpp>
#include <weir/core/layer.hpp>
#include <weir/core/layer_options.hpp>

#include <cstddef>
#include <string>
#include <tuple>
#include <vector>

namespace weir::inline WEIR_ABI {

/// Layers of layers may be nested this deep, in texts and in files.
inline constexpr int most_nested_layers = 8;

/// Layers and branches of a net in a file, all together.
inline constexpr std::size_t most_file_layers = 256;
/// Options of one layer, in texts and in files.
inline constexpr std::size_t most_layer_options = 64;

/// One layer as data. A layer made of layers has branches, each a chain.
struct LayerSpec {
  std::string kind;
  Config config{};
  std::vector<std::vector<LayerSpec>> branches{};
  friend bool operator==(const LayerSpec&, const LayerSpec&) = default;
};

/// One layer.
template <class L>
[[nodiscard]] LayerSpec describe_layer(const L& layer) {
  LayerSpec spec;
  if constexpr (requires { layer.kind(); }) {
    spec.kind = std::string(layer.kind());
  } else {
    spec.kind = std::string(layer.kind);
  }
  spec.config = config_of(layer);
  if constexpr (requires { layer.branches(); }) spec.branches = layer.branches();
  return spec;
}

/// The layers of a chain, of either kind; of one layer, itself.
template <class Net>
[[nodiscard]] std::vector<LayerSpec> describe(const Net& net) {
  std::vector<LayerSpec> specs;
  if constexpr (requires { net.layers.size(); }) {
    for (const auto& layer : net.layers) specs.push_back(describe_layer(layer));
  } else if constexpr (requires { net.layers; }) {
    std::apply([&](const auto&... layer) { (specs.push_back(describe_layer(layer)), ...); }, net.layers);
  } else {
    specs.push_back(describe_layer(net));
  }
  return specs;
}

}  // namespace weir::inline WEIR_ABI
