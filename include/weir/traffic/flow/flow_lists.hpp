// The places of a pool on a few doubly linked lists, each from the least to the most recently used, with the
// links apart from the records, so that moving one touches 8 bytes of each neighbour.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/large_memory.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

namespace weir::inline WEIR_ABI {
namespace detail {

template <std::size_t Lists>
class FlowLists {
 public:
  static constexpr std::uint32_t none = 0xFFFF'FFFF;

  explicit FlowLists(std::size_t places)
      : memory_(places * sizeof(Link)), links_(reinterpret_cast<Link*>(memory_.get())) {}

  [[nodiscard]] std::uint32_t head(std::size_t list) const noexcept { return lists_[list].head; }
  [[nodiscard]] std::size_t size(std::size_t list) const noexcept { return lists_[list].size; }
  [[nodiscard]] std::uint32_t next(std::uint32_t place) const noexcept { return links_[place].next; }

  void prefetch(std::uint32_t place) const noexcept { __builtin_prefetch(&links_[place], 1); }

  void append(std::size_t list, std::uint32_t place) noexcept {
    List& l = lists_[list];
    links_[place] = {l.tail, none};
    (l.tail == none ? l.head : links_[l.tail].next) = place;
    l.tail = place;
    ++l.size;
  }
  void remove(std::size_t list, std::uint32_t place) noexcept {
    List& l = lists_[list];
    const Link link = links_[place];
    (link.prev == none ? l.head : links_[link.prev].next) = link.next;
    (link.next == none ? l.tail : links_[link.next].prev) = link.prev;
    --l.size;
  }
  void move(std::size_t from, std::size_t to, std::uint32_t place) noexcept {
    if (from == to && lists_[to].tail == place) return;
    remove(from, place);
    append(to, place);
  }

  /// Cuts off the front of a list, as long as `due` says so of its places. The result is a chain along
  /// `next`.
  template <class Due>
  [[nodiscard]] std::uint32_t take_front(std::size_t list, Due&& due) noexcept {
    List& l = lists_[list];
    const std::uint32_t first = l.head;
    std::uint32_t last = none;
    while (l.head != none && due(l.head)) {
      last = l.head;
      l.head = links_[last].next;
      --l.size;
    }
    if (last == none) return none;
    links_[last].next = none;
    (l.head == none ? l.tail : links_[l.head].prev) = none;
    return first;
  }

  /// Sorts a chain: merges runs that are in order already, so a sorted chain costs one pass. The order has no
  /// equals.
  template <class Before>
  [[nodiscard]] std::uint32_t sorted(std::uint32_t chain, Before&& before) noexcept {
    if (chain == none) return none;
    const std::uint32_t rest = cut_run(chain, before);
    return rest == none ? chain : merged(chain, sorted_runs(rest, before), before);
  }

 private:
  struct Link {
    std::uint32_t prev, next;
  };
  struct List {
    std::uint32_t head = none, tail = none;
    std::size_t size = 0;
  };

  /// The same for a chain of several runs.
  template <class Before>
  std::uint32_t sorted_runs(std::uint32_t chain, Before&& before) noexcept {
    std::array<std::uint32_t, 33> runs;  // the i-th holds 2^i runs
    runs.fill(none);
    while (chain != none) {
      std::uint32_t run = chain;
      chain = cut_run(run, before);
      std::size_t i = 0;
      for (; i + 1 < runs.size() && runs[i] != none; ++i) {
        run = merged(runs[i], run, before);
        runs[i] = none;
      }
      runs[i] = runs[i] == none ? run : merged(runs[i], run, before);
    }
    for (const std::uint32_t run : runs) chain = merged(run, chain, before);
    return chain;
  }

  /// Ends the chain where its order ends; returns the rest.
  template <class Before>
  std::uint32_t cut_run(std::uint32_t place, Before&& before) noexcept {
    std::uint32_t next = links_[place].next;
    while (next != none && !before(next, place)) {
      place = next;
      next = links_[place].next;
    }
    links_[place].next = none;
    return next;
  }
  template <class Before>
  std::uint32_t merged(std::uint32_t a, std::uint32_t b, Before&& before) noexcept {
    std::uint32_t first = none;
    std::uint32_t last = none;
    while (a != none && b != none) {
      std::uint32_t& least = before(b, a) ? b : a;
      (last == none ? first : links_[last].next) = least;
      last = least;
      least = links_[last].next;
    }
    const std::uint32_t rest = a == none ? b : a;
    (last == none ? first : links_[last].next) = rest;
    return first;
  }

  LargeMemory memory_;
  Link* links_;
  std::array<List, Lists> lists_{};
};

}  // namespace detail
}  // namespace weir::inline WEIR_ABI
