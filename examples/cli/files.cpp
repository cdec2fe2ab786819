#include "files.hpp"

#include "interruption.hpp"

#include <weir/core/error.hpp>
#include <weir/data/sources/byte_source.hpp>

#include <unistd.h>

#include <array>
#include <cstddef>
#include <memory>
#include <utility>

namespace cli {

std::string read_file(const std::string& path) {
  constexpr std::size_t most = std::size_t{64} << 20;
  const std::unique_ptr<weir::ByteSource> source = weir::open_file(path).value();
  std::string text;
  for (std::array<char, 1 << 16> piece;;) {
    const std::size_t count = source->read(piece).value();
    if (count == 0) return text;
    text.append(piece.data(), count);
    if (text.size() > most) weir::fail(weir::ErrorKind::data, path + ": has more than 64 MiB");
  }
}

namespace {

/// Between the file's creation and here no signal may come, or it would stay.
[[nodiscard]] weir::OutputFile open_output(const std::string& path) {
  if (path == "-") return weir::OutputFile::standard_output();
  const SignalsHeld until_it_is_known;
  weir::OutputFile file = weir::OutputFile::open(path);
  if (!file.temporary().empty()) remove_on_signal(file.temporary());
  return file;
}

}  // namespace

bool is_standard_output(const std::string& path) {
  if (path == "-") return true;
  const weir::Result<weir::OutputPlace> place = weir::try_find_output(path);
  return place.ok() && place.value().descriptor == STDOUT_FILENO;
}

OutputFile::OutputFile(const std::string& path) : OutputFile(open_output(path)) {}

OutputFile OutputFile::log(const std::string& path) {
  return path == "-" ? OutputFile(path) : OutputFile(weir::OutputFile::try_append(path).value());
}

OutputFile::OutputFile(weir::OutputFile file) : file_(std::move(file)), temporary_(file_.temporary()) {
  check();
}

OutputFile::~OutputFile() {
  if (!temporary_.empty()) keep_on_signal(temporary_);
}

void OutputFile::write(std::string_view text) {
  if (!file_.write(text)) check();
}
void OutputFile::flush() {
  if (!file_.flush()) check();
}
void OutputFile::commit() {
  const SignalsHeld until_it_is_there;
  static_cast<void>(file_.commit().value());
}

void OutputFile::check() const { static_cast<void>(file_.status().value()); }

std::vector<NamedFile> named(const std::string& role, const std::vector<std::string>& paths) {
  std::vector<NamedFile> files;
  for (const std::string& path : paths) files.push_back({role, path});
  return files;
}

void check_files(const std::vector<NamedFile>& inputs, const std::vector<NamedFile>& outputs) {
  const SignalsHeld until_all_is_removed;
  static_cast<void>(weir::try_check_files(inputs, outputs).value());
}

}  // namespace cli
