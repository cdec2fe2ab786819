// Files that are replaced without surprises.
//
// Writing is atomic and durable. A new file beside the old one is written, synced and renamed over it, and
// the directory is synced: whatever happens in between (a kill, a full disk, a power cut), `path` holds the
// old bytes or the new ones. The way is the one of Pillai et al., "All file systems are not created equal",
// OSDI 2014. A process that is killed in the middle leaves `<path>.<16 hexadecimal digits>.tmp` behind; it
// may be deleted at any time. Its name cannot be foretold, so nobody can put a file of theirs in its place.
//
// The new file has the mode of the old one, and its owner as far as the system allows; where there was none
// it has 0666 less the umask. Other names of the old file (hard links) keep the old bytes. Symbolic links,
// devices and pipes: output_place.hpp.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/io/output_place.hpp>
#include <weir/io/read_file.hpp>

#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <span>
#include <string>
#include <utility>
#include <variant>

namespace weir::inline WEIR_ABI {

namespace detail {

template <class System>
bool write_fully(System& system, int file, std::span<const std::byte> bytes) noexcept {
  while (!bytes.empty()) {
    const ssize_t count = uninterrupted([&] { return system.write(file, bytes.data(), bytes.size()); });
    if (count <= 0) {
      if (count == 0) errno = ENOSPC;  // no progress and no reason given: do not try for ever
      return false;
    }
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
  return true;
}

/// Directories of some file systems, pipes and devices have no sync and say so; there is nothing more to do.
template <class System>
bool sync_if_possible(System& system, int file) noexcept {
  return uninterrupted([&] { return system.sync(file); }) == 0 || errno == EINVAL || errno == ENOTSUP ||
         errno == EROFS;
}

/// ".0123456789abcdef.tmp"; empty when the system has no random numbers.
std::string random_ending();

/// Creates a file that did not exist; `name` receives its name.
template <class System>
int create_temporary(System& system, int directory, const std::string& target, mode_t mode,
                     std::string& name) {
  constexpr int attempts = 100;  // a second one is needed once in 2^64
  constexpr std::size_t longest = 255;
  int file = -1;
  for (int i = 0; i < attempts; ++i) {
    const std::string ending = random_ending();
    if (ending.empty()) return -1;
    name = target.substr(0, target.size() <= longest ? longest - ending.size() : std::string::npos) + ending;
    file = uninterrupted([&] {
      return system.open_at(directory, name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    });
    if (file >= 0 || errno != EEXIST) break;
  }
  return file;
}

/// Gives a new file the mode and the owner of the one that it replaces. A group that may not be given gets
/// no more than everybody has. What the system refuses is not done.
template <class System>
void take_over(System& system, int file, const struct stat& old) noexcept {
  mode_t mode = old.st_mode & mode_t{0777};
  if (system.change_owner(file, old.st_uid, old.st_gid) != 0 &&
      system.change_owner(file, static_cast<uid_t>(-1), old.st_gid) != 0) {
    mode = (mode & mode_t{0707}) | ((mode & mode_t{0007}) << 3U);
  }
  static_cast<void>(system.change_mode(file, mode));
}

#if WEIR_BODIES

WEIR_BODY std::string random_ending() {
  std::uint64_t number = 0;
  if (uninterrupted([&] { return ::getrandom(&number, sizeof number, 0); }) != sizeof number) return {};
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), ".%016llx.tmp", static_cast<unsigned long long>(number));
  return text.data();
}

#endif

}  // namespace detail

/// A file that is written beside the one that it will replace. Without `commit` it is removed.
template <class System>
class Replacement {
 public:
  explicit Replacement(System& system) noexcept
      : system_(system), directory_(system, -1), file_(system, -1) {}
  Replacement(const Replacement&) = delete;
  Replacement& operator=(const Replacement&) = delete;
  ~Replacement() { discard(); }

  Status open(const OutputPlace& place) {
    place_ = place;
    // Opened first, so that a directory that cannot be synced is found before anything is written.
    directory_.reset(detail::uninterrupted([&] {
      return system_.open_at(AT_FDCWD, place.directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
    }));
    if (!directory_.valid()) return detail::no_output(place.path, place.directory, errno);
    const mode_t mode = place.replaced ? place.replaced->st_mode & 0777U : mode_t{0666};
    file_.reset(detail::create_temporary(system_, directory_.get(), place.name, mode, name_));
    if (!file_.valid()) {
      const int error = errno;
      name_.clear();
      return detail::no_output(place.path, place.directory, error);
    }
    if (place.replaced) detail::take_over(system_, file_.get(), *place.replaced);
    return std::monostate{};
  }

  [[nodiscard]] int file() const noexcept { return file_.get(); }
  /// The file's name for now.
  [[nodiscard]] std::string temporary() const { return place_.directory + "/" + name_; }

  /// Syncs the file and puts it in its place. On failure the old file is still there, except when only the
  /// last step failed: then the message says so.
  Status commit() {
    const char* failed = nullptr;
    if (detail::uninterrupted([&] { return system_.sync(file_.get()); }) != 0) {
      failed = "cannot sync";
    } else if (!file_.close()) {
      failed = "cannot close";
    } else if (detail::uninterrupted([&] {
                 return system_.rename_at(directory_.get(), name_.c_str(), place_.name.c_str());
               }) != 0) {
      failed = "cannot replace";
    }
    if (failed != nullptr) {
      const int error = errno;
      discard();
      return detail::io_failure(failed, place_.path, error);
    }
    name_.clear();
    if (!detail::sync_if_possible(system_, directory_.get())) {
      return detail::io_failure("written, but a power cut may undo it: cannot sync the directory of",
                                place_.path, errno);
    }
    return std::monostate{};
  }

  /// Removes what was written.
  void discard() noexcept {
    if (name_.empty()) return;
    const int error = errno;
    static_cast<void>(file_.close());
    detail::uninterrupted([&] { return system_.unlink_at(directory_.get(), name_.c_str()); });
    name_.clear();
    errno = error;
  }

 private:
  System& system_;
  OutputPlace place_;
  detail::Descriptor<System> directory_;
  detail::Descriptor<System> file_;
  std::string name_;  ///< empty: there is no file to be removed
};

namespace detail {

/// The descriptor that such a place stands for, open for writing; -1 and errno.
template <class System>
int open_direct(System& system, const OutputPlace& place) noexcept {
  if (place.descriptor < 0) {
    const int flags = O_WRONLY | O_CLOEXEC | O_NOCTTY | (place.replaced ? O_TRUNC : 0);
    return uninterrupted([&] { return system.open_at(AT_FDCWD, place.path.c_str(), flags, 0); });
  }
  const int flags = ::fcntl(place.descriptor, F_GETFL);
  if (flags >= 0 && (flags & O_ACCMODE) == O_RDONLY) {
    errno = EBADF;
    return -1;
  }
  return flags < 0 ? -1 : ::fcntl(place.descriptor, F_DUPFD_CLOEXEC, 0);
}

template <class System>
Status write_direct(System& system, const OutputPlace& place, std::span<const std::byte> bytes) {
  Descriptor<System> file(system, open_direct(system, place));
  if (!file.valid()) return io_failure("cannot open", place.path, errno);
  if (!write_fully(system, file.get(), bytes)) return io_failure("cannot write", place.path, errno);
  if (!sync_if_possible(system, file.get())) return io_failure("cannot sync", place.path, errno);
  if (!file.close()) return io_failure("cannot close", place.path, errno);
  return std::monostate{};
}

}  // namespace detail

/// Replaces the file at `path` by `bytes`; as Replacement::commit. A device or a pipe gets them directly.
template <class System>
Status try_write_file(const std::string& path, std::span<const std::byte> bytes, System& system) {
  const Result<OutputPlace> place = try_find_output(path);
  if (!place) return place.error();
  if (place.value().direct) return detail::write_direct(system, place.value(), bytes);
  Replacement<System> file(system);
  if (Status opened = file.open(place.value()); !opened) return opened;
  if (!detail::write_fully(system, file.file(), bytes)) {
    return detail::io_failure("cannot write", path, errno);
  }
  return file.commit();
}

inline Status try_write_file(const std::string& path, std::span<const std::byte> bytes) {
  PosixSystem system;
  return try_write_file(path, bytes, system);
}

inline void write_file(const std::string& path, std::span<const std::byte> bytes) {
  static_cast<void>(try_write_file(path, bytes).value());
}

}  // namespace weir::inline WEIR_ABI
