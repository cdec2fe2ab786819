#include <weir/io/checksum.hpp>

#include "support.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

using weir::Crc64;
using weir::crc64;
using weir_test::to_bytes;

namespace {

/// The definition, bit by bit.
std::uint64_t reference(std::span<const std::byte> bytes) {
  std::uint64_t state = ~std::uint64_t{0};
  for (const std::byte byte : bytes) {
    state ^= std::to_integer<std::uint64_t>(byte);
    for (int bit = 0; bit < 8; ++bit) state = (state >> 1) ^ ((state & 1) != 0 ? 0xC96C5795D7870F42ULL : 0);
  }
  return ~state;
}

}  // namespace

TEST_CASE("crc64: published values") {
  CHECK(crc64(to_bytes("123456789")) == 0x995DC9BBDF1939FAULL);
  CHECK(crc64({}) == 0);
  CHECK(crc64(to_bytes(std::string_view("\0", 1))) == 0x1FADA17364673F59ULL);
}

TEST_CASE("crc64: usable at compile time") {
  constexpr std::array<std::byte, 9> digits{std::byte{'1'}, std::byte{'2'}, std::byte{'3'},
                                            std::byte{'4'}, std::byte{'5'}, std::byte{'6'},
                                            std::byte{'7'}, std::byte{'8'}, std::byte{'9'}};
  static_assert(crc64(digits) == 0x995DC9BBDF1939FAULL);
}

TEST_CASE("crc64: equals its definition at every length and every alignment") {
  weir_test::Bytes bytes(100);
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::byte>(i * 37 + 11);
  const std::span<const std::byte> all = bytes;
  for (std::size_t begin = 0; begin < 16; ++begin) {
    for (std::size_t size = 0; size + begin <= all.size(); ++size) {
      const auto part = all.subspan(begin, size);
      CHECK_MESSAGE(crc64(part) == reference(part), begin << " + " << size);
    }
  }
}

TEST_CASE("crc64: pieces give what the whole gives") {
  const weir_test::Bytes bytes = to_bytes("the checksum of bytes that come in pieces of any size");
  const std::span<const std::byte> all = bytes;
  for (std::size_t cut = 0; cut <= all.size(); ++cut) {
    CHECK(Crc64{}.update(all.first(cut)).update(all.subspan(cut)).value() == crc64(all));
  }
}
