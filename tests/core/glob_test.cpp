#include <weir/core/glob.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace weir;

TEST_CASE("glob: * stands for any letters, ? for one") {
  CHECK(matches_glob("", ""));
  CHECK(matches_glob("abc", "abc"));
  CHECK_FALSE(matches_glob("abc", "abcd"));
  CHECK(matches_glob("*", ""));
  CHECK(matches_glob("Background*", "Background-UDP"));
  CHECK(matches_glob("flow=*Botnet*", "flow=From-Botnet-V42-TCP"));
  CHECK_FALSE(matches_glob("flow=*Botnet", "flow=From-Botnet-V42"));
  CHECK(matches_glob("a?c", "abc"));
  CHECK(matches_glob("Gr??e", "Größe"));
  CHECK(matches_glob("*?", "ö"));
  CHECK_FALSE(matches_glob("??", "ö"));
  CHECK(matches_glob("Gr??e",
                     "Gr\xF6\xDF"
                     "e"));  // no UTF-8: a letter is a byte
  CHECK_FALSE(matches_glob("a?c", "ac"));
  CHECK(matches_glob("*a*b*", "xxaxxbxx"));
  CHECK_FALSE(matches_glob("*a*b", "ba"));
  CHECK_FALSE(is_glob("abc"));
  CHECK(is_glob("a?c"));
}

TEST_CASE("glob: many stars take no longer than text and pattern are long") {
  std::string pattern;
  for (int i = 0; i < 200; ++i) pattern += "*a";
  CHECK_FALSE(matches_glob(pattern + "b", std::string(20'000, 'a')));
}
