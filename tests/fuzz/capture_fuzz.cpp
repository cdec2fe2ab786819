// Fuzz target of the capture reader: any file is read to an end, with an error or without, plain or through
// gzip; where libpcap reads the same file to its end, we give the same packets.
#include <weir/traffic/capture.hpp>

#include <unistd.h>
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <string>
#include <vector>

namespace {

using namespace weir;

void require(bool condition) {
  if (!condition) std::abort();
}

/// A file whose name stays the same; removed at the end.
class Scratch {
 public:
  Scratch() {
    const int descriptor = mkstemp(name_.data());
    require(descriptor >= 0);
    close(descriptor);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch() { std::remove(name_.c_str()); }

  const std::string& write(std::span<const std::uint8_t> bytes) {
    std::FILE* const file = std::fopen(name_.c_str(), "wb");
    require(file != nullptr);
    require(std::fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size());
    require(std::fclose(file) == 0);
    return name_;
  }

 private:
  std::string name_ = "/tmp/weir-capture-fuzz-XXXXXX";
};

struct Record {
  std::uint32_t wire;
  std::uint64_t sum;
  bool operator==(const Record&) const = default;
};

std::uint64_t sum_of(std::span<const std::byte> bytes) {
  std::uint64_t sum = bytes.size();
  for (const std::byte b : bytes) sum = sum * 31 + std::to_integer<std::uint64_t>(b);
  return sum;
}

/// What libpcap makes of it; nothing unless it comes to a proper end.
bool read_by_libpcap(const std::string& path, std::vector<Record>& out) {
  std::array<char, PCAP_ERRBUF_SIZE> text{};
  pcap_t* const handle =
      pcap_open_offline_with_tstamp_precision(path.c_str(), PCAP_TSTAMP_PRECISION_NANO, text.data());
  if (handle == nullptr) return false;
  pcap_pkthdr* header = nullptr;
  const u_char* bytes = nullptr;
  int code = 1;
  while ((code = pcap_next_ex(handle, &header, &bytes)) == 1) {
    const std::span<const std::byte> frame(reinterpret_cast<const std::byte*>(bytes), header->caplen);
    out.push_back({header->len, sum_of(frame)});
  }
  pcap_close(handle);
  return code == PCAP_ERROR_BREAK;
}

/// False: it could not be opened or ended with an error.
bool read_by_weir(const std::string& path, std::vector<Record>& out) {
  Result<CaptureReader> reader = CaptureReader::try_open(path, {.filter = ""});
  if (!reader) {
    require(!reader.error().what.empty());
    return false;
  }
  CapturedFrame frame;
  while (reader->next(frame)) {
    Packet p;
    parse_packet(p, frame.link_type, frame.bytes, frame.wire_length, frame.time_ns, {.decapsulate = true});
    out.push_back({frame.wire_length, sum_of(frame.bytes)});
  }
  require(reader->ended() && reader->packets() == out.size());
  require(reader->status().ok() || !reader->status().error().what.empty());
  return reader->status().ok();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Scratch scratch;
  const std::string& path = scratch.write({data, size});
  std::vector<Record> ours;
  const bool whole = read_by_weir(path, ours);
  std::vector<Record> theirs;
  const bool gzip = size > 0 && data[0] == 0x1F;
  if (gzip || !read_by_libpcap(path, theirs)) return 0;
  require(whole);
  require(ours == theirs);
  Result<CaptureReader> filtered = CaptureReader::try_open(path, {.filter = "len > 100"});
  if (!filtered) {  // libpcap has no filters for some links
    require(filtered.error().kind == ErrorKind::config);
    return 0;
  }
  CapturedFrame frame;
  std::uint64_t passed = 0;
  while (filtered->next(frame)) ++passed;
  const auto longer = std::count_if(ours.begin(), ours.end(), [](const Record& r) { return r.wire > 100; });
  require(!filtered->status().ok() || passed == static_cast<std::uint64_t>(longer));
  return 0;
}
