// Which columns of a profile name hosts, connections and moments, and by which columns a table is recognised
// as one of its flows. What names a host or a moment is no behaviour: a model that reads it learns the
// recording.
//
//   if (const ProfileColumns* flows = profile_of_columns(names)) drop(flows->identities), drop(flows->times);
//
// The port of the server stays: it says which service a flow is of. Apart from the profiles themselves
// (flow_features.hpp), so that a program which reads tables compiles no meter.
#pragma once

#include <weir/core/abi.hpp>

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace weir::inline WEIR_ABI {

struct ProfileColumns {
  std::string_view profile;
  int version;                                 ///< of its columns' meaning
  std::span<const std::string_view> known_by;  ///< a table that has all of them is of this profile
  std::span<const std::string_view> identities;
  std::span<const std::string_view> times;
};

namespace detail {

inline constexpr std::array<std::string_view, 3> core_known{"duration_ns", "fwd_packets", "bwd_packets"};
inline constexpr std::array<std::string_view, 4> core_identities{"src_ip", "src_port", "dst_ip", "flow_id"};
inline constexpr std::array<std::string_view, 1> core_times{"start_ns"};

// cic and cic_compat
inline constexpr std::array<std::string_view, 4> cic_known{"Flow Duration", "Total Fwd Packet",
                                                           "Total Bwd packets", "Flow IAT Mean"};
inline constexpr std::array<std::string_view, 4> cic_identities{"Flow ID", "Src IP", "Src Port", "Dst IP"};
inline constexpr std::array<std::string_view, 1> cic_times{"Timestamp"};

inline constexpr std::array<std::string_view, 3> nfstream_known{"bidirectional_duration_ms",
                                                                "src2dst_packets", "dst2src_packets"};
inline constexpr std::array<std::string_view, 8> nfstream_identities{
    "id", "src_ip", "src_mac", "src_oui", "src_port", "dst_ip", "dst_mac", "dst_oui"};
inline constexpr std::array<std::string_view, 6> nfstream_times{
    "bidirectional_first_seen_ms", "bidirectional_last_seen_ms", "src2dst_first_seen_ms",
    "src2dst_last_seen_ms",        "dst2src_first_seen_ms",      "dst2src_last_seen_ms"};

inline constexpr std::array<std::string_view, 3> netflow_known{"octetDeltaCount", "packetDeltaCount",
                                                               "flowEndReason"};
inline constexpr std::array<std::string_view, 6> netflow_identities{
    "sourceIPv4Address",      "sourceIPv6Address",   "destinationIPv4Address",
    "destinationIPv6Address", "sourceTransportPort", "flowId"};
inline constexpr std::array<std::string_view, 2> netflow_times{"flowStartNanoseconds", "flowEndNanoseconds"};

inline constexpr std::array<std::string_view, 3> zeek_known{"orig_pkts", "resp_pkts", "conn_state"};
inline constexpr std::array<std::string_view, 4> zeek_identities{"uid", "id.orig_h", "id.orig_p",
                                                                 "id.resp_h"};
inline constexpr std::array<std::string_view, 1> zeek_times{"ts"};

}  // namespace detail

/// The profiles whose columns name anything of this kind; those of `cesnet` do not.
inline constexpr std::array<ProfileColumns, 5> profile_columns{
    {{"core", 1, detail::core_known, detail::core_identities, detail::core_times},
     {"cic", 1, detail::cic_known, detail::cic_identities, detail::cic_times},
     {"nfstream", 1, detail::nfstream_known, detail::nfstream_identities, detail::nfstream_times},
     {"netflow", 1, detail::netflow_known, detail::netflow_identities, detail::netflow_times},
     {"zeek", 1, detail::zeek_known, detail::zeek_identities, detail::zeek_times}}};

/// The profile of which these are columns; null when it is none.
[[nodiscard]] inline const ProfileColumns* profile_of_columns(std::span<const std::string> names) {
  const auto there = [names](std::string_view wanted) {
    return std::find(names.begin(), names.end(), wanted) != names.end();
  };
  for (const ProfileColumns& profile : profile_columns) {
    if (std::all_of(profile.known_by.begin(), profile.known_by.end(), there)) return &profile;
  }
  return nullptr;
}

/// The entry of a model's record that says of which profile the table was, and what it says: "core, version
/// 1".
inline constexpr std::string_view flow_profile_entry = "flow profile";
[[nodiscard]] inline std::string flow_profile_text(std::string_view profile, int version) {
  return std::string(profile) + ", version " + std::to_string(version);
}

}  // namespace weir::inline WEIR_ABI
