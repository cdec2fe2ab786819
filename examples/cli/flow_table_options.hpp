// From what the command line says of metering to the options of a flow table.
#pragma once

#include "meter_options.hpp"

#include <weir/core/error.hpp>
#include <weir/core/near_names.hpp>
#include <weir/traffic/features/profiles.hpp>
#include <weir/traffic/flow/flow_options.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace cli {

[[nodiscard]] inline weir::FeatureMask mask_of(const MeterOptions& o) {
  weir::FeatureMask mask;
  for (const std::string& name : o.mask) {
    if (mask.set(name)) continue;
    std::vector<std::string> known;
    for (const auto& member : weir::FeatureMask::members()) known.emplace_back(member.name);
    known.emplace_back("all");
    weir::fail(weir::ErrorKind::config, "--mask: there is no '" + name + "'" + weir::near_names(name, known));
  }
  return mask;
}

/// What is in the key of a flow; nothing named: the library's choice.
inline void set_key(weir::FlowOptions& options, const std::vector<std::string>& apart) {
  if (apart.empty()) return;
  options.vlan_in_key = options.tunnel_in_key = options.tunnel_ends_in_key = false;
  for (const std::string& name : apart) {
    if (name == "vlan") {
      options.vlan_in_key = true;
    } else if (name == "tunnel") {
      options.tunnel_in_key = true;
    } else if (name == "outer") {
      options.tunnel_ends_in_key = true;
    } else if (name != "none" || apart.size() > 1) {
      const std::string what = name == "none" ? "'none' stands alone" : "there is no '" + name + "'";
      weir::fail(weir::ErrorKind::config, "--apart: " + what + "; give vlan, tunnel, outer, or only none");
    }
  }
}

template <class Profile>
[[nodiscard]] weir::FlowOptions flow_table_options(const MeterOptions& o) {
  weir::FlowOptions options;
  options.max_flows = static_cast<std::size_t>(o.max_flows);
  options.timeouts.set_idle(static_cast<std::int64_t>(o.idle * 1e9));
  options.timeouts.active_ns = static_cast<std::int64_t>(o.active * 1e9);
  set_key(options, o.apart);
  weir::FlowFeatureOptions& features = options.features;
  if (o.packets > 0 || !weir::has_packet_columns<Profile>)
    features.packets = static_cast<std::size_t>(o.packets);
  features.payload_bytes = static_cast<std::size_t>(o.payload);
  features.header_packets = static_cast<std::size_t>(o.header_bits);
  features.early_packets = o.early;
  features.mask = mask_of(o);
  return weir::options_for_profile<Profile>(options);
}

}  // namespace cli
