// Where the flow is that an ICMP error quotes. The error comes on a way of its own: its VLAN and tunnel need
// not be those under which the quoted flow has its key. So the contexts in which flows began are remembered,
// those of the last few, and the flow is looked for in each.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/traffic/flow/flow_key.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace weir::inline WEIR_ABI {
namespace detail {

class FlowContexts {
 public:
  /// A flow with this key began.
  void note(const FlowKey& key) noexcept {
    const Part part = part_of(key);
    if (size_ > 0 && parts_[0] == part) return;
    const auto end = parts_.begin() + static_cast<std::ptrdiff_t>(size_);
    const auto found = std::find(parts_.begin(), end, part);
    if (found == end && size_ < parts_.size()) ++size_;
    const auto last = found != end ? found : parts_.begin() + static_cast<std::ptrdiff_t>(size_) - 1;
    std::move_backward(parts_.begin(), last, last + 1);
    parts_[0] = part;
  }

  /// Calls use(key) with the key in each of the other contexts, the latest first, until it says true.
  template <class Use>
  bool in_others(const FlowKey& key, Use&& use) const noexcept {
    const Part own = part_of(key);
    for (std::size_t i = 0; i < size_; ++i) {
      if (parts_[i] == own) continue;
      FlowKey other = key;
      other.tunnel = parts_[i].tunnel;
      other.vlan = parts_[i].vlan;
      other.vlan_count = parts_[i].vlan_count;
      if (use(other)) return true;
    }
    return false;
  }

 private:
  struct Part {
    std::uint32_t tunnel = 0;
    std::array<std::uint16_t, 2> vlan{};
    std::uint8_t vlan_count = 0;
    friend bool operator==(const Part&, const Part&) = default;
  };
  [[nodiscard]] static Part part_of(const FlowKey& key) noexcept {
    return {key.tunnel, key.vlan, key.vlan_count};
  }

  std::array<Part, 16> parts_{};
  std::size_t size_ = 0;
};

}  // namespace detail
}  // namespace weir::inline WEIR_ABI
