// What a program is to read and to write, looked at before it does either: no output may be an input or another
// output, whatever links lead there, and each must be possible to write.
//
//   const Status fine = try_check_files({{"TRAIN", "flows.csv"}, {"--labels", labels}}, {{"--model", "ids.weir"}});
//   // "--model is the same file as TRAIN (flows.csv), which would be lost; write to another file"
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/io/output_file.hpp>
#include <weir/io/output_place.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace weir::inline WEIR_ABI {

/// A file, and by which name the user of the program knows it: "--model", "TRAIN".
struct NamedFile {
  std::string role{};
  std::string path{};  ///< empty: not given; "-": standard input or output
};

/// Devices and pipes may be shared. ConfigError or IoError.
[[nodiscard]] Status try_check_files(const std::vector<NamedFile>& inputs,
                                     const std::vector<NamedFile>& outputs);

namespace detail {

/// What a path stands for: the file, whatever leads to it, or the name that it will have in its folder.
struct FileIdentity {
  dev_t device = 0;
  ino_t inode = 0;
  std::string name{};
  [[nodiscard]] bool operator==(const FileIdentity&) const = default;
};

/// None for what several may share. `stream` is what "-" stands for.
[[nodiscard]] std::optional<FileIdentity> file_identity(const std::string& path, int stream);

#if WEIR_BODIES

WEIR_BODY std::optional<FileIdentity> file_identity(const std::string& path, int stream) {
  struct stat status {};
  const int found = path == "-" ? ::fstat(stream, &status) : ::stat(path.c_str(), &status);
  if (found == 0 && S_ISREG(status.st_mode)) return FileIdentity{status.st_dev, status.st_ino, {}};
  if (found == 0) return std::nullopt;
  const Result<OutputPlace> place = try_find_output(path);
  if (!place || ::stat(place.value().directory.c_str(), &status) != 0) return std::nullopt;
  return FileIdentity{status.st_dev, status.st_ino, place.value().name};
}

#endif

}  // namespace detail

#if WEIR_BODIES

WEIR_BODY Status try_check_files(const std::vector<NamedFile>& inputs,
                                 const std::vector<NamedFile>& outputs) {
  std::vector<std::pair<detail::FileIdentity, NamedFile>> known;
  for (const NamedFile& input : inputs) {
    if (input.path.empty()) continue;
    if (const auto identity = detail::file_identity(input.path, STDIN_FILENO))
      known.emplace_back(*identity, input);
  }
  for (const NamedFile& output : outputs) {
    if (output.path.empty()) continue;
    const auto identity = detail::file_identity(output.path, STDOUT_FILENO);
    if (!identity) continue;
    for (const auto& [other, file] : known) {
      if (!(other == *identity)) continue;
      const bool plain = file.path == "-" || file.role == file.path;
      return Failure{ErrorKind::config, output.role + " is the same file as " + file.role +
                                            (plain ? "" : " (" + file.path + ")") +
                                            ", which would be lost; write to another file"};
    }
    known.emplace_back(*identity, output);
  }
  for (const NamedFile& output : outputs) {
    if (output.path.empty() || output.path == "-") continue;
    const Status possible = try_check_output(output.path);
    if (!possible) return Failure{possible.error().kind, output.role + ": " + possible.error().what};
  }
  return std::monostate{};
}

#endif

}  // namespace weir::inline WEIR_ABI
