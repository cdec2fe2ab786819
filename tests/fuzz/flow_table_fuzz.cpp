// Fuzz target of the flow table: any packets in any order of time, with one set of profiles an input. Each
// packet is counted once, no duration is negative, every number is finite, flows come in the order of their
// end, and a table of few places holds no more than those.
//
// The first four bytes choose the options and the profiles; every eight more are a packet: who, flags, step
// in time, lengths, sequence number, header bits. VLANs and tunnels follow from the bytes of numbers; ICMP
// errors quote a TCP packet of two of the hosts. Flows that are left to end one by one are those of `flush`.
#include <weir/traffic/features/flow_features.hpp>
#include <weir/traffic/flow/flow_output.hpp>
#include <weir/traffic/flow/flow_table.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <span>
#include <string_view>
#include <type_traits>

namespace {

using namespace weir;

void require(bool condition) {
  if (!condition) std::abort();
}

/// Every number must be finite.
struct Finite {
  template <class T>
  void number(FlowColumnName, std::string_view, T value, bool = true) {
    if constexpr (std::is_floating_point_v<T>) require(std::isfinite(value));
  }
  void text(FlowColumnName, std::string_view) {}
  void address(FlowColumnName, const IpAddress&, std::uint8_t) {}
  void mac(FlowColumnName, const MacAddress&, std::size_t = 6) {}
  void ends(FlowColumnName, const FlowEnds&) {}
};

/// Payload; of an ICMP error it quotes 10.0.0.1, port 1, to 10.0.0.2, port 2.
constexpr std::array<std::byte, 64> content = [] {
  std::array<std::byte, 64> bytes{};
  constexpr std::array<unsigned, 24> quoted{0x45, 0,  0, 64, 0, 0, 0, 0, 64, ip_protocol::tcp, 0, 0, 10, 0, 0,
                                            1,    10, 0, 0,  2, 0, 1, 0, 2};
  for (std::size_t i = 0; i < quoted.size(); ++i) bytes[i] = static_cast<std::byte>(quoted[i]);
  return bytes;
}();

Packet packet_of(const std::uint8_t* b, std::int64_t& now) {
  Packet p;
  // A step of less than a second, or anywhere.
  const auto step = static_cast<std::int64_t>(static_cast<std::int8_t>(b[2]));
  now = static_cast<std::int64_t>(static_cast<std::uint64_t>(now) +
                                  static_cast<std::uint64_t>(step) *
                                      ((b[7] & 1) != 0 ? 1ULL << 56 : 1ULL << 28));
  p.time_ns = now;
  p.ip_version = (b[7] & 2) != 0 ? 6 : (b[7] & 4) != 0 && (b[0] & 0x80) != 0 ? 0 : 4;
  constexpr std::array<std::uint8_t, 4> protocols{ip_protocol::tcp, ip_protocol::udp, ip_protocol::icmp, 99};
  p.protocol = (b[7] & 8) == 0 ? ip_protocol::tcp : protocols[b[7] >> 6];
  p.src = {10, 0, 0, static_cast<std::uint8_t>(b[0] & 7)};
  p.dst = {10, 0, 0, static_cast<std::uint8_t>((b[0] >> 3) & 7)};
  p.has_l4 = (b[7] & 16) == 0;
  p.src_port = b[0] & 7;
  p.dst_port = (b[0] >> 3) & 7;
  p.tcp_flags = b[1];
  p.fragment = (b[7] & 32) != 0;
  p.later_fragment = p.fragment && (b[7] & 64) != 0;
  p.fragment_id = b[6] & 3;
  p.payload_length = (b[3] & 0x80) != 0 ? 0xFFFF'FFFFU >> (b[3] & 31) : b[3];
  p.l4_header_length = b[4];
  p.ip_length = p.payload_length / 2 + 40;
  p.wire_length = p.captured_length = p.payload_length | 54U;
  p.tcp_seq = static_cast<std::uint32_t>(b[5]) << (b[6] & 24);
  p.tcp_ack = static_cast<std::uint32_t>(b[4]) << (b[6] & 24);
  p.tcp_window = static_cast<std::uint16_t>(b[6] << 4);
  p.payload = std::span(content).first(b[4] % content.size());
  p.icmp_type = b[1] & 15;
  if ((b[6] & 0x40) != 0) {
    p.vlan = {static_cast<std::uint16_t>(1 + b[5]), 0};
    p.vlan_count = 1;
  }
  if ((b[6] & 0x80) != 0) {
    p.tunnel_id = b[5];
    p.tunnel_network = b[5] & 3;
    p.tunnel_ends = b[4] & 3;
  }
  return p;
}

FlowOptions options_of(const std::uint8_t* b) {
  FlowOptions o;
  o.max_flows = 1 + b[0] % 16U;
  o.timeouts.set_idle((1 + b[1]) * (ns_per_s / 4));
  o.timeouts.active_ns = (1 + b[2]) * ns_per_s;
  o.features.packets = b[3] % 8U;
  o.features.payload_bytes = b[3] / 8U;
  o.features.empty_packets = (b[1] & 1) != 0;
  o.drop_duplicates = (b[2] & 1) != 0;
  o.lower_port_serves = (b[2] & 2) != 0;
  o.hash_key = FlowHashKey{b[0], b[1]};
  o.vlan_in_key = (b[3] & 2) != 0;
  o.tunnel_in_key = (b[3] & 4) != 0;
  o.tunnel_ends_in_key = (b[3] & 8) != 0;
  return o;
}

template <class... Profiles>
void run(const FlowOptions& options, bool in_bursts, std::span<const std::uint8_t> bytes) {
  FlowTable<Profiles...> table(options);
  std::uint64_t counted = 0;
  std::int64_t order = std::numeric_limits<std::int64_t>::min();
  const auto sink = [&](const auto& flow) {
    counted += flow->packets() + (options.drop_duplicates ? flow->duplicates : 0);
    require(flow->duration_ns() >= 0 && flow->packets() > 0 && flow->end != FlowEnd::open);
    require(flow.order_ns() >= order);
    order = flow.order_ns();
    Finite out;
    if (flow->id % 4 == 0 && options.lifecycle == FlowLifecycle::standard) flow.describe(out);
  };
  std::int64_t now = 1'700'000'000 * ns_per_s;
  std::array<Packet, 20> burst;  // longer than what the table fetches ahead
  std::size_t waiting = 0;
  const auto take_burst = [&] {
    table.add(std::span<const Packet>(burst).first(waiting), sink);
    waiting = 0;
  };
  for (std::size_t i = 0; i + 8 <= bytes.size(); i += 8) {
    burst[waiting++] = packet_of(bytes.data() + i, now);
    if (in_bursts && waiting == burst.size()) take_burst();
    if (!in_bursts) table.add(burst[--waiting], sink);
    require(table.size() <= options.max_flows);
  }
  take_burst();
  order = std::numeric_limits<std::int64_t>::min();
  if (in_bursts) {
    for (auto leaving = table.leave_all(); table.emit_next(leaving, sink);) {
    }
  }
  table.flush(sink);
  require(table.size() == 0);
  const FlowTableStats& stats = table.stats();
  require(stats.packets == bytes.size() / 8);
  if (options.lifecycle == FlowLifecycle::standard) require(counted == stats.packets - stats.ignored);
  std::uint64_t ended = 0;
  for (const std::uint64_t count : stats.ended) ended += count;
  require(ended == stats.flows);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 12) return 0;
  const std::span<const std::uint8_t> packets(data + 4, size - 4);
  const FlowOptions options = options_of(data);
  const bool in_bursts = (data[3] & 1) != 0;
  switch (data[0] / 16 % 5) {
    case 0: run<CoreFlow, PacketSequence, PayloadBytes>(options, in_bursts, packets); break;
    case 1: run<CicFlow, CesnetFlow>(options, in_bursts, packets); break;
    case 2: run<NfstreamFlow>(options, in_bursts, packets); break;
    case 3: run<ZeekFlow>(options, in_bursts, packets); break;
    default: run<CicCompatFlow>(CicCompatFlow::table_options(options), in_bursts, packets); break;
  }
  return 0;
}
