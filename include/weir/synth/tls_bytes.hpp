// TLS 1.3 hellos (RFC 8446) of a given length. Everything that a reader of hellos looks at is there; the keys
// and randoms are random numbers, and nothing is encrypted.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/rng.hpp>
#include <weir/synth/bytes.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace weir::inline WEIR_ABI {
namespace synth::detail {

inline constexpr std::size_t tls_header = 5, tls_longest_record = 16'384;

/// Headers of record (handshake, 22) and message, then version and random.
inline void begin_hello(ByteWriter& out, std::size_t record, unsigned type, unsigned version, Rng& rng) {
  out.u8(22).u16(version).u16(record - tls_header).u8(type).u24(record - tls_header - 4);
  out.u16(0x0303).random(32, rng);
}

inline void server_name(ByteWriter& out, std::string_view name) {
  out.u16(0).u16(name.size() + 5).u16(name.size() + 3).u8(0).u16(name.size()).text(name);
}

inline constexpr std::size_t least_client_hello = 140;

/// A ClientHello of `size` bytes with its record header, at least `least_client_hello`, for a name of at most
/// 40 letters. Extensions that have room are there; the last one is padding (RFC 7685).
[[nodiscard]] inline ByteWriter client_hello(std::size_t size, std::string_view name, Rng& rng) {
  ByteWriter out;
  begin_hello(out, size, 1, 0x0301, rng);
  const bool long_one = size >= 260;  // with a key share and a session id for middleboxes
  out.u8(long_one ? 32 : 0).random(long_one ? 32 : 0, rng);
  out.u16(6).u16(0x1301).u16(0x1302).u16(0x1303);
  out.u8(1).u8(0);
  out.u16(size - out.size() - 2);
  server_name(out, name);
  if (long_one) {
    out.u16(10).u16(6).u16(4).u16(29).u16(23);                                   // supported_groups
    out.u16(13).u16(10).u16(8).u16(0x0403).u16(0x0804).u16(0x0401).u16(0x0503);  // signature_algorithms
    out.u16(43).u16(3).u8(2).u16(0x0304);                                        // supported_versions
    out.u16(51).u16(38).u16(36).u16(29).u16(32).random(32, rng);                 // key_share
  }
  const std::size_t left = size - out.size();
  return out.u16(21).u16(left - 4).fill(left - 4);
}

inline constexpr std::size_t server_hello_size = 127;

[[nodiscard]] inline ByteWriter server_hello(Rng& rng) {
  ByteWriter out;
  begin_hello(out, server_hello_size, 2, 0x0303, rng);
  out.u8(32).random(32, rng).u16(0x1301).u8(0).u16(46);
  out.u16(43).u16(2).u16(0x0304);
  return out.u16(51).u16(36).u16(29).u16(32).random(32, rng);
}

}  // namespace synth::detail
}  // namespace weir::inline WEIR_ABI
