// A packed file as a C stream of its unpacked bytes, so that libpcap can read it. Nothing is unpacked ahead
// or to disk: memory stays the same however large the file is.
//
//   gunzip.hpp   gzip: what a capture is read with unless it is said otherwise
//   unzstd.hpp   gzip and zstd
#pragma once

#include <weir/core/abi.hpp>

#include <array>
#include <cstddef>
#include <cstdio>
#include <memory>

#if defined(__linux__)
#include <sys/types.h>
#endif

namespace weir::inline WEIR_ABI {
namespace detail {

/// Closes the packed file unless it is standard input.
class Unpacker {
 public:
  Unpacker(const Unpacker&) = delete;
  Unpacker& operator=(const Unpacker&) = delete;
  virtual ~Unpacker() {
    if (packed_ != stdin) std::fclose(packed_);
  }

  /// At least one byte, 0 at the end, -1 when the data are damaged or cut.
  std::ptrdiff_t read(char* out, std::size_t size) noexcept {
    return failure_ != nullptr ? -1 : unpack(out, size);
  }
  /// Null when nothing is wrong.
  [[nodiscard]] const char* failure() const noexcept { return failure_; }

 protected:
  explicit Unpacker(std::FILE* packed) noexcept : packed_(packed) {}

  virtual std::ptrdiff_t unpack(char* out, std::size_t size) noexcept = 0;

  [[nodiscard]] char* input() noexcept { return input_.data(); }
  /// The number of packed bytes that stand in `input()` then.
  [[nodiscard]] std::size_t fill() noexcept { return std::fread(input_.data(), 1, input_.size(), packed_); }
  std::ptrdiff_t fail(const char* why) noexcept {
    failure_ = why;
    return -1;
  }

 private:
  std::FILE* packed_;
  const char* failure_ = nullptr;
  std::array<char, std::size_t{64} << 10> input_{};
};

/// The stream owns `unpacker`; null, and nothing taken, when the system has no streams of one's own.
[[nodiscard]] inline std::FILE* open_stream(std::unique_ptr<Unpacker>& unpacker) noexcept {
#if defined(__linux__)
  cookie_io_functions_t functions{};
  functions.read = [](void* cookie, char* out, std::size_t size) -> ssize_t {
    return static_cast<Unpacker*>(cookie)->read(out, size);
  };
  functions.close = [](void* cookie) -> int {
    delete static_cast<Unpacker*>(cookie);
    return 0;
  };
  std::FILE* stream = fopencookie(unpacker.get(), "rb", functions);
#else
  std::FILE* stream = funopen(
      unpacker.get(),
      [](void* cookie, char* out, int size) -> int {
        return static_cast<int>(static_cast<Unpacker*>(cookie)->read(out, static_cast<std::size_t>(size)));
      },
      nullptr, nullptr,
      [](void* cookie) -> int {
        delete static_cast<Unpacker*>(cookie);
        return 0;
      });
#endif
  if (stream != nullptr) static_cast<void>(unpacker.release());
  return stream;
}

/// The first byte of a stream, which stays in it; so pipes can be asked too. It tells the formats apart: gzip
/// 0x1F, zstd 0x28, pcapng 0x0A, pcap another. EOF: there is none.
[[nodiscard]] inline int first_byte(std::FILE* file) noexcept {
  const int first = std::getc(file);
  if (first != EOF) std::ungetc(first, file);
  return first;
}

}  // namespace detail

/// What unpacks a stream that begins as packed data do, and owns it then; nothing for others. Who opens
/// captures takes one, so that the user decides what it links.
using Unpacking = std::unique_ptr<detail::Unpacker> (*)(std::FILE* stream);

}  // namespace weir::inline WEIR_ABI
