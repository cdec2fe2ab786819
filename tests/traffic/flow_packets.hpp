// Packets for tests of flows, and a sink that keeps what comes out. Frames are made and parsed as in a
// capture, so every length is one that a wire could have.
#pragma once

#include "traffic/packet_bytes.hpp"

#include <weir/traffic/features/core.hpp>
#include <weir/traffic/flow/flow_output.hpp>
#include <weir/traffic/flow/flow_table.hpp>
#include <weir/traffic/parse.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace flow_packets {

using namespace packet_bytes;  // NOLINT: a helper of tests

inline constexpr std::int64_t us = 1'000;
inline constexpr std::int64_t ms = 1'000'000;
inline constexpr std::int64_t s = 1'000'000'000;
/// Where the tests' time begins: 2023-11-14 22:13:20 UTC.
inline constexpr std::int64_t t0 = 1'700'000'000 * s;

/// Frames and the packets that point into them.
class Trace {
 public:
  /// `captured`: how much of the frame the capture holds.
  const weir::Packet& add(std::int64_t time_ns, const Layer& frame, std::size_t captured = SIZE_MAX,
                          const weir::ParseOptions& options = {}) {
    frames_.push_back(std::make_unique<Bytes>(frame.bytes));
    Bytes& bytes = *frames_.back();
    const std::span<const std::byte> held(bytes.data(), std::min(captured, bytes.size()));
    weir::Packet p;
    if (!weir::parse_packet(p, weir::link_type::ethernet, held, static_cast<std::uint32_t>(bytes.size()),
                            time_ns, options)) {
      throw std::runtime_error("no packet");
    }
    packets_.push_back(p);
    return packets_.back();
  }
  [[nodiscard]] const std::vector<weir::Packet>& packets() const { return packets_; }
  [[nodiscard]] std::vector<weir::Packet>& packets() { return packets_; }

 private:
  std::vector<std::unique_ptr<Bytes>> frames_;
  std::vector<weir::Packet> packets_;
};

/// A flow's columns by name; texts, numbers and whether they are valid.
struct Row {
  std::map<std::string, std::string> texts{};
  std::map<std::string, double> numbers{};
  std::map<std::string, bool> valid{};
  std::int64_t order_ns = 0;

  [[nodiscard]] double operator[](const std::string& name) const { return numbers.at(name); }
  [[nodiscard]] const std::string& text(const std::string& name) const { return texts.at(name); }
};

/// Takes a description into a row.
class RowOut {
 public:
  explicit RowOut(Row& row) : row_(row) {}
  template <class T>
  void number(weir::FlowColumnName name, std::string_view, T value, bool valid = true) {
    if (!row_.numbers.emplace(name.text(), static_cast<double>(value)).second) {
      throw std::runtime_error("two columns " + name.text());
    }
    row_.valid[name.text()] = valid;
  }
  void text(weir::FlowColumnName name, std::string_view value) { row_.texts[name.text()] = value; }
  void address(weir::FlowColumnName name, const weir::IpAddress& a, std::uint8_t version) {
    row_.texts[name.text()] = weir::address_text(a, version);
  }
  void mac(weir::FlowColumnName name, const weir::MacAddress&, std::size_t = 6) {
    row_.texts[name.text()] = "mac";
  }
  void ends(weir::FlowColumnName name, const weir::FlowEnds& e) {
    row_.texts[name.text()] =
        weir::address_text(e.first, e.ip_version) + "-" + weir::address_text(e.second, e.ip_version) + "-" +
        std::to_string(e.first_port) + "-" + std::to_string(e.second_port) + "-" + std::to_string(e.protocol);
  }

 private:
  Row& row_;
};

template <class View>
Row row_of(const View& view) {
  Row row;
  row.order_ns = view.order_ns();
  RowOut out(row);
  view.describe(out);
  return row;
}

/// All flows of a trace, in the table's order.
template <class... Profiles>
std::vector<Row> flows_of(const std::vector<weir::Packet>& packets, weir::FlowOptions options = {}) {
  if (options.max_flows == weir::FlowOptions{}.max_flows) options.max_flows = 4'096;
  weir::FlowTable<Profiles...> table(options);
  std::vector<Row> rows;
  const auto keep = [&](const auto& flow) { rows.push_back(row_of(flow)); };
  for (const weir::Packet& p : packets) table.add(p, keep);
  table.flush(keep);
  return rows;
}
inline std::vector<Row> core_flows(const std::vector<weir::Packet>& packets,
                                   const weir::FlowOptions& options = {}) {
  return flows_of<weir::CoreFlow>(packets, options);
}

/// A TCP connection with true sequence numbers and identifications.
class Connection {
 public:
  struct Ends {
    std::string client = "10.0.0.1", server = "10.0.0.2";
    std::uint16_t client_port = 40'000, server_port = 80;
  };
  explicit Connection(Trace& trace) : Connection(trace, Ends{}) {}
  Connection(Trace& trace, Ends ends, std::uint32_t client_isn = 1'000, std::uint32_t server_isn = 9'000)
      : trace_(trace), ends_(std::move(ends)), next_{client_isn, server_isn} {}

  /// A segment of side 0 (client) or 1; the sequence numbers go on by what it carries.
  const weir::Packet& segment(std::int64_t time, unsigned side, std::uint8_t flags, std::size_t payload = 0,
                              std::uint16_t window = 1'111) {
    const Layer& frame = make(side, flags, payload, window, next_[side], next_[1 - side]);
    next_[side] += static_cast<std::uint32_t>(payload) + ((flags & weir::tcp_flag::syn) != 0 ? 1U : 0U) +
                   ((flags & weir::tcp_flag::fin) != 0 ? 1U : 0U);
    return trace_.add(time, frame);
  }
  /// A segment with numbers of the test's own.
  Layer make(unsigned side, std::uint8_t flags, std::size_t payload, std::uint16_t window, std::uint32_t seq,
             std::uint32_t ack) {
    const bool client = side == 0;
    Tcp h{.src_port = client ? ends_.client_port : ends_.server_port,
          .dst_port = client ? ends_.server_port : ends_.client_port,
          .seq = seq,
          .ack = (flags & weir::tcp_flag::ack) != 0 ? ack : 0,
          .flags = flags,
          .window = window};
    const Ipv4 ip{.src = client ? ends_.client : ends_.server,
                  .dst = client ? ends_.server : ends_.client,
                  .id = id_[side]++};
    return ethernet({}, ipv4(ip, tcp(h, filler(payload))));
  }
  void handshake(std::int64_t time, std::int64_t step = 200 * us) {
    using namespace weir::tcp_flag;
    segment(time, 0, syn);
    segment(time + step, 1, syn | ack);
    segment(time + 2 * step, 0, ack);
  }
  /// FIN, FIN and the last acknowledgement.
  void close(std::int64_t time, std::int64_t step = 200 * us) {
    using namespace weir::tcp_flag;
    segment(time, 0, fin | ack);
    segment(time + step, 1, fin | ack);
    segment(time + 2 * step, 0, ack);
  }
  [[nodiscard]] std::uint32_t next(unsigned side) const { return next_[side]; }
  Trace& trace() { return trace_; }

 private:
  Trace& trace_;
  Ends ends_;
  std::array<std::uint32_t, 2> next_;
  std::array<std::uint16_t, 2> id_{100, 30'000};
};

/// The connection of the reference's table: S SA A PA100 A PA1000 A FA A FA A, 200 us apart.
inline void reference_connection(Trace& trace, std::int64_t time, std::uint32_t isn = 1'000) {
  using namespace weir::tcp_flag;
  Connection c(trace, {.client = "10.0.0.1", .server = "10.0.0.2"}, isn, isn + 50'000);
  const auto at = [&](int i) { return time + i * 200 * us; };
  c.segment(at(0), 0, syn, 0, 1'111);
  c.segment(at(1), 1, syn | ack, 0, 5'000);
  c.segment(at(2), 0, ack, 0, 1'111);
  c.segment(at(3), 0, psh | ack, 100, 1'111);
  c.segment(at(4), 1, ack, 0, 2'222);
  c.segment(at(5), 1, psh | ack, 1'000, 3'333);
  c.segment(at(6), 0, ack, 0, 1'111);
  c.segment(at(7), 0, fin | ack, 0, 1'111);
  c.segment(at(8), 1, ack, 0, 2'222);
  c.segment(at(9), 1, fin | ack, 0, 2'222);
  c.segment(at(10), 0, ack, 0, 1'111);
}

/// A datagram in one frame.
inline Layer datagram(const std::string& src, std::uint16_t src_port, const std::string& dst,
                      std::uint16_t dst_port, std::size_t payload, std::uint16_t id = 1) {
  return ethernet({}, ipv4({.src = src, .dst = dst, .id = id},
                           udp({.src_port = src_port, .dst_port = dst_port}, filler(payload))));
}

}  // namespace flow_packets
