// Files that are read at once, and what results are written to.
#pragma once

#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

namespace cli {

/// Throws IoError.
[[nodiscard]] std::string read_file(const std::string& path);

/// A file, or standard output for "-". Throws IoError when it cannot be written.
class OutputFile {
 public:
  explicit OutputFile(const std::string& path);
  void write(std::string_view text);
  void flush();

 private:
  struct Close {
    void operator()(std::FILE* file) const noexcept { std::fclose(file); }
  };
  [[nodiscard]] std::FILE* out() const noexcept { return file_ ? file_.get() : stdout; }
  [[noreturn]] void refuse() const;

  std::string path_;
  std::unique_ptr<std::FILE, Close> file_;
};

}  // namespace cli
