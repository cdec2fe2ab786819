// Which flows are due, and which one gives way when the table is full. Flows of the same time-out stand on
// one list, from the least to the most recently used, so what is due is at the front of the lists; and they
// stand apart by how hard a flow is to make up. `Records` gives the record of a place, as FlowPool does.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/traffic/flow/flow_lists.hpp>
#include <weir/traffic/flow/flow_options.hpp>
#include <weir/traffic/flow/flow_record.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>

namespace weir::inline WEIR_ABI {
namespace detail {

class FlowExpiry {
  static constexpr std::size_t tiers = 3;
  static constexpr std::size_t closing = 4 * tiers;  // behind the lists for four sorts of protocol
  static constexpr std::size_t list_count = closing + 1;
  using Lists = FlowLists<list_count>;
  using Waits = std::array<std::int64_t, list_count>;

 public:
  static constexpr std::uint32_t none = Lists::none;

  explicit FlowExpiry(const FlowOptions& options) : max_flows_(options.max_flows), lists_(options.max_flows) {
    const FlowTimeouts& t = options.timeouts;
    const std::array idle{t.tcp_ns, t.udp_ns, t.icmp_ns, t.other_ns};
    for (std::size_t list = 0; list < closing; ++list) {
      timeouts_[list] = std::min(idle[list / tiers], t.active_ns);
    }
    timeouts_[closing] = t.linger_ns;
    // Those rules end a flow when a packet of it comes.
    if (options.lifecycle == FlowLifecycle::cic_compat) timeouts_.fill(greatest_time_ns);
  }

  void prefetch(std::uint32_t place) const noexcept { lists_.prefetch(place); }

  /// A flow began.
  void append(FlowBase& flow, std::uint32_t place) noexcept {
    const std::size_t list = list_of(flow);
    watch(list, flow.seen_ns);
    lists_.append(list, place);
    flow.list = static_cast<std::uint8_t>(list);
  }
  /// A packet of it was counted.
  void renew(FlowBase& flow, std::uint32_t place) noexcept {
    const std::size_t list = list_of(flow);
    watch(list, flow.seen_ns);
    lists_.move(flow.list, list, place);
    flow.list = static_cast<std::uint8_t>(list);
  }
  /// It ended for another reason than that it was due.
  void remove(const FlowBase& flow, std::uint32_t place) noexcept { lists_.remove(flow.list, place); }

  /// The place that gives way, and the one that most likely does so after it, or none.
  struct Victims {
    std::uint32_t oldest, next;
  };
  template <class Records>
  [[nodiscard]] Victims victims(Records& records) const noexcept {
    std::array<std::size_t, tiers> sizes{};
    for (std::size_t list = 0; list < closing; ++list) sizes[list % tiers] += lists_.size(list);
    std::size_t highest = tiers;  // of the tiers that may give way; `tiers`: all flows, closed ones too
    if (2 * (sizes[0] + sizes[1]) > max_flows_) highest = 1;
    if (2 * sizes[0] > max_flows_) highest = 0;
    std::uint32_t oldest = none;
    for (std::size_t list = 0; list < list_count; ++list) {
      if (highest < tiers && (list == closing || list % tiers > highest)) continue;
      const std::uint32_t head = lists_.head(list);
      if (head != none && (oldest == none || older(records[head], records[oldest]))) oldest = head;
    }
    return {oldest, lists_.next(oldest)};
  }

  /// Flows that were taken off the lists to be ended, in the order of (order_ns, id).
  class Leaving {
   public:
    /// The place of the first one left, or none.
    template <class Records>
    [[nodiscard]] std::uint32_t take(Records& records) noexcept {
      std::size_t first = list_count;
      for (std::size_t list = 0; list < list_count; ++list) {
        if (chains_[list] == none) continue;
        if (first == list_count || before(records[chains_[list]], records[chains_[first]])) first = list;
      }
      if (first == list_count) return none;
      return std::exchange(chains_[first], lists_->next(chains_[first]));
    }
    [[nodiscard]] std::int64_t order_ns(const FlowBase& flow) const noexcept {
      return flow.seen_ns + waits_[flow.list];
    }
    /// Their time has come; else they end before it.
    [[nodiscard]] bool due() const noexcept { return waits_[0] > 0; }

   private:
    friend FlowExpiry;
    Leaving(const Lists& lists, const Waits& waits) : lists_(&lists), waits_(waits) {}

    [[nodiscard]] bool before(const FlowBase& x, const FlowBase& y) const noexcept {
      const std::int64_t a = order_ns(x);
      const std::int64_t b = order_ns(y);
      return a != b ? a < b : x.id < y.id;
    }

    const Lists* lists_;
    Waits waits_;
    std::array<std::uint32_t, list_count> chains_;
  };

  /// Is it time for `take_due`?
  [[nodiscard]] bool any_due(std::int64_t now) const noexcept { return now >= next_due_; }

  /// What is due at `now`, in the order of the time at which it was.
  template <class Records>
  [[nodiscard]] Leaving take_due(Records& records, std::int64_t now) noexcept {
    Leaving leaving = take(records, now, timeouts_);
    next_due_ = never;
    for (std::size_t list = 0; list < list_count; ++list) {
      const std::uint32_t head = lists_.head(list);
      if (head != none) next_due_ = std::min(next_due_, records[head].seen_ns + timeouts_[list]);
    }
    return leaving;
  }
  /// All flows, in the order of their last packets.
  template <class Records>
  [[nodiscard]] Leaving take_all(Records& records) noexcept {
    return take(records, never, {});
  }

 private:
  static constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();

  [[nodiscard]] static std::size_t sort_of(std::uint8_t protocol) noexcept {
    switch (protocol) {
      case ip_protocol::tcp: return 0;
      case ip_protocol::udp: return 1;
      case ip_protocol::icmp:
      case ip_protocol::icmpv6: return 2;
      default: return 3;
    }
  }
  /// How hard a flow is to make up: 0 one side's packets, 1 there was an answer, 2 the client went on behind
  /// it.
  [[nodiscard]] static std::size_t tier_of(const FlowBase& flow) noexcept {
    const std::uint32_t fwd = flow.sides[0].packets;
    const std::uint32_t bwd = flow.sides[1].packets;
    if ((fwd >= 2 && bwd >= 1) || fwd + bwd >= 8) return 2;
    return fwd >= 1 && bwd >= 1 ? 1 : 0;
  }
  [[nodiscard]] static std::size_t list_of(const FlowBase& flow) noexcept {
    return flow.closed ? closing : tiers * sort_of(flow.key.protocol) + tier_of(flow);
  }
  [[nodiscard]] static bool older(const FlowBase& x, const FlowBase& y) noexcept {
    return x.seen_ns != y.seen_ns ? x.seen_ns < y.seen_ns : x.id < y.id;
  }

  /// A flow comes to the end of a list; the heads of those that are not empty were looked at before.
  void watch(std::size_t list, std::int64_t seen_ns) noexcept {
    if (lists_.size(list) == 0) next_due_ = std::min(next_due_, seen_ns + timeouts_[list]);
  }

  /// The flows that nobody saw for the time that their lists wait.
  template <class Records>
  [[nodiscard]] Leaving take(Records& records, std::int64_t now, const Waits& waits) noexcept {
    Leaving leaving(lists_, waits);
    for (std::size_t list = 0; list < list_count; ++list) {
      const std::uint32_t front = lists_.take_front(
          list, [&](std::uint32_t place) { return records[place].seen_ns + waits[list] <= now; });
      leaving.chains_[list] = lists_.sorted(
          front, [&](std::uint32_t x, std::uint32_t y) { return older(records[x], records[y]); });
    }
    return leaving;
  }

  std::size_t max_flows_;
  Lists lists_;
  Waits timeouts_{};
  std::int64_t next_due_ = never;  ///< no flow is due before
};

}  // namespace detail
}  // namespace weir::inline WEIR_ABI
