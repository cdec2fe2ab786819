// Packets of captures, merged in the order of time, or of an interface: one loop for both.
//
//   PacketSource source = PacketSource::open({.interface = "eth0", .seconds = 60});
//   source.run([&](Packet& p) { meter.add(p); }, [&](std::int64_t now_ns) { meter.tick(now_ns); });
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/traffic/capture/gunzip.hpp>
#include <weir/traffic/capture/left_out.hpp>
#include <weir/traffic/capture/merged.hpp>
#include <weir/traffic/capture/reader.hpp>
#include <weir/traffic/capture/unpacker.hpp>
#include <weir/traffic/packet/packet.hpp>
#include <weir/traffic/parse.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace weir::inline WEIR_ABI {

struct PacketSourceOptions {
  std::vector<std::string> captures{};
  std::string interface {};  ///< in place of captures
  std::string filter{};      ///< in libpcap's language
  ParseOptions parse{};
  Unpacking unpacking = unpack_gzip;
  std::uint64_t count = 0;  ///< packets, after which it ends; 0: no such end
  double seconds = 0;       ///< of listening, after which it ends; 0: no such end
};

class PacketSource {
 public:
  [[nodiscard]] static Result<PacketSource> try_open(const PacketSourceOptions& options) {
    PacketSource source(options);
    if (options.interface.empty()) {
      Result<MergedCapture> files = MergedCapture::try_open(
          options.captures,
          {.filter = options.filter, .parse = options.parse, .unpacking = options.unpacking});
      if (!files) return files.error();
      source.files_.emplace(std::move(files).value());
    } else {
      Result<CaptureReader> live =
          CaptureReader::try_open_live(options.interface, {.filter = options.filter, .parse = options.parse});
      if (!live) return live.error();
      source.interface_.emplace(std::move(live).value());
    }
    return source;
  }
  [[nodiscard]] static PacketSource open(const PacketSourceOptions& options) {
    return try_open(options).value();
  }

  [[nodiscard]] bool live() const noexcept { return interface_.has_value(); }
  /// The capture that a packet is of (Packet::capture), or the interface.
  [[nodiscard]] const std::string& name(std::uint16_t capture) const noexcept {
    return files_ ? files_->name(capture) : interface_->name();
  }

  /// To the end of the captures, to the limits of the options, or until stop(). An interface that has had nothing
  /// for a while, or that was busy for a second, calls `on_quiet` with the time.
  template <class OnPacket, class OnQuiet>
  void run(OnPacket&& on_packet, OnQuiet&& on_quiet) {
    const auto begin = Clock::now();
    auto told = begin;
    Packet packet;
    while (!*stopped_ && (options_.count == 0 || packets_ < options_.count)) {
      const bool there = files_ ? files_->next(packet) : interface_->next(packet);
      if (there) {
        ++packets_;
        on_packet(packet);
      } else if (files_ || interface_->ended()) {
        return;
      }
      if (files_) continue;
      const auto now = Clock::now();
      if (options_.seconds > 0 && now - begin >= std::chrono::duration<double>(options_.seconds)) return;
      if (there && now - told < std::chrono::seconds(1)) continue;
      told = now;
      on_quiet(time_ns());
    }
  }

  /// Makes run() return, also from another thread or from a signal handler.
  void stop() noexcept {
    stopped_->store(true, std::memory_order_relaxed);
    if (interface_) interface_->stop();
  }

  [[nodiscard]] std::uint64_t packets() const noexcept { return packets_; }
  [[nodiscard]] LiveCounts live_counts() const noexcept {
    return interface_ ? interface_->live_counts() : LiveCounts{};
  }
  [[nodiscard]] LeftOut left_out() const { return files_ ? files_->left_out() : interface_->left_out(); }
  /// An error when nothing can be read, as far as that is known.
  [[nodiscard]] Status readable() const { return files_ ? files_->readable() : interface_->readable(); }
  /// The captures of which nothing can be read, and those that were cut or damaged, or how the interface failed.
  [[nodiscard]] std::vector<std::string> unreadable() const {
    return files_ ? files_->unreadable() : std::vector<std::string>();
  }
  [[nodiscard]] std::vector<std::string> failures() const {
    if (files_) return files_->failures();
    if (interface_->status()) return {};
    return {interface_->status().error().what};
  }

 private:
  using Clock = std::chrono::steady_clock;

  explicit PacketSource(PacketSourceOptions options) : options_(std::move(options)) {}

  [[nodiscard]] static std::int64_t time_ns() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::nanoseconds>(now).count();
  }

  PacketSourceOptions options_;
  std::optional<MergedCapture> files_{};
  std::optional<CaptureReader> interface_{};
  std::unique_ptr<std::atomic<bool>> stopped_ = std::make_unique<std::atomic<bool>>(false);
  std::uint64_t packets_ = 0;
};

}  // namespace weir::inline WEIR_ABI
