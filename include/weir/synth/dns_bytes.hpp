// DNS messages (RFC 1035) of a given length: a question for a TXT record under example, and its answer.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/rng.hpp>
#include <weir/synth/bytes.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace weir::inline WEIR_ABI {
namespace synth::detail {

inline constexpr std::size_t dns_header = 12, least_dns_question = dns_header + 4 + 4;

/// A name of `size` bytes on the wire, 4 ... 255: labels of at most `longest` letters, the last one "example"
/// if there is room.
inline void dns_name(ByteWriter& out, std::size_t size, std::size_t longest, Rng& rng) {
  constexpr std::string_view alphabet = "abcdefghijklmnopqrstuvwxyz0123456789";
  const bool example = size >= 11;
  for (std::size_t left = size - (example ? 9 : 1); left > 0;) {
    std::size_t letters = std::min(left - 1, longest);
    if (left - letters - 1 == 1) --letters;  // one byte alone would be a label without letters
    out.u8(letters).letters(letters, rng, alphabet);
    left -= letters + 1;
  }
  if (example) out.u8(7).text("example");
  out.u8(0);
}

[[nodiscard]] inline ByteWriter dns_question(std::size_t size, std::uint16_t id, std::size_t longest_label,
                                             Rng& rng) {
  ByteWriter out;
  out.u16(id).u16(0x0100).u16(1).u16(0).u16(0).u16(0);
  dns_name(out, size - dns_header - 4, longest_label, rng);
  return out.u16(16).u16(1);
}

/// The answer to a question; `size` is at least 13 bytes more than the question's.
[[nodiscard]] inline ByteWriter dns_answer(std::size_t size, std::span<const std::byte> question, Rng& rng) {
  ByteWriter out;
  out.append(question);
  out.patch16(2, 0x8180);
  out.patch16(6, 1);
  out.u16(0xC00C).u16(16).u16(1).u32(60 + rng.below(3'540));
  std::size_t left = size - out.size() - 2;
  out.u16(left);
  while (left > 0) {
    const std::size_t letters = std::min<std::size_t>(left - 1, 255);
    out.u8(letters).letters(letters, rng);
    left -= letters + 1;
  }
  return out;
}

}  // namespace synth::detail
}  // namespace weir::inline WEIR_ABI
