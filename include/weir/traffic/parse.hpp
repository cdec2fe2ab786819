// Packets from bytes:
//
//   Packet packet;
//   if (parse_packet(packet, link_type::ethernet, frame, wire_length, time_ns)) meter.add(packet);
//
// Nothing is copied and nothing is allocated: the packet's views point into `frame`. Any bytes may be given.
// Every read is checked against what was captured, and every loop ends after a fixed number of headers.
//
// Lengths come from the headers and from the wire length, so neither a snap length nor Ethernet's padding
// changes them. A header that was cut off or that contradicts itself leaves its fields as they are in a new
// Packet: ip_version 0 for an IP header, has_l4 false for one of layer 4 (its ports are there from four
// captured bytes on).
//
// Headers known: docs/capture.md. Of a tunnel the outer packet is given, the inner one on request.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/traffic/packet/packet.hpp>
#include <weir/traffic/parse/byte_slice.hpp>
#include <weir/traffic/parse/link.hpp>
#include <weir/traffic/parse/quoted_flow.hpp>
#include <weir/traffic/parse/tunnel.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>

namespace weir::inline WEIR_ABI {

/// Fills `out` anew. False: the link type is not known or the link header was cut off; then there are only
/// time, lengths and the view of the frame. `wire_length` below the captured length counts as that.
bool parse_packet(Packet& out, int link_type, std::span<const std::byte> frame, std::uint32_t wire_length,
                  std::int64_t time_ns, const ParseOptions& options = {}) noexcept;

/// The same as a value; none where the other form returns false.
[[nodiscard]] std::optional<Packet> parse_packet(int link_type, std::span<const std::byte> frame,
                                                 std::uint32_t wire_length, std::int64_t time_ns,
                                                 const ParseOptions& options = {}) noexcept;

#if WEIR_BODIES

WEIR_BODY bool parse_packet(Packet& out, int link_type, std::span<const std::byte> frame,
                            std::uint32_t wire_length, std::int64_t time_ns,
                            const ParseOptions& options) noexcept {
  const detail::ByteSlice s(frame, wire_length);
  out = Packet{};
  out.time_ns = time_ns;
  out.link_type = link_type;
  out.wire_length = s.wire();
  out.captured_length = static_cast<std::uint32_t>(s.bytes().size());
  out.frame = s.bytes();
  const bool known = detail::parse_link(out, link_type, s, 0);
  if (options.decapsulate) detail::open_tunnels(out, options);
  return known;
}

WEIR_BODY std::optional<Packet> parse_packet(int link_type, std::span<const std::byte> frame,
                                             std::uint32_t wire_length, std::int64_t time_ns,
                                             const ParseOptions& options) noexcept {
  std::optional<Packet> packet(std::in_place);
  if (!parse_packet(*packet, link_type, frame, wire_length, time_ns, options)) packet.reset();
  return packet;
}

#endif

}  // namespace weir::inline WEIR_ABI
