#include <weir/data/tables/dictionary.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace weir;

TEST_CASE("SipHash-1-3: the hash of the empty text and of 15 bytes under the key 00 01 .. 0f") {
  // From the test vectors of the SipHash-1-3 in the Linux kernel's sources (lib/siphash_kunit): hsiphash on
  // 64-bit machines is SipHash-1-3 with the same key.
  const std::uint64_t k0 = 0x0706050403020100;
  const std::uint64_t k1 = 0x0F0E0D0C0B0A0908;
  std::string text;
  for (char c = 0; c < 15; ++c) text += c;
  CHECK(detail::SipHash13(k0, k1)("") == 0xABAC0158050FC4DC);
  CHECK(detail::SipHash13(k0, k1)(text) == 0xD320D86D2A519956);
}

TEST_CASE("dictionary: codes in the order of first appearance") {
  Dictionary words;
  CHECK(words.size() == 0);
  CHECK(words.find("tcp") == missing_code);
  CHECK(words.intern("tcp") == 0);
  CHECK(words.intern("udp") == 1);
  CHECK(words.intern("tcp") == 0);
  CHECK(words.intern("tcp") == 0);
  CHECK(words.find("udp") == 1);
  CHECK(words[0] == "tcp");
  CHECK(words[1] == "udp");
  CHECK(words.size() == 2);
}

TEST_CASE("dictionary: the empty text is a missing one") {
  Dictionary words;
  CHECK(words.intern("") == missing_code);
  CHECK(words[missing_code].empty());
  CHECK(words.size() == 0);
}

TEST_CASE("dictionary: many texts, with NUL bytes, prefixes of each other, and long ones") {
  Dictionary words;
  for (int i = 0; i < 20'000; ++i) CHECK(words.intern(std::to_string(i)) == static_cast<std::uint32_t>(i));
  const std::string nul("a\0b", 3);
  const std::string longest(100'000, 'x');
  const std::uint32_t a = words.intern(nul);
  const std::uint32_t b = words.intern("a");
  const std::uint32_t c = words.intern(longest);
  CHECK(a != b);
  CHECK(words[a] == nul);
  CHECK(words[c] == longest);
  for (int i = 0; i < 20'000; ++i) CHECK(words.find(std::to_string(i)) == static_cast<std::uint32_t>(i));
}

TEST_CASE("dictionary: a copy is equal and independent") {
  Dictionary words;
  words.intern("a");
  Dictionary copy = words;
  CHECK(copy == words);
  copy.intern("b");
  CHECK_FALSE(copy == words);
  CHECK(words.find("b") == missing_code);
  CHECK(copy.find("a") == 0);
}
