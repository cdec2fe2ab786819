// A packet of a connection as an Ethernet frame, as the capture point between the two sides sees it: IPv4,
// TCP with the options that its length leaves room for (maximum segment size, SACK permitted, time stamps,
// window scale) or UDP, and valid checksums. Hosts of 10.0.0.0/8 have MAC addresses of their own, the others
// that of the router.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/rng.hpp>
#include <weir/traffic/synth/bytes.hpp>
#include <weir/traffic/synth/packet.hpp>
#include <weir/traffic/synth/payload.hpp>

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

/// Makes the frames of one connection, in the order of its packets.
class FrameMaker {
 public:
  FrameMaker(const Connection& connection, RngKey key)
      : client_(connection.client),
        server_(connection.server),
        protocol_(connection.protocol),
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
    frame_.u16(0x0800);
    ip_header(p, from.address, to.address);
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
  static constexpr std::size_t ip = 14, l4 = 34;  ///< where the headers begin

  /// Locally administered.
  void mac(std::uint32_t address) {
    const bool inside = address >> 24 == 10;
    frame_.u16(0x0200).u32(inside ? address : 0x0A00'0001U);
  }

  void ip_header(const Packet& p, std::uint32_t from, std::uint32_t to) {
    const bool tcp = protocol_ == Protocol::tcp;
    frame_.u8(0x45).u8(0).u16(p.wire_length - ip).u16(ip_id_[index_of(p.direction)]++).u16(tcp ? 0x4000 : 0);
    frame_.u8(p.ttl).u8(static_cast<unsigned>(protocol_)).u16(0).u32(from).u32(to);
    frame_.patch16(ip + 10, internet_checksum(frame_.span().subspan(ip, 20)));
  }

  void tcp_header(const Packet& p, std::uint16_t from, std::uint16_t to) {
    const std::size_t options = p.wire_length - p.payload_length - l4 - 20U;
    frame_.u16(from)
        .u16(to)
        .u32(p.seq)
        .u32(p.ack)
        .u8((20 + options) / 4 << 4)
        .u8(p.flags)
        .u16(p.window)
        .u32(0);
    if (options == 0) return;
    if ((p.flags & TcpFlag::syn) != 0) frame_.u8(2).u8(4).u16(1'460).u8(4).u8(2);
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
    const std::span<const std::byte> segment = frame_.span().subspan(l4);
    const std::uint64_t addresses = ~internet_checksum(frame_.span().subspan(ip + 12, 8)) & 0xFFFFU;
    const std::uint16_t sum =
        internet_checksum(segment, addresses + static_cast<std::uint64_t>(protocol_) + segment.size());
    const bool tcp = protocol_ == Protocol::tcp;
    frame_.patch16(l4 + (tcp ? 16 : 6), !tcp && sum == 0 ? 0xFFFF : sum);
  }

  Endpoint client_, server_;
  Protocol protocol_;
  ConnectionPayload payload_;
  ByteWriter frame_;
  std::array<std::uint16_t, 2> ip_id_{};
  std::array<std::uint32_t, 2> clock_ms_{}, said_{};
};

}  // namespace synth
}  // namespace weir::inline WEIR_ABI
