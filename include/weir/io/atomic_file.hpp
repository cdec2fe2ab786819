// Whole files, written without surprises.
//
// Writing is atomic and durable. A new file beside the old one is written, synced and renamed over it, and
// the directory is synced: whatever happens in between (a kill, a full disk, a power cut), `path` holds the
// old bytes or the new ones. The way is the one of Pillai et al., "All file systems are not created equal",
// OSDI 2014. A process that is killed in the middle leaves `<path>.<process id>.<n>.tmp` behind; it may be
// deleted at any time.
//
// A symbolic link at `path` is replaced, not followed.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/io/read_file.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <span>
#include <string>
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

}  // namespace weir::inline WEIR_ABI
