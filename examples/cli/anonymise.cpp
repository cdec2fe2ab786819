// weir anonymise IN OUT --key FILE
//
// Needs libpcap and OpenSSL's libcrypto.
#include "anonymise.hpp"

#include "capture_output.hpp"
#include "files.hpp"
#include "key_file.hpp"
#include "report.hpp"

#include <weir/core/error.hpp>

#if __has_include(<pcap/pcap.h>) && __has_include(<openssl/evp.h>)

#include <weir/traffic/anonymise_frame.hpp>
#include <weir/traffic/capture.hpp>

#include <cstddef>
#include <cstdio>
#include <span>
#include <vector>

namespace cli {

namespace {

void check_written(const weir::Status& status) {
  if (!status) weir::fail(status.error().kind, status.error().what);
}

}  // namespace

int anonymise(const AnonymiseOptions& o) {
  check_files({{"IN", o.in}, {"--key", o.key}}, {{"OUT", o.out}});
  weir::Anonymiser anonymiser(read_key(o.key),
                              {.ports = o.ports, .payload_bytes = o.payload, .time_shift_ns = o.shift_ns});
  weir::CaptureReader reader = weir::CaptureReader::open(o.in);
  OutputFile out(o.out);
  weir::CaptureWriter writer = capture_writer(out, o.out, reader.link_type());
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
  out.commit();
  if (!o.quiet && !is_standard_output(o.out))
    print(o.out + ": " + count_of(static_cast<std::int64_t>(packets), "packet") + "\n");
  if (reader.status().ok()) return 0;
  std::fprintf(stderr, "weir: %s\n", reader.status().error().what.c_str());
  return 1;
}

}  // namespace cli

#endif
