// The traffic generator: same seed, same packets; TCP that a purist accepts; records that match their
// packets.
#include <weir/synth.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace weir;  // NOLINT: a test
using synth::Connection;
using synth::ConnectionRecord;
using synth::Direction;
using synth::Kind;
using synth::Protocol;
using synth::TcpFlag;

/// FNV-1a over numbers.
class Hash {
 public:
  void add(std::uint64_t x) {
    for (int i = 0; i < 8; ++i) value_ = (value_ ^ ((x >> (8 * i)) & 0xFF)) * 0x100000001B3ULL;
  }
  [[nodiscard]] std::uint64_t value() const { return value_; }

 private:
  std::uint64_t value_ = 0xCBF29CE484222325ULL;
};

std::uint64_t hash_packets(const SynthOptions& options) {
  Hash h;
  for_each_connection(options, [&](const Connection& c) {
    for (const std::uint64_t x :
         {std::uint64_t{c.client.address}, std::uint64_t{c.client.port}, std::uint64_t{c.server.address},
          std::uint64_t{c.server.port}, static_cast<std::uint64_t>(c.protocol),
          static_cast<std::uint64_t>(c.kind)}) {
      h.add(x);
    }
    for (const synth::Packet& p : c.packets) {
      h.add(static_cast<std::uint64_t>(p.time_ns));
      h.add((std::uint64_t{p.seq} << 32) | p.ack);
      h.add((std::uint64_t{p.window} << 32) | (std::uint64_t{p.wire_length} << 16) | p.payload_length);
      h.add((std::uint64_t{p.flags} << 16) | (std::uint64_t{p.ttl} << 8) | index_of(p.direction));
    }
  });
  return h.value();
}

std::uint64_t hash_text(std::string_view text) {
  Hash h;
  for (const char c : text) h.add(static_cast<unsigned char>(c));
  return h.value();
}

std::string csv(const SynthOptions& options, synth::CsvOptions how = {}) {
  std::ostringstream out;
  write_csv(out, options, how);
  return out.str();
}

std::vector<std::string> split(const std::string& text, char at) {
  std::vector<std::string> parts;
  std::istringstream in(text);
  for (std::string part; std::getline(in, part, at);) parts.push_back(part);
  return parts;
}

double feature(const ConnectionRecord& r, std::string_view name) {
  const auto at = std::find(ConnectionRecord::columns.begin(), ConnectionRecord::columns.end(), name);
  REQUIRE(at != ConnectionRecord::columns.end());
  return r.features[static_cast<std::size_t>(at - ConnectionRecord::columns.begin())];
}

/// What one side of a TCP connection has sent so far.
struct Side {
  bool spoke = false;
  bool finished = false;
  std::uint32_t next = 0;
  std::uint32_t acknowledged = 0;
};

bool not_after(std::uint32_t a, std::uint32_t b) { return static_cast<std::int32_t>(b - a) >= 0; }

/// The first violated rule of TCP, or nothing.
std::string_view fault_of(const Connection& c) {
  std::array<Side, 2> sides;
  for (const synth::Packet& p : c.packets) {
    Side& me = sides[index_of(p.direction)];
    const Side& peer = sides[1 - index_of(p.direction)];
    const auto has = [&](std::uint8_t flag) { return (p.flags & flag) != 0; };
    if (&p == &c.packets.front() && p.flags != TcpFlag::syn) return "does not begin with SYN";
    if (has(TcpFlag::syn) && p.direction == Direction::backward && !has(TcpFlag::ack))
      return "SYN from the server";
    if (has(TcpFlag::ack) && peer.spoke) {
      if (!not_after(p.ack, peer.next)) return "acknowledges what was never sent";
      if (me.acknowledged != 0 && !not_after(me.acknowledged, p.ack)) return "acknowledgement goes back";
      me.acknowledged = p.ack;
    }
    const std::uint32_t used = p.payload_length + (has(TcpFlag::syn) || has(TcpFlag::fin) ? 1U : 0U);
    if (p.payload_length > 0 && (!peer.spoke || !has(TcpFlag::ack))) return "data before the handshake";
    if (me.spoke && p.seq != me.next && !(used > 0 && p.seq + used == me.next)) return "hole in the sequence";
    if (me.finished && used > 0 && p.seq == me.next) return "new data after FIN";
    me.spoke = true;
    me.finished = me.finished || has(TcpFlag::fin);
    me.next = p.seq + used;
  }
  return {};
}

synth::Packet packet(std::int64_t us, Direction d, std::uint8_t flags, std::uint16_t payload,
                     std::uint32_t seq) {
  return {.time_ns = 1'000'000'000 + us * 1'000,
          .seq = seq,
          .wire_length = static_cast<std::uint16_t>(54 + payload),
          .payload_length = payload,
          .flags = flags,
          .direction = d};
}

/// SYN, SYN-ACK, ACK, 100 bytes, ACK, 1000 bytes, ACK, FIN, ACK, FIN, ACK: one packet each 200 us.
Connection small_connection() {
  constexpr auto f = Direction::forward;
  constexpr auto b = Direction::backward;
  constexpr std::uint8_t a = TcpFlag::ack;
  constexpr std::uint8_t pa = TcpFlag::psh | TcpFlag::ack;
  constexpr std::uint8_t fa = TcpFlag::fin | TcpFlag::ack;
  Connection c{
      .client = {0x0A000001, 40'000}, .server = {0x0A000002, 443}, .protocol = Protocol::tcp, .packets = {}};
  c.packets = {packet(0, f, TcpFlag::syn, 0, 10), packet(200, b, TcpFlag::syn | a, 0, 50),
               packet(400, f, a, 0, 11),          packet(600, f, pa, 100, 11),
               packet(800, b, a, 0, 51),          packet(1'000, b, pa, 1'000, 51),
               packet(1'200, f, a, 0, 111),       packet(1'400, f, fa, 0, 111),
               packet(1'600, b, a, 0, 1'051),     packet(1'800, b, fa, 0, 1'051),
               packet(2'000, f, a, 0, 112)};
  return c;
}

Connection syn_only(std::int64_t us, std::uint32_t client, std::uint32_t server, std::uint16_t port) {
  Connection c{
      .client = {client, 40'000}, .server = {server, port}, .protocol = Protocol::tcp, .packets = {}};
  c.packets = {packet(us, Direction::forward, TcpFlag::syn, 0, 1)};
  return c;
}

synth::Path lossy_path(std::uint64_t loss_per_million) {
  synth::Path path;
  path.ends[0].round_trip_ns = 100'000;
  path.ends[1].round_trip_ns = 20'000'000;
  path.segment_ns = 50'000;
  path.loss_per_million = loss_per_million;
  return path;
}

}  // namespace

TEST_CASE("synth: the seed decides every bit") {
  CHECK(hash_packets({.connections = 3'000, .seed = 7}) == hash_packets({.connections = 3'000, .seed = 7}));
  CHECK(hash_packets({.connections = 3'000, .seed = 7}) != hash_packets({.connections = 3'000, .seed = 8}));
  CHECK(csv({.connections = 500, .seed = 7}) == csv({.connections = 500, .seed = 7}));
}

TEST_CASE("synth: the same bits on every platform") {
  // A change of the generator changes these; a change of compiler, flags or C library must not.
  CHECK(hash_packets({.connections = 5'000, .seed = 42}) == 0xB3AD357C2890AF50ULL);
  CHECK(hash_text(csv({.connections = 5'000, .seed = 42})) == 0xE3A2B895FBE94A5EULL);
}

TEST_CASE("synth: a longer run begins like a shorter one, when it holds no attacks") {
  // The size of campaigns depends on the number of connections; nothing else does.
  const std::string shorter = csv({.connections = 200, .seed = 3, .attack_share = 0});
  const std::string longer = csv({.connections = 400, .seed = 3, .attack_share = 0});
  CHECK(longer.substr(0, shorter.size()) == shorter);
}

TEST_CASE("synth: connections and packets are in order of time") {
  std::int64_t last = 0;
  std::size_t count = 0;
  bool ordered = true;
  for_each_connection({.connections = 20'000, .seed = 5}, [&](const Connection& c) {
    REQUIRE_FALSE(c.packets.empty());
    ordered = ordered && c.start_ns() >= last;
    last = c.start_ns();
    ++count;
    ordered = ordered && std::is_sorted(c.packets.begin(), c.packets.end(),
                                        [](const synth::Packet& a, const synth::Packet& b) {
                                          return a.time_ns < b.time_ns;
                                        });
  });
  CHECK(ordered);
  CHECK(count == 20'000);
}

TEST_CASE("synth: TCP is consistent") {
  std::size_t tcp = 0;
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    for_each_connection({.connections = 10'000, .seed = seed}, [&](const Connection& c) {
      if (c.protocol != Protocol::tcp) return;
      ++tcp;
      const std::string_view fault = fault_of(c);
      INFO("kind ", name_of(c.kind), " with ", c.packets.size(), " packets");
      if (!fault.empty()) FAIL_CHECK(fault);
    });
  }
  CHECK(tcp > 15'000);
}

TEST_CASE("synth: lengths are those of the headers") {
  bool right = true;
  for_each_connection({.connections = 5'000, .seed = 4}, [&](const Connection& c) {
    for (const synth::Packet& p : c.packets) {
      const int header = p.wire_length - p.payload_length;
      const bool udp = c.protocol == Protocol::udp;
      right = right && (udp ? header == 42 : header == 54 || header == 66 || header == 74);
      right = right && p.wire_length <= 1'514 && p.ttl > 0;
    }
  });
  CHECK(right);
}

TEST_CASE("synth: a lost segment passes twice and is counted") {
  for (const std::uint64_t loss : {0U, 1'000'000U}) {
    Connection c;
    Rng rng{1};
    const synth::Path path = lossy_path(loss);
    synth::TcpTalk talk{c, path, rng, 1'000};
    talk.open();
    talk.say({Direction::forward, 10 * path.segment_bytes(), 0});
    talk.close(Direction::forward, 0);
    CHECK(fault_of(c).empty());
    const ConnectionRecord r = synth::ConnectionMeter{}(c);
    CHECK(feature(r, "retransmissions") == (loss == 0 ? 0 : 10));
    CHECK(feature(r, "fwd_payload") == 10 * 1'448 * (loss == 0 ? 1 : 2));
  }
}

TEST_CASE("synth: the share of attacks is the one asked for") {
  for (const double share : {0.0, 0.05, 0.12, 0.4}) {
    for (const std::uint64_t seed : {1U, 2U}) {
      double attacks = 0;
      for_each_connection({.connections = 20'000, .seed = seed, .attack_share = share},
                          [&](const Connection& c) { attacks += is_attack(c.kind); });
      INFO("share ", share, " seed ", seed);
      CHECK(std::abs(attacks / 20'000 - share) < 0.02);
    }
  }
}

TEST_CASE("synth: every kind is present") {
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    std::array<int, synth::kind_count> seen{};
    for_each_connection({.connections = 20'000, .seed = seed},
                        [&](const Connection& c) { ++seen[static_cast<std::size_t>(c.kind)]; });
    for (std::size_t k = 0; k < synth::kind_count; ++k) {
      INFO(synth::kind_names[k], " seed ", seed);
      CHECK(seen[k] > 0);
    }
  }
}

TEST_CASE("synth: a record's counts are its packets', and all features are finite") {
  synth::ConnectionMeter meter;
  for_each_connection({.connections = 10'000, .seed = 6}, [&](const Connection& c) {
    const ConnectionRecord r = meter(c);
    std::array<double, 2> packets{}, bytes{}, payload{};
    for (const synth::Packet& p : c.packets) {
      packets[index_of(p.direction)] += 1;
      bytes[index_of(p.direction)] += p.wire_length;
      payload[index_of(p.direction)] += p.payload_length;
    }
    bool same = feature(r, "fwd_packets") == packets[0] && feature(r, "bwd_packets") == packets[1];
    same = same && feature(r, "fwd_bytes") == bytes[0] && feature(r, "bwd_bytes") == bytes[1];
    same = same && feature(r, "fwd_payload") == payload[0] && feature(r, "bwd_payload") == payload[1];
    if (!same) FAIL_CHECK("counts differ for " << name_of(c.kind));
    for (std::size_t i = 0; i < r.features.size(); ++i) {
      if (!(std::isfinite(r.features[i]) && r.features[i] >= 0)) FAIL_CHECK(ConnectionRecord::columns[i]);
    }
  });
}

TEST_CASE("synth: the record of a hand-made connection") {
  const ConnectionRecord r = synth::ConnectionMeter{}(small_connection());
  CHECK(r.protocol_name() == "tcp");
  CHECK(r.service == "https");
  CHECK(r.state_name() == "SF");
  CHECK(r.label() == "benign");
  const double mean = (11 * 54 + 1'100) / 11.0;
  const double std = std::sqrt(
      (9 * (mean - 54) * (mean - 54) + (154 - mean) * (154 - mean) + (1'054 - mean) * (1'054 - mean)) / 11);
  const std::vector<double> expected{2, 6,    5,   6 * 54 + 100, 5 * 54 + 1'000, 100, 1'000, 2,   2,  0, 2,
                                     0, mean, std, 54,           1'054,          0.2, 0,     0.2, 0.2};
  for (std::size_t i = 0; i < expected.size(); ++i) {
    INFO(ConnectionRecord::columns[i]);
    CHECK(r.features[i] == doctest::Approx(expected[i]).epsilon(1e-12));
  }
  for (std::size_t i = expected.size(); i < r.features.size(); ++i) CHECK(r.features[i] == 0);
}

TEST_CASE("synth: states of connections") {
  const auto state = [](Protocol protocol, std::vector<synth::Packet> packets) {
    Connection c = small_connection();
    c.protocol = protocol;
    c.packets = std::move(packets);
    return std::string(synth::ConnectionMeter{}(c).state_name());
  };
  constexpr auto f = Direction::forward;
  constexpr auto b = Direction::backward;
  constexpr std::uint8_t sa = TcpFlag::syn | TcpFlag::ack;
  const synth::Packet s = packet(0, f, TcpFlag::syn, 0, 1);
  const synth::Packet answer = packet(9, b, sa, 0, 1);
  CHECK(state(Protocol::tcp, {s}) == "S0");
  CHECK(state(Protocol::tcp, {s, packet(9, b, TcpFlag::rst, 0, 0)}) == "REJ");
  CHECK(state(Protocol::tcp, {s, answer}) == "S1");
  CHECK(state(Protocol::tcp, {s, answer, packet(20, f, TcpFlag::rst, 0, 2)}) == "RSTO");
  CHECK(state(Protocol::tcp, {s, answer, packet(20, b, TcpFlag::rst, 0, 2)}) == "RSTR");
  CHECK(state(Protocol::tcp, {s, answer, packet(20, f, TcpFlag::fin | TcpFlag::ack, 0, 2)}) == "S2");
  CHECK(state(Protocol::tcp, {s, answer, packet(20, b, TcpFlag::fin | TcpFlag::ack, 0, 2)}) == "S3");
  CHECK(state(Protocol::tcp, {packet(0, f, TcpFlag::ack, 0, 1)}) == "OTH");
  CHECK(state(Protocol::udp, {packet(0, f, 0, 8, 0)}) == "S0");
  CHECK(state(Protocol::udp, {packet(0, f, 0, 8, 0), packet(9, b, 0, 8, 0)}) == "SF");
}

TEST_CASE("synth: the look back counts earlier connections only, and knows no future") {
  synth::ConnectionMeter meter;
  meter(syn_only(0, 1, 2, 22));          // will be too old for the 2 s
  meter(syn_only(5'000'000, 1, 2, 22));  // the same pair
  meter(syn_only(5'500'000, 1, 2, 23));  // another port
  meter(syn_only(5'600'000, 1, 3, 22));  // another host
  Connection answered = syn_only(6'000'000, 9, 2, 22);
  answered.packets.push_back(packet(6'900'000, Direction::backward, TcpFlag::syn | TcpFlag::ack, 0, 1));
  meter(answered);  // another client; its answer comes at 6.9 s
  Connection refused = syn_only(6'000'001, 9, 2, 22);
  refused.packets.push_back(packet(6'000'100, Direction::backward, TcpFlag::rst, 0, 1));
  meter(refused);
  const ConnectionRecord before = meter(syn_only(6'800'000, 1, 2, 22));
  CHECK(feature(before, "same_src_2s") == 3);
  CHECK(feature(before, "same_dst_2s") == 4);
  CHECK(feature(before, "same_service_2s") == 4);
  CHECK(feature(before, "same_pair_60s") == 2);
  CHECK(feature(before, "other_hosts_60s") == 1);
  CHECK(feature(before, "other_ports_60s") == 1);
  CHECK(feature(before, "src_failed_60s") == 4);
  CHECK(feature(before, "dst_unanswered_2s") == 3.0 / 4);  // "answered" is not answered yet
  CHECK(feature(before, "dst_refused_2s") == 1.0 / 4);
  const ConnectionRecord after = meter(syn_only(6'950'000, 4, 2, 80));
  CHECK(feature(after, "dst_unanswered_2s") == 3.0 / 5);
  CHECK(feature(meter(syn_only(70'000'000, 1, 2, 22)), "same_pair_60s") == 0);
}

TEST_CASE("synth: CSV") {
  for (const bool kind : {false, true}) {
    const auto lines = split(csv({.connections = 1'000, .seed = 2}, {.kind = kind}), '\n');
    REQUIRE(lines.size() == 1'001);
    const auto header = split(lines[0], ',');
    CHECK(header.size() == ConnectionRecord::columns.size() + (kind ? 5 : 4));
    CHECK(header.front() == "protocol");
    CHECK(header.back() == "label");
    CHECK(std::set<std::string>(header.begin(), header.end()).size() == header.size());
    for (const std::string& line : lines) CHECK(split(line, ',').size() == header.size());
    bool numbers = true;
    for (std::size_t i = 1; i < lines.size(); ++i) {
      const auto cells = split(lines[i], ',');
      for (std::size_t j = 3; j < 3 + ConnectionRecord::columns.size(); ++j) {
        std::size_t used = 0;
        numbers = numbers && std::isfinite(std::stod(cells[j], &used)) && used == cells[j].size();
      }
    }
    CHECK(numbers);
  }
}

TEST_CASE("synth: the start is the one asked for, or the seed's") {
  const auto start = [](const SynthOptions& o) {
    std::int64_t first = -1;
    for_each_connection(o, [&](const Connection& c) { first = first < 0 ? c.start_ns() : first; });
    return first;
  };
  constexpr std::int64_t minute = 60'000'000'000;
  const std::int64_t asked = 1'800'000'000'000'000'000;
  CHECK(start({.connections = 1, .start_ns = asked}) >= asked);
  CHECK(start({.connections = 1, .start_ns = asked}) < asked + minute);
  CHECK(std::abs(start({.connections = 1, .seed = 1}) - start({.connections = 1, .seed = 2})) > minute);
}

TEST_CASE("synth: two seeds are two sites") {
  const auto servers = [](std::uint64_t seed) {
    std::set<std::uint32_t> all;
    for_each_connection({.connections = 3'000, .seed = seed},
                        [&](const Connection& c) { all.insert(c.server.address); });
    return all;
  };
  const auto one = servers(1);
  const auto two = servers(2);
  std::size_t common = 0;
  for (const std::uint32_t address : one) common += two.count(address);
  CHECK(common * 100 < one.size());
}

TEST_CASE("synth: unusable options are refused") {
  const auto run = [](const SynthOptions& o) { for_each_connection(o, [](const Connection&) {}); };
  CHECK_THROWS_AS(run({.connections = 1, .attack_share = 0.6}), ConfigError);
  CHECK_THROWS_AS(run({.connections = 1, .attack_share = -0.1}), ConfigError);
  CHECK_THROWS_AS(run({.connections = 1, .attack_share = std::nan("")}), ConfigError);
  CHECK_THROWS_AS(run({.connections = 1, .start_ns = -5}), ConfigError);
  CHECK_THROWS_AS(run({.connections = 1, .clients = 0}), ConfigError);
  CHECK_THROWS_AS(run({.connections = 1, .clients = 60'000}), ConfigError);
  CHECK_THROWS_AS(run({.connections = 1, .sessions_per_second = 0}), ConfigError);
  run({.connections = 0});
  run({.connections = 300, .clients = 1, .sessions_per_second = 0.01});
  run({.connections = 300, .clients = 50'000, .sessions_per_second = 10'000});
}

TEST_CASE("synth: quantiles") {
  Rng rng{3};
  const synth::Quantiles q{10, 20, 40, 100, 1'000, 10'000};
  std::vector<std::uint64_t> values(40'000);
  for (std::uint64_t& v : values) v = synth::draw(rng, q);
  std::sort(values.begin(), values.end());
  CHECK(values.front() >= 10);
  CHECK(values.back() < 10'000);
  for (std::size_t i = 1; i < 4; ++i) {
    CHECK(static_cast<double>(values[i * 10'000]) ==
          doctest::Approx(static_cast<double>(q[i])).epsilon(0.05));
  }
  CHECK(static_cast<double>(values[37'500]) == doctest::Approx(1'000).epsilon(0.1));
  double sum = 0;
  for (int i = 0; i < 40'000; ++i) sum += static_cast<double>(synth::draw_exponential(rng, 1'000'000));
  CHECK(sum / 40'000 == doctest::Approx(1'000'000).epsilon(0.03));
}
