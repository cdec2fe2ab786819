// weir anonymise IN OUT --key FILE
//
// Needs libpcap and OpenSSL's libcrypto.
#include "anonymise.hpp"

#include "capture_output.hpp"
#include "capture_report.hpp"
#include "files.hpp"
#include "keep_list.hpp"
#include "report.hpp"

#include <weir/core/error.hpp>
#include <weir/core/plain_text.hpp>

#if __has_include(<pcap/pcap.h>) && __has_include(<openssl/evp.h>)

#include <weir/traffic/anonymise/anonymise_frame.hpp>
#include <weir/traffic/anonymise/anonymise_key.hpp>
#include <weir/traffic/capture.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace cli {

namespace {

weir::AnonymiseOptions options_of(const AnonymiseOptions& o) {
  const KeepList keep(o.keep, {"timestamps", "ip_id", "flow_label"});
  return {.ports = o.ports,
          .payload_bytes = o.payload,
          .keep_tcp_timestamps = keep.has("timestamps"),
          .keep_ip_id = keep.has("ip_id"),
          .keep_flow_label = keep.has("flow_label"),
          .time_shift_ns = o.shift_ns};
}

/// A pcap file has one link type: that of the first frame which can be read. Nothing of a link that is not
/// known is passed on.
class OneLink {
 public:
  OneLink(OutputFile& out, std::string path) : out_(out), path_(std::move(path)) {}

  weir::CaptureWriter& for_link(int link_type) {
    if (!writer_) {
      link_type_ = link_type;
      writer_.emplace(capture_writer(out_, path_, link_type));
    }
    if (link_type != link_type_) {
      weir::fail(weir::ErrorKind::data, path_ + ": IN has packets of " + weir::link_type_text(link_type_) +
                                            " and of " + weir::link_type_text(link_type) +
                                            ", a pcap file has one; divide IN by its interfaces first");
    }
    ++packets_;
    return *writer_;
  }
  /// Of a file without packets, one without packets.
  [[nodiscard]] weir::Status close(int link_type) {
    if (!writer_) writer_.emplace(capture_writer(out_, path_, link_type));
    return writer_->close();
  }
  [[nodiscard]] std::uint64_t packets() const { return packets_; }

 private:
  OutputFile& out_;
  std::string path_;
  std::optional<weir::CaptureWriter> writer_;
  int link_type_ = 0;
  std::uint64_t packets_ = 0;
};

}  // namespace

int anonymise(const AnonymiseOptions& o) {
  check_files({{"IN", o.in}, {"--key", o.key}}, {{"OUT", o.out}});
  weir::Anonymiser anonymiser(weir::read_key(o.key), options_of(o));
  weir::CaptureReader reader = weir::CaptureReader::open(o.in, {.unpacking = unpacking});
  check_readable(reader.readable());
  OutputFile out(o.out);
  OneLink writers(out, o.out);
  std::vector<std::byte> bytes;
  std::uint64_t emptied = 0;
  for (weir::CapturedFrame frame; reader.next(frame);) {
    if (!weir::link_type::is_known(frame.link_type)) continue;
    bytes.assign(frame.bytes.begin(), frame.bytes.end());
    const std::size_t stays = weir::anonymise_frame(anonymiser, bytes, frame.link_type, frame.wire_length);
    if (stays == 0 && !bytes.empty()) ++emptied;
    frame.time_ns = anonymiser.time(frame.time_ns);
    frame.bytes = std::span<const std::byte>(bytes).first(stays);
    weir::CaptureWriter& writer = writers.for_link(frame.link_type);
    if (!writer.write(frame)) static_cast<void>(writer.status().value());
  }
  check_readable(reader.readable());
  static_cast<void>(writers.close(reader.link_type()).value());
  out.commit();
  if (!o.quiet) {
    if (!is_standard_output(o.out))
      print(o.out + ": " + weir::count_text(writers.packets(), "packet") + "\n");
    tell_left_out(reader.left_out());
    if (emptied > 0)
      std::fprintf(stderr, "%s of which nothing could be kept (docs/anonymise.md lists what stays)\n",
                   weir::count_text(emptied, "frame").c_str());
  }
  if (reader.status().ok()) return 0;
  std::fprintf(stderr, "weir: %s\n", reader.status().error().what.c_str());
  return 1;
}

}  // namespace cli

#endif
