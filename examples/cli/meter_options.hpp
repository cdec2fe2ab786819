// How flows are metered: what `flows` and `watch` have in common. main.cpp fills it from the command line.
#pragma once

#include <weir/core/option_bounds.hpp>

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

  /// Those that mean the same in both commands.
  template <class Visitor, class Options>
  static void fields(Visitor& visit, Options& o) {
    visit("idle", o.idle, weir::RealRange{0.001, 1e9, "s"}, "seconds without a packet that end a flow");
    visit("active", o.active, weir::RealRange{0.001, 1e9, "s"}, "seconds after which a flow is cut");
    visit("max_flows", o.max_flows, weir::count_from(1),
          "open at a time; sets the memory: a million take 0.4 GB, in cic 0.9, nfstream 1.2, cesnet 2.1");
    visit("apart", o.apart, "what keeps flows of equal addresses and ports apart: vlan, tunnel, outer, none",
          "vlan,tunnel");
  }
};

}  // namespace cli
