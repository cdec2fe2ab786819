// Files that hold the same data under two names, such as a table and its packed copy in one folder.
//
//   same_beginnings({"a.csv", "a.csv.gz", "b.csv"}, open_any)     {{"a.csv", "a.csv.gz"}}
//
// The first 64 KiB are compared as an Opener gives them, unpacked, by a hash. Files of one line, such as a
// header alone, hold no data.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/data/sources/byte_source.hpp>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <system_error>
#include <unordered_map>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

/// Of files that begin alike each but the first, behind the first. What cannot be read twice is left out.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> same_beginnings(
    const std::vector<std::string>& paths, Opener open);

#if WEIR_BODIES

namespace detail {

/// Empty when it cannot be read.
[[nodiscard]] inline std::string beginning_of(const std::string& path, Opener open) {
  constexpr std::size_t most = std::size_t{1} << 16;
  std::error_code none;
  if (!std::filesystem::is_regular_file(path, none)) return {};
  const Result<std::unique_ptr<ByteSource>> source = open(path);
  if (!source) return {};
  std::string text(most, '\0');
  std::size_t size = 0;
  while (size < most) {
    const Result<std::size_t> count = source.value()->read(std::span(text).subspan(size));
    if (!count) return {};
    if (count.value() == 0) break;
    size += count.value();
  }
  text.resize(size);
  return text;
}

}  // namespace detail

WEIR_BODY std::vector<std::pair<std::string, std::string>> same_beginnings(
    const std::vector<std::string>& paths, Opener open) {
  std::vector<std::pair<std::string, std::string>> same;
  std::unordered_map<std::size_t, std::string> first;
  for (const std::string& path : paths) {
    const std::string text = detail::beginning_of(path, open);
    const std::size_t line = std::min(text.find('\n'), text.size());
    if (line + 1 >= text.size()) continue;
    const auto [known, is_new] = first.emplace(std::hash<std::string>{}(text), path);
    if (!is_new) same.emplace_back(known->second, path);
  }
  return same;
}

#endif

}  // namespace weir::inline WEIR_ABI
