#include <weir/data/text/blanks.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include <weir/data/text/text_encoding.hpp>

using namespace weir;

namespace {

constexpr char32_t blanks[] = {0x09,   0x0B,   0x0C,   0x20,   0x85,   0xA0,   0x1680, 0x180E, 0x2000,
                               0x2001, 0x2002, 0x2003, 0x2004, 0x2005, 0x2006, 0x2007, 0x2008, 0x2009,
                               0x200A, 0x200B, 0x2028, 0x2029, 0x202F, 0x205F, 0x2060, 0x3000, 0xFEFF};

std::string utf8(char32_t character) {
  std::string text;
  append_utf8(text, character);
  return text;
}

}  // namespace

TEST_CASE("blanks: at both ends of a text") {
  CHECK(trim_blanks(" \t a b \t") == "a b");
  CHECK(trim_blanks("   ").empty());
  CHECK(trim_blanks("").empty());
  CHECK(trim_blanks("\xC2\xA0 1.5\xC2\xA0\t") == "1.5");
  CHECK(trim_blanks("\xC2\xA0").empty());
  CHECK(trim_blanks("a\xC2\xA0z") == "a\xC2\xA0z");
  CHECK(trim_blanks("voil\xC3\xA0") == "voil\xC3\xA0");  // not half of another character
}

TEST_CASE("blanks: those of Unicode, and no others") {
  std::u32string found;
  for (char32_t c = 1; c < 0x11000; ++c) {
    const std::string text = utf8(c);
    const bool surrogate = c >= 0xD800 && c <= 0xDFFF;
    if (surrogate || blank_before(text) == 0) continue;
    CHECK(blank_before(text + "a") == text.size());
    CHECK(trim_blanks(text + "a" + text + "b" + text + text) == "a" + text + "b");
    found += c;
  }
  CHECK(found == std::u32string(std::begin(blanks), std::end(blanks)));
  CHECK(trim_blanks("\x85 a\xA0") == "\x85 a\xA0");  // halves of characters
  CHECK_FALSE(has_width(utf8(0x200B)));
  CHECK(has_width(utf8(0x2003)));
}
