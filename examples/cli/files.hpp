// Files that are read at once, and what results are written to.
#pragma once

#include <weir/io/named_files.hpp>
#include <weir/io/output_file.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace cli {

/// A small file. Throws IoError; DataError when it is not small.
[[nodiscard]] std::string read_file(const std::string& path);

/// A file that appears whole at `commit` or not at all, even if a signal ends the program; or standard output
/// for "-". Throws IoError when it cannot be written.
class OutputFile {
 public:
  explicit OutputFile(const std::string& path);
  /// One that grows under its own name, a whole line at a time, and keeps what it has.
  [[nodiscard]] static OutputFile log(const std::string& path);
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;
  ~OutputFile();

  void write(std::string_view text);
  void flush();
  void commit();
  /// Of the library, for what writes to one.
  [[nodiscard]] weir::OutputFile& file() noexcept { return file_; }
  [[nodiscard]] int descriptor() const noexcept { return file_.descriptor(); }

 private:
  explicit OutputFile(weir::OutputFile file);
  void check() const;

  weir::OutputFile file_;
  std::string temporary_;  ///< removed by a signal
};

/// "-", or a path that leads there: what is written to it must not be mixed with words for people.
[[nodiscard]] bool is_standard_output(const std::string& path);

using weir::NamedFile;

/// What a command reads and writes, before it does either (io/named_files.hpp). Throws ConfigError or IoError.
void check_files(const std::vector<NamedFile>& inputs, const std::vector<NamedFile>& outputs);

/// Files under one role.
[[nodiscard]] std::vector<NamedFile> named(const std::string& role, const std::vector<std::string>& paths);

}  // namespace cli
