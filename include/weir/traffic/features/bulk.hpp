// CICFlowMeter's bulks: runs of payload packets of one direction with gaps of at most 1 s, from the fourth
// packet on. A payload packet of the other direction ends a run.
//
//   at the 4th packet   bulks + 1, packets + 4, bytes + all so far, duration + (t - start)
//   at each further     packets + 1, bytes + its payload, duration + (t - previous)
#pragma once

#include <weir/core/abi.hpp>
#include <weir/traffic/flow/flow_options.hpp>

#include <algorithm>
#include <cstdint>

namespace weir::inline WEIR_ABI {

class BulkCounter {
 public:
  /// A payload packet of this direction. `other_ns` is when the other one's latest payload packet came (or
  /// `never`).
  void add(std::int64_t time_ns, std::uint32_t payload, std::int64_t other_ns) noexcept {
    const bool broken = run_packets_ == 0 || other_ns > start_ns_ || time_ns - last_ns_ > ns_per_s;
    if (broken) {
      start_ns_ = time_ns;
      run_packets_ = 1;
      run_bytes_ = payload;
    } else {
      ++run_packets_;
      run_bytes_ += payload;
      if (run_packets_ == 4) {
        ++bulks_;
        packets_ += 4;
        bytes_ += run_bytes_;
        duration_ns_ += std::max<std::int64_t>(0, time_ns - start_ns_);
      } else if (run_packets_ > 4) {
        ++packets_;
        bytes_ += payload;
        duration_ns_ += std::max<std::int64_t>(0, time_ns - last_ns_);
      }
    }
    last_ns_ = time_ns;
  }

  static constexpr std::int64_t never = -2 * greatest_time_ns;

  [[nodiscard]] std::uint32_t bulks() const noexcept { return bulks_; }
  [[nodiscard]] std::uint32_t packets() const noexcept { return packets_; }
  [[nodiscard]] std::uint64_t bytes() const noexcept { return bytes_; }
  [[nodiscard]] std::int64_t duration_ns() const noexcept { return duration_ns_; }
  /// When this direction's latest payload packet came.
  [[nodiscard]] std::int64_t last_ns() const noexcept { return run_packets_ == 0 ? never : last_ns_; }

 private:
  std::int64_t start_ns_ = 0, last_ns_ = 0, duration_ns_ = 0;
  std::uint64_t bytes_ = 0, run_bytes_ = 0;
  std::uint32_t bulks_ = 0, packets_ = 0, run_packets_ = 0;
};

}  // namespace weir::inline WEIR_ABI
