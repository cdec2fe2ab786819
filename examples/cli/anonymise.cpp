// weir anonymise IN OUT --key FILE
//
// Needs libpcap and OpenSSL's libcrypto.
#include "anonymise.hpp"

#include "report.hpp"

#include <weir/core/error.hpp>

#if __has_include(<pcap/pcap.h>) && __has_include(<openssl/evp.h>)

#include <weir/traffic/anonymise_frame.hpp>
#include <weir/traffic/capture.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace cli {

namespace {

namespace fs = std::filesystem;

[[nodiscard]] int hex_digit(char c) {
  constexpr std::string_view digits = "0123456789abcdef", capitals = "0123456789ABCDEF";
  const std::size_t at = std::min(digits.find(c), capitals.find(c));
  return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

/// 64 hexadecimal digits, with or without a line end.
[[nodiscard]] std::optional<weir::AnonymiseKey> key_of_digits(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.remove_suffix(1);
  weir::AnonymiseKey key{};
  if (text.size() != 2 * key.size()) return std::nullopt;
  for (std::size_t i = 0; i < key.size(); ++i) {
    const int high = hex_digit(text[2 * i]), low = hex_digit(text[2 * i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    key[i] = static_cast<std::uint8_t>(16 * high + low);
  }
  return key;
}

[[nodiscard]] weir::AnonymiseKey read_key(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  const std::string text(std::istreambuf_iterator<char>(in), {});
  if (!in.is_open() || in.bad()) weir::fail(weir::ErrorKind::io, "cannot read " + path);
  weir::AnonymiseKey key{};
  if (text.size() == key.size()) {
    std::copy(text.begin(), text.end(), key.begin());
    return key;
  }
  const std::optional<weir::AnonymiseKey> digits = key_of_digits(text);
  if (!digits) weir::fail(weir::ErrorKind::data, path + ": not a key: 32 bytes or 64 hexadecimal digits");
  return *digits;
}

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

#else

namespace cli {

int anonymise(const AnonymiseOptions&) {
  weir::fail(weir::ErrorKind::config, "anonymise: this program was built without libpcap or OpenSSL");
}

}  // namespace cli

#endif
