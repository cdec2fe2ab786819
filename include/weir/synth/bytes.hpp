// Bytes in network order, one behind the other.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/rng.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

namespace weir::inline WEIR_ABI {
namespace synth {

class ByteWriter {
 public:
  [[nodiscard]] std::size_t size() const noexcept { return bytes_.size(); }
  [[nodiscard]] const std::vector<std::byte>& bytes() const noexcept { return bytes_; }
  [[nodiscard]] std::span<std::byte> span() noexcept { return bytes_; }
  void clear() noexcept { bytes_.clear(); }

  ByteWriter& u8(std::uint64_t x) {
    bytes_.push_back(static_cast<std::byte>(x & 0xFF));
    return *this;
  }
  ByteWriter& u16(std::uint64_t x) { return u8(x >> 8).u8(x); }
  ByteWriter& u24(std::uint64_t x) { return u8(x >> 16).u16(x); }
  ByteWriter& u32(std::uint64_t x) { return u16(x >> 16).u16(x); }
  ByteWriter& u64(std::uint64_t x) { return u32(x >> 32).u32(x); }
  ByteWriter& text(std::string_view s) {
    for (const char c : s) u8(static_cast<unsigned char>(c));
    return *this;
  }
  ByteWriter& fill(std::size_t n, std::uint8_t value = 0) {
    bytes_.insert(bytes_.end(), n, std::byte{value});
    return *this;
  }
  ByteWriter& random(std::size_t n, Rng& rng) {
    for (std::size_t i = 0; i < n; ++i) u8(rng.next32() >> 24);
    return *this;
  }
  /// n characters of the alphabet.
  ByteWriter& letters(std::size_t n, Rng& rng, std::string_view alphabet = "abcdefghijklmnopqrstuvwxyz") {
    for (std::size_t i = 0; i < n; ++i) u8(static_cast<unsigned char>(alphabet[rng.below(alphabet.size())]));
    return *this;
  }
  ByteWriter& append(std::span<const std::byte> more) {
    bytes_.insert(bytes_.end(), more.begin(), more.end());
    return *this;
  }
  void patch16(std::size_t at, std::uint64_t x) noexcept {
    bytes_[at] = static_cast<std::byte>((x >> 8) & 0xFF);
    bytes_[at + 1] = static_cast<std::byte>(x & 0xFF);
  }
  void resize(std::size_t n) { bytes_.resize(n); }

 private:
  std::vector<std::byte> bytes_;
};

}  // namespace synth
}  // namespace weir::inline WEIR_ABI
