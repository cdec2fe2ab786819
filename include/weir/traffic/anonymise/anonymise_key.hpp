// The key of an Anonymiser from a file: 32 bytes as they are, or 64 hexadecimal digits with or without a line end
// (openssl rand -hex 32).
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/traffic/anonymise.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstddef>
#include <cstdio>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace weir::inline WEIR_ABI {

namespace detail {

[[nodiscard]] inline std::optional<AnonymiseKey> parse_key(std::string_view text) {
  AnonymiseKey key{};
  if (text.size() == key.size()) {
    std::copy(text.begin(), text.end(), key.begin());
    return key;
  }
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.remove_suffix(1);
  if (text.size() != 2 * key.size()) return std::nullopt;
  for (std::size_t i = 0; i < key.size(); ++i) {
    const char* const digits = text.data() + 2 * i;
    if (std::from_chars(digits, digits + 2, key[i], 16).ptr != digits + 2) return std::nullopt;
  }
  return key;
}

}  // namespace detail

/// IoError, or DataError when it is not a key.
[[nodiscard]] inline Result<AnonymiseKey> try_read_key(const std::string& path) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"), &std::fclose);
  if (file == nullptr) return Failure{ErrorKind::io, path + ": cannot open: " + std::strerror(errno)};
  std::array<char, 4096> text{};  // of what is longer, no part is a key
  const std::size_t size = std::fread(text.data(), 1, text.size(), file.get());
  if (std::ferror(file.get()) != 0)
    return Failure{ErrorKind::io, path + ": cannot read: " + std::strerror(errno)};
  const auto key = detail::parse_key({text.data(), size});
  if (!key) return Failure{ErrorKind::data, path + ": not a key: 32 bytes or 64 hexadecimal digits"};
  return *key;
}

/// The same; throws.
[[nodiscard]] inline AnonymiseKey read_key(const std::string& path) { return try_read_key(path).value(); }

}  // namespace weir::inline WEIR_ABI
