// Captures: what was written byte by byte is read back, in both formats, byte orders and clocks, plain and
// gzip; cut at every byte; filtered, merged, written again.
#include <weir/traffic/capture.hpp>
#if __has_include(<zstd.h>)
#include <weir/traffic/capture/unzstd.hpp>
#endif

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include <traffic/capture_files.hpp>
#include <traffic/packet_bytes.hpp>

using namespace weir;
using namespace packet_bytes;
using capture_files::Folder;
using capture_files::gzip;
#if __has_include(<zstd.h>)
using capture_files::zstd;
#endif
using capture_files::Pcap;
using capture_files::Pcapng;

namespace {

constexpr std::int64_t second = 1'000'000'000;

Bytes frame_of(std::uint16_t port, std::size_t payload = 5) {
  return ethernet({}, ipv4({}, udp({.dst_port = port}, filler(payload)))).bytes;
}

struct Seen {
  std::int64_t time_ns;
  std::uint16_t port;
  std::uint32_t wire;
  int link_type;
  bool operator==(const Seen&) const = default;
};

/// Takes all packets out of a reader.
template <class Reader>
std::vector<Seen> all_of(Reader& reader) {
  std::vector<Seen> out;
  for (Packet p; reader.next(p);) out.push_back({p.time_ns, p.dst_port, p.wire_length, p.link_type});
  return out;
}
std::vector<Seen> read_all(const std::string& path, const CaptureOptions& options = {}) {
  CaptureReader reader = CaptureReader::open(path, options);
  std::vector<Seen> out = all_of(reader);
  CHECK(reader.ended());
  CHECK(reader.status().ok());
  CHECK(reader.packets() == out.size());
  return out;
}
std::vector<std::uint16_t> ports_of(const std::vector<Seen>& seen) {
  std::vector<std::uint16_t> out;
  for (const Seen& s : seen) out.push_back(s.port);
  return out;
}
bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// Three packets in each format.
Bytes small_pcap() {
  Pcap p;
  for (std::uint16_t i = 1; i <= 3; ++i) p.add(i, 0, frame_of(i));
  return p.bytes;
}
Bytes small_pcapng() {
  Pcapng p;
  p.section();
  p.interface(1);
  p.block(5, filler(8).bytes);  // statistics, which nobody needs here
  for (std::uint16_t i = 1; i <= 3; ++i) p.packet(0, i * 1'000'000U, frame_of(i));
  return p.bytes;
}
Bytes forty_packets() {
  Pcap p;
  for (std::uint16_t i = 1; i <= 40; ++i) p.add(i, 0, frame_of(i, 100));
  return p.bytes;
}

/// A packed capture of forty packets, cut at any place.
void cuts_are_found_out(const Bytes& packed, const CaptureOptions& options, const std::string& why) {
  const Folder folder;
  for (std::size_t n = 2; n < packed.size(); n += 3) {
    CAPTURE(n);
    const std::string path = folder.file("cut", std::span(packed).first(n));
    Result<CaptureReader> reader = CaptureReader::try_open(path, options);
    if (reader) {
      CHECK(all_of(*reader).size() <= 40);
      REQUIRE_FALSE(reader->status().ok());
      CHECK(contains(reader->status().error().what, why));
    } else {
      CHECK(reader.error().what.ends_with(why));
    }
  }
}

}  // namespace

TEST_CASE("capture: pcap in either byte order, micro- and nanoseconds, plain and gzip") {
  const Folder folder;
  for (const bool little : {true, false}) {
    for (const bool nanoseconds : {true, false}) {
      Pcap p{.little = little, .nanoseconds = nanoseconds};
      p.add(1'700'000'000, 123'456, frame_of(7), 900);
      p.add(4'000'000'000, 999'999, frame_of(8));  // after 2038
      const std::int64_t unit = nanoseconds ? 1 : 1'000;
      const std::uint32_t size = static_cast<std::uint32_t>(frame_of(8).size());
      const std::vector<Seen> truth{{1'700'000'000 * second + 123'456 * unit, 7, 900, 1},
                                    {4'000'000'000 * second + 999'999 * unit, 8, size, 1}};
      CHECK(read_all(folder.file("a.pcap", p.bytes)) == truth);
      CHECK(read_all(folder.file("a.pcap.gz", gzip(p.bytes))) == truth);
    }
  }
}

TEST_CASE("capture: pcapng in either byte order, with clocks of any resolution") {
  const Folder folder;
  for (const bool little : {true, false}) {
    Pcapng p{.little = little};
    p.section();
    p.interface(1);                       // microseconds
    p.interface(1, 0, 9);                 // nanoseconds
    p.interface(1, 0, 12);                // picoseconds
    p.interface(1, 0, 0);                 // seconds
    p.interface(1, 0, 0x80 | 32);         // 2^-32 s
    p.interface(1, 0, 3, 1'000'000'000);  // milliseconds since some day in 2001
    p.interface(1, 0, 19);
    p.interface(1, 0, 0x80 | 63);
    p.packet(0, 1'500'000, frame_of(1));
    p.packet(1, 1'500'000'001, frame_of(2));
    p.packet(2, 1'500'000'001'999, frame_of(3));
    p.packet(3, 7, frame_of(4));
    p.packet(4, (std::uint64_t{3} << 32) | 0x8000'0000, frame_of(5));
    p.packet(5, 1'500, frame_of(6), 70);
    p.packet(6, 15'000'000'000'000'000'000U, frame_of(7));
    p.packet(7, 0xC000'0000'0000'0000U, frame_of(8));
    p.obsolete_packet(1, 9, frame_of(9));
    p.simple_packet(60, frame_of(10, 18));
    p.packet(3, 0xFFFF'FFFF'FFFF'FFFFU, frame_of(11));  // a time that cannot be
    const std::uint32_t size = static_cast<std::uint32_t>(frame_of(1).size());
    const std::vector<Seen> truth{{1'500'000'000, 1, size, 1},
                                  {1'500'000'001, 2, size, 1},
                                  {1'500'000'001, 3, size, 1},
                                  {7 * second, 4, size, 1},
                                  {3'500'000'000, 5, size, 1},
                                  {1'000'000'001'500'000'000, 6, 70, 1},
                                  {1'500'000'000, 7, size, 1},
                                  {1'500'000'000, 8, size, 1},
                                  {9, 9, size, 1},
                                  {0, 10, 60, 1},
                                  {9'000'000'000 * second, 11, size, 1}};
    CHECK(read_all(folder.file("a.pcapng", p.bytes)) == truth);
    CHECK(read_all(folder.file("a.pcapng.gz", gzip(p.bytes))) == truth);
  }
}

TEST_CASE("capture: a pcapng file with interfaces of different links and snap lengths, and two sections") {
  const Folder folder;
  const Bytes packet = ipv4({}, udp({.dst_port = 5}, filler(5))).bytes;
  Pcapng p;
  p.section();
  p.interface(1, 65'535);
  p.interface(101, 128);
  p.packet(1, 1, packet);
  p.packet(0, 2, frame_of(6));
  p.little = false;
  p.section();
  p.interface(113, 40);
  p.packet(0, 3, linux_cooked(ipv4({}, udp({.dst_port = 7}))).bytes);
  p.simple_packet(400, Bytes(40));  // cut by the first interface's snap length
  const std::string path = folder.file("a.pcapng", p.bytes);
  const std::vector<Seen> seen = read_all(path);
  CHECK(ports_of(seen) == std::vector<std::uint16_t>{5, 6, 7, 0});
  CHECK(seen[0].link_type == 101);
  CHECK(seen[1].link_type == 1);
  CHECK(seen[2].link_type == 113);
  CHECK(seen[3].wire == 400);
  CHECK(CaptureReader::open(path).link_type() == 1);
  // the same filter, compiled for each link
  CHECK(ports_of(read_all(path, {.filter = "udp port 5 or udp port 7"})) == std::vector<std::uint16_t>{5, 7});
}

TEST_CASE("capture: filters; one that makes no sense is refused when the file is opened") {
  const Folder folder;
  for (const Bytes& bytes : {small_pcap(), small_pcapng()}) {
    const std::string path = folder.file("a", bytes);
    CHECK(ports_of(read_all(path, {.filter = "udp dst port 2"})) == std::vector<std::uint16_t>{2});
    CHECK(read_all(path, {.filter = "tcp"}).empty());
    const Result<CaptureReader> bad = CaptureReader::try_open(path, {.filter = "tcp porto 2"});
    REQUIRE_FALSE(bad.ok());
    CHECK(bad.error().kind == ErrorKind::config);
    CHECK(contains(bad.error().what, "tcp porto 2"));
    CHECK(contains(bad.error().what, path));
  }
}

// ------------------------------------------------------------------------------ links that are not ours

namespace {

constexpr int can = 227, usb = 220, bluetooth = 201;

CaptureReader ended(const std::string& path, const CaptureOptions& options,
                    std::vector<std::uint16_t>& ports) {
  CaptureReader reader = CaptureReader::open(path, options);
  ports = ports_of(all_of(reader));
  CHECK(reader.status().ok());
  return reader;
}

}  // namespace

TEST_CASE("capture: frames and interfaces of foreign links do not end a file, wherever they stand") {
  const Folder folder;
  for (const int foreign : {can, usb, bluetooth, 147, 999}) {
    for (std::uint32_t place = 0; place < 3; ++place) {  // before, between and behind the others
      for (const char* filter : {"", "udp", "udp dst port 1 or udp dst port 2"}) {
        CAPTURE(foreign);
        CAPTURE(place);
        CAPTURE(filter);
        Pcapng p;
        p.section();
        for (std::uint32_t i = 0; i < 3; ++i) p.interface(i == place ? foreign : 1);
        for (std::uint32_t i = 0; i < 3; ++i) {
          p.packet(i, i, i == place ? filler(16).bytes : frame_of(static_cast<std::uint16_t>(i)));
        }
        p.packet(place, 5, filler(16).bytes);
        p.packet((place + 1) % 3, 6, frame_of(1));
        const std::string path = folder.file("a.pcapng", p.bytes);
        std::vector<std::uint16_t> ports;
        const CaptureReader reader = ended(path, {.filter = filter}, ports);
        const bool filtered = filter[0] != '\0';
        CHECK(std::count(ports.begin(), ports.end(), std::uint16_t{1}) == (place == 1 ? 1 : 2));
        CHECK(ports.size() >= (filtered ? 2U : 5U));
        CHECK(ports.size() <= (filtered ? 3U : 5U));
        CHECK(reader.readable().ok());
        const LeftOut left = reader.left_out();
        REQUIRE(left.kinds().size() == 1);
        CHECK(left.frames() == 2);
        CHECK(left.kinds()[0].link_type == foreign);
        CHECK(contains(left.text(), "2 of link type " + std::to_string(foreign)));
        CHECK(contains(left.text(), "is not known"));
      }
    }
  }
}

TEST_CASE(
    "capture: a file of foreign links alone is read to its end, and says that nothing was in it for us") {
  const Folder folder;
  for (const char* filter : {"", "tcp"}) {
    Pcapng p;
    p.section();
    p.interface(can);
    std::vector<std::uint16_t> ports;
    CHECK(ended(folder.file("none.pcapng", p.bytes), {.filter = filter}, ports).readable().ok());
    for (int i = 0; i < 3; ++i) p.packet(0, 1, filler(16).bytes);
    const std::string path = folder.file("can.pcapng", p.bytes);
    const Status readable = ended(path, {.filter = filter}, ports).readable();
    REQUIRE_FALSE(readable.ok());
    CHECK(readable.error().kind == ErrorKind::format);
    CHECK(contains(readable.error().what, path));
    CHECK(contains(readable.error().what, "3 of link type 227 (CAN_SOCKETCAN), which is not known"));
    Pcap old{.link_type = can};
    old.add(1, 0, filler(16).bytes);
    const std::string old_path = folder.file("can.pcap", old.bytes);
    if (filter[0] == '\0') {
      const CaptureReader reader = CaptureReader::open(old_path);  // at once
      REQUIRE_FALSE(reader.readable().ok());
      CHECK(contains(reader.readable().error().what, "link type 227 (CAN_SOCKETCAN) is not known"));
      continue;
    }
    const Result<CaptureReader> refused = CaptureReader::try_open(old_path, {.filter = filter});
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().kind == ErrorKind::config);
    CHECK(contains(refused.error().what, "\"tcp\": not possible for link type 227 (CAN_SOCKETCAN)"));
  }
  Pcap good;
  good.begin();
  CHECK(CaptureReader::open(folder.file("good.pcap", good.bytes)).readable().ok());
}

TEST_CASE("capture: a filter is used where its words have a meaning") {
  const Folder folder;
  Pcapng p;
  p.section();
  p.interface(1);
  p.interface(105);
  p.interface(239);
  p.packet(0, 1, frame_of(1));
  p.packet(1, 2, wifi(ipv4({}, udp({.dst_port = 2}))).bytes);
  p.packet(2, 3, nflog(2, ipv4({}, udp({.dst_port = 3}))).bytes);
  const std::string path = folder.file("a.pcapng", p.bytes);
  std::vector<std::uint16_t> ports;
  CaptureReader reader = ended(path, {.filter = "type data"}, ports);  // of 802.11 only
  CHECK(ports == std::vector<std::uint16_t>{2});
  CHECK(reader.left_out().frames() == 2);
  CHECK(contains(reader.left_out().text(), "1 of link type 1 (EN10MB), which has no such filter ("));
  CHECK(contains(reader.left_out().text(), "1 of link type 239 (NFLOG), which has no such filter ("));
  reader = ended(path, {.filter = "udp"}, ports);
  CHECK(ports == std::vector<std::uint16_t>{1, 2});
  CHECK_FALSE(CaptureReader::try_open(path, {.filter = "type nonsense"}).ok());
}

TEST_CASE("capture: a frame of any foreign link may be longer than one of a network") {
  const Folder folder;
  for (const std::uint16_t link : {std::uint16_t{227}, std::uint16_t{201}, std::uint16_t{147}}) {
    CAPTURE(link);
    Pcapng p;
    p.section();
    p.interface(1);
    p.interface(link);
    p.packet(0, 1, frame_of(5));
    p.packet(1, 2, Bytes(300'000, std::byte{7}));
    p.packet(0, 3, frame_of(6));
    std::vector<std::uint16_t> ports;
    ended(folder.file("foreign.pcapng", p.bytes), {.filter = "udp"}, ports);
    CHECK(ports == std::vector<std::uint16_t>{5, 6});
  }
}

TEST_CASE("capture: a frame of USB may be longer than one of a network") {
  const Folder folder;
  const Bytes large(300'000, std::byte{7});
  const Bytes huge((std::size_t{17} << 20), std::byte{7});
  for (const bool little : {true, false}) {
    Pcapng p{.little = little};
    p.section();
    p.interface(usb);
    p.interface(1);
    p.packet(0, 1, large);
    p.packet(1, 2, frame_of(5));
    p.packet(0, 3, huge);
    p.packet(1, 4, frame_of(6));
    std::vector<std::uint16_t> ports;
    const CaptureReader reader = ended(folder.file("usb.pcapng", p.bytes), {.filter = "udp"}, ports);
    CHECK(ports == std::vector<std::uint16_t>{5, 6});
    CHECK(contains(reader.left_out().text(), "1 of link type 220 (USB_LINUX_MMAPPED), which is not known"));
    CHECK(contains(reader.left_out().text(),
                   "1 of link type 220 (USB_LINUX_MMAPPED), which is longer than 16 MiB"));
    ended(folder.file("usb.pcapng", p.bytes), {}, ports);
    CHECK(ports == std::vector<std::uint16_t>{0, 5, 6});
  }
  Pcap old{.link_type = 249};  // a pcap file has one link, which libpcap reads
  old.add(1, 0, large);
  old.add(2, 0, frame_of(1));
  CHECK(read_all(folder.file("usb.pcap", old.bytes)).size() == 2);
  for (const Bytes& frame : {large, huge}) {  // but of Ethernet it is damage
    Pcapng p;
    p.section();
    p.interface(1);
    p.packet(0, 1, frame);
    CaptureReader reader = CaptureReader::open(folder.file("bad.pcapng", p.bytes));
    CHECK(all_of(reader).empty());
    CHECK_FALSE(reader.status().ok());
  }
}

TEST_CASE("capture: what is left out is counted in bounded memory, over all files") {
  const Folder folder;
  Pcapng p;
  p.section();
  for (int i = 0; i < 100; ++i) p.interface(1'000 + i);
  for (std::uint32_t i = 0; i < 100; ++i) p.packet(i, i, filler(16).bytes);
  const std::vector<std::string> paths{folder.file("a.pcapng", p.bytes), folder.file("b.pcap", small_pcap())};
  MergedCapture merged = MergedCapture::open(paths, {.filter = "udp"});
  CHECK(all_of(merged).size() == 3);
  CHECK(merged.failures().empty());
  CHECK(merged.left_out().frames() == 100);
  CHECK(merged.left_out().kinds().size() == LeftOut::most);
  CHECK(contains(merged.left_out().text(), "; 84 of others"));
  REQUIRE(merged.unreadable().size() == 1);
  CHECK(contains(merged.unreadable()[0], "a.pcapng: no packet of it can be read"));
  CHECK(LeftOut().text().empty());
}

TEST_CASE("capture: the netfilter log in either byte order") {
  const Folder folder;
  for (const bool little : {true, false}) {
    const Bytes frame = nflog(2, ipv4({}, udp({.dst_port = 77})), little).bytes;
    Pcapng p{.little = little};
    p.section();
    p.interface(239);
    p.packet(0, 1, frame);
    p.packet(0, 2, bytes_of({2, 0, 0, 5, 9, 9, 9, 9, 1}));
    CHECK(ports_of(read_all(folder.file("a.pcapng", p.bytes))) == std::vector<std::uint16_t>{77, 0});
    Pcap old{.little = little, .link_type = 239};
    old.add(1, 0, frame);
    CHECK(ports_of(read_all(folder.file("a.pcap", old.bytes))) == std::vector<std::uint16_t>{77});
  }
}

TEST_CASE("capture: frames whose link header leads nowhere are counted and named") {
  const Folder folder;
  const Layer query = ipv4({}, udp({.dst_port = 77}));
  Pcapng p;
  p.section();
  p.interface(239);
  p.interface(1);
  p.packet(0, 1, nflog(7, query, true, 0x0800).bytes);            // a bridge
  p.packet(0, 2, nflog(7, text("lldp"), true, 0x88CC).bytes);     // with something else than IP
  p.packet(0, 3, nflog(2, text("no header of IP"), true).bytes);  // read as far as it goes
  p.packet(0, 4, nflog(12, query, true).bytes);
  p.packet(0, 5, bytes_of({2, 0, 0, 5, 9, 9, 9, 9, 1}));
  p.packet(0, 6, bytes_of({2, 0, 0, 5}));
  p.packet(0, 7, bytes_of({2, 1}));
  p.packet(1, 8, Bytes(13, std::byte{1}));
  const std::string path = folder.file("a.pcapng", p.bytes);
  const std::string told =
      "1 of link type 239 (NFLOG), which is of family 12, which is not read; 2 of link type 239 (NFLOG), "
      "which "
      "has attributes that are broken, or none with a packet; 1 of link type 239 (NFLOG), which has a link "
      "header that is cut or broken; 1 of link type 1 (EN10MB), which has a link header that is cut or "
      "broken";
  CaptureReader reader = CaptureReader::open(path);
  CHECK(ports_of(all_of(reader)) == std::vector<std::uint16_t>{77, 0, 0, 0, 0, 0, 0, 0});
  CHECK(reader.left_out().text() == told);
  MergedCapture merged = MergedCapture::open(std::vector<std::string>{path});
  for (Packet packet; merged.next(packet);) continue;
  CHECK(merged.left_out().text() == told);
}

TEST_CASE("capture: parse options reach the parser") {
  const Folder folder;
  Pcap p;
  p.add(1, 0, ethernet({}, ipv4({}, gre({}, ipv4({}, udp({.dst_port = 99}))))).bytes);
  const std::string path = folder.file("a.pcap", p.bytes);
  CHECK(ports_of(read_all(path)) == std::vector<std::uint16_t>{0});
  CHECK(ports_of(read_all(path, {.parse = {.decapsulate = true}})) == std::vector<std::uint16_t>{99});
}

TEST_CASE("capture: frames as they are, and those that cannot be parsed") {
  const Folder folder;
  Pcap p{.link_type = 147};  // for private use
  p.add(1, 2, filler(9).bytes, 20);
  const std::string path = folder.file("a.pcap", p.bytes);
  CaptureReader reader = CaptureReader::open(path);
  CapturedFrame frame;
  REQUIRE(reader.next(frame));
  CHECK(frame.link_type == 147);
  CHECK(frame.wire_length == 20);
  CHECK(std::equal(frame.bytes.begin(), frame.bytes.end(), filler(9).bytes.begin()));
  CHECK_FALSE(reader.next(frame));
  CHECK(reader.name() == path);
  CHECK(read_all(path) == std::vector<Seen>{{second + 2'000, 0, 20, 147}});
}

TEST_CASE("capture: files cut at every byte give what was whole, and an error unless nothing is missing") {
  const Folder folder;
  const std::size_t record = frame_of(1).size() + 16;
  const Bytes pcap = small_pcap();
  const Bytes pcapng = small_pcapng();
  const std::size_t block = (frame_of(1).size() + 3) / 4 * 4 + 32;
  const std::size_t first_block = pcapng.size() - 3 * block;
  for (std::size_t n = 0; n <= pcap.size(); ++n) {
    CAPTURE(n);
    Result<CaptureReader> reader = CaptureReader::try_open(folder.file("cut", std::span(pcap).first(n)));
    CHECK(reader.ok() == (n >= 24));
    if (!reader) {
      CHECK(reader.error().kind == ErrorKind::format);
      continue;
    }
    const std::size_t whole = (n - 24) / record;
    CHECK(all_of(*reader).size() == whole);
    CHECK(reader->status().ok() == ((n - 24) % record == 0));
    if (reader->status().ok()) continue;
    CHECK(reader->status().error().kind == ErrorKind::format);
    CHECK(contains(reader->status().error().what, "cut: behind packet " + std::to_string(whole) + ": "));
  }
  for (std::size_t n = 0; n <= pcapng.size(); ++n) {
    CAPTURE(n);
    Result<CaptureReader> reader = CaptureReader::try_open(folder.file("cut", std::span(pcapng).first(n)));
    CHECK(reader.ok() == (n >= 28 + 24));  // section header, interface
    if (!reader) continue;
    const std::size_t whole = n < first_block ? 0 : (n - first_block) / block;
    CHECK(all_of(*reader).size() == whole);
    const bool between = n == 28 + 24 || (n >= first_block && (n - first_block) % block == 0);
    CHECK(reader->status().ok() == between);
    if (!between)
      CHECK(contains(reader->status().error().what, "behind packet " + std::to_string(whole) + ": "));
  }
}

TEST_CASE("capture: gzip files cut or damaged anywhere are found out") {
  const Folder folder;
  const Bytes plain = forty_packets();
  const Bytes packed = gzip(plain);
  cuts_are_found_out(packed, {}, "gzip data end too early");
  for (std::size_t i = 10; i < packed.size(); i += 3) {
    CAPTURE(i);
    Bytes damaged = packed;
    damaged[i] ^= std::byte{0x10};
    Result<CaptureReader> reader = CaptureReader::try_open(folder.file("bad.gz", damaged));
    if (!reader) continue;
    static_cast<void>(all_of(*reader));
    CHECK_FALSE(reader->status().ok());
  }
  CHECK(read_all(folder.file("two.gz", joined(gzip(plain), gzip(Bytes{})))).size() == 40);
}

TEST_CASE("capture: zstd files are read by who asks for it, and others are told what they are") {
  const Folder folder;
  const std::string path = folder.file("day.pcap", packet_bytes::text("\x28\xB5\x2F\xFD zstd").bytes);
  const Result<CaptureReader> reader = CaptureReader::try_open(path);
  REQUIRE_FALSE(reader.ok());
  CHECK(contains(reader.error().what, "it looks like zstd data, not like a capture"));
}

#if __has_include(<zstd.h>)
TEST_CASE("capture: zstd in one frame or several, cut or damaged") {
  const Folder folder;
  const CaptureOptions options{.unpacking = unpack_zstd};
  const auto packets = [&](const Bytes& bytes) {
    CaptureReader reader = CaptureReader::open(folder.file("a.zst", bytes), options);
    const std::size_t count = all_of(reader).size();
    CHECK(reader.status().ok());
    return count;
  };
  const Bytes plain = forty_packets();
  const auto half = static_cast<std::ptrdiff_t>(plain.size() / 2);
  const Bytes front(plain.begin(), plain.begin() + half), back(plain.begin() + half, plain.end());
  CHECK(packets(zstd(plain)) == 40);
  CHECK(packets(joined(zstd(front), zstd(back))) == 40);
  CHECK(packets(joined(zstd(plain), zstd(Bytes{}))) == 40);
  CHECK(packets(gzip(plain)) == 40);
  CHECK(packets(plain) == 40);
  CHECK(packets(zstd(small_pcapng())) == packets(small_pcapng()));

  cuts_are_found_out(zstd(plain), options, "zstd data end too early");
  Bytes damaged = zstd(plain);
  damaged.back() ^= std::byte{0x10};  // of the checksum
  Result<CaptureReader> reader = CaptureReader::try_open(folder.file("bad.zst", damaged), options);
  if (reader) static_cast<void>(all_of(*reader));
  CHECK(contains(reader ? reader->status().error().what : reader.error().what, "zstd data are damaged"));
}
#endif

TEST_CASE("capture: damaged blocks of pcapng are refused with a reason") {
  const Folder folder;
  const auto reason = [&](const Pcapng& p) {
    Result<CaptureReader> reader = CaptureReader::try_open(folder.file("bad.pcapng", p.bytes));
    if (!reader) return reader.error().what;
    static_cast<void>(all_of(*reader));
    return reader->status().ok() ? std::string() : reader->status().error().what;
  };
  const auto start = [] {
    Pcapng p;
    p.section();
    p.interface(1);
    return p;
  };
  CHECK(reason(start()).empty());
  Pcapng p = start();
  p.packet(1, 0, frame_of(1));
  CHECK(contains(reason(p), "not described"));
  p = start();
  p.packet(0, 0, frame_of(1));
  p.bytes.back() ^= std::byte{1};
  CHECK(contains(reason(p), "two lengths"));
  p = start();
  p.block(6, filler(12).bytes);
  CHECK(contains(reason(p), "too short"));
  p = start();
  Bytes lying;
  for (const std::uint64_t x : {0U, 0U, 0U, 5'000U, 5'000U}) put32_little(lying, x);
  p.block(6, lying);
  CHECK(contains(reason(p), "5000 captured bytes"));
  p = Pcapng{};
  p.section(2);
  CHECK(contains(reason(p), "version 2.0"));
  p = Pcapng{};
  p.section();
  CHECK(contains(reason(p), "no interface"));
  p = Pcapng{};
  p.section();
  p.interface(1, 0, 20);
  CHECK(contains(reason(p), "too fine"));
  p = start();
  for (const std::uint64_t x : {6U, 0xFFFF'FFF0U}) put32_little(p.bytes, x);  // and nothing behind it
  CHECK(contains(reason(p), "a block of 4294967280 bytes"));
  p = start();
  for (const std::uint64_t x : {99U, 0xFFFF'FFF0U})
    put32_little(p.bytes, x);  // of a kind that is passed over
  CHECK(contains(reason(p), "ends within"));
  p = start();
  for (const std::uint64_t x : {99U, 13U, 0U, 0U}) put32_little(p.bytes, x);
  CHECK(contains(reason(p), "a block of 13 bytes"));
}

TEST_CASE("capture: what is no capture, or not there") {
  const Folder folder;
  for (const Bytes& bytes :
       {Bytes{}, text("time,bits\n").bytes, gzip(text("hello").bytes), filler(100).bytes}) {
    const Result<CaptureReader> reader = CaptureReader::try_open(folder.file("no", bytes));
    REQUIRE_FALSE(reader.ok());
    CHECK(reader.error().kind == ErrorKind::format);
    CHECK(contains(reader.error().what, folder.path("no")));
  }
  CHECK(CaptureReader::try_open(folder.path("none")).error().kind == ErrorKind::io);
  CHECK_FALSE(CaptureReader::try_open(folder.path("")).ok());  // a folder
  CHECK_THROWS_AS(static_cast<void>(CaptureReader::open(folder.path("none"))), IoError);
  CHECK(CaptureReader::try_open_live("no-such-interface").error().kind == ErrorKind::io);
}

TEST_CASE("capture: stop ends reading, also of an interface") {
  const Folder folder;
  for (const Bytes& bytes : {small_pcap(), small_pcapng()}) {
    CaptureReader reader = CaptureReader::open(folder.file("a", bytes));
    Packet p;
    REQUIRE(reader.next(p));
    reader.stop();
    CHECK_FALSE(reader.next(p));
    CHECK(reader.ended());
    CHECK(reader.status().ok());
    CHECK(reader.live_counts().received == 0);
  }
  Result<CaptureReader> live = CaptureReader::try_open_live("lo", {.filter = "udp port 1", .timeout_ms = 10});
  if (!live) {
    CHECK(live.error().kind == ErrorKind::io);
    MESSAGE("SKIPPED: no right to capture: " << live.error().what);
    return;
  }
  Packet p;
  CHECK_FALSE(live->next(p));  // quiet
  CHECK_FALSE(live->ended());
  live->stop();
  CHECK_FALSE(live->next(p));
  CHECK(live->ended());
  CHECK(live->status().ok());
}

TEST_CASE("capture: several files in the order of time") {
  const Folder folder;
  Pcap a;
  Pcap b{.nanoseconds = true, .link_type = 101};
  Pcapng c;
  c.section();
  c.interface(1, 0, 9);
  for (std::uint16_t i = 0; i < 20; ++i) {
    a.add(10U + i, 500'000, frame_of(i));
    b.add(5U + 2U * i, 0, ipv4({}, udp({.dst_port = static_cast<std::uint16_t>(100 + i)})).bytes);
    c.packet(0, (10U + i) * 1'000'000'000ULL + 500'000'000, frame_of(static_cast<std::uint16_t>(200 + i)));
  }
  const std::vector<std::string> paths{folder.file("a.pcap", a.bytes),
                                       folder.file("b.pcap.gz", gzip(b.bytes)),
                                       folder.file("c.pcapng", c.bytes)};
  MergedCapture merged = MergedCapture::open(paths);
  const std::vector<Seen> seen = all_of(merged);
  REQUIRE(seen.size() == 60);
  CHECK(merged.packets() == 60);
  CHECK(merged.status().ok());
  CHECK(merged.failures().empty());
  for (std::size_t i = 1; i < seen.size(); ++i) {
    CHECK(seen[i - 1].time_ns <= seen[i].time_ns);
    if (seen[i - 1].time_ns == seen[i].time_ns) CHECK(seen[i - 1].port < seen[i].port);  // a before c
  }
  CHECK(seen.front().link_type != 1);

  MergedCapture some = MergedCapture::open(paths, {.filter = "udp dst port 3 or udp dst port 103"});
  CHECK(ports_of(all_of(some)) == std::vector<std::uint16_t>{103, 3});
  MergedCapture none = MergedCapture::open({});
  CHECK(all_of(none).empty());
}

TEST_CASE("capture: a file that was cut does not keep the others from being read") {
  const Folder folder;
  const Bytes whole = small_pcap();
  const std::vector<std::string> paths{folder.file("cut.pcap", std::span(whole).first(whole.size() - 1)),
                                       folder.file("whole.pcap", whole)};
  MergedCapture merged = MergedCapture::open(paths);
  CHECK(ports_of(all_of(merged)) == std::vector<std::uint16_t>{1, 1, 2, 2, 3});
  REQUIRE_FALSE(merged.status().ok());
  CHECK(contains(merged.status().error().what, "cut.pcap: behind packet 2: "));
  CHECK(merged.failures() == std::vector<std::string>{merged.status().error().what});
  const std::vector<std::string> missing{paths[1], folder.path("none")};
  CHECK(MergedCapture::try_open(missing).error().kind == ErrorKind::io);
}

TEST_CASE("capture: what is written is read back") {
  const Folder folder;
  const std::string path = folder.path("out.pcap");
  CaptureWriter writer = CaptureWriter::create(path, link_type::ethernet);
  Packet p;
  for (std::uint16_t i = 1; i <= 100; ++i) {
    const Bytes frame = frame_of(i, i);
    REQUIRE(parse_packet(p, link_type::ethernet, frame, 2'000, 1'700'000'000 * second + i));
    CHECK(writer.write(p));
  }
  const Bytes huge(300'000);
  CHECK(writer.write(CapturedFrame{4'294'967'295 * second + 999'999'999, 1, 300'000, huge}));
  CHECK(writer.packets() == 101);
  CHECK(writer.close().ok());

  CaptureReader reader = CaptureReader::open(path);
  for (std::uint16_t i = 1; i <= 100; ++i) {
    const Bytes frame = frame_of(i, i);
    CapturedFrame back;
    REQUIRE(reader.next(back));
    CHECK(back.time_ns == 1'700'000'000 * second + i);
    CHECK(back.wire_length == 2'000);
    CHECK(std::equal(back.bytes.begin(), back.bytes.end(), frame.begin(), frame.end()));
  }
  REQUIRE(reader.next(p));
  CHECK(p.time_ns == 4'294'967'295 * second + 999'999'999);
  CHECK(p.captured_length == CaptureWriter::max_frame);
  CHECK(p.wire_length == 300'000);
  CHECK_FALSE(reader.next(p));
  CHECK(reader.status().ok());

  for (const int type : {link_type::raw, link_type::raw_bsd, link_type::raw_file}) {
    CaptureWriter packets = CaptureWriter::create(path, type);
    const Bytes packet = ipv4({}, udp({.dst_port = 9})).bytes;
    CHECK(packets.write(CapturedFrame{second, type, 0, packet}));
    CHECK(packets.close().ok());
    CHECK(ports_of(read_all(path)) == std::vector<std::uint16_t>{9});
  }
}

TEST_CASE("capture: what cannot be written is said") {
  const Folder folder;
  CHECK(CaptureWriter::try_create(folder.path("no/such"), 1).error().kind == ErrorKind::io);
  for (const std::int64_t time :
       {std::int64_t{-1}, 4'294'967'296 * second, std::numeric_limits<std::int64_t>::min()}) {
    CaptureWriter writer = CaptureWriter::create(folder.path("t.pcap"), 1);
    CHECK_FALSE(writer.write(CapturedFrame{time, 1, 5, {}}));
    CHECK(writer.status().error().kind == ErrorKind::data);
    CHECK_FALSE(writer.write(CapturedFrame{0, 1, 5, {}}));  // the first failure stays
    CHECK_FALSE(writer.close().ok());
  }
  if (std::filesystem::exists("/dev/full")) {
    CaptureWriter full = CaptureWriter::create("/dev/full", 1);
    CHECK_FALSE(full.close().ok());
  }
}
