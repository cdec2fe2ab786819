// Unpacked gzip captures (RFC 1952, by zlib), one member or several, one behind the other.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/traffic/capture/unpacker.hpp>

#include <zlib.h>

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <limits>
#include <memory>

namespace weir::inline WEIR_ABI {
namespace detail {

class Gunzip final : public Unpacker {
 public:
  explicit Gunzip(std::FILE* packed) noexcept : Unpacker(packed) {
    ready_ = inflateInit2(&z_, 15 + 16) == Z_OK;  // the widest window; 16: gzip framing only
  }
  ~Gunzip() override {
    if (ready_) inflateEnd(&z_);
  }

 private:
  std::ptrdiff_t unpack(char* out, std::size_t size) noexcept override {
    if (!ready_) return fail("cannot start to unpack gzip data");
    const uInt room = static_cast<uInt>(std::min<std::size_t>(size, std::numeric_limits<uInt>::max()));
    z_.next_out = reinterpret_cast<Bytef*>(out);
    z_.avail_out = room;
    while (z_.avail_out == room && room > 0) {
      if (z_.avail_in == 0 && !refill()) return between_members_ ? 0 : fail("gzip data end too early");
      if (between_members_) inflateReset(&z_);
      between_members_ = false;
      const int code = inflate(&z_, Z_NO_FLUSH);
      if (code == Z_STREAM_END) {
        between_members_ = true;
      } else if (code != Z_OK && code != Z_BUF_ERROR) {
        return fail("gzip data are damaged");
      }
    }
    return static_cast<std::ptrdiff_t>(room - z_.avail_out);
  }

  bool refill() noexcept {
    z_.next_in = reinterpret_cast<Bytef*>(input());
    z_.avail_in = static_cast<uInt>(fill());
    return z_.avail_in > 0;
  }

  z_stream z_{};
  bool ready_ = false;
  bool between_members_ = false;
};

}  // namespace detail

/// An Unpacking: gzip.
[[nodiscard]] inline std::unique_ptr<detail::Unpacker> unpack_gzip(std::FILE* stream) {
  if (detail::first_byte(stream) != 0x1F) return nullptr;
  return std::make_unique<detail::Gunzip>(stream);
}

}  // namespace weir::inline WEIR_ABI
