// The meter on several threads: the same bytes for any number of them, also when the table is full.
#include "traffic/flow_packets.hpp"

#include <weir/core/rng.hpp>
#include <weir/traffic/features/flow_features.hpp>
#include <weir/traffic/flow/flow_shards.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <initializer_list>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace weir;          // NOLINT: a test
using namespace flow_packets;  // NOLINT
using flow_packets::s;

/// Datagrams, fragments, connections and ICMP errors of 3,000 hosts, and a clock that is set back once.
const std::vector<Packet>& traffic() {
  static Trace trace;
  if (!trace.packets().empty()) return trace.packets();
  Rng rng(7);
  std::int64_t now = t0;
  for (int i = 0; i < 30'000; ++i) {
    now += i == 20'000 ? -100 * s : static_cast<std::int64_t>(rng.next32() % (4 * ms));
    const std::string host =
        "10.0." + std::to_string(rng.next32() % 12) + "." + std::to_string(rng.next32() % 250);
    const auto port = static_cast<std::uint16_t>(1'024 + rng.next32() % 2);
    const auto id = static_cast<std::uint16_t>(i);
    const Layer inner = udp({.src_port = port, .dst_port = 53}, filler(rng.next32() % 60));
    if (i % 50 == 0) {
      for (const Layer& part : ipv4_fragments({.src = host, .id = id}, inner, 16))
        trace.add(now, ethernet({}, part));
    } else if (i % 50 == 1) {
      const Layer quoted = ipv4({.src = host}, inner);
      trace.add(now, ethernet({}, ipv4({.src = "10.9.9.9", .dst = host, .id = id},
                                       icmp({.type = 3, .code = 3}, raw(quoted.bytes)))));
    } else if (i % 3 == 0) {
      const std::uint8_t flags = i % 9 == 0 ? tcp_flag::syn : i % 9 == 3 ? tcp_flag::ack : tcp_flag::rst;
      trace.add(now, ethernet({}, ipv4({.src = host, .id = id},
                                       tcp({.src_port = port, .seq = rng.next32() % 3, .flags = flags}))));
    } else if (i % 7 == 0) {
      trace.add(now, ethernet({}, arp({})));
    } else {
      trace.add(now, ethernet({}, ipv4({.src = host, .id = id}, inner)));
    }
  }
  return trace.packets();
}

std::string metered(std::size_t threads, std::size_t flows, FlowTableStats* stats = nullptr) {
  FlowOptions options;
  options.max_flows = flows;
  options.timeouts.set_idle(10 * s);
  options.features.payload_bytes = 12;
  std::string text;
  FlowShards<CoreFlow, PayloadBytes> meter(
      options, threads,
      [](const auto& flow, std::string& line) {
        FlowText out;
        out.begin(line);
        flow.describe(out);
        out.end();
      },
      [&](const std::string& lines) { text += lines; });
  for (Packet p : traffic()) meter.add(p);
  meter.finish();
  if (stats != nullptr) *stats = meter.stats();
  return text;
}

TEST_CASE("any number of threads writes the same bytes") {
  for (const std::size_t flows : std::initializer_list<std::size_t>{100'000, 2'048, 500}) {
    FlowTableStats one;
    FlowTableStats four;
    const std::string expected = metered(1, flows, &one);
    CHECK(std::count(expected.begin(), expected.end(), '\n') > 3'000);
    CHECK(static_cast<std::uint64_t>(std::count(expected.begin(), expected.end(), '\n')) == one.flows);
    CHECK(metered(2, flows) == expected);
    CHECK(metered(4, flows, &four) == expected);
    CHECK(metered(40, flows) == expected);
    CHECK(one.ended == four.ended);
    CHECK(one.packets == traffic().size());
    CHECK(one.clock_jumps == 1);
    CHECK((one.ended[5] > 0) == (flows < 10'000));
  }
}

TEST_CASE("the shards together are one table, as long as it is not full") {
  FlowOptions options;
  options.max_flows = 1'000;  // one shard
  CHECK(metered(3, 100'000) == metered(1, 100'000));
  std::vector<std::uint64_t> ids;
  options.max_flows = 100'000;
  options.timeouts.set_idle(10 * s);
  FlowTable<CoreFlow> table(options);
  std::vector<std::string> lines;
  const auto keep = [&](const auto& flow) { ids.push_back(flow->id); };
  for (const Packet& p : traffic()) table.add(p, keep);
  table.flush(keep);
  const std::string all = metered(1, 100'000);
  CHECK(static_cast<std::size_t>(std::count(all.begin(), all.end(), '\n')) == ids.size());
}

TEST_CASE(
    "lines come in the order of all tables, in pieces, over bursts, pauses and times that stand still") {
  std::vector<Packet> packets;
  Rng rng(9);
  std::int64_t now = t0;
  const auto burst = [&](std::size_t flows, std::int64_t step) {
    for (std::size_t i = 0; i < flows; ++i) {
      Packet p;
      p.time_ns = now += step == 0 ? 0 : rng.next32() % step;
      p.ip_version = 4;
      p.protocol = ip_protocol::udp;
      p.src = {10, 0, static_cast<std::uint8_t>(rng.next32()), static_cast<std::uint8_t>(rng.next32())};
      p.dst = {192, 0, 2, 1};
      p.src_port = static_cast<std::uint16_t>(rng.next32());
      packets.push_back(p);
    }
  };
  for (int round = 0; round < 3; ++round) {
    burst(20'000, ms);
    burst(40'000, 0);
    now += 300 * s;
    for (int i = 0; i < 30; ++i) burst(1, 9 * s);
    for (int i = 0; i < 200; ++i) burst(1, 100 * ms);
  }
  now += 3'600 * s;
  burst(1, 1);
  const auto run = [&](std::size_t threads, std::size_t& longest) {
    std::string text;
    FlowShards<CoreFlow> meter(
        FlowOptions{.max_flows = 200'000}, threads,
        [](const auto& flow, std::string& line) {
          line += std::to_string(flow.order_ns()) + " " + std::to_string(flow->id) + "\n";
        },
        [&](const std::string& lines) {
          longest = std::max(longest, lines.size());
          text += lines;
        });
    for (Packet p : packets) meter.add(p);
    meter.finish();
    return text;
  };
  std::size_t longest = 0;
  const std::string one = run(1, longest);
  CHECK(run(2, longest) == one);
  CHECK(run(5, longest) == one);
  CHECK(longest < 300'000);
  std::istringstream lines(one);
  std::pair<std::int64_t, std::uint64_t> before{};
  std::pair<std::int64_t, std::uint64_t> next{};
  std::size_t count = 0;
  bool ordered = true;
  while (lines >> next.first >> next.second) {
    if (++count + 1 < packets.size()) ordered = ordered && before < next;
    before = next;
  }
  CHECK(count > 170'000);
  CHECK(ordered);
}

TEST_CASE("what a row throws reaches the caller") {
  for (const std::size_t threads : {std::size_t{1}, std::size_t{3}}) {
    const auto run = [&] {
      FlowOptions options;
      options.timeouts.set_idle(s);
      FlowShards<CoreFlow> meter(
          options, threads, [](const auto&, std::string&) { throw std::runtime_error("full disk"); },
          [](const std::string&) {});
      for (Packet p : traffic()) meter.add(p);
      meter.finish();
    };
    CHECK_THROWS_AS(run(), std::runtime_error);
  }
}

/// A packet of one flow each second, one of another each 65 s, and what `more` adds, in the order of time.
template <class More>
Trace steady_link(More&& more) {
  Trace trace;
  for (int i = 0; i < 1'800; ++i) {
    trace.add(t0 + i * s, datagram("10.0.1.1", 1'000, "10.0.0.2", 2'000, 10));
    if (i % 65 == 0) trace.add(t0 + i * s + 300 * ms, datagram("10.0.1.2", 1'000, "10.0.0.2", 2'000, 10));
    more(trace, i);
  }
  return trace;
}

/// The two steady flows, and how many others there are.
struct Steady {
  std::vector<std::string> lines{};
  std::size_t others = 0;
  std::uint64_t jumps = 0;
  bool operator==(const Steady&) const = default;
};
Steady in_shards(const Trace& trace, std::size_t threads, const FlowOptions& options) {
  Steady steady;
  FlowShards<CoreFlow> meter(
      options, threads,
      [](const auto& flow, std::string& line) {
        const Row row = row_of(flow);
        line += row.text("src_ip") + " " + std::to_string(static_cast<int>(row["fwd_packets"])) + " " +
                row.text("end_reason") + "\n";
      },
      [&](const std::string& lines) {
        std::istringstream in(lines);
        for (std::string line; std::getline(in, line);)
          line.starts_with("10.0.1.") ? steady.lines.push_back(line) : static_cast<void>(++steady.others);
      });
  for (Packet p : trace.packets()) meter.add(p);
  meter.finish();
  steady.jumps = meter.stats().clock_jumps;
  std::sort(steady.lines.begin(), steady.lines.end());
  return steady;
}
Steady in_table(const Trace& trace, const FlowOptions& options) {
  Steady steady;
  FlowTable<CoreFlow> table(options);
  FragmentTable fragments;
  const auto keep = [&](const auto& flow) {
    const Row row = row_of(flow);
    const std::string line = row.text("src_ip") + " " + std::to_string(static_cast<int>(row["fwd_packets"])) +
                             " " + row.text("end_reason");
    line.starts_with("10.0.1.") ? steady.lines.push_back(line) : static_cast<void>(++steady.others);
  };
  const auto add = [&](const Packet& p) { table.add(p, keep); };
  for (Packet p : trace.packets()) fragments.push(p, add);
  fragments.flush(add);
  table.flush(keep);
  steady.jumps = table.stats().clock_jumps;
  std::sort(steady.lines.begin(), steady.lines.end());
  return steady;
}

TEST_CASE("fragments that were held back move no clock, whenever they are let go") {
  const Layer inner = udp({.src_port = 9, .dst_port = 9}, filler(100));
  const auto v4 = [&](int i) {
    return ipv4_fragments({.src = "10.7.0.1", .id = static_cast<std::uint16_t>(i + 1)}, inner, 64);
  };
  const auto v6 = [&](int i) { return ipv6_fragments({}, inner, 64, static_cast<std::uint32_t>(i + 1)); };
  for (const int every : {5, 35}) {
    for (const int kind : {4, 6, 12}) {
      CAPTURE(every);
      CAPTURE(kind);
      const Trace trace = steady_link([&](Trace& into, int i) {
        if (i % every == 0)
          into.add(t0 + i * s + 500 * ms, ethernet({}, kind == 6 ? v6(i).back() : v4(i).back()));
        // The first fragment, 12 s late.
        if (kind == 12 && i >= 12 && (i - 12) % every == 0)
          into.add(t0 + i * s + 600 * ms, ethernet({}, v4(i - 12).front()));
      });
      for (const std::int64_t idle : {120 * s, 70 * s, 20 * s}) {
        CAPTURE(idle);
        FlowOptions options;
        options.max_flows = 4'096;
        options.timeouts.set_idle(idle);
        options.timeouts.active_ns = 7'200 * s;
        const Steady one = in_shards(trace, 1, options);
        CHECK(one.jumps == 0);
        const std::size_t slow = idle > 65 * s ? 1 : 28;
        REQUIRE(one.lines.size() == 1 + slow);
        CHECK(one.lines[0] == "10.0.1.1 1800 forced");
        if (slow == 1) CHECK(one.lines[1] == "10.0.1.2 28 forced");
        CHECK(one.others > 0);
        CHECK(in_shards(trace, 3, options) == one);
        const Steady table = in_table(trace, options);
        CHECK(table.jumps == 0);
        CHECK(table.lines == one.lines);
      }
    }
  }
}

TEST_CASE("a first fragment later than the idle time-out still gets its later ones into its flow") {
  Trace trace;
  const auto parts =
      ipv4_fragments({.src = "10.7.0.1", .id = 7}, udp({.src_port = 9, .dst_port = 9}, filler(100)), 64);
  trace.add(t0, ethernet({}, parts.back()));
  trace.add(t0 + 12 * s, ethernet({}, parts.front()));
  FlowOptions options;
  options.max_flows = 64;
  options.timeouts.set_idle(10 * s);
  const Steady flows = in_shards(trace, 1, options);
  CHECK(flows.others == 1);
  CHECK(flows.jumps == 0);
}

}  // namespace

TEST_CASE("without packets the clock writes what has ended, in the same order") {
  for (const std::size_t threads : {std::size_t{1}, std::size_t{3}}) {
    FlowOptions options;
    options.max_flows = 100'000;
    options.timeouts.set_idle(10 * s);
    std::vector<std::string> ids;
    FlowShards<CoreFlow> meter(
        options, threads,
        [](const auto& flow, std::string& line) { line += std::to_string(flow->id) + "\n"; },
        [&](const std::string& lines) {
          std::istringstream in(lines);
          for (std::string id; std::getline(in, id);) ids.push_back(id);
        });
    Trace trace;
    for (int i = 0; i < 20; ++i) {
      const auto port = static_cast<std::uint16_t>(1'000 + i);
      trace.add(t0 + i * s, ethernet({}, ipv4({}, udp({.src_port = port}, filler(9)))));
    }
    for (Packet p : trace.packets()) meter.add(p);
    meter.tick(t0 + 19 * s + 5 * s);
    CHECK(ids.size() == 14);
    meter.tick(t0 + 60 * s);
    CHECK(ids.size() == 20);
    CHECK(ids.front() == "1");
    CHECK(ids.back() == "20");
    meter.finish();
    CHECK(ids.size() == 20);
  }
}
