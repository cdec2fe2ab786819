// The flow table: time-outs, ends, full tables, order, steps of the clock, and that the secret of its hash
// changes nothing that can be seen.
#include "traffic/flow_packets.hpp"

#include <weir/core/rng.hpp>
#include <weir/traffic/features/cesnet.hpp>
#include <weir/traffic/features/cic.hpp>
#include <weir/traffic/features/nfstream.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace {

using namespace weir;          // NOLINT: a test
using namespace flow_packets;  // NOLINT
using flow_packets::s;

Packet udp_packet(std::int64_t time, unsigned host, std::uint16_t port = 1'000, bool answer = false) {
  Packet p;
  p.time_ns = time;
  p.ip_version = 4;
  p.protocol = ip_protocol::udp;
  const IpAddress client{10, static_cast<std::uint8_t>(host >> 16), static_cast<std::uint8_t>(host >> 8),
                         static_cast<std::uint8_t>(host)};
  const IpAddress server{192, 0, 2, 1};
  p.src = answer ? server : client;
  p.dst = answer ? client : server;
  p.src_port = answer ? 53 : port;
  p.dst_port = answer ? port : 53;
  p.has_l4 = true;
  p.l4_header_length = 8;
  p.payload_length = 20;
  p.ip_length = 48;
  p.wire_length = 62;
  return p;
}
Packet syn_packet(std::int64_t time, unsigned host, std::uint32_t isn = 7) {
  Packet p = udp_packet(time, host);
  p.protocol = ip_protocol::tcp;
  p.tcp_flags = tcp_flag::syn;
  p.tcp_seq = isn;
  p.payload_length = 0;
  p.l4_header_length = 20;
  return p;
}

FlowOptions small(std::size_t flows) {
  FlowOptions o;
  o.max_flows = flows;
  return o;
}

TEST_CASE("both directions have one key and one hash; every part of the key tells flows apart") {
  FlowKeyer keyer;
  const FlowHashKey secret{1, 2};
  const Packet there = udp_packet(0, 5);
  const Packet back = udp_packet(0, 5, 1'000, true);
  CHECK(keyer(there).key == keyer(back).key);
  CHECK(keyer(there).from_b != keyer(back).from_b);
  CHECK(flow_hash(keyer(there).key, secret) == flow_hash(keyer(back).key, secret));
  CHECK(flow_hash(keyer(there).key, secret) != flow_hash(keyer(there).key, {1, 3}));

  std::vector<Packet> others(8, there);
  others[0].src[3] ^= 1;
  others[1].dst[0] ^= 1;
  others[2].src_port ^= 1;
  others[3].dst_port ^= 1;
  others[4].protocol = ip_protocol::tcp;
  others[5].vlan = {7, 0};
  others[5].vlan_count = 1;
  others[6].tunnel_network = 9;
  others[7].ip_version = 6;
  for (const Packet& p : others) {
    CHECK_FALSE(keyer(p).key == keyer(there).key);
    CHECK(flow_hash(keyer(p).key, secret) != flow_hash(keyer(there).key, secret));
  }
  FlowKeyer without_vlan(FlowOptions{.vlan_in_key = false});
  CHECK(without_vlan(others[5]).key == without_vlan(there).key);
}

TEST_CASE("SipHash-1-3 of the reference implementation") {
  // Under the key 00 01 ... 0f: the bytes 00 01 ... 2e, whose ip_version is 2d, and 23 bytes of an IPv4 key.
  const FlowHashKey secret{0x0706050403020100ULL, 0x0f0e0d0c0b0a0908ULL};
  std::array<std::uint8_t, sizeof(FlowKey)> bytes;
  for (std::size_t i = 0; i + 1 < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(i);
  bytes[47] = 0;
  CHECK(flow_hash(std::bit_cast<FlowKey>(bytes), secret) == 0x49fb169c8b5114fdULL);
  bytes[45] = 4;
  CHECK(flow_hash(std::bit_cast<FlowKey>(bytes), secret) == 0x8e4015950176720bULL);
}

TEST_CASE("idle: a flow ends when its time-out has passed, not before, in the order of its end") {
  FlowOptions options = small(64);
  options.timeouts.set_idle(10 * s);
  FlowTable<CoreFlow> table(options);
  std::vector<Row> rows;
  const auto keep = [&](const auto& flow) { rows.push_back(row_of(flow)); };
  table.add(udp_packet(t0, 1), keep);
  table.add(udp_packet(t0 + s, 2), keep);
  table.add(udp_packet(t0 + 5 * s, 1, 1'000, true), keep);
  table.tick(t0 + 11 * s - 1, keep);
  CHECK(rows.empty());
  table.tick(t0 + 11 * s, keep);
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].text("src_ip") == "10.0.0.2");
  CHECK(rows[0].text("end_reason") == "idle");
  CHECK(rows[0].order_ns == t0 + 11 * s);
  table.add(udp_packet(t0 + 15 * s, 1), keep);  // 10 s behind the last: another flow
  REQUIRE(rows.size() == 2);
  CHECK(rows[1]["fwd_packets"] == 1);
  CHECK(rows[1]["bwd_packets"] == 1);
  CHECK(rows[1]["duration_ns"] == 5e9);
  table.flush(keep);
  REQUIRE(rows.size() == 3);
  CHECK(rows[2].text("end_reason") == "forced");
  CHECK(rows[2]["flow_id"] == 4);
  CHECK(table.size() == 0);
}

TEST_CASE("idle time-outs differ by protocol") {
  FlowOptions options = small(64);
  options.timeouts.udp_ns = 5 * s;
  options.timeouts.tcp_ns = 50 * s;
  FlowTable<CoreFlow> table(options);
  std::vector<double> ended;
  const auto keep = [&](const auto& flow) { ended.push_back(flow->key.protocol); };
  table.add(syn_packet(t0, 1), keep);
  table.add(udp_packet(t0, 1), keep);
  table.tick(t0 + 5 * s, keep);
  CHECK(ended == std::vector<double>{17});
  table.tick(t0 + 50 * s, keep);
  CHECK(ended == std::vector<double>{17, 6});
}

TEST_CASE("active: the packet that comes too late begins the next record, with the direction of the first") {
  FlowOptions options = small(64);
  options.timeouts.active_ns = 30 * s;
  std::vector<Packet> packets;
  for (int i = 0; i <= 7; ++i) packets.push_back(udp_packet(t0 + i * 10 * s, 1, 1'000, i % 2 == 1));
  const std::vector<Row> rows = core_flows(packets, options);
  REQUIRE(rows.size() == 3);
  CHECK(rows[0]["duration_ns"] == 20e9);
  CHECK(rows[0].text("end_reason") == "active");
  CHECK(rows[1].text("end_reason") == "active");
  CHECK(rows[1].text("direction") == "continued");
  CHECK(rows[1].text("src_ip") == "10.0.0.1");  // although the server sent its first packet
  CHECK(rows[1]["bwd_packets"] == 2);
  CHECK(rows[2].text("end_reason") == "forced");
}

TEST_CASE("a connection that was cut by the active time-out still ends by its FINs") {
  FlowOptions options = small(64);
  options.timeouts.active_ns = 30 * s;
  Trace trace;
  Connection c(trace);
  c.handshake(t0);
  c.segment(t0 + 20 * s, 0, tcp_flag::fin | tcp_flag::ack);
  c.segment(t0 + 31 * s, 1, tcp_flag::ack, 10);
  c.segment(t0 + 32 * s, 1, tcp_flag::fin | tcp_flag::ack);
  c.segment(t0 + 32 * s + ms, 0, tcp_flag::ack);
  const std::vector<Row> rows = core_flows(trace.packets(), options);
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].text("end_reason") == "active");
  CHECK(rows[1].text("end_reason") == "end_of_flow");
  CHECK(rows[1].text("src_ip") == "10.0.0.1");
}

TEST_CASE("full table: the least recently used flow gives way") {
  FlowTable<CoreFlow> table(small(3));
  std::vector<Row> rows;
  const auto keep = [&](const auto& flow) { rows.push_back(row_of(flow)); };
  for (unsigned host = 1; host <= 3; ++host) table.add(udp_packet(t0 + host, host), keep);
  table.add(udp_packet(t0 + 4, 1), keep);
  table.add(udp_packet(t0 + 5, 4), keep);
  table.add(udp_packet(t0 + 6, 5), keep);
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].text("src_ip") == "10.0.0.2");
  CHECK(rows[1].text("src_ip") == "10.0.0.3");
  CHECK(rows[0].text("end_reason") == "lack_of_resources");
  CHECK(table.size() == 3);
  CHECK(table.stats().ended[5] == 2);
}

TEST_CASE("a flood of SYNs does not push out connections, and the memory stays as it is") {
  FlowTable<CoreFlow> table(small(1'000));
  std::size_t broken = 0;
  const auto keep = [&](const auto& flow) {
    broken += flow->key.protocol == ip_protocol::udp && flow->end == FlowEnd::lack_of_resources;
  };
  const std::size_t memory = table.memory_bytes();
  std::int64_t now = t0;
  for (unsigned host = 0; host < 100; ++host) {
    for (int i = 0; i < 4; ++i) table.add(udp_packet(now += us, host, 1'000, i % 2 == 1), keep);
  }
  for (unsigned i = 0; i < 50'000; ++i) table.add(syn_packet(now += us, 1'000 + i), keep);
  for (unsigned host = 0; host < 100; ++host) table.add(udp_packet(now += us, host), keep);
  CHECK(broken == 0);
  CHECK(table.size() == 1'000);
  CHECK(table.memory_bytes() == memory);
  std::size_t whole = 0;
  table.flush([&](const auto& flow) { whole += flow->sides[0].packets == 3 && flow->sides[1].packets == 2; });
  CHECK(whole == 100);
}

TEST_CASE("flows that end at one time come in the order of their ids") {
  FlowOptions options = small(256);
  options.timeouts.set_idle(s);
  for (const bool flush : {false, true}) {
    FlowTable<CoreFlow> table(options);
    std::vector<std::uint64_t> ids;
    const auto keep = [&](const auto& flow) { ids.push_back(flow->id); };
    for (unsigned host = 0; host < 100; ++host) table.add(udp_packet(t0, host), keep);
    for (unsigned host = 100; host-- > 0;) table.add(udp_packet(t0, (host * 37) % 100, 1'000, true), keep);
    table.add(syn_packet(t0, 1'000), keep);
    flush ? table.flush(keep) : table.tick(t0 + s, keep);
    table.flush(keep);
    REQUIRE(ids.size() == 101);
    CHECK(std::is_sorted(ids.begin(), ids.end() - 1));
  }
}

TEST_CASE("the clock may jump: no duration is negative, and every packet is counted once") {
  Rng rng(5);
  FlowTable<CoreFlow> table(small(512));
  std::uint64_t packets = 0;
  std::int64_t shortest = 0;
  std::int64_t last_order = std::numeric_limits<std::int64_t>::min();
  bool ordered = true;
  const auto keep = [&](const auto& flow) {
    packets += flow->packets();
    shortest = std::min(shortest, flow->duration_ns());
    ordered = ordered && flow.order_ns() >= last_order;
    last_order = flow.order_ns();
  };
  std::int64_t now = t0;
  for (int i = 0; i < 200'000; ++i) {
    const std::uint32_t kind = rng.next32() % 100;
    if (kind == 0) now = static_cast<std::int64_t>(rng.next64());  // anywhere, 1677 to 2262
    if (kind == 1) now -= static_cast<std::int64_t>(rng.next64() >> 28);
    now = std::clamp(now, -greatest_time_ns, greatest_time_ns) + rng.next32() % 1'000'000;
    table.add(udp_packet(now, rng.next32() % 1'000, 1'000, kind % 2 == 0), keep);
  }
  CHECK(ordered);
  last_order = std::numeric_limits<std::int64_t>::min();
  table.flush(keep);
  CHECK(packets == 200'000);
  CHECK(shortest == 0);
  CHECK(table.stats().clock_jumps > 1'000);
}

/// Whether every number is finite.
struct Finite {
  template <class T>
  void number(FlowColumnName, std::string_view, T value, bool = true) {
    all = all && std::isfinite(static_cast<double>(value));
  }
  void text(FlowColumnName, std::string_view) {}
  void address(FlowColumnName, const IpAddress&, std::uint8_t) {}
  void mac(FlowColumnName, const MacAddress&, std::size_t = 6) {}
  void ends(FlowColumnName, const FlowEnds&) {}
  bool all = true;
};

TEST_CASE("a million time stamps anywhere: no duration is negative, every number is finite") {
  constexpr std::uint64_t count = 1'000'000;
  Rng rng(6);
  FlowTable<CicFlow, NfstreamFlow, CesnetFlow> table(small(64));
  std::uint64_t packets = 0;
  std::int64_t shortest = std::numeric_limits<std::int64_t>::max();
  Finite finite;
  const auto keep = [&](const auto& flow) {
    packets += flow->packets();
    shortest = std::min(shortest, flow->duration_ns());
    if (flow->packets() > 1 || flow->id % 16 == 0) flow.describe(finite);
  };
  for (std::uint64_t i = 0; i < count; ++i) {
    const auto stamp = static_cast<std::int64_t>(rng.next64());
    Packet p = i % 2 == 0 ? udp_packet(stamp, rng.next32() % 40, 1'000, i % 3 == 0)
                          : syn_packet(stamp, rng.next32() % 40, rng.next32());
    p.tcp_flags = i % 8 == 1 ? p.tcp_flags : tcp_flag::ack;
    table.add(p, keep);
  }
  table.flush(keep);
  CHECK(packets == count);
  CHECK(shortest == 0);
  CHECK(finite.all);
  CHECK(table.stats().clock_jumps > count / 2);
}

TEST_CASE("time stamps that are cut are counted") {
  FlowTable<CoreFlow> table(small(8));
  const auto none = [](const auto&) {};
  for (const std::int64_t time : {greatest_time_ns, -greatest_time_ns, t0, std::int64_t{0}})
    table.add(udp_packet(time, 1), none);
  CHECK(table.stats().cut_times == 0);
  for (const std::int64_t time :
       {greatest_time_ns + 1, -greatest_time_ns - 1, std::numeric_limits<std::int64_t>::max(),
        std::numeric_limits<std::int64_t>::min()})
    table.add(udp_packet(time, 1), none);
  CHECK(table.stats().cut_times == 4);
}

TEST_CASE("a late packet has no negative gap and moves the start") {
  std::vector<Packet> packets{udp_packet(t0, 1), udp_packet(t0 + 3 * ms, 1), udp_packet(t0 - ms, 1),
                              udp_packet(t0 + 2 * ms, 1), udp_packet(t0 + 4 * ms, 1)};
  const std::vector<Row> rows = core_flows(packets);
  REQUIRE(rows.size() == 1);
  CHECK(rows[0]["fwd_packets"] == 5);
  CHECK(rows[0]["duration_ns"] == 5e6);
  CHECK(rows[0]["start_ns"] == static_cast<double>(t0 - ms));
}

/// What a map and a sorted list would do, written down as plainly as possible: UDP only.
std::vector<std::tuple<std::int64_t, std::uint64_t, std::uint64_t>> plain_meter(
    const std::vector<Packet>& packets, std::int64_t idle, std::int64_t active) {
  struct Open {
    std::uint64_t id, packets;
    std::int64_t start, last;
  };
  std::map<std::tuple<IpAddress, std::uint16_t>, Open> open;
  std::vector<std::tuple<std::int64_t, std::uint64_t, std::uint64_t>> ended;  // when, id, packets
  std::uint64_t number = 0;
  for (const Packet& p : packets) {
    ++number;
    for (auto i = open.begin(); i != open.end();) {
      const bool due = i->second.last + idle <= p.time_ns;
      if (due) ended.emplace_back(i->second.last + idle, i->second.id, i->second.packets);
      i = due ? open.erase(i) : std::next(i);
    }
    const bool answer = p.src_port == 53;
    const std::tuple key{answer ? p.dst : p.src, answer ? p.dst_port : p.src_port};
    auto found = open.find(key);
    if (found != open.end() && p.time_ns - found->second.start >= active) {
      ended.emplace_back(p.time_ns, found->second.id, found->second.packets);
      open.erase(found);
      found = open.end();
    }
    if (found == open.end()) found = open.emplace(key, Open{number, 0, p.time_ns, p.time_ns}).first;
    ++found->second.packets;
    found->second.last = p.time_ns;
  }
  std::sort(ended.begin(), ended.end());
  std::vector<std::tuple<std::int64_t, std::uint64_t, std::uint64_t>> rest;
  for (const auto& [key, flow] : open) rest.emplace_back(flow.last, flow.id, flow.packets);
  std::sort(rest.begin(), rest.end());
  ended.insert(ended.end(), rest.begin(), rest.end());
  return ended;
}

TEST_CASE("random traffic: the same flows as a plain meter, whatever the hash's secret") {
  Rng rng(11);
  std::vector<Packet> packets;
  std::int64_t now = t0;
  for (int i = 0; i < 4'000; ++i) {
    now += rng.next32() % 5 == 0 ? 0 : rng.next32() % (300 * ms);
    packets.push_back(udp_packet(now, rng.next32() % 60, static_cast<std::uint16_t>(1'000 + rng.next32() % 3),
                                 rng.next32() % 3 == 0));
  }
  const auto expected = plain_meter(packets, 7 * s, 40 * s);
  CHECK(expected.size() > 500);
  for (std::uint64_t secret = 0; secret < 4; ++secret) {
    FlowOptions options = small(200);
    options.timeouts.set_idle(7 * s);
    options.timeouts.active_ns = 40 * s;
    options.hash_key = FlowHashKey{secret, ~secret};
    FlowTable<CoreFlow> table(options);
    std::vector<std::tuple<std::int64_t, std::uint64_t, std::uint64_t>> got;
    const auto keep = [&](const auto& f) { got.emplace_back(f.order_ns(), f->id, f->packets()); };
    for (const Packet& p : packets) table.add(p, keep);
    table.flush(keep);
    CHECK(got == expected);
  }
}

TEST_CASE("packets in bursts of any size: the same flows as one by one") {
  Rng rng(12);
  std::vector<Packet> packets;
  std::int64_t now = t0;
  for (int i = 0; i < 20'000; ++i) {
    now += rng.next32() % (20 * ms);
    packets.push_back(rng.next32() % 4 == 0 ? syn_packet(now, rng.next32() % 300, rng.next32())
                                            : udp_packet(now, rng.next32() % 300, 1'000, i % 3 == 0));
    if (i % 50 == 0) packets.back().ip_version = 0;
    packets.back().fragment = i % 7 == 0;
    packets.back().later_fragment = i % 14 == 0;
    packets.back().fragment_id = rng.next32() % 4;
  }
  FlowOptions options = small(150);  // fewer than there are, so that some give way
  options.timeouts.set_idle(2 * s);
  const auto meter = [&](std::size_t longest) {
    FlowTable<CicFlow, CesnetFlow> table(options);
    std::string lines;
    FlowText text;
    const auto keep = [&](const auto& flow) {
      text.begin(lines);
      flow.describe(text);
      text.end();
    };
    std::span<const Packet> left(packets);
    while (!left.empty()) {
      const std::size_t size = longest == 0 ? 1 : std::min<std::size_t>(left.size(), rng.next32() % longest);
      if (longest == 0) {
        table.add(left.front(), keep);
      } else {
        table.add(left.first(size), keep);
      }
      left = left.subspan(size);
    }
    table.flush(keep);
    CHECK(table.stats().packets == packets.size());
    CHECK(table.stats().ignored == packets.size() / 50);
    CHECK(table.stats().ended[static_cast<std::size_t>(FlowEnd::lack_of_resources)] > 100);
    return lines;
  };
  const std::string one_by_one = meter(0);
  for (const std::size_t longest : {2U, 17U, 100U, 50'000U}) CHECK(meter(longest) == one_by_one);
}

/// How far from their homes in a table's index keys stand, on average: what it costs to find one.
double mean_distance(const std::vector<FlowKey>& keys, FlowHashKey secret) {
  detail::FlowIndex index(keys.size());
  std::vector<std::uint32_t> hashes;
  for (const FlowKey& key : keys) {
    hashes.push_back(static_cast<std::uint32_t>(flow_hash(key, secret) >> 32));
    index.insert(hashes.back(), static_cast<std::uint32_t>(hashes.size() - 1));
  }
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < keys.size(); ++i)
    sum += index.distance(hashes[i], static_cast<std::uint32_t>(i));
  return static_cast<double>(sum) / static_cast<double>(keys.size());
}

TEST_CASE("keys made to collide under one secret are like any others under another") {
  constexpr std::size_t count = 2'000;
  FlowKeyer keyer;
  const FlowHashKey known{};
  std::vector<FlowKey> crafted;
  std::vector<FlowKey> any;
  for (unsigned host = 0; crafted.size() < count; ++host) {
    const FlowKey key = keyer(udp_packet(t0, host)).key;
    if ((flow_hash(key, known) >> 32) % 4'096 < 16) crafted.push_back(key);  // a 256th of the index
    if (any.size() < count) any.push_back(key);
  }
  CHECK(mean_distance(crafted, known) > 500);
  Rng rng(13);
  for (int i = 0; i < 20; ++i) {
    const FlowHashKey secret{rng.next64(), rng.next64()};
    // Half full: Knuth expects (1 / (1 - 1/2) - 1) / 2 = 0.5 (TAOCP 6.4, linear probing).
    CHECK(mean_distance(crafted, secret) == doctest::Approx(0.5).epsilon(0.3));
    CHECK(mean_distance(any, secret) == doctest::Approx(0.5).epsilon(0.3));
  }
}

TEST_CASE("add gives the flow as it stands, for features before its end") {
  FlowTable<CoreFlow> table(small(8));
  const auto none = [](const auto&) {};
  CHECK(table.add(udp_packet(t0, 1), none)->packets() == 1);
  const auto flow = table.add(udp_packet(t0 + ms, 1), none);
  REQUIRE(flow);
  CHECK(flow->packets() == 2);
  CHECK(flow->end == FlowEnd::open);
  CHECK(row_of(flow)["duration_ns"] == 1e6);
  Packet arp;
  CHECK_FALSE(table.add(arp, none));
  CHECK(table.stats().ignored == 1);
}

TEST_CASE("a flow takes 512 bytes at the most") {
  FlowTable<CoreFlow> table(small(1'000));
  CHECK(table.bytes_per_flow() + 32 <= 512);
  CHECK(table.memory_bytes() <= 512 * table.capacity());
}

TEST_CASE("CSV and JSON: addresses, missing values, header") {
  Packet p = udp_packet(t0, 1);
  p.ip_version = 6;
  p.src = ip("2001:db8::1");
  p.dst = ip("fe80::1:0:0:2");
  FlowTable<CoreFlow> table(small(8));
  std::string csv;
  std::string json;
  table.add(p, [](const auto&) {});
  table.flush([&](const auto& flow) {
    FlowText text;
    text.begin(csv);
    flow.describe(text);
    text.end();
    FlowText object(FlowText::Format::json);
    object.begin(json);
    flow.describe(object);
    object.end();
  });
  const auto columns = flow_columns<CoreFlow>();
  const std::string header = FlowText::header(columns);
  CHECK(header.rfind("src_ip,src_port,dst_ip,dst_port,protocol,start_ns,duration_ns,fwd_packets,bwd_packets,"
                     "fwd_bytes,bwd_bytes,fwd_payload_bytes,bwd_payload_bytes,fin_count,syn_count,rst_count,"
                     "end_reason,",
                     0) == 0);
  CHECK(csv.rfind("2001:db8::1,1000,fe80::1:0:0:2,53,17,1700000000000000000,0,1,0,62,0,20,0,0,0,0,forced,1,6,"
                  ",,0,",
                  0) == 0);
  CHECK(std::count(csv.begin(), csv.end(), ',') == static_cast<std::ptrdiff_t>(columns.size()) - 1);
  CHECK(json.find("\"src_ip\":\"2001:db8::1\",\"src_port\":1000,") == 1);
  CHECK(json.find("\"vlan\":null") != std::string::npos);
  std::vector<double> values(columns.size(), -1);
  std::unique_ptr<bool[]> valid(new bool[columns.size()]);
  table.add(p, [](const auto&) {});
  table.flush([&](const auto& flow) {
    FlowNumbers numbers(values, {valid.get(), columns.size()});
    flow.describe(numbers);
    CHECK(numbers.count() == columns.size() - 4);
  });
  CHECK(values[0] == 1'000);
  CHECK(valid[0]);
}

TEST_CASE("IPv6 addresses as RFC 5952 writes them") {
  for (const char* text : {"::", "::1", "1::", "2001:db8::1", "2001:db8:0:1:1:1:1:1", "1:0:0:2::3",
                           "::ffff:1:2", "1:2:3:4:5:6:7:8", "2001:0:0:1::1"}) {
    CHECK(address_text(ip(text), 6) == text);
  }
  CHECK(address_text(ip("192.0.2.255"), 4) == "192.0.2.255");
}

}  // namespace
