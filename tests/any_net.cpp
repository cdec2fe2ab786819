#include "any_net.hpp"

namespace weir::inline WEIR_ABI::detail {

template Result<AnyModel<float>> build_chain<float>(std::span<const LayerSpec>, Shape, BuildLimits&, Index);
template Result<AnyModel<double>> build_chain<double>(std::span<const LayerSpec>, Shape, BuildLimits&, Index);
template struct BuiltinBackward<float>;
template struct BuiltinBackward<double>;

}  // namespace weir::inline WEIR_ABI::detail
