// Captures of folders and patterns, and the loop over what they hold.
#include <weir/traffic/capture.hpp>
#if __has_include(<zstd.h>)
#include <weir/traffic/capture/unzstd.hpp>
#endif
#include <weir/traffic/features/flow_features.hpp>
#include <weir/traffic/flow/flow_table.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "traffic/capture_files.hpp"

namespace {

using namespace weir;           // NOLINT: a test
using namespace capture_files;  // NOLINT
using namespace packet_bytes;   // NOLINT

/// Packets to these ports, a second apart.
Bytes capture(std::uint32_t first_s, const std::vector<std::uint16_t>& ports) {
  Pcap file;
  for (const std::uint16_t port : ports)
    file.add(first_s++, 0, ethernet({}, ipv4({}, udp({.src_port = 5, .dst_port = port}))).bytes);
  return file.bytes;
}

std::string refusal(const std::vector<std::string>& places) {
  const Result<FoundCaptures> found = try_find_captures(places);
  return found ? std::string() : found.error().what;
}

}  // namespace

TEST_CASE("captures of a folder are told by what they hold, and come in the order of their paths") {
  const Folder folder;
  std::filesystem::create_directories(folder.path("in/b"));
  std::filesystem::create_directories(folder.path("none"));
  const std::string second = folder.file("in/b/day.txt", capture(1, {7}));
  const std::string first = folder.file("in/a.bin", gzip(capture(1, {7})));
  const std::string notes = folder.file("in/notes.pcap", text("hello\n").bytes);
  const std::string third = folder.file("one.cap", capture(1, {7}));

  const FoundCaptures found = find_captures({folder.path("in"), third, "-"});
  CHECK(found.captures == std::vector<std::string>{first, second, third, "-"});
  REQUIRE(found.others.size() == 1);
  CHECK(found.others[0].first == notes);
  CHECK(found.others[0].second == "text");

  CHECK(find_captures({folder.path("*.cap")}).captures == std::vector<std::string>{third});
  CHECK(find_captures({folder.path("[io]n*")}).captures == std::vector<std::string>{first, second, third});
  CHECK(refusal({folder.path("*.pcapng")}).ends_with(": there is no such file, and none that fits"));
  CHECK(refusal({folder.path("none")}).ends_with(": there is no capture in the folder"));
  CHECK(refusal({folder.path("in/notes.*")}).ends_with(": there is no capture among the files that fit"));
  // What is named is taken as it is: opening it says what is wrong.
  CHECK(find_captures({notes, folder.path("nowhere")}).captures.size() == 2);
  const std::string odd = folder.file("a[1].cap", capture(1, {7}));
  CHECK(find_captures({odd}).captures == std::vector<std::string>{odd});
}

TEST_CASE("of what fits a pattern, files that are no capture are told and the others found") {
  const Folder folder;
  const Bytes bytes = capture(1, {7});
  const std::string whole = folder.file("b.pcap", bytes);
  const std::string empty = folder.file("a.pcap", Bytes{});
  const std::string cut = folder.file("c.pcap", std::span(bytes).first(10));
  std::filesystem::create_directories(folder.path("d.pcap"));
  const FoundCaptures found = find_captures({folder.path("*.pcap")});
  CHECK(found.captures == std::vector<std::string>{whole});
  CHECK(found.others == std::vector<std::pair<std::string, std::string>>{
                            {empty, "an empty file"}, {cut, "a packet capture (pcap), cut or damaged"}});
}

#if __has_include(<zstd.h>)
TEST_CASE("captures that are packed are found by who can unpack them") {
  const Folder folder;
  const std::string packed = folder.file("a.zst", zstd(capture(1, {7})));
  CHECK(find_captures({folder.path("*")}, unpack_zstd).captures == std::vector<std::string>{packed});
  CHECK_FALSE(try_find_captures(std::vector{folder.path("*")}).ok());
  PacketSource source = PacketSource::open({.captures = {packed}, .unpacking = unpack_zstd});
  source.run([](const Packet&) {}, [](std::int64_t) {});
  CHECK(source.packets() == 1);
}
#endif

TEST_CASE("a packet knows its capture, and a flow that of its first packet") {
  const Folder folder;
  const std::string late = folder.file("late.pcap", capture(3, {7, 9}));
  const std::string early = folder.file("early.pcap", capture(1, {7, 8}));
  PacketSource source = PacketSource::open({.captures = {late, early}});
  CHECK_FALSE(source.live());
  FlowTable<CoreFlow> table;
  std::map<std::uint16_t, std::string> captures;
  const auto note = [&](const auto& flow) { captures[flow->port(1)] = source.name(flow->capture); };
  source.run([&](const Packet& packet) { table.add(packet, note); }, [](std::int64_t) {});
  table.flush(note);
  CHECK(source.packets() == 4);
  CHECK(captures == std::map<std::uint16_t, std::string>{{7, early}, {8, early}, {9, late}});
  CHECK(source.failures().empty());
  CHECK(source.readable());
}

TEST_CASE("the loop ends after a number of packets, or when it is stopped") {
  const Folder folder;
  const std::string path = folder.file("a.pcap", capture(1, {1, 2, 3, 4}));
  const auto packets = [](PacketSource source, std::uint64_t stop_at) {
    source.run(
        [&](const Packet&) {
          if (source.packets() == stop_at) source.stop();
        },
        [](std::int64_t) {});
    return source.packets();
  };
  CHECK(packets(PacketSource::open({.captures = {path}, .count = 3}), 0) == 3);
  CHECK(packets(PacketSource::open({.captures = {path}}), 2) == 2);
  CHECK(packets(PacketSource::open({.captures = {path}}), 0) == 4);
}
