// Whole files, read without surprises, and the system calls that reading and writing them takes.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
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
  int change_mode(int file, mode_t mode) noexcept { return ::fchmod(file, mode); }
  int change_owner(int file, uid_t owner, gid_t group) noexcept { return ::fchown(file, owner, group); }
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
  void reset(int file) noexcept {
    static_cast<void>(close());
    file_ = file;
  }
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

}  // namespace detail

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
