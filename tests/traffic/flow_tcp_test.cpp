// Flows of TCP against single segments that anybody on the path may send, losses of the capture, wraps, large
// windows, captures of one direction, and connections that follow one another on the same ports.
#include "traffic/flow_packets.hpp"

#include <weir/traffic/features/flow_features.hpp>

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

TEST_CASE("a stray segment inside the window is no late one, no loss and no second one") {
  for (const Stray& kind : {Stray{"data", psh | ack, 60}, Stray{"ACK", ack, 0}}) {
    CAPTURE(kind.name);
    for (const std::uint32_t offset : {50U, 130U, 777U, 5'000U, 40'000U}) {
      CAPTURE(offset);
      for (std::size_t at = 3; at + 3 < conversation().packets().size(); ++at) {
        CAPTURE(at);
        for (const unsigned side : {0U, 1U}) {
          Trace trace = conversation();
          const std::vector<Metered> flows = metered(with_stray(trace, at, side, kind, offset, 0));
          REQUIRE(flows.size() == 1);
          CHECK(flows[0]["fwd_reordered"] + flows[0]["bwd_reordered"] == 0);
          CHECK(flows[0]["missed_bytes"] == 0);
          CHECK(flows[0]["fwd_retransmissions"] + flows[0]["bwd_retransmissions"] <= 1);
          CHECK(flows[0]["orig_bytes"] == 300);
          CHECK(flows[0]["resp_bytes"] == 700);
          CHECK(flows[0].row.text("end_reason") == "end_of_flow");
        }
      }
    }
  }
}

TEST_CASE("of two SYN-ACKs the client's acknowledgement tells which one counts, whatever their order") {
  for (const bool stray_first : {false, true}) {
    for (const std::uint32_t off : {1'600'000'000U, 0U - 4'000U, 10U, 60'000U}) {
      CAPTURE(stray_first);
      CAPTURE(off);
      const Trace usual = conversation();
      Trace trace;
      Connection c(trace);
      const Packet stray = trace.add(t0 + 11 * ms, c.make(1, syn | ack, 0, 1'111, 9'000 + off, 1'001));
      std::vector<Packet> packets = usual.packets();
      packets.insert(packets.begin() + (stray_first ? 1 : 2), stray);
      check_conversation(packets, 1);
    }
  }
}

TEST_CASE("of two SYNs the server's acknowledgement tells which one counts") {
  for (const bool stray_first : {false, true}) {
    CAPTURE(stray_first);
    const Trace usual = conversation();
    Trace trace;
    Connection c(trace);
    const Packet stray = trace.add(t0 + us, c.make(0, syn, 0, 1'111, 3'000'000'000U, 0));
    std::vector<Packet> packets = usual.packets();
    packets.insert(packets.begin() + (stray_first ? 0 : 1), stray);
    check_conversation(packets, 1);
  }
}

TEST_CASE("a forged RST or FIN inside the window does not end a connection that goes on") {
  for (const Stray& kind : {Stray{"RST", rst, 0}, Stray{"FIN", fin | ack, 0}}) {
    CAPTURE(kind.name);
    for (std::size_t at = 4; at + 6 < conversation().packets().size(); ++at) {
      CAPTURE(at);
      for (const unsigned side : {0U, 1U}) {
        Trace trace = conversation();
        const std::vector<Metered> flows = metered(with_stray(trace, at, side, kind, 0, 0));
        REQUIRE(flows.size() == 1);
        CHECK(flows[0].row.text("end_reason") == "end_of_flow");
        CHECK(flows[0]["orig_bytes"] == 300);
        CHECK(flows[0]["resp_bytes"] == 700);
      }
    }
  }
}

/// `count` segments of 1,000 bytes from the server, acknowledged each, behind a handshake (without it: a
/// capture that began later), and FINs at the end.
std::vector<Packet> download(std::size_t count, bool handshake, std::uint32_t isn,
                             std::uint16_t window = 1'111) {
  Trace trace;
  Connection c(trace, {}, 1'000, isn);
  if (handshake) c.handshake(t0, 10 * ms);
  std::int64_t time = t0 + 50 * ms;
  for (std::size_t i = 0; i < count; ++i) {
    c.segment(time += ms, 1, ack, 1'000);
    c.segment(time += 100 * us, 0, ack, 0, window);
  }
  c.close(time + ms);
  static std::vector<Trace> kept;  // the packets point into it
  kept.push_back(std::move(trace));
  return kept.back().packets();
}
/// Without the packets whose places lie in [from, to).
std::vector<Packet> without(std::vector<Packet> packets, std::size_t from, std::size_t to) {
  packets.erase(packets.begin() + static_cast<std::ptrdiff_t>(from),
                packets.begin() + static_cast<std::ptrdiff_t>(to));
  return packets;
}

TEST_CASE("losses of the capture: up to a window they are missed bytes, and the flow goes on behind any") {
  for (const bool handshake : {true, false}) {
    for (const std::uint32_t isn : {9'000U, 0xFFFF'F000U}) {
      for (const std::size_t lost : {2U, 20U, 100U, 400U}) {
        CAPTURE(handshake);
        CAPTURE(lost);
        const std::size_t first = 41 + (handshake ? 1 : 0);
        const std::vector<Metered> flows =
            metered(without(download(300, handshake, isn), first, first + lost));
        REQUIRE(flows.size() == 1);
        CHECK(flows[0].row.text("end_reason") == "end_of_flow");
        CHECK(flows[0]["bwd_retransmissions"] == 0);
        CHECK(flows[0]["bwd_reordered"] == 0);
        // Without SYN the first sender is the client.
        const char* side = handshake ? "resp_bytes" : "orig_bytes";
        const bool in_window = !handshake || lost / 2 * 1'000 <= 65'535;
        CHECK(flows[0][side] == (in_window ? 300'000 : 300'000 - 500.0 * static_cast<double>(lost)));
        CHECK(flows[0]["missed_bytes"] == (in_window ? 500.0 * static_cast<double>(lost) : 0));
      }
    }
  }
}

TEST_CASE("of what little was captured behind a loss, acknowledgements and bare segments tell the rest") {
  Trace trace;
  Connection c(trace);
  c.handshake(t0);
  c.segment(t0 + ms, 1, ack, 100);
  trace.add(t0 + 2 * ms,
            c.make(1, ack, 100, 1'111, 9'001 + 5'000, 1'001));             // 4,900 bytes were lost before it
  trace.add(t0 + 3 * ms, c.make(0, ack, 0, 1'111, 1'001, 9'001 + 9'000));  // and 3,900 behind it
  const Metered far = metered(trace.packets()).at(0);
  CHECK(far["resp_bytes"] == 5'100);
  CHECK(far["missed_bytes"] == 4'900);

  Trace bare;
  Connection d(bare);
  d.handshake(t0);
  bare.add(t0 + ms,
           d.make(0, ack, 1'000, 1'111, 3'001, 9'001));  // late: 2,000 bytes come behind it, cut otherwise
  bare.add(t0 + 2 * ms, d.make(0, ack, 1'500, 1'111, 1'001, 9'001));
  bare.add(t0 + 3 * ms, d.make(0, ack, 1'000, 1'111, 2'501, 9'001));
  for (int i = 0; i < 2; ++i) bare.add(t0 + 4 * ms, d.make(0, ack, 0, 1'111, 4'001, 9'001));
  bare.add(t0 + 5 * ms, d.make(0, fin | ack, 0, 1'111, 4'001, 9'001));
  bare.add(t0 + 6 * ms, d.make(1, fin | ack, 0, 1'111, 9'001, 4'002));
  bare.add(t0 + 7 * ms, d.make(0, ack, 0, 1'111, 4'002, 9'002));
  const Metered whole = metered(bare.packets()).at(0);
  CHECK(whole["orig_bytes"] == 3'000);
  CHECK(whole["missed_bytes"] == 0);
  CHECK(whole.row.text("end_reason") == "end_of_flow");
}

TEST_CASE("a capture of one direction") {
  for (const bool handshake : {true, false}) {
    std::vector<Packet> server;
    std::vector<Packet> client;
    for (const Packet& p : download(100, handshake, 0xFFFF'0000U))
      (p.src_port == 80 ? server : client).push_back(p);
    const std::vector<Metered> down = metered(server);
    REQUIRE(down.size() == 1);
    CHECK(down[0][handshake ? "resp_bytes" : "orig_bytes"] == 100'000);
    CHECK(down[0]["bwd_retransmissions"] + down[0]["fwd_retransmissions"] == 0);
    CHECK(down[0]["missed_bytes"] == 0);
    const std::vector<Metered> up = metered(client);
    REQUIRE(up.size() == 1);
    CHECK(up[0]["orig_bytes"] == 0);
    const std::vector<Metered> gap = metered(without(server, 20, 50));
    REQUIRE(gap.size() == 1);
    CHECK(gap[0][handshake ? "resp_bytes" : "orig_bytes"] == 100'000);
    CHECK(gap[0]["missed_bytes"] == 0);  // nobody acknowledged it
  }
}

TEST_CASE(
    "a scaled window: what is lost ahead of more than 65,535 bytes in flight is sent again and is late") {
  Trace trace;
  Connection c(trace);
  const auto hello = [&](unsigned side, std::uint8_t flags, std::uint32_t seq, std::uint32_t acknowledged) {
    Tcp h{.src_port = 40'000,
          .dst_port = 80,
          .seq = seq,
          .ack = acknowledged,
          .flags = flags,
          .window = 60'000,
          .options = option_window_scale(7)};
    Ipv4 address;
    if (side == 1) std::swap(h.src_port, h.dst_port);
    if (side == 1) std::swap(address.src, address.dst);
    return ethernet({}, ipv4(address, tcp(h)));
  };
  trace.add(t0, hello(0, syn, 1'000, 0));
  trace.add(t0 + ms, hello(1, syn | ack, 9'000, 1'001));
  std::int64_t time = t0 + 2 * ms;
  const auto send = [&](std::uint32_t from, std::uint32_t size) {
    trace.add(time += us, c.make(1, ack, size, 60'000, from, 1'001));
  };
  trace.add(time, c.make(0, ack, 0, 60'000, 1'001, 9'001));
  send(9'001, 1'000);
  for (std::uint32_t i = 2; i <= 2'000; ++i) send(9'001 + i * 1'000, 1'000);  // 2 MB ahead of a lost one
  trace.add(time += ms, c.make(0, ack, 0, 60'000, 1'001, 10'001));
  send(10'001, 1'000);
  trace.add(time += ms, c.make(0, ack, 0, 60'000, 1'001, 9'001 + 2'001'000));
  send(10'001, 1'000);  // once more for nothing
  const std::vector<Metered> flows = metered(trace.packets());
  REQUIRE(flows.size() == 1);
  CHECK(flows[0]["bwd_reordered"] == 1);
  CHECK(flows[0]["bwd_retransmissions"] == 1);
  CHECK(flows[0]["missed_bytes"] == 0);
  CHECK(flows[0]["resp_bytes"] == 2'001'000);
}

TEST_CASE("keep-alives are no retransmissions, with a byte or without") {
  Trace trace;
  Connection c(trace);
  c.handshake(t0);
  c.segment(t0 + ms, 0, psh | ack, 100);
  c.segment(t0 + 2 * ms, 1, ack);
  for (int i = 1; i <= 3; ++i) {
    trace.add(t0 + i * s, c.make(0, ack, i == 2 ? 1 : 0, 1'111, c.next(0) - 1, c.next(1)));
    c.segment(t0 + i * s + ms, 1, ack);
  }
  c.close(t0 + 5 * s);
  const std::vector<Metered> flows = metered(trace.packets());
  REQUIRE(flows.size() == 1);
  CHECK(flows[0]["fwd_retransmissions"] == 0);
  CHECK(flows[0]["orig_bytes"] == 100);
}

TEST_CASE("several segments late and lost at once") {
  Trace trace;
  Connection c(trace);
  c.handshake(t0);
  for (int i = 0; i < 8; ++i) c.segment(t0 + ms + i * us, 0, ack, 100);
  c.segment(t0 + 2 * ms, 1, ack);
  std::vector<Packet> packets = trace.packets();
  const std::vector<Packet> in_order = packets;
  for (const auto& order : std::vector<std::array<std::size_t, 8>>{{0, 2, 1, 3, 4, 5, 6, 7},
                                                                   {1, 0, 3, 2, 5, 4, 7, 6},
                                                                   {0, 3, 2, 1, 4, 5, 6, 7},
                                                                   {0, 2, 3, 4, 5, 6, 7, 1},
                                                                   {0, 4, 5, 1, 2, 3, 6, 7}}) {
    for (std::size_t i = 0; i < order.size(); ++i) packets[3 + i] = in_order[3 + order[i]];
    for (std::size_t i = 0; i < order.size(); ++i) packets[3 + i].time_ns = in_order[3 + i].time_ns;
    const std::vector<Metered> flows = metered(packets);
    REQUIRE(flows.size() == 1);
    CHECK(flows[0]["fwd_retransmissions"] == 0);
    CHECK(flows[0]["fwd_reordered"] >= 1);
    CHECK(flows[0]["missed_bytes"] == 0);
    CHECK(flows[0]["orig_bytes"] == 800);
  }
}

/// A handshake and the server's segments of 1,000 bytes, in the order in which they are named (from 1), each
/// acknowledged as a receiver would; FINs when all have come. `silent`: the client's packets were not seen.
Metered arriving(const std::vector<std::uint32_t>& order, bool silent = false,
                 std::uint32_t server_isn = 9'000) {
  Trace trace;
  Connection c(trace, {}, 1'000, server_isn);
  c.handshake(t0);
  const std::uint32_t count = *std::max_element(order.begin(), order.end());
  std::vector<bool> here(count + 2);
  std::uint32_t next = 1;
  std::int64_t time = t0 + ms;
  for (const std::uint32_t n : order) {
    trace.add(time += us, c.make(1, ack, 1'000, 1'111, server_isn + 1 + (n - 1) * 1'000, 1'001));
    here[n] = true;
    while (here[next]) ++next;
    trace.add(time += us, c.make(0, ack, 0, 1'111, 1'001, server_isn + 1 + (next - 1) * 1'000));
  }
  const std::uint32_t end = server_isn + 1 + count * 1'000;
  trace.add(time += us, c.make(1, fin | ack, 0, 1'111, end, 1'001));
  trace.add(time += us, c.make(0, fin | ack, 0, 1'111, 1'001, end + 1));
  trace.add(time += us, c.make(1, ack, 0, 1'111, end + 1, 1'002));
  std::vector<Packet> packets = trace.packets();
  if (silent) std::erase_if(packets, [](const Packet& p) { return p.src_port != 80; });
  const std::vector<Metered> flows = metered(packets);
  REQUIRE(flows.size() == 1);
  return flows[0];
}

/// How many segments come behind a later one.
double late_of(const std::vector<std::uint32_t>& order) {
  std::uint32_t highest = 0;
  int late = 0;
  for (const std::uint32_t n : order) {
    late += n < highest ? 1 : 0;
    highest = std::max(highest, n);
  }
  return late;
}

TEST_CASE("what was captured whole is not missed and not sent again, however many gaps it came with") {
  for (const std::vector<std::uint32_t>& order :
       std::vector<std::vector<std::uint32_t>>{{1, 3, 5, 4, 2, 6},
                                               {1, 4, 6, 5, 2, 3, 7},
                                               {1, 3, 5, 6, 7, 8, 2, 4},
                                               {1, 3, 5, 7, 9, 2, 4, 6, 8, 10},
                                               {1, 5, 3, 2, 4, 6},
                                               {1, 5, 4, 3, 2, 6},
                                               {1, 3, 5, 7, 9, 10, 11, 12, 8, 6, 4, 2, 13},
                                               {1, 2, 4, 6, 8, 9, 10, 11, 5, 3, 7, 12, 14, 16, 13, 15, 17}}) {
    std::string name;
    for (const std::uint32_t n : order) name += std::to_string(n) + " ";
    CAPTURE(name);
    for (const std::uint32_t isn : {9'000U, 0xFFFF'F000U}) {
      for (const bool silent : {false, true}) {
        CAPTURE(silent);
        const Metered flow = arriving(order, silent, isn);
        CHECK(flow["missed_bytes"] == 0);
        CHECK(flow["bwd_retransmissions"] == 0);
        CHECK(flow["bwd_reordered"] == late_of(order));
        CHECK(flow["resp_bytes"] == 1'000 * *std::max_element(order.begin(), order.end()));
        CHECK(flow.payload == 2'000);
      }
    }
  }
}

TEST_CASE(
    "any order of a window's segments: nothing is missed, and with more gaps than are kept none is "
    "invented") {
  std::uint32_t state = 1;
  const auto random = [&](std::size_t below) {
    state = state * 1'664'525 + 1'013'904'223;
    return static_cast<std::size_t>((state >> 8) % below);
  };
  for (const std::size_t count : {6U, 9U, 14U}) {
    for (int round = 0; round < 300; ++round) {
      std::vector<std::uint32_t> order(count);
      for (std::size_t i = 0; i < count; ++i) order[i] = static_cast<std::uint32_t>(i + 1);
      for (std::size_t i = count - 1; i > 0; --i) std::swap(order[i], order[random(i + 1)]);
      std::string name;
      for (const std::uint32_t n : order) name += std::to_string(n) + " ";
      CAPTURE(name);
      const Metered flow = arriving(order);
      CHECK(flow["missed_bytes"] == 0);
      CHECK(flow["bwd_retransmissions"] == 0);
      CHECK(flow["bwd_reordered"] <= late_of(order));
      CHECK(flow["resp_bytes"] == 1'000.0 * static_cast<double>(count));
      CHECK(flow.row.text("end_reason") == "end_of_flow");
    }
  }
}

TEST_CASE("several losses of the capture in one window are all missed, and what is sent again is") {
  const std::vector<Packet> whole = download(60, true, 9'000);
  std::vector<Packet> holed;
  for (std::size_t i = 0; i < whole.size(); ++i) {
    const bool lost = i >= 3 && i < 3 + 40 && (i - 3) % 8 == 4;  // the third of each four segments
    if (!lost) holed.push_back(whole[i]);
  }
  const std::vector<Metered> flows = metered(holed);
  REQUIRE(flows.size() == 1);
  CHECK(flows[0]["missed_bytes"] == 5'000);
  CHECK(flows[0]["resp_bytes"] == 60'000);
  CHECK(flows[0]["bwd_retransmissions"] + flows[0]["bwd_reordered"] == 0);

  const Metered again = arriving({1, 3, 5, 6, 7, 2, 4, 2, 4, 8, 8});
  CHECK(again["missed_bytes"] == 0);
  CHECK(again["bwd_retransmissions"] == 3);
  CHECK(again["bwd_reordered"] == 2);
}

TEST_CASE("a capture that begins with keep-alives") {
  for (const int probes : {1, 3}) {
    for (const bool client : {true, false}) {
      CAPTURE(probes);
      CAPTURE(client);
      Trace trace;
      Connection c(trace);
      const unsigned from = client ? 0 : 1;
      std::int64_t time = t0;
      const auto say = [&](unsigned side, std::uint8_t flags, std::size_t size, std::uint32_t seq,
                           std::uint32_t acknowledged) {
        trace.add(time += ms, c.make(side, flags, size, 1'111, seq, acknowledged));
      };
      for (int i = 0; i < probes; ++i) {
        say(from, ack, 0, 100, 501);
        say(1 - from, ack, 0, 501, 101);
      }
      say(from, psh | ack, 50, 101, 501);
      say(1 - from, ack, 0, 501, 151);
      say(from, fin | ack, 0, 151, 501);
      say(1 - from, fin | ack, 0, 501, 152);
      say(from, ack, 0, 152, 502);
      const std::vector<Metered> flows = metered(trace.packets());
      REQUIRE(flows.size() == 1);
      CHECK(flows[0]["orig_bytes"] == 50);
      CHECK(flows[0]["resp_bytes"] == 0);
      CHECK(flows[0]["missed_bytes"] == 0);
      CHECK(flows[0].row.text("end_reason") == "end_of_flow");
    }
  }
}

/// The packet behind packet `at` - 1 of others.
std::vector<Packet> inserted(std::vector<Packet> packets, std::size_t at, const Packet& extra) {
  packets.insert(packets.begin() + static_cast<std::ptrdiff_t>(at), extra);
  return packets;
}

TEST_CASE("a RST in the window but not next, or a FIN with other numbers, changes no state of a connection") {
  const std::size_t length = conversation().packets().size();
  for (const std::uint32_t off : {0U - 50U, 1U, 1'000U, 40'000U}) {
    for (const std::uint8_t flags : {rst, static_cast<std::uint8_t>(rst | ack)}) {
      for (const unsigned side : {0U, 1U}) {
        for (std::size_t at = 4; at < length; ++at) {
          CAPTURE(off);
          CAPTURE(side);
          CAPTURE(at);
          Trace trace = conversation();
          const std::vector<Metered> flows = metered(with_stray(trace, at, side, {"RST", flags, 0}, off, 0));
          REQUIRE(flows.size() == 1);
          CHECK(flows[0].row.text("conn_state") == "SF");
          CHECK(flows[0].row.text("end_reason") == "end_of_flow");
        }
      }
    }
  }
  for (const std::uint32_t off : {0U - 50U, 1U, 1'000U, 40'000U, 50'000U}) {
    for (const unsigned side : {0U, 1U}) {
      for (std::size_t at = 8; at + 3 <= length; ++at) {
        CAPTURE(off);
        CAPTURE(side);
        CAPTURE(at);
        Trace trace = conversation();
        std::vector<Packet> packets = with_stray(trace, at, side, {"FIN", fin | ack, 0}, off, 0);
        const std::vector<Metered> ended = metered(packets);
        REQUIRE(ended.size() == 1);
        CHECK(ended[0].row.text("conn_state") == "SF");
        packets.resize(packets.size() - 3);  // without the FINs
        const std::vector<Metered> open = metered(packets);
        REQUIRE(open.size() == 1);
        CHECK(open[0].row.text("conn_state") == "S1");
        CHECK(open[0].row.text("end_reason") == "forced");
      }
    }
  }
}

TEST_CASE("a RST that the connection ends at counts, and a FIN that was acknowledged or reached") {
  for (const std::uint32_t off : {0U, 1'000U}) {
    Trace trace = conversation();
    std::vector<Packet> packets = with_stray(trace, 10, 0, {"RST", rst, 0}, off, 0);
    packets.resize(11);
    const std::vector<Metered> flows = metered(packets);
    REQUIRE(flows.size() == 1);
    CHECK(flows[0].row.text("conn_state") == "RSTO");
    CHECK(flows[0].row.text("end_reason") == "end_of_flow");
  }
  for (const bool acknowledged : {false, true}) {
    Trace trace;
    Connection c(trace);
    c.handshake(t0);
    c.segment(t0 + ms, 0, psh | ack, 100);
    trace.add(t0 + 2 * ms, c.make(0, fin | ack, 0, 1'111, c.next(0) + 500, c.next(1)));  // behind a loss
    if (acknowledged) trace.add(t0 + 3 * ms, c.make(1, ack, 0, 1'111, c.next(1), c.next(0) + 501));
    CHECK(metered(trace.packets()).at(0).row.text("conn_state") == (acknowledged ? "S2" : "S1"));
  }
}

TEST_CASE("a stray SYN-ACK in a connection whose handshake was not captured, or long behind it") {
  for (const bool handshake : {false, true}) {
    const Trace heard = conversation();
    const std::vector<Packet> whole = heard.packets();
    const std::vector<Packet> usual(whole.begin() + (handshake ? 0 : 3), whole.end());
    const Metered right = metered(usual).at(0);
    for (const unsigned side : {0U, 1U}) {
      for (const std::uint32_t off :
           {0U - 1U, 0U - 50U, 0U - 1'000U, 0U - 65'000U, 0U - 70'000U, 1U, 60'000U, 1'000'000'000U}) {
        for (std::size_t at = handshake ? 9 : 5; at + 3 < usual.size(); ++at) {
          CAPTURE(handshake);
          CAPTURE(side);
          CAPTURE(off);
          CAPTURE(at);
          const auto next = reached(whole, at + (handshake ? 0 : 3));
          Trace trace;
          Connection c(trace);
          const Packet& stray =
              trace.add(usual[at - 1].time_ns + us,
                        c.make(side, syn | ack, 0, 1'111, next[side] + off, next[1 - side]));
          const std::vector<Metered> flows = metered(inserted(usual, at, stray));
          REQUIRE(flows.size() == 1);
          for (const char* same : {"orig_bytes", "resp_bytes", "missed_bytes", "fwd_reordered",
                                   "bwd_reordered", "fwd_retransmissions", "bwd_retransmissions"}) {
            CAPTURE(same);
            CHECK(flows[0][same] == right[same]);
          }
          CHECK(flows[0].row.text("end_reason") == "end_of_flow");
        }
      }
    }
  }
}

TEST_CASE("a stray SYN of the server in an open connection begins none, and one that is answered does") {
  for (const std::uint32_t off : {0U - 5'000U, 1U, 100U, 50'000U, 1'000'000'000U, 2'500'000'000U}) {
    for (std::size_t at = 5; at + 3 < conversation().packets().size(); ++at) {
      CAPTURE(off);
      CAPTURE(at);
      Trace trace = conversation();
      check_conversation(with_stray(trace, at, 1, {"SYN", syn, 0}, off, 0), 1);
    }
    Trace trace = conversation();
    Connection back(trace, {"10.0.0.2", "10.0.0.1", 80, 40'000}, 9'701 + off, 77'000);
    std::vector<Packet> packets = trace.packets();
    packets.resize(packets.size() - 3);  // the FINs were lost
    const std::size_t before = packets.size();
    const std::int64_t time = packets.back().time_ns + 100 * ms;
    back.handshake(time, ms);
    back.segment(time + 5 * ms, 0, psh | ack, 50);
    back.close(time + 6 * ms, ms);
    const std::vector<Packet>& all = trace.packets();
    packets.insert(packets.end(), all.end() - 7, all.end());
    const std::vector<Metered> flows = metered(packets);
    REQUIRE(flows.size() == 2);
    CHECK(flows[0]["orig_bytes"] == 300);
    CHECK(flows[0]["resp_bytes"] == 700);
    CHECK(flows[0]["fwd_packets"] + flows[0]["bwd_packets"] == static_cast<double>(before + 1));
    CHECK(flows[1].row.text("src_ip") == "10.0.0.2");
    CHECK(flows[1]["orig_bytes"] == 50);
    CHECK(flows[1].row.text("conn_state") == "SF");
  }
}

TEST_CASE("a segment that overlaps the frontier: what it has beyond counts when it is acknowledged") {
  for (const unsigned side : {0U, 1U}) {
    for (std::size_t at = 4; at < 22; ++at) {
      CAPTURE(side);
      CAPTURE(at);
      Trace trace = conversation();
      const auto next = reached(trace.packets(), at);
      if (next[side] - trace.packets()[side].tcp_seq < 60) continue;  // nothing to overlap
      const std::vector<Packet> packets = with_stray(trace, at, side, {"data", psh | ack, 1'460}, 0U - 1U, 0);
      const std::vector<Metered> flows = metered(packets);
      REQUIRE(flows.size() == 1);
      CHECK(flows[0]["orig_bytes"] == 300);
      CHECK(flows[0]["resp_bytes"] == 700);
      CHECK(flows[0]["missed_bytes"] == 0);
      CHECK(flows[0]["fwd_reordered"] + flows[0]["bwd_reordered"] == 0);
      CHECK(flows[0].row.text("end_reason") == "end_of_flow");
      CHECK(flows[0].row.text("conn_state") == "SF");
    }
  }
  for (const bool both : {false, true}) {
    Trace trace;
    Connection c(trace);
    c.handshake(t0);
    std::int64_t time = t0 + ms;
    const auto send = [&](std::uint32_t from, std::uint32_t to) {
      trace.add(time += us, c.make(0, psh | ack, to - from, 1'111, 1'001 + from, 9'001));
    };
    send(0, 100);
    send(0, 300);  // again, with more
    send(300, 400);
    send(350, 500);
    trace.add(time += us, c.make(0, fin | ack, 0, 1'111, 1'501, 9'001));
    if (both) {
      trace.add(time += us, c.make(1, fin | ack, 0, 1'111, 9'001, 1'502));
      trace.add(time += us, c.make(0, ack, 0, 1'111, 1'502, 9'002));
    }
    const Metered flow = metered(trace.packets()).at(0);
    CHECK(flow["orig_bytes"] == 500);
    CHECK(flow["missed_bytes"] == 0);
    CHECK(flow["fwd_retransmissions"] + flow["fwd_reordered"] == 0);
    CHECK(flow.row.text("conn_state") == (both ? "SF" : "S2"));
  }
}

/// The connection without its FINs, and `pause` later another one.
std::vector<Metered> reused(std::int64_t pause, std::uint32_t isn, std::uint32_t other, bool with_fins) {
  Trace trace;
  for (const std::uint32_t number : {isn, other}) {
    Connection c(trace, {}, number, number + 5'000);
    const std::int64_t time = trace.packets().empty() ? t0 : trace.packets().back().time_ns + pause;
    c.handshake(time, ms);
    c.segment(time + 5 * ms, 0, psh | ack, 100);
    c.segment(time + 6 * ms, 1, ack);
    c.segment(time + 7 * ms, 1, psh | ack, 200);
    c.segment(time + 8 * ms, 0, ack);
    if (with_fins || trace.packets().size() > 10) c.close(time + 9 * ms, ms);
  }
  return metered(trace.packets());
}

TEST_CASE("the same ports again behind FINs that were lost: two flows") {
  for (const std::int64_t pause : {2 * ms, s, 3 * s, 60 * s}) {
    for (const std::uint32_t other : {777'000U, 500U, 4'000'000'000U, 1'050U}) {
      CAPTURE(pause);
      CAPTURE(other);
      const std::vector<Metered> flows = reused(pause, 1'000, other, false);
      REQUIRE(flows.size() == 2);
      CHECK(flows[0]["fwd_packets"] == 4);
      CHECK(flows[0]["bwd_packets"] == 3);
      CHECK(flows[1]["fwd_packets"] == 6);
      CHECK(flows[1]["bwd_packets"] == 4);
      for (const Metered& f : flows) {
        CHECK(f["orig_bytes"] == 100);
        CHECK(f["resp_bytes"] == 200);
        CHECK(f["missed_bytes"] == 0);
        CHECK(f["fwd_retransmissions"] + f["bwd_retransmissions"] == 0);
        CHECK(f.row.text("direction") == "syn");
      }
    }
  }
}

TEST_CASE("the same numbers again behind both FINs and a pause: two flows") {
  for (const std::int64_t pause : {3 * s, 60 * s}) {
    const std::vector<Metered> flows = reused(pause, 1'000, 1'000, true);
    REQUIRE(flows.size() == 2);
    for (const Metered& f : flows) CHECK(f["fwd_packets"] + f["bwd_packets"] == 10);
  }
}

TEST_CASE("connections of a program that writes all numbers as 0") {
  Trace trace;
  Connection c(trace);
  for (int round = 0; round < 3; ++round) {
    std::int64_t time = t0 + round * 10 * s;
    const auto say = [&](unsigned side, std::uint8_t flags, std::size_t payload) {
      trace.add(time += ms, c.make(side, flags, payload, 1'111, 0, 0));
    };
    say(0, syn, 0);
    say(1, syn | ack, 0);
    say(0, ack, 0);
    say(0, psh | ack, 100);
    say(1, psh | ack, 200);
    say(0, fin | ack, 0);
    say(1, fin | ack, 0);
    say(0, ack, 0);
  }
  const std::vector<Metered> flows = metered(trace.packets());
  REQUIRE(flows.size() == 3);
  for (const Metered& f : flows) {
    CHECK(f["fwd_packets"] == 5);
    CHECK(f["bwd_packets"] == 3);
  }
}

/// Without its handshake, with a stray segment of a side behind packet `at` - 1; 0: before all others.
std::vector<Packet> begun_later(Trace& trace, std::size_t at, unsigned side, const Stray& stray,
                                std::uint32_t offset) {
  std::vector<Packet> packets = with_stray(trace, std::max<std::size_t>(3 + at, 3), side, stray, offset, 0);
  packets.erase(packets.begin(), packets.begin() + 3);
  return packets;
}

TEST_CASE("a stray first segment of a side of which the capture holds no handshake") {
  for (const Stray& kind : std::initializer_list<Stray>{{"data", psh | ack, 60},
                                                        {"ACK", ack, 0},
                                                        {"FIN", fin | ack, 0},
                                                        {"FIN with data", fin | ack, 9}}) {
    CAPTURE(kind.name);
    for (const std::uint32_t offset : {100'000U, 50'000'000U, 1'600'000'000U, 2'000'000'000U, 0U - 100'000U,
                                       0U - 50'000'000U, 0U - 2'000'000'000U}) {
      CAPTURE(offset);
      for (const std::size_t at : {std::size_t{0}, std::size_t{1}}) {
        CAPTURE(at);
        for (const unsigned side : {0U, 1U}) {
          CAPTURE(side);
          Trace trace = conversation();
          const std::vector<Metered> flows = metered(begun_later(trace, at, side, kind, offset));
          REQUIRE(flows.size() == 1);
          const bool turned = flows[0].row.text("src_ip") != "10.0.0.1";
          CHECK(flows[0][turned ? "resp_bytes" : "orig_bytes"] == 300);
          CHECK(flows[0][turned ? "orig_bytes" : "resp_bytes"] == 700);
          CHECK(flows[0]["missed_bytes"] == 0);
          CHECK(flows[0].row.text("end_reason") == "end_of_flow");
        }
      }
    }
  }
}

TEST_CASE("a stray SYN of the client begins a flow that has the rest, and no byte besides") {
  const std::size_t length = conversation().packets().size();
  for (const std::uint32_t offset :
       {1'000'000U, 900'000'000U, 1'600'000'000U, 0U - 1'000'000U, 0U - 900'000'000U, 0U - 1'600'000'000U}) {
    CAPTURE(offset);
    for (std::size_t at = 4; at + 6 < length; ++at) {
      CAPTURE(at);
      Trace trace = conversation();
      const std::vector<Metered> flows = metered(with_stray(trace, at, 0, {"SYN", syn, 0}, offset, 0));
      double up = 0, down = 0;
      for (const Metered& flow : flows) {
        up += flow["orig_bytes"];
        down += flow["resp_bytes"];
        CHECK(flow["missed_bytes"] == 0);
      }
      CHECK(up == 300);
      CHECK(down == 700);
      CHECK(flows.size() <= 2);
      CHECK(flows.back().row.text("end_reason") == "end_of_flow");
    }
  }
}

TEST_CASE("a SYN that is read late, behind the next connection of its ports, cuts neither in two") {
  const Trace before = conversation();
  const std::vector<Packet> first = before.packets();
  const Trace behind = conversation(777'000, 888'000);
  std::vector<Packet> second = behind.packets();
  for (Packet& p : second) p.time_ns += 5 * s;
  for (std::size_t at = 4; at <= second.size(); ++at) {
    CAPTURE(at);
    std::vector<Packet> packets(first.begin() + 1, first.end());
    packets.insert(packets.end(), second.begin(), second.begin() + static_cast<std::ptrdiff_t>(at));
    packets.push_back(first.front());
    packets.insert(packets.end(), second.begin() + static_cast<std::ptrdiff_t>(at), second.end());
    const std::vector<Metered> flows = metered(packets);
    REQUIRE(flows.size() == 2);
    for (std::size_t i = 0; i < 2; ++i) {
      CHECK(flows[i]["orig_bytes"] == 300);
      CHECK(flows[i]["resp_bytes"] == 700);
      CHECK(flows[i].row.text("end_reason") == "end_of_flow");
    }
  }
}

TEST_CASE("the last bytes before a FIN, lost and acknowledged, are missed") {
  const Trace trace = conversation();
  std::vector<Packet> packets = trace.packets();
  const auto last =
      std::find_if(packets.rbegin(), packets.rend(), [](const Packet& p) { return p.payload_length > 0; });
  REQUIRE(last->src_port == 80);
  packets.erase(std::next(last).base());
  const std::vector<Metered> flows = metered(packets);
  REQUIRE(flows.size() == 1);
  CHECK(flows[0]["missed_bytes"] == 100);
  CHECK(flows[0]["orig_bytes"] == 300);
  CHECK(flows[0]["resp_bytes"] == 700);
  CHECK(flows[0].payload == 900);
}

TEST_CASE("a SYN or a SYN-ACK that is read late belongs to its connection") {
  const Trace trace = conversation();
  const std::vector<Packet> usual = trace.packets();
  for (const std::size_t late : {std::size_t{0}, std::size_t{1}}) {
    for (std::size_t to = late; to < usual.size(); ++to) {
      CAPTURE(late);
      CAPTURE(to);
      std::vector<Packet> packets = usual;
      std::rotate(packets.begin() + static_cast<std::ptrdiff_t>(late),
                  packets.begin() + static_cast<std::ptrdiff_t>(late) + 1,
                  packets.begin() + static_cast<std::ptrdiff_t>(to) + 1);
      const std::vector<Metered> flows = metered(packets);
      REQUIRE(flows.size() == 1);
      CHECK(flows[0]["fwd_packets"] + flows[0]["bwd_packets"] == 26);
      CHECK(flows[0]["fwd_retransmissions"] + flows[0]["bwd_retransmissions"] == 0);
      CHECK(flows[0]["orig_bytes"] == 300);
      CHECK(flows[0]["resp_bytes"] == 700);
      CHECK(flows[0].row.text("src_ip") == "10.0.0.1");
      CHECK(flows[0].row.text("end_reason") == "end_of_flow");
    }
  }
}

TEST_CASE("one queue read behind the other: the client's packets all behind the server's") {
  const Trace trace = conversation();
  std::vector<Packet> packets = trace.packets();
  std::stable_partition(packets.begin(), packets.end(), [](const Packet& p) { return p.src_port == 80; });
  for (int turn = 0; turn < 2; ++turn) {
    const std::vector<Metered> flows = metered(packets);
    REQUIRE(flows.size() == 1);
    CHECK(flows[0]["orig_bytes"] == 300);
    CHECK(flows[0]["resp_bytes"] == 700);
    CHECK(flows[0]["missed_bytes"] == 0);
    CHECK(flows[0]["fwd_retransmissions"] + flows[0]["bwd_retransmissions"] == 0);
    CHECK(flows[0].row.text("end_reason") == "end_of_flow");
    std::stable_partition(packets.begin(), packets.end(), [](const Packet& p) { return p.src_port != 80; });
  }
}

TEST_CASE("many SYNs of the same ports are one attempt, answered or not") {
  for (const bool answered : {false, true}) {
    Trace trace;
    Connection c(trace);
    for (std::uint32_t i = 0; i < 50; ++i) {
      trace.add(t0 + i * 10 * ms, c.make(0, syn, 0, 1'111, i * 77'777'777, 0));
      if (answered)
        trace.add(t0 + i * 10 * ms + ms, c.make(1, syn | ack, 0, 1'111, i * 33'333, i * 77'777'777 + 1));
    }
    const std::vector<Metered> flows = metered(trace.packets());
    REQUIRE(flows.size() == 1);
    CHECK(flows[0]["fwd_packets"] == 50);
  }
}

}  // namespace
