// An output that is written piece by piece.
//
//   OutputFile out = OutputFile::open("flows.csv");
//   for (...) out.write(line);                        // false after the first failure
//   static_cast<void>(out.commit().value());          // now, and only now, there is a new flows.csv
//
// The pieces go to a file beside the one that is meant (atomic_file.hpp). Without `commit` it is removed, and
// the old file stays what it was. Devices, pipes and standard output get the pieces directly.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/io/atomic_file.hpp>
#include <weir/io/output_place.hpp>
#include <weir/io/read_file.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace weir::inline WEIR_ABI {

class OutputFile {
 public:
  static constexpr std::size_t buffer_bytes = std::size_t{256} << 10;

  /// Whatever stands in the way of writing there is found here.
  [[nodiscard]] static Result<OutputFile> try_open(const std::string& path);
  [[nodiscard]] static OutputFile open(const std::string& path) { return try_open(path).value(); }

  /// A log, which grows under its own name and keeps the lines that it has. What is written between two
  /// `flush` goes to the system at once, so that no line of it is cut by another writer or a kill.
  [[nodiscard]] static Result<OutputFile> try_append(const std::string& path);

  [[nodiscard]] static OutputFile standard_output() {
    OutputFile file("standard output");
    file.state_->direct.reset(::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0));
    if (!file.state_->direct.valid()) file.refuse(errno);
    return file;
  }

  /// False after the first failure; `status()` tells it.
  bool write(std::span<const std::byte> bytes) {
    if (!status_.ok()) return false;
    buffer_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    return buffer_.size() < buffer_bytes || flush();
  }
  bool write(std::string_view text) { return write(std::as_bytes(std::span(text))); }

  /// Hands on what is still in memory.
  bool flush() {
    if (!status_.ok()) return false;
    if (!detail::write_fully(state_->system, descriptor(), std::as_bytes(std::span(buffer_)))) refuse(errno);
    buffer_.clear();
    return status_.ok();
  }

  [[nodiscard]] const Status& status() const noexcept { return status_; }

  /// Puts the file in its place; the first failure of all, if there was one.
  [[nodiscard]] Status commit();

  /// Of what is written to now.
  [[nodiscard]] int descriptor() const noexcept {
    return state_->replaces() ? state_->replacement.file() : state_->direct.get();
  }
  /// The path of the file that holds the pieces until `commit`; empty when there is none.
  [[nodiscard]] std::string temporary() const {
    return state_->replaces() ? state_->replacement.temporary() : std::string();
  }

 private:
  struct State {
    PosixSystem system{};
    Replacement<PosixSystem> replacement{system};
    detail::Descriptor<PosixSystem> direct{system, -1};

    [[nodiscard]] bool replaces() const noexcept { return replacement.file() >= 0; }
    Status open_direct(const OutputPlace& place) {
      direct.reset(detail::open_direct(system, place));
      if (!direct.valid()) return detail::io_failure("cannot write", place.path, errno);
      return std::monostate{};
    }
    Status open_log(const OutputPlace& place) {
      const std::string path = place.direct ? place.path : place.directory + "/" + place.name;
      direct.reset(detail::uninterrupted([&] {
        return system.open_at(AT_FDCWD, path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY,
                              0666);
      }));
      if (!direct.valid()) return detail::no_output(place.path, place.directory, errno);
      char last = '\n';  // of a line that was cut when its writer was
      const off_t size = place.replaced ? place.replaced->st_size : 0;
      const bool cut = size > 0 && ::pread(direct.get(), &last, 1, size - 1) == 1 && last != '\n';
      if (cut && system.write(direct.get(), "\n", 1) != 1) {
        return detail::io_failure("cannot write", place.path, errno);
      }
      return std::monostate{};
    }
  };

  explicit OutputFile(std::string path) : path_(std::move(path)), state_(std::make_unique<State>()) {}

  void refuse(int error) {
    if (status_.ok()) status_ = detail::io_failure("cannot write", path_, error);
  }

  std::string path_;
  std::unique_ptr<State> state_;  // stays where it is: its parts know one another
  std::string buffer_;
  Status status_ = std::monostate{};
};

/// Whether a file could be written at `path` now. Leaves nothing behind.
[[nodiscard]] Status try_check_output(const std::string& path);

#if WEIR_BODIES

WEIR_BODY Result<OutputFile> OutputFile::try_open(const std::string& path) {
  Result<OutputPlace> place = try_find_output(path);
  if (!place) return place.error();
  OutputFile file(path);
  const Status opened = place.value().direct ? file.state_->open_direct(place.value())
                                             : file.state_->replacement.open(place.value());
  if (!opened) return opened.error();
  return file;
}

WEIR_BODY Result<OutputFile> OutputFile::try_append(const std::string& path) {
  Result<OutputPlace> place = try_find_output(path);
  if (!place) return place.error();
  OutputFile file(path);
  const bool device = place.value().direct && !place.value().replaced;
  const Status opened =
      device ? file.state_->open_direct(place.value()) : file.state_->open_log(place.value());
  if (!opened) return opened.error();
  return file;
}

WEIR_BODY Status OutputFile::commit() {
  if (!flush()) {
    state_->replacement.discard();
    return status_;
  }
  if (state_->replaces()) {
    status_ = state_->replacement.commit();
  } else if (!detail::sync_if_possible(state_->system, descriptor()) || !state_->direct.close()) {
    refuse(errno);
  }
  return status_;
}

WEIR_BODY Status try_check_output(const std::string& path) {
  const Result<OutputPlace> place = try_find_output(path);
  if (!place) return place.error();
  if (place.value().direct) {
    const bool inherited = place.value().descriptor >= 0;
    if (inherited || ::access(path.c_str(), W_OK) == 0) return std::monostate{};
    return detail::io_failure("cannot write", path, errno);
  }
  PosixSystem system;
  return Replacement<PosixSystem>(system).open(place.value());
}

#endif

}  // namespace weir::inline WEIR_ABI
