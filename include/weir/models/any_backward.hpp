// The backward passes of all built-in kinds, for nets from files and texts. Only a program that trains such
// a net compiles them: nothing but AnyLayer::backward asks for them.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/models/any_layer.hpp>
#include <weir/models/builtin_layers.hpp>

#include <cassert>
#include <string_view>

namespace weir::inline WEIR_ABI::detail {

template <class T>
struct BuiltinBackward {
  using Backward = typename AnyLayer<T>::Backward;

  /// Of the kind of that name. Not within the class, so that `extern template` keeps it from being compiled
  /// again.
  [[nodiscard]] static Backward find(std::string_view kind);
};

template <class T, class... L>
[[nodiscard]] typename AnyLayer<T>::Backward find_backward(std::string_view kind, KindList<L...>) {
  typename AnyLayer<T>::Backward found = nullptr;
  ((L::kind == kind ? static_cast<void>(found = &AnyLayer<T>::template run_backward<L>) : void()), ...);
  assert(found != nullptr);
  return found;
}

template <class T>
typename AnyLayer<T>::Backward BuiltinBackward<T>::find(std::string_view kind) {
  return find_backward<T>(kind, BuiltinLayers<T>{});
}

}  // namespace weir::inline WEIR_ABI::detail
