#include "files.hpp"

#include "interruption.hpp"

#include <weir/core/error.hpp>
#include <weir/data/sources/byte_source.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
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

OutputStream::OutputStream(OutputFile& file) : std::ostream(nullptr), buffer_(file) {
  rdbuf(&buffer_);
  exceptions(std::ios::badbit);
}

std::streambuf::int_type OutputStream::Buffer::overflow(int_type c) {
  const char one = traits_type::to_char_type(c);
  if (!traits_type::eq_int_type(c, traits_type::eof())) file_.write({&one, 1});
  return traits_type::not_eof(c);
}

std::streamsize OutputStream::Buffer::xsputn(const char* text, std::streamsize size) {
  file_.write({text, static_cast<std::size_t>(size)});
  return size;
}

namespace {

/// What a path stands for: the file, whatever leads to it, or the name that it will have in its folder.
struct Identity {
  dev_t device = 0;
  ino_t inode = 0;
  std::string name{};
  [[nodiscard]] bool operator==(const Identity&) const = default;
};

/// None for devices and pipes, which several may share.
[[nodiscard]] std::optional<Identity> identity_of(const std::string& path, int stream) {
  struct stat status {};
  const int found = path == "-" ? fstat(stream, &status) : stat(path.c_str(), &status);
  if (found == 0 && S_ISREG(status.st_mode)) return Identity{status.st_dev, status.st_ino, {}};
  if (found == 0) return {};
  const weir::Result<weir::OutputPlace> place = weir::try_find_output(path);
  if (!place || stat(place.value().directory.c_str(), &status) != 0) return {};
  return Identity{status.st_dev, status.st_ino, place.value().name};
}

[[nodiscard]] std::string shown(const NamedFile& file) {
  return file.path == "-" || file.role == file.path ? file.role : file.role + " (" + file.path + ")";
}

}  // namespace

std::vector<NamedFile> named(const std::string& role, const std::vector<std::string>& paths) {
  std::vector<NamedFile> files;
  for (const std::string& path : paths) files.push_back({role, path});
  return files;
}

void check_files(const std::vector<NamedFile>& inputs, const std::vector<NamedFile>& outputs) {
  std::vector<std::pair<Identity, NamedFile>> known;
  for (const NamedFile& input : inputs) {
    if (input.path.empty()) continue;
    if (const auto identity = identity_of(input.path, STDIN_FILENO)) known.emplace_back(*identity, input);
  }
  for (const NamedFile& output : outputs) {
    if (output.path.empty()) continue;
    const auto identity = identity_of(output.path, STDOUT_FILENO);
    if (!identity) continue;
    for (const auto& [other, file] : known) {
      if (other != *identity) continue;
      weir::fail(weir::ErrorKind::config, output.role + " is the same file as " + shown(file) +
                                              ", which would be lost; write to another file");
    }
    known.emplace_back(*identity, output);
  }
  const SignalsHeld until_all_is_removed;
  for (const NamedFile& output : outputs) {
    if (output.path.empty() || output.path == "-") continue;
    const weir::Status possible = weir::try_check_output(output.path);
    if (!possible) weir::fail(possible.error().kind, output.role + ": " + possible.error().what);
  }
}

}  // namespace cli
