// The profiles of flow features as a list, so that a program can choose one by its name.
//
//   with_profile(name, [&]<class Profile>() { meter<Profile>(); });
//
// A program that uses it compiles a meter for each profile.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/traffic/features/flow_features.hpp>
#include <weir/traffic/flow/flow_options.hpp>

#include <array>
#include <string_view>
#include <type_traits>

namespace weir::inline WEIR_ABI {

template <class... Profiles>
struct ProfileList {};

/// In the order in which they are tried where none is named. Columns that stand beside a profile's (packet
/// sequences, bytes, header bits) are none.
using AllProfiles =
    ProfileList<CoreFlow, CicFlow, CicCompatFlow, NfstreamFlow, CesnetFlow, NetflowFlow, ZeekFlow>;

namespace detail {

template <class... Profiles>
[[nodiscard]] constexpr std::array<std::string_view, sizeof...(Profiles)> names_of(
    ProfileList<Profiles...>) noexcept {
  return {Profiles::name...};
}

}  // namespace detail

/// "core", "cic", ...
inline constexpr auto profile_names = detail::names_of(AllProfiles{});

/// Calls `use.template operator()<Profile>()` for the profile of this name. False when there is none.
template <class Use, class... Profiles>
bool with_profile(std::string_view name, Use&& use, ProfileList<Profiles...>) {
  return ((name == Profiles::name && (use.template operator()<Profiles>(), true)) || ...);
}
template <class Use>
bool with_profile(std::string_view name, Use&& use) {
  return with_profile(name, use, AllProfiles{});
}

/// Whether a profile's readers expect an empty field where a value is missing; those of CICFlowMeter expect
/// 0.
template <class Profile>
inline constexpr bool writes_blanks =
    !std::is_same_v<Profile, CicFlow> && !std::is_same_v<Profile, CicCompatFlow>;

/// Whether a profile has columns for the first packets of its own.
template <class Profile>
inline constexpr bool has_packet_columns =
    std::is_same_v<Profile, NfstreamFlow> || std::is_same_v<Profile, CesnetFlow>;

/// Hands a profile and the further columns that may stand beside it, as template arguments, to `use`.
template <class Profile, class Use>
decltype(auto) with_further_columns(Use&& use) {
  if constexpr (has_packet_columns<Profile>) {
    return use.template operator()<Profile, PayloadBytes, HeaderBits>();
  } else {
    return use.template operator()<Profile, PacketSequence, PayloadBytes, HeaderBits>();
  }
}

/// The options of a table with what the profile needs: CICFlowMeter's rules for `cic_compat`.
template <class Profile>
[[nodiscard]] FlowOptions options_for_profile(const FlowOptions& options) {
  return std::is_same_v<Profile, CicCompatFlow> ? cic_compat_options(options) : options;
}

/// Whether a profile leaves the flow out of its output.
template <class Profile, class View>
[[nodiscard]] bool leaves_out(const View& flow) {
  if constexpr (requires { Profile::keeps(flow); }) return !Profile::keeps(flow);
  return false;
}

}  // namespace weir::inline WEIR_ABI
