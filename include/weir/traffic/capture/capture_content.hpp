// What a file holds, by its first bytes, unpacked if they are packed.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/content_kind.hpp>
#include <weir/traffic/capture/gunzip.hpp>
#include <weir/traffic/capture/unpacker.hpp>

#include <sys/stat.h>

#include <array>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>

namespace weir::inline WEIR_ABI {

/// Nothing when it is no regular file (reading would take the bytes of a pipe) or cannot be read.
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
  const ContentKind kind = content_kind({head.data(), std::fread(head.data(), 1, head.size(), stream)});
  std::fclose(stream);
  return kind;
}

/// Of which packets can be read.
[[nodiscard]] constexpr bool is_capture(ContentKind kind) noexcept {
  return kind == ContentKind::pcap || kind == ContentKind::pcapng;
}

}  // namespace weir::inline WEIR_ABI
