// A net's architecture as data: the kind and the options of each layer.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/config.hpp>
#include <weir/core/layer.hpp>

#include <string>
#include <tuple>
#include <vector>

namespace weir::inline WEIR_ABI {

/// One layer as data.
struct LayerSpec {
  std::string kind;
  Config config;
  friend bool operator==(const LayerSpec&, const LayerSpec&) = default;
};

/// The layers of a chain, of either kind. A layer without `config()` has no options.
template <class Net>
[[nodiscard]] std::vector<LayerSpec> describe(const Net& net) {
  std::vector<LayerSpec> specs;
  const auto add = [&](const auto& layer) {
    LayerSpec& spec = specs.emplace_back();
    if constexpr (requires { layer.kind(); }) {
      spec.kind = std::string(layer.kind());
    } else {
      spec.kind = std::string(layer.kind);
    }
    if constexpr (requires { layer.config(); }) spec.config = layer.config();
  };
  if constexpr (requires { net.layers.size(); }) {
    for (const auto& layer : net.layers) add(layer);
  } else {
    std::apply([&](const auto&... layer) { (add(layer), ...); }, net.layers);
  }
  return specs;
}

}  // namespace weir::inline WEIR_ABI
