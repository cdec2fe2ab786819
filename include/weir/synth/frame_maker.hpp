// A packet of a connection as an Ethernet frame, as the capture point between the two sides sees it: IPv4 or
// IPv6; TCP with the options that its length leaves room for (maximum segment size, SACK permitted, time
// stamps, window scale) or UDP; valid checksums. Hosts of 10.0.0.0/8 have MAC addresses of their own, the
// others that of the router.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/rng.hpp>
#include <weir/synth/bytes.hpp>
#include <weir/synth/connection_payload.hpp>
#include <weir/synth/made_packet.hpp>
#include <weir/traffic/packet/packet.hpp>

#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <span>

namespace weir::inline WEIR_ABI {
namespace synth {

/// The Internet checksum (RFC 1071), begun with a sum of 16-bit words.
[[nodiscard]] inline std::uint16_t internet_checksum(std::span<const std::byte> bytes,
                                                     std::uint64_t sum = 0) noexcept {
  for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) {
    sum += (std::to_integer<std::uint64_t>(bytes[i]) << 8) | std::to_integer<std::uint64_t>(bytes[i + 1]);
  }
  if (bytes.size() % 2 == 1) sum += std::to_integer<std::uint64_t>(bytes.back()) << 8;
  while (sum >> 16 != 0) sum = (sum & 0xFFFF) + (sum >> 16);
  return static_cast<std::uint16_t>(~sum & 0xFFFF);
}

/// The address of a host: in IPv6 the same number behind 2001:db8::/96 (RFC 3849).
[[nodiscard]] inline IpAddress ip_address(std::uint32_t host, bool ipv6) noexcept {
  IpAddress a{};
  if (ipv6) a = {0x20, 0x01, 0x0D, 0xB8};
  for (std::size_t i = 0; i < 4; ++i)
    a[(ipv6 ? 12U : 0U) + i] = static_cast<std::uint8_t>(host >> (24 - 8 * i));
  return a;
}

/// Makes the frames of one connection, in the order of its packets.
class FrameMaker {
 public:
  FrameMaker(const Connection& connection, RngKey key)
      : client_(connection.client),
        server_(connection.server),
        protocol_(connection.protocol),
        ipv6_(connection.ipv6),
        l4_(connection.ipv6 ? 54 : 34),
        payload_(connection, key) {
    Rng rng(key.fork(100));
    for (std::size_t d = 0; d < 2; ++d) {
      ip_id_[d] = static_cast<std::uint16_t>(rng.next32());
      clock_ms_[d] = rng.next32();
    }
  }

  /// Its bytes live until the next call.
  std::span<const std::byte> operator()(const Packet& p) {
    frame_.clear();
    const bool from_client = p.direction == Direction::forward;
    const Endpoint& from = from_client ? client_ : server_;
    const Endpoint& to = from_client ? server_ : client_;
    mac(to.address);
    mac(from.address);
    frame_.u16(ipv6_ ? 0x86DD : 0x0800);
    ipv6_ ? ipv6_header(p, from.address, to.address) : ipv4_header(p, from.address, to.address);
    if (protocol_ == Protocol::tcp) {
      tcp_header(p, from.port, to.port);
    } else {
      frame_.u16(from.port).u16(to.port).u16(8U + p.payload_length).u16(0);
    }
    const std::size_t head = frame_.size();
    frame_.fill(p.payload_length);
    payload_.write(p, frame_.span().subspan(head));
    fill_checksum();
    assert(frame_.size() == p.wire_length);
    return frame_.bytes();
  }

 private:
  static constexpr std::size_t ip = 14;  ///< where its header begins

  /// Locally administered.
  void mac(std::uint32_t address) {
    const bool inside = address >> 24 == 10;
    frame_.u16(0x0200).u32(inside ? address : 0x0A00'0001U);
  }

  void ipv4_header(const Packet& p, std::uint32_t from, std::uint32_t to) {
    const bool tcp = protocol_ == Protocol::tcp;
    frame_.u8(0x45).u8(0).u16(p.wire_length - ip).u16(ip_id_[index_of(p.direction)]++).u16(tcp ? 0x4000 : 0);
    frame_.u8(p.ttl).u8(static_cast<unsigned>(protocol_)).u16(0).u32(from).u32(to);
    frame_.patch16(ip + 10, internet_checksum(frame_.span().subspan(ip, 20)));
  }

  /// The flow label is one for each direction (RFC 6437).
  void ipv6_header(const Packet& p, std::uint32_t from, std::uint32_t to) {
    frame_.u32(0x6000'0000U | ip_id_[index_of(p.direction)]).u16(p.wire_length - l4_);
    frame_.u8(static_cast<unsigned>(protocol_)).u8(p.ttl);
    for (const std::uint32_t host : {from, to}) {
      const IpAddress address = ip_address(host, true);
      frame_.append(std::as_bytes(std::span(address)));
    }
  }

  void tcp_header(const Packet& p, std::uint16_t from, std::uint16_t to) {
    const std::size_t options = p.wire_length - p.payload_length - l4_ - 20U;
    frame_.u16(from)
        .u16(to)
        .u32(p.seq)
        .u32(p.ack)
        .u8((20 + options) / 4 << 4)
        .u8(p.flags)
        .u16(p.window)
        .u32(0);
    if (options == 0) return;
    if ((p.flags & TcpFlag::syn) != 0) frame_.u8(2).u8(4).u16(ipv6_ ? 1'440 : 1'460).u8(4).u8(2);
    if ((p.flags & TcpFlag::syn) == 0) frame_.u16(0x0101);
    time_stamps(p);
    if ((p.flags & TcpFlag::syn) != 0) frame_.u8(1).u8(3).u8(3).u8(7);
  }

  /// RFC 7323: a clock of milliseconds, and the latest one heard of the other side.
  void time_stamps(const Packet& p) {
    const auto d = index_of(p.direction);
    said_[d] = static_cast<std::uint32_t>(p.time_ns / 1'000'000) + clock_ms_[d];
    frame_.u8(8).u8(10).u32(said_[d]).u32(said_[1 - d]);
  }

  /// Over addresses, protocol and length, and what follows (RFC 9293, RFC 768).
  void fill_checksum() noexcept {
    const std::span<const std::byte> segment = frame_.span().subspan(l4_);
    const std::uint64_t addresses =
        ~internet_checksum(frame_.span().subspan(ipv6_ ? ip + 8 : ip + 12, ipv6_ ? 32 : 8)) & 0xFFFFU;
    const std::uint16_t sum =
        internet_checksum(segment, addresses + static_cast<std::uint64_t>(protocol_) + segment.size());
    const bool tcp = protocol_ == Protocol::tcp;
    frame_.patch16(l4_ + (tcp ? 16 : 6), !tcp && sum == 0 ? 0xFFFF : sum);
  }

  Endpoint client_, server_;
  Protocol protocol_;
  bool ipv6_;
  std::size_t l4_;  ///< where its header begins
  ConnectionPayload payload_;
  ByteWriter frame_;
  std::array<std::uint16_t, 2> ip_id_{};
  std::array<std::uint32_t, 2> clock_ms_{}, said_{};
};

}  // namespace synth
}  // namespace weir::inline WEIR_ABI
