// Synthetic traffic as a capture, and the rules that label its flows:
//
//   CaptureWriter capture = CaptureWriter::create("day.pcap", link_type::ethernet);
//   std::ofstream rules("rules.txt");
//   write_capture(capture, rules, {.connections = 5'000});
//
//   weir flows day.pcap --labels rules.txt -o day.csv
//
// A connection is a flow of `weir flows`: no two of the same addresses and ports come within ten minutes.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/rng.hpp>
#include <weir/synth/connections.hpp>
#include <weir/synth/frame_maker.hpp>
#include <weir/synth/made_packet.hpp>
#include <weir/traffic/capture/writer.hpp>
#include <weir/traffic/flow/flow_output.hpp>
#include <weir/traffic/parse/link.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <ostream>
#include <queue>
#include <string>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

struct SynthCaptureOptions {
  std::size_t snap_length = 65'535;  ///< bytes of a frame to keep
  bool kinds = false;  ///< label each flow by its application instead of as benign or by the attack
};

namespace synth::detail {

/// Gives a connection another client port when one with the same ends was there a short while ago: a meter
/// would take the two for one flow.
class PortGuard {
 public:
  void move_apart(Connection& c) {
    if (c.start_ns() > swept_ns_ + apart_ns) sweep(c.start_ns());
    constexpr std::uint16_t first = 32'768, ports = 28'232;
    for (unsigned tries = 0; tries < ports && taken(c); ++tries) {
      c.client.port =
          c.client.port + 1 < first + ports ? static_cast<std::uint16_t>(c.client.port + 1) : first;
    }
    used_[ends(c)] = c.packets.back().time_ns;
  }

 private:
  using Ends = std::array<std::uint32_t, 4>;
  static constexpr std::int64_t apart_ns = 600'000'000'000;

  static Ends ends(const Connection& c) noexcept {
    return {c.client.address, c.server.address, (std::uint32_t{c.client.port} << 16) | c.server.port,
            static_cast<std::uint32_t>(c.protocol)};
  }
  [[nodiscard]] bool taken(const Connection& c) const {
    const auto place = used_.find(ends(c));
    return place != used_.end() && c.start_ns() <= place->second + apart_ns;
  }
  void sweep(std::int64_t now) {
    swept_ns_ = now;
    std::erase_if(used_, [&](const auto& one) { return now > one.second + apart_ns; });
  }

  std::map<Ends, std::int64_t> used_{};
  std::int64_t swept_ns_ = std::numeric_limits<std::int64_t>::min() / 2;
};

/// Brings the packets of connections that overlap in the order of time.
class CaptureMerge {
 public:
  CaptureMerge(CaptureWriter& writer, const SynthCaptureOptions& options, std::uint64_t seed)
      : writer_(writer), options_(options), key_(RngKey{seed}.fork(4)) {}

  void add(const Connection& c) {
    write_before(c.start_ns());
    const std::uint64_t number = count_++;
    open_.push({c.start_ns(), number, std::make_shared<Open>(c, key_.fork(number))});
  }
  void write_before(std::int64_t time_ns) {
    while (!open_.empty() && open_.top().time_ns < time_ns) {
      Next next = open_.top();
      open_.pop();
      const Packet& p = next.open->connection.packets[next.open->at];
      const std::span<const std::byte> frame = next.open->frames(p);
      writer_.write(CapturedFrame{p.time_ns, link_type::ethernet, p.wire_length,
                                  frame.first(std::min(frame.size(), options_.snap_length))});
      if (++next.open->at == next.open->connection.packets.size()) continue;
      next.time_ns = next.open->connection.packets[next.open->at].time_ns;
      open_.push(std::move(next));
    }
  }

 private:
  struct Open {
    Open(const Connection& c, RngKey key) : connection(c), frames(c, key) {}
    Connection connection;
    FrameMaker frames;
    std::size_t at = 0;
  };
  struct Next {
    std::int64_t time_ns;
    std::uint64_t number;  ///< breaks ties of time
    std::shared_ptr<Open> open;
  };
  struct Later {
    bool operator()(const Next& a, const Next& b) const noexcept {
      return a.time_ns != b.time_ns ? a.time_ns > b.time_ns : a.number > b.number;
    }
  };

  CaptureWriter& writer_;
  SynthCaptureOptions options_;
  RngKey key_;
  std::priority_queue<Next, std::vector<Next>, Later> open_{};
  std::uint64_t count_ = 0;
};

/// "1700000000.000000001"
[[nodiscard]] inline std::string seconds_text(std::int64_t ns) {
  const std::string fraction = std::to_string(ns % 1'000'000'000);
  return std::to_string(ns / 1'000'000'000).append(".").append(9 - fraction.size(), '0').append(fraction);
}
/// A rule of label_rules.hpp that fits the connection's flow and no other.
inline void write_rule(std::ostream& out, std::string_view label, const Connection& c) {
  const auto address = [&](const Endpoint& end) {
    return address_text(ip_address(end.address, c.ipv6), c.ipv6 ? 6 : 4);
  };
  out << label << " from=" << seconds_text(c.start_ns())
      << " to=" << seconds_text(c.packets.back().time_ns + 1) << " src=" << address(c.client)
      << " dst=" << address(c.server) << " src_port=" << c.client.port << " dst_port=" << c.server.port
      << (c.protocol == Protocol::tcp ? " proto=tcp\n" : " proto=udp\n");
}

}  // namespace synth::detail

/// Writes the packets of the connections in the order of time, and label rules: one for each attack and
/// `benign` for all others, or with `kinds` one for each connection. Failures stay in the writer's status and
/// the stream's state. Throws ConfigError.
void write_capture(CaptureWriter& capture, std::ostream& rules, const SynthOptions& options,
                   const SynthCaptureOptions& how = {});

#if WEIR_BODIES

WEIR_BODY void write_capture(CaptureWriter& capture, std::ostream& rules, const SynthOptions& options,
                             const SynthCaptureOptions& how) {
  synth::detail::CaptureMerge merge(capture, how, options.seed);
  synth::detail::PortGuard ports;
  for_each_connection(options, [&](const synth::Connection& made) {
    synth::Connection c = made;
    ports.move_apart(c);
    if (how.kinds || synth::is_attack(c.kind)) {
      synth::detail::write_rule(rules, how.kinds ? synth::name_of(c.kind) : synth::label_of(c.kind), c);
    }
    merge.add(c);
  });
  merge.write_before(std::numeric_limits<std::int64_t>::max());
  if (!how.kinds) rules << "benign\n";
}

#endif

}  // namespace weir::inline WEIR_ABI
