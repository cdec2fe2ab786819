// The lines of a file one after the other, in the memory of the longest line allowed and no more. A line ends with
// LF or CR LF; the last one need not. The byte-order mark of UTF-8 is no part of the first line.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/data/sources/byte_source.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

class LineSource {
 public:
  enum class Step : std::uint8_t { line, too_long, end, failed };

  LineSource(std::unique_ptr<ByteSource> source, std::size_t max_bytes)
      : source_(std::move(source)), max_bytes_(max_bytes) {}

  Step next() {
    if (!std::exchange(again_, false)) step_ = read();
    return step_;
  }
  /// next() gives this line once more.
  void repeat() noexcept { again_ = true; }

  /// After Step::line, without its end; valid until the next line is read.
  [[nodiscard]] std::string_view line() const noexcept { return line_; }
  /// Lines read so far, which is the number of the last one.
  [[nodiscard]] std::uint64_t lines() const noexcept { return lines_; }
  /// After Step::failed.
  [[nodiscard]] const Failure& failure() const noexcept { return *fault_; }

 private:
  static constexpr std::size_t chunk = std::size_t{256} << 10;

  Step read() {
    std::size_t looked_at = 0;  // bytes without a line end
    while (true) {
      if (const std::optional<std::size_t> size = line_size(looked_at)) return take(*size, 1);
      looked_at = end_ - begin_;
      if (looked_at > max_bytes_ + 4) return skip();  // 4: a byte-order mark and a carriage return
      if (refill()) continue;
      if (fault_) return Step::failed;
      return looked_at == 0 ? Step::end : take(looked_at, 0);
    }
  }

  /// Bytes up to the next line end, if there is one.
  [[nodiscard]] std::optional<std::size_t> line_size(std::size_t from) const noexcept {
    if (begin_ + from == end_) return std::nullopt;
    const char* const first = buffer_.data() + begin_;
    const void* const found = std::memchr(first + from, '\n', end_ - begin_ - from);
    if (found == nullptr) return std::nullopt;
    return static_cast<std::size_t>(static_cast<const char*>(found) - first);
  }

  Step take(std::size_t size, std::size_t line_end) {
    line_ = std::string_view(buffer_.data() + begin_, size);
    begin_ += size + line_end;
    if (lines_++ == 0 && line_.starts_with("\xEF\xBB\xBF")) line_.remove_prefix(3);
    if (line_.ends_with('\r')) line_.remove_suffix(1);
    return line_.size() > max_bytes_ ? Step::too_long : Step::line;
  }

  /// Leaves out what is left of a line that is too long.
  Step skip() {
    line_ = {};
    ++lines_;
    while (true) {
      const std::optional<std::size_t> size = line_size(0);
      begin_ = size ? begin_ + *size + 1 : end_;
      if (size || !refill()) return fault_ ? Step::failed : Step::too_long;
    }
  }

  /// More bytes behind those there are; false at the end and on failure.
  bool refill() {
    if (at_end_) return false;
    std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(begin_),
              buffer_.begin() + static_cast<std::ptrdiff_t>(end_), buffer_.begin());
    end_ -= begin_;
    begin_ = 0;
    if (buffer_.size() < end_ + chunk / 2)
      buffer_.resize(std::max<std::size_t>(4'096, buffer_.size() * 2));  // short files need no long buffer
    const Result<std::size_t> count = source_->read(std::span(buffer_).subspan(end_));
    if (!count) fault_ = count.error();
    at_end_ = !count || count.value() == 0;
    if (!at_end_) end_ += count.value();
    return !at_end_;
  }

  std::unique_ptr<ByteSource> source_;
  std::size_t max_bytes_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0;  // buffer_[begin_, end_) has not been read as lines yet
  std::size_t end_ = 0;
  std::string_view line_;
  std::uint64_t lines_ = 0;
  std::optional<Failure> fault_;
  Step step_ = Step::end;
  bool again_ = false;
  bool at_end_ = false;
};

}  // namespace weir::inline WEIR_ABI
