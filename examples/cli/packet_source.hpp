// Where `watch` takes packets from: captures, merged in the order of time, or an interface.
#pragma once

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
#include <vector>

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
  explicit PacketSource(const WatchOptions& o) {
    const weir::ParseOptions parse{.decapsulate = o.meter.inner};
    if (o.interface.empty()) {
      files_.emplace(weir::MergedCapture::open(o.captures, {.filter = o.filter, .parse = parse}));
    } else {
      interface_.emplace(weir::CaptureReader::open_live(o.interface, {.filter = o.filter, .parse = parse}));
    }
  }

  [[nodiscard]] bool live() const noexcept { return interface_.has_value(); }

  /// `on_quiet` is called when an interface has had nothing for a while.
  template <class OnPacket, class OnQuiet>
  void run(OnPacket&& on_packet, OnQuiet&& on_quiet) {
    weir::Packet packet;
    if (files_) {
      while (files_->next(packet)) on_packet(packet);
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
    std::vector<std::string> failures;
    if (files_) failures = files_->failures();
    if (interface_ && !interface_->status()) failures.push_back(interface_->status().error().what);
    for (const std::string& failure : failures) std::fprintf(stderr, "weir: %s\n", failure.c_str());
    return failures.empty() ? 0 : 1;
  }

 private:
  std::optional<weir::MergedCapture> files_;
  std::optional<weir::CaptureReader> interface_;
  std::uint64_t dropped_ = 0;
};

}  // namespace cli
