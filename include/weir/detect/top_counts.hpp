// The names that occur most often among many, in fixed memory: Space-Saving (Metwally, Agrawal, El Abbadi,
// "Efficient computation of frequent and top-k elements in data streams", ICDT 2005).
//
//   TopCounts hosts(64);
//   hosts.add("10.0.0.5");
//   hosts.most(5)                        // names with their counts, most first
//
// With c counters and n additions a count is too large by at most n / c, and each name with more than n / c is there.
#pragma once

#include <weir/core/abi.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace weir::inline WEIR_ABI {

class TopCounts {
 public:
  struct Entry {
    std::string name{};
    std::uint64_t count = 0;
    std::uint64_t excess = 0;  ///< by how much the count may be too large
  };

  /// At least one counter.
  explicit TopCounts(std::size_t counters) : counters_(std::max<std::size_t>(counters, 1)) {}

  void add(std::string_view name) {
    ++total_;
    const auto same = [&](const Entry& entry) { return entry.name == name; };
    if (const auto known = std::find_if(entries_.begin(), entries_.end(), same); known != entries_.end()) {
      ++known->count;
    } else if (entries_.size() < counters_) {
      entries_.push_back({std::string(name), 1, 0});
    } else {  // the rarest one makes room, and its count goes on
      const auto fewer = [](const Entry& a, const Entry& b) { return a.count < b.count; };
      Entry& rarest = *std::min_element(entries_.begin(), entries_.end(), fewer);
      rarest = {std::string(name), rarest.count + 1, rarest.count};
    }
  }

  /// Of all names.
  [[nodiscard]] std::uint64_t total() const noexcept { return total_; }
  /// Equal counts by name.
  [[nodiscard]] std::vector<Entry> most(std::size_t number) const {
    std::vector<Entry> sorted = entries_;
    std::sort(sorted.begin(), sorted.end(), [](const Entry& a, const Entry& b) {
      return a.count != b.count ? a.count > b.count : a.name < b.name;
    });
    sorted.resize(std::min(number, sorted.size()));
    return sorted;
  }

 private:
  std::size_t counters_;
  std::vector<Entry> entries_{};
  std::uint64_t total_ = 0;
};

}  // namespace weir::inline WEIR_ABI
