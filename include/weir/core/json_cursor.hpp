// A cursor over JSON text (RFC 8259) for formats whose grammar is known: it takes one expected token after
// the other, allocates nothing, and knows at which byte it stands.
//
// Why not a JSON library here: a general lexer copies each token while it reads and quotes it in its errors,
// so that one long token costs 5 to 25 times its length. A model file is hostile input; reading it must never
// cost more than a small multiple of its size.
#pragma once

#include <weir/core/abi.hpp>

#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace weir::inline WEIR_ABI {

/// A JSON string that was taken: `raw` is the text between the quotes. With a buffer, the decoded bytes go
/// there; decoding never makes a string longer.
struct JsonString {
  char* buffer = nullptr;
  std::size_t size = 0;  ///< decoded bytes
  bool has_controls = false;
  std::string_view raw{};
  std::size_t position = 0;  ///< of raw in the text

  void put(unsigned byte) noexcept {
    has_controls = has_controls || byte < 0x20 || byte == 0x7F;
    if (buffer != nullptr) buffer[size] = static_cast<char>(byte);
    ++size;
  }
};

class JsonCursor {
 public:
  static constexpr const char* not_utf8 = "not UTF-8";  ///< a reason

  explicit JsonCursor(std::string_view text) noexcept : text_(text) {}

  [[nodiscard]] std::size_t position() const noexcept { return at_; }
  /// Why the last call that returned false did so, and where.
  [[nodiscard]] const std::string& reason() const noexcept { return reason_; }
  bool refuse(std::size_t position, std::string reason) {
    at_ = position;
    reason_ = std::move(reason);
    return false;
  }

  /// Takes `token` if it comes next.
  bool skip(char token) noexcept {
    skip_space();
    if (at_ == text_.size() || text_[at_] != token) return false;
    ++at_;
    return true;
  }
  [[nodiscard]] bool take(char token) {
    return skip(token) || refuse(at_, std::string("expected '") + token + "'");
  }
  [[nodiscard]] bool take_string(JsonString& out);
  /// A number without sign, fraction and exponent.
  [[nodiscard]] bool take_unsigned(std::uint64_t& out);
  /// Any finite number, written as RFC 8259 says: neither 007 nor 1. nor .5.
  [[nodiscard]] bool take_number(double& out);
  /// Takes `word` (true, false, null) if it comes next.
  bool skip_word(std::string_view word) noexcept {
    skip_space();
    if (text_.substr(at_, word.size()) != word) return false;
    at_ += word.size();
    return true;
  }
  /// Whether nothing but white space is left.
  [[nodiscard]] bool at_end() noexcept {
    skip_space();
    return at_ == text_.size();
  }
  /// Whether `token` comes next; takes nothing.
  [[nodiscard]] bool sees(char token) noexcept {
    skip_space();
    return at_ < text_.size() && text_[at_] == token;
  }

 private:
  static bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
  static unsigned to_byte(char c) noexcept { return static_cast<unsigned char>(c); }

  void skip_space() noexcept {
    while (at_ < text_.size() &&
           (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\r' || text_[at_] == '\t')) {
      ++at_;
    }
  }
  [[nodiscard]] bool take_escape(JsonString& out);
  [[nodiscard]] bool take_code_point(JsonString& out);
  [[nodiscard]] bool take_hex4(unsigned& out);
  [[nodiscard]] bool take_utf8(JsonString& out);
  /// Whether a digit stands where the grammar wants one, in what is otherwise a number.
  [[nodiscard]] static bool is_number(std::string_view text) noexcept {
    if (text.starts_with('-')) text.remove_prefix(1);
    const std::size_t point = text.find('.');
    const bool digits = !text.empty() && is_digit(text[0]);
    const bool fraction =
        point == std::string_view::npos || (point + 1 < text.size() && is_digit(text[point + 1]));
    return digits && fraction && !(text[0] == '0' && text.size() > 1 && is_digit(text[1]));
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::string reason_;
};

inline bool JsonCursor::take_string(JsonString& out) {
  if (!skip('"')) return refuse(at_, "expected a string");
  out.position = at_;
  while (at_ < text_.size()) {
    const unsigned byte = to_byte(text_[at_]);
    if (byte == '"') {
      out.raw = text_.substr(out.position, at_ - out.position);
      ++at_;
      return true;
    }
    if (byte < 0x20) return refuse(at_, "control character in a string");
    if (byte == '\\') {
      if (!take_escape(out)) return false;
    } else if (byte < 0x80) {
      out.put(byte);
      ++at_;
    } else if (!take_utf8(out)) {
      return false;
    }
  }
  return refuse(at_, "a string without end");
}

inline bool JsonCursor::take_escape(JsonString& out) {
  constexpr std::string_view names = "\"\\/bfnrt";
  constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
  const std::size_t start = at_++;
  if (at_ == text_.size()) return refuse(start, "a string without end");
  if (text_[at_] == 'u') {
    ++at_;
    return take_code_point(out);
  }
  const std::size_t which = names.find(text_[at_]);
  if (which == std::string_view::npos) return refuse(start, "unknown escape in a string");
  out.put(to_byte(meanings[which]));
  ++at_;
  return true;
}

/// The digits after \u, of both halves of a surrogate pair.
inline bool JsonCursor::take_code_point(JsonString& out) {
  const std::size_t start = at_;
  unsigned code = 0;
  if (!take_hex4(code)) return false;
  if (code >= 0xD800 && code < 0xE000) {
    unsigned low = 0;
    const bool paired = code < 0xDC00 && text_.substr(at_, 2) == "\\u";
    if (paired) at_ += 2;
    if (!paired || !take_hex4(low) || low < 0xDC00 || low >= 0xE000) {
      return refuse(start, "half of a surrogate pair");
    }
    code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
  }
  if (code < 0x80) {
    out.put(code);
    return true;
  }
  if (code < 0x800) {
    out.put(0xC0 | (code >> 6));
  } else {
    if (code < 0x10000) {
      out.put(0xE0 | (code >> 12));
    } else {
      out.put(0xF0 | (code >> 18));
      out.put(0x80 | ((code >> 12) & 0x3F));
    }
    out.put(0x80 | ((code >> 6) & 0x3F));
  }
  out.put(0x80 | (code & 0x3F));
  return true;
}

inline bool JsonCursor::take_hex4(unsigned& out) {
  out = 0;
  for (int i = 0; i < 4; ++i, ++at_) {
    const char c = at_ < text_.size() ? text_[at_] : '\0';
    const unsigned byte = to_byte(c);
    if (is_digit(c)) {
      out = out * 16 + (byte - '0');
    } else if ((byte | 0x20U) >= 'a' && (byte | 0x20U) <= 'f') {
      out = out * 16 + ((byte | 0x20U) - 'a' + 10);
    } else {
      return refuse(at_, "expected a hexadecimal digit");
    }
  }
  return true;
}

/// One character of two to four bytes; the ranges are those of table 3-7 of the Unicode standard.
inline bool JsonCursor::take_utf8(JsonString& out) {
  const unsigned lead = to_byte(text_[at_]);
  const std::size_t length = lead < 0xC2 || lead > 0xF4 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  if (length == 0 || text_.size() - at_ < length) return refuse(at_, not_utf8);
  unsigned low = 0x80;  // limits of the second byte: no overlong forms, no surrogates, nothing over U+10FFFF
  unsigned high = 0xBF;
  if (lead == 0xE0) low = 0xA0;
  if (lead == 0xED) high = 0x9F;
  if (lead == 0xF0) low = 0x90;
  if (lead == 0xF4) high = 0x8F;
  for (std::size_t i = 1; i < length; ++i) {
    const unsigned byte = to_byte(text_[at_ + i]);
    if (byte < low || byte > high) return refuse(at_, not_utf8);
    low = 0x80;
    high = 0xBF;
  }
  for (std::size_t i = 0; i < length; ++i) out.put(to_byte(text_[at_ + i]));
  at_ += length;
  return true;
}

inline bool JsonCursor::take_unsigned(std::uint64_t& out) {
  skip_space();
  const std::size_t start = at_;
  out = 0;
  for (; at_ < text_.size() && is_digit(text_[at_]); ++at_) {
    const std::uint64_t digit = to_byte(text_[at_]) - '0';
    if (out > (std::numeric_limits<std::uint64_t>::max() - digit) / 10) {
      return refuse(start, "a number that is too large");
    }
    out = out * 10 + digit;
  }
  const std::size_t digits = at_ - start;
  const bool more = at_ < text_.size() && (text_[at_] == '.' || (text_[at_] | 0x20) == 'e');
  if (digits == 0 || more || (digits > 1 && text_[start] == '0')) {
    return refuse(start, "expected a non-negative integer");
  }
  return true;
}

inline bool JsonCursor::take_number(double& out) {
  skip_space();
  const std::size_t start = at_;
  std::size_t end = start;
  while (end < text_.size() &&
         (is_digit(text_[end]) || std::string_view("+-.eE").find(text_[end]) != std::string_view::npos))
    ++end;
  const char* const last = text_.data() + end;
  const auto [stop, error] = std::from_chars(text_.data() + start, last, out);
  if (error != std::errc() || stop != last || !std::isfinite(out) ||
      !is_number(text_.substr(start, end - start))) {
    return refuse(start, "expected a finite number");
  }
  at_ = end;
  return true;
}

}  // namespace weir::inline WEIR_ABI
