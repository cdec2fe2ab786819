// What a packet costs in the flow meter: parsing, keys, the table with each profile, all profiles together, a
// flood of SYNs into a full table of a million flows, keys chosen to collide, and steps of the clock. Packets
// come from memory; where they are metered they were parsed beforehand.
//
//   flow_meter_benchmark --benchmark_repetitions=5 --benchmark_report_aggregates_only=true
#include <weir/core/rng.hpp>
#include <weir/traffic/features/flow_features.hpp>
#include <weir/traffic/flow/flow_table.hpp>
#include <weir/traffic/parse.hpp>

#include <benchmark/benchmark.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <vector>

namespace {

using namespace weir;

/// What differs between the packets; one Packet is filled again and again, as by a parser.
struct Seen {
  IpAddress src{}, dst{};
  std::int64_t time_ns = 0;
  std::uint32_t seq = 0, ack = 0;
  std::uint16_t src_port = 0, dst_port = 0, payload = 0;
  std::uint8_t flags = 0;

  void fill(Packet& p) const noexcept {
    p.time_ns = time_ns;
    p.src = src;
    p.dst = dst;
    p.src_port = src_port;
    p.dst_port = dst_port;
    p.payload_length = payload;
    p.ip_length = 52U + payload;
    p.wire_length = p.captured_length = p.ip_length + 14;
    p.tcp_flags = flags;
    p.tcp_seq = seq;
    p.tcp_ack = ack;
  }
};

[[nodiscard]] Packet tcp_packet() {
  Packet p;
  p.ip_version = 4;
  p.protocol = ip_protocol::tcp;
  p.has_l4 = true;
  p.l4_header_length = 32;
  p.ip_header_length = 20;
  p.tcp_window = 500;
  p.ttl = 64;
  return p;
}

/// TCP connections of two to about a hundred packets that overlap in time, from 20,000 clients: about as many
/// packets a flow and as many open flows as in the captures of docs/performance.md.
std::vector<Seen> traffic(std::size_t count) {
  struct Open {
    IpAddress client{}, server{};
    std::uint16_t port = 0;
    std::array<std::uint32_t, 2> seq{};
    std::uint32_t left = 0, done = 0;
  };
  Rng rng(1);
  std::vector<Open> open(4'000);
  std::vector<Seen> packets;
  packets.reserve(count);
  std::int64_t now = 1'700'000'000LL * ns_per_s;
  while (packets.size() < count) {
    Open& o = open[rng.next32() % open.size()];
    if (o.left == 0) {
      const std::uint32_t host = rng.next32() % 20'000;
      o = {.client = {10, 0, static_cast<std::uint8_t>(host >> 8), static_cast<std::uint8_t>(host)},
           .server = {192, 0, 2, static_cast<std::uint8_t>(rng.next32() % 200)},
           .port = static_cast<std::uint16_t>(1'024 + rng.next32() % 60'000),
           .seq = {rng.next32(), rng.next32()},
           .left = 2 + rng.next32() % 8 * (rng.next32() % 12)};
    }
    const std::size_t side = o.done == 0 ? 0 : o.done == 1 ? 1 : rng.next32() % 2;
    now += rng.next32() % 20'000;
    Seen p{.src = side == 0 ? o.client : o.server,
           .dst = side == 0 ? o.server : o.client,
           .time_ns = now,
           .seq = o.seq[side],
           .ack = o.done == 0 ? 0 : o.seq[1 - side],
           .src_port = side == 0 ? o.port : std::uint16_t{443},
           .dst_port = side == 0 ? std::uint16_t{443} : o.port,
           .payload = static_cast<std::uint16_t>(o.done < 2 ? 0 : rng.next32() % 1'400),
           .flags = static_cast<std::uint8_t>(o.done == 0   ? tcp_flag::syn
                                              : o.done == 1 ? tcp_flag::syn | tcp_flag::ack
                                                            : tcp_flag::ack)};
    o.seq[side] += p.payload + (o.done < 2 ? 1U : 0U);
    if (o.left == 2 || o.left == 1) {
      p.flags = tcp_flag::fin | tcp_flag::ack;
      ++o.seq[side];
    }
    --o.left;
    ++o.done;
    packets.push_back(p);
  }
  return packets;
}

const std::vector<Seen>& packets() {
  static const std::vector<Seen> all = traffic(1'000'000);
  return all;
}

/// Frames of a TCP connection: Ethernet, IPv4, TCP with time stamps, some payload.
[[nodiscard]] std::vector<std::array<std::byte, 128>> frames() {
  std::vector<std::array<std::byte, 128>> all(1'024);
  Rng rng(1);
  for (auto& frame : all) {
    const auto put = [&](std::size_t at, std::uint32_t value, std::size_t size) {
      for (std::size_t i = 0; i < size; ++i) {
        frame[at + i] = static_cast<std::byte>(value >> (8 * (size - 1 - i)));
      }
    };
    put(12, 0x0800, 2);
    put(14, 0x4500, 2);
    put(16, 114, 2);
    put(22, 64, 1);
    put(23, ip_protocol::tcp, 1);
    put(26, rng.next32(), 4);
    put(30, rng.next32(), 4);
    put(34, rng.next32(), 4);
    put(38, rng.next32(), 4);
    put(42, rng.next32(), 4);
    put(46, 0x8010, 2);
    put(48, 500, 2);
    put(54, 0x0101080A, 4);
    put(58, rng.next32(), 4);
  }
  return all;
}

void parse(benchmark::State& state) {
  const auto all = frames();
  Packet p;
  std::int64_t now = 0;
  for (auto _ : state) {
    for (const auto& frame : all) {
      parse_packet(p, link_type::ethernet, frame, 128, ++now);
      benchmark::DoNotOptimize(&p);
      benchmark::ClobberMemory();
    }
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(all.size()));
}

void keys(benchmark::State& state) {
  FlowKeyer keyer;
  const FlowHashKey secret = FlowHashKey::random();
  const auto& all = packets();
  std::uint64_t sum = 0;
  Packet p = tcp_packet();
  for (auto _ : state) {
    for (const Seen& seen : all) {
      seen.fill(p);
      sum ^= flow_hash(keyer(p).key, secret);
    }
  }
  benchmark::DoNotOptimize(sum);
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(all.size()));
}

/// With packets given one by one, or so many at a time.
template <std::size_t Batch, class... Profiles>
void meter(benchmark::State& state) {
  const auto& all = packets();
  std::uint64_t flows = 0;
  std::array<Packet, Batch> some;
  some.fill(tcp_packet());
  for (auto _ : state) {
    state.PauseTiming();
    FlowTable<Profiles...> table({.max_flows = 1 << 15});
    state.ResumeTiming();
    const auto sink = [&](const auto& flow) { flows += flow->packets() > 0 ? 1U : 0U; };
    for (std::size_t i = 0; i + Batch <= all.size(); i += Batch) {
      for (std::size_t j = 0; j < Batch; ++j) all[i + j].fill(some[j]);
      if constexpr (Batch == 1) {
        table.add(some[0], sink);
      } else {
        table.add(some, sink);
      }
    }
    table.flush(sink);
  }
  state.counters["flows"] =
      benchmark::Counter(static_cast<double>(flows), benchmark::Counter::kAvgIterations);
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(all.size()));
  state.counters["bytes/flow"] =
      static_cast<double>(FlowTable<Profiles...>({.max_flows = 1}).bytes_per_flow());
}

/// Packets of half a million open flows in turn at random: each finds its flow in memory that is far away.
template <std::size_t Batch>
void far_flows(benchmark::State& state) {
  constexpr std::uint32_t flows = 500'000;
  FlowTable<CoreFlow> table({.max_flows = flows});
  const auto sink = [](const auto&) {};
  std::array<Packet, Batch> some;
  some.fill(tcp_packet());
  std::int64_t now = 1'700'000'000LL * ns_per_s;
  const auto fill = [&](Packet& p, std::uint32_t flow) {
    p.time_ns = now += 100;
    p.src = {10, static_cast<std::uint8_t>(flow >> 16), static_cast<std::uint8_t>(flow >> 8),
             static_cast<std::uint8_t>(flow)};
    p.tcp_flags = tcp_flag::ack;
  };
  for (std::uint32_t flow = 0; flow < flows; ++flow) {
    fill(some[0], flow);
    table.add(some[0], sink);
  }
  Rng rng(1);
  for (auto _ : state) {
    for (Packet& p : some) fill(p, rng.next32() % flows);
    if constexpr (Batch == 1) {
      table.add(some[0], sink);
    } else {
      table.add(some, sink);
    }
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(Batch));
}

/// A million flows of two packets each, whose keys are any (0), or chosen to stand in a 64th of the table's
/// index if its hash had no secret (1).
void chosen_keys(benchmark::State& state) {
  constexpr std::size_t flows = 1'000'000;
  std::vector<std::array<std::uint32_t, 2>> ends;
  Packet p = tcp_packet();
  const auto fill = [&](std::uint32_t source, std::uint32_t port) {
    p.src = {static_cast<std::uint8_t>(source), static_cast<std::uint8_t>(source >> 8),
             static_cast<std::uint8_t>(source >> 16), static_cast<std::uint8_t>(source >> 24)};
    p.src_port = static_cast<std::uint16_t>(port);
  };
  p.dst = {192, 0, 2, 1};
  p.dst_port = 443;
  FlowKeyer keyer;
  Rng rng(1);
  while (ends.size() < flows) {
    const std::array<std::uint32_t, 2> end{rng.next32(), rng.next32() & 0xFFFF};
    fill(end[0], end[1]);
    const auto home = static_cast<std::uint32_t>(flow_hash(keyer(p).key, {}) >> 32);
    if (state.range(0) == 0 || (home & 0x1F'FFFF) < 0x8000) ends.push_back(end);
  }
  FlowTable<CoreFlow> table({.max_flows = flows});
  const auto sink = [](const auto&) {};
  const auto add_all = [&] {
    for (const std::array<std::uint32_t, 2>& end : ends) {
      fill(end[0], end[1]);
      p.time_ns += 1'000;
      table.add(p, sink);
    }
  };
  add_all();  // the memory is touched for the first time
  for (auto _ : state) {
    state.PauseTiming();
    table.flush(sink);
    state.ResumeTiming();
    add_all();
    add_all();
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(2 * ends.size()));
}

/// Resident memory of this process in MiB.
double resident() {
  std::ifstream file("/proc/self/statm");
  double total = 0;
  double pages = 0;
  file >> total >> pages;
  return pages * static_cast<double>(sysconf(_SC_PAGESIZE)) / (1 << 20);
}

/// A packet of a legitimate connection: the handshake, then a question and an answer in turn.
void legitimate(Packet& p, std::uint64_t flow, std::uint64_t i) {
  const bool answer = i % 2 == 1;
  const IpAddress client{172, 16, static_cast<std::uint8_t>(flow >> 8), static_cast<std::uint8_t>(flow)};
  const IpAddress server{192, 0, 2, 2};
  p.src = answer ? server : client;
  p.dst = answer ? client : server;
  p.src_port = answer ? 443 : 7'000;
  p.dst_port = answer ? 7'000 : 443;
  p.tcp_flags = i == 0 ? tcp_flag::syn : i == 1 ? tcp_flag::syn | tcp_flag::ack : tcp_flag::ack;
  p.tcp_seq = static_cast<std::uint32_t>(1'000 + i);
}

/// SYNs of addresses that never come again, 10 million a second, and between them 10,000 connections of 12
/// packets, 10 ms apart each.
void syn_flood(benchmark::State& state) {
  constexpr std::size_t most = 1'000'000;
  constexpr std::uint64_t step = 10'000;
  const double before = resident();
  FlowTable<CoreFlow> table({.max_flows = most});
  std::uint64_t random = 1;
  std::uint64_t whole = 0;
  const auto sink = [&](const auto& flow) { whole += flow->packets() == 12 ? 1U : 0U; };
  Packet p = tcp_packet();
  p.wire_length = 54;
  p.ip_length = 40;
  Packet q = p;
  p.dst = {192, 0, 2, 1};
  p.dst_port = 80;
  p.tcp_flags = tcp_flag::syn;
  std::int64_t now = 1'700'000'000LL * ns_per_s;
  std::uint64_t count = 0;
  for (auto _ : state) {
    p.time_ns = now += 100;
    random = random * 6'364'136'223'846'793'005ULL + 1'442'695'040'888'963'407ULL;
    const auto a = static_cast<std::uint32_t>(random >> 32);
    p.src = {static_cast<std::uint8_t>(a), static_cast<std::uint8_t>(a >> 8),
             static_cast<std::uint8_t>(a >> 16), static_cast<std::uint8_t>(a >> 24)};
    p.src_port = static_cast<std::uint16_t>(random >> 16);
    p.tcp_seq = a;
    table.add(p, sink);
    if (++count % step != 0) continue;
    for (std::uint64_t i = 0; i < 12 && count / step > 10 * i; ++i) {
      const std::uint64_t flow = count / step - 10 * i;
      if (flow > 10'000) continue;
      q.time_ns = now;
      legitimate(q, flow, i);
      table.add(q, sink);
    }
  }
  state.counters["MiB"] = resident() - before;
  table.flush(sink);
  state.counters["whole"] = static_cast<double>(whole);
}

/// Time stamps anywhere.
void clock_jumps(benchmark::State& state) {
  FlowTable<CoreFlow> table({.max_flows = 1 << 16});
  Rng rng(1);
  const auto& all = packets();
  std::int64_t shortest = 0;
  Packet p = tcp_packet();
  const auto sink = [&](const auto& flow) { shortest = std::min(shortest, flow->duration_ns()); };
  std::size_t i = 0;
  for (auto _ : state) {
    all[i++ % all.size()].fill(p);
    p.time_ns = static_cast<std::int64_t>(rng.next64());
    table.add(p, sink);
  }
  table.flush(sink);
  state.counters["shortest"] = static_cast<double>(shortest);
}

}  // namespace

BENCHMARK(parse)->Unit(benchmark::kMicrosecond);
BENCHMARK(keys)->Unit(benchmark::kMillisecond);
BENCHMARK(meter<1, CoreFlow>)->Unit(benchmark::kMillisecond);
BENCHMARK(meter<32, CoreFlow>)->Unit(benchmark::kMillisecond);
BENCHMARK(meter<32, CicFlow>)->Unit(benchmark::kMillisecond);
BENCHMARK(meter<32, CicCompatFlow>)->Unit(benchmark::kMillisecond);
BENCHMARK(meter<32, NfstreamFlow>)->Unit(benchmark::kMillisecond);
BENCHMARK(meter<32, CesnetFlow>)->Unit(benchmark::kMillisecond);
BENCHMARK(meter<32, ZeekFlow>)->Unit(benchmark::kMillisecond);
BENCHMARK(meter<32, PacketSequence>)->Unit(benchmark::kMillisecond);
BENCHMARK(meter<1, CicFlow, NfstreamFlow, CesnetFlow>)->Unit(benchmark::kMillisecond);
BENCHMARK(meter<32, CicFlow, NfstreamFlow, CesnetFlow>)->Unit(benchmark::kMillisecond);
BENCHMARK(far_flows<1>);
BENCHMARK(far_flows<32>);
BENCHMARK(chosen_keys)->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond);
BENCHMARK(syn_flood)->Iterations(101'200'000)->Unit(benchmark::kNanosecond);
BENCHMARK(clock_jumps)->Iterations(1'000'000)->Unit(benchmark::kNanosecond);
