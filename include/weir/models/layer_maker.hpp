// How a layer of each kind is made of what a text or a file says of it: a table, so that whoever reads
// texts and files is compiled once and not for each kind.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/config.hpp>
#include <weir/core/error.hpp>
#include <weir/core/layer_options.hpp>
#include <weir/core/layer_traits.hpp>
#include <weir/models/any_model.hpp>
#include <weir/models/builtin_layers.hpp>

#include <array>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI::detail {

template <class T>
struct LayerMaker {
  std::string_view kind;
  double (*values_needed)(const Config& config, Shape input);
  Result<AnyLayer<T>> (*make)(const Config& config, Shape input);
  /// Of a layer made of layers, in place of `make`.
  Result<AnyLayer<T>> (*join)(const Config& config, std::vector<AnyModel<T>> chains, Shape input);
  Shape (*branch_input)(Shape input, const std::vector<AnyModel<T>>& before);
  bool copies_branch;
};

template <class T, class L>
[[nodiscard]] Result<AnyLayer<T>> make_layer_of(const Config& config, Shape input) {
  return with_config<L>(config, input, [](L layer) { return AnyLayer<T>::of_builtin(std::move(layer)); });
}
template <class T, class L>
[[nodiscard]] Result<AnyLayer<T>> join_layers(const Config& config, std::vector<AnyModel<T>> chains,
                                              Shape input) {
  Result<L> layer = L::from_branches(config, std::move(chains), input);
  if (!layer) return layer.error();
  return AnyLayer<T>::of_builtin(std::move(*layer));
}
template <class T, class L>
[[nodiscard]] Shape branch_input_of(Shape input, const std::vector<AnyModel<T>>& before) {
  if constexpr (requires { L::branch_input(input, before); }) {
    return L::branch_input(input, before);
  } else {
    return input;
  }
}

template <class T, class L>
concept MadeOfLayers = requires(const Config& config, std::vector<AnyModel<T>> chains, Shape input) {
  L::from_branches(config, std::move(chains), input);
};

template <class T, class L>
[[nodiscard]] constexpr LayerMaker<T> maker_of() {
  static_assert(says_scratch<L>, "a layer that files may name says how much memory its cache takes");
  if constexpr (MadeOfLayers<T, L>) {
    constexpr bool copies = requires { L::copies_branch; };
    return {L::kind, &values_needed<L>, nullptr, &join_layers<T, L>, &branch_input_of<T, L>, copies};
  } else {
    return {L::kind, &values_needed<L>, &make_layer_of<T, L>, nullptr, nullptr, false};
  }
}

template <class T, class... L>
[[nodiscard]] const LayerMaker<T>* find_maker(std::string_view kind, KindList<L...>) {
  static constexpr std::array<LayerMaker<T>, sizeof...(L)> makers{maker_of<T, L>()...};
  for (const LayerMaker<T>& maker : makers) {
    if (maker.kind == kind) return &maker;
  }
  return nullptr;
}

}  // namespace weir::inline WEIR_ABI::detail
