// Flows of TCP against single segments that anybody on the path may send, losses of the capture, wraps, large
// windows, captures of one direction, and connections that follow one another on the same ports.
#include "traffic/flow_packets.hpp"

#include <weir/traffic/flow_features.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace weir;          // NOLINT: a test
using namespace flow_packets;  // NOLINT
using namespace tcp_flag;      // NOLINT
using flow_packets::s;

/// A flow's columns of two profiles, and how much payload a third one kept.
struct Metered {
  Row row;
  std::size_t payload = 0;
  [[nodiscard]] double operator[](const std::string& name) const { return row[name]; }
};
std::vector<Metered> metered(const std::vector<Packet>& packets) {
  FlowOptions options;
  options.max_flows = 64;
  options.features.payload_bytes = 2'000;
  FlowTable<CoreFlow, ZeekFlow, PayloadBytes> table(options);
  std::vector<Metered> flows;
  const auto keep = [&](const auto& flow) {
    Metered& m = flows.emplace_back();
    RowOut out(m.row);
    CoreFlow::describe(flow, out);
    ZeekFlow::describe(flow, out);
    m.payload = PayloadBytes::bytes(flow).size();
  };
  for (const Packet& p : packets) table.add(p, keep);
  table.flush(keep);
  return flows;
}

/// 300 bytes up and 700 down in pieces of 100, then FINs: 20 packets.
Trace conversation(std::uint32_t client_isn = 1'000, std::uint32_t server_isn = 9'000) {
  Trace trace;
  Connection c(trace, {}, client_isn, server_isn);
  c.handshake(t0, 10 * ms);
  std::int64_t time = t0 + 50 * ms;
  const auto say = [&](unsigned side) {
    c.segment(time += 10 * ms, side, psh | ack, 100);
    c.segment(time += 5 * ms, 1 - side, ack);
  };
  for (const unsigned side : {0U, 1U, 1U, 0U, 1U, 1U, 1U, 0U, 1U, 1U}) say(side);
  c.segment(time += 10 * ms, 0, fin | ack);
  c.segment(time += 10 * ms, 1, fin | ack);
  c.segment(time += 10 * ms, 0, ack);
  return trace;
}

/// The conversation with nothing wrong, but `more` packets of the client's or the server's.
void check_conversation(const std::vector<Packet>& packets, std::size_t more) {
  const std::vector<Metered> flows = metered(packets);
  REQUIRE(flows.size() == 1);
  const Row& r = flows[0].row;
  CHECK(r["fwd_packets"] + r["bwd_packets"] == static_cast<double>(26 + more));
  CHECK(r["orig_bytes"] == 300);
  CHECK(r["resp_bytes"] == 700);
  CHECK(r["missed_bytes"] == 0);
  for (const char* none : {"fwd_retransmissions", "bwd_retransmissions", "fwd_reordered", "bwd_reordered"}) {
    CAPTURE(none);
    CHECK(r[none] == 0);
  }
  CHECK(r.text("end_reason") == "end_of_flow");
  CHECK(r.text("conn_state") == "SF");
  CHECK(flows[0].payload == 1'000);
}

TEST_CASE("a conversation without a fault, also across 2^32") {
  check_conversation(conversation().packets(), 0);
  check_conversation(conversation(0xFFFF'FFFFU, 0xFFFF'FFFEU).packets(), 0);
  check_conversation(conversation(0xFFFF'FF80U, 0xFFFF'FE00U).packets(), 0);
  check_conversation(conversation(0x7FFF'FFFFU, 0x7FFF'FFF0U).packets(), 0);
}

/// The numbers that a side has reached before packet `at`.
std::array<std::uint32_t, 2> reached(const std::vector<Packet>& packets, std::size_t at) {
  std::array<std::uint32_t, 2> next{packets[0].tcp_seq, packets[1].tcp_seq};
  for (std::size_t i = 0; i < at; ++i) {
    const Packet& p = packets[i];
    next[p.src_port == 80 ? 1 : 0] =
        p.tcp_seq + p.payload_length + ((p.tcp_flags & (syn | fin)) != 0 ? 1U : 0U);
  }
  return next;
}

struct Stray {
  const char* name;
  std::uint8_t flags;
  std::size_t payload;
};

/// One segment with numbers of its own behind packet `at` - 1 of the conversation.
std::vector<Packet> with_stray(Trace& trace, std::size_t at, unsigned side, const Stray& stray,
                               std::uint32_t seq_off, std::uint32_t ack_off) {
  const std::vector<Packet> usual = trace.packets();
  const auto next = reached(usual, at);
  Connection c(trace);
  const Packet extra = trace.add(
      usual[at - 1].time_ns + us,
      c.make(side, stray.flags, stray.payload, 1'111, next[side] + seq_off, next[1 - side] + ack_off));
  std::vector<Packet> packets(usual.begin(), usual.begin() + static_cast<std::ptrdiff_t>(at));
  packets.push_back(extra);
  packets.insert(packets.end(), usual.begin() + static_cast<std::ptrdiff_t>(at), usual.end());
  return packets;
}

TEST_CASE("one stray segment anywhere, of any kind, ahead or behind, changes nothing but the packets") {
  const std::initializer_list<Stray> kinds{{"data", psh | ack, 60},   {"ACK", ack, 0},
                                           {"FIN", fin | ack, 0},     {"FIN with data", fin | psh | ack, 33},
                                           {"RST", rst, 0},           {"RST, ACK", rst | ack, 0},
                                           {"SYN, ACK", syn | ack, 0}};
  constexpr std::array<std::uint32_t, 10> offsets{
      70'000,         1'000'000,    500'000'000,     1'200'000'000,     1'600'000'000,
      2'147'483'648U, 0U - 70'000U, 0U - 1'000'000U, 0U - 500'000'000U, 0U - 1'600'000'000U};
  const std::size_t length = conversation().packets().size();
  for (const std::uint32_t isn : {1'000U, 0xFFFF'FF00U}) {
    for (const Stray& kind : kinds) {
      CAPTURE(kind.name);
      for (const std::uint32_t offset : offsets) {
        CAPTURE(offset);
        for (std::size_t at = 1; at < length; ++at) {
          CAPTURE(at);
          for (const unsigned side : {0U, 1U}) {
            CAPTURE(side);
            const bool answers_syn = kind.flags == (syn | ack);
            if (answers_syn && (side == 0 || at > 22)) continue;  // a SYN-ACK is the server's
            for (const std::uint32_t ack_off : {0U, 900'000'000U}) {
              if (answers_syn && ack_off == 0 && at > 3) continue;
              if (kind.flags == (rst | ack) && at == 1 && ack_off == 0)
                continue;  // refuses the SYN: no stray
              Trace trace = conversation(isn, isn + 77'777);
              const std::vector<Packet> packets = with_stray(trace, at, side, kind, offset, ack_off);
              check_conversation(packets, 1);
            }
          }
        }
      }
    }
  }
}

}  // namespace
