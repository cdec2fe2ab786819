// The options that all recurrent layers have. What they mean in full, layers/recurrent/recurrent.hpp tells. `Options`
// is a layer's own struct, which has them among others.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/fields.hpp>
#include <weir/core/layer.hpp>

#include <array>
#include <string_view>

namespace weir::inline WEIR_ABI {

/// What a recurrent layer gives.
enum class Returns : unsigned char { last, sequence, state };

[[nodiscard]] constexpr std::array<std::string_view, 3> names_of(Returns) noexcept {
  return {"last", "sequence", "state"};
}

namespace detail {

inline constexpr IntegerRange recurrent_units_range{1, Index{1} << 20};

template <class Visitor, class Options>
void recurrent_fields(Visitor& visit, Options& o) {
  visit("return", o.returns, "the last output, the outputs of all steps, or the last state");
  visit("recurrent_dropout", o.recurrent_dropout, RealRange{0.0, 0.999999},
        "share of the state that is dropped before each step in training");
  visit("learned_state", o.learned_state, "the state before the first step is trained; otherwise it is zero");
  visit("truncate", o.truncate, IntegerRange{0, Index{1} << 40},
        "steps that gradients go back through; 0: all");
  visit("reverse", o.reverse, "runs from the last step to the first");
}

/// All that a file says of a recurrent layer.
template <class Options>
struct RecurrentSettings {
  Index units = 1;
  Options options{};

  template <class Visitor, class Settings>
  static void fields(Visitor& visit, Settings& s) {
    visit.required("units", s.units, recurrent_units_range, "size of the state");
    Options::fields(visit, s.options);
  }
};

}  // namespace detail
}  // namespace weir::inline WEIR_ABI
