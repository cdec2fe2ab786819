// What a layer says of itself (core/layer_traits.hpp) that does not depend on samples, as values: so one
// whose kind is known only at run time can say it, too.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/layer_traits.hpp>

#include <concepts>
#include <string_view>

namespace weir::inline WEIR_ABI {

struct LayerFacts {
  std::string_view kind;
  Link link = Link::identity;        ///< of the layer itself
  Link final_link = Link::identity;  ///< of a chain: of its last layer
  bool in_place = false;
  bool reads_output = false;
  bool keeps_length = true;
  bool couples_samples = false;
  bool streams = true;
};

namespace detail {

template <class L>
concept KnowsItsFacts = requires(const L layer) {
  { layer.facts() } -> std::same_as<const LayerFacts&>;
};

template <class L>
[[nodiscard]] LayerFacts facts_of(const L& layer) {
  if constexpr (KnowsItsFacts<L>) {
    return layer.facts();
  } else {
    return {L::kind,         link_of<L>(),    final_link(layer),      in_place<L>,
            reads_output<L>, keeps_length<L>, couples_samples(layer), streams(layer)};
  }
}

template <class L>
[[nodiscard]] Link own_link(const L& layer) noexcept {
  if constexpr (KnowsItsFacts<L>) {
    return layer.facts().link;
  } else {
    return link_of<L>();
  }
}

template <class L>
[[nodiscard]] std::string_view kind_of(const L& layer) noexcept {
  if constexpr (KnowsItsFacts<L>) {
    return layer.facts().kind;
  } else {
    return L::kind;
  }
}

}  // namespace detail
}  // namespace weir::inline WEIR_ABI
