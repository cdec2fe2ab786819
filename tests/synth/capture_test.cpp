// Synthetic captures: frames, payload, and rules that agree with the flow meter.
#include "traffic/packet_bytes.hpp"

#include <weir/synth.hpp>
#include <weir/traffic/features/core.hpp>
#include <weir/traffic/features/payload.hpp>
#include <weir/traffic/flow/flow_table.hpp>
#include <weir/traffic/flow/label_rules.hpp>
#include <weir/traffic/parse.hpp>

#include <doctest/doctest.h>

#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

using namespace weir;

namespace {

/// A capture's frames, read here by the format's own words (pcap with nanoseconds), not by the library's
/// reader.
struct Frame {
  std::int64_t time_ns;
  std::uint32_t wire_length;
  std::vector<std::byte> bytes;
};
struct Made {
  std::vector<Frame> frames{};
  std::string rules{};
  std::string bytes{};
};

Made make(const SynthOptions& options, const SynthCaptureOptions& how = {}) {
  const auto path =
      std::filesystem::temp_directory_path() / ("weir-synth-" + std::to_string(getpid()) + ".pcap");
  std::ostringstream rules;
  CaptureWriter writer = CaptureWriter::create(path.string(), link_type::ethernet);
  write_capture(writer, rules, options, how);
  REQUIRE(writer.close().ok());
  std::ifstream in(path, std::ios::binary);
  Made made{.rules = rules.str(), .bytes = std::string(std::istreambuf_iterator<char>(in), {})};
  std::filesystem::remove(path);
  const auto u32 = [&](std::size_t at) {
    std::uint32_t x = 0;
    std::memcpy(&x, made.bytes.data() + at, sizeof x);
    return x;
  };
  for (std::size_t at = 24; at + 16 <= made.bytes.size();) {
    const std::uint32_t size = u32(at + 8);
    const auto* first = reinterpret_cast<const std::byte*>(made.bytes.data() + at + 16);
    made.frames.push_back(
        {std::int64_t{u32(at)} * 1'000'000'000 + u32(at + 4), u32(at + 12), {first, first + size}});
    at += 16 + size;
  }
  return made;
}

Packet parsed(const Frame& frame) {
  Packet p;
  REQUIRE(parse_packet(p, link_type::ethernet, frame.bytes, frame.wire_length, frame.time_ns));
  return p;
}

const Made& made_once() {
  static const Made made = make({.connections = 1'500, .seed = 5, .attack_share = 0.2});
  return made;
}

std::string text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

TEST_CASE("a capture has every packet of every connection, in the order of time") {
  std::size_t packets = 0;
  for_each_connection({.connections = 1'500, .seed = 5, .attack_share = 0.2},
                      [&](const synth::Connection& c) { packets += c.packets.size(); });
  CHECK(made_once().frames.size() == packets);
  std::int64_t last = 0;
  bool ordered = true;
  for (const Frame& frame : made_once().frames) {
    ordered = ordered && frame.time_ns >= last && frame.bytes.size() == frame.wire_length;
    last = frame.time_ns;
  }
  CHECK(ordered);
}

TEST_CASE("frames have valid checksums and the lengths that they claim") {
  std::size_t wrong = 0, udp = 0, tcp = 0;
  for (const Frame& frame : made_once().frames) {
    const Packet p = parsed(frame);
    (p.protocol == ip_protocol::udp ? udp : tcp) += 1;
    // The sum over correct data, checksum included, is 0 (RFC 1071).
    const bool ip_right = packet_bytes::internet_checksum(p.ip.first(20)) == 0;
    const std::uint64_t pseudo = std::uint64_t{p.protocol} + p.l4.size() +
                                 (~packet_bytes::internet_checksum(p.ip.subspan(12, 8)) & 0xFFFFU);
    const bool l4_right = packet_bytes::internet_checksum(p.l4, pseudo) == 0;
    const bool length_right =
        p.ip_length + 14 == frame.wire_length && p.has_l4 && p.payload.size() == p.payload_length;
    wrong += ip_right && l4_right && length_right ? 0U : 1U;
  }
  CHECK(wrong == 0);
  CHECK(udp > 100);
  CHECK(tcp > 100);
}

TEST_CASE("the meter makes one flow of each connection, and the rules label all of them") {
  for (const bool kinds : {false, true}) {
    const SynthOptions options{
        .connections = 3'000, .seed = 7, .attack_share = 0.3, .ipv6_share = kinds ? 0.5 : 0.0};
    const Made made = make(options, {.kinds = kinds});
    std::map<std::string, std::size_t> expected, found;
    for_each_connection(options, [&](const synth::Connection& c) {
      ++expected[std::string(kinds ? synth::name_of(c.kind) : synth::label_of(c.kind))];
    });
    const FlowLabelRules rules = FlowLabelRules::try_parse(made.rules).value();
    FlowTable<CoreFlow> table({.max_flows = 10'000});
    std::uint64_t repeats = 0;
    const auto sink = [&](const auto& flow) {
      ++found[std::string(rules.label(*flow, "none"))];
      repeats += flow->duplicates;
      CHECK((flow->direction == FlowDirection::syn) == flow->tcp());
    };
    for (const Frame& frame : made.frames) table.add(parsed(frame), sink);
    table.flush(sink);
    CHECK(table.stats().flows == options.connections);
    CHECK(found == expected);
    CHECK(repeats == 0);
  }
}

TEST_CASE("connections of the same ends are kept apart") {
  // One client that asks two resolvers: ports repeat soon.
  const SynthOptions options{.connections = 4'000, .seed = 3, .attack_share = 0.0, .clients = 1};
  const Made made = make(options);
  FlowTable<CoreFlow> table({.max_flows = 10'000});
  const auto sink = [](const auto&) {};
  for (const Frame& frame : made.frames) table.add(parsed(frame), sink);
  CHECK(table.stats().flows == options.connections);
}

TEST_CASE("a seed decides every byte; a snap length cuts frames and nothing else") {
  const SynthOptions options{.connections = 100, .seed = 9};
  const Made made = make(options);
  CHECK(make(options).bytes == made.bytes);
  CHECK(make({.connections = 100, .seed = 10}).bytes != made.bytes);
  const Made cut = make(options, {.snap_length = 60});
  REQUIRE(cut.frames.size() == made.frames.size());
  for (std::size_t i = 0; i < cut.frames.size(); ++i) {
    CHECK(cut.frames[i].wire_length == made.frames[i].wire_length);
    CHECK(cut.frames[i].bytes.size() == std::min<std::size_t>(60, made.frames[i].bytes.size()));
  }
}

TEST_CASE("a segment that is sent again has the same bytes") {
  std::map<std::tuple<std::string, std::uint16_t, std::uint16_t, std::uint32_t>, std::string> seen;
  std::size_t again = 0, different = 0;
  for (const Frame& frame : made_once().frames) {
    const Packet p = parsed(frame);
    if (p.protocol != ip_protocol::tcp || p.payload.empty()) continue;
    const auto key = std::tuple(text_of(p.ip.subspan(12, 8)), p.src_port, p.dst_port, p.tcp_seq);
    const auto [place, fresh] = seen.try_emplace(key, text_of(p.payload));
    if (fresh) continue;
    ++again;
    different += place->second == text_of(p.payload) ? 0U : 1U;
  }
  CHECK(again > 0);
  CHECK(different == 0);
}

TEST_CASE("what is said is what the port promises") {
  std::size_t hellos = 0, named = 0, server_hellos = 0, questions = 0, answers = 0, requests = 0, banners = 0;
  for (const Frame& frame : made_once().frames) {
    const Packet p = parsed(frame);
    const std::string said = text_of(p.payload);
    const auto begins = [&](std::string_view text) { return said.rfind(text, 0) == 0; };
    if (p.protocol == ip_protocol::tcp && p.dst_port == 443 && begins("\x16\x03\x01")) {
      ++hellos;
      named += said.find(".example") != std::string::npos ? 1U : 0U;
    }
    server_hellos += p.protocol == ip_protocol::tcp && p.src_port == 443 && begins("\x16\x03\x03") ? 1U : 0U;
    requests += begins("GET /") ? 1U : 0U;
    banners += begins("SSH-2.0-") ? 1U : 0U;
    if (p.protocol != ip_protocol::udp || said.size() < 21) continue;
    const auto u16 = [&](std::size_t at) {
      return (static_cast<unsigned char>(said[at]) << 8) | static_cast<unsigned char>(said[at + 1]);
    };
    if (p.dst_port == 53) {
      ++questions;
      CHECK(u16(2) == 0x0100);
      CHECK(u16(4) == 1);
      std::size_t at = 12;  // labels that end where the question's type and class begin
      while (at < said.size() && said[at] != 0) at += 1U + static_cast<unsigned char>(said[at]);
      CHECK(at + 5 == said.size());
    }
    if (p.src_port == 53 && u16(2) == 0x8180) {
      ++answers;
      CHECK(u16(6) == 1);
    }
  }
  CHECK(hellos > 50);
  CHECK(named == hellos);
  CHECK(server_hellos > 50);
  CHECK(questions > 50);
  CHECK(answers > 50);
  CHECK(requests > 5);
  CHECK(banners > 5);
}

TEST_CASE("a share of the hosts speaks IPv6, within the same 1500 bytes") {
  const SynthOptions options{.connections = 800, .seed = 5, .ipv6_share = 0.4};
  std::size_t connections = 0, packets = 0;
  for_each_connection(options, [&](const synth::Connection& c) {
    connections += c.ipv6 ? 1U : 0U;
    packets += c.ipv6 ? c.packets.size() : 0U;
  });
  CHECK(connections > 200);
  CHECK(connections < 450);
  std::size_t six = 0, wrong = 0, full = 0;
  for (const Frame& frame : make(options).frames) {
    const Packet p = parsed(frame);
    full += frame.wire_length == 1'514 ? 1U : 0U;
    wrong += frame.wire_length > 1'514 || p.ip_length + 14 != frame.wire_length ? 1U : 0U;
    if (p.ip_version != 6) continue;
    ++six;
    const std::uint64_t pseudo = std::uint64_t{p.protocol} + p.l4.size() +
                                 (~packet_bytes::internet_checksum(p.ip.subspan(8, 32)) & 0xFFFFU);
    wrong += packet_bytes::internet_checksum(p.l4, pseudo) == 0 && p.src[0] == 0x20 ? 0U : 1U;
    if ((p.tcp_flags & tcp_flag::syn) != 0) wrong += p.tcp_mss == 1'440 ? 0U : 1U;
  }
  CHECK(six == packets);
  CHECK(wrong == 0);
  CHECK(full > 100);
  CHECK_THROWS_AS(for_each_connection({.ipv6_share = 1.5}, [](const synth::Connection&) {}), ConfigError);
}
