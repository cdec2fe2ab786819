// Damage to a file of 64 KiB: every single flipped bit, and bursts. Each damaged file goes through the
// reader. The complete sweep over 524,288 bits takes about half a minute and is skipped unless asked for:
//
//   <test program> --no-skip --test-case="*complete sweep*"
#include <weir/core/rng.hpp>
#include <weir/io/safetensors_view.hpp>
#include <weir/io/safetensors_writer.hpp>

#include "support.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

using weir_test::Bytes;

namespace {

constexpr std::size_t file_size = 65536;

/// Several tensors of random values, metadata, and a last tensor that fills the file up.
Bytes model_file() {
  weir::Rng rng(7);
  const auto random = [&](std::size_t size) {
    Bytes bytes(size);
    for (std::byte& byte : bytes) byte = static_cast<std::byte>(rng.next32());
    return bytes;
  };
  const Bytes weights = random(40000);
  const Bytes rest = random(file_size);
  for (std::size_t fill = file_size - weights.size();; fill -= 64) {
    weir::SafetensorsWriter writer;
    writer.set_metadata("weir.architecture", R"([{"kind":"dense","in":100,"out":100},{"kind":"relu"}])");
    writer.add("0.weight", weir::Dtype::f32, {.extents = {100, 100}, .rank = 2}, weights);
    writer.add("rest", weir::Dtype::u8, {.extents = {fill}, .rank = 1}, std::span(rest).first(fill));
    Bytes bytes = writer.bytes();
    if (bytes.size() <= file_size) return bytes;
  }
}

bool accepted(const Bytes& file) { return weir::try_parse_safetensors(file).ok(); }

std::uint64_t undetected_flips(std::size_t stride) {
  Bytes file = model_file();
  REQUIRE(file.size() == file_size);
  REQUIRE(accepted(file));
  std::uint64_t undetected = 0;
  for (std::size_t bit = 0; bit < file.size() * 8; bit += stride) {
    const auto mask = static_cast<std::byte>(1U << (bit % 8));
    file[bit / 8] ^= mask;
    if (accepted(file)) ++undetected;
    file[bit / 8] ^= mask;
  }
  REQUIRE(accepted(file));
  return undetected;
}

}  // namespace

TEST_CASE("bit flips: a sample of all positions") {
  CHECK(undetected_flips(31) == 0);  // coprime to 8: every position in the byte occurs
}

TEST_CASE("bit flips: complete sweep" * doctest::skip()) { CHECK(undetected_flips(1) == 0); }

TEST_CASE("bit flips: every bit of the header") {
  Bytes file = model_file();
  const std::size_t header = 8 + weir::detail::read_length(file);
  for (std::size_t bit = 0; bit < header * 8; ++bit) {
    const auto mask = static_cast<std::byte>(1U << (bit % 8));
    file[bit / 8] ^= mask;
    if (accepted(file)) FAIL_CHECK("bit " << bit);
    file[bit / 8] ^= mask;
  }
}

TEST_CASE("bursts of random bytes, zeroed blocks and exchanged blocks") {
  const Bytes sound = model_file();
  weir::Rng rng(11);
  for (int i = 0; i < 6000; ++i) {
    Bytes file = sound;
    const auto length = static_cast<std::ptrdiff_t>(1 + rng.below(i % 3 == 0 ? 8 : 512));
    const auto room = file.size() - 2 * static_cast<std::size_t>(length);
    const auto at = file.begin() + static_cast<std::ptrdiff_t>(rng.below(room));
    if (i % 3 == 0) {
      std::generate_n(at, length, [&] { return static_cast<std::byte>(rng.next32()); });
    } else if (i % 3 == 1) {
      std::fill_n(at, length, std::byte{0});
    } else {
      std::swap_ranges(at, at + length, at + length);
    }
    if (file != sound && accepted(file)) FAIL_CHECK("burst " << i);
  }
}
