// What a file holds, by its first bytes, unpacked if they are packed.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/content_kind.hpp>
#include <weir/traffic/capture/gunzip.hpp>
#include <weir/traffic/capture/unpacker.hpp>

#include <sys/stat.h>

#include <array>
#include <cstddef>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>

namespace weir::inline WEIR_ABI {

/// Of which packets can be read.
[[nodiscard]] constexpr bool is_capture(ContentKind kind) noexcept {
  return kind == ContentKind::pcap || kind == ContentKind::pcapng;
}

/// Nothing when it is no regular file (reading would take the bytes of a pipe), or cannot be read or
/// unpacked.
[[nodiscard]] inline std::optional<ContentKind> capture_content(const std::string& path,
                                                                Unpacking unpacking = unpack_gzip) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  std::FILE* stream = std::fopen(path.c_str(), "rb");
  if (stream == nullptr) return std::nullopt;
  if (std::unique_ptr<detail::Unpacker> unpacker = unpacking(stream)) {
    stream = detail::open_stream(unpacker);
    if (stream == nullptr) return std::nullopt;
  }
  std::array<char, 512> head{};
  const std::size_t size = std::fread(head.data(), 1, head.size(), stream);
  const bool cut = std::ferror(stream) != 0;
  std::fclose(stream);
  const ContentKind kind = content_kind({head.data(), size});
  if (cut && !is_capture(kind)) return std::nullopt;  // a few bytes of anything
  return kind;
}

}  // namespace weir::inline WEIR_ABI
