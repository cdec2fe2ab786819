#include "files.hpp"

#include <weir/core/error.hpp>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

namespace cli {

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::string text(std::istreambuf_iterator<char>(in), {});
  if (!in.is_open() || in.bad()) weir::fail(weir::ErrorKind::io, "cannot read " + path);
  return text;
}

OutputFile::OutputFile(const std::string& path) : path_(path) {
  if (path == "-") return;
  file_.reset(std::fopen(path.c_str(), "wb"));
  if (!file_) refuse();
}

void OutputFile::write(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), out()) != text.size()) refuse();
}

void OutputFile::flush() {
  if (std::fflush(out()) != 0) refuse();
}

void OutputFile::refuse() const {
  const std::string name = path_ == "-" ? "standard output" : path_;
  weir::fail(weir::ErrorKind::io, "cannot write " + name + ": " + std::strerror(errno));
}

}  // namespace cli
