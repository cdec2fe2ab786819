// Where bytes come from: a file, memory, standard input; unpacked gzip comes from <weir/data/sources/gzip.hpp>.
//
//   auto source = open_file("flows.csv");          // Result<std::unique_ptr<ByteSource>>
//   auto count = source.value()->read(buffer);     // Result<std::size_t>; 0: the end
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace weir::inline WEIR_ABI {

class ByteSource {
 public:
  ByteSource(const ByteSource&) = delete;
  ByteSource& operator=(const ByteSource&) = delete;
  virtual ~ByteSource() = default;

  /// Writes the next bytes to the front of `out` and says how many: fewer than asked for is allowed, none
  /// means the end.
  [[nodiscard]] virtual Result<std::size_t> read(std::span<char> out) = 0;
  /// Whether read() answers at once: a pipe or a terminal may have to be waited for.
  [[nodiscard]] virtual bool ready() const { return true; }
  /// What error messages call this source.
  [[nodiscard]] const std::string& name() const noexcept { return name_; }

 protected:
  explicit ByteSource(std::string name) : name_(std::move(name)) {}

 private:
  std::string name_;
};

/// Opens a source by its name. A reader that opens files takes one, so that the user decides what it links.
using Opener = Result<std::unique_ptr<ByteSource>> (*)(const std::string& path);

/// Bytes that lie in memory and outlive the source.
class MemorySource final : public ByteSource {
 public:
  explicit MemorySource(std::string_view bytes, std::string name = "memory")
      : ByteSource(std::move(name)), rest_(bytes) {}

  [[nodiscard]] Result<std::size_t> read(std::span<char> out) override {
    const std::size_t count = std::min(out.size(), rest_.size());
    std::copy_n(rest_.data(), count, out.data());
    rest_.remove_prefix(count);
    return count;
  }

 private:
  std::string_view rest_;
};

/// A C stream; closed at the end unless it is standard input. Read past the stream's own buffer, which would
/// wait until it is full.
class FileSource final : public ByteSource {
 public:
  FileSource(std::FILE* file, std::string name) : ByteSource(std::move(name)), file_(file) {}

  [[nodiscard]] Result<std::size_t> read(std::span<char> out) override {
    while (true) {
      const ssize_t count = ::read(fileno(file_.get()), out.data(), out.size());
      if (count >= 0) return static_cast<std::size_t>(count);
      if (errno != EINTR) return Failure{ErrorKind::io, name() + ": cannot read: " + std::strerror(errno)};
    }
  }
  [[nodiscard]] bool ready() const override {
    pollfd waiting{fileno(file_.get()), POLLIN, 0};
    return poll(&waiting, 1, 0) != 0;
  }

 private:
  struct Close {
    void operator()(std::FILE* file) const noexcept {
      if (file != stdin) std::fclose(file);
    }
  };
  std::unique_ptr<std::FILE, Close> file_;
};

[[nodiscard]] inline Result<std::unique_ptr<ByteSource>> open_file(const std::string& path) {
  std::FILE* file = std::fopen(path.c_str(), "rb");
  if (file == nullptr) return Failure{ErrorKind::io, path + ": cannot open: " + std::strerror(errno)};
  return std::unique_ptr<ByteSource>(std::make_unique<FileSource>(file, path));
}

[[nodiscard]] inline std::unique_ptr<ByteSource> open_stdin() {
  return std::make_unique<FileSource>(stdin, "standard input");
}

}  // namespace weir::inline WEIR_ABI
