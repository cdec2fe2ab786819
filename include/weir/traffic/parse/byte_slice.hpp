// Bytes of a packet: those that were captured, and how many there were on the wire. A parser asks `has(n)`
// before it reads, and cuts by lengths from headers; so what a header claims never reaches beyond the
// capture.
#pragma once

#include <weir/core/abi.hpp>

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

namespace weir::inline WEIR_ABI {
namespace detail {

class ByteSlice {
 public:
  /// A wire length below the captured one is a slip of who wrote it.
  ByteSlice(std::span<const std::byte> bytes, std::uint32_t wire) noexcept
      : bytes_(bytes.first(std::min<std::size_t>(bytes.size(), std::numeric_limits<std::uint32_t>::max()))),
        wire_(std::max(wire, static_cast<std::uint32_t>(bytes_.size()))) {}

  [[nodiscard]] std::span<const std::byte> bytes() const noexcept { return bytes_; }
  [[nodiscard]] std::uint32_t wire() const noexcept { return wire_; }
  [[nodiscard]] bool has(std::size_t n) const noexcept { return n <= bytes_.size(); }

  [[nodiscard]] std::uint8_t u8(std::size_t at) const noexcept {
    assert(has(at + 1));
    return std::to_integer<std::uint8_t>(bytes_[at]);
  }
  [[nodiscard]] std::uint16_t u16(std::size_t at) const noexcept {
    return static_cast<std::uint16_t>((u8(at) << 8) | u8(at + 1));
  }
  [[nodiscard]] std::uint32_t u32(std::size_t at) const noexcept {
    return (std::uint32_t{u16(at)} << 16) | u16(at + 2);
  }
  [[nodiscard]] std::uint16_t u16_little(std::size_t at) const noexcept {
    return static_cast<std::uint16_t>(u8(at) | (u8(at + 1) << 8));
  }
  /// In the byte order of this machine.
  [[nodiscard]] std::uint16_t u16_host(std::size_t at) const noexcept {
    return std::endian::native == std::endian::little ? u16_little(at) : u16(at);
  }
  [[nodiscard]] std::uint32_t u32_little(std::size_t at) const noexcept {
    return u16_little(at) | (std::uint32_t{u16_little(at + 2)} << 16);
  }
  /// Copies n bytes from `at` on to `out`.
  void copy(std::size_t at, std::size_t n, std::uint8_t* out) const noexcept {
    assert(has(at + n));
    std::copy_n(reinterpret_cast<const std::uint8_t*>(bytes_.data()) + at, n, out);
  }

  /// What follows the first n bytes, captured or not.
  [[nodiscard]] ByteSlice behind(std::uint32_t n) const noexcept {
    const std::uint32_t gone = std::min(n, wire_);
    return {bytes_.subspan(std::min<std::size_t>(gone, bytes_.size())), wire_ - gone};
  }
  /// The first n bytes of the wire, or all if there are fewer.
  [[nodiscard]] ByteSlice limited(std::uint32_t n) const noexcept {
    const std::uint32_t kept = std::min(n, wire_);
    return {bytes_.first(std::min<std::size_t>(kept, bytes_.size())), kept};
  }

 private:
  std::span<const std::byte> bytes_;
  std::uint32_t wire_;
};

}  // namespace detail
}  // namespace weir::inline WEIR_ABI
