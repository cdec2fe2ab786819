#include "traffic.hpp"

#include <weir/core/error.hpp>
#include <weir/synth.hpp>
#include <weir/traffic/capture.hpp>

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <utility>

namespace {

[[nodiscard]] weir::IpAddress address_of(std::uint32_t address) {
  weir::IpAddress result{};
  for (std::size_t i = 0; i < 4; ++i) result[i] = static_cast<std::uint8_t>(address >> (24 - 8 * i));
  return result;
}

/// What a parser would make of the packet on the wire.
[[nodiscard]] weir::Packet packet_of(const weir::synth::Connection& c, const weir::synth::Packet& made) {
  const bool forward = made.direction == weir::synth::Direction::forward;
  const weir::synth::Endpoint& from = forward ? c.client : c.server;
  const weir::synth::Endpoint& to = forward ? c.server : c.client;
  weir::Packet p;
  p.time_ns = made.time_ns;
  p.wire_length = p.captured_length = made.wire_length;
  p.link_type = weir::link_type::ethernet;
  p.ether_type = 0x0800;
  p.ip_version = 4;
  p.protocol = static_cast<std::uint8_t>(c.protocol);
  p.ttl = made.ttl;
  p.src = address_of(from.address);
  p.dst = address_of(to.address);
  p.ip_length = made.wire_length - 14U;
  p.ip_header_length = 20;
  p.src_port = from.port;
  p.dst_port = to.port;
  p.has_l4 = true;
  p.l4_header_length = static_cast<std::uint16_t>(made.wire_length - 34 - made.payload_length);
  p.payload_length = made.payload_length;
  p.tcp_flags = made.flags;
  p.tcp_window = made.window;
  p.tcp_seq = made.seq;
  p.tcp_ack = made.ack;
  return p;
}

}  // namespace

Traffic made_up_traffic(std::uint64_t connections, std::uint64_t seed) {
  Traffic made;
  weir::for_each_connection({.connections = connections, .seed = seed}, [&](const auto& connection) {
    for (const weir::synth::Packet& packet : connection.packets) {
      made.packets.push_back(packet_of(connection, packet));
      made.attack.push_back(weir::synth::is_attack(connection.kind));
    }
  });
  // Connections come one after the other; on a wire their packets mix.
  std::vector<std::size_t> order(made.packets.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return made.packets[a].time_ns < made.packets[b].time_ns;
  });
  Traffic mixed;
  for (const std::size_t i : order) {
    mixed.packets.push_back(made.packets[i]);
    mixed.attack.push_back(made.attack[i]);
  }
  return mixed;
}

Traffic captured_traffic(const std::string& path) {
  Traffic captured;
  weir::CaptureReader reader = weir::CaptureReader::open(path);
  for (weir::Packet packet; reader.next(packet);) {
    packet.frame = packet.ip = packet.l4 = packet.payload = {};  // the reader's bytes, which do not stay
    captured.packets.push_back(packet);
  }
  if (!reader.status()) weir::fail(reader.status().error().kind, reader.status().error().what);
  return captured;
}
