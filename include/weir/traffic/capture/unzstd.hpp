// Unpacked zstd captures (RFC 8878, by libzstd), one frame or several, beside gzip. The only file of traffic/
// that needs libzstd (-lzstd).
//
//   CaptureReader reader = CaptureReader::open("day.pcap.zst", {.unpacking = unpack_zstd});
#pragma once

#include <weir/core/abi.hpp>
#include <weir/traffic/capture/gunzip.hpp>
#include <weir/traffic/capture/unpacker.hpp>

#include <zstd.h>

#include <cstddef>
#include <cstdio>
#include <memory>

namespace weir::inline WEIR_ABI {
namespace detail {

/// A window of more than 128 MiB is refused, libzstd's own limit.
class Unzstd final : public Unpacker {
 public:
  explicit Unzstd(std::FILE* packed) noexcept : Unpacker(packed), context_(ZSTD_createDCtx()) {}
  ~Unzstd() override { ZSTD_freeDCtx(context_); }

 private:
  std::ptrdiff_t unpack(char* out, std::size_t size) noexcept override {
    if (context_ == nullptr) return fail("cannot start to unpack zstd data");
    ZSTD_outBuffer to{out, size, 0};
    while (to.pos == 0 && size > 0) {
      if (from_.pos == from_.size && !more_inside_ && !refill())
        return between_frames_ ? 0 : fail("zstd data end too early");
      const std::size_t code = ZSTD_decompressStream(context_, &to, &from_);
      if (ZSTD_isError(code) != 0) return fail("zstd data are damaged");
      between_frames_ = code == 0;
      more_inside_ = to.pos == to.size && !between_frames_;
    }
    return static_cast<std::ptrdiff_t>(to.pos);
  }

  bool refill() noexcept {
    from_ = {input(), fill(), 0};
    return from_.size > 0;
  }

  ZSTD_DCtx* context_;
  ZSTD_inBuffer from_{};
  bool between_frames_ = true;
  bool more_inside_ = false;  // unpacked already and waiting for room
};

}  // namespace detail

/// An Unpacking: zstd, and gzip.
[[nodiscard]] inline std::unique_ptr<detail::Unpacker> unpack_zstd(std::FILE* stream) {
  if (detail::first_byte(stream) != 0x28) return unpack_gzip(stream);
  return std::make_unique<detail::Unzstd>(stream);
}

}  // namespace weir::inline WEIR_ABI
