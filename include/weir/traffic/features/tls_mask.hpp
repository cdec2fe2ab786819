// Sets to zero what a TLS hello (RFC 8446, 4.1.2 and 4.1.3; the same places in RFC 5246) says about one
// connection and its server's name: random, session id, and the names in the extension server_name (RFC
// 6066). Lengths stay, and so does the rest: versions, cipher suites, the order of the extensions.
//
// Hellos are looked for at every byte, by the headers of record and handshake and their lengths; so those
// behind a STARTTLS or a proxy's CONNECT are found, too. A hello may end behind the bytes: what is there of
// it is masked. The key share and Encrypted Client Hello stay: they are random, and every connection has its
// own.
#pragma once

#include <weir/core/abi.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

namespace weir::inline WEIR_ABI {
namespace detail {

/// A walk over bytes that may end anywhere: behind the end numbers are 0 and nothing is cleared.
class TlsCursor {
 public:
  TlsCursor(std::span<std::byte> bytes, std::size_t at) noexcept : bytes_(bytes), at_(at) {}

  [[nodiscard]] bool ended() const noexcept { return at_ >= bytes_.size(); }
  [[nodiscard]] std::size_t at() const noexcept { return at_; }
  std::size_t number(std::size_t size) noexcept {
    std::size_t value = 0;
    for (; size > 0; --size, ++at_) {
      value = (value << 8) | (ended() ? 0U : std::to_integer<std::size_t>(bytes_[at_]));
    }
    return value;
  }
  void skip(std::size_t n) noexcept { at_ += n; }
  void clear(std::size_t n) noexcept {
    const std::size_t end = std::min(bytes_.size(), at_ + n);
    if (at_ < end)
      std::fill(bytes_.begin() + static_cast<std::ptrdiff_t>(at_),
                bytes_.begin() + static_cast<std::ptrdiff_t>(end), std::byte{0});
    at_ += n;
  }

 private:
  std::span<std::byte> bytes_;
  std::size_t at_;
};

inline constexpr std::size_t tls_record_header = 5, tls_handshake_header = 4;

/// Whether a record with a hello, or with its beginning, starts here.
[[nodiscard]] inline bool tls_hello_at(std::span<const std::byte> bytes, std::size_t at) noexcept {
  constexpr std::size_t least = tls_record_header + tls_handshake_header + 2;
  if (at + least > bytes.size()) return false;
  const auto u8 = [&](std::size_t i) { return std::to_integer<std::size_t>(bytes[at + i]); };
  const bool record = u8(0) == 22 && u8(1) == 3 && u8(2) <= 4;
  const bool hello = (u8(5) == 1 || u8(5) == 2) && u8(9) == 3 && u8(10) <= 3;
  const std::size_t record_length = (u8(3) << 8) | u8(4);
  const std::size_t hello_length = (u8(6) << 16) | (u8(7) << 8) | u8(8);
  return record && hello && hello_length >= 34 && record_length >= 38 && record_length <= 16'384 &&
         hello_length + tls_handshake_header <= 65'536;
}

inline void mask_tls_names(TlsCursor& in, std::size_t extension_length) noexcept {
  const std::size_t end = in.at() + extension_length;
  in.skip(2);  // length of the list
  while (in.at() < end && !in.ended()) {
    in.skip(1);  // type: host_name
    in.clear(std::min(in.number(2), end > in.at() ? end - in.at() : 0));
  }
}

/// Returns where the hello ends.
inline std::size_t mask_tls_hello(std::span<std::byte> bytes, std::size_t at) noexcept {
  TlsCursor header(bytes, at + tls_record_header);
  const bool client = header.number(1) == 1;
  const std::size_t hello = header.number(3);
  const std::size_t behind = header.at() + hello;
  TlsCursor in(bytes.first(std::min(behind, bytes.size())), header.at());  // whatever the lengths within say
  in.skip(2);                                                              // version
  in.clear(32);                                                            // random
  in.clear(in.number(1));                                                  // session id
  if (client) {
    in.skip(in.number(2));  // cipher suites
    in.skip(in.number(1));  // compression methods
  } else {
    in.skip(3);
  }
  const std::size_t extensions = in.number(2);
  const std::size_t end = in.at() + extensions;
  while (in.at() + 4 <= end && !in.ended()) {
    const std::size_t kind = in.number(2);
    const std::size_t length = in.number(2);
    const std::size_t next = in.at() + length;
    if (kind == 0) mask_tls_names(in, length);
    in.skip(next - std::min(next, in.at()));
  }
  return behind;
}

}  // namespace detail

/// Masks all hellos in a flow's payload, or in as much of it as there is. Doing it again changes nothing, so
/// it may be done whenever bytes were added.
inline void mask_tls(std::span<std::byte> payload) noexcept {
  for (std::size_t at = 0; at < payload.size();) {
    at = detail::tls_hello_at(payload, at) ? detail::mask_tls_hello(payload, at) : at + 1;
  }
}

}  // namespace weir::inline WEIR_ABI
