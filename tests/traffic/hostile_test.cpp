// Real captures, many of them malformed on purpose (WEIR_DATA): as many packets as libpcap's own loop gives,
// every view within its frame, nothing longer than the wire.
#include <weir/traffic/capture.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <weir/traffic/parse/fragments.hpp>

using namespace weir;

namespace {

std::vector<std::string> captures(const std::string& folder) {
  const char* data = std::getenv("WEIR_DATA");
  if (data == nullptr) {
    MESSAGE("SKIPPED: WEIR_DATA not set");
    return {};
  }
  std::vector<std::string> out;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(data + ("/" + folder))) {
    const std::string name = entry.path().filename().string();
    if (entry.is_regular_file() && name.find("cap") != std::string::npos)
      out.push_back(entry.path().string());
  }
  std::sort(out.begin(), out.end());
  return out;
}

struct Count {
  std::uint64_t packets = 0;
  bool opened = false;
  bool whole = false;
  std::string error{};
};

Count count_by_libpcap(const std::string& path) {
  Count out;
  std::array<char, PCAP_ERRBUF_SIZE> text{};
  pcap_t* const handle = pcap_open_offline(path.c_str(), text.data());
  if (handle == nullptr) return out;
  out.opened = true;
  pcap_pkthdr* header = nullptr;
  const u_char* bytes = nullptr;
  int code = 1;
  while ((code = pcap_next_ex(handle, &header, &bytes)) == 1) ++out.packets;
  out.whole = code == PCAP_ERROR_BREAK;
  if (!out.whole) out.error = pcap_geterr(handle);
  pcap_close(handle);
  return out;
}

bool within(std::span<const std::byte> part, std::span<const std::byte> whole) {
  return part.empty() ||
         (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

/// What holds for every packet, whatever its bytes.
bool sound(const Packet& p) {
  const std::uint64_t lengths = std::uint64_t{p.payload_length} + p.l4_header_length + p.ip_header_length;
  return within(p.ip, p.frame) && within(p.l4, p.frame) && within(p.payload, p.frame) &&
         p.captured_length == p.frame.size() && p.captured_length <= p.wire_length &&
         p.ip_length <= p.wire_length && lengths <= p.wire_length && p.payload.size() <= p.payload_length &&
         (p.ip_version != 0 || (!p.has_l4 && p.payload_length == 0));
}

Count count_by_weir(const std::string& path) {
  Count out;
  Result<CaptureReader> reader = CaptureReader::try_open(path);
  if (!reader) {
    CHECK_FALSE(reader.error().what.empty());
    return out;
  }
  out.opened = true;
  FragmentTable fragments;
  std::uint64_t through = 0;
  const auto count = [&](const Packet&) { ++through; };
  CapturedFrame frame;
  std::uint64_t broken = 0;
  while (reader->next(frame)) {
    ++out.packets;
    Packet p;
    for (const bool inside : {true, false}) {
      parse_packet(p, frame.link_type, frame.bytes, frame.wire_length, frame.time_ns,
                   {.decapsulate = inside});
      broken += sound(p) ? 0U : 1U;
      static_cast<void>(quoted_flow(p));
    }
    fragments.push(p, count);
  }
  fragments.flush(count);
  CHECK(broken == 0);
  CHECK(through == out.packets);
  out.whole = reader->status().ok();
  return out;
}

void compare(const std::string& folder) {
  std::uint64_t packets = 0;
  for (const std::string& path : captures(folder)) {
    CAPTURE(path);
    const Count truth = count_by_libpcap(path);
    const Count ours = count_by_weir(path);
    CHECK(ours.opened == truth.opened);
    // libpcap gives up at a second interface that differs from the first
    if (truth.error.find("different from the") != std::string::npos) {
      CHECK(ours.packets > truth.packets);
      CHECK(ours.whole);
    } else {
      CHECK(ours.packets == truth.packets);
      CHECK(ours.whole == truth.whole);
    }
    packets += ours.packets;
  }
  MESSAGE(folder << ": " << packets << " packets");
}

}  // namespace

TEST_CASE("hostile: tcpdump's and libpcap's own test captures") { compare("hostile"); }

TEST_CASE("hostile: captures that vary the file format") { compare("capture-formats"); }

TEST_CASE("hostile: captures of applications, some of them fuzzed") { compare("ndpi"); }

TEST_CASE("hostile: every capture, cut and damaged in the middle") {
  for (const std::string& path : captures("capture-formats")) {
    CAPTURE(path);
    if (std::filesystem::file_size(path) > 200'000) continue;
    const std::string copy = (std::filesystem::temp_directory_path() / "weir-hostile-copy").string();
    std::filesystem::copy_file(path, copy, std::filesystem::copy_options::overwrite_existing);
    std::filesystem::resize_file(copy, std::filesystem::file_size(path) * 2 / 3);
    static_cast<void>(count_by_weir(copy));
    std::filesystem::remove(copy);
  }
}
