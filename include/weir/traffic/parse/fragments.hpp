// Ports for the later fragments of a datagram, which carry none (RFC 791, RFC 8200 4.5):
//
//   FragmentTable fragments;
//   if (parse_packet(packet, ...)) fragments.push(packet, [&](const Packet& p) { meter.add(p); });
//   ...
//   fragments.flush([&](const Packet& p) { meter.add(p); });      // at the end
//
// The first fragment's ports are remembered by (addresses, identification, and in IPv4 the protocol) and
// given to the others. One that comes before its first is held back, without its bytes, until that one comes,
// until its time has passed, or until there is no more room; then it goes on without ports. So it comes out
// of the order of time, and is marked (`Packet::held_back`). What is not a fragment passes through at the
// cost of two tests.
//
// Memory is fixed by the options, and so is the work for a packet: a set of eight entries is searched, and
// the oldest of them gives way. Datagrams are not put together.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/traffic/packet/packet.hpp>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

struct FragmentOptions {
  std::size_t datagrams = 8'192;              ///< remembered at a time; rounded up to a power of two
  std::size_t held = 256;                     ///< early fragments held back at a time
  std::int64_t timeout_ns = 30'000'000'000;   ///< after which a datagram is forgotten, by packet time
  std::uint64_t key = 0x9E37'79B9'7F4A'7C15;  ///< of the hash; a secret one where senders are not trusted
};

class FragmentTable {
 public:
  explicit FragmentTable(const FragmentOptions& options = {})
      : options_(options), entries_(std::max(ways, std::bit_ceil(options.datagrams))), held_(options.held) {}

  /// Remembers a first fragment, and gives its ports to a later one. False: a later fragment whose first has
  /// not been seen.
  bool resolve(Packet& p) noexcept {
    if (!p.fragment) return true;
    if (!p.later_fragment) {
      remember(p);
      return true;
    }
    return complete(p);
  }

  /// Calls emit(const Packet&) for this packet and for those that were held back and can go on now.
  template <class Emit>
  void push(Packet& p, Emit&& emit) {
    if (held_count_ > 0) release_old(p.time_ns, emit);
    if (!p.fragment) return emit(std::as_const(p));
    if (!resolve(p)) return hold(p, emit);
    emit(std::as_const(p));
    if (!p.later_fragment) release_datagram(p, emit);
  }

  /// Lets go of all that is held back.
  template <class Emit>
  void flush(Emit&& emit) {
    while (held_count_ > 0) drop_oldest(emit);
  }

 private:
  static constexpr std::size_t ways = 8;

  struct Key {
    IpAddress src{}, dst{};
    std::uint32_t id = 0;
    std::uint8_t ip_version = 0;
    std::uint8_t protocol = 0;  // IPv6: 0, because the fragments of a datagram need not agree on it
    bool operator==(const Key&) const = default;
  };
  struct Entry {
    Key key{};  // ip_version 0: free
    std::uint8_t protocol = 0;
    std::uint16_t src_port = 0, dst_port = 0;
    std::int64_t time_ns = 0;
  };

  [[nodiscard]] static Key key_of(const Packet& p) noexcept {
    return {p.src, p.dst, p.fragment_id, p.ip_version, p.ip_version == 6 ? std::uint8_t{0} : p.protocol};
  }
  /// Of two times that may lie anywhere.
  [[nodiscard]] static std::uint64_t distance(std::int64_t a, std::int64_t b) noexcept {
    const auto [low, high] = std::minmax(a, b);
    return static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low);
  }
  [[nodiscard]] std::uint64_t timeout() const noexcept {
    return static_cast<std::uint64_t>(std::max<std::int64_t>(options_.timeout_ns, 0));
  }

  /// Keyed, so that a sender cannot aim at a set: a finaliser (of splitmix64) over each word and the sum so
  /// far.
  [[nodiscard]] std::uint64_t hash(const Key& key) const noexcept {
    std::uint64_t h = options_.key;
    const auto add = [&](std::uint64_t word) {
      h ^= word;
      h = (h ^ (h >> 30)) * 0xBF58'476D'1CE4'E5B9;
      h = (h ^ (h >> 27)) * 0x94D0'49BB'1331'11EB;
      h = (h ^ (h >> 31)) + options_.key;
    };
    for (const IpAddress* address : {&key.src, &key.dst}) {
      std::uint64_t words[2];
      std::memcpy(words, address->data(), sizeof words);
      add(words[0]);
      add(words[1]);
    }
    add((std::uint64_t{key.id} << 16) | (std::uint64_t{key.ip_version} << 8) | key.protocol);
    return h;
  }
  [[nodiscard]] Entry* set_of(const Key& key) noexcept {
    const std::size_t sets = entries_.size() / ways;
    return entries_.data() + (hash(key) & (sets - 1)) * ways;
  }

  /// In the place of the same datagram, else of a free or of the oldest entry.
  void remember(const Packet& p) noexcept {
    const Key key = key_of(p);
    Entry* const set = set_of(key);
    Entry* place = set;
    for (Entry* e = set; e != set + ways; ++e) {
      if (e->key == key) {
        place = e;
        break;
      }
      if (place->key.ip_version != 0 && (e->key.ip_version == 0 || e->time_ns < place->time_ns)) place = e;
    }
    *place = {key, p.protocol, p.src_port, p.dst_port, p.time_ns};
  }

  bool complete(Packet& p) noexcept {
    const Key key = key_of(p);
    const Entry* const set = set_of(key);
    const Entry* const e = std::find_if(set, set + ways, [&](const Entry& x) { return x.key == key; });
    if (e == set + ways || distance(p.time_ns, e->time_ns) > timeout()) return false;
    p.protocol = e->protocol;
    p.src_port = e->src_port;
    p.dst_port = e->dst_port;
    return true;
  }

  // The held ones stand in a ring, oldest first. One that went on leaves a hole (ip_version 0).
  [[nodiscard]] Packet& held(std::size_t i) noexcept { return held_[(first_held_ + i) % held_.size()]; }

  template <class Emit>
  void drop_oldest(Emit& emit) {
    const Packet& oldest = held(0);
    if (oldest.ip_version != 0) emit(oldest);
    first_held_ = (first_held_ + 1) % held_.size();
    --held_count_;
  }

  template <class Emit>
  void hold(const Packet& p, Emit& emit) {
    if (held_.empty()) return emit(p);
    if (held_count_ == held_.size()) drop_oldest(emit);
    Packet& kept = held(held_count_++);
    kept = p;
    kept.held_back = true;
    kept.frame = kept.ip = kept.l4 = kept.payload = {};
  }

  template <class Emit>
  void release_old(std::int64_t now, Emit& emit) {
    while (held_count_ > 0 && (held(0).ip_version == 0 || distance(now, held(0).time_ns) > timeout())) {
      drop_oldest(emit);
    }
  }

  /// Those that waited for this first fragment.
  template <class Emit>
  void release_datagram(const Packet& p, Emit& emit) {
    for (std::size_t i = 0; i < held_count_; ++i) {
      Packet& h = held(i);
      if (h.fragment_id != p.fragment_id || key_of(h) != key_of(p) || !complete(h)) continue;
      emit(std::as_const(h));
      h.ip_version = 0;
    }
  }

  FragmentOptions options_;
  std::vector<Entry> entries_;
  std::vector<Packet> held_;
  std::size_t first_held_ = 0;
  std::size_t held_count_ = 0;
};

}  // namespace weir::inline WEIR_ABI
