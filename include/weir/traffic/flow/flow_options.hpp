// How flows are told apart and when they end. Times are nanoseconds.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/traffic/flow/feature_mask.hpp>
#include <weir/traffic/flow/flow_key.hpp>
#include <weir/traffic/packet/packet.hpp>
#include <weir/traffic/packet/time_ns.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace weir::inline WEIR_ABI {

/// Why a flow ended; the numbers are those of flowEndReason (IPFIX element 136).
enum class FlowEnd : std::uint8_t {
  open = 0,               ///< it has not
  idle = 1,               ///< no packet for the idle time-out
  active = 2,             ///< older than the active time-out; its next packet begins the next record
  end_of_flow = 3,        ///< FIN, FIN and their acknowledgements, or RST
  forced = 4,             ///< the capture or the program ended, or the clock stepped
  lack_of_resources = 5,  ///< the table was full
};

[[nodiscard]] constexpr std::string_view name_of(FlowEnd reason) noexcept {
  constexpr std::array<std::string_view, 6> names{"open",        "idle",   "active",
                                                  "end_of_flow", "forced", "lack_of_resources"};
  return names[static_cast<std::size_t>(reason)];
}

struct FlowTimeouts {
  std::int64_t tcp_ns = 120 * ns_per_s;
  std::int64_t udp_ns = 120 * ns_per_s;
  std::int64_t icmp_ns = 120 * ns_per_s;
  std::int64_t other_ns = 120 * ns_per_s;
  std::int64_t active_ns = 1'800 * ns_per_s;
  std::int64_t linger_ns = 2 * ns_per_s;  ///< how long a closed connection still takes its trailing packets

  [[nodiscard]] std::int64_t idle_ns(std::uint8_t protocol) const noexcept {
    switch (protocol) {
      case ip_protocol::tcp: return tcp_ns;
      case ip_protocol::udp: return udp_ns;
      case ip_protocol::icmp:
      case ip_protocol::icmpv6: return icmp_ns;
      default: return other_ns;
    }
  }
  void set_idle(std::int64_t ns) noexcept { tcp_ns = udp_ns = icmp_ns = other_ns = ns; }
};

/// What is kept beside the counters.
struct FlowFeatureOptions {
  std::size_t packets = 30;         ///< length of packet sequences
  std::size_t payload_bytes = 0;    ///< of the flow's first payload
  std::size_t header_packets = 0;   ///< whose headers are kept bit by bit
  std::uint64_t early_packets = 0;  ///< EarlyFlow: after so many a flow is described
  FeatureMask mask{};               ///< what payload and header bits leave out
  bool empty_packets = false;  ///< profile cesnet: sequences and histograms also take packets without payload
};

/// The rules by which a connection ends.
enum class FlowLifecycle : std::uint8_t {
  standard,    ///< those of flow_table.hpp
  cic_compat,  ///< CICFlowMeter's, with their errors (features/cic_compat.hpp)
};

struct FlowOptions {
  std::size_t max_flows = std::size_t{1} << 20;
  FlowTimeouts timeouts{};
  FlowFeatureOptions features{};
  FlowLifecycle lifecycle = FlowLifecycle::standard;
  bool vlan_in_key = true;    ///< flows of different VLANs are different flows
  bool tunnel_in_key = true;  ///< so are those of different networks inside of tunnels: VXLAN VNI, NVGRE VSID
  bool tunnel_ends_in_key = false;  ///< so are those of tunnels between different outer addresses
  bool lower_port_serves = false;   ///< direction of a flow seen without SYN: the lower port is the server's
  bool drop_duplicates = false;     ///< count a repeated packet as a repetition and as nothing else
  std::int64_t clock_step_ns = 10 * ns_per_s;  ///< a step back by more is the clock's, not a late packet's
  std::optional<FlowHashKey> hash_key{};       ///< nothing: a random one
};

/// The options with sizes and times that a table can have.
[[nodiscard]] inline FlowOptions within_limits(FlowOptions o) noexcept {
  o.max_flows = std::clamp<std::size_t>(o.max_flows, 1, std::size_t{1} << 30);
  for (std::int64_t* t : {&o.timeouts.tcp_ns, &o.timeouts.udp_ns, &o.timeouts.icmp_ns, &o.timeouts.other_ns,
                          &o.timeouts.active_ns, &o.timeouts.linger_ns, &o.clock_step_ns}) {
    *t = std::clamp<std::int64_t>(*t, 1, greatest_time_ns);
  }
  return o;
}

/// What a table has done.
struct FlowTableStats {
  std::uint64_t packets = 0;  ///< given to the table
  std::uint64_t ignored = 0;  ///< of them not IP
  std::uint64_t flows = 0;    ///< begun
  std::uint64_t clock_jumps = 0;
  std::uint64_t cut_times = 0;           ///< time stamps beyond `greatest_time_ns`, and cut to it
  std::array<std::uint64_t, 6> ended{};  ///< by FlowEnd
};

}  // namespace weir::inline WEIR_ABI
