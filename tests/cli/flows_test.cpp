// weir flows and weir synth --pcap: columns, labels, threads, exit codes; and the way from a synthetic
// capture to an alarm.
#include "cli/program.hpp"
#include "traffic/packet_bytes.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <traffic/capture_files.hpp>
#include <traffic/packet_bytes.hpp>

using namespace cli_test;

namespace {

constexpr const char* core_columns =
    "src_ip,src_port,dst_ip,dst_port,protocol,start_ns,duration_ns,fwd_packets,bwd_packets,fwd_bytes,bwd_"
    "bytes,"
    "fwd_payload_bytes,bwd_payload_bytes,fin_count,syn_count,rst_count,end_reason,";

std::string rules_of(const std::string& capture) { return capture + ".rules"; }

/// A synthetic capture with rules beside it, made once.
std::string capture(const std::string& name, int connections, int seed, bool kinds = false) {
  const std::string path = folder() / name;
  if (fs::exists(path)) return path;
  std::vector<std::string> arguments{"synth",
                                     "--pcap",
                                     path,
                                     "--labels",
                                     rules_of(path),
                                     "--connections",
                                     std::to_string(connections),
                                     "--seed",
                                     std::to_string(seed),
                                     "--quiet"};
  if (kinds) arguments.push_back("--kinds");
  weir_well(arguments);
  return path;
}
std::string small() { return capture("small.pcap", 300, 4); }

std::vector<std::string> cells_of(const std::string& line) {
  std::vector<std::string> cells;
  std::istringstream in(line);
  for (std::string cell; std::getline(in, cell, ',');) cells.push_back(cell);
  return cells;
}

/// What `weir flows` writes.
std::string flows(const std::string& path, std::vector<std::string> more = {}) {
  more.insert(more.begin(), {"flows", path, "--quiet"});
  return weir_well(more).out;
}

bool ready() {
  if (!built()) return false;
  const Outcome outcome = cli_test::run_weir({"flows", folder() / "none.pcap"});
  if (outcome.err.find("built without") == std::string::npos) return true;
  MESSAGE("SKIPPED: the program weir is built without libpcap");
  return false;
}

}  // namespace

TEST_CASE("flows: the columns of profile core, one row a connection") {
  if (!ready()) return;
  const std::vector<std::string> lines = lines_of(flows(small()));
  REQUIRE(lines.size() == 301);
  CHECK(lines[0].rfind(core_columns, 0) == 0);
  const std::size_t columns = cells_of(lines[0]).size();
  CHECK(columns == 51);
  for (const std::string& line : lines) CHECK(cells_of(line).size() == columns);
}

TEST_CASE("flows: every profile has a header and as many cells in each row") {
  if (!ready()) return;
  for (const char* profile : {"core", "cic", "cic_compat", "nfstream", "cesnet", "netflow", "zeek"}) {
    for (const std::vector<std::string>& more : {std::vector<std::string>{},
                                                 {"--payload", "4", "--header-bits", "1", "--mask", "all"},
                                                 {"--early", "3"}}) {
      std::vector<std::string> arguments{"--profile", profile};
      arguments.insert(arguments.end(), more.begin(), more.end());
      const std::vector<std::string> lines = lines_of(flows(small(), arguments));
      INFO(profile);
      REQUIRE(lines.size() > 100);
      const auto commas = [](const std::string& line) { return std::count(line.begin(), line.end(), ','); };
      for (const std::string& line : lines) CHECK(commas(line) == commas(lines[0]));
    }
  }
}

TEST_CASE("flows: the result is the same for any number of threads") {
  if (!ready()) return;
  const std::string path = capture("threads.pcap", 1'500, 8);
  const std::string one = flows(path, {"--max-flows", "20000"});
  for (const char* threads : {"2", "3", "7"}) {
    CHECK(flows(path, {"--max-flows", "20000", "--threads", threads}) == one);
  }
}

TEST_CASE("flows: JSON lines hold the same values as the table") {
  if (!ready()) return;
  const std::vector<std::string> rows = lines_of(flows(small())),
                                 objects = lines_of(flows(small(), {"--json"}));
  REQUIRE(objects.size() + 1 == rows.size());
  const std::vector<std::string> names = cells_of(rows[0]), cells = cells_of(rows[1]);
  const Json first = Json::parse(objects[0]);
  REQUIRE(first.size() == names.size());
  for (std::size_t i = 0; i < names.size(); ++i) {
    const Json& value = first.at(names[i]);
    CHECK((value.is_null() ? "" : value.is_string() ? value.get<std::string>() : value.dump()) == cells[i]);
  }
}

TEST_CASE("synth --pcap: the rules label every flow as the generator made it") {
  if (!ready()) return;
  for (const bool kinds : {false, true}) {
    const std::string path = capture(kinds ? "kinds.pcap" : "labelled.pcap", 1'200, 6, kinds);
    const std::vector<std::string> lines = lines_of(flows(path, {"--labels", rules_of(path)}));
    REQUIRE(lines.size() == 1'201);
    std::map<std::string, int> counts;
    for (std::size_t i = 1; i < lines.size(); ++i) ++counts[cells_of(lines[i]).back()];
    std::map<std::string, int> rules;
    for (const std::string& line : lines_of(read_file(rules_of(path))))
      ++rules[line.substr(0, line.find(' '))];
    if (!kinds) {
      const int attacks = static_cast<int>(lines_of(read_file(rules_of(path))).size()) - 1;
      CHECK(counts["benign"] == 1'200 - attacks);
      rules["benign"] = counts["benign"];
    }
    CHECK(counts == rules);
    CHECK(counts.count("") == 0);
  }
}

TEST_CASE("synth --pcap: a summary, and what cannot be asked for together") {
  if (!ready()) return;
  const std::string path = folder() / "summary.pcap";
  const Outcome said = weir_well({"synth", "--pcap", path, "--connections", "20", "--snap", "96"});
  CHECK(said.out.rfind(path + ": 20 connections, ", 0) == 0);
  const Json json = weir_well({"synth", "--pcap", path, "--connections", "20", "--json"}).json();
  CHECK(json.at("connections") == 20);
  CHECK(json.at("packets").get<int>() > 40);
  refused({"synth", "--labels", "x"}, "--pcap");
  refused({"synth", "--pcap", path, "-o", "x.csv"}, "excludes");
  refused({"synth", "--pcap", "/nowhere/x.pcap"}, "/nowhere/x.pcap");
  refused({"synth", "--pcap", path, "--labels", "/nowhere/rules"}, "/nowhere/rules");
  refused({"synth", "--pcap", path, "--connections", "5", "--snap", "1"}, "--snap");
}

TEST_CASE("flows: a column for each first packet, byte and bit; masks take away what names hosts") {
  if (!ready()) return;
  const std::vector<std::string> names =
      cells_of(lines_of(flows(small(), {"--packets", "2", "--payload", "3", "--header-bits", "1"}))[0]);
  REQUIRE(names.size() == 51 + 2 * 4 + 3 + 1'408);
  CHECK(names[51] == "seq_size_1");
  CHECK(names[52] == "seq_direction_1");
  CHECK(names[55] == "seq_size_2");
  CHECK(names[59] == "payload_1");
  CHECK(names[62] == "header_bit_1");
  CHECK(names.back() == "header_bit_1408");

  // With the mask, what is left of the headers is the same for a capture whose addresses were changed.
  const auto bits = [&](const std::string& path) {
    std::string text;
    for (const std::string& line :
         lines_of(flows(path, {"--header-bits", "2", "--mask", "addresses,ports,checksums"}))) {
      std::string row;
      const std::vector<std::string> cells = cells_of(line);
      for (std::size_t i = 51; i < cells.size(); ++i) row.append(cells[i]).append(",");
      text += row + "\n";
    }
    return text;
  };
  const std::string key = write_file("mask.key", std::string(64, '5'));
  const std::string hidden = folder() / "hidden_hosts.pcap";
  const Outcome outcome = cli_test::run_weir({"anonymise", small(), hidden, "--key", key, "--payload",
                                              "65535", "--ports", "--quiet", "--keep", "timestamps,ip_id"});
  if (outcome.err.find("built without") != std::string::npos) return;
  REQUIRE(outcome.code == 0);
  CHECK(bits(hidden) == bits(small()));
  CHECK(flows(hidden, {"--header-bits", "2"}) != flows(small(), {"--header-bits", "2"}));
}

TEST_CASE("flows: names of servers are not in masked payload") {
  if (!ready()) return;
  const auto count = [&](const std::vector<std::string>& more) {
    // "example" as columns of payload bytes.
    std::vector<std::string> arguments{"--payload", "700", "--filter", "tcp port 443"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const std::string text = flows(small(), arguments);
    std::size_t found = 0;
    for (std::size_t at = text.find("101,120,97,109,112,108,101"); at != std::string::npos;
         at = text.find("101,120,97,109,112,108,101", at + 1)) {
      ++found;
    }
    return found;
  };
  CHECK(count({}) > 20);
  CHECK(count({"--mask", "tls"}) == 0);
}

TEST_CASE("flows: early columns stop at the packet that was asked for") {
  if (!ready()) return;
  const std::vector<std::string> lines = lines_of(flows(small(), {"--early", "4", "--packets", "6"}));
  const std::vector<std::string> names = cells_of(lines[0]);
  const auto place = [&](const char* name) {
    return static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin());
  };
  std::size_t open = 0;
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const std::vector<std::string> cells = cells_of(lines[i] + ",end");
    const int packets = std::stoi(cells[place("fwd_packets")]) + std::stoi(cells[place("bwd_packets")]);
    CHECK(packets <= 4);
    CHECK((cells[place("end_reason")] == "open") <= (packets == 4));
    CHECK(cells[place("seq_size_5")].empty());
    open += cells[place("end_reason")] == "open" ? 1U : 0U;
  }
  CHECK(open > 50);
}

TEST_CASE("flows: addresses are hidden, prefixes stay") {
  if (!ready()) return;
  const std::string key = write_file("flows.key", std::string(32, 'k'));
  const Outcome outcome = cli_test::run_weir({"flows", small(), "--anonymise", key, "--quiet"});
  if (outcome.err.find("built without") != std::string::npos) return;
  REQUIRE(outcome.code == 0);
  const std::vector<std::string> open = lines_of(flows(small())), hidden = lines_of(outcome.out);
  REQUIRE(hidden.size() == open.size());
  std::map<std::string, std::string> names;
  for (std::size_t i = 1; i < open.size(); ++i) {
    const std::vector<std::string> a = cells_of(open[i]), b = cells_of(hidden[i]);
    CHECK(a[0] != b[0]);
    CHECK(names.emplace(a[0], b[0]).first->second == b[0]);  // always the same
    CHECK(std::equal(a.begin() + 3, a.end(), b.begin() + 3));
  }
  refused({"flows", small(), "--anonymise", folder() / "no.key"}, "no.key");
  refused({"flows", small(), "--anonymise", write_file("bad.key", "short")}, "bad.key: not a key");
}

TEST_CASE("flows: nothing beside hidden addresses tells them") {
  if (!ready()) return;
  const std::string key = write_file("beside.key", std::string(32, 'k'));
  const auto hidden = [&](std::vector<std::string> more) {
    more.insert(more.begin(), {"flows", small(), "--anonymise", key, "--quiet"});
    return cli_test::run_weir(more);
  };
  const Outcome outcome = hidden({"--header-bits", "2"});
  if (outcome.err.find("built without") != std::string::npos) return;
  REQUIRE(outcome.code == 0);
  const std::vector<std::string> open = lines_of(flows(small(), {"--header-bits", "2"})),
                                 lines = lines_of(outcome.out);
  REQUIRE(lines.size() == open.size());
  // The columns are those of an open table under the masks; without them addresses are there, bit by bit.
  const std::vector<std::string> masked = lines_of(
      flows(small(), {"--header-bits", "2", "--mask", "addresses,checksums,options,timestamps,ip_id"}));
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const std::vector<std::string> a = cells_of(masked[i]), b = cells_of(lines[i]), c = cells_of(open[i]);
    REQUIRE(std::equal(a.begin() + 51, a.end(), b.begin() + 51));
    CHECK(c[51 + 96] != "");
    for (std::size_t bit = 96; bit < 160; ++bit) CHECK(b[51 + bit] == "");
  }
  const std::vector<std::string> kept =
      cells_of(lines_of(hidden({"--header-bits", "1", "--keep", "ip_id"}).out)[1]);
  CHECK(kept[51 + 32] != "");
  CHECK(kept[51 + 96] == "");

  refused({"flows", small(), "--anonymise", key, "--payload", "10"}, "--keep payload");
  CHECK(hidden({"--payload", "10", "--keep", "payload"}).code == 0);
  refused({"flows", small(), "--anonymise", key, "--keep", "addresses"}, "'addresses' is not one of");
  refused({"flows", small(), "--keep", "payload"}, "--anonymise");
}

// ------------------------------------------------------------------------------ links that are not ours

namespace {

std::string write_capture_bytes(const std::string& name, const packet_bytes::Bytes& bytes) {
  return write_file(name, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}
packet_bytes::Bytes datagram(std::uint16_t port) {
  using namespace packet_bytes;
  return ethernet({}, ipv4({}, udp({.dst_port = port}, text("hello")))).bytes;
}
/// CAN frames in front of and behind the datagrams.
std::string mixed_capture() {
  capture_files::Pcapng p;
  p.section();
  p.interface(227);
  p.interface(1);
  p.packet(0, 1, packet_bytes::filler(16).bytes);
  p.packet(1, 2, datagram(1));
  p.packet(1, 3, datagram(1));
  p.packet(0, 4, packet_bytes::filler(16).bytes);
  return write_capture_bytes("mixed.pcapng", p.bytes);
}
std::string can_capture(bool old) {
  if (old) {
    capture_files::Pcap p{.link_type = 227};
    p.add(1, 0, packet_bytes::filler(16).bytes);
    return write_capture_bytes("can.pcap", p.bytes);
  }
  capture_files::Pcapng p;
  p.section();
  p.interface(227);
  p.packet(0, 1, packet_bytes::filler(16).bytes);
  return write_capture_bytes("can.pcapng", p.bytes);
}

}  // namespace

TEST_CASE("flows, watch, anonymise: packets of foreign links are counted and named") {
  if (!ready()) return;
  const std::string told = "left out: 2 of link type 227 (CAN_SOCKETCAN), which is not known";
  for (const std::vector<std::string>& filter : {std::vector<std::string>{}, {"--filter", "udp"}}) {
    std::vector<std::string> arguments{"flows", mixed_capture()};
    arguments.insert(arguments.end(), filter.begin(), filter.end());
    const Outcome outcome = cli_test::run_weir(arguments);
    CHECK(outcome.code == 0);
    CHECK(lines_of(outcome.out).size() == 2);
    CHECK(outcome.err.find(told) != std::string::npos);
    arguments = {"watch", "--kitsune", "--read", mixed_capture()};
    arguments.insert(arguments.end(), filter.begin(), filter.end());
    const Outcome watched = cli_test::run_weir(arguments);
    CHECK(watched.code == 0);
    CHECK(watched.err.find(told) != std::string::npos);
  }
  const std::string key = write_file("links.key", std::string(32, 'k')), out = folder() / "links.pcap";
  const Outcome outcome = cli_test::run_weir({"anonymise", mixed_capture(), out, "--key", key});
  if (outcome.err.find("built without") == std::string::npos) {
    CHECK(outcome.code == 0);
    CHECK(outcome.out.find("2 packets") != std::string::npos);
    CHECK(outcome.err.find(told) != std::string::npos);
    CHECK(lines_of(flows(out)).size() == 2);
  }
}

TEST_CASE("flows, watch, anonymise: a capture of which nothing can be read is refused with its link type") {
  if (!ready()) return;
  const std::string key = write_file("refused.key", std::string(32, 'k'));
  for (const bool old : {true, false}) {
    const std::string out = folder() / "refused.out";
    refused({"flows", can_capture(old), "-o", out}, "link type 227 (CAN_SOCKETCAN)");
    refused({"flows", can_capture(old), "--filter", "tcp"}, "link type 227 (CAN_SOCKETCAN)");
    CHECK_FALSE(fs::exists(out));
    const Outcome watched = cli_test::run_weir({"watch", "--kitsune", "--read", can_capture(old), "--quiet"});
    CHECK(watched.code == 2);
    CHECK(watched.err.find("link type 227 (CAN_SOCKETCAN)") != std::string::npos);
    // The error alone: nothing was watched, and no file of alarms says so.
    const Outcome loud = cli_test::run_weir({"watch", "--kitsune", "--read", can_capture(old), "-o", out});
    CHECK(loud.code == 2);
    CHECK(loud.err.find(" packets, ") == std::string::npos);
    CHECK(lines_of(loud.err).size() == 1);
    CHECK_FALSE(fs::exists(out));
    const Outcome hidden = cli_test::run_weir({"anonymise", can_capture(old), out, "--key", key});
    CHECK(hidden.code == 2);
    CHECK_FALSE(fs::exists(out));
  }
  // Beside others the others are read.
  const Outcome both = cli_test::run_weir({"flows", mixed_capture(), can_capture(false), "--quiet"});
  CHECK(both.code == 2);
  CHECK(lines_of(both.out).size() == 2);
  CHECK(both.err.find("can.pcapng: no packet of it can be read") != std::string::npos);
}

TEST_CASE("flows: the netfilter log, and frames behind labels") {
  if (!ready()) return;
  using namespace packet_bytes;
  capture_files::Pcap log{.link_type = 239};
  for (std::uint32_t i = 0; i < 2; ++i) log.add(i, 0, nflog(2, ipv4({}, udp({}, text("hello")))).bytes);
  const std::vector<std::string> lines = lines_of(flows(write_capture_bytes("nflog.pcap", log.bytes)));
  REQUIRE(lines.size() == 2);
  CHECK(lines[1].find("10.0.0.1,49152,10.0.0.2,53,") == 0);
  log.add(2, 0, nflog(12, ipv4({}, udp({}, text("hello")))).bytes);
  const Outcome outcome = cli_test::run_weir({"flows", write_capture_bytes("nflog.pcap", log.bytes)});
  CHECK(outcome.code == 0);
  CHECK(outcome.err.find("left out: 1 of link type 239 (NFLOG), which is of family 12, which is not read") !=
        std::string::npos);
}

TEST_CASE("anonymise: flows in PPI captures and behind labels stay, and what is lost is counted") {
  if (!ready()) return;
  using namespace packet_bytes;
  const std::string key = write_file("kinds.key", std::string(32, 'k'));
  const auto count_after = [&](const std::string& name, const capture_files::Pcap& file) {
    const std::string in = write_capture_bytes(name + ".pcap", file.bytes), out = folder() / (name + ".out");
    CHECK(lines_of(flows(in)).size() == 2);
    const Outcome outcome = cli_test::run_weir({"anonymise", in, out, "--key", key});
    if (outcome.err.find("built without") != std::string::npos) return outcome.err;
    CHECK(outcome.code == 0);
    CHECK(lines_of(flows(out)).size() == 2);
    CHECK(flows(out).find("10.0.0.1") == std::string::npos);
    return outcome.err;
  };
  const Bytes fields = bytes_of({2, 0, 4, 0, 1, 2, 3, 4});
  capture_files::Pcap headers{.link_type = 192}, wires;
  for (std::uint32_t i = 0; i < 3; ++i) {
    Layer header = ppi(1, raw(joined(fields, datagram(1))));
    header.bytes[2] = std::byte{16};
    headers.add(i, 0, header.bytes);
    wires.add(i, 0, ethernet({}, mpls({16}, raw(datagram(1)))).bytes);
  }
  CHECK(count_after("ppi", headers).empty());
  CHECK(count_after("wires", wires).empty());
  headers.add(3, 0, ppi(105, raw(bytes_of({0x80, 0, 0, 0}))).bytes);  // a beacon
  const std::string told = count_after("beacon", headers);
  if (told.find("built without") == std::string::npos)
    CHECK(told.find("1 frame of which nothing could be kept") == 0);
}

TEST_CASE("flows: time stamps beyond the meter's range are counted") {
  if (!ready()) return;
  for (const std::int64_t offset : {std::int64_t{0}, std::int64_t{1} << 62, -(std::int64_t{1} << 62)}) {
    capture_files::Pcapng p;
    p.section();
    p.interface(1, 0, -1, offset);
    for (std::uint64_t i = 0; i < 3; ++i) p.packet(0, 1'700'000'000'000'000 + i, datagram(1));
    const Outcome outcome = cli_test::run_weir({"flows", write_capture_bytes("times.pcapng", p.bytes)});
    CHECK(outcome.code == 0);
    const bool told =
        outcome.err.find("; 3 time stamps more than 73 years from 1970, cut to that") != std::string::npos;
    CHECK(told == (offset != 0));
  }
}

TEST_CASE("flows, watch: a filter that lets nothing pass beside --inner is told to see outer packets") {
  if (!ready()) return;
  for (const bool watched : {false, true}) {
    for (const bool inner : {false, true}) {
      std::vector<std::string> arguments{"flows", small(), "--filter", "host 203.0.113.250"};
      if (watched) arguments = {"watch", "--kitsune", "--read", small(), "--filter", "host 203.0.113.250"};
      if (inner) arguments.emplace_back("--inner");
      const Outcome outcome = cli_test::run_weir(arguments);
      CHECK(outcome.code == 0);
      CHECK((outcome.err.find("which sees the outer packets of tunnels") != std::string::npos) == inner);
      arguments.emplace_back("--quiet");
      CHECK(cli_test::run_weir(arguments).err.empty());
    }
  }
}

TEST_CASE("flows, watch: the help names every mask") {
  if (!ready()) return;
  for (const char* command : {"flows", "watch"}) {
    std::string help = cli_test::run_weir({command, "--help"}).out;
    help.erase(std::remove(help.begin(), help.end(), '\n'), help.end());
    for (const char* name :
         {"addresses", "ports", "checksums", "ip_id", "sequence", "timestamps", "tls", "options"})
      CHECK(help.find(name, help.find("--mask")) != std::string::npos);
  }
}

TEST_CASE("anonymise: the key is not written over, by whatever name") {
  if (!ready()) return;
  const std::string key = write_file("precious.key", std::string(32, 'k'));
  for (const char* how : {"same", "soft", "hard"}) {
    std::string out = key;
    if (how != std::string("same")) {
      out = folder() / (std::string(how) + ".pcap");
      how == std::string("soft") ? fs::create_symlink(key, out) : fs::create_hard_link(key, out);
    }
    const Outcome outcome = cli_test::run_weir({"anonymise", small(), out, "--key", key});
    CHECK(outcome.code == 2);
    CHECK(read_file(key) == std::string(32, 'k'));
  }
}

/// A capture of Ethernet frames, a millisecond apart.
std::string capture_of(const std::string& name, const std::vector<packet_bytes::Layer>& frames) {
  using namespace packet_bytes;
  Bytes file;
  for (const std::uint32_t word : {0xA1B2C3D4U, 0x0004'0002U, 0U, 0U, 65'535U, 1U}) put32_little(file, word);
  std::uint32_t time = 0;
  for (const Layer& frame : frames) {
    for (const std::uint32_t word :
         {1'700'000'000U, time += 1'000, static_cast<std::uint32_t>(frame.bytes.size()),
          static_cast<std::uint32_t>(frame.bytes.size())}) {
      put32_little(file, word);
    }
    put(file, frame.bytes);
  }
  return write_file(name, std::string(reinterpret_cast<const char*>(file.data()), file.size()));
}

TEST_CASE("flows: what keeps equal addresses and ports apart") {
  if (!ready()) return;
  using namespace packet_bytes;
  const auto question = [](std::uint16_t tag) {
    return ethernet({}, vlan(tag, ipv4({}, udp({.src_port = 5'000}, filler(9)))));
  };
  const auto answer = [](std::uint16_t tag) {
    return ethernet({}, vlan(tag, ipv4({.src = "10.0.0.2", .dst = "10.0.0.1"},
                                       udp({.src_port = 53, .dst_port = 5'000}, filler(9)))));
  };
  const auto rows = [](const std::string& path, const std::vector<std::string>& more) {
    return lines_of(flows(path, more)).size() - 1;
  };
  const std::string tags = capture_of("vlan_each_way.pcap", {question(10), answer(20)});
  CHECK(rows(tags, {}) == 2);
  CHECK(rows(tags, {"--apart", "vlan,tunnel"}) == 2);
  CHECK(rows(tags, {"--apart", "tunnel"}) == 1);
  CHECK(rows(tags, {"--apart", "none"}) == 1);
  CHECK(rows(capture_of("priority.pcap", {question(0), answer(0)}), {}) == 1);
  const auto in_vxlan = [](const char* end, std::uint32_t network) {
    return ethernet({},
                    ipv4({.src = end, .dst = "172.16.0.9"},
                         udp({.src_port = 999, .dst_port = 4'789},
                             vxlan(network, ethernet({}, ipv4({}, udp({.src_port = 5'000}, filler(9))))))));
  };
  const std::string tunnels = capture_of(
      "tunnels.pcap", {in_vxlan("172.16.0.1", 1), in_vxlan("172.16.0.1", 2), in_vxlan("172.16.0.2", 2)});
  CHECK(rows(tunnels, {"--inner"}) == 2);
  CHECK(rows(tunnels, {"--inner", "--apart", "none"}) == 1);
  CHECK(rows(tunnels, {"--inner", "--apart", "outer"}) == 2);
  CHECK(rows(tunnels, {"--inner", "--apart", "tunnel,outer"}) == 3);
  refused({"flows", tags, "--apart", "vlans"}, "--apart: there is no 'vlans'");
  refused({"flows", tags, "--apart", "none,vlan"}, "--apart: 'none' stands alone");
}

TEST_CASE("flows: exit code 1 for a capture that was cut, 2 for none at all") {
  if (!ready()) return;
  const std::string bytes = read_file(small());
  const std::string cut = write_file("cut_flows.pcap", bytes.substr(0, bytes.size() - 5));
  const Outcome outcome = cli_test::run_weir({"flows", cut, "--quiet"});
  CHECK(outcome.code == 1);
  CHECK(lines_of(outcome.out).size() == 301);
  CHECK(outcome.err.find("cut_flows.pcap: behind packet") != std::string::npos);
  refused({"flows", folder() / "none.pcap"}, "none.pcap");
  refused({"flows", write_file("text.csv", "a,b\n1,2\n")}, "text.csv");
  refused({"flows", small(), "--filter", "no such filter"}, "filter");
  refused({"flows", small(), "-o", "/nowhere/flows.csv"}, "/nowhere/flows.csv");
  refused({"flows", small(), "--labels", folder() / "no.rules"}, "no.rules");
  refused({"flows", small(), "--labels", write_file("bad.rules", "dos from=noon\n")}, "line 1: 'from=noon'");
  refused({"flows", small(), "--mask", "hosts"}, "hosts");
  refused({"flows", small(), "--profile", "cores"}, "cores");
}

TEST_CASE("flows: a summary counts packets, flows and why they ended") {
  if (!ready()) return;
  const Outcome outcome = cli_test::run_weir({"flows", small(), "-o", folder() / "summary.csv"});
  CHECK(outcome.code == 0);
  CHECK(outcome.out.empty());
  CHECK(outcome.err.find("(0 ignored), 300 flows:") != std::string::npos);
  CHECK(outcome.err.find(" end_of_flow") != std::string::npos);
}

// --- From a synthetic capture to an alarm

namespace {

/// Learns attacks from one site's first five packets a flow.
std::string early_model() {
  const std::string path = folder() / "early.weir";
  if (fs::exists(path)) return path;
  const std::string day = capture("learn.pcap", 4'000, 11);
  const std::string csv = folder() / "learn.csv";
  weir_well({"flows", day, "--labels", rules_of(day), "--early", "5", "-o", csv, "--quiet"});
  weir_well({"train", csv, "--label", "label", "--benign", "benign", "--drop",
             "src_ip,dst_ip,src_port,start_ns,flow_id,end_reason", "--epochs", "8", "--model", path,
             "--quiet"});
  return path;
}

}  // namespace

TEST_CASE("watch --early: a score after n packets, that of the row of flows --early, and one at the end") {
  if (!ready()) return;
  const std::string today = capture("today.pcap", 400, 12);
  const std::vector<Json> alerts = json_lines(
      weir_well({"watch", early_model(), "--read", today, "--early", "5", "--threshold", "0", "--quiet"})
          .out);
  const std::string csv = folder() / "today.csv";
  weir_well({"flows", today, "--early", "5", "-o", csv, "--quiet"});
  // It may tell of missing cells.
  const auto predicted = cli_test::run_weir({"predict", early_model(), csv, "--json"});
  REQUIRE(predicted.code == 0);
  const std::vector<Json> rows = json_lines(predicted.out);
  const std::vector<std::string> table = lines_of(read_file(csv));
  REQUIRE(rows.size() == 400);
  std::map<int, double> early, final;  // by flow_id
  for (const Json& alert : alerts) {
    (alert.contains("early") ? early : final)[alert.at("flow_id").get<int>()] = alert.at("score");
    if (!alert.contains("early")) continue;
    const Json& flow = alert.at("flow");
    CHECK(flow.at("pkts_toserver").get<int>() + flow.at("pkts_toclient").get<int>() == 5);
    CHECK(flow.at("reason") == "open");
  }
  CHECK(final.size() == 400);
  CHECK(early.size() > 100);
  std::size_t compared = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto found = early.find(std::stoi(cells_of(table[i + 1])[17]));
    if (found == early.end()) continue;
    CHECK(found->second == doctest::Approx(rows[i].at("scores").at("attack").get<double>()));
    ++compared;
  }
  CHECK(compared == early.size());
}

TEST_CASE("watch --drift: the training's own flows have not moved, flows that end otherwise have") {
  if (!ready()) return;
  const std::string day = capture("learn.pcap", 4'000, 11);
  const std::string csv = folder() / "whole.csv", model = folder() / "whole.weir";
  weir_well({"flows", day, "--labels", rules_of(day), "-o", csv, "--quiet"});
  weir_well({"train", csv, "--label", "label", "--benign", "benign", "--drop",
             "src_ip,dst_ip,src_port,start_ns,flow_id", "--epochs", "2", "--model", model, "--quiet"});
  const auto drifts = [&](const std::string& judge) {
    std::vector<Json> found;
    for (const Json& line : json_lines(
             weir_well({"watch", judge, "--read", day, "--drift", "4000", "--threshold", "1", "--quiet"})
                 .out)) {
      if (line.at("event_type") == "drift" && line.at("flows") == 4'000) found.push_back(line);
    }
    return found;
  };
  for (const Json& line : drifts(model)) {
    CHECK(line.at("features_moved") == 0);
    CHECK_FALSE(line.contains("scores"));
  }
  const std::vector<Json> other = drifts(early_model());  // it knows the first five packets of a flow only
  REQUIRE(other.size() == 1);
  CHECK(other[0].at("features_moved").get<int>() > 3);
  REQUIRE(other[0].at("features").size() == 3);
  CHECK(other[0].at("features")[0].at("psi").get<double>() >=
        other[0].at("features")[2].at("psi").get<double>());
  CHECK(other[0].contains("timestamp"));
  refused({"watch", early_model(), "--read", small(), "--drift", "1"}, "--drift");
}

TEST_CASE("watch finds the columns of first packets, payload and headers that a model reads") {
  if (!ready()) return;
  const std::string day = capture("learn.pcap", 4'000, 11);
  const std::string csv = folder() / "sequences.csv", model = folder() / "sequences.weir";
  weir_well(
      {"flows", day, "--labels", rules_of(day), "--packets", "6", "--payload", "8", "-o", csv, "--quiet"});
  std::string drop;
  const std::vector<std::string> names = cells_of(lines_of(read_file(csv))[0]);
  for (std::size_t i = 0; i < 51; ++i) drop += names[i] + ",";
  for (std::size_t i = 51 + 24; i < 51 + 24 + 8; ++i) drop += names[i] + ",";
  drop.pop_back();
  weir_well({"train", csv, "--label", "label", "--benign", "benign", "--drop", drop, "--sequence", "6x4",
             "--layers", "gru:8", "--epochs", "2", "--model", model, "--quiet"});
  const std::string today = capture("today.pcap", 400, 12);
  const std::string table = folder() / "today_sequences.csv";
  weir_well({"flows", today, "--packets", "6", "-o", table, "--quiet"});
  const auto predicted =
      cli_test::run_weir({"predict", model, table, "--json"});  // may tell of missing cells
  REQUIRE(predicted.code == 0);
  const std::vector<Json> rows = json_lines(predicted.out);
  const std::vector<Json> alerts =
      json_lines(weir_well({"watch", model, "--read", today, "--threshold", "0", "--quiet"}).out);
  REQUIRE(rows.size() == 400);
  REQUIRE(alerts.size() == rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    CHECK(alerts[i].at("score") == rows[i].at("scores").at("attack"));
    for (const char* end : {"src_ip", "src_port", "dest_ip", "dest_port", "proto"}) {
      if (alerts[i].contains(end)) CHECK(alerts[i].at(end) == rows[i].at(end));
    }
    CHECK(alerts[i].at("flow").at("start") == rows[i].at("timestamp"));
  }
}

#if __has_include(<zstd.h>)
TEST_CASE("flows, watch: a capture packed by zstd, plain and cut") {
  if (!ready()) return;
  const std::string bytes = read_file(small());
  const auto* const first = reinterpret_cast<const std::byte*>(bytes.data());
  packet_bytes::Bytes packed = capture_files::zstd({first, first + bytes.size()});
  const std::string path = write_capture_bytes("small.pcap.zst", packed);
  CHECK(flows(path) == flows(small()));
  CHECK(flows(folder() / "small.pcap.z*") == flows(small()));
  CHECK(cli_test::run_weir({"watch", "--kitsune", "--read", path, "--quiet"}).code == 0);
  packed.resize(packed.size() - 3);
  const Outcome cut = cli_test::run_weir({"flows", write_capture_bytes("cut.pcap.zst", packed), "--quiet"});
  CHECK(cut.code == 1);
  CHECK(cut.err.find("zstd data end too early") != std::string::npos);
}
#endif

TEST_CASE("flows: the captures of a folder, and which one a flow is of") {
  if (!ready()) return;
  const fs::path in = fs::path(folder() / "captures") / "deep";
  fs::create_directories(in);
  const std::string one = capture("one.pcap", 40, 7);
  fs::copy_file(one, in / "one.bin", fs::copy_options::overwrite_existing);
  std::ofstream(in / "notes.txt") << "nothing\n";
  const Outcome outcome = run_weir({"flows", folder() / "captures", "--source-column"});
  CHECK(outcome.code == 0);
  CHECK(outcome.err.find("notes.txt is no capture (text)") != std::string::npos);
  const auto lines = lines_of(outcome.out), bare = lines_of(flows(one));
  REQUIRE(lines.size() == bare.size());
  CHECK(lines[0] == bare[0] + ",capture");
  for (std::size_t i = 1; i < lines.size(); ++i) CHECK(lines[i] == bare[i] + "," + (in / "one.bin").string());
  CHECK(flows(folder() / "captures/*/one.*") == flows(one));
  CHECK(lines_of(flows(one, {"--count", "1"})).size() == 2);
  std::ofstream(in / "empty.bin").close();
  CHECK(flows(folder() / "captures/*/*.bin") ==
        flows(one));  // what fits and is none is passed over, as in a folder
  refused({"flows", in / "empty.*"}, "there is no capture among the files that fit");
  refused({"flows"}, "needs CAPTURE or --interface IF");
  refused({"flows", one, "--interface", "lo"}, "");
  refused({"flows", in / "*.cap"}, "there is no such file, and none that fits");
}
