// Where `watch` takes packets from: captures, merged in the order of time, or an interface.
#pragma once

#include "capture_report.hpp"
#include "watch.hpp"

#include <weir/traffic/capture.hpp>

#include <array>
#include <atomic>
#include <cinttypes>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>

namespace cli {

/// What a signal ends.
inline std::atomic<weir::CaptureReader*> listening{nullptr};

/// While it lives, Ctrl-C and SIGTERM end the reading and not the program.
class StopOnSignal {
 public:
  explicit StopOnSignal(weir::CaptureReader& reader) {
    listening = &reader;
    struct sigaction action {};
    action.sa_handler = [](int) {
      if (weir::CaptureReader* reading = listening) reading->stop();
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

class PacketSource {
 public:
  /// Throws also when nothing can be read, as far as that is known by then.
  explicit PacketSource(const WatchOptions& o)
      : quiet_(o.quiet), outer_filter_(o.meter.inner && !o.filter.empty()) {
    const weir::ParseOptions parse{.decapsulate = o.meter.inner};
    if (o.interface.empty()) {
      files_.emplace(weir::MergedCapture::open(o.captures, {.filter = o.filter, .parse = parse}));
      for (const std::string& text : files_->unreadable())
        check_readable(weir::Failure{weir::ErrorKind::format, text});
    } else {
      interface_.emplace(weir::CaptureReader::open_live(o.interface, {.filter = o.filter, .parse = parse}));
      check_readable(interface_->readable());
    }
  }

  [[nodiscard]] bool live() const noexcept { return interface_.has_value(); }

  /// `on_quiet` is called when an interface has had nothing for a while. Throws at the end when nothing of the
  /// captures could be read.
  template <class OnPacket, class OnQuiet>
  void run(OnPacket&& on_packet, OnQuiet&& on_quiet) {
    weir::Packet packet;
    if (files_) {
      while (files_->next(packet)) on_packet(packet);
      check_readable(files_->readable());
      return;
    }
    const StopOnSignal stop(*interface_);
    while (!interface_->ended()) {
      if (interface_->next(packet)) {
        on_packet(packet);
      } else {
        on_quiet();
      }
    }
    dropped_ = interface_->live_counts().dropped;
  }

  /// Tells what could not be read; the program's exit code.
  [[nodiscard]] int report() const {
    if (dropped_ > 0) {
      std::fprintf(stderr, "weir: %" PRIu64 " packets came too fast and were dropped\n", dropped_);
    }
    if (files_) {
      if (!quiet_) {
        tell_left_out(files_->left_out());
        if (outer_filter_ && files_->packets() == 0) tell_outer_filter();
      }
      return report_captures(*files_);
    }
    if (interface_->status()) return 0;
    std::fprintf(stderr, "weir: %s\n", interface_->status().error().what.c_str());
    return 1;
  }

 private:
  bool quiet_;
  bool outer_filter_;  // there is a filter beside --inner
  std::optional<weir::MergedCapture> files_;
  std::optional<weir::CaptureReader> interface_;
  std::uint64_t dropped_ = 0;
};

}  // namespace cli
