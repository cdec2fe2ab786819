// A net's architecture as data: the kind and the options of each layer. A layer made of layers, to travel
// with them, has
//
//   std::vector<std::vector<LayerSpec>> branches() const                 its chains as data
//   static Result<L> from_branches(const Config&, std::vector<Chain>, Shape input)
//
// and may have
//
//   static Shape branch_input(Shape, const std::vector<Chain>& before)   what the next chain gets, when it is
//                                                                        not what the layer gets
//   static constexpr bool copies_branch                                  one chain in a text stands for two
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/config.hpp>
#include <weir/core/layer.hpp>
#include <weir/core/layer_options.hpp>
#include <weir/models/each.hpp>
#include <weir/models/layer_facts.hpp>

#include <cstddef>
#include <string>
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
  if constexpr (detail::KnowsItsFacts<L>) {
    return layer.spec();
  } else {
    LayerSpec spec{std::string(L::kind), config_of(layer)};
    if constexpr (requires { layer.branches(); }) spec.branches = layer.branches();
    return spec;
  }
}

/// The layers of a chain, of either kind; of one layer, itself.
template <class Net>
[[nodiscard]] std::vector<LayerSpec> describe(const Net& net) {
  std::vector<LayerSpec> specs;
  detail::each_layer(net, [&](std::size_t, const auto& layer) { specs.push_back(describe_layer(layer)); });
  return specs;
}

}  // namespace weir::inline WEIR_ABI
