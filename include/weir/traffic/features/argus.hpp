// Profile `argus`, version 1: the columns of bidirectional flows by which CTU-13 is published (binetflow), as argus
// and ra 3.0.8 write them (ra -Z b -u -s stime dur proto saddr sport dir daddr dport state stos dtos pkts bytes
// sbytes), without blanks around texts.
//
//   StartTime, Dur      "2011/08/18 15:40:53.826372", UTC; s, 0 for a single packet
//   Proto               "tcp", "udp", "icmp", "ipv6-icmp", "igmp", ...; others by number
//   Sport, Dport        ports; of ICMP in hexadecimal: code * 256 + type ("0x0303"), the identifier of an echo with its
//                       bytes exchanged; ICMPv6: the type, and empty; of others empty
//   Dir                 TCP with a SYN: "->"; without one "<?>", "?>", "<?", else "<->", "->", "<-", by who sent packets
//   State               TCP: the flags of both sides from FSRPAUEC, as in "FSPA_FSPA"; ICMP: what the first packet is; else
//                       CON, or INT when one side alone sent packets
//   sTos, dTos          TOS of a side's first packet; not valid without one
//   TotPkts, TotBytes, SrcBytes      packets, bytes on the wire, those of the source
//
// The source is the client. Of an ICMP flow that begins with a reply it is the host that must have asked.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/traffic/features/utc_time.hpp>
#include <weir/traffic/flow/flow_columns.hpp>
#include <weir/traffic/flow/flow_record.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace weir::inline WEIR_ABI {

struct ArgusFlow {
  static constexpr std::string_view name = "argus";
  static constexpr int version = 1;
  static constexpr std::array<std::string_view, 4> known_by{"TotPkts", "SrcBytes", "sTos", "dTos"};

  struct State {
    std::uint16_t icmp_id = 0;  ///< of the first packet

    void add(const FlowBase&, const FlowPacket& p, std::span<std::byte>) noexcept {
      if (p.gap_ns < 0) icmp_id = p.packet.icmp_id;
    }
  };
  static std::size_t memory_bytes(const FlowFeatureOptions&) noexcept { return 0; }

  template <class View, class Out>
  static void describe(const View& view, Out& out) {
    const FlowBase& flow = *view;
    const unsigned src = begins_with_reply(flow) ? 1 : 0;
    const FlowSide& from = flow.sides[src];
    const FlowSide& to = flow.sides[1 - src];
    out.text({"StartTime", ColumnRole::time}, start_text(flow.start_ns));
    out.number("Dur", "s", static_cast<double>(flow.duration_ns()) / 1e9);
    out.text("Proto", protocol_text(flow.key.protocol));
    out.address("SrcAddr", flow.address(src), flow.key.ip_version);
    out.text({"Sport", ColumnRole::identity}, source_port_text(flow));
    out.text("Dir", direction(flow, from, to));
    out.address("DstAddr", flow.address(1 - src), flow.key.ip_version);
    out.text("Dport", target_port_text(flow, view.template state<ArgusFlow>()));
    out.text("State", state_text(flow));
    out.number("sTos", "", from.tos, from.packets > 0);
    out.number("dTos", "", to.tos, to.packets > 0);
    out.number("TotPkts", "packets", flow.packets());
    out.number("TotBytes", "bytes", from.bytes + to.bytes);
    out.number("SrcBytes", "bytes", from.bytes);
  }

 private:
  static constexpr std::uint8_t echo_reply = 0, echo = 8;  // ICMP types

  [[nodiscard]] static bool is_icmp(const FlowBase& flow) noexcept {
    return flow.key.protocol == ip_protocol::icmp;
  }
  [[nodiscard]] static bool begins_with_reply(const FlowBase& flow) noexcept {
    constexpr std::uint8_t time_stamp_reply = 14, information_reply = 16, mask_reply = 18;
    const std::uint8_t type = flow.icmp_type;
    return is_icmp(flow) && (type == echo_reply || type == time_stamp_reply || type == information_reply ||
                             type == mask_reply);
  }

  [[nodiscard]] static std::string start_text(std::int64_t time_ns) {
    std::string text = date_text(time_ns);
    for (char& c : text) c = c == '-' ? '/' : c;
    return text;
  }
  /// By IANA's names in lower case.
  [[nodiscard]] static std::string protocol_text(std::uint8_t protocol) {
    constexpr std::uint8_t igmp = 2, esp = 50, ah = 51, ospf = 89, pim = 103;
    switch (protocol) {
      case ip_protocol::icmp: return "icmp";
      case igmp: return "igmp";
      case ip_protocol::ipip: return "ipnip";
      case ip_protocol::tcp: return "tcp";
      case ip_protocol::udp: return "udp";
      case ip_protocol::ipv6: return "ipv6";
      case ip_protocol::gre: return "gre";
      case esp: return "esp";
      case ah: return "ah";
      case ip_protocol::icmpv6: return "ipv6-icmp";
      case ospf: return "ospf";
      case pim: return "pim";
      case ip_protocol::sctp: return "sctp";
      default: return std::to_string(protocol);
    }
  }

  [[nodiscard]] static bool has_ports(const FlowBase& flow) noexcept {
    return flow.tcp() || flow.key.protocol == ip_protocol::udp || flow.key.protocol == ip_protocol::sctp;
  }
  /// "0x0303"
  [[nodiscard]] static std::string hexadecimal(unsigned value) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text = "0x";
    for (unsigned shift = 16; shift > 0; shift -= 4) text += digits[(value >> (shift - 4)) & 15U];
    return text;
  }
  [[nodiscard]] static std::string source_port_text(const FlowBase& flow) {
    if (has_ports(flow)) return std::to_string(flow.port(0));
    if (is_icmp(flow)) return hexadecimal(flow.icmp_code * 256U + flow.icmp_type);
    return flow.key.protocol == ip_protocol::icmpv6 ? std::to_string(flow.icmp_type) : std::string();
  }
  [[nodiscard]] static std::string target_port_text(const FlowBase& flow, const State& state) {
    if (has_ports(flow)) return std::to_string(flow.port(1));
    const bool has_id = is_icmp(flow) && (flow.icmp_type == echo || flow.icmp_type == echo_reply);
    if (!has_id) return {};
    const unsigned id = state.icmp_id;
    return hexadecimal((id & 0xFFU) * 256U + (id >> 8));
  }

  [[nodiscard]] static std::string_view direction(const FlowBase& flow, const FlowSide& from,
                                                  const FlowSide& to) noexcept {
    const bool both = from.packets > 0 && to.packets > 0;
    if (!flow.tcp()) return both ? "<->" : from.packets > 0 ? "->" : "<-";
    if (((from.flags | to.flags) & tcp_flag::syn) != 0) return "->";
    return both ? "<?>" : from.packets > 0 ? "?>" : "<?";
  }

  [[nodiscard]] static std::string state_text(const FlowBase& flow) {
    if (flow.tcp()) return flags_text(flow.sides[0].flags) + "_" + flags_text(flow.sides[1].flags);
    if (is_icmp(flow)) return std::string(icmp_text(flow.icmp_type, flow.icmp_code));
    if (flow.key.protocol == ip_protocol::icmpv6)
      return std::string(icmpv6_text(flow.icmp_type, flow.icmp_code));
    return flow.sides[0].packets > 0 && flow.sides[1].packets > 0 ? "CON" : "INT";
  }
  [[nodiscard]] static std::string flags_text(std::uint8_t flags) {
    constexpr std::string_view letters = "FSRPAUEC";  // by bit
    std::string text;
    for (std::size_t bit = 0; bit < letters.size(); ++bit) {
      if ((unsigned{flags} >> bit & 1U) != 0) text += letters[bit];
    }
    return text;
  }

  template <std::size_t n>
  [[nodiscard]] static std::string_view name_in(const std::array<std::string_view, n>& names, std::size_t at,
                                                std::string_view otherwise) noexcept {
    return at < n ? names[at] : otherwise;
  }
  [[nodiscard]] static std::string_view icmp_text(std::uint8_t type, std::uint8_t code) noexcept {
    constexpr std::array<std::string_view, 46> types{
        "ECR", "",    "",    "",    "SRC", "RED", "AHA", "",    "ECO", "RTA", "RTS", "TXD",
        "PAR", "TST", "TSR", "IRQ", "IRR", "MAS", "MSR", "SEC", "ROB", "ROB", "ROB", "ROB",
        "ROB", "ROB", "ROB", "ROB", "ROB", "ROB", "TRC", "DCE", "MHR", "WAY", "IAH", "MRQ",
        "MRP", "DNQ", "DNP", "SKP", "PHO", "NRS", "NRA", "NNS", "NNA", "PTB"};
    constexpr std::array<std::string_view, 16> unreachable{
        "URN",   "URH",    "URO",    "URP",    "URF",    "URS",   "URNU",  "URHU",
        "URISO", "URNPRO", "URHPRO", "URNTOS", "URHTOS", "URFIL", "URPRE", "URCUT"};
    return type == 3 ? name_in(unreachable, code, "UR") : name_in(types, type, "UNK");
  }
  [[nodiscard]] static std::string_view icmpv6_text(std::uint8_t type, std::uint8_t code) noexcept {
    constexpr std::array<std::string_view, 8> unreachable{"URNR", "URAD", "URBS", "URAR",
                                                          "URP",  "URSF", "URRR", "URES"};
    constexpr std::array<std::string_view, 2> exceeded{"TXT", "TXR"};
    constexpr std::array<std::string_view, 10> queries{"ECO", "ECO", "MRQ", "MRQ", "MRQ",
                                                       "NRS", "NRS", "NNS", "NNS", "RED"};  // from 128
    switch (type) {
      case 1: return name_in(unreachable, code, "UR");
      case 2: return "PTB";
      case 3: return name_in(exceeded, code, "UNK");
      case 4: return code == 0 ? "PPH" : "UNK";
      case 143: return "MHR";
      default: return type < 128 ? "UNK" : name_in(queries, type - 128U, "UNK");
    }
  }
};

}  // namespace weir::inline WEIR_ABI
