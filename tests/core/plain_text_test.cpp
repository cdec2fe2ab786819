// Counts, shares, numbers and columns of text.
#include <weir/core/option_words.hpp>
#include <weir/core/plain_text.hpp>

#include <doctest/doctest.h>

#include <limits>

using namespace weir;

TEST_CASE("counts and numbers as people read them") {
  CHECK(count_text(1, "row") == "1 row");
  CHECK(count_text(std::size_t{0}, "row") == "0 rows");
  CHECK(percent_text(0.9725) == "97.25 %");
  CHECK(percent_text(std::numeric_limits<double>::quiet_NaN()) == "-");
  CHECK(number_text(0.5) == "0.5000");
  CHECK(number_text(1.5e-7) == "1.5e-07");
  CHECK(number_text(2.5e6) == "2.5e+06");
  CHECK(number_text(0.0) == "0.0000");
  CHECK(number_text(std::numeric_limits<double>::quiet_NaN()) == "-");
  CHECK(brief_text(0.001) == "0.001");
}

TEST_CASE("a list that is too long for a line is cut with a count") {
  CHECK(brief_list("a, b, c", 3) == "a, b, c");
  CHECK(brief_list("a 1, b 2, c 3, d 4", 2) == "a 1, b 2 and 2 more");
  CHECK(brief_list("") == "");
}

TEST_CASE("columns of text count letters, not bytes") {
  CHECK(pad_left("R²", 4) == "  R²");
  CHECK(pad_right("R²", 4) == "R²  ");
  CHECK(pad_left("longer", 4) == "longer");
}

TEST_CASE("options are called as who reads the message calls them") {
  CHECK(option_word(OptionWords::members, "alarm_rate") == "alarm_rate");
  CHECK(option_word(OptionWords::flags, "alarm_rate") == "--alarm-rate");
  CHECK(option_word(OptionWords::flags, "drop", {"a b", "c"}) == "--drop 'a b,c'");
}
