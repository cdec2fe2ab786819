// Connections to flow records. The meter remembers the last 60 s, but at most 1024 connections, so the counts
// of its records end at 1024 and its memory is fixed.
//
//   column             counts earlier connections ...
//   same_src_2s        of the same client, in the last 2 s
//   same_dst_2s        to the same server, in the last 2 s
//   same_service_2s    to the same port and protocol of any server, in the last 2 s
//   same_pair_60s      of the same client to the same server and port, in the last 60 s
//   other_hosts_60s    of the same client to other servers, in the last 60 s
//   other_ports_60s    of the same client to other ports of the same server, in the last 60 s
//   src_failed_60s     of the same client that nobody has answered yet or that were refused, in the last 60 s
//   dst_unanswered_2s  share of same_dst_2s that the server has not answered yet
//   dst_refused_2s     share of same_dst_2s that the server has refused or reset
#pragma once

#include <weir/core/abi.hpp>
#include <weir/synth/flow_row.hpp>
#include <weir/synth/made_packet.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace weir::inline WEIR_ABI {
namespace synth {

/// Expects connections in order of their start.
class ConnectionMeter {
 public:
  ConnectionMeter() : recent_(capacity) {}

  ConnectionRecord operator()(const Connection& c) {
    detail::PacketTally tally;
    for (const Packet& p : c.packets) tally.add(p);
    ConnectionRecord r{.start_ns = c.start_ns(),
                       .client = c.client,
                       .server = c.server,
                       .protocol = c.protocol,
                       .service = service_of_port(c.protocol, c.server.port),
                       .state = tally.state(c.protocol),
                       .kind = c.kind};
    tally.write(r.features);
    look_back(r);
    recent_[made_++ % capacity] = {r.start_ns, tally.answered_ns(), tally.refused_ns(), c.client.address,
                                   c.server,   c.protocol};
    return r;
  }

 private:
  static constexpr std::uint64_t capacity = 1024;
  static constexpr std::int64_t second = 1'000'000'000;

  struct Earlier {
    std::int64_t start_ns, answered_ns, refused_ns;
    std::uint32_t client;
    Endpoint server;
    Protocol protocol;
  };

  struct Counts {
    unsigned src_2s, dst_2s, service_2s, pair_60s, hosts_60s, ports_60s, failed_60s, unanswered_2s,
        refused_2s;

    void add(const ConnectionRecord& now, const Earlier& e) noexcept {
      const bool last_2s = now.start_ns - e.start_ns <= 2 * second;
      const bool src = e.client == now.client.address;
      const bool dst = e.server.address == now.server.address;
      const bool service = e.server.port == now.server.port && e.protocol == now.protocol;
      const bool refused = e.refused_ns <= now.start_ns;
      const bool unanswered = !refused && e.answered_ns > now.start_ns;
      src_2s += src && last_2s;
      dst_2s += dst && last_2s;
      service_2s += service && last_2s;
      pair_60s += src && dst && service;
      hosts_60s += src && !dst;
      ports_60s += src && dst && !service;
      failed_60s += src && (refused || unanswered);
      unanswered_2s += dst && last_2s && unanswered;
      refused_2s += dst && last_2s && refused;
    }
  };

  void look_back(ConnectionRecord& now) const noexcept {
    Counts n{};
    const std::uint64_t oldest = made_ > capacity ? made_ - capacity : 0;
    for (std::uint64_t i = made_; i > oldest; --i) {
      const Earlier& e = recent_[(i - 1) % capacity];
      if (now.start_ns - e.start_ns > 60 * second) break;
      n.add(now, e);
    }
    const auto share = [&](unsigned part) {
      return n.dst_2s == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(n.dst_2s);
    };
    std::size_t column = ConnectionRecord::packet_columns;
    for (const unsigned count :
         {n.src_2s, n.dst_2s, n.service_2s, n.pair_60s, n.hosts_60s, n.ports_60s, n.failed_60s}) {
      now.features[column++] = count;
    }
    now.features[column++] = share(n.unanswered_2s);
    now.features[column] = share(n.refused_2s);
  }

  std::vector<Earlier> recent_;
  std::uint64_t made_ = 0;
};

}  // namespace synth
}  // namespace weir::inline WEIR_ABI
