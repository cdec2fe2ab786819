// The files that words of a command name: a pattern (core/glob.hpp, in any part of a path) stands for all files that
// fit it, in the order of their names, also where no shell has put them in its place.
//
//   expand_files({"days/*.csv", "more.csv.gz", "-"})
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/core/glob.hpp>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

/// Each file once, by whatever paths. A word that is a file's name stands for that file whatever signs it has, "-" for itself. IoError
/// when nothing fits a pattern, or when a word is a folder, which may hold anything: the message names the pattern
/// that takes what is in it.
[[nodiscard]] std::vector<std::string> expand_files(const std::vector<std::string>& words);

/// "Monday.csv and 7 more files"
[[nodiscard]] inline std::string files_text(const std::vector<std::string>& paths) {
  if (paths.empty()) return {};
  const std::size_t more = paths.size() - 1;
  if (more == 0) return paths[0];
  return paths[0] + " and " + std::to_string(more) + (more == 1 ? " more file" : " more files");
}

#if WEIR_BODIES

namespace detail {

/// What is in a folder and fits a pattern, sorted. Names that begin with a dot are hidden, as in a shell.
[[nodiscard]] inline std::vector<std::filesystem::path> fitting_entries(const std::filesystem::path& folder,
                                                                        const std::string& pattern) {
  namespace fs = std::filesystem;
  std::error_code error;
  std::vector<fs::path> found;
  fs::directory_iterator entries(folder.empty() ? fs::path(".") : folder, error);
  for (; !error && entries != fs::directory_iterator(); entries.increment(error)) {
    const std::string name = entries->path().filename().string();
    if (name.starts_with('.') && !pattern.starts_with('.')) continue;
    if (matches_glob(pattern, name)) found.push_back(folder / name);
  }
  std::sort(found.begin(), found.end());
  return found;
}

[[nodiscard]] inline std::vector<std::string> files_fitting(const std::string& word) {
  namespace fs = std::filesystem;
  std::error_code none;
  std::vector<fs::path> paths{fs::path()};
  for (const fs::path& part : fs::path(word)) {
    std::vector<fs::path> next;
    for (const fs::path& path : paths) {
      if (!is_glob(part.string())) {
        next.push_back(path / part);
      } else {
        for (fs::path& entry : fitting_entries(path, part.string())) next.push_back(std::move(entry));
      }
    }
    paths = std::move(next);
  }
  std::vector<std::string> files;
  for (const fs::path& path : paths) {
    if (fs::exists(path, none) && !fs::is_directory(path, none)) files.push_back(path.string());
  }
  return files;
}

}  // namespace detail

WEIR_BODY std::vector<std::string> expand_files(const std::vector<std::string>& words) {
  namespace fs = std::filesystem;
  std::vector<std::string> files;
  const auto take = [&files](const std::string& path) {
    const auto same = [&path](const std::string& other) {
      std::error_code none;
      return path == other || (fs::is_regular_file(path, none) && fs::equivalent(path, other, none));
    };
    if (std::none_of(files.begin(), files.end(), same)) files.push_back(path);
  };
  for (const std::string& word : words) {
    std::error_code none;
    if (fs::is_directory(word, none)) {
      fail(ErrorKind::io, word + ": is a directory; '" + (fs::path(word) / "*.csv").string() +
                              "' takes the files in it that are called so");
    }
    if (!is_glob(word) || fs::exists(word, none)) {
      take(word);
      continue;
    }
    const std::vector<std::string> fitting = detail::files_fitting(word);
    if (fitting.empty()) fail(ErrorKind::io, "there is no file that fits '" + word + "'");
    for (const std::string& path : fitting) take(path);
  }
  return files;
}

#endif

}  // namespace weir::inline WEIR_ABI
