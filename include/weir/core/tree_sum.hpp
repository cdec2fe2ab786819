// Sums that threads, or machines, make in any order and to the same bits: they are added in a fixed binary
// tree.
//
// Addition in floating point depends on its order. Here the order follows from the number of parts alone: the
// parts [first, last) are cut at the largest power of two below their number, each half is summed by the same
// rule, and the right half is added to the left. Of 7 parts: ((0+1)+(2+3))+((4+5)+6).
//
// Who hands in a part adds it up as far as it goes: where the other half of a node is there already, both
// become one. So whole subtrees can be summed anywhere and come in as one sum, and of `parts` sums only few
// live at a time: a part being made, and at most one waiting sum beside each node of its way to the root.
// When W workers take the parts in order, these are at most W (tree_depth(parts) + 1).
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/tensor.hpp>

#include <algorithm>
#include <atomic>
#include <bit>
#include <cassert>
#include <cstddef>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace weir::inline WEIR_ABI {

/// Steps from a part of `parts` to the root: the logarithm of their number, rounded up.
[[nodiscard]] constexpr Index tree_depth(Index parts) noexcept {
  return parts <= 1 ? 0 : static_cast<Index>(std::bit_width(static_cast<std::size_t>(parts - 1)));
}

/// `Sum` is copied from `start`, for its memory alone, and has `void add(const Sum& right)`.
///
///   sums.begin(parts);
///   for each part, in any thread {
///     Sum& mine = sums.take();
///     fill(mine);
///     sums.give(part, part + 1, mine);
///   }
///   use(sums.total());
template <class Sum>
class TreeSum {
 public:
  /// For sums of at most `capacity` parts.
  TreeSum(const Sum& start, Index capacity)
      : start_(start), waiting_(static_cast<std::size_t>(std::max<Index>(capacity, 1))) {}

  /// Begins a sum of `parts` parts, at least one; what is left of the last one is forgotten. Not while others
  /// take or give.
  void begin(Index parts) {
    assert(parts >= 1 && parts <= static_cast<Index>(waiting_.size()));
    parts_ = parts;
    total_ = nullptr;
    for (std::atomic<Sum*>& sum : waiting_) sum.store(nullptr, std::memory_order_relaxed);
    free_.clear();
    for (const auto& sum : sums_) free_.push_back(sum.get());
  }

  /// Memory for the sum of a part; it holds anything.
  [[nodiscard]] Sum& take() {
    {
      const std::lock_guard lock(mutex_);
      if (!free_.empty()) {
        Sum* sum = free_.back();  // the last one that was given back: it may still be in the cache
        free_.pop_back();
        return *sum;
      }
    }
    auto made = std::make_unique<Sum>(start_);  // by the thread that uses it, which so gets memory near by
    const std::lock_guard lock(mutex_);
    sums_.push_back(std::move(made));
    return *sums_.back();
  }

  /// Hands in the sum of the parts [first, last), a node of the tree: one part; or as many as the largest
  /// power of two that divides `first` and any smaller one; or what there is of them before the end.
  void give(Index first, Index last, Sum& sum) {
    assert(is_node(first, last));
    Sum* mine = &sum;
    for (Index width = width_of(first, last); first > 0 || last < parts_; width *= 2) {
      const bool left = (first / width) % 2 == 0;
      if (left && last == parts_) continue;  // nothing on the right: the node is its left half
      const Index middle = left ? last : first;
      Sum* other = nullptr;
      // Inner nodes are told apart by where they are cut.
      if (waiting_[static_cast<std::size_t>(middle)].compare_exchange_strong(other, mine)) return;
      if (left) {
        last = std::min(parts_, middle + width);
      } else {
        first = middle - width;
        std::swap(mine, other);
      }
      mine->add(*other);
      const std::lock_guard lock(mutex_);
      free_.push_back(other);
    }
    total_ = mine;
  }

  /// The sum of all parts, when all were given; valid until `begin`.
  [[nodiscard]] Sum& total() noexcept {
    assert(total_ != nullptr);
    return *total_;
  }

  /// Sums that were ever alive at the same time.
  [[nodiscard]] Index made() const noexcept { return static_cast<Index>(sums_.size()); }

 private:
  /// The power of two whose multiples bound this node.
  [[nodiscard]] static Index width_of(Index first, Index last) noexcept {
    return static_cast<Index>(std::bit_ceil(static_cast<std::size_t>(last - first)));
  }
  [[nodiscard]] bool is_node(Index first, Index last) const noexcept {
    if (first < 0 || first >= last || last > parts_) return false;
    const Index width = width_of(first, last);
    return first % width == 0 && (last - first == width || last == parts_);
  }

  Sum start_;
  Index parts_ = 0;
  std::vector<std::atomic<Sum*>> waiting_;  ///< at the cut of a node: the half that came first
  Sum* total_ = nullptr;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Sum>> sums_;
  std::vector<Sum*> free_;
};

}  // namespace weir::inline WEIR_ABI
