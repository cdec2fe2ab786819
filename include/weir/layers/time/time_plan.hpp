// The walk of a batch of samples of different lengths along time, without their padding.
#pragma once

#include <weir/core/abi.hpp>
#include <weir/core/batch.hpp>

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <vector>

namespace weir::inline WEIR_ABI::detail {

/// Which samples of a batch are still running at each step. Places are samples in order of falling length.
class TimePlan {
 public:
  void prepare(Index length, Index count) {
    sample_.assign(static_cast<std::size_t>(count), 0);
    for (std::vector<Index>* v : {&active_, &start_, &next_}) {
      v->assign(static_cast<std::size_t>(length) + 1, 0);
    }
  }

  template <class T>
  void plan(BatchView<T> x) {
    const auto length = static_cast<std::size_t>(x.length());
    assert(length < active_.size() && static_cast<std::size_t>(x.count()) <= sample_.size());
    std::fill(active_.begin(), active_.end(), 0);
    for (Index i = 0; i < x.count(); ++i) ++active_[static_cast<std::size_t>(x.length_of(i))];
    Index longer = 0;
    for (std::size_t t = length + 1; t-- > 0;) {
      const Index equal = active_[t];
      active_[t] = next_[t] = longer;
      longer += equal;
    }
    for (Index i = 0; i < x.count(); ++i) {
      sample_[static_cast<std::size_t>(next_[static_cast<std::size_t>(x.length_of(i))]++)] = i;
    }
    steps_ = 0;
    for (std::size_t t = 0; t < length; ++t) {
      start_[t + 1] = start_[t] + active_[t];
      if (active_[t] > 0) ++steps_;
    }
  }

  /// Steps of the longest sample.
  [[nodiscard]] Index steps() const noexcept { return steps_; }
  /// Samples that have a step t.
  [[nodiscard]] Index active(Index t) const noexcept { return active_[static_cast<std::size_t>(t)]; }
  /// Steps of all samples before time t.
  [[nodiscard]] Index start(Index t) const noexcept { return start_[static_cast<std::size_t>(t)]; }
  /// Steps of all samples.
  [[nodiscard]] Index columns() const noexcept { return start(steps_); }
  /// The sample at a place.
  [[nodiscard]] Index sample(Index place) const noexcept { return sample_[static_cast<std::size_t>(place)]; }

 private:
  std::vector<Index> sample_, active_, start_, next_;
  Index steps_ = 0;
};

}  // namespace weir::inline WEIR_ABI::detail
