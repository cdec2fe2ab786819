// The captures in folders and behind patterns: told by what the files hold, not by their names.
//
//   const FoundCaptures found = find_captures({"day.pcap", "july/", "*.cap"});
//   MergedCapture merged = MergedCapture::open(found.captures);
//
//   a folder   all captures in it and in the folders below, in the order of their paths; what is none is told
//   a pattern  with *, ? or [...], of which there is no file (glob(7)): the captures among what fits, in the
//              order of their paths, those of folders that fit, too; what is none is told
//   else       itself, whatever it is: "-", a file, a pipe
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/content_kind.hpp>
#include <weir/core/error.hpp>
#include <weir/traffic/capture/capture_content.hpp>
#include <weir/traffic/capture/gunzip.hpp>
#include <weir/traffic/capture/reader.hpp>
#include <weir/traffic/capture/unpacker.hpp>

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
  /// Files of folders and patterns that are none, and what they look like: "text".
  std::vector<std::pair<std::string, std::string>> others{};
};

namespace detail {

class CaptureSearch {
 public:
  explicit CaptureSearch(Unpacking unpacking) : unpacking_(unpacking) {}

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
    for (std::string& file : files) take_if_capture(std::move(file));
    if (found.captures.size() > before) return std::monostate{};
    return Failure{ErrorKind::data, folder + ": there is no capture in the folder"};
  }

  void take_if_capture(std::string file) {
    const std::optional<ContentKind> kind = capture_content(file, unpacking_);
    if (!kind || !is_capture(*kind)) {
      found.others.emplace_back(std::move(file), kind ? description(*kind) : "cannot be read");
    } else if (!CaptureReader::try_open(file, {.unpacking = unpacking_})) {
      found.others.emplace_back(std::move(file), std::string(description(*kind)) + ", cut or damaged");
    } else {
      found.captures.push_back(std::move(file));
    }
  }

  Status take_pattern(const std::string& pattern) {
    glob_t matches{};
    const int code = ::glob(pattern.c_str(), 0, nullptr, &matches);
    const std::vector<std::string> places(matches.gl_pathv, matches.gl_pathv + matches.gl_pathc);
    ::globfree(&matches);
    if (code != 0) return Failure{ErrorKind::io, pattern + ": there is no such file, and none that fits"};
    const std::size_t before = found.captures.size();
    Status none = std::monostate{};
    for (const std::string& place : places) {
      std::error_code failed;
      if (std::filesystem::is_regular_file(place, failed)) {
        take_if_capture(place);
      } else if (Status status = take(place); !status && none) {
        none = std::move(status);
      }
    }
    if (found.captures.size() > before) return std::monostate{};
    if (!none) return none;
    return Failure{ErrorKind::data, pattern + ": there is no capture among the files that fit"};
  }

  Unpacking unpacking_;
};

}  // namespace detail

/// IoError when nothing fits a pattern or a folder cannot be read, DataError when there is no capture in a
/// folder or behind a pattern.
[[nodiscard]] inline Result<FoundCaptures> try_find_captures(std::span<const std::string> places,
                                                             Unpacking unpacking = unpack_gzip) {
  detail::CaptureSearch search(unpacking);
  for (const std::string& place : places) {
    if (Status status = search.take(place); !status) return status.error();
  }
  return std::move(search.found);
}
[[nodiscard]] inline FoundCaptures find_captures(const std::vector<std::string>& places,
                                                 Unpacking unpacking = unpack_gzip) {
  return try_find_captures(places, unpacking).value();
}

}  // namespace weir::inline WEIR_ABI
