// Where `flows` and `watch` take packets from: captures, merged in the order of time, or an interface; and what is
// told of it.
#pragma once

#include "capture_report.hpp"
#include "source_options.hpp"

#include <weir/traffic/capture.hpp>

#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cinttypes>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

namespace cli {

/// What a signal ends.
inline std::atomic<weir::PacketSource*> listening{nullptr};

/// While it lives, Ctrl-C and SIGTERM end the reading and not the program.
class StopOnSignal {
 public:
  explicit StopOnSignal(weir::PacketSource& source) {
    listening = &source;
    struct sigaction action {};
    action.sa_handler = [](int) {
      if (weir::PacketSource* reading = listening) reading->stop();
    };
    for (std::size_t i = 0; i < signals.size(); ++i) sigaction(signals[i], &action, &before_[i]);
  }
  StopOnSignal(const StopOnSignal&) = delete;
  StopOnSignal& operator=(const StopOnSignal&) = delete;
  ~StopOnSignal() {
    for (std::size_t i = 0; i < signals.size(); ++i) sigaction(signals[i], &before_[i], nullptr);
    listening = nullptr;
  }

 private:
  static constexpr std::array signals{SIGINT, SIGTERM};
  std::array<struct sigaction, 2> before_{};
};

/// Puts the captures of folders and patterns in their place, and tells which files are none.
inline void find_captures(SourceOptions& options, bool quiet) {
  weir::FoundCaptures found = weir::find_captures(options.captures, unpacking);
  options.captures = std::move(found.captures);
  constexpr std::size_t most = 8;
  for (std::size_t i = 0; !quiet && i < std::min(most, found.others.size()); ++i) {
    const auto& [path, looks] = found.others[i];
    std::fprintf(stderr, "skipped: %s is no capture (%s)\n", path.c_str(), looks.c_str());
  }
  if (!quiet && found.others.size() > most)
    std::fprintf(stderr, "skipped: %zu more files\n", found.others.size() - most);
  // All captures stay open.
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur >= options.captures.size() + 64) return;
  files.rlim_cur = std::min<rlim_t>(files.rlim_max, options.captures.size() + 64);
  setrlimit(RLIMIT_NOFILE, &files);
}

class PacketInput {
 public:
  /// Throws also when nothing can be read, as far as that is known by then.
  PacketInput(const SourceOptions& o, bool inner, bool quiet)
      : quiet_(quiet),
        outer_filter_(inner && !o.filter.empty()),
        source_(weir::PacketSource::open({.captures = o.captures,
                                          .interface = o.interface,
                                          .filter = o.filter,
                                          .parse = {.decapsulate = inner},
                                          .unpacking = unpacking,
                                          .count = o.count,
                                          .seconds = o.seconds})) {
    check_readable(source_.readable());
  }

  [[nodiscard]] bool live() const noexcept { return source_.live(); }
  /// The capture that a packet or a flow is of, or the interface.
  [[nodiscard]] const std::string& name(std::uint16_t capture) const noexcept {
    return source_.name(capture);
  }

  /// Packets that came too fast, so far.
  [[nodiscard]] std::uint64_t dropped() const { return source_.live_counts().dropped; }

  /// `on_quiet(now_ns)` is called when an interface has had nothing for a while. Throws at the end when nothing of
  /// the captures could be read.
  template <class OnPacket, class OnQuiet>
  void run(OnPacket&& on_packet, OnQuiet&& on_quiet) {
    if (live()) {
      const StopOnSignal stop(source_);
      source_.run(on_packet, on_quiet);
    } else {
      source_.run(on_packet, on_quiet);
      check_readable(source_.readable());
    }
  }

  /// Tells what could not be read; the program's exit code.
  [[nodiscard]] int report() const {
    if (dropped() > 0)
      std::fprintf(stderr, "weir: %" PRIu64 " packets came too fast and were dropped\n", dropped());
    if (!quiet_ && !live()) {
      tell_left_out(source_.left_out());
      if (outer_filter_ && source_.packets() == 0) tell_outer_filter();
    }
    return report_captures(source_.failures(), source_.unreadable());
  }

 private:
  bool quiet_;
  bool outer_filter_;  // there is a filter beside --inner
  weir::PacketSource source_;
};

}  // namespace cli
