// How flows are metered: what `flows` and `watch` have in common. main.cpp fills it from the command line.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace cli {

struct MeterOptions {
  std::string profile{};
  double idle = 120;  ///< seconds
  double active = 1'800;
  std::uint64_t max_flows = 1'000'000;
  std::uint64_t packets = 0;        ///< columns for the first packets; 0: none, but the profile's own (30)
  std::uint64_t payload = 0;        ///< columns for the first payload bytes
  std::uint64_t header_bits = 0;    ///< packets whose headers are columns, bit by bit
  std::vector<std::string> mask{};  ///< what payload and header columns leave out
  std::uint64_t early = 0;  ///< packets after which a flow is described, or judged once; 0: at its end
  bool inner = false;       ///< look into tunnels
  /// What stands in the key beside addresses, ports and protocol: "vlan", "tunnel", "outer", or only "none".
  std::vector<std::string> apart{};
};

}  // namespace cli
