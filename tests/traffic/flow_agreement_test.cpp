// The nDPI captures: packets, bytes, lengths and durations of every TCP and UDP key against nDPI's own
// results (WEIR_DATA/ndpi/flows.csv.gz, bytes there are captured bytes). Every class of disagreement is
// reported.
#include <weir/traffic/capture.hpp>
#include <weir/traffic/features/core.hpp>
#include <weir/traffic/features/flow_moments.hpp>
#include <weir/traffic/flow/flow_output.hpp>
#include <weir/traffic/flow/flow_table.hpp>
#include <weir/traffic/flow/label_rules.hpp>

#include <doctest/doctest.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

namespace {

using namespace weir;  // NOLINT: a test

/// Two ends as text, in the order of the texts, protocol and tag.
using Key = std::tuple<std::string, std::uint16_t, std::string, std::uint16_t, std::string, std::string>;

struct Side {
  std::uint64_t packets = 0, bytes = 0;
  FlowMoments lengths{}, first_parts{};
};
struct Sum {
  std::array<Side, 2> sides{};  // from the key's first end; from its second
  std::int64_t start = greatest_time_ns, end = -greatest_time_ns;
  int rows = 0;
  bool fragments = false;
};
struct Named {
  Key key;
  bool swapped = false;
};

Named named(const std::string& src, std::uint16_t src_port, const std::string& dst, std::uint16_t dst_port,
            const std::string& protocol, const std::string& vlan) {
  const bool swap = std::pair(dst, dst_port) < std::pair(src, src_port);
  return {swap ? Key(dst, dst_port, src, src_port, protocol, vlan)
               : Key(src, src_port, dst, dst_port, protocol, vlan),
          swap};
}

/// What each packet adds to its flow beside the core: captured lengths, with and without later fragments.
struct CapturedLengths {
  struct State {
    void add(const FlowBase& flow, const FlowPacket& p, std::span<std::byte>) noexcept {
      static_cast<void>(flow);
      lengths[p.side].add(p.packet.captured_length);
      if (!p.packet.later_fragment) first_parts[p.side].add(p.packet.captured_length);
    }
    std::array<FlowMoments, 2> lengths{}, first_parts{};
  };
  static std::size_t memory_bytes(const FlowFeatureOptions&) { return 0; }
};

/// An address as RFC 5952 writes it; nDPI shortens single groups of zeros as well.
std::string canonical(const std::string& address) {
  const std::optional<IpPrefix> parsed = parse_prefix(address);
  return parsed ? address_text(parsed->address, parsed->ip_version) : address;
}

std::map<Key, Sum> meter(const std::string& path) {
  std::map<Key, Sum> result;
  Result<CaptureReader> reader = CaptureReader::try_open(path);
  if (!reader) return result;
  FlowTable<CapturedLengths> table({.max_flows = 20'000});
  const auto keep = [&](const auto& flow) {
    const char* protocol = flow->tcp() ? "TCP" : flow->key.protocol == ip_protocol::udp ? "UDP" : nullptr;
    if (protocol == nullptr) return;
    const std::uint8_t v = flow->key.ip_version;
    const std::string vlan = flow->key.vlan_count == 0 ? "" : std::to_string(flow->key.vlan[0]);
    const Named name = named(address_text(flow->address(0), v), flow->port(0),
                             address_text(flow->address(1), v), flow->port(1), protocol, vlan);
    Sum& sum = result[name.key];
    for (std::size_t s = 0; s < 2; ++s) {
      Side& side = sum.sides[name.swapped ? 1 - s : s];
      const FlowMoments& lengths = flow.template state<CapturedLengths>().lengths[s];
      side.packets += flow->sides[s].packets;
      side.bytes += lengths.sum();
      side.lengths.merge(lengths);
      side.first_parts.merge(flow.template state<CapturedLengths>().first_parts[s]);
    }
    sum.start = std::min(sum.start, flow->start_ns);
    sum.end = std::max(sum.end, flow->end_ns());
    sum.fragments = sum.fragments || flow->fragments > 0;
    ++sum.rows;
  };
  for (Packet p; reader->next(p);) table.add(p, keep);
  table.flush(keep);
  return result;
}

std::vector<std::string> fields_of(const std::string& line) {
  std::vector<std::string> fields(1);
  bool quoted = false;
  for (const char c : line) {
    if (c == '"') {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      fields.emplace_back();
    } else {
      fields.back() += c;
    }
  }
  return fields;
}

std::vector<std::map<std::string, std::string>> rows_of(const std::string& path) {
  std::vector<std::map<std::string, std::string>> rows;
  gzFile file = gzopen(path.c_str(), "rb");
  if (file == nullptr) return rows;
  std::vector<std::string> header;
  std::array<char, 1 << 16> line{};
  while (gzgets(file, line.data(), static_cast<int>(line.size())) != nullptr) {
    std::string text = line.data();
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
    const std::vector<std::string> fields = fields_of(text);
    if (header.empty()) {
      header = fields;
      continue;
    }
    auto& row = rows.emplace_back();
    for (std::size_t i = 0; i < header.size() && i < fields.size(); ++i) row[header[i]] = fields[i];
  }
  gzclose(file);
  return rows;
}

std::uint64_t number(const std::string& text) { return std::strtoull(text.c_str(), nullptr, 10); }

struct Expected {
  Sum sum{};
  std::vector<std::array<std::string, 9>>
      statistics{};  // lengths of both directions and the duration, one row
  bool swapped = false;
};

/// Do minimum, mean, maximum and standard deviation agree, rounded to whole bytes (halves either way)?
bool lengths_agree(const FlowMoments& m, const std::string* texts) {
  const std::array<double, 4> ours{static_cast<double>(m.min()), m.mean(), static_cast<double>(m.max()),
                                   m.population_std()};
  for (std::size_t i = 0; i < 4; ++i) {
    if (texts[i].empty()) continue;
    if (std::abs(ours[i] - std::strtod(texts[i].c_str(), nullptr)) > 1.0) return false;
  }
  return true;
}

TEST_CASE("nDPI captures: the counts of at least 99 % of the keys agree") {
  const char* data = std::getenv("WEIR_DATA");
  const std::string folder = data == nullptr ? "" : std::string(data) + "/ndpi";
  if (!std::filesystem::exists(folder + "/flows.csv.gz")) {
    MESSAGE("SKIPPED: WEIR_DATA names no folder with ndpi/flows.csv.gz");
    return;
  }
  std::map<std::string, std::map<Key, Expected>> expected;
  for (auto& row : rows_of(folder + "/flows.csv.gz")) {
    if (row["l4"] != "TCP" && row["l4"] != "UDP") continue;
    const Named name =
        named(canonical(row["src"]), static_cast<std::uint16_t>(number(row["sport"])), canonical(row["dst"]),
              static_cast<std::uint16_t>(number(row["dport"])), row["l4"], row["vlan"]);
    Expected& e = expected[row["pcap"]][name.key];
    e.swapped = name.swapped;
    Side& there = e.sum.sides[name.swapped ? 1 : 0];
    Side& back = e.sum.sides[name.swapped ? 0 : 1];
    there.packets += number(row["c2s_pkts"]);
    there.bytes += number(row["c2s_bytes"]);
    back.packets += number(row["s2c_pkts"]);
    back.bytes += number(row["s2c_bytes"]);
    ++e.sum.rows;
    e.statistics.push_back({row["len_min_c2s"], row["len_avg_c2s"], row["len_max_c2s"], row["len_std_c2s"],
                            row["len_min_s2c"], row["len_avg_s2c"], row["len_max_s2c"], row["len_std_s2c"],
                            row["duration"]});
  }
  REQUIRE(expected.size() > 300);

  std::map<std::string, int> classes;
  std::map<std::string, std::string> examples;
  int keys = 0;
  int agree = 0;
  int explained = 0;
  int directions = 0;
  int lengths = 0;
  int durations = 0;
  int timed = 0;
  for (const auto& [file, flows] : expected) {
    const std::string& capture = file;  // clang 14 captures no structured binding
    const std::map<Key, Sum> ours = meter(folder + "/pcap/" + capture);
    for (const auto& [key, e] : flows) {
      ++keys;
      const auto found = ours.find(key);
      const auto note = [&](const char* what) {
        ++classes[what];
        std::string& text = examples[what];
        if (text.find(capture) == std::string::npos) text += " " + capture;
      };
      if (found == ours.end()) {
        note("not in the outer packets (tunnels, malformed)");
        continue;
      }
      const Sum& o = found->second;
      bool packets = true;
      bool bytes = true;
      bool first_parts = o.fragments;
      for (std::size_t s = 0; s < 2; ++s) {
        packets = packets && o.sides[s].packets == e.sum.sides[s].packets;
        bytes = bytes && o.sides[s].bytes == e.sum.sides[s].bytes;
        first_parts = first_parts && o.sides[s].first_parts.count() == e.sum.sides[s].packets &&
                      o.sides[s].first_parts.sum() == e.sum.sides[s].bytes;
      }
      if (!packets || !bytes) {
        const std::uint64_t a = o.sides[0].packets + o.sides[1].packets;
        const std::uint64_t b = e.sum.sides[0].packets + e.sum.sides[1].packets;
        explained += first_parts ? 1 : 0;
        note(first_parts ? "later fragments, which nDPI does not count"
             : a > b     ? "more packets than nDPI"
             : a < b     ? "fewer packets than nDPI"
             : !packets  ? "directions of packets differ"
                         : "bytes differ");
        continue;
      }
      ++agree;
      if (e.sum.rows != 1) continue;
      const auto& texts = e.statistics[0];
      for (std::size_t s = 0; s < 2; ++s) {
        if (texts[4 * s].empty()) continue;
        ++directions;
        lengths += lengths_agree(o.sides[e.swapped ? 1 - s : s].lengths, &texts[4 * s]) ? 1 : 0;
      }
      if (texts[8].empty() || texts[8][0] == '<') continue;
      ++timed;
      const double duration = static_cast<double>(o.end - o.start) / 1e9;
      durations += std::abs(duration - std::strtod(texts[8].c_str(), nullptr)) <= 0.0101 ? 1 : 0;
    }
  }
  MESSAGE(agree << " of " << keys << " keys agree in packets and bytes, " << explained
                << " more without later fragments, " << lengths << " of " << directions
                << " flow directions in lengths, " << durations << " of " << timed << " flows in duration");
  for (const auto& [what, count] : classes) MESSAGE(count << " " << what << ":" << examples[what]);
  CHECK(agree + explained >= 0.99 * keys);
  CHECK(lengths == directions);
  CHECK(durations >= 0.98 * timed);
}

}  // namespace
