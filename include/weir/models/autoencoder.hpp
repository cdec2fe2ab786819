// Autoencoders as chains: how to take one apart, and one for sequences.
//
//   auto net = Sequential{Dense{41, 16}, Relu{}, Dense{16, 41}};      untied; the code is behind layer 1
//   auto encoder = first_layers<2>(net);                              copies, with their weights
//   auto decoder = layers_from<2>(net);
//
// A chain from text (AnyModel) is cut by first_layers(net, 2) and layers_from(net, 2). The form with one
// shared weight is layers/autoencoder/tied_autoencoder.hpp; docs/autoencoders.md shows the other families.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/layer.hpp>
#include <weir/models/any_model.hpp>
#include <weir/models/sequential.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

namespace detail {
template <std::size_t First, class... Ls, std::size_t... I>
[[nodiscard]] auto part_of(const Sequential<Ls...>& net, std::index_sequence<I...>) {
  return Sequential<std::tuple_element_t<First + I, std::tuple<Ls...>>...>(
      std::get<First + I>(net.layers)...);
}
}  // namespace detail

/// A copy of the first `Count` layers.
template <std::size_t Count, class... Ls>
[[nodiscard]] auto first_layers(const Sequential<Ls...>& net) {
  return detail::part_of<0>(net, std::make_index_sequence<Count>{});
}
/// A copy of the layers from number `First` on.
template <std::size_t First, class... Ls>
[[nodiscard]] auto layers_from(const Sequential<Ls...>& net) {
  return detail::part_of<First>(net, std::make_index_sequence<sizeof...(Ls) - First>{});
}

template <class T>
[[nodiscard]] AnyModel<T> first_layers(const AnyModel<T>& net, std::size_t count) {
  AnyModel<T> part;
  for (std::size_t i = 0; i < std::min(count, net.layers.size()); ++i) part.layers.push_back(net.layers[i]);
  return part;
}
template <class T>
[[nodiscard]] AnyModel<T> layers_from(const AnyModel<T>& net, std::size_t first) {
  AnyModel<T> part;
  for (std::size_t i = first; i < net.layers.size(); ++i) part.layers.push_back(net.layers[i]);
  return part;
}

}  // namespace weir::inline WEIR_ABI
