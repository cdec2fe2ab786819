// Whole files, read and written without surprises.
//
// Writing is atomic and durable. A new file beside the old one is written, synced and renamed over it, and
// the directory is synced: whatever happens in between (a kill, a full disk, a power cut), `path` holds the
// old bytes or the new ones. The way is the one of Pillai et al., "All file systems are not created equal",
// OSDI 2014. A process that is killed in the middle leaves `<path>.<process id>.<n>.tmp` behind; it may be
// deleted at any time.
//
// A symbolic link at `path` is replaced, not followed, when writing.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <variant>
#include <vector>

namespace weir::inline WEIR_ABI {

/// The system calls made here. Tests pass a type of their own that fails where they want it to.
struct PosixSystem {
  int open_at(int directory, const char* path, int flags, mode_t mode) noexcept {
    return ::openat(directory, path, flags, mode);
  }
  int status(int file, struct stat& out) noexcept { return ::fstat(file, &out); }
  ssize_t read(int file, void* to, std::size_t size) noexcept { return ::read(file, to, size); }
  ssize_t write(int file, const void* from, std::size_t size) noexcept { return ::write(file, from, size); }
  int sync(int file) noexcept { return ::fsync(file); }
  int close(int file) noexcept { return ::close(file); }
  int rename_at(int directory, const char* from, const char* to) noexcept {
    return ::renameat(directory, from, directory, to);
  }
  int unlink_at(int directory, const char* name) noexcept { return ::unlinkat(directory, name, 0); }
};

namespace detail {

inline Failure io_failure(std::string_view action, const std::string& path, std::string_view reason) {
  std::string what(action);
  return {ErrorKind::io, what.append(" '").append(path).append("': ").append(reason)};
}
inline Failure io_failure(std::string_view action, const std::string& path, int error) {
  return io_failure(action, path, std::generic_category().message(error));
}

/// Repeats a call that a signal interrupted.
template <class Call>
auto uninterrupted(Call call) noexcept {
  auto result = call();
  while (result < 0 && errno == EINTR) result = call();
  return result;
}

/// An open file that is closed at the end of the scope.
template <class System>
class Descriptor {
 public:
  Descriptor(System& system, int file) noexcept : system_(system), file_(file) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    const int error = errno;  // the caller still wants to know why it gave up
    static_cast<void>(close());
    errno = error;
  }

  [[nodiscard]] bool valid() const noexcept { return file_ >= 0; }
  [[nodiscard]] int get() const noexcept { return file_; }
  /// Never repeated: after EINTR the number may already belong to another file.
  [[nodiscard]] bool close() noexcept {
    const int file = std::exchange(file_, -1);
    return file < 0 || system_.close(file) == 0 || errno == EINTR;
  }

 private:
  System& system_;
  int file_;
};

/// Reads until `size` bytes or the end of the file; -1 on an error.
template <class System>
ssize_t read_fully(System& system, int file, std::byte* to, std::size_t size) noexcept {
  std::size_t done = 0;
  while (done < size) {
    const ssize_t count = uninterrupted([&] { return system.read(file, to + done, size - done); });
    if (count < 0) return -1;
    if (count == 0) break;
    done += static_cast<std::size_t>(count);
  }
  return static_cast<ssize_t>(done);
}

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

/// Some file systems have no sync of directories and say so; there is nothing more to do then.
template <class System>
bool sync_directory(System& system, int directory) noexcept {
  return uninterrupted([&] { return system.sync(directory); }) == 0 || errno == EINVAL || errno == ENOTSUP;
}

/// Creates a file that did not exist; `name` receives its name. Other writers and leftovers are stepped over.
template <class System>
int create_temporary(System& system, int directory, const std::string& target, std::string& name) {
  constexpr int attempts = 1000;
  constexpr mode_t mode = 0644;  // less the umask
  const std::string stem = target + '.' + std::to_string(::getpid()) + '.';
  int file = -1;
  for (int i = 0; i < attempts; ++i) {
    name = stem + std::to_string(i) + ".tmp";
    file = uninterrupted([&] {
      return system.open_at(directory, name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    });
    if (file >= 0 || errno != EEXIST) break;
  }
  return file;
}

/// Writes, syncs and closes the temporary file; the name of the step that failed, or nullptr.
template <class System>
const char* fill_temporary(System& system, int file, std::span<const std::byte> bytes) noexcept {
  Descriptor<System> temporary(system, file);
  if (!write_fully(system, temporary.get(), bytes)) return "cannot write";
  if (uninterrupted([&] { return system.sync(temporary.get()); }) != 0) return "cannot sync";
  return temporary.close() ? nullptr : "cannot close";
}

struct SplitPath {
  std::string directory;
  std::string name;
};

inline SplitPath split_path(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return {".", path};
  return {slash == 0 ? "/" : path.substr(0, slash), path.substr(slash + 1)};
}

inline bool names_a_file(const SplitPath& path) {
  return !path.name.empty() && path.name != "." && path.name != ".." &&
         path.name.find('\0') == std::string::npos && path.directory.find('\0') == std::string::npos;
}

}  // namespace detail

/// Replaces the file at `path` by `bytes`. On failure the old file is still there, except when only the last
/// step failed: then the message says that the new file is in place, but perhaps not yet on the disk.
template <class System>
Status try_write_file(const std::string& path, std::span<const std::byte> bytes, System& system) {
  const detail::SplitPath place = detail::split_path(path);
  if (!detail::names_a_file(place)) return detail::io_failure("cannot write", path, "not the name of a file");

  // Opened first, so that a directory that cannot be synced is found before anything is written.
  detail::Descriptor<System> directory(system, detail::uninterrupted([&] {
                                         return system.open_at(AT_FDCWD, place.directory.c_str(),
                                                               O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
                                       }));
  if (!directory.valid()) return detail::io_failure("cannot open the directory of", path, errno);

  std::string temporary;
  const int file = detail::create_temporary(system, directory.get(), place.name, temporary);
  if (file < 0) return detail::io_failure("cannot create a file beside", path, errno);

  const char* failed = detail::fill_temporary(system, file, bytes);
  if (failed == nullptr && detail::uninterrupted([&] {
                             return system.rename_at(directory.get(), temporary.c_str(), place.name.c_str());
                           }) != 0) {
    failed = "cannot replace";
  }
  if (failed != nullptr) {
    const int error = errno;
    detail::uninterrupted([&] { return system.unlink_at(directory.get(), temporary.c_str()); });
    return detail::io_failure(failed, path, error);
  }
  if (!detail::sync_directory(system, directory.get())) {
    return detail::io_failure("written, but a power cut may undo it: cannot sync the directory of", path,
                              errno);
  }
  return std::monostate{};
}

inline Status try_write_file(const std::string& path, std::span<const std::byte> bytes) {
  PosixSystem system;
  return try_write_file(path, bytes, system);
}

inline void write_file(const std::string& path, std::span<const std::byte> bytes) {
  static_cast<void>(try_write_file(path, bytes).value());
}

/// All bytes of a regular file of at most `max_bytes`. The file is opened once and what is judged is what was
/// opened; memory is taken once, after the size is known; a file that changes its size meanwhile is refused.
template <class System>
Result<std::vector<std::byte>> try_read_file(const std::string& path, std::uint64_t max_bytes,
                                             System& system) {
  if (path.find('\0') != std::string::npos) {
    return detail::io_failure("cannot read", path.c_str(), "not the name of a file");
  }
  // O_NONBLOCK: opening a named pipe must not wait for its writer. It means nothing for regular files.
  detail::Descriptor<System> file(system, detail::uninterrupted([&] {
                                    return system.open_at(AT_FDCWD, path.c_str(),
                                                          O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0);
                                  }));
  if (!file.valid()) return detail::io_failure("cannot open", path, errno);

  struct stat status {};
  if (system.status(file.get(), status) != 0) return detail::io_failure("cannot read", path, errno);
  if (!S_ISREG(status.st_mode)) return detail::io_failure("cannot read", path, "not a regular file");
  const auto size = static_cast<std::uint64_t>(status.st_size);
  if (size > max_bytes) {
    return detail::io_failure(
        "cannot read", path,
        std::to_string(size) + " bytes are more than the allowed " + std::to_string(max_bytes));
  }

  std::vector<std::byte> bytes(static_cast<std::size_t>(size));
  const ssize_t count = detail::read_fully(system, file.get(), bytes.data(), bytes.size());
  if (count < 0) return detail::io_failure("cannot read", path, errno);
  std::byte beyond{};
  const ssize_t more = detail::read_fully(system, file.get(), &beyond, 1);
  if (more < 0) return detail::io_failure("cannot read", path, errno);
  if (static_cast<std::size_t>(count) != bytes.size() || more != 0) {
    return detail::io_failure("cannot read", path, "its size changed while it was read");
  }
  return bytes;
}

inline Result<std::vector<std::byte>> try_read_file(const std::string& path, std::uint64_t max_bytes) {
  PosixSystem system;
  return try_read_file(path, max_bytes, system);
}

inline std::vector<std::byte> read_file(const std::string& path, std::uint64_t max_bytes) {
  return try_read_file(path, max_bytes).value();
}

}  // namespace weir::inline WEIR_ABI
