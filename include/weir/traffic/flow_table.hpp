// Packets to flows, in memory of a size chosen at the start: nothing is allocated per packet.
//
//   FlowTable<CoreFlow> table({.max_flows = 1 << 20});
//   for (...) table.add(packet, [&](const auto& flow) { flow.describe(out); });
//   table.flush(sink);
//
// Rules (docs/flow_features.md has them with their sources):
//   direction   SYN; else a SYN-ACK turned round; else the first packet. The record behind an active time-out
//               keeps it.
//   end         idle: no packet for the protocol's time-out. active: a packet comes when the flow is older
//   than
//               that time-out; the packet begins the next record. end_of_flow: both FINs acknowledged, or a
//               RST in the window; the flow then takes trailing packets until none came for the linger time.
//               A SYN with another initial sequence number behind the end, or behind its sender's FIN, begins
//               a new flow at once.
//   time        that of the packets (flow_clock.hpp), and `tick(now)` on a quiet link. A packet whose stamp
//   lies
//               an idle time-out before its flow's end is of another flow.
//   full table  The least recently used flow ends. While more than half of the table are flows that nobody
//   has
//               confirmed (fewer than three packets or only one side's, up to eight), it is one of those: a
//               flood of SYNs does not push out connections.
//   order       by the time at which a flow ended by these rules, then by id, which is the number of its
//   first
//               packet. `flush` gives the open flows by the time of their last packet, then by id.
//
// A sink is a callable that takes a `const FlowView<Profiles...>&`; it must not call the table.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/large_memory.hpp>
#include <weir/traffic/flow_clock.hpp>
#include <weir/traffic/flow_counting.hpp>
#include <weir/traffic/flow_index.hpp>
#include <weir/traffic/flow_keyer.hpp>
#include <weir/traffic/flow_lists.hpp>
#include <weir/traffic/flow_options.hpp>
#include <weir/traffic/flow_record.hpp>

#include <algorithm>
#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <new>
#include <span>
#include <type_traits>
#include <utility>

namespace weir::inline WEIR_ABI {

struct FlowTableStats {
  std::uint64_t packets = 0;  ///< given to the table
  std::uint64_t ignored = 0;  ///< of them not IP
  std::uint64_t flows = 0;    ///< begun
  std::uint64_t clock_jumps = 0;
  std::array<std::uint64_t, 6> ended{};  ///< by FlowEnd
};

template <class... Profiles>
class FlowTable {
 public:
  using Record = FlowRecord<Profiles...>;
  using View = FlowView<Profiles...>;

  explicit FlowTable(const FlowOptions& options = {})
      : options_(checked(options)),
        secret_(options_.hash_key ? *options_.hash_key : FlowHashKey::random()),
        keyer_(options_, secret_),
        clock_(options_),
        index_(options_.max_flows),
        lists_(options_.max_flows),
        strides_{round_up(Profiles::memory_bytes(options_.features))...},
        records_(options_.max_flows * sizeof(Record)),
        memory_(options_.max_flows * stride()) {
    static_assert(std::is_trivially_destructible_v<Record> && alignof(Record) <= 64);
  }

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

  /// An ICMP error told of this flow.
  void note_error(const FlowKey& key) noexcept {
    const std::uint32_t place = find(key, hash_of(key));
    if (place != none) detail::raise(at(place).icmp_errors);
  }

  /// Ends what is due at `now`, when no packet comes to tell the time.
  template <class Sink>
  void tick(std::int64_t now, Sink&& sink) {
    expire(clock_.at(now), sink);
  }
  /// The same by the time of a clock for several tables.
  template <class Sink>
  void expire(std::int64_t now, Sink&& sink) {
    if (now < next_due_) return;
    const auto due = [&](std::uint32_t place) {
      const Record& r = at(place);
      return r.seen_ns + timeout(r.list) <= now;
    };
    const auto order = [&](std::uint8_t list, const Record& r) { return r.seen_ns + timeout(list); };
    const auto reason = [&](const Record& r) {
      if (r.closed) return FlowEnd::end_of_flow;
      const bool idle = options_.timeouts.idle_ns(r.key.protocol) <= options_.timeouts.active_ns;
      return idle ? FlowEnd::idle : FlowEnd::active;
    };
    release(due, order, reason, sink);
    next_due_ = never;
    for (std::size_t list = 0; list < list_count; ++list) {
      const std::uint32_t head = lists_.head(list);
      if (head != none) next_due_ = std::min(next_due_, at(head).seen_ns + timeout(list));
    }
  }

  /// Ends all flows.
  template <class Sink>
  void flush(Sink&& sink) {
    const auto all = [](std::uint32_t) { return true; };
    const auto order = [](std::uint8_t, const Record& r) { return r.seen_ns; };
    release(
        all, order, [](const Record& r) { return r.closed ? FlowEnd::end_of_flow : FlowEnd::forced; }, sink);
  }

  [[nodiscard]] std::size_t size() const noexcept { return used_ - free_count_; }
  [[nodiscard]] std::size_t capacity() const noexcept { return options_.max_flows; }
  [[nodiscard]] const FlowTableStats& stats() const noexcept { return stats_; }
  [[nodiscard]] const FlowOptions& options() const noexcept { return options_; }
  /// What the table reserves; memory of flows that never were is not touched, but for the rest of a page.
  [[nodiscard]] std::size_t memory_bytes() const noexcept {
    return index_.bytes() + options_.max_flows * bytes_per_flow();
  }
  /// Without the index, which takes 16 to 32 bytes a flow.
  [[nodiscard]] std::size_t bytes_per_flow() const noexcept { return sizeof(Record) + stride() + 8; }

 private:
  static constexpr std::uint32_t none = detail::FlowIndex::none;
  static constexpr std::size_t tiers = 3;
  static constexpr std::size_t closing = 4 * tiers;  // behind the lists for four sorts of protocol
  static constexpr std::size_t list_count = closing + 1;
  static constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();

  [[nodiscard]] static std::int64_t clamped(std::int64_t time) noexcept {
    return std::clamp(time, -greatest_time_ns, greatest_time_ns);
  }
  [[nodiscard]] static std::size_t round_up(std::size_t bytes) noexcept { return (bytes + 15) / 16 * 16; }
  [[nodiscard]] static FlowOptions checked(FlowOptions o) noexcept {
    o.max_flows = std::clamp<std::size_t>(o.max_flows, 1, std::size_t{1} << 30);
    for (std::int64_t* t : {&o.timeouts.tcp_ns, &o.timeouts.udp_ns, &o.timeouts.icmp_ns, &o.timeouts.other_ns,
                            &o.timeouts.active_ns, &o.timeouts.linger_ns, &o.clock_step_ns}) {
      *t = std::clamp<std::int64_t>(*t, 1, greatest_time_ns);
    }
    return o;
  }

  [[nodiscard]] std::size_t stride() const noexcept {
    std::size_t sum = 0;
    for (const std::size_t bytes : strides_) sum += bytes;
    return sum;
  }
  [[nodiscard]] Record& at(std::uint32_t place) noexcept {
    return *std::launder(reinterpret_cast<Record*>(records_.get() + place * sizeof(Record)));
  }
  [[nodiscard]] typename View::Memory memory(std::uint32_t place) noexcept {
    typename View::Memory result{};
    std::byte* next = memory_.get() + place * stride();
    for (std::size_t i = 0; i < result.size(); ++i) {
      result[i] = {next, strides_[i]};
      next += strides_[i];
    }
    return result;
  }
  [[nodiscard]] View view(std::uint32_t place, std::int64_t order) noexcept {
    return {&at(place), memory(place), &options_.features, order};
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
    __builtin_prefetch(records_.get() + place * sizeof(Record), 1);
    prefetch(place);
  }
  template <class Sink>
  View take(const Packet& packet, const Awaited& awaited, Sink& sink) {
    const std::int64_t now = clock_.at(packet.time_ns);
    stats_.clock_jumps = clock_.jumps();
    if (!awaited.key) {
      ++stats_.packets;
      ++stats_.ignored;
      expire(now, sink);
      return {};
    }
    const View flow = add(packet, awaited.key, awaited.hash, now, stats_.packets + 1, sink);
    if (const KeyedEnd quoted = keyer_.quoted(packet)) note_error(quoted.key);
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
    } else if (const FlowEnd reason = end_before(at(place), packet, key, time); reason != FlowEnd::open) {
      place = begin_again(packet, key, now, number, place, reason, sink);
    }
    count(place, packet, key, now, time);
    return view(place, 0);
  }

  // --- From packet to place

  [[nodiscard]] std::uint32_t hash_of(const FlowKey& key) const noexcept {
    return static_cast<std::uint32_t>(flow_hash(key, secret_) >> 32);
  }
  [[nodiscard]] std::uint32_t find(const FlowKey& key, std::uint32_t hash) noexcept {
    return index_.find(hash, [&](std::uint32_t place) {
      prefetch(place);
      return at(place).key == key;
    });
  }
  /// Most of a record is touched by every packet: all its lines are fetched at once.
  void prefetch(std::uint32_t place) const noexcept {
    constexpr std::size_t line = 64;
    const std::byte* const record = records_.get() + place * sizeof(Record);
    for (std::size_t i = line; i < std::min(sizeof(Record), 20 * line); i += line) {
      __builtin_prefetch(record + i, 1);
    }
    lists_.prefetch(place);
  }
  [[nodiscard]] static unsigned side_of(const Record& r, const KeyedEnd& key) noexcept {
    return key.from_b == r.client_is_b ? 0 : 1;
  }

  // --- Lists

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
  [[nodiscard]] static std::size_t tier_of(const Record& r) noexcept {
    const std::uint32_t fwd = r.sides[0].packets;
    const std::uint32_t bwd = r.sides[1].packets;
    if ((fwd >= 2 && bwd >= 1) || fwd + bwd >= 8) return 2;
    return fwd >= 1 && bwd >= 1 ? 1 : 0;
  }
  [[nodiscard]] static std::size_t list_of(const Record& r) noexcept {
    return r.closed ? closing : tiers * sort_of(r.key.protocol) + tier_of(r);
  }
  [[nodiscard]] std::int64_t timeout(std::size_t list) const noexcept {
    if (options_.lifecycle == FlowLifecycle::cic_compat) return greatest_time_ns;  // looks at packets only
    const FlowTimeouts& t = options_.timeouts;
    if (list == closing) return t.linger_ns;
    const std::array idle{t.tcp_ns, t.udp_ns, t.icmp_ns, t.other_ns};
    return std::min(idle[list / tiers], t.active_ns);
  }
  void watch(std::size_t list, std::int64_t now) noexcept {
    if (lists_.size(list) == 0) next_due_ = std::min(next_due_, now + timeout(list));
  }

  // --- Begin

  [[nodiscard]] std::uint32_t take_place() noexcept {
    if (free_ == none) return used_ < options_.max_flows ? static_cast<std::uint32_t>(used_++) : none;
    const std::uint32_t place = free_;
    std::memcpy(&free_, records_.get() + place * sizeof(Record), sizeof(free_));
    --free_count_;
    return place;
  }
  void give_back(std::uint32_t place) noexcept {
    std::memcpy(records_.get() + place * sizeof(Record), &free_, sizeof(free_));
    free_ = place;
    ++free_count_;
  }

  template <class Sink>
  std::uint32_t begin(const Packet& p, const KeyedEnd& key, std::uint32_t hash, std::int64_t now,
                      std::uint64_t number, Sink& sink) {
    std::uint32_t place = take_place();
    if (place == none) {
      const std::uint32_t oldest = victim();
      // Most likely the next one; its place in the index is fetched while this packet is worked on.
      if (const std::uint32_t next = lists_.next(oldest); next != none) index_.prefetch(at(next).hash);
      end_now(oldest, at(oldest).closed ? FlowEnd::end_of_flow : FlowEnd::lack_of_resources, now, sink);
      place = take_place();
    }
    auto* r = ::new (static_cast<void*>(records_.get() + place * sizeof(Record))) Record();
    r->key = key.key;
    r->hash = hash;
    r->id = number;
    r->seen_ns = now;
    set_direction(*r, p, key);
    index_.insert(hash, place);
    const std::size_t list = list_of(*r);
    r->list = static_cast<std::uint8_t>(list);
    watch(list, now);
    lists_.append(list, place);
    ++stats_.flows;
    return place;
  }

  /// The next record of the same key.
  template <class Sink>
  std::uint32_t begin_again(const Packet& p, const KeyedEnd& key, std::int64_t now, std::uint64_t number,
                            std::uint32_t place, FlowEnd reason, Sink& sink) {
    const FlowBase before = at(place);
    end_now(place, reason, now, sink);
    const std::uint32_t next = begin(p, key, before.hash, now, number, sink);
    if (reason == FlowEnd::active) {
      Record& r = at(next);
      r.direction = FlowDirection::continued;
      r.client_is_b = before.client_is_b;
      if (options_.lifecycle == FlowLifecycle::cic_compat) return next;
      r.closed = before.closed;
      for (std::size_t s = 0; s < 2; ++s) r.sides[s].tcp = before.sides[s].tcp;
    }
    return next;
  }

  void set_direction(Record& r, const Packet& p, const KeyedEnd& key) const noexcept {
    r.client_is_b = key.from_b;
    if (options_.lifecycle == FlowLifecycle::cic_compat) return;
    if (detail::has_tcp(p) && (p.tcp_flags & tcp_flag::syn) != 0) {
      const bool answer = (p.tcp_flags & tcp_flag::ack) != 0;
      r.direction = answer ? FlowDirection::syn_ack : FlowDirection::syn;
      r.client_is_b = key.from_b != answer;
    } else if (options_.lower_port_serves && key.key.port_a != key.key.port_b) {
      r.direction = FlowDirection::lower_port;
      r.client_is_b = key.key.port_b > key.key.port_a;
    }
  }

  // --- Count

  /// Why the flow has to end before this packet of its key; open: it takes the packet.
  [[nodiscard]] FlowEnd end_before(const Record& r, const Packet& p, const KeyedEnd& key,
                                   std::int64_t time) const noexcept {
    const std::int64_t idle = options_.timeouts.idle_ns(r.key.protocol);
    const std::int64_t end = r.end_ns();
    if (time - end >= idle) return r.closed ? FlowEnd::end_of_flow : FlowEnd::idle;
    if (end - time >= idle) return r.closed ? FlowEnd::end_of_flow : FlowEnd::forced;
    if (detail::has_tcp(p)) {
      const unsigned s = side_of(r, key);
      if (detail::begins_connection(r.sides[s].tcp, r.sides[1 - s].tcp, r.closed, p)) {
        return FlowEnd::end_of_flow;
      }
    }
    if (time - r.start_ns >= options_.timeouts.active_ns || detail::counters_full(r)) return FlowEnd::active;
    return FlowEnd::open;
  }

  void count(std::uint32_t place, const Packet& p, const KeyedEnd& key, std::int64_t now,
             std::int64_t time) noexcept {
    Record& r = at(place);
    const bool follow = options_.lifecycle == FlowLifecycle::standard;
    FlowPacket q = detail::count_packet(r, p, side_of(r, key), time, follow, options_.drop_duplicates);
    q.features = &options_.features;
    if (!(q.duplicate && options_.drop_duplicates)) feed(r, q, place, std::index_sequence_for<Profiles...>());
    r.seen_ns = now;
    const std::size_t list = list_of(r);
    watch(list, now);
    lists_.move(r.list, list, place);
    r.list = static_cast<std::uint8_t>(list);
  }
  template <std::size_t... I>
  void feed(Record& r, const FlowPacket& q, [[maybe_unused]] std::uint32_t place,
            std::index_sequence<I...>) noexcept {
    if constexpr (sizeof...(I) > 0) {
      const typename View::Memory memory_of = memory(place);
      (std::get<I>(r.states).add(static_cast<const FlowBase&>(r), q, memory_of[I]), ...);
    }
  }

  template <class Sink>
  View add_by_cic_rules(const Packet& p, const KeyedEnd& key, std::int64_t now, std::int64_t time,
                        std::uint64_t number, std::uint32_t place, Sink& sink) {
    if (time - at(place).start_ns > options_.timeouts.active_ns || detail::counters_full(at(place))) {
      place = begin_again(p, key, now, number, place, FlowEnd::active, sink);
      count(place, p, key, now, time);
      return view(place, 0);
    }
    Record& r = at(place);
    const bool forward = side_of(r, key) == 0;
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

  [[nodiscard]] std::uint32_t victim() noexcept {
    std::array<std::size_t, tiers> sizes{};
    for (std::size_t list = 0; list < closing; ++list) sizes[list % tiers] += lists_.size(list);
    std::size_t highest = tiers;  // of the tiers that may give way; `tiers`: all flows, closed ones too
    if (2 * (sizes[0] + sizes[1]) > options_.max_flows) highest = 1;
    if (2 * sizes[0] > options_.max_flows) highest = 0;
    std::uint32_t oldest = none;
    for (std::size_t list = 0; list < list_count; ++list) {
      if (highest < tiers && (list == closing || list % tiers > highest)) continue;
      const std::uint32_t head = lists_.head(list);
      if (head != none && (oldest == none || older(at(head), at(oldest)))) oldest = head;
    }
    return oldest;
  }
  [[nodiscard]] static bool older(const Record& x, const Record& y) noexcept {
    return x.seen_ns != y.seen_ns ? x.seen_ns < y.seen_ns : x.id < y.id;
  }

  template <class Sink>
  void end_now(std::uint32_t place, FlowEnd reason, std::int64_t order, Sink& sink) {
    lists_.remove(at(place).list, place);
    emit(place, reason, order, sink);
  }
  template <class Sink>
  void emit(std::uint32_t place, FlowEnd reason, std::int64_t order, Sink& sink) {
    Record& r = at(place);
    r.end = reason;
    index_.erase(r.hash, place);
    ++stats_.ended[static_cast<std::size_t>(reason)];
    sink(std::as_const(*this).const_view(place, order));
    give_back(place);
  }
  [[nodiscard]] View const_view(std::uint32_t place, std::int64_t order) const noexcept {
    return const_cast<FlowTable*>(this)->view(place, order);
  }

  /// Ends the front of every list as far as `due` says, all together in order of (order, id).
  template <class Due, class Order, class Reason, class Sink>
  void release(const Due& due, const Order& order, const Reason& reason, Sink& sink) {
    std::array<std::uint32_t, list_count> chains;
    for (std::size_t list = 0; list < list_count; ++list) {
      chains[list] = lists_.sorted(lists_.take_front(list, due),
                                   [&](std::uint32_t x, std::uint32_t y) { return older(at(x), at(y)); });
    }
    while (true) {
      std::size_t first = list_count;
      for (std::size_t list = 0; list < list_count; ++list) {
        if (chains[list] == none) continue;
        if (first == list_count || comes_before(chains[list], chains[first], order)) first = list;
      }
      if (first == list_count) return;
      const std::uint32_t place = chains[first];
      chains[first] = lists_.next(place);
      emit(place, reason(at(place)), order(at(place).list, at(place)), sink);
    }
  }
  template <class Order>
  [[nodiscard]] bool comes_before(std::uint32_t x, std::uint32_t y, const Order& order) noexcept {
    const Record& p = at(x);
    const Record& q = at(y);
    const std::int64_t a = order(p.list, p);
    const std::int64_t b = order(q.list, q);
    return a != b ? a < b : p.id < q.id;
  }

  FlowOptions options_;
  FlowHashKey secret_;
  FlowKeyer keyer_;
  FlowClock clock_;
  detail::FlowIndex index_;
  detail::FlowLists<list_count> lists_;
  std::array<std::size_t, sizeof...(Profiles)> strides_;
  LargeMemory records_;
  LargeMemory memory_;
  std::size_t used_ = 0;
  std::size_t free_count_ = 0;
  std::uint32_t free_ = none;
  std::int64_t next_due_ = never;
  FlowTableStats stats_{};
};

}  // namespace weir::inline WEIR_ABI
