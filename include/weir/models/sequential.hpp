// A chain of layers, each fed by the one before; itself a layer, so that chains nest.
//
//   auto net = Sequential{Dense{100, 64}, Relu{}, Dense{64, 32}, Relu{}, Dense{32, 1}, Sigmoid{}};
//
// The layers are a tuple: no virtual calls, and neighbours whose extents are known at compile time and do not
// fit are refused there. A layer may say for that
//
//   static constexpr Index in_channels, out_channels      dyn: known at run time
//   static constexpr bool keeps_shape                     as many channels come out as go in
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/layer_traits.hpp>
#include <weir/models/chain.hpp>

#include <cstddef>
#include <tuple>
#include <type_traits>
#include <utility>

namespace weir::inline WEIR_ABI {

namespace detail {

template <class L>
[[nodiscard]] consteval Index in_channels_of() {
  if constexpr (requires { L::in_channels; }) {
    return L::in_channels;
  } else {
    return dyn;
  }
}

/// Channels behind layer L when `before` come in; dyn when unknown.
template <class L>
[[nodiscard]] consteval Index out_channels_of(Index before) {
  if constexpr (requires { L::out_channels; }) {
    return L::out_channels;
  } else if constexpr (requires { L::keeps_shape; }) {
    return before;
  } else {
    return dyn;
  }
}

/// Stands in the compiler's message with both numbers when two layers do not fit.
template <Index OutChannels, Index NextInChannels>
struct NeighboursFit {
  static_assert(OutChannels == dyn || NextInChannels == dyn || OutChannels == NextInChannels,
                "a layer of this Sequential gives another number of channels than the next one takes");
  static constexpr bool value = true;
};

template <Index Channels>
[[nodiscard]] consteval bool neighbours_fit() {
  return true;
}
template <Index Channels, class L, class... Rest>
[[nodiscard]] consteval bool neighbours_fit() {
  return NeighboursFit<Channels, in_channels_of<L>()>::value &&
         neighbours_fit<out_channels_of<L>(Channels), Rest...>();
}

}  // namespace detail

template <class... Ls>
struct Sequential : Chain<std::tuple<Ls...>> {
  static_assert(detail::neighbours_fit<dyn, Ls...>());

  static constexpr std::size_t count = sizeof...(Ls);
  using Layers = std::tuple<Ls...>;
  using First = std::tuple_element_t<0, Layers>;
  static_assert((std::is_same_v<typename First::Scalar, typename Ls::Scalar> && ...),
                "all layers must have the same scalar type");

  static constexpr bool reads_output = weir::reads_output<std::tuple_element_t<count - 1, Layers>>;
  static constexpr bool along_time = (weir::along_time<Ls> || ...);
  static constexpr Index in_channels = detail::in_channels_of<First>();

  Sequential() = default;
  explicit Sequential(Ls... chain) requires(sizeof...(Ls) > 0) : Chain<Layers>{Layers(std::move(chain)...)} {}
};

}  // namespace weir::inline WEIR_ABI
