// The profiles of the list (flow_features.hpp) by name, and by the columns of a table.
//
//   with_profile(name, [&]<class Profile>() { meter<Profile>(); });      // compiles a meter for each
//   if (const auto flows = profile_of_columns(names)) ... flows->role_of("src_ip")
#pragma once

#include <weir/core/abi.hpp>
#include <weir/traffic/features/column_spellings.hpp>
#include <weir/traffic/features/flow_features.hpp>
#include <weir/traffic/flow/flow_columns.hpp>
#include <weir/traffic/flow/flow_options.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace weir::inline WEIR_ABI {

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

/// Whether a profile's readers expect an empty field where a value is missing; else they expect 0.
template <class Profile>
inline constexpr bool writes_blanks = !requires {
  requires !Profile::blank_missing;
};

/// Whether a profile has columns for the first packets of its own.
template <class Profile>
inline constexpr bool has_packet_columns = requires {
  requires Profile::has_packet_columns;
};

/// Hands a profile and the further columns that may stand beside it, as template arguments, to `use`.
template <class Profile, class Use>
decltype(auto) with_further_columns(Use&& use) {
  if constexpr (has_packet_columns<Profile>) {
    return use.template operator()<Profile, PayloadBytes, HeaderBits>();
  } else {
    return use.template operator()<Profile, PacketSequence, PayloadBytes, HeaderBits>();
  }
}

/// The options of a table with what the profile needs.
template <class Profile>
[[nodiscard]] FlowOptions options_for_profile(const FlowOptions& options) {
  if constexpr (requires { Profile::table_options(options); }) return Profile::table_options(options);
  return options;
}

/// A profile by whose columns a table is known.
struct TableProfile {
  std::string text{};  ///< "core, version 1"
  std::vector<FlowColumn> columns{};

  /// Of its columns, by any spelling (column_spellings.hpp); a column of another name is a feature.
  [[nodiscard]] ColumnRole role_of(std::string_view name) const noexcept {
    const FlowColumn* const column = find(name);
    return column == nullptr ? ColumnRole::feature : column->role;
  }
  [[nodiscard]] bool is_address(std::string_view name) const noexcept {
    const FlowColumn* const column = find(name);
    return column != nullptr && column->address;
  }
  [[nodiscard]] const FlowColumn* find(std::string_view name) const noexcept {
    for (const FlowColumn& column : columns) {
      if (same_column(column.name, name)) return &column;
    }
    return nullptr;
  }
};

/// The first profile of which these are columns; nothing when there is none.
template <class... Profiles>
[[nodiscard]] std::optional<TableProfile> profile_of_columns(std::span<const std::string> names,
                                                             ProfileList<Profiles...>) {
  std::optional<TableProfile> found;
  const auto there = [names](std::string_view wanted) {
    return std::any_of(names.begin(), names.end(),
                       [&](const auto& name) { return same_column(name, wanted); });
  };
  const auto is = [&]<class Profile>() {
    if (!std::all_of(Profile::known_by.begin(), Profile::known_by.end(), there)) return false;
    found = {flow_profile_text<Profile>(), flow_columns<Profile>()};
    return true;
  };
  static_cast<void>((is.template operator()<Profiles>() || ...));
  return found;
}
[[nodiscard]] inline std::optional<TableProfile> profile_of_columns(std::span<const std::string> names) {
  return profile_of_columns(names, AllProfiles{});
}

/// Whether a profile leaves the flow out of its output.
template <class Profile, class View>
[[nodiscard]] bool leaves_out(const View& flow) {
  if constexpr (requires { Profile::keeps(flow); }) return !Profile::keeps(flow);
  return false;
}

}  // namespace weir::inline WEIR_ABI
