// A hash table of damped records in bounded memory: 16 places a bucket, full keys compared. It grows until
// it has `capacity` places; from then on a new key takes the place of the one in its bucket with the least
// weight left, which is what a probe of a million addresses leaves behind, not a host that talks all day.
// Finding costs the same however full it is, and nobody can make it cost more by choosing keys: colliding
// keys only drive each other out.
//
// Who has the least weight left does not depend on when one asks: w 2^(-lambda (now - t)) orders as
// rank = log2 w + lambda t does. So ranks stand side by side, and records are not looked at to find it.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/error.hpp>
#include <weir/core/large_memory.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace weir::inline WEIR_ABI {

/// `Record` is a value with `rank()`; a new one is `Record{}`.
template <std::size_t Words, class Record>
class ForgettingTable {
 public:
  using Key = std::array<std::uint64_t, Words>;
  static constexpr std::size_t ways = 16;

  struct Slot {
    Key key;
    Record record;
  };
  /// Where a record is; void after the next insertion.
  struct Entry {
    Record* record;
    double* rank;
    /// To be called when the record has been changed.
    void settle() const noexcept { *rank = record->rank(); }
  };
  /// The place of its bucket that a key which is not there will take.
  struct Intent {
    std::size_t way = ways;  ///< `ways`: not known
  };

  /// `capacity` is brought up to a power of two times `ways`. Another seed gives another order of eviction.
  explicit ForgettingTable(std::size_t capacity, std::uint64_t seed = 0)
      : limit_(std::bit_ceil(std::max(capacity, ways) / ways)), seed_(seed) {
    if (capacity == 0 || capacity > std::size_t{1} << 32) {
      fail(ErrorKind::config, "a table of streams has 1 to 2^32 places");
    }
    resize(std::min<std::size_t>(limit_, 16));
  }

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] std::size_t capacity() const noexcept { return limit_ * ways; }
  [[nodiscard]] std::uint64_t evicted() const noexcept { return evicted_; }
  [[nodiscard]] std::size_t memory_bytes() const noexcept {
    return heads_.capacity() * sizeof(Head) + slots_.capacity() * sizeof(Slot);
  }

  [[nodiscard]] std::uint64_t hash(const Key& key) const noexcept {
    std::uint64_t h = seed_;
    for (const std::uint64_t word : key) {
      h = (h ^ word) * 0x9E3779B97F4A7C15ULL;
      h ^= h >> 32;
    }
    h *= 0xD6E8FEB86659FD93ULL;
    return h ^ (h >> 32);
  }
  /// Asks for the memory that `find` will look at first.
  void prefetch(std::uint64_t hash) const noexcept {
    const auto* const head = reinterpret_cast<const char*>(&heads_[bucket_of(hash)]);
    for (std::size_t at = 0; at < sizeof(Head); at += 64) __builtin_prefetch(head + at, 1);
  }
  /// Asks for the record itself; its bucket has arrived by now.
  void prefetch_record(std::uint64_t hash) const noexcept {
    if (const std::size_t way = first_match(hash); way != ways) prefetch_slot(bucket_of(hash) * ways + way);
  }
  /// The same for a key that is going to be inserted if it is not there: then for the place that it will
  /// take.
  [[nodiscard]] Intent prefetch_record(std::uint64_t hash, double now_rank) const noexcept {
    const std::size_t bucket = bucket_of(hash);
    std::size_t way = first_match(hash);
    const bool absent = way == ways;
    if (absent) way = free_way(bucket);
    if (way == ways && may_grow()) return {};
    if (way == ways) way = weakest(bucket, now_rank);
    prefetch_slot(bucket * ways + way);
    return {absent ? way : ways};
  }

  /// The record of `key`, or null.
  [[nodiscard]] const Record* find(const Key& key, std::uint64_t hash) const noexcept {
    const std::size_t at = place_of(key, hash);
    return at == slots_.size() ? nullptr : &slots_[at].record;
  }

  /// The record of `key`, made if need be; `now_rank` is the rank of weight 1 now.
  [[nodiscard]] Entry find_or_insert(const Key& key, std::uint64_t hash, double now_rank) {
    const std::size_t at = place_of(key, hash);
    if (at != slots_.size()) return {&slots_[at].record, &rank_at(at)};
    std::size_t way = free_way(bucket_of(hash));
    while (way == ways && may_grow()) {
      grow();
      way = free_way(bucket_of(hash));
    }
    if (way == ways) way = weakest(bucket_of(hash), now_rank);
    return insert(key, hash, way, now_rank);
  }
  /// With what `prefetch_record` gave; the table must be as it was then.
  [[nodiscard]] Entry find_or_insert(const Key& key, std::uint64_t hash, double now_rank, Intent intent) {
    return intent.way == ways ? find_or_insert(key, hash, now_rank) : insert(key, hash, intent.way, now_rank);
  }

  /// Calls f(key, record) for each entry, in an order that `try_append` keeps.
  template <class F>
  void for_each(F f) const {
    for (std::size_t b = 0; b < buckets(); ++b) {
      for (std::size_t way = 0; way < ways && tag_at(b, way) != 0; ++way) {
        f(slots_[b * ways + way].key, slots_[b * ways + way].record);
      }
    }
  }
  /// Buckets now in use: with the entries in order it is the whole state.
  [[nodiscard]] std::size_t buckets() const noexcept { return heads_.size(); }
  /// Empties the table and gives it `count` buckets, a power of two within the limit.
  [[nodiscard]] bool try_reset(std::size_t count, std::uint64_t evicted) {
    if (count == 0 || count > limit_ || !std::has_single_bit(count)) return false;
    heads_.clear();
    slots_.clear();
    size_ = 0;
    evicted_ = evicted;
    resize(count);
    return true;
  }
  /// Adds what `for_each` gave; false when the key is there already or its bucket is full.
  [[nodiscard]] bool try_append(const Key& key, const Record& record) {
    const std::uint64_t h = hash(key);
    const std::size_t way = free_way(bucket_of(h));
    if (way == ways || find(key, h) != nullptr) return false;
    place(key, h, way, record, record.rank());
    ++size_;
    return true;
  }

 private:
  /// What is looked at before any record, side by side.
  struct alignas(64) Head {
    std::array<std::uint64_t, 2> tags{};  // a byte a place, 0: free
    std::array<double, ways> ranks{};
  };

  [[nodiscard]] std::size_t bucket_of(std::uint64_t hash) const noexcept {
    return static_cast<std::size_t>(hash >> 8) & (heads_.size() - 1);
  }
  [[nodiscard]] static std::uint64_t tag_of(std::uint64_t hash) noexcept {
    const std::uint64_t tag = hash & 0xFF;
    return tag == 0 ? 1 : tag;
  }
  /// The high bit of each byte that may equal `tag`; the lowest one that is set does.
  [[nodiscard]] static std::uint64_t matches(std::uint64_t tags, std::uint64_t tag) noexcept {
    constexpr std::uint64_t ones = 0x0101010101010101ULL, highs = 0x8080808080808080ULL;
    const std::uint64_t difference = tags ^ (tag * ones);
    return (difference - ones) & ~difference & highs;
  }
  [[nodiscard]] static std::size_t first_of(std::uint64_t hits) noexcept {
    return static_cast<std::size_t>(std::countr_zero(hits)) / 8;
  }
  [[nodiscard]] static std::uint64_t tag_of(const Head& head, std::size_t way) noexcept {
    return (head.tags[way / 8] >> (8 * (way % 8))) & 0xFF;
  }
  [[nodiscard]] std::uint64_t tag_at(std::size_t bucket, std::size_t way) const noexcept {
    return tag_of(heads_[bucket], way);
  }
  [[nodiscard]] double& rank_at(std::size_t at) noexcept { return heads_[at / ways].ranks[at % ways]; }
  /// The first place whose key may be the one with this hash, or `ways`.
  [[nodiscard]] std::size_t first_match(std::uint64_t hash) const noexcept {
    const std::size_t bucket = bucket_of(hash);
    for (std::size_t half = 0; half < 2; ++half) {
      const std::uint64_t hits = matches(heads_[bucket].tags[half], tag_of(hash));
      if (hits != 0) return half * 8 + first_of(hits);
    }
    return ways;
  }
  void prefetch_slot(std::size_t at) const noexcept {
    const auto* const slot = reinterpret_cast<const char*>(&slots_[at]);
    for (std::size_t i = 0; i < sizeof(Slot); i += 64) __builtin_prefetch(slot + i, 1);
  }
  /// A full bucket in a table that is not even quarter full is the work of chosen keys.
  [[nodiscard]] bool may_grow() const noexcept { return buckets() < limit_ && size_ * 4 >= buckets() * ways; }
  /// Places are taken in order and never given back, so the first free one is behind all others.
  [[nodiscard]] std::size_t free_way(std::size_t bucket) const noexcept {
    for (std::size_t half = 0; half < 2; ++half) {
      const std::uint64_t hits = matches(heads_[bucket].tags[half], 0);
      if (hits != 0) return half * 8 + first_of(hits);
    }
    return ways;
  }
  /// Word by word, for a few words are compared faster than a call is made.
  [[nodiscard]] static bool same(const Key& a, const Key& b) noexcept {
    std::uint64_t difference = 0;
    for (std::size_t i = 0; i < Words; ++i) difference |= a[i] ^ b[i];
    return difference == 0;
  }
  /// The place of `key`, or `slots_.size()`.
  [[nodiscard]] std::size_t place_of(const Key& key, std::uint64_t hash) const noexcept {
    const std::size_t bucket = bucket_of(hash);
    for (std::size_t half = 0; half < 2; ++half) {
      std::uint64_t hits = matches(heads_[bucket].tags[half], tag_of(hash));
      for (; hits != 0; hits &= hits - 1) {
        const std::size_t at = bucket * ways + half * 8 + first_of(hits);
        if (same(slots_[at].key, key)) return at;
      }
    }
    return slots_.size();
  }
  [[nodiscard]] std::size_t weakest(std::size_t bucket, double now_rank) const noexcept {
    // No weight is above 2^40: what ranks higher is from before the clock stepped back.
    const double highest = now_rank + 40.0;
    const auto& ranks = heads_[bucket].ranks;
    std::size_t weakest = 0;
    for (std::size_t way = 0; way < ways; ++way) {
      if (ranks[way] > highest) return way;
      if (ranks[way] < ranks[weakest]) weakest = way;
    }
    return weakest;
  }
  Entry insert(const Key& key, std::uint64_t hash, std::size_t way, double rank) noexcept {
    const bool taken = tag_at(bucket_of(hash), way) != 0;
    evicted_ += taken ? 1 : 0;
    size_ += taken ? 0 : 1;
    return place(key, hash, way, Record{}, rank);
  }
  Entry place(const Key& key, std::uint64_t hash, std::size_t way, const Record& record,
              double rank) noexcept {
    const std::size_t bucket = bucket_of(hash);
    std::uint64_t& tags = heads_[bucket].tags[way / 8];
    tags = (tags & ~(std::uint64_t{0xFF} << (8 * (way % 8)))) | (tag_of(hash) << (8 * (way % 8)));
    const std::size_t at = bucket * ways + way;
    slots_[at] = {key, record};
    rank_at(at) = rank;
    return {&slots_[at].record, &rank_at(at)};
  }
  void resize(std::size_t buckets) {
    heads_.resize(buckets);
    slots_.resize(buckets * ways);
  }
  void grow() {
    std::vector<Head, LargeAllocator<Head>> heads(buckets() * 2);
    std::vector<Slot, LargeAllocator<Slot>> slots(heads.size() * ways);
    heads.swap(heads_);
    slots.swap(slots_);
    for (std::size_t at = 0; at < slots.size(); ++at) {
      const Head& head = heads[at / ways];
      if (tag_of(head, at % ways) == 0) continue;
      const std::uint64_t h = hash(slots[at].key);
      place(slots[at].key, h, free_way(bucket_of(h)), slots[at].record, head.ranks[at % ways]);
    }
  }

  std::size_t limit_;  ///< buckets
  std::uint64_t seed_;
  std::vector<Head, LargeAllocator<Head>> heads_;
  std::vector<Slot, LargeAllocator<Slot>> slots_;
  std::size_t size_ = 0;
  std::uint64_t evicted_ = 0;
};

}  // namespace weir::inline WEIR_ABI
