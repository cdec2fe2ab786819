#include <weir/data/text/number.hpp>

#include <doctest/doctest.h>

#include <charconv>
#include <clocale>
#include <limits>
#include <string>

#include <weir/core/rng.hpp>
#include <weir/data/text/finite.hpp>

using namespace weir;

namespace {
double number(std::string_view text) {
  double value = -99;
  REQUIRE(parse_number(text, value));
  return value;
}
bool refused(std::string_view text) {
  double value = 0;
  return !parse_number(text, value);
}
}  // namespace

TEST_CASE("numbers: decimals and scientific notation") {
  CHECK(number("0") == 0);
  CHECK(number("-7") == -7);
  CHECK(number("007") == 7);
  CHECK(number("+5") == 5);
  CHECK(number("0.17") == 0.17);
  CHECK(number("-0.05") == -0.05);
  CHECK(number("5.") == 5);
  CHECK(number(".5") == 0.5);
  CHECK(number("1e3") == 1000);
  CHECK(number("2.5E-3") == 0.0025);
  CHECK(number("123456789012345") == 123456789012345.0);
  CHECK(number("0.123456789012345") == 0.123456789012345);
  CHECK(number("12345678901234567890") == 12345678901234567890.0);
  CHECK(number("9223372036854775807") == 9223372036854775807.0);
  CHECK(std::signbit(number("-0")));
  CHECK(std::signbit(number("-0.0")));
}

TEST_CASE("numbers: infinity and NaN are numbers") {
  CHECK(number("inf") == std::numeric_limits<double>::infinity());
  CHECK(number("-Infinity") == -std::numeric_limits<double>::infinity());
  CHECK(is_missing(number("NaN")));
  CHECK_FALSE(is_missing(number("inf")));
  CHECK_FALSE(is_finite(number("inf")));
}

TEST_CASE("numbers: what is none") {
  for (const char* text : {"", "-", "+", "+-1", "--1", ".", "-.", "1.2.3", "1 ", " 1", "1,5", "0x1F", "1e",
                           "e5", "abc", "1a", "1e400", "-1e400", "1e-400"}) {
    CAPTURE(text);
    CHECK(refused(text));
  }
  CHECK(refused(std::string_view("1\0", 2)));
}

TEST_CASE("numbers: the short way agrees with from_chars to the bit") {
  Rng rng(3);
  for (int i = 0; i < 20'000; ++i) {
    std::string text = rng.chance(0.5) ? "-" : "";
    const auto digits = static_cast<int>(1 + rng.below(17));
    const auto point = static_cast<int>(rng.below(20));
    for (int k = 0; k < digits; ++k) {
      if (k == point) text += '.';
      text += static_cast<char>('0' + rng.below(10));
    }
    double expected = 0;
    std::from_chars(text.data(), text.data() + text.size(), expected);
    CAPTURE(text);
    CHECK(number(text) == expected);
  }
}

TEST_CASE("numbers: a decimal comma in the locale changes nothing") {
  const std::string before = std::setlocale(LC_NUMERIC, nullptr);
  for (const char* locale : {"de_DE.UTF-8", "fr_FR.UTF-8", "de_DE"}) {
    if (std::setlocale(LC_NUMERIC, locale) != nullptr) break;
  }
  CHECK(number("1.5") == 1.5);
  CHECK(number("1.5e0") == 1.5);
  CHECK(refused("1,5"));
  std::setlocale(LC_NUMERIC, before.c_str());
}
