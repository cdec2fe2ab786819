// From a packet to the key of its flow. Later fragments have no ports: they get those of their first
// fragment, in a table of fixed size (parse/fragments.hpp). An ICMP error is a packet of an ICMP flow; the
// flow that it quotes can be asked for.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/traffic/flow/flow_key.hpp>
#include <weir/traffic/flow/flow_options.hpp>
#include <weir/traffic/packet/packet.hpp>
#include <weir/traffic/parse/fragments.hpp>
#include <weir/traffic/parse/quoted_flow.hpp>

#include <cstdint>
#include <optional>

namespace weir::inline WEIR_ABI {

class FlowKeyer {
 public:
  explicit FlowKeyer(const FlowOptions& options = {}, FlowHashKey secret = FlowHashKey::random())
      : vlan_in_key_(options.vlan_in_key),
        tunnel_in_key_(options.tunnel_in_key),
        tunnel_ends_in_key_(options.tunnel_ends_in_key),
        cic_(options.lifecycle == FlowLifecycle::cic_compat),
        fragments_({.datagrams = 1'024, .held = 0, .key = secret.k0}) {}

  /// False when the packet belongs to no flow: it is not IP.
  [[nodiscard]] KeyedEnd operator()(const Packet& p) noexcept {
    if (cic_) return by_cic_rules(p);
    if (p.ip_version == 0) return {};
    if (!p.fragment) return flow_key(p.src, p.src_port, p.dst, p.dst_port, context(p, p.protocol));
    Packet named = p;
    fragments_.resolve(named);
    return flow_key(p.src, named.src_port, p.dst, named.dst_port, context(p, named.protocol));
  }

  /// Only of these packets it is asked what they quote.
  [[nodiscard]] static bool may_quote(const Packet& p) noexcept {
    return p.protocol == ip_protocol::icmp || p.protocol == ip_protocol::icmpv6;
  }
  /// The flow that an ICMP error message tells about, as far as it was captured, in the VLAN and the tunnel
  /// of the message; `from_b` is of the quoted packet.
  [[nodiscard]] KeyedEnd quoted(const Packet& p) const noexcept {
    const std::optional<QuotedFlow> q = quoted_flow(p);
    if (!q) return {};
    return flow_key(q->src, q->src_port, q->dst, q->dst_port, context(p, q->protocol));
  }

 private:
  /// CICFlowMeter reads IPv4 and knows TCP and UDP only; all else is protocol 0 without ports.
  [[nodiscard]] KeyedEnd by_cic_rules(const Packet& p) const noexcept {
    if (p.ip_version != 4) return {};
    const bool plain = p.protocol == ip_protocol::tcp || p.protocol == ip_protocol::udp;
    if (!plain || p.later_fragment) return flow_key(p.src, 0, p.dst, 0, {.ip_version = 4});
    return flow_key(p.src, p.src_port, p.dst, p.dst_port, {.ip_version = 4, .protocol = p.protocol});
  }
  [[nodiscard]] FlowContext context(const Packet& p, std::uint8_t protocol) const noexcept {
    FlowContext c{.ip_version = p.ip_version, .protocol = protocol};
    if (tunnel_in_key_) c.tunnel = p.tunnel_network;
    if (tunnel_ends_in_key_) c.tunnel ^= p.tunnel_ends;
    if (vlan_in_key_) {
      c.vlan = p.vlan;
      c.vlan_count = p.vlan_count;
    }
    return c;
  }

  bool vlan_in_key_;
  bool tunnel_in_key_;
  bool tunnel_ends_in_key_;
  bool cic_;
  FragmentTable fragments_;
};

}  // namespace weir::inline WEIR_ABI
