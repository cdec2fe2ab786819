// Profile `core`, version 1: who, when, how much, why it ended. Costs nothing beside the flow itself.
//
//   src_ip, src_port, dst_ip, dst_port   src is the client (docs/flow_features.md: direction)
//   protocol                   IP protocol number
//   start_ns                   earliest time stamp, ns since 1970-01-01 UTC
//   duration_ns                latest - earliest time stamp
//   fwd_, bwd_ packets         from the client; from the server
//   ... bytes                  sum of the frames' wire lengths
//   ... payload_bytes          sum of the layer-4 payloads
//   fin_count ... cwr_count    packets with the flag, both directions
//   end_reason                 idle, active, end_of_flow, forced, lack_of_resources
//   flow_id                    number of the flow's first packet, from 1
//   ip_version, vlan, inner_vlan (missing: untagged), tunnel_id (0: none)
//   ... ip_bytes               sum of the IP packets' lengths
//   ... header_bytes           sum of the layer-4 headers' lengths
//   ... retransmissions        TCP segments whose sequence numbers were seen before
//   ... reordered              TCP segments that fill a gap a later one had left
//   duplicate_packets          the same packet, captured twice
//   fragments                  packets that are IP fragments
//   icmp_errors                ICMP errors that quote the flow
//   ... first_window           TCP window of the first packet, as sent (missing: not TCP or no packet)
//   ... mss                    TCP option, bytes (missing: not given)
//   ... min_ttl, max_ttl       IPv6: hop limit (missing: no packet)
//   ... tos                    IPv6: traffic class, of the first packet (missing: no packet)
//   icmp_type, icmp_code       of the first packet (missing: not ICMP)
//   direction                  how the client was found: syn, syn_ack, lower_port, first_packet, continued
#pragma once

#include <weir/core/abi.hpp>
#include <weir/traffic/flow/flow_columns.hpp>
#include <weir/traffic/flow/flow_record.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace weir::inline WEIR_ABI {

[[nodiscard]] constexpr std::string_view name_of(FlowDirection direction) noexcept {
  constexpr std::array<std::string_view, 5> names{"first_packet", "syn", "syn_ack", "lower_port",
                                                  "continued"};
  return names[static_cast<std::size_t>(direction)];
}

struct CoreFlow {
  static constexpr std::string_view name = "core";
  static constexpr int version = 1;
  static constexpr std::array<std::string_view, 3> known_by{"duration_ns", "fwd_packets", "bwd_packets"};

  struct State {
    void add(const FlowBase&, const FlowPacket&, std::span<std::byte>) noexcept {}
  };
  static std::size_t memory_bytes(const FlowFeatureOptions&) noexcept { return 0; }

  template <class View, class Out>
  static void describe(const View& view, Out& out) {
    const FlowBase& flow = *view;
    const FlowSide& fwd = flow.sides[0];
    const FlowSide& bwd = flow.sides[1];
    out.address("src_ip", flow.address(0), flow.key.ip_version);
    out.number({"src_port", ColumnRole::identity}, "", flow.port(0));
    out.address("dst_ip", flow.address(1), flow.key.ip_version);
    out.number("dst_port", "", flow.port(1));
    out.number("protocol", "", flow.key.protocol);
    out.number({"start_ns", ColumnRole::time}, "ns", flow.start_ns);
    out.number("duration_ns", "ns", flow.duration_ns());
    out.number("fwd_packets", "packets", fwd.packets);
    out.number("bwd_packets", "packets", bwd.packets);
    out.number("fwd_bytes", "bytes", fwd.bytes);
    out.number("bwd_bytes", "bytes", bwd.bytes);
    out.number("fwd_payload_bytes", "bytes", fwd.payload_bytes);
    out.number("bwd_payload_bytes", "bytes", bwd.payload_bytes);
    out.number("fin_count", "packets", flow.count(tcp_flag::fin));
    out.number("syn_count", "packets", flow.count(tcp_flag::syn));
    out.number("rst_count", "packets", flow.count(tcp_flag::rst));
    out.text("end_reason", name_of(flow.end));
    describe_more(flow, out);
  }

 private:
  template <class Out>
  static void describe_more(const FlowBase& flow, Out& out) {
    const FlowSide& fwd = flow.sides[0];
    const FlowSide& bwd = flow.sides[1];
    out.number({"flow_id", ColumnRole::identity}, "", flow.id);
    out.number("ip_version", "", flow.key.ip_version);
    out.number("vlan", "", flow.key.vlan[0], flow.key.vlan_count > 0);
    out.number("inner_vlan", "", flow.key.vlan[1], flow.key.vlan_count > 1);
    out.number("tunnel_id", "", flow.tunnel_id);
    out.number("psh_count", "packets", flow.count(tcp_flag::psh));
    out.number("ack_count", "packets", flow.count(tcp_flag::ack));
    out.number("urg_count", "packets", flow.count(tcp_flag::urg));
    out.number("ece_count", "packets", flow.count(tcp_flag::ece));
    out.number("cwr_count", "packets", flow.count(tcp_flag::cwr));
    out.number("fwd_ip_bytes", "bytes", fwd.ip_bytes);
    out.number("bwd_ip_bytes", "bytes", bwd.ip_bytes);
    out.number("fwd_header_bytes", "bytes", fwd.header_bytes);
    out.number("bwd_header_bytes", "bytes", bwd.header_bytes);
    out.number("fwd_retransmissions", "packets", fwd.retransmissions);
    out.number("bwd_retransmissions", "packets", bwd.retransmissions);
    out.number("fwd_reordered", "packets", fwd.reordered);
    out.number("bwd_reordered", "packets", bwd.reordered);
    out.number("duplicate_packets", "packets", flow.duplicates);
    out.number("fragments", "packets", flow.fragments);
    out.number("icmp_errors", "packets", flow.icmp_errors);
    out.number("fwd_first_window", "bytes", fwd.first_window, flow.tcp() && fwd.packets > 0);
    out.number("bwd_first_window", "bytes", bwd.first_window, flow.tcp() && bwd.packets > 0);
    out.number("fwd_mss", "bytes", fwd.mss, fwd.mss != 0);
    out.number("bwd_mss", "bytes", bwd.mss, bwd.mss != 0);
    out.number("fwd_min_ttl", "", fwd.packets > 0 ? fwd.min_ttl : std::uint8_t{0}, fwd.packets > 0);
    out.number("fwd_max_ttl", "", fwd.max_ttl, fwd.packets > 0);
    out.number("bwd_min_ttl", "", bwd.packets > 0 ? bwd.min_ttl : std::uint8_t{0}, bwd.packets > 0);
    out.number("bwd_max_ttl", "", bwd.max_ttl, bwd.packets > 0);
    out.number("fwd_tos", "", fwd.tos, fwd.packets > 0);
    out.number("bwd_tos", "", bwd.tos, bwd.packets > 0);
    const bool icmp = flow.key.protocol == ip_protocol::icmp || flow.key.protocol == ip_protocol::icmpv6;
    out.number("icmp_type", "", flow.icmp_type, icmp);
    out.number("icmp_code", "", flow.icmp_code, icmp);
    out.text("direction", name_of(flow.direction));
  }
};

}  // namespace weir::inline WEIR_ABI
