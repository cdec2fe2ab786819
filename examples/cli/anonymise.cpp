// weir anonymise IN OUT --key FILE
//
// Needs libpcap and OpenSSL's libcrypto.
#include "anonymise.hpp"

#include "key_file.hpp"
#include "report.hpp"

#include <weir/core/error.hpp>

#if __has_include(<pcap/pcap.h>) && __has_include(<openssl/evp.h>)

#include <weir/traffic/anonymise_frame.hpp>
#include <weir/traffic/capture.hpp>

#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <span>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace cli {

namespace {

namespace fs = std::filesystem;

/// Half a capture under the name of a whole one would be taken for it.
class RemovedOnFailure {
 public:
  explicit RemovedOnFailure(std::string path) : path_(std::move(path)) {}
  RemovedOnFailure(const RemovedOnFailure&) = delete;
  RemovedOnFailure& operator=(const RemovedOnFailure&) = delete;
  ~RemovedOnFailure() {
    std::error_code ignored;
    if (!kept_ && fs::is_regular_file(path_, ignored)) fs::remove(path_, ignored);
  }
  void keep() noexcept { kept_ = true; }

 private:
  std::string path_;
  bool kept_ = false;
};

void check_output(const AnonymiseOptions& o) {
  std::error_code ignored;
  if (fs::equivalent(o.in, o.out, ignored)) {
    weir::fail(weir::ErrorKind::config, "anonymise: OUT is the same file as IN");
  }
}

void check_written(const weir::Status& status) {
  if (!status) weir::fail(status.error().kind, status.error().what);
}

}  // namespace

int anonymise(const AnonymiseOptions& o) {
  weir::Anonymiser anonymiser(read_key(o.key),
                              {.ports = o.ports, .payload_bytes = o.payload, .time_shift_ns = o.shift_ns});
  weir::CaptureReader reader = weir::CaptureReader::open(o.in);
  check_output(o);
  weir::CaptureWriter writer = weir::CaptureWriter::create(o.out, reader.link_type());
  RemovedOnFailure out(o.out);
  std::vector<std::byte> bytes;
  for (weir::CapturedFrame frame; reader.next(frame);) {
    if (frame.link_type != reader.link_type()) {
      weir::fail(weir::ErrorKind::data, o.in + ": has interfaces of several link types, a pcap file has one");
    }
    bytes.assign(frame.bytes.begin(), frame.bytes.end());
    const std::size_t stays = weir::anonymise_frame(anonymiser, bytes, frame.link_type, frame.wire_length);
    frame.time_ns = anonymiser.time(frame.time_ns);
    frame.bytes = std::span<const std::byte>(bytes).first(stays);
    if (!writer.write(frame)) check_written(writer.status());
  }
  const std::uint64_t packets = writer.packets();
  check_written(writer.close());
  out.keep();
  if (!o.quiet) print(o.out + ": " + count_of(static_cast<std::int64_t>(packets), "packet") + "\n");
  if (reader.status().ok()) return 0;
  std::fprintf(stderr, "weir: %s\n", reader.status().error().what.c_str());
  return 1;
}

}  // namespace cli

#endif
