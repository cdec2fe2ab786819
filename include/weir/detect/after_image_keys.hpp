// Who sent a packet to whom, as AfterImage sees it. A party is an address with what goes with it:
//
//   host      IP address; ARP: the IPv4 address in its body; neither: the MAC address
//   socket    host, IP protocol and port; ARP and frames without IP: the MAC address
//   mac_host  host with the source MAC address
#pragma once

#include <weir/core/abi.hpp>
#include <weir/traffic/packet/packet.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace weir::inline WEIR_ABI::detail {

/// Two words of address, one of what goes with it.
using Party = std::array<std::uint64_t, 3>;
/// Two parties, the smaller one first.
using Parties = std::array<std::uint64_t, 6>;

inline constexpr std::uint16_t arp_ether_type = 0x0806;

[[nodiscard]] inline bool is_arp(const Packet& packet) noexcept {
  return packet.ip_version == 0 && packet.ether_type == arp_ether_type;
}

[[nodiscard]] inline std::uint64_t word_of(const MacAddress& mac) noexcept {
  std::uint64_t word = 0;
  for (const std::uint8_t byte : mac) word = word << 8 | byte;
  return word;
}

[[nodiscard]] inline Party mac_party(const MacAddress& mac) noexcept { return {word_of(mac), 0, 0}; }

[[nodiscard]] inline Party address_party(const IpAddress& address, std::uint8_t version,
                                         std::uint64_t extra) noexcept {
  Party party{0, 0, extra << 8 | version};
  std::memcpy(party.data(), address.data(), address.size());
  return party;
}

/// The keys of one packet.
struct PacketParties {
  Party mac_host, source, destination, source_socket, destination_socket;

  explicit PacketParties(const Packet& p) noexcept {
    const bool arp = is_arp(p);
    const std::uint8_t version = arp ? 4 : p.ip_version;
    if (version == 0) {
      source = source_socket = mac_party(p.src_mac);
      destination = destination_socket = mac_party(p.dst_mac);
    } else {
      source = address_party(p.src, version, 0);
      destination = address_party(p.dst, version, 0);
      const std::uint64_t protocol = p.protocol;
      source_socket = arp ? mac_party(p.src_mac) : address_party(p.src, version, protocol << 16 | p.src_port);
      destination_socket =
          arp ? mac_party(p.dst_mac) : address_party(p.dst, version, protocol << 16 | p.dst_port);
    }
    mac_host = source;
    mac_host[2] |= word_of(p.src_mac) << 8;
  }
};

/// The key of what two parties share, and on which side of it each stands.
struct PartiesKey {
  Parties key;
  std::size_t source_side, destination_side;

  PartiesKey(const Party& source, const Party& destination) noexcept {
    source_side = destination < source ? 1 : 0;
    destination_side = source < destination ? 1 : 0;
    const Party& low = source_side == 0 ? source : destination;
    const Party& high = source_side == 0 ? destination : source;
    for (std::size_t i = 0; i < low.size(); ++i) {
      key[i] = low[i];
      key[i + low.size()] = high[i];
    }
  }
};

}  // namespace weir::inline WEIR_ABI::detail
