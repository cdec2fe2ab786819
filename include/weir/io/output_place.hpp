// Where an output goes, found out before anything is written.
//
// A regular file, and one that is not there yet, is written beside its name and renamed over it. A symbolic
// link is followed to the file that it means, so that the link stays one. Devices, named pipes and open
// descriptors (/dev/null, /dev/stdout, /proc/self/fd/3) are written to directly: a rename would put a file in
// the place of the device.
//
// The file must be writable by who runs the program, although a rename does not need that: a file that was
// made read-only is meant to stay. Opening it to see so also leaves it to the system whether a link in a
// folder of all (/tmp) may be followed.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/io/read_file.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <climits>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

namespace weir::inline WEIR_ABI {

struct OutputPlace {
  std::string path{};                     ///< as it was given
  std::string directory{};                ///< of the real file
  std::string name{};                     ///< in that directory
  std::optional<struct stat> replaced{};  ///< the file that is there now
  bool direct = false;                    ///< no file that could be replaced
  int descriptor = -1;                    ///< of this process, if the path names one
};

namespace detail {

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

/// The directory without links; empty when it cannot be found.
inline std::string real_directory(const std::string& directory) {
  const std::unique_ptr<char, decltype(&std::free)> real(::realpath(directory.c_str(), nullptr), &std::free);
  return real ? std::string(real.get()) : std::string();
}

/// The number N of "/proc/<this process>/fd/N", or -1.
int descriptor_named(const SplitPath& place);

/// Follows links in the last part of the path; stops at a descriptor of this process. False: too many.
bool follow_links(SplitPath& place);

/// Why nothing can be written there, and what to do.
Failure no_output(const std::string& path, const std::string& directory, int error);

/// Why the file that is there may not be replaced; empty when it may.
std::string refusal_to_replace(const OutputPlace& place);

#if WEIR_BODIES

WEIR_BODY int descriptor_named(const SplitPath& place) {
  const std::string own = "/proc/" + std::to_string(::getpid()) + "/";
  const std::string directory = real_directory(place.directory);
  if (!directory.starts_with(own) || !directory.ends_with("/fd")) return -1;
  int number = -1;
  const char* const end = place.name.data() + place.name.size();
  const auto [stopped, error] = std::from_chars(place.name.data(), end, number);
  return error == std::errc() && stopped == end ? number : -1;
}

WEIR_BODY bool follow_links(SplitPath& place) {
  constexpr int most = 40;  // as the system itself
  for (int followed = 0; followed < most; ++followed) {
    if (descriptor_named(place) >= 0) return true;
    const std::string here = place.directory + "/" + place.name;
    std::array<char, PATH_MAX> text{};
    const ssize_t size = ::readlink(here.c_str(), text.data(), text.size());
    if (size < 0) return true;
    const std::string meant(text.data(), static_cast<std::size_t>(size));
    place = split_path(meant.starts_with('/') ? meant : place.directory + "/" + meant);
  }
  return false;
}

WEIR_BODY Failure no_output(const std::string& path, const std::string& directory, int error) {
  std::string why = std::generic_category().message(error);
  if (error == ENOENT) why = "there is no folder '" + directory + "'; make it, or write to another";
  if (error == ENOTDIR) why = "'" + directory + "' is not a folder";
  if (error == EISDIR) why = "is a folder; name a file in it";
  if (error == EACCES || error == EPERM || error == EROFS) why += "; write to another folder";
  if (error == ENAMETOOLONG) why += "; choose a shorter one";
  return io_failure("cannot write", path, why);
}

WEIR_BODY std::string refusal_to_replace(const OutputPlace& place) {
  // The system lets root open it all the same.
  if ((place.replaced->st_mode & (S_IWUSR | S_IWGRP | S_IWOTH)) == 0)
    return "it is read-only; write to another file, or allow writing it (chmod u+w)";
  const int file =
      uninterrupted([&] { return ::open(place.path.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK); });
  if (file < 0) return std::generic_category().message(errno) + "; write to another file";
  ::close(file);
  const uid_t user = ::geteuid();
  struct stat folder {};
  if (::stat(place.directory.c_str(), &folder) == 0 && (folder.st_mode & S_ISVTX) != 0 && user != 0 &&
      user != folder.st_uid && user != place.replaced->st_uid) {
    return "it belongs to somebody else, who alone may replace it in this folder; write to another file";
  }
#ifdef STATX_ATTR_MOUNT_ROOT
  struct statx mount {};
  if (::statx(AT_FDCWD, place.path.c_str(), 0, STATX_TYPE, &mount) == 0 &&
      (mount.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0) {
    return "it is mounted by itself and cannot be replaced; mount its folder";
  }
#endif
  return {};
}

#endif

}  // namespace detail

[[nodiscard]] Result<OutputPlace> try_find_output(const std::string& path);

#if WEIR_BODIES

WEIR_BODY Result<OutputPlace> try_find_output(const std::string& path) {
  detail::SplitPath place = detail::split_path(path);
  if (!detail::names_a_file(place)) {
    return detail::io_failure("cannot write", path.c_str(), "not the name of a file");
  }
  const auto refuse = [&](int error) { return detail::no_output(path, place.directory, error); };
  if (!detail::follow_links(place)) return refuse(ELOOP);
  OutputPlace result{.path = path, .directory = place.directory, .name = place.name};
  if (!detail::names_a_file(place)) return refuse(EISDIR);  // a link to a folder
  result.descriptor = detail::descriptor_named(place);
  if (result.descriptor >= 0) {
    result.direct = true;
    return result;
  }
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    if (errno != ENOENT) return refuse(errno);
    if (::stat(place.directory.c_str(), &status) != 0) return refuse(errno);
    return S_ISDIR(status.st_mode) ? Result<OutputPlace>(std::move(result)) : refuse(ENOTDIR);
  }
  if (S_ISDIR(status.st_mode)) return refuse(EISDIR);
  result.direct = !S_ISREG(status.st_mode);
  if (result.direct) return result;
  result.replaced = status;
  // Another process's descriptor: what it stands for must not be replaced either.
  result.direct = detail::real_directory(place.directory).starts_with("/proc/");
  const std::string why = result.direct ? std::string() : detail::refusal_to_replace(result);
  if (!why.empty()) return detail::io_failure("cannot write", path, why);
  return result;
}

#endif

}  // namespace weir::inline WEIR_ABI
