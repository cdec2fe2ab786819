// Unpacked gzip data (RFC 1952, by zlib), recognised by its first two bytes; other data pass through as they
// are. The only file of data/ that needs zlib (-lz).
//
// A small file may unpack to any size, so both the size and the ratio are limited.
//
//   Table flows = read_csv("flows.csv.gz", {.open = open_any});
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/data/sources/byte_source.hpp>

#include <zlib.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

struct GzipLimits {
  std::uint64_t max_bytes = std::uint64_t{64} << 30;  ///< unpacked
  std::uint64_t max_ratio = 1'000;                    ///< unpacked to packed, looked at beyond `ratio_from`
  std::uint64_t ratio_from = std::uint64_t{16} << 20;
};

class GzipSource final : public ByteSource {
 public:
  explicit GzipSource(std::unique_ptr<ByteSource> packed, GzipLimits limits = {})
      : ByteSource(packed->name()),
        packed_(std::move(packed)),
        limits_(limits),
        input_(std::size_t{64} << 10) {}

  [[nodiscard]] Result<std::size_t> read(std::span<char> out) override {
    if (mode_ == Mode::unknown) {
      if (Status status = recognise(); !status) return status.error();
    }
    if (mode_ == Mode::gzip) return unpack(out);
    if (first_ == last_) return packed_->read(out);
    const std::size_t count = std::min(out.size(), last_ - first_);
    std::copy_n(input_.data() + first_, count, out.data());
    first_ += count;
    return count;
  }
  [[nodiscard]] bool ready() const override { return first_ != last_ || packed_->ready(); }

 private:
  enum class Mode : std::uint8_t { unknown, plain, gzip };
  struct End {
    void operator()(z_stream* stream) const noexcept {
      inflateEnd(stream);
      delete stream;
    }
  };

  Status recognise() {
    while (last_ < 2) {
      const std::size_t before = last_;
      if (Status status = fill(); !status) return status;
      if (last_ == before) break;
    }
    const bool magic = last_ >= 2 && input_[0] == '\x1F' && input_[1] == '\x8B';
    mode_ = magic ? Mode::gzip : Mode::plain;
    return magic ? start() : Status{std::monostate{}};
  }

  Status start() {
    auto fresh = std::make_unique<z_stream>();
    if (inflateInit2(fresh.get(), 15 + 16) != Z_OK) {  // the widest window; 16: gzip framing only
      return Failure{ErrorKind::io, name() + ": cannot start to unpack gzip data"};
    }
    stream_.reset(fresh.release());
    return std::monostate{};
  }

  /// More packed bytes behind those there are; none at the end.
  Status fill() {
    if (first_ == last_) first_ = last_ = 0;
    Result<std::size_t> count = packed_->read(std::span(input_).subspan(last_));
    if (!count) return count.error();
    last_ += *count;
    packed_bytes_ += *count;
    return std::monostate{};
  }

  Result<std::size_t> unpack(std::span<char> out) {
    const std::size_t room = std::min<std::size_t>(out.size(), std::numeric_limits<uInt>::max());
    while (room > 0) {
      if (first_ == last_) {
        if (Status status = fill(); !status) return status.error();
        if (first_ == last_) return end_of_input();
      }
      if (between_members_) {  // a gzip file may be several, one behind the other
        inflateReset(stream_.get());
        between_members_ = false;
      }
      Result<std::size_t> made = inflate_some(out.first(room));
      if (!made || *made > 0) return made;
    }
    return std::size_t{0};
  }

  Result<std::size_t> inflate_some(std::span<char> out) {
    z_stream& z = *stream_;
    z.next_in = reinterpret_cast<Bytef*>(input_.data() + first_);
    z.avail_in = static_cast<uInt>(last_ - first_);
    z.next_out = reinterpret_cast<Bytef*>(out.data());
    z.avail_out = static_cast<uInt>(out.size());
    const int code = inflate(&z, Z_NO_FLUSH);
    first_ = last_ - z.avail_in;
    const std::size_t made = out.size() - z.avail_out;
    unpacked_bytes_ += made;
    if (code == Z_STREAM_END) {
      between_members_ = true;
    } else if (code != Z_OK && code != Z_BUF_ERROR) {
      return Failure{ErrorKind::format, name() + ": gzip data are damaged before byte " + position()};
    }
    if (too_large()) {
      return Failure{ErrorKind::format,
                     name() + ": gzip data unpack to more than the limit, at byte " + position()};
    }
    return made;
  }

  Result<std::size_t> end_of_input() const {
    if (between_members_) return std::size_t{0};
    return Failure{ErrorKind::format, name() + ": gzip data end too early, at byte " + position()};
  }

  [[nodiscard]] bool too_large() const noexcept {
    const std::uint64_t used = packed_bytes_ - (last_ - first_);
    return unpacked_bytes_ > limits_.max_bytes ||
           (unpacked_bytes_ > limits_.ratio_from && unpacked_bytes_ / limits_.max_ratio > used);
  }
  [[nodiscard]] std::string position() const { return std::to_string(packed_bytes_ - (last_ - first_)); }

  std::unique_ptr<ByteSource> packed_;
  GzipLimits limits_;
  std::vector<char> input_;
  std::size_t first_ = 0;  // input_[first_, last_) waits to be unpacked
  std::size_t last_ = 0;
  std::uint64_t packed_bytes_ = 0;
  std::uint64_t unpacked_bytes_ = 0;
  std::unique_ptr<z_stream, End> stream_;
  Mode mode_ = Mode::unknown;
  bool between_members_ = false;
};

/// Opens a file, plain or gzip.
[[nodiscard]] inline Result<std::unique_ptr<ByteSource>> open_any(const std::string& path) {
  Result<std::unique_ptr<ByteSource>> file = open_file(path);
  if (!file) return file;
  return std::unique_ptr<ByteSource>(std::make_unique<GzipSource>(std::move(file).value()));
}

}  // namespace weir::inline WEIR_ABI
