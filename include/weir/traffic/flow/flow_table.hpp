// Packets to flows, in memory of a size chosen at the start: nothing is allocated per packet.
//
//   FlowTable<CoreFlow> table({.max_flows = 1 << 20});
//   for (...) table.add(packet, [&](const auto& flow) { flow.describe(out); });
//   table.flush(sink);
//
// Rules: docs/flow_features.md, with their sources. Of the table itself are
//   full table  The least recently used flow ends, as long as there are too many of those that nobody
//               confirmed, one of them (flow_expiry.hpp): a flood of SYNs does not push out connections.
//   order       by the time at which a flow ended by these rules, then by id, which is the number of its
//               first packet. `flush` gives the open flows by the time of their last packet, then by id.
//
// A sink is a callable that takes a `const FlowView<Profiles...>&`; it must not call the table.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/traffic/flow/flow_clock.hpp>
#include <weir/traffic/flow/flow_contexts.hpp>
#include <weir/traffic/flow/flow_counting.hpp>
#include <weir/traffic/flow/flow_expiry.hpp>
#include <weir/traffic/flow/flow_index.hpp>
#include <weir/traffic/flow/flow_keyer.hpp>
#include <weir/traffic/flow/flow_options.hpp>
#include <weir/traffic/flow/flow_pool.hpp>
#include <weir/traffic/flow/flow_record.hpp>
#include <weir/traffic/flow/flow_rules.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <tuple>
#include <utility>

namespace weir::inline WEIR_ABI {

template <class... Profiles>
class FlowTable {
 public:
  using Record = FlowRecord<Profiles...>;
  using View = FlowView<Profiles...>;

  explicit FlowTable(const FlowOptions& options = {})
      : options_(within_limits(options)),
        secret_(options_.hash_key ? *options_.hash_key : FlowHashKey::random()),
        keyer_(options_, secret_),
        clock_(options_),
        index_(options_.max_flows),
        expiry_(options_),
        records_(options_.max_flows, options_.features) {}

  /// Counts a packet. What it ends goes to the sink. Returns the flow that it is now part of, for features
  /// before the flow's end; nothing when the packet is not IP or was dropped.
  template <class Sink>
  View add(const Packet& packet, Sink&& sink) {
    Awaited awaited;
    await(awaited, packet);
    return take(packet, awaited, sink);
  }

  /// Counts packets one after the other, and is faster than that: while some are counted, the places of the
  /// next ones are fetched from memory.
  template <class Sink>
  void add(std::span<const Packet> packets, Sink&& sink) {
    std::array<Awaited, lookahead> ahead;
    while (!packets.empty()) {
      const std::span<const Packet> some = packets.first(std::min(packets.size(), lookahead));
      packets = packets.subspan(some.size());
      for (std::size_t i = 0; i < some.size(); ++i) await(ahead[i], some[i]);
      for (std::size_t i = 0; i < some.size(); ++i) fetch(ahead[i]);
      for (std::size_t i = 0; i < some.size(); ++i) take(some[i], ahead[i], sink);
    }
  }

  /// The same for a source that shares packets out to several tables: `key` is the packet's, `now` the time
  /// of a clock for all packets, `number` counts them.
  template <class Sink>
  View add(const Packet& packet, const KeyedEnd& key, std::int64_t now, std::uint64_t number, Sink&& sink) {
    return add(packet, key, hash_of(key.key), now, number, sink);
  }

  /// An ICMP error quotes a packet of this flow: in its own VLAN and tunnel, or, where nobody sent such a
  /// packet, in another one.
  void note_error(const KeyedEnd& quoted) noexcept {
    const std::uint32_t own = place_of(quoted.key);
    const auto tell = [&](std::uint32_t place) {
      if (place == none) return false;
      Record& r = records_[place];
      if (r.sides[detail::side_of(r, quoted)].packets == 0) return false;
      detail::raise(r.icmp_errors);
      return true;
    };
    if (tell(own)) return;
    const bool told =
        contexts_.in_others(quoted.key, [&](const FlowKey& key) { return tell(place_of(key)); });
    if (!told && own != none) detail::raise(records_[own].icmp_errors);
  }

  /// Ends what is due at `now`, when no packet comes to tell the time.
  template <class Sink>
  void tick(std::int64_t now, Sink&& sink) {
    expire(clock_.at(now), sink);
  }
  /// The same by the time of a clock for several tables.
  template <class Sink>
  void expire(std::int64_t now, Sink&& sink) {
    if (!expiry_.any_due(now)) return;
    for (Leaving due = leave_due(now); emit_next(due, sink);) {
    }
  }

  /// Ends all flows.
  template <class Sink>
  void flush(Sink&& sink) {
    for (Leaving all = leave_all(); emit_next(all, sink);) {
    }
  }

  /// Flows that are to end, in their order. They are handed out one at a time by `emit_next`, and until it
  /// has said that there is none left, nothing else may be done with the table.
  using Leaving = detail::FlowExpiry::Leaving;
  [[nodiscard]] Leaving leave_due(std::int64_t now) noexcept { return expiry_.take_due(records_, now); }
  [[nodiscard]] Leaving leave_all() noexcept { return expiry_.take_all(records_); }
  /// False: there was none.
  template <class Sink>
  bool emit_next(Leaving& leaving, Sink&& sink) {
    const std::uint32_t place = leaving.take(records_);
    if (place == none) return false;
    const Record& r = records_[place];
    const bool idle = options_.timeouts.idle_ns(r.key.protocol) <= options_.timeouts.active_ns;
    const FlowEnd in_time = idle ? FlowEnd::idle : FlowEnd::active;
    const FlowEnd reason = r.closed ? FlowEnd::end_of_flow : leaving.due() ? in_time : FlowEnd::forced;
    emit(place, reason, leaving.order_ns(r), sink);
    return true;
  }

  [[nodiscard]] std::size_t size() const noexcept { return records_.size(); }
  [[nodiscard]] std::size_t capacity() const noexcept { return options_.max_flows; }
  [[nodiscard]] const FlowTableStats& stats() const noexcept { return stats_; }
  [[nodiscard]] const FlowOptions& options() const noexcept { return options_; }
  /// What the table reserves; memory of flows that never were is not touched, but for the rest of a page.
  [[nodiscard]] std::size_t memory_bytes() const noexcept {
    return index_.bytes() + options_.max_flows * bytes_per_flow();
  }
  /// Without the index, which takes 16 to 32 bytes a flow.
  [[nodiscard]] std::size_t bytes_per_flow() const noexcept { return records_.bytes_per_place() + 8; }

 private:
  static constexpr std::uint32_t none = detail::FlowIndex::none;

  [[nodiscard]] static std::int64_t clamped(std::int64_t time) noexcept {
    return std::clamp(time, -greatest_time_ns, greatest_time_ns);
  }

  [[nodiscard]] View view(std::uint32_t place, std::int64_t order) noexcept {
    return {&records_[place], records_.memory(place), &options_.features, order};
  }

  // --- Packets that are awaited

  /// How many packets' places are fetched at a time.
  static constexpr std::size_t lookahead = 16;

  /// The key of a packet that is about to be counted.
  struct Awaited {
    KeyedEnd key{};
    std::uint32_t hash = 0;
  };

  void await(Awaited& awaited, const Packet& packet) noexcept {
    awaited.key = keyer_(packet);
    if (!awaited.key) return;
    awaited.hash = hash_of(awaited.key.key);
    index_.prefetch(awaited.hash);
  }
  void fetch(const Awaited& awaited) const noexcept {
    if (!awaited.key) return;
    const std::uint32_t place = index_.first(awaited.hash);
    if (place == none) return;
    records_.prefetch_key(place);
    prefetch(place);
  }
  template <class Sink>
  View take(const Packet& packet, const Awaited& awaited, Sink& sink) {
    const std::int64_t now = packet.held_back ? clock_.since(packet.time_ns) : clock_.at(packet.time_ns);
    stats_.clock_jumps = clock_.jumps();
    stats_.cut_times = clock_.cut_stamps();
    if (!awaited.key) {
      ++stats_.packets;
      ++stats_.ignored;
      expire(now, sink);
      return {};
    }
    const View flow = add(packet, awaited.key, awaited.hash, now, stats_.packets + 1, sink);
    if (!FlowKeyer::may_quote(packet)) return flow;
    if (const KeyedEnd quoted = keyer_.quoted(packet)) note_error(quoted);
    return flow;
  }
  template <class Sink>
  View add(const Packet& packet, const KeyedEnd& key, std::uint32_t hash, std::int64_t now,
           std::uint64_t number, Sink& sink) {
    ++stats_.packets;
    expire(now, sink);
    const std::int64_t time = clamped(packet.time_ns);
    std::uint32_t place = find(key.key, hash);
    const bool begins = place == none;
    if (!begins && options_.lifecycle == FlowLifecycle::cic_compat) {
      return add_by_cic_rules(packet, key, now, time, number, place, sink);
    }
    if (begins) {
      place = begin(packet, key, hash, now, number, sink);
    } else {
      const FlowEnd reason = detail::end_before(records_[place], packet, key, time, options_.timeouts);
      if (reason != FlowEnd::open) place = begin_again(packet, key, now, number, place, reason, sink);
    }
    count(place, packet, key, now, time);
    return view(place, 0);
  }

  // What every packet passes through is flattened: a compiler has a budget for inlining in each file, and a
  // file with several tables exceeds it.

  // --- From packet to place

  [[nodiscard, gnu::flatten]] std::uint32_t hash_of(const FlowKey& key) const noexcept {
    return static_cast<std::uint32_t>(flow_hash(key, secret_) >> 32);
  }
  [[nodiscard, gnu::flatten]] std::uint32_t find(const FlowKey& key, std::uint32_t hash) noexcept {
    return index_.find(hash, [&](std::uint32_t place) {
      prefetch(place);
      return records_[place].key == key;
    });
  }
  [[nodiscard, gnu::noinline]] std::uint32_t place_of(const FlowKey& key) noexcept {
    return find(key, hash_of(key));
  }
  /// The rest of what a packet touches of its flow.
  void prefetch(std::uint32_t place) const noexcept {
    records_.prefetch_rest(place);
    expiry_.prefetch(place);
  }

  // --- Begin

  template <class Sink>
  std::uint32_t begin(const Packet& p, const KeyedEnd& key, std::uint32_t hash, std::int64_t now,
                      std::uint64_t number, Sink& sink) {
    std::uint32_t place = records_.take();
    if (place == none) {
      const auto [oldest, next] = expiry_.victims(records_);
      // The next victim's place in the index is fetched while this packet is worked on.
      if (next != none) index_.prefetch(records_[next].hash);
      const bool closed = records_[oldest].closed;
      end_now(oldest, closed ? FlowEnd::end_of_flow : FlowEnd::lack_of_resources, now, sink);
      place = records_.take();
    }
    Record& r = records_[place];
    r.key = key.key;
    r.hash = hash;
    r.id = number;
    r.seen_ns = now;
    detail::set_direction(r, p, key, options_);
    index_.insert(hash, place);
    expiry_.append(r, place);
    contexts_.note(r.key);
    ++stats_.flows;
    return place;
  }

  /// The next record of the same key.
  template <class Sink>
  std::uint32_t begin_again(const Packet& p, const KeyedEnd& key, std::int64_t now, std::uint64_t number,
                            std::uint32_t place, FlowEnd reason, Sink& sink) {
    const FlowBase before = records_[place];
    end_now(place, reason, now, sink);
    const std::uint32_t next = begin(p, key, before.hash, now, number, sink);
    if (reason == FlowEnd::active) {
      Record& r = records_[next];
      r.direction = FlowDirection::continued;
      r.client_is_b = before.client_is_b;
      if (options_.lifecycle == FlowLifecycle::cic_compat) return next;
      r.closed = before.closed;
      for (std::size_t s = 0; s < 2; ++s) r.sides[s].tcp = before.sides[s].tcp;
      r.apart = before.apart;
    }
    return next;
  }

  // --- Count

  [[gnu::flatten]] void count(std::uint32_t place, const Packet& p, const KeyedEnd& key, std::int64_t now,
                              std::int64_t time) noexcept {
    Record& r = records_[place];
    const bool follow = options_.lifecycle == FlowLifecycle::standard;
    FlowPacket q =
        detail::count_packet(r, p, detail::side_of(r, key), time, follow, options_.drop_duplicates);
    q.features = &options_.features;
    if (!(q.duplicate && options_.drop_duplicates)) feed(r, q, place, std::index_sequence_for<Profiles...>());
    r.seen_ns = now;
    expiry_.renew(r, place);
  }
  template <std::size_t... I>
  void feed(Record& r, const FlowPacket& q, [[maybe_unused]] std::uint32_t place,
            std::index_sequence<I...>) noexcept {
    if constexpr (sizeof...(I) > 0) {
      const typename View::Memory memory_of = records_.memory(place);
      (std::get<I>(r.states).add(static_cast<const FlowBase&>(r), q, memory_of[I]), ...);
    }
  }

  template <class Sink>
  View add_by_cic_rules(const Packet& p, const KeyedEnd& key, std::int64_t now, std::int64_t time,
                        std::uint64_t number, std::uint32_t place, Sink& sink) {
    if (time - records_[place].start_ns > options_.timeouts.active_ns ||
        detail::counters_full(records_[place])) {
      place = begin_again(p, key, now, number, place, FlowEnd::active, sink);
      count(place, p, key, now, time);
      return view(place, 0);
    }
    Record& r = records_[place];
    const bool forward = detail::side_of(r, key) == 0;
    const std::uint8_t flags = detail::has_tcp(p) ? p.tcp_flags : std::uint8_t{0};
    const bool fin = (flags & tcp_flag::fin) != 0;
    if (fin && forward) {
      if (r.sides[0].tcp.fin) return {};  // a second FIN is not counted
      r.sides[0].tcp.fin = true;
    }
    count(place, p, key, now, time);
    if (fin ? !forward : (flags & tcp_flag::rst) != 0) {
      end_now(place, FlowEnd::end_of_flow, now, sink);
      return {};
    }
    return view(place, 0);
  }

  // --- End

  template <class Sink>
  void end_now(std::uint32_t place, FlowEnd reason, std::int64_t order, Sink& sink) {
    expiry_.remove(records_[place], place);
    emit(place, reason, order, sink);
  }
  template <class Sink>
  void emit(std::uint32_t place, FlowEnd reason, std::int64_t order, Sink& sink) {
    Record& r = records_[place];
    r.end = reason;
    index_.erase(r.hash, place);
    ++stats_.ended[static_cast<std::size_t>(reason)];
    sink(view(place, order));
    records_.give_back(place);
  }

  FlowOptions options_;
  FlowHashKey secret_;
  FlowKeyer keyer_;
  FlowClock clock_;
  detail::FlowIndex index_;
  detail::FlowExpiry expiry_;
  detail::FlowPool<Profiles...> records_;
  detail::FlowContexts contexts_;
  FlowTableStats stats_{};
};

}  // namespace weir::inline WEIR_ABI
