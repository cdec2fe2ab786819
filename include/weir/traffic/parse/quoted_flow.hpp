// The flow that an ICMP error message speaks of: it quotes the beginning of the packet that could not be
// delivered (RFC 792, RFC 4443 3), at least its IP header and the ports.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/traffic/packet/packet.hpp>
#include <weir/traffic/parse/byte_slice.hpp>
#include <weir/traffic/parse/ip.hpp>

#include <cstdint>
#include <optional>

namespace weir::inline WEIR_ABI {

/// As in the packet that was quoted: `src` is who had sent it.
struct QuotedFlow {
  std::uint8_t ip_version = 0;
  std::uint8_t protocol = 0;
  IpAddress src{}, dst{};
  std::uint16_t src_port = 0, dst_port = 0;  ///< 0 where they were not quoted
};

/// Whether the packet is an ICMP message that quotes another packet.
[[nodiscard]] inline bool is_icmp_error(const Packet& p) noexcept {
  if (!p.has_l4) return false;
  if (p.ip_version == 6) return p.protocol == ip_protocol::icmpv6 && p.icmp_type >= 1 && p.icmp_type <= 4;
  if (p.protocol != ip_protocol::icmp) return false;
  switch (p.icmp_type) {
    case 3:   // unreachable
    case 4:   // source quench
    case 5:   // redirect
    case 11:  // time exceeded
    case 12:  // parameter problem
      return true;
    default: return false;
  }
}

[[nodiscard]] inline std::optional<QuotedFlow> quoted_flow(const Packet& p) noexcept {
  if (!is_icmp_error(p)) return std::nullopt;
  Packet quoted;
  const detail::ByteSlice s(p.payload, p.payload_length);
  if (!(p.ip_version == 6 ? detail::parse_ipv6(quoted, s) : detail::parse_ipv4(quoted, s))) {
    return std::nullopt;
  }
  return QuotedFlow{quoted.ip_version, quoted.protocol, quoted.src,
                    quoted.dst,        quoted.src_port, quoted.dst_port};
}

}  // namespace weir::inline WEIR_ABI
