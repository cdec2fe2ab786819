// The time by which flows expire: it follows the packets' time stamps and never runs backwards.
//
// A packet that is a little late leaves it where it is. When the stamps step back by more than a limit, the
// source's clock was set, and from there on this clock runs on by the steps of the new stamps. A leap forward
// counts no more than what surely ends every flow, so that no stamp, however wrong, brings the clock to its
// end.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/traffic/flow/flow_options.hpp>

#include <algorithm>
#include <cstdint>

namespace weir::inline WEIR_ABI {

class FlowClock {
 public:
  explicit FlowClock(const FlowOptions& options = {}) noexcept
      : back_ns_(std::clamp<std::int64_t>(options.clock_step_ns, 0, greatest_time_ns)) {
    const FlowTimeouts& t = options.timeouts;
    const std::int64_t longest =
        std::max({t.tcp_ns, t.udp_ns, t.icmp_ns, t.other_ns, t.active_ns, t.linger_ns});
    leap_ns_ = std::clamp(longest, std::int64_t{3'600} * ns_per_s, greatest_time_ns);
  }

  /// The time at a packet with this stamp.
  std::int64_t at(std::int64_t stamp_ns) noexcept {
    const std::int64_t stamp = std::clamp(stamp_ns, -greatest_time_ns, greatest_time_ns);
    cut_ += stamp != stamp_ns ? 1 : 0;
    if (!started_) {
      started_ = true;
      last_ = now_ = stamp;
      return now_;
    }
    const std::int64_t step = stamp - last_;
    if (step >= 0) {
      jumps_ += step > leap_ns_ ? 1 : 0;
      now_ = std::min(now_ + std::min(step, leap_ns_), end_of_time);
      last_ = stamp;
    } else if (step < -back_ns_) {
      ++jumps_;
      last_ = stamp;
    }
    return now_;
  }

  /// The time at a packet that was held back and comes behind others: its stamp tells nothing, unless it is
  /// the first.
  std::int64_t since(std::int64_t stamp_ns) noexcept { return started_ ? now_ : at(stamp_ns); }

  [[nodiscard]] std::int64_t now() const noexcept { return now_; }
  /// How often the stamps stepped back, or leapt by more than an hour and every time-out.
  [[nodiscard]] std::uint64_t jumps() const noexcept { return jumps_; }
  /// How many stamps were farther from 1970 than `greatest_time_ns`.
  [[nodiscard]] std::uint64_t cut_stamps() const noexcept { return cut_; }

 private:
  static constexpr std::int64_t end_of_time = 2 * (greatest_time_ns - 1);

  std::int64_t back_ns_;
  std::int64_t leap_ns_;
  std::int64_t last_ = 0;  // latest stamp since the last jump
  std::int64_t now_ = 0;
  std::uint64_t jumps_ = 0;
  std::uint64_t cut_ = 0;
  bool started_ = false;
};

}  // namespace weir::inline WEIR_ABI
