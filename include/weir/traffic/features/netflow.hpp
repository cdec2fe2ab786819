// Profile `netflow`, version 1: IPFIX information elements by IANA's names (numbers in brackets), the
// server's direction as "reverse..." of RFC 5103.
//
//   flowStartNanoseconds (156), flowEndNanoseconds (157)     ns since 1970-01-01 UTC
//   sourceIPv4Address (8), sourceIPv6Address (27), ...       the family that the flow is not of stays empty
//   octetDeltaCount (1), packetDeltaCount (2)                IP lengths and packets from the client
//   protocolIdentifier (4), ipClassOfService (5), tcpControlBits (6)      of the client's packets
//   flowEndReason (136)        1 idle, 2 active, 3 end of flow, 4 forced, 5 lack of resources
//   biflowDirection (239)      1 initiator (SYN seen), 0 arbitrary
//   icmpTypeCodeIPv4 (32), icmpTypeCodeIPv6 (139)            type * 256 + code of the first packet
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

struct NetflowFlow {
  static constexpr std::string_view name = "netflow";
  static constexpr int version = 1;
  static constexpr std::array<std::string_view, 3> known_by{"octetDeltaCount", "packetDeltaCount",
                                                            "flowEndReason"};

  struct State {
    void add(const FlowBase&, const FlowPacket&, std::span<std::byte>) noexcept {}
  };
  static std::size_t memory_bytes(const FlowFeatureOptions&) noexcept { return 0; }

  template <class View, class Out>
  static void describe(const View& view, Out& out) {
    const FlowBase& flow = *view;
    const FlowSide& fwd = flow.sides[0];
    const FlowSide& bwd = flow.sides[1];
    describe_ends(flow, out);
    out.number({"flowStartNanoseconds", ColumnRole::time}, "ns", flow.start_ns);
    out.number({"flowEndNanoseconds", ColumnRole::time}, "ns", flow.end_ns());
    out.number("octetDeltaCount", "bytes", fwd.ip_bytes);
    out.number("packetDeltaCount", "packets", fwd.packets);
    out.number("reverseOctetDeltaCount", "bytes", bwd.ip_bytes);
    out.number("reversePacketDeltaCount", "packets", bwd.packets);
    out.number("ipClassOfService", "", fwd.tos, fwd.packets > 0);
    out.number("reverseIpClassOfService", "", bwd.tos, bwd.packets > 0);
    out.number("tcpControlBits", "", fwd.flags, flow.tcp());
    out.number("reverseTcpControlBits", "", bwd.flags, flow.tcp());
    out.number("minimumTTL", "", fwd.packets > 0 ? fwd.min_ttl : std::uint8_t{0}, fwd.packets > 0);
    out.number("maximumTTL", "", fwd.max_ttl, fwd.packets > 0);
    const unsigned type_code = flow.icmp_type * 256U + flow.icmp_code;
    out.number("icmpTypeCodeIPv4", "", type_code, flow.key.protocol == ip_protocol::icmp);
    out.number("icmpTypeCodeIPv6", "", type_code, flow.key.protocol == ip_protocol::icmpv6);
    out.number("vlanId", "", flow.key.vlan[0], flow.key.vlan_count > 0);
    out.number("flowEndReason", "", static_cast<unsigned>(flow.end));
    const bool known = flow.direction == FlowDirection::syn || flow.direction == FlowDirection::syn_ack;
    out.number("biflowDirection", "", known ? 1 : 0);
    out.number({"flowId", ColumnRole::identity}, "", flow.id);
  }

 private:
  template <class Out>
  static void describe_ends(const FlowBase& flow, Out& out) {
    const std::uint8_t ip_version = flow.key.ip_version;
    const auto put = [&](const char* column, bool mine, const IpAddress& a) {
      mine ? out.address(column, a, ip_version) : out.text({column, ColumnRole::identity}, "");
    };
    put("sourceIPv4Address", ip_version != 6, flow.address(0));
    put("sourceIPv6Address", ip_version == 6, flow.address(0));
    put("destinationIPv4Address", ip_version != 6, flow.address(1));
    put("destinationIPv6Address", ip_version == 6, flow.address(1));
    out.number({"sourceTransportPort", ColumnRole::identity}, "", flow.port(0));
    out.number("destinationTransportPort", "", flow.port(1));
    out.number("protocolIdentifier", "", flow.key.protocol);
  }
};

}  // namespace weir::inline WEIR_ABI
