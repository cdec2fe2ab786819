// From a packet to the key of its flow. Later fragments have no ports: they get those of their first
// fragment, in a table of fixed size (parse/fragments.hpp). An ICMP error is a packet of an ICMP flow; the
// flow that it quotes can be asked for.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/traffic/flow_key.hpp>
#include <weir/traffic/packet.hpp>
#include <weir/traffic/parse/fragments.hpp>
#include <weir/traffic/parse/quoted_flow.hpp>

#include <cstdint>
#include <optional>

namespace weir::inline WEIR_ABI {

class FlowKeyer {
 public:
  explicit FlowKeyer(bool vlan_in_key = true, FlowHashKey secret = FlowHashKey::random())
      : vlan_in_key_(vlan_in_key), fragments_({.datagrams = 1'024, .held = 0, .key = secret.k0}) {}

  /// The packet must be IP.
  [[nodiscard]] KeyedEnd operator()(const Packet& p) noexcept {
    if (!p.fragment) return finish(flow_key(p.src, p.src_port, p.dst, p.dst_port), p, p.protocol);
    Packet named = p;
    fragments_.resolve(named);
    return finish(flow_key(p.src, named.src_port, p.dst, named.dst_port), p, named.protocol);
  }

  /// The flow that an ICMP error message tells about, as far as it was captured; `from_b` is of the quoted
  /// packet.
  [[nodiscard]] std::optional<KeyedEnd> quoted(const Packet& p) const noexcept {
    const std::optional<QuotedFlow> q = quoted_flow(p);
    if (!q) return std::nullopt;
    return finish(flow_key(q->src, q->src_port, q->dst, q->dst_port), p, q->protocol);
  }

 private:
  [[nodiscard]] KeyedEnd finish(KeyedEnd end, const Packet& p, std::uint8_t protocol) const noexcept {
    end.key.protocol = protocol;
    end.key.ip_version = p.ip_version;
    end.key.tunnel_id = p.tunnel_id;
    if (vlan_in_key_) {
      end.key.vlan = p.vlan;
      end.key.vlan_count = p.vlan_count;
    }
    return end;
  }

  bool vlan_in_key_;
  FragmentTable fragments_;
};

}  // namespace weir::inline WEIR_ABI
