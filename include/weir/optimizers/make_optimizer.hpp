// Optimizers from texts and from data: of the kinds in optimizers/builtin_optimizers.hpp.
//
//   Result<AnyOptimizer> optimizer = try_make_optimizer("sgd:learning_rate=0.05:momentum=0.9");
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/kinds.hpp>
#include <weir/optimizers/any_optimizer.hpp>
#include <weir/optimizers/builtin_optimizers.hpp>

#include <string_view>

namespace weir::inline WEIR_ABI {

/// From "kind:option=value"; an unknown kind is told its neighbours.
[[nodiscard]] Result<AnyOptimizer> try_make_optimizer(std::string_view text);
[[nodiscard]] Result<AnyOptimizer> try_make_optimizer(const KindSpec& spec);

#if WEIR_BODIES

WEIR_BODY Result<AnyOptimizer> try_make_optimizer(std::string_view text) {
  return try_make_kind<AnyOptimizer>("optimizer", text, BuiltinOptimizers{});
}
WEIR_BODY Result<AnyOptimizer> try_make_optimizer(const KindSpec& spec) {
  return try_make_kind<AnyOptimizer>("optimizer", spec, BuiltinOptimizers{});
}

#endif

/// As `try_make_optimizer`; throws ConfigError.
template <class Source>
[[nodiscard]] AnyOptimizer make_optimizer(const Source& source) {
  return try_make_optimizer(source).value();
}

}  // namespace weir::inline WEIR_ABI
