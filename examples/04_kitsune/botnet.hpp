// An office's traffic from the generator, packet by packet in order of time, in which a botnet wakes up. Its
// bots are eight machines of the office that otherwise go on with their work. As with Mirai (Antonakakis and
// others, USENIX Security 2017) they look for other devices with SYNs to random addresses on ports 23 and
// 2323, keep a connection to their master, and flood a victim with UDP when told to. All rates are made up.
#pragma once

#include <weir/core/rng.hpp>
#include <weir/synth.hpp>
#include <weir/traffic/packet/packet.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

enum class Kind : std::uint8_t { benign, scan, heartbeat, flood };
inline constexpr std::array<std::string_view, 4> packet_kind_names{"benign", "scan", "heartbeat", "flood"};

struct LabelledPacket {
  std::int64_t time_ns;
  weir::synth::Endpoint source, destination;
  std::uint32_t wire_length;
  std::uint8_t protocol;
  Kind kind;

  /// What AfterImage looks at. The generator has no MAC addresses; here each host has its own.
  [[nodiscard]] weir::Packet packet() const {
    weir::Packet p;
    p.time_ns = time_ns;
    p.wire_length = wire_length;
    p.ether_type = 0x0800;
    p.ip_version = 4;
    p.protocol = protocol;
    p.has_l4 = true;
    p.src_port = source.port;
    p.dst_port = destination.port;
    p.src_mac[0] = p.dst_mac[0] = 2;
    for (std::size_t i = 0; i < 4; ++i) {
      p.src[i] = p.src_mac[i + 2] = static_cast<std::uint8_t>(source.address >> (24 - 8 * i));
      p.dst[i] = p.dst_mac[i + 2] = static_cast<std::uint8_t>(destination.address >> (24 - 8 * i));
    }
    return p;
  }
};

/// What one bot sends between two times, and the master's answers.
inline void add_bot(std::vector<LabelledPacket>& traffic, std::uint32_t bot, std::int64_t from,
                    std::int64_t until, weir::Rng& rng) {
  constexpr std::uint8_t tcp = weir::ip_protocol::tcp, udp = weir::ip_protocol::udp;
  constexpr std::int64_t second = 1'000'000'000;
  const auto pause = [&](double mean_s) { return static_cast<std::int64_t>(rng.exponential(mean_s * 1e9)); };
  const weir::synth::Endpoint self{bot, static_cast<std::uint16_t>(20'000 + rng.below(40'000))};
  const weir::synth::Endpoint master{0xCB007105, 48'101}, victim{0xC6336407, 80};

  for (std::int64_t t = from; t < until; t += pause(1.0 / 20)) {  // 20 SYNs a second
    const weir::synth::Endpoint target{static_cast<std::uint32_t>(0x01000000 + rng.below(0xDF000000)),
                                       static_cast<std::uint16_t>(rng.below(10) == 0 ? 2323 : 23)};
    traffic.push_back({t, self, target, 54, tcp, Kind::scan});
  }
  for (std::int64_t t = from; t < until; t += 60 * second) {
    traffic.push_back({t, self, master, 56, tcp, Kind::heartbeat});
    traffic.push_back({t + 80'000'000, master, self, 56, tcp, Kind::heartbeat});
  }
  const std::int64_t attack = from + (until - from) / 2;
  for (std::int64_t t = attack; t < attack + 20 * second; t += pause(1.0 / 300)) {  // 300 datagrams a second
    traffic.push_back({t, self, victim, 554, udp, Kind::flood});
  }
}

inline std::vector<LabelledPacket> botnet_traffic(std::uint64_t seed) {
  std::vector<LabelledPacket> traffic;
  std::vector<std::uint32_t> clients;
  weir::for_each_connection(
      {.connections = 12'000, .seed = seed, .attack_share = 0.0}, [&](const weir::synth::Connection& c) {
        const bool inside = c.client.address >> 24 == 10 || c.client.address >> 16 == 0xC0A8 ||
                            c.client.address >> 20 == 0xAC1;  // private addresses
        if (inside && std::find(clients.begin(), clients.end(), c.client.address) == clients.end()) {
          clients.push_back(c.client.address);
        }
        for (const weir::synth::Packet& p : c.packets) {
          const bool forward = p.direction == weir::synth::Direction::forward;
          traffic.push_back({p.time_ns, forward ? c.client : c.server, forward ? c.server : c.client,
                             p.wire_length, static_cast<std::uint8_t>(c.protocol), Kind::benign});
        }
      });
  const auto earlier = [](const LabelledPacket& a, const LabelledPacket& b) { return a.time_ns < b.time_ns; };
  std::stable_sort(traffic.begin(), traffic.end(), earlier);

  // It wakes up after six tenths of the packets, bot by bot, and stays for ten minutes.
  const std::int64_t awake = traffic[traffic.size() / 10 * 6].time_ns;
  weir::Rng rng(seed);
  weir::shuffle(std::span<std::uint32_t>(clients), rng);
  for (std::size_t b = 0; b < 8 && b < clients.size(); ++b) {
    const std::int64_t from = awake + static_cast<std::int64_t>(rng.below(60'000'000'000));
    add_bot(traffic, clients[b], from, awake + 600'000'000'000, rng);
  }
  std::stable_sort(traffic.begin(), traffic.end(), earlier);
  return traffic;
}
