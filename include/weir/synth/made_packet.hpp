// What the synthetic traffic consists of: packets, the connections they belong to, and the names of both.
//
// A packet keeps what its frame needs (sequence numbers, window, ttl, lengths); frame.hpp and payload.hpp
// make the bytes. `wire_length` counts Ethernet (14), IPv4 (20) or IPv6 (40), the UDP header (8) or the TCP
// header (20 and options) and the payload, without padding and checksum; so the length of the TCP options is
// wire_length - payload_length - 54, or 74.
#pragma once

#include <weir/core/abi.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace weir::inline WEIR_ABI {
namespace synth {

enum class Protocol : std::uint8_t { tcp = 6, udp = 17 };

/// Forward is what the client (the side that opened the connection) sends.
enum class Direction : std::uint8_t { forward, backward };

[[nodiscard]] constexpr Direction opposite(Direction d) noexcept {
  return d == Direction::forward ? Direction::backward : Direction::forward;
}
[[nodiscard]] constexpr std::size_t index_of(Direction d) noexcept { return static_cast<std::size_t>(d); }

/// Bits of the TCP header's flag byte.
struct TcpFlag {
  static constexpr std::uint8_t fin = 0x01, syn = 0x02, rst = 0x04, psh = 0x08, ack = 0x10;
};

struct Packet {
  std::int64_t time_ns = 0;  ///< since 1970-01-01 UTC
  std::uint32_t seq = 0;     ///< 0 in UDP, like ack, window and flags
  std::uint32_t ack = 0;
  std::uint16_t window = 0;
  std::uint16_t wire_length = 0;
  std::uint16_t payload_length = 0;
  std::uint8_t flags = 0;
  std::uint8_t ttl = 0;
  Direction direction = Direction::forward;
};

struct Endpoint {
  std::uint32_t address = 0;  ///< IPv4, host byte order
  std::uint16_t port = 0;
};

/// What a connection really is. The attacks come last.
enum class Kind : std::uint8_t {
  web,
  quic,
  visitor,
  login,
  dns,
  smtp,
  imap,
  ssh,
  video,
  voip,
  mqtt,
  coap,
  telemetry,
  ntp,
  backup,
  monitoring,
  p2p,
  horizontal_scan,
  vertical_scan,
  syn_flood,
  ssh_brute_force,
  web_brute_force,
  beacon,
  exfiltration,
  dns_tunnel
};

inline constexpr std::array<std::string_view, 25> kind_names{"web",
                                                             "quic",
                                                             "visitor",
                                                             "login",
                                                             "dns",
                                                             "smtp",
                                                             "imap",
                                                             "ssh",
                                                             "video",
                                                             "voip",
                                                             "mqtt",
                                                             "coap",
                                                             "telemetry",
                                                             "ntp",
                                                             "backup",
                                                             "monitoring",
                                                             "p2p",
                                                             "horizontal_scan",
                                                             "vertical_scan",
                                                             "syn_flood",
                                                             "ssh_brute_force",
                                                             "web_brute_force",
                                                             "beacon",
                                                             "exfiltration",
                                                             "dns_tunnel"};
inline constexpr std::size_t kind_count = kind_names.size();
inline constexpr std::size_t first_attack = static_cast<std::size_t>(Kind::horizontal_scan);

[[nodiscard]] constexpr std::string_view name_of(Kind kind) noexcept {
  return kind_names[static_cast<std::size_t>(kind)];
}
[[nodiscard]] constexpr bool is_attack(Kind kind) noexcept {
  return static_cast<std::size_t>(kind) >= first_attack;
}
/// The class to learn: "benign" or the attack's name.
[[nodiscard]] constexpr std::string_view label_of(Kind kind) noexcept {
  return is_attack(kind) ? name_of(kind) : std::string_view{"benign"};
}

struct Connection {
  Endpoint client{};
  Endpoint server{};
  Protocol protocol = Protocol::tcp;
  Kind kind = Kind::web;
  bool ipv6 = false;            ///< the hosts' IPv6 addresses instead (frame.hpp)
  std::vector<Packet> packets;  ///< in order of time; never empty

  [[nodiscard]] std::int64_t start_ns() const noexcept { return packets.front().time_ns; }
};

}  // namespace synth
}  // namespace weir::inline WEIR_ABI
