#include <weir/core/json_cursor.hpp>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

using weir::JsonCursor;
using weir::JsonString;

namespace {

std::optional<std::string> decoded(std::string_view text) {
  JsonCursor counter(text);
  JsonString measured;
  if (!counter.take_string(measured)) return std::nullopt;
  std::string out(measured.size, '?');
  JsonCursor cursor(text);
  JsonString taken{.buffer = out.data()};
  REQUIRE(cursor.take_string(taken));
  REQUIRE(taken.size == measured.size);
  REQUIRE(taken.size <= taken.raw.size());
  return cursor.position() == text.size() ? std::optional(out) : std::nullopt;
}

/// What a JSON library says to the same text.
std::optional<std::string> oracle(std::string_view text) {
  const auto value = nlohmann::json::parse(text, nullptr, false);
  return value.is_string() ? std::optional(value.get<std::string>()) : std::nullopt;
}

std::optional<std::uint64_t> number(std::string_view text) {
  JsonCursor cursor(text);
  std::uint64_t value = 0;
  if (!cursor.take_unsigned(value)) return std::nullopt;
  return value;
}

}  // namespace

TEST_CASE("json cursor: every escape, alone and broken") {
  for (int c = 0; c < 256; ++c) {
    const std::string text = std::string("\"x\\") + static_cast<char>(c) + "0041y\"";
    CHECK_MESSAGE(decoded(text) == oracle(text), text);
  }
  for (const std::string_view text : {R"("")",
                                      R"("plain")",
                                      R"("\u0000")",
                                      R"("\u007f\u0080\u07ff\u0800\uffff")",
                                      R"("\ud800\udc00")",
                                      R"("\udbff\udfff")",
                                      R"("\ud800")",
                                      R"("\udc00")",
                                      R"("\ud800x")",
                                      R"("\ud800\n")",
                                      R"("\ud800\u0041")",
                                      R"("\udc00\ud800")",
                                      R"("\ud800\udbff")",
                                      R"("\uABCDEF\uabcdef")",
                                      R"("\u12")",
                                      R"("\u12g4")",
                                      R"("\u")",
                                      R"("\)",
                                      R"("\")",
                                      R"("open)",
                                      R"(")",
                                      "\"tab\t\"",
                                      "\"nul\0\"",
                                      R"("\u00e4ä")"}) {
    CHECK_MESSAGE(decoded(text) == oracle(text), text);
  }
}

TEST_CASE("json cursor: UTF-8 as the Unicode standard has it") {
  constexpr std::array<unsigned, 14> edges{0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F,
                                           0xA0, 0xBF, 0xC0, 0xC2, 0xE0, 0xED, 0xFF};
  for (unsigned lead = 0x80; lead < 0x100; ++lead) {
    for (const unsigned second : edges) {
      for (const unsigned third : edges) {
        for (const std::string_view tail : {"", "\x80", "\xBF", "z"}) {
          std::string text = "\"";
          text += static_cast<char>(lead);
          text += static_cast<char>(second);
          text += static_cast<char>(third);
          text.append(tail).append("\"");
          if (decoded(text) != oracle(text)) FAIL_CHECK(lead << " " << second << " " << third);
        }
      }
    }
  }
}

TEST_CASE("json cursor: control characters are noticed, however they are written") {
  for (const std::string_view text :
       {R"("a\u0000")", R"("a\n")", R"("a\u001f")", R"("a\u007f")", "\"a\x7F\""}) {
    JsonCursor cursor(text);
    JsonString taken;
    REQUIRE(cursor.take_string(taken));
    CHECK_MESSAGE(taken.has_controls, text);
  }
  JsonCursor cursor(R"("a \" \u00ff")");
  JsonString taken;
  REQUIRE(cursor.take_string(taken));
  CHECK_FALSE(taken.has_controls);
}

TEST_CASE("json cursor: whole numbers only") {
  CHECK(number("0") == 0);
  CHECK(number(" \t\r\n7,") == 7);
  CHECK(number("18446744073709551615") == std::numeric_limits<std::uint64_t>::max());
  for (const std::string_view text :
       {"18446744073709551616", "99999999999999999999", "-1", "-0", "+1", "00", "01", "1.0", "1e3", "1E3",
        ".5", "", " ", "x", "\"1\"", "true", "null", "[1]"}) {
    CHECK_MESSAGE(number(text) == std::nullopt, text);
  }
}

TEST_CASE("json cursor: a refusal says what and where") {
  JsonCursor cursor("  { x");
  CHECK(cursor.take('{'));
  CHECK_FALSE(cursor.take(':'));
  CHECK(cursor.position() == 4);
  CHECK(cursor.reason() == "expected ':'");
}
