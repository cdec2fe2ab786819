// Helpers of the tests of io/: a directory of their own, and safetensors files put together by hand.
#pragma once

#include <weir/io/atomic_file.hpp>

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace weir_test {

using Bytes = std::vector<std::byte>;

inline Bytes to_bytes(std::string_view text) {
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

inline std::string to_text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// A file with the given length field, header and data.
inline Bytes raw_file(std::uint64_t length, std::string_view header, std::string_view data) {
  std::string text;
  for (unsigned i = 0; i < 8; ++i) text += static_cast<char>((length >> (8 * i)) & 0xFF);
  return to_bytes(text.append(header).append(data));
}

inline Bytes file_of(std::string_view header, std::string_view data = {}) {
  return raw_file(header.size(), header, data);
}

/// A new empty directory, removed with its files at the end.
class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    const char* base = std::getenv("TMPDIR");
    path_ = std::string(base != nullptr ? base : "/tmp") + "/weir_test_XXXXXX";
    if (::mkdtemp(path_.data()) == nullptr) std::abort();
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  ~TemporaryDirectory() {
    remove_all();
    ::rmdir(path_.c_str());
  }

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string operator/(std::string_view name) const { return path_ + "/" + std::string(name); }
  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> names;
    DIR* directory = ::opendir(path_.c_str());
    if (directory == nullptr) return names;
    while (const dirent* entry = ::readdir(directory)) {
      const std::string_view name = entry->d_name;
      if (name != "." && name != "..") names.emplace_back(name);
    }
    ::closedir(directory);
    return names;
  }
  void remove_all() const {
    for (const std::string& name : names()) ::unlink((*this / name).c_str());
  }

 private:
  std::string path_;
};

}  // namespace weir_test
