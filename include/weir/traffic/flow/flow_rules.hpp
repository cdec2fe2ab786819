// What a packet says of its flow before it is counted: which end is the client's, and whether the flow ends
// first. The rules are those of flow_table.hpp.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/traffic/flow/flow_counting.hpp>
#include <weir/traffic/flow/flow_key.hpp>
#include <weir/traffic/flow/flow_options.hpp>
#include <weir/traffic/flow/flow_record.hpp>
#include <weir/traffic/flow/flow_tcp.hpp>
#include <weir/traffic/packet/packet.hpp>

#include <cstdint>

namespace weir::inline WEIR_ABI {
namespace detail {

/// Of a new flow, by its first packet.
inline void set_direction(FlowBase& flow, const Packet& p, const KeyedEnd& key,
                          const FlowOptions& options) noexcept {
  flow.client_is_b = key.from_b;
  if (options.lifecycle == FlowLifecycle::cic_compat) return;
  if (has_tcp(p) && (p.tcp_flags & tcp_flag::syn) != 0) {
    const bool answer = (p.tcp_flags & tcp_flag::ack) != 0;
    flow.direction = answer ? FlowDirection::syn_ack : FlowDirection::syn;
    flow.client_is_b = key.from_b != answer;
  } else if (options.lower_port_serves && key.key.port_a != key.key.port_b) {
    flow.direction = FlowDirection::lower_port;
    flow.client_is_b = key.key.port_b > key.key.port_a;
  }
}

[[nodiscard]] inline unsigned side_of(const FlowBase& flow, const KeyedEnd& key) noexcept {
  return key.from_b == flow.client_is_b ? 0 : 1;
}

/// Why the flow has to end before this packet of its key; open: it takes the packet.
[[nodiscard]] inline FlowEnd end_before(const FlowBase& flow, const Packet& p, const KeyedEnd& key,
                                        std::int64_t time, const FlowTimeouts& timeouts) noexcept {
  const std::int64_t idle = timeouts.idle_ns(flow.key.protocol);
  const std::int64_t end = flow.end_ns();
  if (time - end >= idle) return flow.closed ? FlowEnd::end_of_flow : FlowEnd::idle;
  if (end - time >= idle && !p.held_back) return flow.closed ? FlowEnd::end_of_flow : FlowEnd::forced;
  if (has_tcp(p) && (p.tcp_flags & tcp_flag::syn) != 0) {
    const unsigned s = side_of(flow, key);
    const TcpHistory history{.closed = flow.closed,
                             .paused = time - end > timeouts.linger_ns,
                             .earlier = time < flow.start_ns,
                             .of_server = s == 1 && flow.direction == FlowDirection::syn};
    if (begins_connection(flow.tcp_end(s), flow.tcp_end(1 - s), history, p)) return FlowEnd::end_of_flow;
  }
  if (time - flow.start_ns >= timeouts.active_ns || counters_full(flow)) return FlowEnd::active;
  return FlowEnd::open;
}

}  // namespace detail
}  // namespace weir::inline WEIR_ABI
