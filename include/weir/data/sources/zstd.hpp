// Unpacked zstd data (RFC 8878, by libzstd), recognised by their first four bytes (packed_source.hpp), one frame or
// several. The only file of data/ that needs libzstd (-lzstd).
//
// A small file may ask for any memory, so the window is limited, too.
//
//   Table flows = read_csv("flows.csv.zst", {.open = open_zstd});
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/data/sources/byte_source.hpp>
#include <weir/data/sources/packed_source.hpp>

#include <zstd.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <variant>

namespace weir::inline WEIR_ABI {

struct ZstdLimits {
  int window_log = 27;  ///< the window takes 2^window_log bytes; 128 MiB
  PackedLimits size{.max_ratio = 10'000};
};

class ZstdSource final : public PackedSource {
 public:
  explicit ZstdSource(std::unique_ptr<ByteSource> packed, ZstdLimits limits = {})
      : PackedSource(std::move(packed), "zstd", "\x28\xB5\x2F\xFD", limits.size),
        window_log_(limits.window_log) {}

 private:
  struct End {
    void operator()(ZSTD_DCtx* context) const noexcept { ZSTD_freeDCtx(context); }
  };

  [[nodiscard]] Status start() override {
    context_.reset(ZSTD_createDCtx());
    if (!context_ ||
        ZSTD_isError(ZSTD_DCtx_setParameter(context_.get(), ZSTD_d_windowLogMax, window_log_)) != 0) {
      return Failure{ErrorKind::io, name() + ": cannot start to unpack zstd data"};
    }
    return std::monostate{};
  }

  [[nodiscard]] Result<std::size_t> unpack(std::span<char> out) override {
    while (!out.empty()) {
      if (!more_inside_) {
        if (Status status = fill_to(1); !status) return status.error();
        if (waiting() == 0) return end_of_input();
      }
      // The first byte goes alone: a frame that libzstd sees whole it unpacks by other rules, and what is damaged would
      // depend on the pieces in which the data come.
      const std::size_t most = between_frames_ ? 1 : waiting();
      if (between_frames_) {
        if (Status status = begin_frame(); !status) return status.error();
      }
      Result<std::size_t> made = unpack_some(most, out);
      if (!made || *made > 0) return made;
    }
    return std::size_t{0};
  }

  /// How many bytes the frame says that it holds: libzstd does not hold every frame to it.
  [[nodiscard]] Status begin_frame() {
    constexpr std::size_t longest_header = 18;
    if (Status status = fill_to(longest_header); !status) return status;
    frame_size_ = ZSTD_getFrameContentSize(input(), waiting());
    frame_bytes_ = 0;
    return std::monostate{};
  }

  /// `most` packed bytes at most.
  [[nodiscard]] Result<std::size_t> unpack_some(std::size_t most, std::span<char> out) {
    ZSTD_inBuffer from{input(), most, 0};
    ZSTD_outBuffer to{out.data(), out.size(), 0};
    const std::size_t code = ZSTD_decompressStream(context_.get(), &to, &from);
    if (ZSTD_isError(code) != 0) {
      return damage("cannot be unpacked: " + std::string(ZSTD_getErrorName(code)) + ", before");
    }
    const Status within_limits = use(from.pos, to.pos);
    frame_bytes_ += to.pos;
    between_frames_ = code == 0;
    more_inside_ = to.pos == out.size() && !between_frames_;
    const bool known = frame_size_ != ZSTD_CONTENTSIZE_UNKNOWN && frame_size_ != ZSTD_CONTENTSIZE_ERROR;
    if (between_frames_ && known && frame_bytes_ != frame_size_) {
      return damage("are damaged: a frame of " + std::to_string(frame_bytes_) + " bytes says that it has " +
                    std::to_string(frame_size_) + ", before");
    }
    if (!within_limits) return within_limits.error();
    return to.pos;
  }

  [[nodiscard]] Result<std::size_t> end_of_input() const {
    if (between_frames_) return std::size_t{0};
    return damage("end too early, at");
  }

  int window_log_;
  std::unique_ptr<ZSTD_DCtx, End> context_;
  std::uint64_t frame_bytes_ = 0;  // unpacked of this frame
  unsigned long long frame_size_ = ZSTD_CONTENTSIZE_UNKNOWN;
  bool between_frames_ = true;
  bool more_inside_ = false;  // unpacked already and waiting for room
};

/// Opens a file, plain or zstd.
[[nodiscard]] inline Result<std::unique_ptr<ByteSource>> open_zstd(const std::string& path) {
  Result<std::unique_ptr<ByteSource>> file = open_file(path);
  if (!file) return file;
  return std::unique_ptr<ByteSource>(std::make_unique<ZstdSource>(std::move(file).value()));
}

}  // namespace weir::inline WEIR_ABI
