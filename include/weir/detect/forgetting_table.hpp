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
    return tags_.capacity() * sizeof(Tags) + slots_.capacity() * (sizeof(Slot) + sizeof(double));
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
    const std::size_t bucket = bucket_of(hash);
    __builtin_prefetch(&tags_[bucket]);
    __builtin_prefetch(&ranks_[bucket * ways]);
    __builtin_prefetch(&ranks_[bucket * ways + ways / 2]);
  }
  /// Asks for the record itself; its bucket has arrived by now.
  void prefetch_record(std::uint64_t hash) const noexcept {
    const std::size_t bucket = bucket_of(hash);
    for (std::size_t half = 0; half < 2; ++half) {
      const std::uint64_t hits = matches(tags_[bucket][half], tag_of(hash));
      if (hits == 0) continue;
      const auto* line = reinterpret_cast<const char*>(&slots_[bucket * ways + half * 8 + first_of(hits)]);
      for (std::size_t at = 0; at < sizeof(Slot); at += 64) __builtin_prefetch(line + at, 1);
      return;
    }
  }

  /// The record of `key`, or null.
  [[nodiscard]] const Record* find(const Key& key, std::uint64_t hash) const noexcept {
    const std::size_t at = place_of(key, hash);
    return at == slots_.size() ? nullptr : &slots_[at].record;
  }

  /// The record of `key`, made if need be; `now_rank` is the rank of weight 1 now.
  [[nodiscard]] Entry find_or_insert(const Key& key, std::uint64_t hash, double now_rank) {
    const std::size_t at = place_of(key, hash);
    if (at != slots_.size()) return {&slots_[at].record, &ranks_[at]};
    std::size_t way = free_way(bucket_of(hash));
    // A full bucket in a table that is not even quarter full is the work of chosen keys.
    while (way == ways && buckets() < limit_ && size_ * 4 >= buckets() * ways) {
      grow();
      way = free_way(bucket_of(hash));
    }
    if (way == ways) {
      way = weakest(bucket_of(hash), now_rank);
      ++evicted_;
    } else {
      ++size_;
    }
    return place(key, hash, way, Record{}, now_rank);
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
  [[nodiscard]] std::size_t buckets() const noexcept { return tags_.size(); }
  /// Empties the table and gives it `count` buckets, a power of two within the limit.
  [[nodiscard]] bool try_reset(std::size_t count, std::uint64_t evicted) {
    if (count == 0 || count > limit_ || !std::has_single_bit(count)) return false;
    tags_.clear();
    slots_.clear();
    ranks_.clear();
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
  using Tags = std::array<std::uint64_t, 2>;  ///< a byte a place, 0: free

  [[nodiscard]] std::size_t bucket_of(std::uint64_t hash) const noexcept {
    return static_cast<std::size_t>(hash >> 8) & (tags_.size() - 1);
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
  [[nodiscard]] std::uint64_t tag_at(std::size_t bucket, std::size_t way) const noexcept {
    return (tags_[bucket][way / 8] >> (8 * (way % 8))) & 0xFF;
  }
  /// Places are taken in order and never given back, so the first free one is behind all others.
  [[nodiscard]] std::size_t free_way(std::size_t bucket) const noexcept {
    for (std::size_t half = 0; half < 2; ++half) {
      const std::uint64_t hits = matches(tags_[bucket][half], 0);
      if (hits != 0) return half * 8 + first_of(hits);
    }
    return ways;
  }
  /// The place of `key`, or `slots_.size()`.
  [[nodiscard]] std::size_t place_of(const Key& key, std::uint64_t hash) const noexcept {
    const std::size_t bucket = bucket_of(hash);
    for (std::size_t half = 0; half < 2; ++half) {
      std::uint64_t hits = matches(tags_[bucket][half], tag_of(hash));
      for (; hits != 0; hits &= hits - 1) {
        const std::size_t at = bucket * ways + half * 8 + first_of(hits);
        if (slots_[at].key == key) return at;
      }
    }
    return slots_.size();
  }
  [[nodiscard]] std::size_t weakest(std::size_t bucket, double now_rank) const noexcept {
    // No weight is above 2^40: what ranks higher is from before the clock stepped back.
    const double highest = now_rank + 40.0;
    const double* const ranks = &ranks_[bucket * ways];
    std::size_t weakest = 0;
    for (std::size_t way = 0; way < ways; ++way) {
      if (ranks[way] > highest) return way;
      if (ranks[way] < ranks[weakest]) weakest = way;
    }
    return weakest;
  }
  Entry place(const Key& key, std::uint64_t hash, std::size_t way, const Record& record,
              double rank) noexcept {
    const std::size_t bucket = bucket_of(hash);
    std::uint64_t& tags = tags_[bucket][way / 8];
    tags = (tags & ~(std::uint64_t{0xFF} << (8 * (way % 8)))) | (tag_of(hash) << (8 * (way % 8)));
    const std::size_t at = bucket * ways + way;
    slots_[at] = {key, record};
    ranks_[at] = rank;
    return {&slots_[at].record, &ranks_[at]};
  }
  void resize(std::size_t buckets) {
    tags_.resize(buckets, Tags{});
    slots_.resize(buckets * ways);
    ranks_.resize(buckets * ways);
  }
  void grow() {
    std::vector<Tags> tags(buckets() * 2, Tags{});
    std::vector<Slot> slots(tags.size() * ways);
    std::vector<double> ranks(slots.size());
    tags.swap(tags_);
    slots.swap(slots_);
    ranks.swap(ranks_);
    for (std::size_t b = 0; b < tags.size(); ++b) {
      for (std::size_t way = 0; way < ways; ++way) {
        if (((tags[b][way / 8] >> (8 * (way % 8))) & 0xFF) == 0) break;
        const Slot& slot = slots[b * ways + way];
        const std::uint64_t h = hash(slot.key);
        place(slot.key, h, free_way(bucket_of(h)), slot.record, ranks[b * ways + way]);
      }
    }
  }

  std::size_t limit_;  ///< buckets
  std::uint64_t seed_;
  std::vector<Tags> tags_;
  std::vector<Slot> slots_;
  std::vector<double> ranks_;
  std::size_t size_ = 0;
  std::uint64_t evicted_ = 0;
};

}  // namespace weir::inline WEIR_ABI
