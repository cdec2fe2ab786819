// Fuzz target of the capture reader: any file is read to an end, with an error or without, plain or through
// gzip; where libpcap reads the same file to its end, we give the same packets, in pcapng perhaps only the
// first of them.
#include <weir/traffic/capture.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <vector>

namespace {

using namespace weir;

void require(bool condition) {
  if (!condition) std::abort();
}

/// The input as a file, without a disk.
std::FILE* stream_of(std::span<const std::uint8_t> bytes) {
  std::FILE* const stream = fmemopen(const_cast<std::uint8_t*>(bytes.data()), bytes.size(), "rb");
  require(stream != nullptr);
  return stream;
}

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
bool read_by_libpcap(std::span<const std::uint8_t> file, std::vector<Record>& out) {
  std::array<char, PCAP_ERRBUF_SIZE> text{};
  std::FILE* const stream = stream_of(file);
  pcap_t* const handle = pcap_fopen_offline(stream, text.data());
  if (handle == nullptr) {
    std::fclose(stream);
    return false;
  }
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
bool read_by_weir(std::span<const std::uint8_t> file, std::vector<Record>& out) {
  Result<CaptureReader> reader = CaptureReader::try_open(stream_of(file), "input");
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
  if (size == 0) return 0;
  const std::span<const std::uint8_t> file(data, size);
  std::vector<Record> ours;
  const bool whole = read_by_weir(file, ours);
  std::vector<Record> theirs;
  const bool gzip = data[0] == 0x1F;
  if (gzip || !read_by_libpcap(file, theirs)) return 0;
  if (!whole) {  // in pcapng we look at more: libpcap passes over a second section before the first interface
    require(data[0] == 0x0A && ours.size() <= theirs.size());
    require(std::equal(ours.begin(), ours.end(), theirs.begin()));
    return 0;
  }
  require(ours == theirs);
  if (data[size - 1] % 16 != 0) return 0;  // filters take long to compile
  Result<CaptureReader> filtered = CaptureReader::try_open(stream_of(file), "input", {.filter = "len > 100"});
  if (!filtered) {  // libpcap has no filters for some links
    require(filtered.error().kind == ErrorKind::config);
    return 0;
  }
  CapturedFrame frame;
  std::uint64_t passed = 0;
  while (filtered->next(frame)) ++passed;
  require(passed <= ours.size());
  require(filtered->status().ok());  // a link without filters does not end the file
  require(passed + filtered->left_out().frames() <= 2 * ours.size());
  static_cast<void>(filtered->readable());
  return 0;
}
