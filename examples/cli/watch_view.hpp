// What `weir watch --view` shows on a terminal, drawn again in its place while traffic comes: rates, alarms a minute,
// the hosts of most alarms, and the last alarms.
#pragma once

#include "report.hpp"

#include <weir/detect/top_counts.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace cli {

class WatchView {
 public:
  /// Throws ConfigError when standard output is no terminal.
  explicit WatchView(std::string title);
  WatchView(const WatchView&) = delete;
  WatchView& operator=(const WatchView&) = delete;
  ~WatchView();

  /// Whether it is time to ask for dropped().
  bool packet(std::int64_t time_ns) {
    newest_ns_ = std::max(newest_ns_, time_ns);
    if (++packets_ % 256 == 0) draw_in_time();
    return packets_ % 4'096 == 0;
  }
  void flow() { ++flows_; }
  void alarm(const Json& alert);
  void dropped(std::uint64_t packets) { dropped_ = packets; }
  /// At most four times a second.
  void draw_in_time();

 private:
  using Clock = std::chrono::steady_clock;

  void draw();
  [[nodiscard]] std::vector<std::string> frame(std::size_t width, std::size_t height) const;
  [[nodiscard]] std::string minutes_text() const;
  [[nodiscard]] std::string hosts_text() const;
  [[nodiscard]] std::int64_t minute() const { return newest_ns_ / 60'000'000'000; }

  static constexpr std::size_t minutes_shown = 48;

  std::string title_;
  bool colours_;
  Clock::time_point begin_ = Clock::now(), drawn_ = begin_;
  std::uint64_t packets_ = 0, packets_drawn_ = 0, flows_ = 0, alarms_ = 0, dropped_ = 0;
  double rate_ = 0.0;  ///< packets a second, since it was drawn last
  std::int64_t newest_ns_ = 0;
  std::array<std::uint64_t, minutes_shown> by_minute_{};  ///< alarms, by the minute of the traffic's own time
  std::int64_t last_minute_ = 0;
  weir::TopCounts hosts_{256};
  std::deque<std::string> last_{};
  std::size_t lines_drawn_ = 0;
};

}  // namespace cli
