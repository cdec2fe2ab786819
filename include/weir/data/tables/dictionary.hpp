// The distinct texts of a categorical column, numbered in the order of their first appearance.
//
// The texts lie one behind the other in one buffer; an open-addressing table of their numbers finds them. The
// texts come from files that anybody may have written, so the hash is SipHash-1-3 (Aumasson, Bernstein,
// "SipHash: a fast short-input PRF", 2012) under a key that a writer cannot know: where the table happens to
// lie in memory. The numbers do not depend on it.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/core/rng.hpp>

#include <bit>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

/// The code of a missing text.
inline constexpr std::uint32_t missing_code = std::numeric_limits<std::uint32_t>::max();

namespace detail {

class SipHash13 {
 public:
  SipHash13(std::uint64_t k0, std::uint64_t k1) noexcept
      : v0_(k0 ^ 0x736F6D6570736575),
        v1_(k1 ^ 0x646F72616E646F6D),
        v2_(k0 ^ 0x6C7967656E657261),
        v3_(k1 ^ 0x7465646279746573) {}

  std::uint64_t operator()(std::string_view text) noexcept {
    std::size_t i = 0;
    for (; i + 8 <= text.size(); i += 8) absorb(word(text.substr(i, 8)));
    absorb(word(text.substr(i)) | (static_cast<std::uint64_t>(text.size()) << 56));
    v2_ ^= 0xFF;
    round();
    round();
    round();
    return v0_ ^ v1_ ^ v2_ ^ v3_;
  }

 private:
  static std::uint64_t word(std::string_view bytes) noexcept {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      value |= static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[i])) << (8 * i);
    }
    return value;
  }
  void absorb(std::uint64_t word) noexcept {
    v3_ ^= word;
    round();
    v0_ ^= word;
  }
  void round() noexcept {
    v0_ += v1_;
    v2_ += v3_;
    v1_ = std::rotl(v1_, 13) ^ v0_;
    v3_ = std::rotl(v3_, 16) ^ v2_;
    v0_ = std::rotl(v0_, 32);
    v2_ += v1_;
    v0_ += v3_;
    v1_ = std::rotl(v1_, 17) ^ v2_;
    v3_ = std::rotl(v3_, 21) ^ v0_;
    v2_ = std::rotl(v2_, 32);
  }

  std::uint64_t v0_, v1_, v2_, v3_;
};

}  // namespace detail

class Dictionary {
 public:
  /// Distinct texts.
  [[nodiscard]] std::size_t size() const noexcept { return ends_.size(); }

  /// The text of a code; empty for missing_code.
  [[nodiscard]] std::string_view operator[](std::uint32_t code) const noexcept {
    if (code == missing_code) return {};
    assert(code < ends_.size());
    const std::size_t begin = code == 0 ? 0 : ends_[code - 1];
    return {bytes_.data() + begin, ends_[code] - begin};
  }

  /// The code of a text; missing_code when it is not here, or empty.
  [[nodiscard]] std::uint32_t find(std::string_view text) const noexcept {
    return text.empty() || slots_.empty() ? missing_code : slots_[slot_of(text)];
  }

  /// The code of a text, which is added if it is new; an empty text is a missing one.
  std::uint32_t intern(std::string_view text) {
    if (text.empty()) return missing_code;
    if (last_ < size() && (*this)[last_] == text) return last_;  // equal texts often follow each other
    if (size() + 1 > slots_.size() / 2) grow();
    const std::size_t slot = slot_of(text);
    if (slots_[slot] == missing_code) add(text, slot);
    return last_ = slots_[slot];
  }

  friend bool operator==(const Dictionary& a, const Dictionary& b) {
    return a.bytes_ == b.bytes_ && a.ends_ == b.ends_;
  }

 private:
  /// Where the text is, or where it would go.
  [[nodiscard]] std::size_t slot_of(std::string_view text) const noexcept {
    const std::size_t mask = slots_.size() - 1;
    std::size_t slot = static_cast<std::size_t>(detail::SipHash13(key_, ~key_)(text)) & mask;
    while (slots_[slot] != missing_code && (*this)[slots_[slot]] != text) slot = (slot + 1) & mask;
    return slot;
  }

  void add(std::string_view text, std::size_t slot) {
    if (size() >= missing_code) fail(ErrorKind::data, "a categorical column has more than 2^32 - 1 texts");
    bytes_.resize(ends_.empty() ? 0 : ends_.back());  // what an addition that ran out of memory left behind
    bytes_.append(text);
    ends_.push_back(bytes_.size());
    slots_[slot] = static_cast<std::uint32_t>(size() - 1);
  }

  void grow() {
    std::vector<std::uint32_t> larger(slots_.empty() ? 16 : slots_.size() * 2, missing_code);
    slots_ = std::move(larger);
    key_ = RngKey{reinterpret_cast<std::uintptr_t>(slots_.data())}.fork(slots_.size()).value;
    for (std::uint32_t code = 0; code < size(); ++code) slots_[slot_of((*this)[code])] = code;
  }

  std::string bytes_;
  std::vector<std::size_t> ends_;     // of each text in bytes_
  std::vector<std::uint32_t> slots_;  // codes by hash; a power of two, at most half full
  std::uint64_t key_ = 0;
  std::uint32_t last_ = 0;
};

}  // namespace weir::inline WEIR_ABI
