// A gzip file as a C stream of its unpacked bytes (zlib), so that libpcap can read it. Nothing is unpacked
// ahead or to disk: memory stays the same however large the file is.
#pragma once

#include <weir/core/abi.hpp>

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdio>
#include <limits>
#include <memory>
#include <string>
#include <utility>

#if defined(__linux__)
#include <sys/types.h>
#endif

namespace weir::inline WEIR_ABI {
namespace detail {

/// Members of a gzip file, one behind the other, unpacked. Closes the packed file unless it is standard
/// input.
class Gunzip {
 public:
  explicit Gunzip(std::FILE* packed) noexcept : packed_(packed) {
    ready_ = inflateInit2(&z_, 15 + 16) == Z_OK;  // the widest window; 16: gzip framing only
  }
  Gunzip(const Gunzip&) = delete;
  Gunzip& operator=(const Gunzip&) = delete;
  ~Gunzip() {
    if (ready_) inflateEnd(&z_);
    if (packed_ != stdin) std::fclose(packed_);
  }

  /// At least one byte, 0 at the end, -1 when the data are damaged or cut.
  std::ptrdiff_t read(char* out, std::size_t size) noexcept {
    if (!ready_) return fail("cannot start to unpack gzip data");
    if (failure_ != nullptr) return -1;
    const uInt room = static_cast<uInt>(std::min<std::size_t>(size, std::numeric_limits<uInt>::max()));
    z_.next_out = reinterpret_cast<Bytef*>(out);
    z_.avail_out = room;
    while (z_.avail_out == room && room > 0) {
      if (z_.avail_in == 0 && !fill()) return between_members_ ? 0 : fail("gzip data end too early");
      if (between_members_) inflateReset(&z_);
      between_members_ = false;
      const int code = inflate(&z_, Z_NO_FLUSH);
      if (code == Z_STREAM_END) {
        between_members_ = true;
      } else if (code != Z_OK && code != Z_BUF_ERROR) {
        return fail("gzip data are damaged");
      }
    }
    return static_cast<std::ptrdiff_t>(room - z_.avail_out);
  }

  /// Null when nothing is wrong.
  [[nodiscard]] const char* failure() const noexcept { return failure_; }

 private:
  bool fill() noexcept {
    const std::size_t count = std::fread(input_.data(), 1, input_.size(), packed_);
    z_.next_in = input_.data();
    z_.avail_in = static_cast<uInt>(count);
    return count > 0;
  }
  std::ptrdiff_t fail(const char* why) noexcept {
    failure_ = why;
    return -1;
  }

  std::FILE* packed_;
  z_stream z_{};
  std::array<Bytef, std::size_t{64} << 10> input_{};
  const char* failure_ = nullptr;
  bool ready_ = false;
  bool between_members_ = false;
};

/// The stream owns `gunzip`; null, and nothing taken, when the system has no streams of one's own.
[[nodiscard]] inline std::FILE* open_stream(std::unique_ptr<Gunzip>& gunzip) noexcept {
#if defined(__linux__)
  cookie_io_functions_t functions{};
  functions.read = [](void* cookie, char* out, std::size_t size) -> ssize_t {
    return static_cast<Gunzip*>(cookie)->read(out, size);
  };
  functions.close = [](void* cookie) -> int {
    delete static_cast<Gunzip*>(cookie);
    return 0;
  };
  std::FILE* stream = fopencookie(gunzip.get(), "rb", functions);
#else
  std::FILE* stream = funopen(
      gunzip.get(),
      [](void* cookie, char* out, int size) -> int {
        return static_cast<int>(static_cast<Gunzip*>(cookie)->read(out, static_cast<std::size_t>(size)));
      },
      nullptr, nullptr,
      [](void* cookie) -> int {
        delete static_cast<Gunzip*>(cookie);
        return 0;
      });
#endif
  if (stream != nullptr) static_cast<void>(gunzip.release());
  return stream;
}

/// The first byte of a stream, which stays in it; so pipes can be asked too. It tells the formats apart: gzip
/// 0x1F, pcapng 0x0A, pcap another. EOF: there is none.
[[nodiscard]] inline int first_byte(std::FILE* file) noexcept {
  const int first = std::getc(file);
  if (first != EOF) std::ungetc(first, file);
  return first;
}

}  // namespace detail
}  // namespace weir::inline WEIR_ABI
