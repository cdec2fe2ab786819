// Markup of a page (HTML, SVG) that is also well-formed XML. Text is escaped on its way in, and the type keeps apart what
// was: a name from a file cannot become a tag.
//
//   Markup cell = element("td", {{"class", "number"}}, text("<b> & co"));
//   cell.str()    // <td class="number">&lt;b&gt; &amp; co</td>
//
// What XML does not allow, such as control characters, and marks that turn the direction of writing, by which a name could
// pass for another, become U+FFFD.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/data/text/text_encoding.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace weir::inline WEIR_ABI {

namespace charts {

/// A piece of a page; only literals of the program and escaped text are in it.
class Markup {
 public:
  Markup() = default;
  /// As it stands: for what the program itself wrote.
  [[nodiscard]] static Markup literal(std::string markup) {
    Markup result;
    result.markup_ = std::move(markup);
    return result;
  }

  Markup& operator+=(const Markup& more) {
    markup_ += more.markup_;
    return *this;
  }
  friend Markup operator+(Markup a, const Markup& b) { return a += b; }

  [[nodiscard]] bool empty() const noexcept { return markup_.empty(); }
  [[nodiscard]] const std::string& str() const noexcept { return markup_; }

 private:
  std::string markup_{};
};

namespace detail {

/// The bytes of the first character of UTF-8, which is not empty.
[[nodiscard]] inline std::size_t first_bytes(std::string_view text) noexcept {
  return std::max<std::size_t>(1, weir::detail::utf8_sequence(text));
}

/// What they say.
[[nodiscard]] inline std::uint32_t code_of(std::string_view bytes) noexcept {
  std::uint32_t code = static_cast<unsigned char>(bytes[0]);
  if (bytes.size() > 1) code &= 0xFFU >> (bytes.size() + 1);
  for (const char c : bytes.substr(1)) code = code << 6U | (static_cast<unsigned char>(c) & 0x3FU);
  return code;
}

/// Whether a page may show it.
[[nodiscard]] constexpr bool shown(std::uint32_t code) noexcept {
  const bool control = (code < 0x20 && code != '\t' && code != '\n') || (code >= 0x7F && code < 0xA0);
  const bool turns = (code >= 0x202A && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069) ||
                     code == 0x200E || code == 0x200F || code == 0x061C;
  const bool no_character = (code & 0xFFFEU) == 0xFFFE || (code >= 0xFDD0 && code <= 0xFDEF);
  return !control && !turns && !no_character;
}

}  // namespace detail

/// The text with everything escaped that markup, or an attribute in double quotes, could take for its own. Bytes that are
/// no UTF-8 are read as to_utf8() does.
[[nodiscard]] inline std::string escaped(std::string_view text) {
  const std::string utf8 = to_utf8(text);
  std::string result;
  for (std::string_view rest = utf8; !rest.empty();) {
    const std::string_view character = rest.substr(0, detail::first_bytes(rest));
    rest.remove_prefix(character.size());
    switch (const std::uint32_t code = detail::code_of(character)) {
      case '&': result += "&amp;"; break;
      case '<': result += "&lt;"; break;
      case '>': result += "&gt;"; break;
      case '"': result += "&quot;"; break;
      default: result += detail::shown(code) ? character : std::string_view("\xEF\xBF\xBD");
    }
  }
  return result;
}

[[nodiscard]] inline Markup text(std::string_view of) { return Markup::literal(escaped(of)); }

/// The first `most` characters, the last of them an ellipsis where there are more.
[[nodiscard]] inline std::string shortened(std::string_view text, std::size_t most) {
  const std::string utf8 = to_utf8(text);
  std::size_t at = 0, before_last = 0;
  for (std::size_t count = 0; at < utf8.size(); ++count) {
    if (count == most) return utf8.substr(0, before_last) + "\xE2\x80\xA6";
    before_last = at;
    at += detail::first_bytes(std::string_view(utf8).substr(at));
  }
  return utf8;
}

/// The shortest text that reads back as the same number; "" for what is none.
[[nodiscard]] inline std::string exact(double value) {
  if (!std::isfinite(value)) return {};
  std::array<char, 32> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  return {digits.data(), end};
}

/// A coordinate: two decimals at most.
[[nodiscard]] inline std::string coordinate(double value) {
  const double rounded = std::round(value * 100.0) / 100.0;
  return exact(rounded == 0.0 ? 0.0 : rounded);  // no minus before 0
}

/// A name and a value of an element; numbers are coordinates.
struct Attribute {
  std::string_view name;
  std::string value;

  Attribute(std::string_view of, std::string_view value_of) : name(of), value(value_of) {}
  Attribute(std::string_view of, const char* value_of) : name(of), value(value_of) {}
  Attribute(std::string_view of, const std::string& value_of) : name(of), value(value_of) {}
  template <class Number>
  requires std::integral<Number> || std::floating_point<Number> Attribute(std::string_view of, Number number)
      : name(of), value(coordinate(static_cast<double>(number))) {}
};

/// An element. Those that never hold anything, and shapes without a title, close themselves.
[[nodiscard]] inline Markup element(std::string_view name, std::initializer_list<Attribute> attributes,
                                    const Markup& content = {}) {
  constexpr std::array<std::string_view, 9> empty{"meta", "br",     "col",      "line", "rect",
                                                  "path", "circle", "polyline", "use"};
  std::string markup("<");
  markup += name;
  for (const Attribute& attribute : attributes) {
    markup.append(" ").append(attribute.name).append("=\"").append(escaped(attribute.value)).append("\"");
  }
  if (content.empty() && std::find(empty.begin(), empty.end(), name) != empty.end()) {
    return Markup::literal(markup + "/>");
  }
  return Markup::literal(markup.append(">").append(content.str()).append("</").append(name).append(">"));
}
[[nodiscard]] inline Markup element(std::string_view name, const Markup& content) {
  return element(name, {}, content);
}
/// An element of text.
[[nodiscard]] inline Markup words(std::string_view name, std::string_view of) {
  return element(name, {}, text(of));
}

}  // namespace charts

}  // namespace weir::inline WEIR_ABI
