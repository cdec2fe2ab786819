// Include this instead of models/registry.hpp: every kind of layer is then compiled once for all tests, in
// any_net.cpp, and not in each file that makes a net from a text.
#pragma once

#include "kernels.hpp"

#include <weir/models/registry.hpp>

namespace weir::inline WEIR_ABI::detail {

extern template Result<AnyModel<float>> build_chain<float>(std::span<const LayerSpec>, Shape, BuildLimits&,
                                                           Index);
extern template Result<AnyModel<double>> build_chain<double>(std::span<const LayerSpec>, Shape, BuildLimits&,
                                                             Index);
extern template struct BuiltinBackward<float>;
extern template struct BuiltinBackward<double>;

}  // namespace weir::inline WEIR_ABI::detail
