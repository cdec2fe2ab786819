// A chain of layers whose kinds are known only at run time: built from a file, or from text as on the command
// line. It is a layer like any other, so `fit`, `evaluate`, `predict` and `save` take it as they take a
// Sequential.
//
// Only who includes models/registry.hpp pays for compiling every kind of layer. Who trains such a net needs
// it (train.hpp brings it): the list of backward passes stands there.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/config.hpp>
#include <weir/core/error.hpp>
#include <weir/models/any_layer.hpp>
#include <weir/models/chain.hpp>

#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

template <class T = float>
struct AnyModel : Chain<std::vector<AnyLayer<T>>> {
  // As a rule; without looking, the safe answers.
  static constexpr bool along_time = true;
  static constexpr bool reads_output = true;

  [[nodiscard]] static Result<AnyModel> from_branches(const Config& config, std::vector<AnyModel> chains,
                                                      Shape) {
    if (chains.size() != 1) return Failure{ErrorKind::config, "sequential: one chain is expected"};
    return ConfigReader(AnyModel::kind, config).finish(std::move(chains[0]));
  }
};

#if defined(WEIR_COMPILED)
extern template class AnyLayer<float>;
extern template struct AnyModel<float>;
#endif

}  // namespace weir::inline WEIR_ABI
