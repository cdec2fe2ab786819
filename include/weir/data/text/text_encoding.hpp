// Text in other encodings to UTF-8.
//
//   is_utf8(bytes)                  after RFC 3629: no surrogates, nothing longer than needed
//   windows_1252_to_utf8(bytes)     by the table of the WHATWG Encoding Standard: each byte is a character
//   Utf16ToUtf8                     RFC 2781, in pieces; what is no character becomes U+FFFD
#pragma once

#include <weir/core/abi.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace weir::inline WEIR_ABI {

/// Of the texts in a file.
enum class TextEncoding : std::uint8_t {
  automatic,     ///< UTF-16 by its first bytes; a text that is not UTF-8 is Windows-1252
  utf8,          ///< anything else is an error
  windows_1252,  ///< Latin-1 with dashes, quotes and the euro sign
  utf16          ///< either byte order, by the byte-order mark or by the zeros
};
[[nodiscard]] constexpr std::array<std::string_view, 4> names_of(TextEncoding) {
  return {"automatic", "utf-8", "windows-1252", "utf-16"};
}

[[nodiscard]] inline bool is_ascii(std::string_view text) noexcept {
  constexpr std::uint64_t high = 0x8080808080808080;
  std::size_t i = 0;
  for (; i + 8 <= text.size(); i += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + i, 8);
    if ((word & high) != 0) return false;
  }
  for (; i < text.size(); ++i) {
    if (static_cast<unsigned char>(text[i]) >= 0x80) return false;
  }
  return true;
}

namespace detail {

/// Bytes of the UTF-8 sequence at the front; 0 when there is none.
[[nodiscard]] constexpr std::size_t utf8_sequence(std::string_view text) noexcept {
  const auto at = [text](std::size_t i) -> unsigned {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0;
  };
  const unsigned first = at(0);
  if (first < 0x80) return text.empty() ? 0 : 1;
  const std::size_t size = first >= 0xC2 && first <= 0xDF   ? 2
                           : first >= 0xE0 && first <= 0xEF ? 3
                           : first >= 0xF0 && first <= 0xF4 ? 4
                                                            : 0;
  const unsigned lowest = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
  const unsigned highest = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
  if (size == 0 || at(1) < lowest || at(1) > highest) return 0;
  for (std::size_t i = 2; i < size; ++i) {
    if ((at(i) & 0xC0U) != 0x80) return 0;
  }
  return size;
}

/// Characters of the bytes 80 to 9F; the five that stand for none keep their number.
inline constexpr std::array<std::uint16_t, 32> windows_1252_middle{
    0x20AC, 0x0081, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0x008D, 0x017D, 0x008F, 0x0090, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x009D, 0x017E, 0x0178};

}  // namespace detail

[[nodiscard]] inline bool is_utf8(std::string_view text) noexcept {
  while (!text.empty()) {
    const std::size_t size = detail::utf8_sequence(text);
    if (size == 0) return false;
    text.remove_prefix(size);
  }
  return true;
}

inline void append_utf8(std::string& out, std::uint32_t character) {
  const auto byte = [&out](std::uint32_t value) {
    out += static_cast<char>(static_cast<unsigned char>(value));
  };
  if (character < 0x80) return byte(character);
  if (character < 0x800) {
    byte(0xC0 | (character >> 6));
  } else if (character < 0x10000) {
    byte(0xE0 | (character >> 12));
    byte(0x80 | ((character >> 6) & 0x3F));
  } else {
    byte(0xF0 | (character >> 18));
    byte(0x80 | ((character >> 12) & 0x3F));
    byte(0x80 | ((character >> 6) & 0x3F));
  }
  byte(0x80 | (character & 0x3F));
}

inline void append_windows_1252(std::string& out, std::string_view bytes) {
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    const bool middle = byte >= 0x80 && byte < 0xA0;
    append_utf8(out, middle ? std::uint32_t{detail::windows_1252_middle[byte - 0x80U]} : std::uint32_t{byte});
  }
}

/// Whether it holds U+FFFD, which stands for a character that could not be read.
[[nodiscard]] inline bool has_lost_character(std::string_view utf8) noexcept {
  return utf8.find("\xEF\xBF\xBD") != std::string_view::npos;
}

/// Always UTF-8: what is not is taken for Windows-1252.
[[nodiscard]] inline std::string to_utf8(std::string_view text) {
  if (is_utf8(text)) return std::string(text);
  std::string result;
  append_windows_1252(result, text);
  return result;
}

/// Decodes UTF-16 that arrives in pieces.
class Utf16ToUtf8 {
 public:
  explicit Utf16ToUtf8(bool big_endian) noexcept : big_endian_(big_endian) {}

  void append(std::string& out, std::string_view bytes) {
    for (const char c : bytes) {
      const auto byte = static_cast<unsigned char>(c);
      if (!half_) {
        first_ = byte;
        half_ = true;
        continue;
      }
      half_ = false;
      take(out, big_endian_ ? first_ << 8U | byte : first_ | static_cast<std::uint32_t>(byte) << 8U);
    }
  }
  /// What is left at the end: half a character.
  void finish(std::string& out) {
    if (half_ || high_ != 0) append_utf8(out, replacement);
    half_ = false;
    high_ = 0;
  }

 private:
  static constexpr std::uint32_t replacement = 0xFFFD;

  void take(std::string& out, std::uint32_t unit) {
    const bool low = unit >= 0xDC00 && unit <= 0xDFFF;
    if (high_ != 0) {
      const std::uint32_t high = high_;
      high_ = 0;
      if (low) return append_utf8(out, 0x10000 + ((high - 0xD800) << 10U) + (unit - 0xDC00));
      append_utf8(out, replacement);
    }
    if (unit >= 0xD800 && unit <= 0xDBFF) {
      high_ = unit;
      return;
    }
    append_utf8(out, low ? replacement : unit);
  }

  bool big_endian_;
  bool half_ = false;
  std::uint32_t first_ = 0;
  std::uint32_t high_ = 0;  // a high surrogate that waits for its low one
};

}  // namespace weir::inline WEIR_ABI
