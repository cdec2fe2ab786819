// Conformance: what both directions of a connection share, and what they do not. Identifiers of tunnels that
// each receiver chooses, VLANs, priority tags, and the flow that an ICMP error quotes.
#include "traffic/flow_packets.hpp"

#include <weir/traffic/features/flow_features.hpp>
#include <weir/traffic/flow/flow_shards.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace {

using namespace weir;          // NOLINT: a test
using namespace flow_packets;  // NOLINT
using namespace tcp_flag;      // NOLINT
using flow_packets::s;

constexpr ParseOptions inside{.decapsulate = true};

/// Puts an IP packet of side 0 (client) or 1 into the frame that a capture holds.
using Wrap = std::function<Layer(unsigned side, const Layer& packet)>;

Layer plain(unsigned, const Layer& packet) { return ethernet({}, packet); }

/// SYN, SYN-ACK, ACK, 100 bytes up, ACK, 200 bytes down, ACK, FIN, FIN-ACK, ACK: 6 packets and 4.
void connect(Trace& trace, const Wrap& wrap, std::int64_t time = t0, std::uint32_t isn = 1'000,
             const ParseOptions& options = inside) {
  struct Step {
    unsigned side;
    std::uint8_t flags;
    std::size_t payload;
  };
  constexpr std::array<Step, 10> steps{{{0, syn, 0},
                                        {1, syn | ack, 0},
                                        {0, ack, 0},
                                        {0, psh | ack, 100},
                                        {1, ack, 0},
                                        {1, psh | ack, 200},
                                        {0, ack, 0},
                                        {0, fin | ack, 0},
                                        {1, fin | ack, 0},
                                        {0, ack, 0}}};
  std::array<std::uint32_t, 2> next{isn, isn + 4'000};
  std::uint16_t id = 1;
  for (const Step& step : steps) {
    const unsigned side = step.side;
    Tcp h{.src_port = 40'001,
          .dst_port = 443,
          .seq = next[side],
          .ack = (step.flags & ack) != 0 ? next[1 - side] : 0,
          .flags = step.flags};
    Ipv4 address{.src = "192.0.2.10", .dst = "198.51.100.20", .id = id++};
    if (side == 1) {
      std::swap(h.src_port, h.dst_port);
      std::swap(address.src, address.dst);
    }
    trace.add(time, wrap(side, ipv4(address, tcp(h, filler(step.payload)))), SIZE_MAX, options);
    next[side] += static_cast<std::uint32_t>(step.payload) + ((step.flags & (syn | fin)) != 0 ? 1U : 0U);
    time += 10 * ms;
  }
}

void check_whole(const Row& r) {
  CHECK(r.text("src_ip") == "192.0.2.10");
  CHECK(r["fwd_packets"] == 6);
  CHECK(r["bwd_packets"] == 4);
  CHECK(r["fwd_payload_bytes"] == 100);
  CHECK(r["bwd_payload_bytes"] == 200);
  CHECK(r["fwd_retransmissions"] + r["bwd_retransmissions"] == 0);
  CHECK(r["fwd_reordered"] + r["bwd_reordered"] == 0);
  CHECK(r.text("end_reason") == "end_of_flow");
  CHECK(r.text("direction") == "syn");
}

/// The outer packet of a tunnel, addressed from the sender's end to the receiver's.
Layer outer4(unsigned side, const Layer& upper) {
  return ethernet({}, side == 0 ? ipv4({.src = "10.1.1.1", .dst = "10.2.2.2"}, upper)
                                : ipv4({.src = "10.2.2.2", .dst = "10.1.1.1"}, upper));
}
Layer outer6(unsigned side, const Layer& upper) {
  return ethernet({}, side == 0 ? ipv6({.src = "2001:db8:1::1", .dst = "2001:db8:2::2"}, upper)
                                : ipv6({.src = "2001:db8:2::2", .dst = "2001:db8:1::1"}, upper));
}
Layer in_gtp(unsigned side, const Layer& packet, bool extension = false) {
  return udp({.src_port = 2'152, .dst_port = 2'152}, gtp_u(side == 0 ? 0x1001 : 0x2002, packet, extension));
}
/// GRE of version 1 with a key, PPP in it: 16 bits of length, then the receiver's number of the call.
Layer in_pptp(unsigned side, const Layer& packet) {
  Bytes out = bytes_of({0x20, 0x01, 0x88, 0x0B});
  put16(out, packet.bytes.size() + 4);
  put16(out, side == 0 ? 7 : 66);
  put(out, bytes_of({0xFF, 0x03, 0x00, 0x21}));
  put(out, packet.bytes);
  return {std::move(out), ip_protocol::gre};
}
/// NVGRE: the network in the key's upper 24 bits, the sender's choice in the lower 8.
Layer in_nvgre(std::uint32_t network, std::uint32_t flow, const Layer& packet) {
  return gre({.has_key = true, .key = (network << 8) | flow}, ethernet({}, packet));
}
Layer in_vxlan(std::uint32_t network, std::uint16_t port, const Layer& packet) {
  return udp({.src_port = port, .dst_port = 4'789}, vxlan(network, ethernet({}, packet)));
}

TEST_CASE("identifiers that each receiver chooses do not part the directions of a connection") {
  struct Case {
    const char* name;
    Wrap wrap;
    double tunnel_id;
  };
  const std::vector<Case> cases{
      {"GTP-U", [](unsigned d, const Layer& p) { return outer4(d, in_gtp(d, p)); }, 0x1001},
      {"GTP-U of 5G over IPv6", [](unsigned d, const Layer& p) { return outer6(d, in_gtp(d, p, true)); },
       0x1001},
      {"PPTP", [](unsigned d, const Layer& p) { return outer4(d, in_pptp(d, p)); }, 7},
      {"GRE, a key each way",
       [](unsigned d, const Layer& p) {
         return outer4(d, gre({.has_key = true, .key = d == 0 ? 9U : 70'000U}, p));
       },
       9},
      {"GRE, a key one way only",
       [](unsigned d, const Layer& p) { return outer6(d, gre({.has_key = d == 1, .key = 5}, p)); }, 0},
      {"GRE with checksum, frame and a key each way",
       [](unsigned d, const Layer& p) {
         return outer4(d, gre({.checksum = true, .has_key = true, .key = d == 0 ? 0x100000U : 0x200000U},
                              ethernet({}, p)));
       },
       0x100000},
      {"NVGRE", [](unsigned d, const Layer& p) { return outer4(d, in_nvgre(5'001, d == 0 ? 3 : 200, p)); },
       5'001 * 256 + 3},
      {"VXLAN",
       [](unsigned d, const Layer& p) {
         return outer6(d, in_vxlan(42, d == 0 ? std::uint16_t{50'001} : std::uint16_t{60'002}, p));
       },
       42},
      {"GTP-U in VXLAN",
       [](unsigned d, const Layer& p) { return outer4(d, in_vxlan(42, 50'000, ipv4({}, in_gtp(d, p)))); },
       0x1001},
      {"GRE in GRE",
       [](unsigned d, const Layer& p) {
         return outer4(
             d, gre({.has_key = true, .key = 1 + d}, ipv4({}, gre({.has_key = true, .key = 8 + d}, p))));
       },
       8},
  };
  for (const Case& c : cases) {
    CAPTURE(c.name);
    Trace trace;
    connect(trace, c.wrap);
    const std::vector<Row> rows = core_flows(trace.packets());
    REQUIRE(rows.size() == 1);
    check_whole(rows[0]);
    CHECK(rows[0]["tunnel_id"] == c.tunnel_id);
    FlowOptions blind;
    blind.tunnel_in_key = false;
    CHECK(core_flows(trace.packets(), blind).size() == 1);
    Trace closed;
    connect(closed, c.wrap, t0, 1'000, {});
    for (const Row& r : core_flows(closed.packets())) CHECK(r.text("src_ip") != "192.0.2.10");
  }
}

TEST_CASE("the outer flow of GTP-U is one of both directions") {
  Trace trace;
  connect(trace, [](unsigned d, const Layer& p) { return outer4(d, in_gtp(d, p)); }, t0, 1'000, {});
  const std::vector<Row> rows = core_flows(trace.packets());
  REQUIRE(rows.size() == 1);
  CHECK(rows[0]["dst_port"] == 2'152);
  CHECK(rows[0]["fwd_packets"] == 6);
  CHECK(rows[0]["bwd_packets"] == 4);
}

TEST_CASE("networks inside of tunnels keep equal addresses apart, unless they are left out of the key") {
  const auto two = [](const Wrap& first, const Wrap& second, const FlowOptions& options = {}) {
    Trace trace;
    connect(trace, first);
    connect(trace, second, t0 + ms, 90'000);
    return core_flows(trace.packets(), options).size();
  };
  const auto vni = [](std::uint32_t network) -> Wrap {
    return [network](unsigned d, const Layer& p) { return outer4(d, in_vxlan(network, 50'000, p)); };
  };
  const auto vsid = [](std::uint32_t network) -> Wrap {
    return [network](unsigned d, const Layer& p) { return outer4(d, in_nvgre(network, 1 + d, p)); };
  };
  CHECK(two(vni(1), vni(2)) == 2);
  CHECK(two(vsid(4'097), vsid(4'098)) == 2);
  CHECK(two(vni(1), plain) == 2);
  // The same outer addresses in the same order of packets: one key, and so one flow for each SYN of it.
  FlowOptions blind;
  blind.tunnel_in_key = false;
  Trace trace;
  connect(trace, vni(1));
  const std::vector<Row> rows = core_flows(trace.packets(), blind);
  REQUIRE(rows.size() == 1);
  CHECK(rows[0]["tunnel_id"] == 1);
  FlowKeyer keyer(blind);
  Trace other;
  connect(other, vni(2));
  CHECK(keyer(trace.packets()[0]).key == keyer(other.packets()[0]).key);
}

TEST_CASE("subscribers with equal addresses behind different ends of tunnels are apart on request") {
  const auto behind = [](const char* station) -> Wrap {
    return [station](unsigned d, const Layer& p) {
      return ethernet({}, d == 0 ? ipv4({.src = station, .dst = "10.2.2.2"}, in_gtp(d, p))
                                 : ipv4({.src = "10.2.2.2", .dst = station}, in_gtp(d, p)));
    };
  };
  Trace here;
  Trace there;
  connect(here, behind("10.1.1.1"));
  connect(there, behind("10.1.1.9"));
  FlowOptions apart;
  apart.tunnel_ends_in_key = true;
  FlowKeyer keyer(apart);
  CHECK_FALSE(keyer(here.packets()[0]).key == keyer(there.packets()[0]).key);
  CHECK(keyer(here.packets()[0]).key == keyer(here.packets()[1]).key);
  const std::vector<Row> rows = core_flows(here.packets(), apart);
  REQUIRE(rows.size() == 1);
  check_whole(rows[0]);
  FlowKeyer usual;
  CHECK(usual(here.packets()[0]).key == usual(there.packets()[0]).key);
}

TEST_CASE("VLAN 0 gives a priority and is no VLAN, wherever it stands") {
  const std::vector<std::array<std::function<Layer(const Layer&)>, 2>> ways{
      {[](const Layer& p) { return vlan(0, p); }, [](const Layer& p) { return p; }},
      {[](const Layer& p) { return vlan(0, vlan(7, p)); }, [](const Layer& p) { return vlan(7, p); }},
      {[](const Layer& p) { return vlan(7, vlan(0, p), 0x88A8); },
       [](const Layer& p) { return vlan(7, p, 0x88A8); }},
      {[](const Layer& p) { return vlan(7, vlan(0, vlan(8, p))); },
       [](const Layer& p) { return vlan(7, vlan(8, p)); }},
      {[](const Layer& p) { return vlan(0, vlan(0, p)); }, [](const Layer& p) { return vlan(0, p); }},
  };
  for (std::size_t i = 0; i < ways.size(); ++i) {
    CAPTURE(i);
    Trace trace;
    connect(trace, [&](unsigned d, const Layer& p) { return ethernet({}, ways[i][d](p)); });
    const std::vector<Row> rows = flows_of<CoreFlow>(trace.packets());
    REQUIRE(rows.size() == 1);
    check_whole(rows[0]);
    const bool none = i == 0 || i == 4;
    CHECK(rows[0].valid.at("vlan") == !none);
    CHECK(rows[0]["vlan"] == (none ? 0 : 7));
    CHECK(rows[0]["inner_vlan"] == (i == 3 ? 8 : 0));
  }
}

TEST_CASE("a VLAN each way: two one-way flows, or one when VLANs are left out of the key") {
  Trace trace;
  connect(trace, [](unsigned d, const Layer& p) { return ethernet({}, vlan(d == 0 ? 10 : 20, p)); });
  CHECK(core_flows(trace.packets()).size() == 2);
  FlowOptions blind;
  blind.vlan_in_key = false;
  const std::vector<Row> rows = core_flows(trace.packets(), blind);
  REQUIRE(rows.size() == 1);
  check_whole(rows[0]);
  CHECK_FALSE(rows[0].valid.at("vlan"));
}

/// An ICMP error from a router about the datagram in `quoted`.
Layer unreachable(const Layer& quoted) {
  Bytes begin(quoted.bytes.begin(), quoted.bytes.begin() + 28);
  return ipv4({.src = "203.0.113.1", .dst = "192.0.2.10"},
              icmp({.type = 3, .code = 3}, raw(std::move(begin))));
}

TEST_CASE("an ICMP error is told to the flow that it quotes, whatever the way it came by itself") {
  const Layer question = ipv4({.src = "192.0.2.10", .dst = "198.51.100.20"},
                              udp({.src_port = 5'000, .dst_port = 53}, filler(30)));
  const Layer answer = ipv4({.src = "198.51.100.20", .dst = "192.0.2.10"},
                            udp({.src_port = 53, .dst_port = 5'000}, filler(30)));
  struct Case {
    const char* name;
    Wrap wrap;  // side 1 is the error's way
    bool answered;
  };
  const std::vector<Case> cases{
      {"untagged", plain, true},
      {"GTP-U", [](unsigned d, const Layer& p) { return outer4(d, in_gtp(d, p)); }, true},
      {"GRE keys",
       [](unsigned d, const Layer& p) { return outer4(d, gre({.has_key = true, .key = 1 + d}, p)); }, true},
      {"NVGRE", [](unsigned d, const Layer& p) { return outer4(d, in_nvgre(5'001, d, p)); }, true},
      {"VXLAN", [](unsigned d, const Layer& p) { return outer4(d, in_vxlan(5, 50'000, p)); }, true},
      {"a VLAN each way", [](unsigned d, const Layer& p) { return ethernet({}, vlan(d == 0 ? 10 : 20, p)); },
       true},
      {"the error untagged",
       [](unsigned d, const Layer& p) { return d == 0 ? ethernet({}, vlan(10, p)) : plain(d, p); }, true},
      {"the error tagged",
       [](unsigned d, const Layer& p) { return d == 0 ? plain(d, p) : ethernet({}, vlan(10, p)); }, true},
      {"the error outside of the tunnel",
       [](unsigned d, const Layer& p) { return d == 0 ? outer4(d, in_vxlan(5, 50'000, p)) : plain(d, p); },
       false},
      {"the error in another network",
       [](unsigned d, const Layer& p) { return outer4(d, in_vxlan(5 + d, 50'000, p)); }, false},
  };
  for (const Case& c : cases) {
    CAPTURE(c.name);
    for (const bool sharded : {false, true}) {
      CAPTURE(sharded);
      Trace trace;
      trace.add(t0, c.wrap(0, question), SIZE_MAX, inside);
      if (c.answered) trace.add(t0 + ms, c.wrap(1, answer), SIZE_MAX, inside);
      // Other flows meanwhile, each in a VLAN of its own.
      for (std::uint16_t i = 1; i <= 10; ++i) {
        trace.add(t0 + 2 * ms,
                  ethernet({}, vlan(static_cast<std::uint16_t>(100 + i),
                                    ipv4({}, udp({.src_port = i}, filler(4))))),
                  SIZE_MAX, inside);
      }
      trace.add(t0 + 3 * ms, c.wrap(1, unreachable(question)), SIZE_MAX, inside);
      std::uint64_t told = 0;
      std::uint64_t elsewhere = 0;
      const auto count = [&](const auto& flow) {
        const bool of_question = flow->key.protocol == ip_protocol::udp && flow->port(0) == 5'000;
        (of_question ? told : elsewhere) += flow->icmp_errors;
      };
      if (sharded) {
        FlowShards<CoreFlow> meter(
            {}, 1, [&](const auto& flow, std::string&) { count(flow); }, [](const auto&) {});
        for (Packet p : trace.packets()) meter.add(p);
        meter.finish();
      } else {
        FlowTable<CoreFlow> table(FlowOptions{.max_flows = 64});
        for (const Packet& p : trace.packets()) table.add(p, count);
        table.flush(count);
      }
      CHECK(told == 1);
      CHECK(elsewhere == 0);
    }
  }
}

}  // namespace
