// Unpacked zstd data (RFC 8878, by libzstd), recognised by their first four bytes, one frame or several; other data
// pass through as they are. The only file of data/ that needs libzstd (-lzstd).
//
// A small file may ask for any memory and unpack to any size, so the window, the size and the ratio are limited.
//
//   Table flows = read_csv("flows.csv.zst", {.open = open_zstd});
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/data/sources/byte_source.hpp>

#include <zstd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace weir::inline WEIR_ABI {

struct ZstdLimits {
  int window_log = 27;                                ///< the window takes 2^window_log bytes; 128 MiB
  std::uint64_t max_bytes = std::uint64_t{64} << 30;  ///< unpacked
  std::uint64_t max_ratio = 10'000;                   ///< unpacked to packed, looked at beyond `ratio_from`
  std::uint64_t ratio_from = std::uint64_t{16} << 20;
};

class ZstdSource final : public ByteSource {
 public:
  explicit ZstdSource(std::unique_ptr<ByteSource> packed, ZstdLimits limits = {})
      : ByteSource(packed->name()),
        packed_(std::move(packed)),
        limits_(limits),
        input_(std::size_t{64} << 10) {}

  [[nodiscard]] Result<std::size_t> read(std::span<char> out) override {
    if (mode_ == Mode::unknown) {
      if (Status status = recognise(); !status) return status.error();
    }
    if (mode_ == Mode::zstd) return unpack(out);
    if (first_ == last_) return packed_->read(out);
    const std::size_t count = std::min(out.size(), last_ - first_);
    std::copy_n(input_.data() + first_, count, out.data());
    first_ += count;
    return count;
  }

 private:
  enum class Mode : std::uint8_t { unknown, plain, zstd };
  struct End {
    void operator()(ZSTD_DCtx* context) const noexcept { ZSTD_freeDCtx(context); }
  };

  Status recognise() {
    constexpr std::string_view magic = "\x28\xB5\x2F\xFD";
    while (last_ < magic.size()) {
      const std::size_t before = last_;
      if (Status status = fill(); !status) return status;
      if (last_ == before) break;
    }
    const bool packed = std::string_view(input_.data(), last_).starts_with(magic);
    mode_ = packed ? Mode::zstd : Mode::plain;
    return packed ? start() : Status{std::monostate{}};
  }

  Status start() {
    context_.reset(ZSTD_createDCtx());
    if (!context_ ||
        ZSTD_isError(ZSTD_DCtx_setParameter(context_.get(), ZSTD_d_windowLogMax, limits_.window_log)) != 0) {
      return Failure{ErrorKind::io, name() + ": cannot start to unpack zstd data"};
    }
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
    while (!out.empty()) {
      if (first_ == last_ && !more_inside_) {
        if (Status status = fill(); !status) return status.error();
        if (first_ == last_) return end_of_input();
      }
      if (between_frames_) {
        if (Status status = begin_frame(); !status) return status.error();
      }
      Result<std::size_t> made = unpack_some(out);
      if (!made || *made > 0) return made;
    }
    return std::size_t{0};
  }

  /// How many bytes the frame says that it holds: libzstd does not hold every frame to it.
  Status begin_frame() {
    constexpr std::size_t longest_header = 18;
    if (last_ - first_ < longest_header) {
      std::copy(input_.begin() + static_cast<std::ptrdiff_t>(first_),
                input_.begin() + static_cast<std::ptrdiff_t>(last_), input_.begin());
      last_ -= std::exchange(first_, 0);
      for (std::size_t before = 0; last_ < longest_header && before != last_;) {
        before = last_;
        if (Status status = fill(); !status) return status;
      }
    }
    frame_size_ = ZSTD_getFrameContentSize(input_.data() + first_, last_ - first_);
    frame_bytes_ = 0;
    return std::monostate{};
  }

  Result<std::size_t> unpack_some(std::span<char> out) {
    ZSTD_inBuffer from{input_.data() + first_, last_ - first_, 0};
    ZSTD_outBuffer to{out.data(), out.size(), 0};
    const std::size_t code = ZSTD_decompressStream(context_.get(), &to, &from);
    if (ZSTD_isError(code) != 0) {
      return Failure{ErrorKind::format, name() + ": zstd data cannot be unpacked: " +
                                            ZSTD_getErrorName(code) + ", before byte " + position()};
    }
    first_ += from.pos;
    unpacked_bytes_ += to.pos;
    frame_bytes_ += to.pos;
    between_frames_ = code == 0;
    more_inside_ = to.pos == out.size() && !between_frames_;
    const bool known = frame_size_ != ZSTD_CONTENTSIZE_UNKNOWN && frame_size_ != ZSTD_CONTENTSIZE_ERROR;
    if (between_frames_ && known && frame_bytes_ != frame_size_) {
      return Failure{ErrorKind::format, name() + ": zstd data are damaged: a frame of " +
                                            std::to_string(frame_bytes_) + " bytes says that it has " +
                                            std::to_string(frame_size_) + ", before byte " + position()};
    }
    if (too_large()) {
      return Failure{ErrorKind::format,
                     name() + ": zstd data unpack to more than the limit, at byte " + position()};
    }
    return to.pos;
  }

  Result<std::size_t> end_of_input() const {
    if (between_frames_) return std::size_t{0};
    return Failure{ErrorKind::format, name() + ": zstd data end too early, at byte " + position()};
  }

  [[nodiscard]] std::uint64_t used() const noexcept { return packed_bytes_ - (last_ - first_); }
  [[nodiscard]] bool too_large() const noexcept {
    return unpacked_bytes_ > limits_.max_bytes ||
           (unpacked_bytes_ > limits_.ratio_from && unpacked_bytes_ / limits_.max_ratio > used());
  }
  [[nodiscard]] std::string position() const { return std::to_string(used()); }

  std::unique_ptr<ByteSource> packed_;
  ZstdLimits limits_;
  std::vector<char> input_;
  std::size_t first_ = 0;  // input_[first_, last_) waits to be unpacked
  std::size_t last_ = 0;
  std::uint64_t packed_bytes_ = 0;
  std::uint64_t unpacked_bytes_ = 0;
  std::uint64_t frame_bytes_ = 0;  // unpacked of this frame
  unsigned long long frame_size_ = ZSTD_CONTENTSIZE_UNKNOWN;
  std::unique_ptr<ZSTD_DCtx, End> context_;
  Mode mode_ = Mode::unknown;
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
