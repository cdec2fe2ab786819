// Unpacked gzip data (RFC 1952, by zlib), recognised by its first two bytes (packed_source.hpp). The only file of data/
// that needs zlib (-lz).
//
//   Table flows = read_csv("flows.csv.gz", {.open = open_any});
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/data/sources/byte_source.hpp>
#include <weir/data/sources/packed_source.hpp>

#include <zlib.h>

#include <algorithm>
#include <cstddef>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <variant>

namespace weir::inline WEIR_ABI {

class GzipSource final : public PackedSource {
 public:
  explicit GzipSource(std::unique_ptr<ByteSource> packed, PackedLimits limits = {})
      : PackedSource(std::move(packed), "gzip", "\x1F\x8B", limits) {}

 private:
  struct End {
    void operator()(z_stream* stream) const noexcept {
      inflateEnd(stream);
      delete stream;
    }
  };

  [[nodiscard]] Status start() override {
    auto fresh = std::make_unique<z_stream>();
    if (inflateInit2(fresh.get(), 15 + 16) != Z_OK) {  // the widest window; 16: gzip framing only
      return Failure{ErrorKind::io, name() + ": cannot start to unpack gzip data"};
    }
    stream_.reset(fresh.release());
    return std::monostate{};
  }

  [[nodiscard]] Result<std::size_t> unpack(std::span<char> out) override {
    const std::size_t room = std::min<std::size_t>(out.size(), std::numeric_limits<uInt>::max());
    while (room > 0) {
      if (Status status = fill_to(1); !status) return status.error();
      if (waiting() == 0) return end_of_input();
      if (between_members_) {  // a gzip file may be several, one behind the other
        inflateReset(stream_.get());
        between_members_ = false;
      }
      Result<std::size_t> made = inflate_some(out.first(room));
      if (!made || *made > 0) return made;
    }
    return std::size_t{0};
  }

  [[nodiscard]] Result<std::size_t> inflate_some(std::span<char> out) {
    z_stream& z = *stream_;
    z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(input()));  // only read
    z.avail_in = static_cast<uInt>(waiting());
    z.next_out = reinterpret_cast<Bytef*>(out.data());
    z.avail_out = static_cast<uInt>(out.size());
    const int code = inflate(&z, Z_NO_FLUSH);
    between_members_ = code == Z_STREAM_END;
    const std::size_t made = out.size() - z.avail_out;
    const Status within_limits = use(waiting() - z.avail_in, made);
    if (!between_members_ && code != Z_OK && code != Z_BUF_ERROR) return damage("are damaged before");
    if (!within_limits) return within_limits.error();
    return made;
  }

  [[nodiscard]] Result<std::size_t> end_of_input() const {
    if (between_members_) return std::size_t{0};
    return damage("end too early, at");
  }

  std::unique_ptr<z_stream, End> stream_;
  bool between_members_ = false;
};

/// Opens a file, plain or gzip.
[[nodiscard]] inline Result<std::unique_ptr<ByteSource>> open_any(const std::string& path) {
  Result<std::unique_ptr<ByteSource>> file = open_file(path);
  if (!file) return file;
  return std::unique_ptr<ByteSource>(std::make_unique<GzipSource>(std::move(file).value()));
}

}  // namespace weir::inline WEIR_ABI
