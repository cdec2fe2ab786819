// The options that all recurrent layers have: as text, from text, and whether they are sound. What they mean,
// layers/recurrent.hpp tells. `Options` is a layer's own struct, which has them among others.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/bounds.hpp>
#include <weir/core/layer.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace weir::inline WEIR_ABI {

/// What a recurrent layer gives.
enum class Returns : unsigned char { last, sequence, state };

namespace detail {
inline constexpr std::array<std::string_view, 3> returns_names{"last", "sequence", "state"};
}  // namespace detail

[[nodiscard]] inline std::string_view name_of(Returns returns) noexcept {
  return detail::returns_names[static_cast<std::size_t>(returns)];
}

namespace detail {

inline constexpr IntegerBounds recurrent_units_bounds{"units", 1, Index{1} << 20};
inline constexpr RealBounds recurrent_dropout_bounds{"recurrent_dropout", 0.0, 0.999999};
inline constexpr IntegerBounds truncate_bounds{"truncate", 0, Index{1} << 40};

template <class Options>
[[nodiscard]] Config recurrent_config(Index units, const Options& options) {
  return {{"units", static_cast<std::int64_t>(units)},
          {"return", std::string(name_of(options.returns))},
          {"recurrent_dropout", options.recurrent_dropout},
          {"learned_state", options.learned_state},
          {"truncate", static_cast<std::int64_t>(options.truncate)},
          {"reverse", options.reverse}};
}
template <class Options>
void read_recurrent_options(ConfigReader& read, Options& options) {
  const std::string returns = read.text("return", name_of(options.returns));
  const auto& names = returns_names;
  const auto found = std::find(names.begin(), names.end(), returns);
  if (found == names.end()) {
    read.complain("return", "must be last, sequence or state");
  } else {
    options.returns = static_cast<Returns>(found - names.begin());
  }
  options.recurrent_dropout = recurrent_dropout_bounds.read(read, 0.0);
  options.learned_state = read.flag("learned_state", false);
  options.truncate = truncate_bounds.read(read, 0);
  options.reverse = read.flag("reverse", false);
}
template <class Options>
void check_recurrent_options(std::string_view kind, const Options& options) {
  static_cast<void>(recurrent_dropout_bounds.checked(kind, options.recurrent_dropout));
  static_cast<void>(truncate_bounds.checked(kind, options.truncate));
}

}  // namespace detail
}  // namespace weir::inline WEIR_ABI
