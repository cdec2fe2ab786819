// The captures in folders and behind patterns: told by what the files hold, not by their names.
//
//   const FoundCaptures found = find_captures({"day.pcap", "july/", "*.cap"});
//   MergedCapture merged = MergedCapture::open(found.captures);
//
//   a folder   all captures in it and in the folders below, in the order of their paths; what is none is told
//   a pattern  with *, ? or [...], of which there is no file (glob(7)): all that fits, in the order of their paths
//   else       itself, whatever it is: "-", a file, a pipe
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/content_kind.hpp>
#include <weir/core/error.hpp>
#include <weir/traffic/capture/capture_content.hpp>

#include <glob.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <variant>
#include <vector>

namespace weir::inline WEIR_ABI {

struct FoundCaptures {
  std::vector<std::string> captures{};
  /// Files of folders that are none, and what they look like: "a text".
  std::vector<std::pair<std::string, std::string>> others{};
};

namespace detail {

class CaptureSearch {
 public:
  Status take(const std::string& place) {
    std::error_code none;
    if (std::filesystem::is_directory(place, none)) return take_folder(place);
    const bool pattern = place.find_first_of("*?[") != std::string::npos;
    if (pattern && !std::filesystem::exists(place, none)) return take_pattern(place);
    found.captures.push_back(place);
    return std::monostate{};
  }

  FoundCaptures found{};

 private:
  Status take_folder(const std::string& folder) {
    std::vector<std::string> files;
    std::error_code failed;
    std::filesystem::recursive_directory_iterator at(folder, failed);
    for (; !failed && at != std::filesystem::recursive_directory_iterator(); at.increment(failed)) {
      std::error_code none;
      if (at->is_regular_file(none)) files.push_back(at->path().string());
    }
    if (failed) return Failure{ErrorKind::io, folder + ": cannot read the folder: " + failed.message()};
    std::sort(files.begin(), files.end());
    const std::size_t before = found.captures.size();
    for (std::string& file : files) {
      const std::optional<ContentKind> kind = capture_content(file);
      if (kind && is_capture(*kind)) {
        found.captures.push_back(std::move(file));
      } else {
        found.others.emplace_back(std::move(file), kind ? description(*kind) : "cannot be read");
      }
    }
    if (found.captures.size() > before) return std::monostate{};
    return Failure{ErrorKind::data, folder + ": there is no capture in the folder"};
  }

  Status take_pattern(const std::string& pattern) {
    glob_t matches{};
    const int code = ::glob(pattern.c_str(), 0, nullptr, &matches);
    const std::vector<std::string> places(matches.gl_pathv, matches.gl_pathv + matches.gl_pathc);
    ::globfree(&matches);
    if (code != 0) return Failure{ErrorKind::io, pattern + ": there is no such file, and none that fits"};
    for (const std::string& place : places) {
      if (Status status = take(place); !status) return status;
    }
    return std::monostate{};
  }
};

}  // namespace detail

/// IoError when nothing fits a pattern or a folder cannot be read, DataError when a folder has no capture.
[[nodiscard]] inline Result<FoundCaptures> try_find_captures(std::span<const std::string> places) {
  detail::CaptureSearch search;
  for (const std::string& place : places) {
    if (Status status = search.take(place); !status) return status.error();
  }
  return std::move(search.found);
}
[[nodiscard]] inline FoundCaptures find_captures(const std::vector<std::string>& places) {
  return try_find_captures(places).value();
}

}  // namespace weir::inline WEIR_ABI
