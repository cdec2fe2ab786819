// How captures are read, and what of them could not be: told to people, and as an exit code.
#pragma once

#include <weir/core/error.hpp>
#include <weir/traffic/capture.hpp>
#if __has_include(<zstd.h>)
#include <weir/traffic/capture/unzstd.hpp>
#endif

#include <cstdio>
#include <string>
#include <vector>

namespace cli {

#if __has_include(<zstd.h>)
inline constexpr weir::Unpacking unpacking = weir::unpack_zstd;
#else
inline constexpr weir::Unpacking unpacking = weir::unpack_gzip;
#endif

/// A capture of which nothing can be read is as none. Throws FormatError with its link type.
inline void check_readable(const weir::Status& status) {
  if (!status)
    weir::fail(status.error().kind, status.error().what + " (docs/capture.md lists those that are)");
}

/// How many packets of which link told nothing; no line when there are none.
inline void tell_left_out(const weir::LeftOut& left_out) {
  if (left_out.frames() > 0) std::fprintf(stderr, "left out: %s\n", left_out.text().c_str());
}

/// For when no packet has passed a filter beside --inner.
inline void tell_outer_filter() {
  std::fputs(
      "note: no packet passed --filter, which sees the outer packets of tunnels; leave it out and choose "
      "among "
      "the flows of --inner\n",
      stderr);
}

/// Tells which captures were cut or damaged, and of which nothing could be read. The exit code: 0, 1 for the
/// former, 2 for the latter.
[[nodiscard]] inline int report_captures(const std::vector<std::string>& cut,
                                         const std::vector<std::string>& unreadable) {
  for (const std::vector<std::string>& texts : {cut, unreadable}) {
    for (const std::string& text : texts) std::fprintf(stderr, "weir: %s\n", text.c_str());
  }
  return !unreadable.empty() ? 2 : cut.empty() ? 0 : 1;
}

}  // namespace cli
