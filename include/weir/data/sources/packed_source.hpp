// What sources of packed data share: data that begin with the packing's first bytes are unpacked, other data pass
// through as they are.
//
// A small file may unpack to any size, so both the size and the ratio are limited.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/data/sources/byte_source.hpp>

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

struct PackedLimits {
  std::uint64_t max_bytes = std::uint64_t{64} << 30;  ///< unpacked
  std::uint64_t max_ratio = 1'000;                    ///< unpacked to packed, looked at beyond `ratio_from`
  std::uint64_t ratio_from = std::uint64_t{16} << 20;
};

class PackedSource : public ByteSource {
 public:
  [[nodiscard]] Result<std::size_t> read(std::span<char> out) final {
    if (mode_ == Mode::unknown) {
      if (Status status = recognise(); !status) return status.error();
    }
    if (mode_ == Mode::packed) return unpack(out);
    if (first_ == last_) return packed_->read(out);
    const std::size_t count = std::min(out.size(), waiting());
    std::copy_n(input(), count, out.data());
    first_ += count;
    return count;
  }
  [[nodiscard]] bool ready() const final { return waiting() > 0 || packed_->ready(); }

 protected:
  /// `packing`: what messages call it, "gzip"; `magic`: its first bytes.
  PackedSource(std::unique_ptr<ByteSource> packed, std::string_view packing, std::string_view magic,
               PackedLimits limits)
      : ByteSource(packed->name()),
        packed_(std::move(packed)),
        packing_(packing),
        magic_(magic),
        limits_(limits),
        input_(std::size_t{64} << 10) {}

  [[nodiscard]] virtual Status start() = 0;
  /// As `read`: at least one byte, or none at the end.
  [[nodiscard]] virtual Result<std::size_t> unpack(std::span<char> out) = 0;

  /// The packed bytes that wait, from input() on.
  [[nodiscard]] std::size_t waiting() const noexcept { return last_ - first_; }
  [[nodiscard]] const char* input() const noexcept { return input_.data() + first_; }

  /// More packed bytes behind those that wait, whose number does not change at the end of the data.
  [[nodiscard]] Status fill() {
    std::copy(input_.begin() + static_cast<std::ptrdiff_t>(first_),
              input_.begin() + static_cast<std::ptrdiff_t>(last_), input_.begin());
    last_ -= std::exchange(first_, 0);
    Result<std::size_t> count = packed_->read(std::span(input_).subspan(last_));
    if (!count) return count.error();
    last_ += *count;
    packed_bytes_ += *count;
    return std::monostate{};
  }
  /// At least `wanted` bytes wait then, or all there are.
  [[nodiscard]] Status fill_to(std::size_t wanted) {
    while (waiting() < wanted) {
      const std::size_t before = waiting();
      if (Status status = fill(); !status) return status;
      if (waiting() == before) break;
    }
    return std::monostate{};
  }
  /// `taken` packed bytes became `made` bytes.
  [[nodiscard]] Status use(std::size_t taken, std::size_t made) {
    first_ += taken;
    unpacked_bytes_ += made;
    const bool long_enough = unpacked_bytes_ > limits_.ratio_from;
    const bool swollen = long_enough && unpacked_bytes_ / limits_.max_ratio > packed_bytes_ - waiting();
    if (unpacked_bytes_ > limits_.max_bytes || swollen) return damage("unpack to more than the limit, at");
    return std::monostate{};
  }

  /// "flows.csv.gz: gzip data <what> byte 12"
  [[nodiscard]] Failure damage(const std::string& what) const {
    return Failure{ErrorKind::format, name() + ": " + std::string(packing_) + " data " + what + " byte " +
                                          std::to_string(packed_bytes_ - waiting())};
  }

 private:
  enum class Mode : std::uint8_t { unknown, plain, packed };

  [[nodiscard]] Status recognise() {
    if (Status status = fill_to(magic_.size()); !status) return status;
    const bool packed = std::string_view(input(), waiting()).starts_with(magic_);
    mode_ = packed ? Mode::packed : Mode::plain;
    return packed ? start() : Status{std::monostate{}};
  }

  std::unique_ptr<ByteSource> packed_;
  std::string_view packing_, magic_;
  PackedLimits limits_;
  std::vector<char> input_;
  std::size_t first_ = 0;  // input_[first_, last_) waits to be unpacked
  std::size_t last_ = 0;
  std::uint64_t packed_bytes_ = 0;
  std::uint64_t unpacked_bytes_ = 0;
  Mode mode_ = Mode::unknown;
};

}  // namespace weir::inline WEIR_ABI
