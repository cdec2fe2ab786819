// A source whose first bytes can be looked at before it is read, and one that gives UTF-16 as UTF-8.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/data/sources/byte_source.hpp>
#include <weir/data/text/text_encoding.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace weir::inline WEIR_ABI {

class PeekedSource final : public ByteSource {
 public:
  /// Reads up to `most` bytes ahead.
  [[nodiscard]] static Result<std::unique_ptr<PeekedSource>> try_make(std::unique_ptr<ByteSource> source,
                                                                      std::size_t most) {
    std::string head;
    std::size_t filled = 0;
    while (filled < most) {
      if (filled == head.size()) head.resize(std::min(most, std::max<std::size_t>(512, 2 * filled)));
      const Result<std::size_t> count = source->read(std::span(head).subspan(filled));
      if (!count) return count.error();
      if (count.value() == 0) break;
      filled += count.value();
    }
    head.resize(filled);
    return std::unique_ptr<PeekedSource>(new PeekedSource(std::move(source), std::move(head)));
  }

  /// The first bytes, as long as none has been read.
  [[nodiscard]] std::string_view head() const noexcept { return std::string_view(head_).substr(used_); }
  /// Leaves bytes of the head out.
  void skip(std::size_t count) noexcept { used_ = std::min(head_.size(), used_ + count); }

  [[nodiscard]] Result<std::size_t> read(std::span<char> out) override {
    if (used_ == head_.size()) return rest_->read(out);
    const std::size_t count = std::min(out.size(), head_.size() - used_);
    std::copy_n(head_.data() + used_, count, out.data());
    used_ += count;
    return count;
  }

 private:
  PeekedSource(std::unique_ptr<ByteSource> rest, std::string head)
      : ByteSource(rest->name()), rest_(std::move(rest)), head_(std::move(head)) {}

  std::unique_ptr<ByteSource> rest_;
  std::string head_;
  std::size_t used_ = 0;
};

class Utf16Source final : public ByteSource {
 public:
  explicit Utf16Source(std::unique_ptr<PeekedSource> source)
      : ByteSource(source->name()), decoder_(big_endian(source->head())), source_(std::move(source)) {
    const std::string_view head = source_->head().substr(0, 2);
    if (head == "\xFF\xFE" || head == "\xFE\xFF") source_->skip(2);
  }

  /// By these first bytes: a byte-order mark decides, else the zeros of Latin text, else it is little-endian.
  [[nodiscard]] static bool big_endian(std::string_view head) noexcept {
    const std::string_view mark = head.substr(0, 2);
    if (mark == "\xFF\xFE" || mark == "\xFE\xFF") return mark[0] == '\xFE';
    std::array<std::size_t, 2> zeros{};
    for (std::size_t i = 0; i < head.size(); ++i) zeros[i % 2] += std::size_t{head[i] == '\0'};
    return zeros[0] > zeros[1];
  }

  [[nodiscard]] Result<std::size_t> read(std::span<char> out) override {
    while (used_ == text_.size() && !ended_) {
      if (Status status = refill(); !status) return status.error();
    }
    const std::size_t count = std::min(out.size(), text_.size() - used_);
    std::copy_n(text_.data() + used_, count, out.data());
    used_ += count;
    return count;
  }

 private:
  Status refill() {
    const Result<std::size_t> count = source_->read(bytes_);
    if (!count) return count.error();
    text_.clear();
    used_ = 0;
    decoder_.append(text_, std::string_view(bytes_.data(), count.value()));
    if (count.value() == 0) {
      decoder_.finish(text_);
      ended_ = true;
    }
    return std::monostate{};
  }

  Utf16ToUtf8 decoder_;
  std::unique_ptr<PeekedSource> source_;
  std::array<char, std::size_t{16} << 10> bytes_{};
  std::string text_;
  std::size_t used_ = 0;
  bool ended_ = false;
};

}  // namespace weir::inline WEIR_ABI
