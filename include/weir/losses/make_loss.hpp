// Losses from texts and from data: of the kinds in losses/builtin_losses.hpp.
//
//   Result<AnyLoss> loss = try_make_loss("categorical_crossentropy:label_smoothing=0.1");
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/kinds.hpp>
#include <weir/losses/any_loss.hpp>
#include <weir/losses/builtin_losses.hpp>

#include <string_view>

namespace weir::inline WEIR_ABI {

/// From "kind:option=value"; an unknown kind is told its neighbours.
[[nodiscard]] Result<AnyLoss> try_make_loss(std::string_view text);
[[nodiscard]] Result<AnyLoss> try_make_loss(const KindSpec& spec);

#if WEIR_BODIES

WEIR_BODY Result<AnyLoss> try_make_loss(std::string_view text) {
  return try_make_kind<AnyLoss>("loss", text, BuiltinLosses{});
}
WEIR_BODY Result<AnyLoss> try_make_loss(const KindSpec& spec) {
  return try_make_kind<AnyLoss>("loss", spec, BuiltinLosses{});
}

#endif

/// As `try_make_loss`; throws ConfigError.
template <class Source>
[[nodiscard]] AnyLoss make_loss(const Source& source) {
  return try_make_loss(source).value();
}

}  // namespace weir::inline WEIR_ABI
